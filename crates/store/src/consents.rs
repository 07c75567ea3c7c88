//! Where consents stand, and the events that brought them there.

use db::{Row, Value};
use domain::consent::{Consent, Grant, NoticeMark, State, Status, Subject, Way};
use domain::{AddressId, ChannelId, ConsentEventId, ContactId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::purposes::mark_of;
use crate::rows::{at, blob, id16, opt_at, opt_int, opt_text};
use crate::sealing::{open_json, seal_json};
use crate::unit::Unit;

/// More than anybody can have agreed to.
const CONSENTS_MAX: i64 = 500;
const EVENTS_MAX: i64 = 5_000;

/// A consent as its last event left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConsent {
    pub consent: Consent,
    /// The notice that was shown last.
    pub notice: NoticeMark,
    pub since: Timestamp,
    /// The leaf of the last event.
    pub leaf: [u8; 32],
    /// How many events there are.
    pub events: i64,
}

/// One event on its way into the ledger.
pub struct NewConsentEvent {
    pub id: ConsentEventId,
    pub subject: Subject,
    /// From 1 on, without a gap, for each consent.
    pub number: i64,
    pub kind: &'static str,
    pub at: Timestamp,
    pub tree: String,
    pub leaf_seq: u64,
    /// The leaf as it was hashed: a commitment that says nothing without its salt.
    pub leaf: String,
    pub payload: String,
    pub salt: [u8; 32],
}

#[derive(Clone, PartialEq, Eq)]
pub struct StoredConsentEvent {
    pub id: ConsentEventId,
    pub subject: Subject,
    pub number: i64,
    pub kind: String,
    pub at: Timestamp,
    pub tree: String,
    pub leaf_seq: u64,
    pub leaf: String,
    /// What was committed to, and the salt; gone when the contact was erased.
    pub opened: Option<(String, [u8; 32])>,
}

#[derive(Serialize, Deserialize)]
struct EventRow {
    payload: String,
    salt: [u8; 32],
}

const CONSENT: &str = "SELECT contact_id, purpose, channel_id, address_id, state, since, until, \
    notice, material, explicit, way, last_used, rests_on, proof_until, leaf, events FROM consent";

/// A state as columns: its word, since when, until when, the way it is asked, the last use.
struct Columns {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    explicit: bool,
    way: Option<Way>,
    last_used: Option<Timestamp>,
}

fn columns_of(consent: &Consent) -> Columns {
    let mut columns = Columns {
        since: None,
        until: None,
        explicit: false,
        way: None,
        last_used: None,
    };
    match consent.state {
        State::Requested { at, explicit, .. } => {
            columns.since = Some(at);
            columns.until = Some(Way::WritesFirst.deadline(at));
            columns.explicit = explicit;
        }
        State::Pending {
            until,
            explicit,
            way,
            ..
        } => {
            columns.until = Some(until);
            columns.explicit = explicit;
            columns.way = Some(way);
        }
        State::Granted(grant) => {
            columns.since = Some(grant.at);
            columns.until = grant.expires_at;
            columns.explicit = grant.explicit;
            columns.last_used = grant.last_used;
        }
        State::Lapsed { at } => {
            columns.since = Some(at);
            // What was agreed to before is proof and stays.
            columns.until = consent
                .removal_due()
                .filter(|_| consent.proof_until.is_none());
        }
        State::Refused { at } | State::Withdrawn { at } => columns.since = Some(at),
        State::None
        | State::Outdated
        | State::Expired
        | State::Unverified
        | State::Invalidated
        | State::Asserted => {}
    }
    columns
}

fn state_of(row: &Row, notice: NoticeMark) -> Result<State, StoreError> {
    let status = Status::parse(row.text(4)?).ok_or(StoreError::Corrupt("consent.state"))?;
    let since = at(row, 5)?;
    let explicit = row.int(9)? != 0;
    let until = opt_at(row, 6)?;
    Ok(match status {
        Status::None => State::None,
        Status::Requested => State::Requested {
            at: since,
            notice,
            explicit,
        },
        Status::Pending => State::Pending {
            until: until.ok_or(StoreError::Corrupt("consent.until"))?,
            notice,
            explicit,
            way: row
                .opt_text(10)?
                .and_then(Way::parse)
                .ok_or(StoreError::Corrupt("consent.way"))?,
        },
        Status::Granted => State::Granted(Grant {
            at: since,
            notice,
            explicit,
            last_used: opt_at(row, 11)?,
            expires_at: until,
        }),
        Status::Refused => State::Refused { at: since },
        Status::Lapsed => State::Lapsed { at: since },
        Status::Outdated => State::Outdated,
        Status::Expired => State::Expired,
        Status::Unverified => State::Unverified,
        Status::Withdrawn => State::Withdrawn { at: since },
        Status::Invalidated => State::Invalidated,
        Status::Asserted => State::Asserted,
    })
}

fn consent_of(row: &Row) -> Result<StoredConsent, StoreError> {
    let notice = mark_of(row, (7, 8))?;
    let leaf = row.blob(14)?.try_into();
    let (rests_on, _) = row.blob(12)?.as_chunks::<16>();
    Ok(StoredConsent {
        consent: Consent {
            subject: Subject {
                contact: ContactId::from_bytes(id16(row, 0)?),
                purpose: row.text(1)?.to_owned(),
                channel: ChannelId::from_bytes(id16(row, 2)?),
                address: AddressId::from_bytes(id16(row, 3)?),
            },
            state: state_of(row, notice)?,
            rests_on: rests_on
                .iter()
                .map(|id| ConsentEventId::from_bytes(*id))
                .collect(),
            proof_until: opt_at(row, 13)?,
        },
        notice,
        since: at(row, 5)?,
        leaf: leaf.map_err(|_| StoreError::Corrupt("consent.leaf"))?,
        events: row.int(15)?,
    })
}

fn subject_params(subject: &Subject) -> Vec<Value> {
    vec![
        blob(subject.contact.bytes()),
        subject.purpose.as_str().into(),
        blob(subject.channel.bytes()),
        blob(subject.address.bytes()),
    ]
}

impl StoredConsent {
    /// Its state without the details.
    #[must_use]
    pub fn word(&self) -> Status {
        self.consent.state.written()
    }
}

impl Store {
    /// All consents of a contact.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn consents_of(&self, contact: ContactId) -> Result<Vec<StoredConsent>, StoreError> {
        let sql = format!(
            "{CONSENT} WHERE contact_id = $1 ORDER BY purpose, channel_id, address_id LIMIT $2"
        );
        let params = vec![blob(contact.bytes()), CONSENTS_MAX.into()];
        let rows = self.db.query(sql, params).await?;
        rows.iter().map(consent_of).collect()
    }

    /// Consents whose time is over and was not written down yet.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn overdue_consents(
        &self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<StoredConsent>, StoreError> {
        let sql =
            format!("{CONSENT} WHERE until IS NOT NULL AND until <= $1 ORDER BY until LIMIT $2");
        let rows = self.db.query(sql, vec![now.0.into(), limit.into()]).await?;
        rows.iter().map(consent_of).collect()
    }

    /// Where a consent stands now; the unit fails when something else happened to it since it was
    /// read.
    pub fn set_consent(&self, unit: &mut Unit, new: &StoredConsent, events_before: i64) {
        let columns = columns_of(&new.consent);
        let rests_on: Vec<[u8; 16]> = new.consent.rests_on.iter().map(|id| id.bytes()).collect();
        let mut params = subject_params(&new.consent.subject);
        params.extend([
            new.word().as_str().into(),
            columns.since.unwrap_or(new.since).0.into(),
            opt_int(columns.until.map(|at| at.0)),
            new.notice.id.0.to_vec().into(),
            new.notice.material.into(),
            columns.explicit.into(),
            opt_text(columns.way.map(Way::as_str)),
            opt_int(columns.last_used.map(|at| at.0)),
            rests_on.concat().into(),
            opt_int(new.consent.proof_until.map(|at| at.0)),
            new.leaf.to_vec().into(),
            new.events.into(),
        ]);
        if events_before == 0 {
            unit.one(
                Guard::Consent,
                "INSERT INTO consent (contact_id, purpose, channel_id, address_id, state, since, \
                 until, notice, material, explicit, way, last_used, rests_on, proof_until, leaf, \
                 events) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
                 $15, $16) ON CONFLICT (contact_id, purpose, channel_id, address_id) DO NOTHING",
                params,
            );
            return;
        }
        params.push(events_before.into());
        unit.one(
            Guard::Consent,
            "UPDATE consent SET state = $5, since = $6, until = $7, notice = $8, material = $9, \
             explicit = $10, way = $11, last_used = $12, rests_on = $13, proof_until = $14, \
             leaf = $15, events = $16 WHERE contact_id = $1 AND purpose = $2 AND channel_id = $3 \
             AND address_id = $4 AND events = $17",
            params,
        );
    }

    /// Nothing happened to the consent since it was read, or the unit fails.
    pub fn consent_unchanged(&self, unit: &mut Unit, read: &StoredConsent) {
        let mut params = subject_params(&read.consent.subject);
        params.push(read.events.into());
        unit.one(
            Guard::Consent,
            "SELECT events FROM consent WHERE contact_id = $1 AND purpose = $2 \
             AND channel_id = $3 AND address_id = $4 AND events = $5",
            params,
        );
    }

    /// Nobody objected on this channel, neither in words nor at the provider, or the unit fails.
    pub fn nobody_objected(&self, unit: &mut Unit, contact: ContactId, channel: ChannelId) {
        unit.exactly(
            Guard::Consent,
            0,
            "SELECT decision FROM preference WHERE contact_id = $1 AND channel_id = $2 \
             AND decision IN ('stop', 'ask', 'soft', 'hard')",
            vec![blob(contact.bytes()), blob(channel.bytes())],
        );
    }

    /// # Errors
    /// What the vault says; at commit [`Guard::Tree`] when another leaf has this place.
    pub async fn add_consent_event(
        &self,
        unit: &mut Unit,
        new: &NewConsentEvent,
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(new.subject.contact).await?;
        let row = EventRow {
            payload: new.payload.clone(),
            salt: new.salt,
        };
        let mut params = vec![blob(new.id.bytes())];
        params.extend(subject_params(&new.subject));
        params.extend([
            new.number.into(),
            new.kind.into(),
            new.at.0.into(),
            new.tree.as_str().into(),
            i64::try_from(new.leaf_seq).unwrap_or(i64::MAX).into(),
            new.leaf.as_str().into(),
            seal_json(&key, "consent_event.sealed", &new.id.bytes(), &row)?,
        ]);
        unit.one(
            Guard::Tree,
            "INSERT INTO consent_event (id, contact_id, purpose, channel_id, address_id, number, \
             kind, at, tree, leaf_seq, leaf, sealed) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            params,
        );
        Ok(())
    }

    /// Everything that happened to a contact's consents, in the order in which it was written down.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn consent_events(
        &self,
        contact: ContactId,
    ) -> Result<Vec<StoredConsentEvent>, StoreError> {
        let sql = "SELECT id, purpose, channel_id, address_id, number, kind, at, tree, leaf_seq, \
                   leaf, sealed FROM consent_event WHERE contact_id = $1 \
                   ORDER BY at, tree, leaf_seq LIMIT $2";
        let params = vec![blob(contact.bytes()), EVENTS_MAX.into()];
        let rows = self.db.query(sql, params).await?;
        let key = self.ring.existing(contact.bytes()).await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = id16(row, 0)?;
            let opened = match (row.opt_blob(10)?, &key) {
                (Some(sealed), Some(key)) => {
                    let open: EventRow = open_json(key, "consent_event.sealed", &id, sealed)?;
                    Some((open.payload, open.salt))
                }
                _ => None,
            };
            events.push(StoredConsentEvent {
                id: ConsentEventId::from_bytes(id),
                subject: Subject {
                    contact,
                    purpose: row.text(1)?.to_owned(),
                    channel: ChannelId::from_bytes(id16(row, 2)?),
                    address: AddressId::from_bytes(id16(row, 3)?),
                },
                number: row.int(4)?,
                kind: row.text(5)?.to_owned(),
                at: at(row, 6)?,
                tree: row.text(7)?.to_owned(),
                leaf_seq: u64::try_from(row.int(8)?)
                    .map_err(|_| StoreError::Corrupt("consent_event.leaf_seq"))?,
                leaf: row.text(9)?.to_owned(),
                opened,
            });
        }
        Ok(events)
    }

    /// When something was sent on the ground of the contact's consents since then.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn consent_uses(
        &self,
        contact: ContactId,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let sql = "SELECT at FROM consent_event WHERE contact_id = $1 AND at > $2 \
                   AND kind = 'used' ORDER BY at LIMIT 100";
        let rows = self
            .db
            .query(sql, vec![blob(contact.bytes()), since.0.into()])
            .await?;
        rows.iter().map(|row| at(row, 0)).collect()
    }

    /// Nobody confirmed, and its time to be kept is over: what was asked goes, the commitments stay.
    pub fn forget_lapsed(&self, unit: &mut Unit, lapsed: &StoredConsent) {
        let mut params = subject_params(&lapsed.consent.subject);
        unit.run(
            "UPDATE consent_event SET sealed = NULL WHERE contact_id = $1 AND purpose = $2 \
             AND channel_id = $3 AND address_id = $4",
            params.clone(),
        );
        params.push(lapsed.events.into());
        unit.one(
            Guard::Consent,
            "DELETE FROM consent WHERE contact_id = $1 AND purpose = $2 AND channel_id = $3 \
             AND address_id = $4 AND events = $5 AND state = 'lapsed'",
            params,
        );
    }
}
