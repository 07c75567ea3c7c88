//! The gate: the only place that turns "I would like to send this" into a [`SendPermit`] or into
//! reasons. It is asked when a message is written and again when it is dispatched.

mod contact;
mod content;
mod disclosure;
mod hours;
mod intent;
pub mod lint;
mod person;
mod table;
mod template;
mod wishes;

pub use hours::{ADVERTISING_HOURS, Clock, Hours, Opening, Reading, TRANSACTIONAL_HOURS};
pub use intent::{Intent, MessageClass};
pub use person::{
    Agreed, Case, ExistingCustomer, Frequency, ListCheck, MARKETING_A_MONTH_MAX, NoticeServed,
    Person, Sector,
};

use crate::channel::{Capabilities, ChannelState, MediaKind, Medium};
use crate::content::{Template, TemplateCategory, TemplateUse};
use crate::ids::{ChannelId, ConsentEventId, ConversationId};
use crate::time::Timestamp;
use crate::window::ReplyWindow;

/// Grows with every change of a rule, and is kept with every decision.
pub const RULE_VERSION: i64 = 2;

/// What somebody wants to send, as far as the rules care. No personal data is needed to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRequest<'a> {
    pub text_chars: usize,
    pub files: Vec<FileFact>,
    pub buttons: Vec<usize>,
    pub list_rows: Vec<(usize, usize)>,
    pub template: Option<&'a TemplateUseFact>,
    pub reaction: bool,
    /// Why it is sent; by default as an answer.
    pub intent: Intent,
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
    /// Whom it goes to; by default somebody who wrote to us and agreed to nothing.
    pub person: Person<'a>,
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
    class: MessageClass,
    consent_events: Vec<ConsentEventId>,
    enclosures: Vec<Enclosure>,
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

    #[must_use]
    pub const fn class(&self) -> MessageClass {
        self.class
    }

    /// The events of the consent it rests on; empty when it needs none.
    #[must_use]
    pub fn consent_events(&self) -> &[ConsentEventId] {
        &self.consent_events
    }

    /// What goes with the message; the permit is for both together.
    #[must_use]
    pub fn enclosures(&self) -> &[Enclosure] {
        &self.enclosures
    }
}

/// What must go with a message, or it does not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Enclosure {
    /// The first information about what happens to the contact's data, with a link.
    FirstNotice,
    /// That a program writes.
    BotDisclosure,
}

/// The answer of the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Permit(SendPermit),
    /// Only time stands against it: it may be asked again then, and not be sent before.
    Defer {
        until: Timestamp,
        reasons: Vec<Reason>,
    },
    /// All reasons, the one that decides first.
    Deny(Vec<Reason>),
}

/// Asks every rule, in the order in which their reasons weigh.
#[must_use]
pub fn judge(request: &SendRequest<'_>, standing: &Standing<'_>) -> Verdict {
    let class = request.intent.class_of(used_template(request, standing));
    let mut reasons = Vec::new();
    contact::check_contact(class, standing, &mut reasons);
    contact::check_channel(class, standing, &mut reasons);
    template::check(request, standing, &mut reasons);
    contact::check_ground(class, request, standing, &mut reasons);
    let consent_events = wishes::check(class, request, standing, &mut reasons);
    let enclosures = disclosure::check(class, request, standing, &mut reasons);
    content::check(request, standing.capabilities, &mut reasons);
    let mut waiting = Vec::new();
    let later = hours::check(class, request, standing, &mut waiting);
    if request.intent.sensitive && standing.capabilities.medium != Medium::OwnChat {
        reasons.push(Reason::plain("sensitive_hold"));
    }
    if request.intent.duplicate {
        reasons.push(Reason::plain("duplicate"));
    }
    let only_time = reasons.is_empty();
    if !only_time {
        // Nobody looks up a time zone for what is refused anyway.
        waiting.retain(|reason| reason.code != hours::UNKNOWN);
    }
    reasons.append(&mut waiting);
    match later {
        _ if reasons.is_empty() => Verdict::Permit(SendPermit {
            conversation: standing.conversation,
            channel: standing.channel,
            decided_at: standing.now,
            rule_version: RULE_VERSION,
            template_category: used_template(request, standing).map(|template| template.category),
            class,
            consent_events,
            enclosures,
        }),
        Some(until) if only_time => Verdict::Defer { until, reasons },
        _ => Verdict::Deny(reasons),
    }
}

/// The template of a request, as the provider has it.
fn used_template<'a>(request: &SendRequest<'_>, standing: &Standing<'a>) -> Option<&'a Template> {
    request.template.and(standing.template)
}

/// # Errors
/// All reasons against sending now, never only the first.
pub fn decide(
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
) -> Result<SendPermit, Vec<Reason>> {
    match judge(request, standing) {
        Verdict::Permit(permit) => Ok(permit),
        Verdict::Defer { reasons, .. } | Verdict::Deny(reasons) => Err(reasons),
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
        intent: Intent::default(),
    };
    decide(&request, standing).err().unwrap_or_default()
}

#[cfg(test)]
mod tests;
