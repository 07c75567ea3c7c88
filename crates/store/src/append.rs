//! Appending to a conversation: the number, the line for the list, what the item changes.

use db::Value;
use domain::conversation::State;
use domain::{ContactId, ConversationId, Pii, TeammateId, Timestamp};

use crate::Store;
use crate::conversations::{Conversation, Preview};
use crate::error::{Guard, StoreError};
use crate::faults::{self, Lie};
use crate::rows::{blob, opt_blob, opt_int};
use crate::sealing::{seal_bytes, seal_json};
use crate::unit::Unit;

/// What is appended to a conversation. The next number is taken in the same statement, so that
/// numbers are gapless and their order is the order of commits.
pub enum Append<'a> {
    Inbound {
        at: Timestamp,
        provider_id: Option<&'a Pii<String>>,
        opens_window: bool,
        preview: &'a Preview,
    },
    /// An answer: the state was decided from what was read.
    Answer {
        at: Timestamp,
        state: State,
        version: i64,
        preview: &'a Preview,
    },
    /// Sent elsewhere by the company, e.g. from the vendor's own app.
    Echo {
        at: Timestamp,
        preview: &'a Preview,
    },
    Note {
        preview: &'a Preview,
    },
    Activity,
    /// An activity together with the change it tells of.
    Change {
        state: State,
        version: i64,
    },
}

/// The whole statement as one constant: the engines find those without reading them again.
macro_rules! append {
    ($rest:literal) => {
        concat!(
            "UPDATE conversation SET last_seq = last_seq + 1, version = version + 1",
            $rest
        )
    };
}

const INBOUND: &str = append!(
    ", status = 'open', snoozed_until = NULL, unread = unread + 1, \
     last_message_at = CASE WHEN last_message_at < $2 THEN $2 ELSE last_message_at END, \
     preview = $3, last_inbound_id = COALESCE($4, last_inbound_id), \
     last_inbound_at = CASE WHEN CAST($5 AS BIGINT) IS NULL THEN last_inbound_at \
     WHEN last_inbound_at IS NULL OR last_inbound_at < CAST($5 AS BIGINT) \
     THEN CAST($5 AS BIGINT) ELSE last_inbound_at END WHERE id = $1"
);
const ANSWER: &str = append!(
    ", status = $2, assignee_id = $3, snoozed_until = $4, unread = 0, \
     team_read_seq = last_seq + 1, last_message_at = CASE WHEN last_message_at < $5 \
     THEN $5 ELSE last_message_at END, preview = $6 WHERE id = $1 AND version = $7"
);
const ECHO: &str = append!(
    ", preview = $3, last_message_at = CASE WHEN last_message_at < $2 THEN $2 \
     ELSE last_message_at END WHERE id = $1"
);
const NOTE: &str = append!(", preview = $2 WHERE id = $1");
const ACTIVITY: &str = append!(" WHERE id = $1");
const CHANGE: &str =
    append!(", status = $2, assignee_id = $3, snoozed_until = $4 WHERE id = $1 AND version = $5");

fn state_values(state: &State) -> Vec<Value> {
    vec![
        Value::from(state.status.as_str()),
        opt_blob(state.assignee.map(TeammateId::bytes)),
        opt_int(state.snoozed_until.map(|at| at.0)),
    ]
}

impl Append<'_> {
    /// The `UPDATE`, and its parameters from `$2` on.
    fn changes(
        &self,
        key: &vault::DataKey,
        id: [u8; 16],
    ) -> Result<(&'static str, Vec<Value>), StoreError> {
        let seal = |preview: &Preview| seal_json(key, "conversation.preview", &id, preview);
        Ok(match self {
            Append::Inbound {
                at,
                provider_id,
                opens_window,
                preview,
            } => {
                let sealed_id = match provider_id {
                    None => Value::Null,
                    Some(text) => {
                        let plain = text.expose().as_bytes();
                        seal_bytes(key, "conversation.last_inbound_id", &id, plain)?
                    }
                };
                let opened = opt_int(opens_window.then_some(at.0));
                (
                    INBOUND,
                    vec![at.0.into(), seal(preview)?, sealed_id, opened],
                )
            }
            Append::Answer {
                at,
                state,
                version,
                preview,
            } => {
                let mut params = state_values(state);
                params.extend([at.0.into(), seal(preview)?, (*version).into()]);
                (ANSWER, params)
            }
            Append::Echo { at, preview } => (ECHO, vec![at.0.into(), seal(preview)?]),
            Append::Note { preview } => (NOTE, vec![seal(preview)?]),
            Append::Activity => (ACTIVITY, Vec::new()),
            Append::Change { state, version } => {
                let mut params = state_values(state);
                params.push((*version).into());
                (CHANGE, params)
            }
        })
    }
}

impl Store {
    /// Takes the next number of the conversation and changes what the new item changes. Must be
    /// followed by the insertion of exactly one item.
    ///
    /// # Errors
    /// What the vault says; at commit [`Guard::Conversation`].
    pub async fn append(
        &self,
        unit: &mut Unit,
        conversation: ConversationId,
        contact: ContactId,
        append: &Append<'_>,
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(contact).await?;
        let (sql, mut params) = append.changes(&key, conversation.bytes())?;
        params.insert(0, blob(conversation.bytes()));
        if faults::lies_each(Lie::NumberSkipped, 23) {
            let sql = sql.replacen("last_seq + 1", "last_seq + 2", 1);
            unit.one(Guard::Conversation, sql, params);
            return Ok(());
        }
        if faults::lies(Lie::UnreadMiscounted) {
            let sql = sql.replacen("unread + 1", "unread + 2", 1);
            unit.one(Guard::Conversation, sql, params);
            return Ok(());
        }
        unit.one(Guard::Conversation, sql, params);
        Ok(())
    }

    /// Another line for the list, where the newest item itself changed; the unit fails when a
    /// newer one came meanwhile.
    ///
    /// # Errors
    /// What the vault says; at commit [`Guard::Conversation`].
    pub async fn replace_preview(
        &self,
        unit: &mut Unit,
        conversation: &Conversation,
        preview: &Preview,
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(conversation.contact).await?;
        let id = conversation.id.bytes();
        unit.one(
            Guard::Conversation,
            "UPDATE conversation SET preview = $2, version = version + 1 \
             WHERE id = $1 AND last_seq = $3",
            vec![
                blob(id),
                seal_json(&key, "conversation.preview", &id, preview)?,
                conversation.last_seq.into(),
            ],
        );
        Ok(())
    }
}
