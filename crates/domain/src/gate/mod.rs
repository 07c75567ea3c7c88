//! The gate: the only place that turns "I would like to send this" into a [`SendPermit`] or into
//! reasons. It is asked when a message is written and again when it is dispatched.

mod content;
mod standing;

use crate::channel::{Capabilities, ChannelState, MediaKind};
use crate::content::{Template, TemplateCategory, TemplateUse};
use crate::ids::{ChannelId, ConversationId};
use crate::time::Timestamp;
use crate::window::ReplyWindow;

/// Grows with every change of a rule, and is kept with every decision.
pub const RULE_VERSION: i64 = 1;

/// What somebody wants to send, as far as the rules care. No personal data is needed to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRequest<'a> {
    pub text_chars: usize,
    pub files: Vec<FileFact>,
    pub buttons: Vec<usize>,
    pub list_rows: Vec<(usize, usize)>,
    pub template: Option<&'a TemplateUseFact>,
    pub reaction: bool,
}

/// A file's kind, type and size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact {
    pub kind: MediaKind,
    pub mime: String,
    pub bytes: usize,
}

/// Which template is asked for and how many parameters were filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateUseFact {
    pub name: String,
    pub language: String,
    pub header_parameters: usize,
    pub body_parameters: Vec<Option<String>>,
    pub button_parameters: usize,
}

impl TemplateUseFact {
    #[must_use]
    pub fn of(template: &TemplateUse) -> Self {
        Self {
            name: template.name.clone(),
            language: template.language.clone(),
            header_parameters: template.header.len(),
            body_parameters: template.body.iter().map(|p| p.name.clone()).collect(),
            button_parameters: template.buttons.len(),
        }
    }
}

/// How the world stands at the moment of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    pub now: Timestamp,
    pub channel: ChannelId,
    pub channel_state: ChannelState,
    pub conversation: ConversationId,
    pub capabilities: &'a Capabilities,
    pub window: ReplyWindow,
    /// The template that was asked for, as the provider has it now.
    pub template: Option<&'a Template>,
    /// The contact told the provider to stop marketing.
    pub marketing_stopped: bool,
    /// A verified consent for marketing on this channel exists.
    pub marketing_consent: bool,
}

/// Why something may not be sent. The code is stable, the explanation stands in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub code: &'static str,
    /// Numbers and names for the explanation, never personal data.
    pub arguments: Vec<(&'static str, String)>,
}

impl Reason {
    pub(crate) const fn plain(code: &'static str) -> Self {
        Self {
            code,
            arguments: Vec::new(),
        }
    }

    pub(crate) fn with(code: &'static str, arguments: Vec<(&'static str, String)>) -> Self {
        Self { code, arguments }
    }
}

/// The right to send one thing to one conversation, once, soon. Cannot be built elsewhere:
///
/// ```compile_fail
/// let forged: domain::gate::SendPermit = domain::gate::SendPermit(());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendPermit {
    conversation: ConversationId,
    channel: ChannelId,
    decided_at: Timestamp,
    rule_version: i64,
    template_category: Option<TemplateCategory>,
}

impl SendPermit {
    #[must_use]
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    #[must_use]
    pub const fn channel(&self) -> ChannelId {
        self.channel
    }

    #[must_use]
    pub const fn decided_at(&self) -> Timestamp {
        self.decided_at
    }

    #[must_use]
    pub const fn rule_version(&self) -> i64 {
        self.rule_version
    }

    /// The category of the template this permit is for; `None` when it is for free text. Some
    /// channels take some categories only at some kinds of address.
    #[must_use]
    pub const fn template_category(&self) -> Option<TemplateCategory> {
        self.template_category
    }
}

/// # Errors
/// All reasons against sending, never only the first.
pub fn decide(
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
) -> Result<SendPermit, Vec<Reason>> {
    let mut reasons = Vec::new();
    standing::check(request, standing, &mut reasons);
    content::check(request, standing.capabilities, &mut reasons);
    if reasons.is_empty() {
        Ok(SendPermit {
            conversation: standing.conversation,
            channel: standing.channel,
            decided_at: standing.now,
            rule_version: RULE_VERSION,
            template_category: request
                .template
                .and(standing.template)
                .map(|template| template.category),
        })
    } else {
        Err(reasons)
    }
}

/// Why free text is impossible right now, whatever it says; empty when it is possible. The
/// composer asks this before anybody has written a word.
#[must_use]
pub fn free_text_reasons(standing: &Standing<'_>) -> Vec<Reason> {
    let request = SendRequest {
        text_chars: 1,
        files: Vec::new(),
        buttons: Vec::new(),
        list_rows: Vec::new(),
        template: None,
        reaction: false,
    };
    decide(&request, standing).err().unwrap_or_default()
}

#[cfg(test)]
mod tests;
