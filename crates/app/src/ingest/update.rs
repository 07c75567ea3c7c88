//! Changes of what was said before: edits, deletions, reactions, identities, wishes.

use std::collections::BTreeMap;

use domain::inbound::{ExternalAddress, IdentityCause, Origin, PreferenceDecision, Sender};
use domain::{AddressId, Pii, Timestamp};
use store::{
    ActivityKind, Author, Channel, FeedKind, Known, NewAddress, Preview, StoredMessage, Unit,
};

use super::Staged;
use super::identify::Person;
use super::message::preview_line;
use crate::consents::Withdrawal;
use crate::{App, AppError};

impl App {
    /// The contact's conversation and the message a change is about, as far as we know them.
    pub(super) async fn change_target(
        &self,
        channel: &Channel,
        sender: &Sender,
        target: &Pii<String>,
    ) -> Result<Option<(Known, StoredMessage)>, AppError> {
        let Some(known) = self.lookup_sender(channel, sender).await? else {
            return Ok(None);
        };
        let Some(conversation) = known.conversation else {
            return Ok(None);
        };
        let message = self.store.lookup_message_in(conversation, target).await?;
        Ok(message.map(|message| (known, message)))
    }

    pub(crate) async fn stage_edit(
        &self,
        channel: &Channel,
        sender: &Sender,
        target: &Pii<String>,
        text: Option<&Pii<String>>,
        at: Timestamp,
    ) -> Result<Option<Staged>, AppError> {
        let Some((known, message)) = self.change_target(channel, sender, target).await? else {
            return Ok(None);
        };
        let newer = message.edited_at.is_some_and(|edited| edited > at);
        // Providers count in seconds: a second edit within one is another text, a repetition is not.
        let repeated = message.edited_at == Some(at) && message.content.text.as_ref() == text;
        if message.deleted_at.is_some() || newer || repeated {
            return Ok(None);
        }
        let mut content = message.content.clone();
        content.text = text.cloned();
        let mut unit = Unit::new();
        self.store
            .edit_message(&mut unit, known.contact, &message, &content, at)
            .await?;
        self.mend_preview(&mut unit, &message, |preview| {
            preview.text = preview_line(&content);
        })
        .await?;
        self.feed_message(&mut unit, &message);
        Ok(Some(unit.into()))
    }

    pub(crate) async fn stage_delete(
        &self,
        channel: &Channel,
        sender: &Sender,
        target: &Pii<String>,
        at: Timestamp,
    ) -> Result<Option<Staged>, AppError> {
        let Some((known, message)) = self.change_target(channel, sender, target).await? else {
            return Ok(None);
        };
        if message.deleted_at.is_some() {
            return Ok(None);
        }
        let mut unit = Unit::new();
        self.store
            .delete_message(&mut unit, known.contact, message.id, at)
            .await?;
        self.mend_preview(&mut unit, &message, |preview| {
            preview.text.clear();
            preview.attachments = 0;
            (preview.attachment_kind, preview.card) = (None, None);
            preview.deleted = true;
        })
        .await?;
        self.feed_message(&mut unit, &message);
        Ok(Some(unit.into()))
    }

    pub(crate) async fn stage_reaction(
        &self,
        channel: &Channel,
        (sender, origin): (&Sender, Origin),
        target: &Pii<String>,
        emoji: Option<&Pii<String>>,
        at: Timestamp,
    ) -> Result<Option<Staged>, AppError> {
        let Some((known, message)) = self.change_target(channel, sender, target).await? else {
            return Ok(None);
        };
        if message.deleted_at.is_some() {
            return Ok(None);
        }
        let mut unit = Unit::new();
        let by = if origin == Origin::Echo {
            Author::Echo
        } else {
            Author::Contact(known.contact)
        };
        self.store
            .set_reaction(&mut unit, known.contact, message.id, by, emoji, at)
            .await?;
        self.feed_message(&mut unit, &message);
        Ok(Some(unit.into()))
    }

    /// The list shows the newest message in a line: what was changed or taken back there must not
    /// stay readable here.
    async fn mend_preview(
        &self,
        unit: &mut Unit,
        message: &StoredMessage,
        change: impl FnOnce(&mut Preview),
    ) -> Result<(), AppError> {
        let found = self.store.lookup_conversation(message.conversation).await?;
        let Some(conversation) = found else {
            return Ok(());
        };
        let shown = conversation.preview.clone();
        if let Some(mut preview) = shown.filter(|shown| shown.about == message.id.bytes()) {
            change(&mut preview);
            self.store
                .replace_preview(unit, &conversation, &preview)
                .await?;
        }
        Ok(())
    }

    pub(crate) fn feed_message(&self, unit: &mut Unit, message: &StoredMessage) {
        let now = self.now();
        self.store.feed_item(
            unit,
            message.conversation,
            message.seq,
            message.id.bytes(),
            now,
        );
    }

    /// The contact is known by further addresses. Those of the same kind it had before are given
    /// up when it changed them.
    pub(crate) async fn stage_identity(
        &self,
        channel: &Channel,
        sender: &Sender,
        known_as: &[ExternalAddress],
        cause: IdentityCause,
        at: Timestamp,
    ) -> Result<Option<Staged>, AppError> {
        let Some(known) = self.lookup_sender(channel, sender).await? else {
            return Ok(None);
        };
        let mut unit = Unit::new();
        let have = self.store.addresses_of(known.contact).await?;
        let taken = self.store.lookup_addresses(channel.id, known_as).await?;
        let mut address = known.address;
        for new in known_as {
            let mine = have.iter().any(|old| {
                old.valid_to.is_none() && old.kind == new.kind && old.value == new.value
            });
            if mine {
                continue;
            }
            let owner = taken.iter().find(|t| t.kind == new.kind);
            if cause == IdentityCause::Linked && owner.is_some() {
                // Two contacts turn out to be one person. A receipt is no reason to take an
                // address away; the person's next message decides, by its most durable address.
                continue;
            }
            if let Some(other) = owner {
                self.stage_address_left(&mut unit, other.contact, other.address, at)
                    .await?;
            }
            if matches!(
                cause,
                IdentityCause::ChangedNumber | IdentityCause::ChangedUserId
            ) {
                for old in have
                    .iter()
                    .filter(|old| old.kind == new.kind && old.valid_to.is_none())
                {
                    self.store.end_address(&mut unit, old.id, at);
                }
            }
            address = self
                .stage_new_address(&mut unit, channel, &known, new)
                .await?;
        }
        if unit.is_empty() {
            if cause != IdentityCause::ChangedDevice {
                return Ok(None);
            }
            // It changes no address by which a repetition could be told.
            let told = Pii::new(format!("changed_device:{}:{}", known.contact, at.0));
            if self.store.was_seen(channel.id, at, &told).await? {
                return Ok(None);
            }
            self.store.first_sight(&mut unit, channel.id, at, &told);
        }
        self.stage_identity_doubted(&mut unit, channel, &known, cause)
            .await?;
        if let Some(conversation) = known.conversation {
            self.store
                .set_conversation_address(&mut unit, conversation, address);
            let cause = match cause {
                IdentityCause::ChangedNumber => "changed_number",
                IdentityCause::ChangedUserId => "changed_user_id",
                IdentityCause::ChangedDevice => "changed_device",
                IdentityCause::Linked => "linked",
            };
            let facts = BTreeMap::from([("cause".to_owned(), cause.to_owned())]);
            self.stage_told(&mut unit, &known, ActivityKind::IdentityChanged, facts)
                .await?;
        }
        let (kind, contact) = (FeedKind::ContactUpdated, known.contact.bytes());
        self.store
            .feed_subject(&mut unit, kind, contact, self.now());
        Ok(Some(unit.into()))
    }

    /// Who changes its number or its account may be somebody else now: what was agreed to on this
    /// channel waits until it is said again.
    async fn stage_identity_doubted(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        known: &Known,
        cause: IdentityCause,
    ) -> Result<(), AppError> {
        let doubts = matches!(
            cause,
            IdentityCause::ChangedNumber | IdentityCause::ChangedUserId
        );
        if !doubts {
            return Ok(());
        }
        self.stage_unverified(unit, known.contact, |subject| subject.channel == channel.id)
            .await
    }

    async fn stage_new_address(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        known: &Known,
        new: &ExternalAddress,
    ) -> Result<AddressId, AppError> {
        let id = AddressId::from_bytes(self.fresh());
        let address = NewAddress {
            id,
            contact: known.contact,
            channel: channel.id,
            kind: new.kind,
            value: new.value.clone(),
            verified: true,
            now: self.now(),
        };
        self.store.add_address(unit, &address).await?;
        Ok(id)
    }

    pub(crate) async fn stage_preference(
        &self,
        channel: &Channel,
        sender: &Sender,
        category: &str,
        decision: PreferenceDecision,
        at: Timestamp,
    ) -> Result<Option<Staged>, AppError> {
        let mut unit = Unit::new();
        // The wish is kept even of somebody who never wrote: it must bind us later.
        let Some(person) = self.stage_person(&mut unit, channel, sender).await? else {
            return Ok(None);
        };
        let word = match decision {
            PreferenceDecision::Stop => "stop",
            PreferenceDecision::Resume => "resume",
        };
        let known = if person.is_new {
            None
        } else {
            self.store
                .preference(person.contact, channel.id, category)
                .await?
        };
        if known.as_deref() == Some(word) {
            return Ok(None);
        }
        self.store
            .set_preference(&mut unit, person.contact, channel.id, category, word, at);
        let facts = BTreeMap::from([
            ("category".to_owned(), category.to_owned()),
            ("decision".to_owned(), word.to_owned()),
        ]);
        self.stage_activity(&mut unit, &person, ActivityKind::PreferenceChanged, facts)
            .await?;
        if decision == PreferenceDecision::Stop && !person.is_new {
            let how = Withdrawal::at_the_provider(at);
            let conversation = Some(person.conversation);
            self.stage_withdrawal(&mut unit, person.contact, channel.id, conversation, &how)
                .await?;
        }
        Ok(Some(unit.into()))
    }

    async fn stage_told(
        &self,
        unit: &mut Unit,
        known: &Known,
        kind: ActivityKind,
        facts: BTreeMap<String, String>,
    ) -> Result<(), AppError> {
        let Some(conversation) = known.conversation else {
            return Ok(());
        };
        let person = Person {
            contact: known.contact,
            conversation,
            address: known.address,
            address_used_at: Some(known.last_used_at),
            is_new: false,
            opened: false,
            merged: false,
        };
        self.stage_activity(unit, &person, kind, facts).await
    }
}
