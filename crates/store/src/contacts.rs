//! Contacts and the addresses by which they are reached.

use db::{Row, Sql, Value};
use domain::channel::AddressKind;
use domain::inbound::ExternalAddress;
use domain::{AddressId, ChannelId, ContactId, ConversationId, EntryId, Pii, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::faults::{self, Lie};
use crate::page::{Page, PageRequest};
use crate::rows::{at, blob, id16, opt_at, opt_id16};
use crate::sealing::{open_bytes, open_json, seal_bytes, seal_json};
use crate::sights::seen_question;
use crate::unit::Unit;

pub struct NewContact {
    pub id: ContactId,
    /// `None` while nobody said a name.
    pub name: Option<Pii<String>>,
    pub locale: Option<String>,
    pub now: Timestamp,
}

#[derive(Clone)]
pub struct Contact {
    pub id: ContactId,
    pub name: Option<Pii<String>>,
    pub locale: Option<String>,
    pub created_at: Timestamp,
    pub version: i64,
    /// Since then its data is kept, and nothing else is done with it.
    pub restricted_at: Option<Timestamp>,
}

pub type ContactSummary = Contact;

#[derive(Serialize, Deserialize)]
pub(crate) struct ContactRow {
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) locale: Option<String>,
}

pub struct NewAddress {
    pub id: AddressId,
    pub contact: ContactId,
    pub channel: ChannelId,
    pub kind: AddressKind,
    pub value: Pii<String>,
    pub verified: bool,
    pub now: Timestamp,
}

#[derive(Clone)]
pub struct Address {
    pub id: AddressId,
    pub contact: ContactId,
    pub channel: ChannelId,
    pub kind: AddressKind,
    pub value: Pii<String>,
    pub verified: bool,
    pub valid_from: Timestamp,
    pub valid_to: Option<Timestamp>,
    pub last_used_at: Timestamp,
}

/// Whom an address belongs to, and the conversation on its channel if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub address: AddressId,
    pub contact: ContactId,
    pub conversation: Option<ConversationId>,
    /// Where that conversation goes on at present.
    pub conversation_address: Option<AddressId>,
    pub kind: AddressKind,
    pub last_used_at: Timestamp,
}

/// What is known before an inbound message is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstLook {
    SeenBefore,
    New(Vec<Known>),
}

const ADDRESS: &str = "SELECT id, contact_id, channel_id, kind, sealed, verified, valid_from, \
                       valid_to, last_used_at FROM address";

/// One answer an address, in their order.
fn known_of(addresses: &[ExternalAddress], answers: &[Vec<Row>]) -> Result<Vec<Known>, StoreError> {
    let mut known = Vec::with_capacity(addresses.len());
    for (address, found) in addresses.iter().zip(answers) {
        if let Some(row) = found.first() {
            known.push(Known {
                address: AddressId::from_bytes(id16(row, 0)?),
                contact: ContactId::from_bytes(id16(row, 1)?),
                conversation: opt_id16(row, 2)?.map(ConversationId::from_bytes),
                conversation_address: opt_id16(row, 3)?.map(AddressId::from_bytes),
                kind: address.kind,
                last_used_at: at(row, 4)?,
            });
        }
    }
    Ok(known)
}

fn address_question(
    channel: ChannelId,
    address: &ExternalAddress,
    lookup: [u8; 16],
) -> (Sql, Vec<Value>) {
    let sql = "SELECT a.id, a.contact_id, c.id, c.address_id, a.last_used_at FROM address a \
               LEFT JOIN conversation c \
               ON c.contact_id = a.contact_id AND c.channel_id = a.channel_id \
               WHERE a.channel_id = $1 AND a.kind = $2 AND a.lookup = $3 \
               AND a.valid_to IS NULL";
    let params = vec![
        blob(channel.bytes()),
        address.kind.as_str().into(),
        blob(lookup),
    ];
    (sql.into(), params)
}

impl Store {
    /// Whom the channel's addresses belong to; unknown ones are left out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lookup_addresses(
        &self,
        channel: ChannelId,
        addresses: &[ExternalAddress],
    ) -> Result<Vec<Known>, StoreError> {
        let questions: Vec<_> = addresses
            .iter()
            .zip(self.address_lookups(addresses))
            .map(|(address, lookup)| address_question(channel, address, lookup))
            .collect();
        let answers = match questions.len() {
            0 => return Ok(Vec::new()),
            _ => self.db.snapshot(questions).await?,
        };
        known_of(addresses, &answers)
    }

    /// Whether an inbound item was seen before and whom its addresses belong to, as
    /// [`Store::was_seen`] and [`Store::lookup_addresses`] answer one after the other. For who
    /// wrote a moment ago nothing is read: whether the item was seen before is then told by the
    /// commit alone ([`Store::first_sight`]), and so is whether all is as remembered
    /// ([`Store::still_known`]).
    ///
    /// # Errors
    /// What the engine says.
    pub async fn first_look(
        &self,
        channel: ChannelId,
        at: Timestamp,
        provider_id: &Pii<String>,
        addresses: &[ExternalAddress],
    ) -> Result<FirstLook, StoreError> {
        let sight = self.sight_of(channel, at, provider_id);
        if self.sights.hold(&sight) && !faults::lies(Lie::DedupDropped) {
            return Ok(FirstLook::SeenBefore);
        }
        let lookups = self.address_lookups(addresses);
        let keys = self.address_keys(channel, &lookups);
        if !keys.is_empty()
            && let Some(known) = self.acquaintances.all(&keys)
        {
            return Ok(FirstLook::New(known));
        }
        let mut questions = vec![seen_question(sight)];
        let theirs = addresses.iter().zip(lookups);
        questions
            .extend(theirs.map(|(address, lookup)| address_question(channel, address, lookup)));
        let answers = self.db.snapshot(questions).await?;
        match answers.split_first() {
            Some((seen, _)) if !seen.is_empty() && !faults::lies(Lie::DedupDropped) => {
                Ok(FirstLook::SeenBefore)
            }
            Some((_, found)) => {
                let known = known_of(addresses, found)?;
                self.acquaintances.keep(&keys, &known);
                Ok(FirstLook::New(known))
            }
            None => Err(StoreError::Corrupt("snapshot")),
        }
    }

    pub(crate) fn address_lookups(&self, addresses: &[ExternalAddress]) -> Vec<[u8; 16]> {
        let lookup = |address: &ExternalAddress| {
            let (kind, value) = (address.kind.as_str(), address.value.expose());
            self.ring.lookup(kind, value)
        };
        addresses.iter().map(lookup).collect()
    }

    /// # Errors
    /// What the vault says.
    pub async fn add_contact(&self, unit: &mut Unit, new: &NewContact) -> Result<(), StoreError> {
        let key = self.ring.contact_key(new.id).await?;
        let row = ContactRow {
            name: new.name.as_ref().map(|name| name.expose().clone()),
            locale: new.locale.clone(),
        };
        unit.run(
            "INSERT INTO contact (id, sealed, created_at, spoke, version) VALUES ($1, $2, $3, 0, 1)",
            vec![
                blob(new.id.bytes()),
                seal_json(&key, "contact.sealed", &new.id.bytes(), &row)?,
                new.now.0.into(),
            ],
        );
        self.set_contact_words(unit, new.id, row.name.as_deref(), true);
        Ok(())
    }

    /// Replaces name and locale if nobody else did since `contact` was read.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn update_contact(
        &self,
        unit: &mut Unit,
        contact: &Contact,
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(contact.id).await?;
        let row = ContactRow {
            name: contact.name.as_ref().map(|name| name.expose().clone()),
            locale: contact.locale.clone(),
        };
        unit.one(
            Guard::Plain,
            "UPDATE contact SET sealed = $2, version = version + 1 WHERE id = $1 AND version = $3",
            vec![
                blob(contact.id.bytes()),
                seal_json(&key, "contact.sealed", &contact.id.bytes(), &row)?,
                contact.version.into(),
            ],
        );
        self.set_contact_words(unit, contact.id, row.name.as_deref(), false);
        Ok(())
    }

    /// # Errors
    /// What the vault says; at commit [`Guard::AddressFree`].
    pub async fn add_address(&self, unit: &mut Unit, new: &NewAddress) -> Result<(), StoreError> {
        let key = self.ring.contact_key(new.contact).await?;
        unit.one(
            Guard::AddressFree,
            "INSERT INTO address (id, contact_id, channel_id, kind, lookup, sealed, verified, \
             valid_from, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
            vec![
                blob(new.id.bytes()),
                blob(new.contact.bytes()),
                blob(new.channel.bytes()),
                new.kind.as_str().into(),
                blob(self.ring.lookup(new.kind.as_str(), new.value.expose())),
                seal_bytes(
                    &key,
                    "address.sealed",
                    &new.id.bytes(),
                    new.value.expose().as_bytes(),
                )?,
                new.verified.into(),
                new.now.0.into(),
            ],
        );
        Ok(())
    }

    /// The address belongs to its contact no longer; its history stays.
    pub fn end_address(&self, unit: &mut Unit, address: AddressId, now: Timestamp) {
        unit.run(
            "UPDATE address SET valid_to = $2 WHERE id = $1 AND valid_to IS NULL",
            vec![blob(address.bytes()), now.0.into()],
        );
    }

    pub fn use_address(&self, unit: &mut Unit, address: AddressId, now: Timestamp) {
        unit.run(
            "UPDATE address SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2",
            vec![blob(address.bytes()), now.0.into()],
        );
    }

    async fn contact_of(&self, row: &Row) -> Result<Contact, StoreError> {
        let id = ContactId::from_bytes(id16(row, 0)?);
        let key = self.existing_contact_key(id).await?;
        let open: ContactRow = open_json(&key, "contact.sealed", &id.bytes(), row.blob(1)?)?;
        Ok(Contact {
            id,
            name: open.name.map(Pii::new),
            locale: open.locale,
            created_at: at(row, 2)?,
            version: row.int(3)?,
            restricted_at: opt_at(row, 4)?,
        })
    }

    pub(crate) async fn existing_contact_key(
        &self,
        contact: ContactId,
    ) -> Result<std::sync::Arc<vault::DataKey>, StoreError> {
        self.ring
            .existing(contact.bytes())
            .await?
            .ok_or(StoreError::Sealed("contact key"))
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_contact(&self, id: ContactId) -> Result<Option<Contact>, StoreError> {
        let sql =
            "SELECT id, sealed, created_at, version, restricted_at FROM contact WHERE id = $1";
        match self.db.query_opt(sql, vec![blob(id.bytes())]).await? {
            None => Ok(None),
            Some(row) => self.contact_of(&row).await.map(Some),
        }
    }

    /// Newest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn contacts(&self, page: PageRequest) -> Result<Page<Contact>, StoreError> {
        let (created, id) = page.after.unwrap_or((i64::MAX, [0xff; 16]));
        let sql = "SELECT id, sealed, created_at, version, restricted_at FROM contact \
                   WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3";
        let params = vec![created.into(), blob(id), (page.limit + 1).into()];
        let rows = self.db.query(sql, params).await?;
        let mut contacts = Vec::with_capacity(rows.len());
        for row in &rows {
            contacts.push(self.contact_of(row).await?);
        }
        Ok(Page::cut(contacts, page.limit, |contact| {
            (contact.created_at.0, contact.id.bytes())
        }))
    }

    async fn address_of(&self, row: &Row) -> Result<Address, StoreError> {
        let id = id16(row, 0)?;
        let contact = ContactId::from_bytes(id16(row, 1)?);
        let key = self.existing_contact_key(contact).await?;
        let value = open_bytes(&key, "address.sealed", &id, row.blob(4)?)?;
        Ok(Address {
            id: AddressId::from_bytes(id),
            contact,
            channel: ChannelId::from_bytes(id16(row, 2)?),
            kind: AddressKind::parse(row.text(3)?).ok_or(StoreError::Corrupt("address.kind"))?,
            value: Pii::new(String::from_utf8(value).map_err(|_| StoreError::Corrupt("address"))?),
            verified: row.int(5)? != 0,
            valid_from: at(row, 6)?,
            valid_to: opt_at(row, 7)?,
            last_used_at: at(row, 8)?,
        })
    }

    /// All addresses of a contact, given-up ones included, oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn addresses_of(&self, contact: ContactId) -> Result<Vec<Address>, StoreError> {
        let sql = format!("{ADDRESS} WHERE contact_id = $1 ORDER BY valid_from, id LIMIT 200");
        let rows = self.db.query(sql, vec![blob(contact.bytes())]).await?;
        let mut addresses = Vec::with_capacity(rows.len());
        for row in &rows {
            addresses.push(self.address_of(row).await?);
        }
        Ok(addresses)
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_address(&self, id: AddressId) -> Result<Option<Address>, StoreError> {
        let sql = format!("{ADDRESS} WHERE id = $1");
        match self.db.query_opt(sql, vec![blob(id.bytes())]).await? {
            None => Ok(None),
            Some(row) => self.address_of(&row).await.map(Some),
        }
    }

    /// Objections inside a sentence that nobody decided about since then, the oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn soft_objections(
        &self,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<(ContactId, ChannelId, Timestamp)>, StoreError> {
        let sql = "SELECT contact_id, channel_id, at FROM preference WHERE decision = 'soft' \
                   AND at <= $1 ORDER BY at LIMIT $2";
        let rows = self
            .db
            .query(sql, vec![before.0.into(), limit.into()])
            .await?;
        rows.iter()
            .map(|row| {
                let contact = ContactId::from_bytes(id16(row, 0)?);
                let channel = ChannelId::from_bytes(id16(row, 1)?);
                Ok((contact, channel, at(row, 2)?))
            })
            .collect()
    }

    pub fn set_preference(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        channel: ChannelId,
        category: &str,
        decision: &str,
        when: Timestamp,
    ) {
        // An older word that arrives late does not overrule a newer one.
        unit.run(
            "INSERT INTO preference (contact_id, channel_id, category, decision, at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (contact_id, channel_id, category) \
             DO UPDATE SET decision = excluded.decision, at = excluded.at \
             WHERE preference.at <= excluded.at",
            vec![
                blob(contact.bytes()),
                blob(channel.bytes()),
                category.into(),
                decision.into(),
                when.0.into(),
            ],
        );
    }

    /// A teammate clears up what the contact meant, unless it said something else meanwhile. By
    /// the clock of who said it: what it says next comes later there, too.
    pub fn settle_preference(
        &self,
        unit: &mut Unit,
        (contact, channel): (ContactId, ChannelId),
        category: &str,
        (said, said_at): (&str, Timestamp),
        decision: &str,
    ) {
        unit.one(
            Guard::Plain,
            "UPDATE preference SET decision = $6 WHERE contact_id = $1 AND channel_id = $2 \
             AND category = $3 AND decision = $4 AND at = $5",
            vec![
                blob(contact.bytes()),
                blob(channel.bytes()),
                category.into(),
                said.into(),
                said_at.0.into(),
                decision.into(),
            ],
        );
    }

    /// The contact's latest word on a category of messages: "stop" or "resume".
    ///
    /// # Errors
    /// What the engine says.
    pub async fn preference(
        &self,
        contact: ContactId,
        channel: ChannelId,
        category: &str,
    ) -> Result<Option<String>, StoreError> {
        let said = self.preference_said(contact, channel, category).await?;
        Ok(said.map(|(decision, _)| decision))
    }

    /// The same, with when it was said.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn preference_said(
        &self,
        contact: ContactId,
        channel: ChannelId,
        category: &str,
    ) -> Result<Option<(String, Timestamp)>, StoreError> {
        let sql = "SELECT decision, at FROM preference \
                   WHERE contact_id = $1 AND channel_id = $2 AND category = $3";
        let params = vec![
            blob(contact.bytes()),
            blob(channel.bytes()),
            category.into(),
        ];
        let row = self.db.query_opt(sql, params).await?;
        row.map(|row| Ok((row.text(0)?.to_owned(), at(&row, 1)?)))
            .transpose()
    }

    pub fn add_chat_session(
        &self,
        unit: &mut Unit,
        digest: [u8; 32],
        contact: ContactId,
        entry: EntryId,
        now: Timestamp,
        expires_at: Timestamp,
    ) {
        unit.run(
            "INSERT INTO chat_session (digest, contact_id, entry_id, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                digest.to_vec().into(),
                blob(contact.bytes()),
                blob(entry.bytes()),
                now.0.into(),
                expires_at.0.into(),
            ],
        );
    }

    /// Whether a contact has a session that is not over.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn has_chat_session(
        &self,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql =
            "SELECT entry_id FROM chat_session WHERE contact_id = $1 AND expires_at > $2 LIMIT 1";
        let params = vec![blob(contact.bytes()), now.0.into()];
        Ok(self.db.query_opt(sql, params).await?.is_some())
    }

    /// The contact and entry behind a chat session's secret.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lookup_chat_session(
        &self,
        digest: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<(ContactId, EntryId)>, StoreError> {
        let sql = "SELECT contact_id, entry_id FROM chat_session \
                   WHERE digest = $1 AND expires_at > $2";
        let row = self
            .db
            .query_opt(sql, vec![digest.to_vec().into(), now.0.into()])
            .await?;
        row.map(|row| {
            Ok((
                ContactId::from_bytes(id16(&row, 0)?),
                EntryId::from_bytes(id16(&row, 1)?),
            ))
        })
        .transpose()
    }
}
