//! What a message means, how the world stands for it, and what the gate says.

use domain::Pii;
use domain::channel::Capabilities;
use domain::consent::PurposeClass;
use domain::content::{Template, TemplateUse};
use domain::gate::{
    self, Intent, MessageClass, Person, SendPermit, Standing, TemplateUseFact, lint,
};
use domain::window::ReplyWindow;
use store::{Aim, Conversation, StoredAttachment};

use super::SendInput;
use crate::consents::Facts;
use crate::{App, AppError};

/// What is meant by a message of this aim that says these words.
pub(crate) fn meant(aim: &Aim, words: Option<&Pii<String>>) -> Intent {
    // Fixed texts say the same every time; what they name was judged when it was named.
    let is_judged = aim.class.is_fixed();
    Intent {
        purpose: aim.purpose.clone(),
        advertises: !is_judged && words.is_some_and(|words| lint::advertises(words.expose())),
        ..Intent::of(aim.class)
    }
}

impl App {
    /// How the world stands for sending to this conversation right now, with what is known of the
    /// person.
    pub(crate) fn standing<'a>(
        &self,
        conversation: &Conversation,
        capabilities: &'a Capabilities,
        template: Option<&'a Template>,
        facts: &'a Facts,
    ) -> Standing<'a> {
        let now = self.now();
        Standing {
            now,
            channel: conversation.channel,
            channel_state: conversation.channel_state,
            conversation: conversation.id,
            capabilities,
            window: ReplyWindow::at(now, capabilities.window_hours, conversation.last_inbound_at),
            template,
            marketing_stopped: facts.stopped,
            person: Person {
                restricted: conversation.restricted_at.is_some(),
                ..facts.person()
            },
        }
    }

    pub(crate) fn capabilities(
        &self,
        conversation: &Conversation,
    ) -> Result<&'static Capabilities, AppError> {
        self.registry
            .get(conversation.channel_kind)
            .map(|connector| connector.capabilities())
            .ok_or_else(|| AppError::Internal("a channel without its connector".into()))
    }

    /// Why something is sent: as an answer, or for what its purpose is for.
    pub(crate) async fn aim_of(&self, purpose: Option<&str>) -> Result<Aim, AppError> {
        let Some(code) = purpose else {
            return Ok(Aim::default());
        };
        let class = match self.wanted_purpose(code).await?.purpose.class {
            PurposeClass::Marketing => MessageClass::Marketing,
            PurposeClass::Survey => MessageClass::Survey,
            PurposeClass::Assistance | PurposeClass::Special | PurposeClass::Callback => {
                MessageClass::Transactional
            }
        };
        Ok(Aim {
            class,
            purpose: Some(code.to_owned()),
        })
    }

    /// The template as the provider last told of it.
    pub(crate) async fn template_used(
        &self,
        conversation: &Conversation,
        used: Option<&TemplateUse>,
    ) -> Result<Option<Template>, AppError> {
        let Some(used) = used else {
            return Ok(None);
        };
        let (channel, name, language) = (conversation.channel, &used.name, &used.language);
        Ok(self.store.lookup_template(channel, name, language).await?)
    }

    pub(crate) async fn permit(
        &self,
        conversation: &Conversation,
        input: &SendInput,
        used: Option<&TemplateUse>,
        files: &[StoredAttachment],
        intent: Intent,
    ) -> Result<SendPermit, AppError> {
        let wanted = used.map(TemplateUseFact::of);
        let template = self.template_used(conversation, used).await?;
        let able = self.capabilities(conversation)?;
        let class = intent.class_of(template.as_ref());
        let facts = self.facts(conversation, &intent, class).await?;
        let standing = self.standing(conversation, able, template.as_ref(), &facts);
        let request = input.request(files, wanted.as_ref(), intent);
        gate::decide(&request, &standing).map_err(AppError::Refused)
    }
}
