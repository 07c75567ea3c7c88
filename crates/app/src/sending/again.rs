//! Sending again by a person's decision, and reactions.

use domain::access::Access;
use domain::delivery::DeliveryState;
use domain::gate::{self, Intent, Reason, SendRequest};
use domain::{MessageId, Pii};
use store::{Author, Direction, JobKind, NewJob, StoredMessage, Unit};

use super::{SendInput, meant};
use crate::consents::Facts;
use crate::{App, AppError};

impl App {
    /// A person decides that a failed or unknown message is sent again.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when it is neither; [`AppError::Refused`] when it may not leave now.
    pub async fn send_again(
        &self,
        _access: &Access,
        id: MessageId,
    ) -> Result<StoredMessage, AppError> {
        self.retry(|| async {
            let message = self
                .store
                .lookup_message(id)
                .await?
                .ok_or(AppError::NotFound)?;
            let conversation = self
                .store
                .lookup_conversation(message.conversation)
                .await?
                .ok_or(AppError::NotFound)?;
            if !message
                .state
                .is_some_and(DeliveryState::may_be_retried_by_a_person)
            {
                return Err(AppError::Conflict("not_failed"));
            }
            let files = self.store.attachments_of(id).await?;
            let again = SendInput {
                text: message.content.text.clone(),
                choices: message.content.choices.clone(),
                ..SendInput::default()
            };
            let used = message.content.template.as_ref();
            let text = message.content.text.as_ref();
            let intent = meant(&message.aim, text);
            self.permit(&conversation, &again, used, &files, intent)
                .await?;
            let now = self.now();
            let mut unit = Unit::new();
            self.store.requeue_delivery(&mut unit, id, message.version);
            self.store
                .add_job(&mut unit, &self.deliver_job(conversation.id, id, now));
            self.store
                .feed_item(&mut unit, conversation.id, message.seq, id.bytes(), now);
            self.store.commit(unit).await?;
            self.store
                .lookup_message(id)
                .await?
                .ok_or(AppError::NotFound)
        })
        .await
    }

    /// Sets or takes back the team's reaction to a message of the contact.
    ///
    /// # Errors
    /// [`AppError::Refused`] where reactions cannot be sent.
    pub async fn react(
        &self,
        access: &Access,
        id: MessageId,
        emoji: Option<Pii<String>>,
    ) -> Result<StoredMessage, AppError> {
        self.author_of(access)?;
        if let Some(emoji) = &emoji
            && !(1..=16).contains(&emoji.expose().chars().count())
        {
            return Err(AppError::invalid("emoji", "field-emoji"));
        }
        let message = self
            .store
            .lookup_message(id)
            .await?
            .ok_or(AppError::NotFound)?;
        let conversation = self
            .store
            .lookup_conversation(message.conversation)
            .await?
            .ok_or(AppError::NotFound)?;
        let able = self.capabilities(&conversation)?;
        let facts = Facts::default();
        let standing = self.standing(&conversation, able, None, &facts);
        let request = SendRequest {
            reaction: true,
            ..SendInput::default().request(&[], None, Intent::default())
        };
        gate::decide(&request, &standing).map_err(AppError::Refused)?;
        if message.direction != Direction::Inbound || message.deleted_at.is_some() {
            return Err(AppError::Refused(vec![Reason {
                code: "reaction_target",
                arguments: Vec::new(),
            }]));
        }
        let now = self.now();
        let mut unit = Unit::new();
        let contact = conversation.contact;
        self.store
            .set_reaction(&mut unit, contact, id, Author::House, emoji.as_ref(), now)
            .await?;
        let job = NewJob {
            kind: JobKind::React,
            ..self.deliver_job(conversation.id, id, now)
        };
        self.store.add_job(&mut unit, &job);
        self.store
            .feed_item(&mut unit, conversation.id, message.seq, id.bytes(), now);
        self.store.commit(unit).await?;
        self.store
            .lookup_message(id)
            .await?
            .ok_or(AppError::NotFound)
    }
}
