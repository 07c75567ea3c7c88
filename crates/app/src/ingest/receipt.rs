//! What became of a message we sent, as the provider tells it: joined, never overwritten.

use domain::delivery::DeliveryState;
use domain::inbound::Receipt;
use domain::outbound::OutboundReference;
use store::faults::{self, Lie};
use store::{Channel, StoredMessage, Unit};

use super::Staged;
use crate::{App, AppError};

impl App {
    pub(crate) async fn stage_receipt(
        &self,
        channel: &Channel,
        receipt: &Receipt,
    ) -> Result<Option<Staged>, AppError> {
        if faults::lies(Lie::ReceiptLost) && receipt.state == DeliveryState::Read {
            return Ok(None);
        }
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
        let mut unit = Unit::new();
        let state = message.state.unwrap_or(DeliveryState::Queued);
        if receipt.state.rank() > state.rank() || faults::lies(Lie::StatusFalls) {
            let error = receipt.error.as_ref();
            match receipt.state {
                DeliveryState::Failed => {
                    let attempt = reference_of(receipt).map(|named| named.attempt);
                    self.store
                        .join_failure(&mut unit, message.id, attempt, error);
                }
                state => self
                    .store
                    .join_delivery(&mut unit, message.id, state, error),
            }
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
        let ours = reference_of(receipt);
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
}

/// Which of our attempts the provider names.
fn reference_of(receipt: &Receipt) -> Option<OutboundReference> {
    let reference = receipt.our_reference.as_deref()?;
    OutboundReference::parse(reference)
}
