//! Sends the team's reaction as it stands now; an older wish is overtaken by a newer one.

use domain::MessageId;
use domain::gate::{self, Intent, SendRequest};
use domain::outbound::{Outbound, OutboundBody, Outcome, Recipient};
use store::{Author, ClaimedJob, Reaction, TimelineItem};

use super::Done;
use crate::consents::Facts;
use crate::{App, AppError};

impl App {
    pub(super) async fn send_reaction(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let id = MessageId::from_bytes(job.subject);
        let Some(message) = self.store.lookup_message(id).await? else {
            return self.drop_job(job).await;
        };
        let Some(conversation) = self.store.lookup_conversation(message.conversation).await? else {
            return self.drop_job(job).await;
        };
        let Some(target) = message.provider_id.clone() else {
            return self.drop_job(job).await;
        };
        let able = self.capabilities(&conversation)?;
        let facts = Facts::default();
        let standing = self.standing(&conversation, able, None, &facts);
        let request = SendRequest {
            text_chars: 0,
            files: Vec::new(),
            buttons: Vec::new(),
            list_rows: Vec::new(),
            template: None,
            reaction: true,
            intent: Intent::default(),
        };
        let Ok(permit) = gate::decide(&request, &standing) else {
            return self.drop_job(job).await;
        };
        let access = domain::access::Access::house(domain::teammate::Right::ReadConversations);
        let item = self
            .timeline_item(&access, conversation.id, message.seq)
            .await?;
        let emoji = match item {
            Some(TimelineItem::Message { reactions, .. }) => ours(&reactions),
            _ => None,
        };
        let recipient = Recipient {
            kind: conversation.address_kind,
            value: conversation.address_value.clone(),
        };
        let body = OutboundBody::Reaction { target, emoji };
        let outbound = Outbound::new(permit, id, recipient, body, None);
        match self.execute(&conversation, &outbound).await? {
            Outcome::Retry { after_ms, error } => Ok(Done::Again {
                after_ms,
                reason: error.code,
            }),
            // A reaction that was refused or whose answer was lost is no loss worth a person's time.
            Outcome::Accepted { .. } | Outcome::Refused(_) | Outcome::Unknown => {
                self.drop_job(job).await
            }
        }
    }
}

fn ours(reactions: &[Reaction]) -> Option<domain::Pii<String>> {
    reactions
        .iter()
        .find(|reaction| reaction.by == Author::House)
        .map(|reaction| reaction.emoji.clone())
}
