//! Who wrote: the most durable address first, never the display name.

use domain::inbound::{ExternalAddress, Sender};
use domain::{AddressId, ContactId, ConversationId, Timestamp};
use store::{Channel, Known, NewAddress, NewContact, NewConversation, Unit};

use crate::{App, AppError};

/// The person behind a sender, and its conversation on the channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) contact: ContactId,
    pub(crate) conversation: ConversationId,
    pub(crate) address: AddressId,
    /// `None` when the address is new to us.
    pub(crate) address_used_at: Option<Timestamp>,
    pub(crate) is_new: bool,
    pub(crate) opened: bool,
    /// An address moved to this contact from another one.
    pub(crate) merged: bool,
}

impl App {
    /// The contact a sender belongs to, without making one.
    pub(crate) async fn lookup_sender(
        &self,
        channel: &Channel,
        sender: &Sender,
    ) -> Result<Option<Known>, AppError> {
        let known = self
            .store
            .lookup_addresses(channel.id, &sender.addresses)
            .await?;
        Ok(known.into_iter().next())
    }

    /// Finds or makes contact, addresses and conversation. Addresses are listed from the most
    /// durable one down, so the first known one decides who it is; addresses that belonged to
    /// somebody else until now move over.
    pub(crate) async fn stage_person(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        sender: &Sender,
    ) -> Result<Option<Person>, AppError> {
        let known = self
            .store
            .lookup_addresses(channel.id, &sender.addresses)
            .await?;
        self.stage_known(unit, channel, sender, &known).await
    }

    /// The same with what [`App::stage_person`] would look up.
    pub(crate) async fn stage_known(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        sender: &Sender,
        known: &[Known],
    ) -> Result<Option<Person>, AppError> {
        if sender.addresses.is_empty() {
            return Ok(None);
        }
        let now = self.now();
        let contact = match known.first() {
            Some(first) => first.contact,
            None => {
                let new = NewContact {
                    id: ContactId::from_bytes(self.fresh()),
                    name: sender.name.clone().or_else(|| sender.username.clone()),
                    locale: None,
                    now,
                };
                self.store.add_contact(unit, &new).await?;
                new.id
            }
        };
        let mut merged = false;
        let mut first_address = None;
        for address in &sender.addresses {
            let (id, moved) = self
                .stage_address(unit, channel, contact, address, known)
                .await?;
            merged |= moved;
            first_address = first_address.or(Some(id));
        }
        let Some(address) = first_address else {
            return Ok(None);
        };
        let theirs = known.iter().find(|known| known.contact == contact);
        let existing = theirs.and_then(|known| known.conversation);
        let conversation = match existing {
            Some(conversation) => {
                if theirs.and_then(|known| known.conversation_address) != Some(address) {
                    self.store
                        .set_conversation_address(unit, conversation, address);
                }
                conversation
            }
            None => {
                let new = NewConversation {
                    id: ConversationId::from_bytes(self.fresh()),
                    contact,
                    channel: channel.id,
                    address,
                    now,
                };
                self.store.add_conversation(unit, &new);
                new.id
            }
        };
        Ok(Some(Person {
            contact,
            conversation,
            address,
            address_used_at: known
                .iter()
                .find(|known| known.address == address)
                .map(|known| known.last_used_at),
            is_new: known.is_empty(),
            opened: existing.is_none(),
            merged,
        }))
    }

    /// The contact's row of this address, made or moved here if need be.
    async fn stage_address(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        contact: ContactId,
        address: &ExternalAddress,
        known: &[Known],
    ) -> Result<(AddressId, bool), AppError> {
        let now = self.now();
        let found = known.iter().find(|known| known.kind == address.kind);
        if let Some(found) = found
            && found.contact == contact
        {
            return Ok((found.address, false));
        }
        if let Some(found) = found {
            self.stage_address_left(unit, found.contact, found.address, now)
                .await?;
        }
        let new = NewAddress {
            id: AddressId::from_bytes(self.fresh()),
            contact,
            channel: channel.id,
            kind: address.kind,
            value: address.value.clone(),
            // The provider vouches for who writes from it.
            verified: true,
            now,
        };
        self.store.add_address(unit, &new).await?;
        Ok((new.id, found.is_some()))
    }
}
