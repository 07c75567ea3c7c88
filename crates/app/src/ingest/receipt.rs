//! What became of a message we sent, as the provider tells it: joined, never overwritten.

use domain::delivery::DeliveryState;
use domain::inbound::Receipt;
use domain::outbound::OutboundReference;
use store::{Channel, StoredMessage, Unit};

use super::Staged;
use crate::{App, AppError};

impl App {
    pub(crate) async fn stage_receipt(
        &self,
        channel: &Channel,
        receipt: &Receipt,
    ) -> Result<Option<Staged>, AppError> {
        let Some(message) = self.receipt_target(channel, receipt).await? else {
            let parked = self
                .store
                .parked_receipts(channel.id, &receipt.provider_id)
                .await?;
            if parked.iter().any(|other| other.state == receipt.state) {
                return Ok(None);
            }
            let mut unit = Unit::new();
            self.store
                .park_receipt(&mut unit, channel.id, receipt, self.now());
            return Ok(Some(unit.into()));
        };
        if receipt.state == DeliveryState::Failed && self.is_bygone(&message, receipt).await? {
            return Ok(None);
        }
        let mut unit = Unit::new();
        let state = message.state.unwrap_or(DeliveryState::Queued);
        if receipt.state.rank() > state.rank() {
            self.store
                .join_delivery(&mut unit, message.id, receipt.state, receipt.error.as_ref());
        }
        if let Some(cost) = &receipt.cost
            && message.cost.as_ref() != Some(cost)
        {
            self.store.set_cost(&mut unit, message.id, cost);
        }
        if message.provider_id.is_none() {
            // The answer to our request never came, and this tells that it had arrived.
            if let Some(thread) = self.store.lookup_thread(message.conversation).await? {
                self.store
                    .set_provider_id(&mut unit, thread.contact, message.id, &receipt.provider_id)
                    .await?;
            }
        }
        if unit.is_empty() {
            return Ok(None);
        }
        let now = self.now();
        self.store.feed_item(
            &mut unit,
            message.conversation,
            message.seq,
            message.id.bytes(),
            now,
        );
        Ok(Some(unit.into()))
    }

    async fn receipt_target(
        &self,
        channel: &Channel,
        receipt: &Receipt,
    ) -> Result<Option<StoredMessage>, AppError> {
        let ours = receipt
            .our_reference
            .as_deref()
            .and_then(OutboundReference::parse);
        if let Some(OutboundReference { message_id: id, .. }) = ours
            && let Some(message) = self.store.lookup_message(id).await?
            && message.channel == channel.id
        {
            return Ok(Some(message));
        }
        Ok(self
            .store
            .lookup_outbound(channel.id, &receipt.provider_id)
            .await?)
    }

    /// Whether a failure is that of an earlier try. Providers repeat what they told, and a person
    /// may have sent again meanwhile.
    async fn is_bygone(
        &self,
        message: &StoredMessage,
        receipt: &Receipt,
    ) -> Result<bool, AppError> {
        let attempts = self.store.attempts(message.id).await?;
        let Some(last) = attempts.last() else {
            return Ok(false);
        };
        let named = receipt
            .our_reference
            .as_deref()
            .and_then(OutboundReference::parse)
            .map(|reference| reference.attempt);
        let mut waits_to_be_sent =
            message.state == Some(DeliveryState::Queued) && last.finished_at.is_some();
        if waits_to_be_sent {
            // The attempt may have ended since the message was read: then this is its own failure.
            let now = self.store.lookup_message(message.id).await?;
            waits_to_be_sent = now.is_some_and(|now| now.state == Some(DeliveryState::Queued));
        }
        Ok(waits_to_be_sent || named.is_some_and(|named| named < last.number))
    }
}
