//! What is appended to a conversation, and what that changes about it.

use db::Value;
use domain::conversation::State;
use domain::{Pii, TeammateId, Timestamp};

use crate::conversations::Preview;
use crate::error::StoreError;
use crate::rows::{opt_blob, opt_int};
use crate::sealing::{seal_bytes, seal_json};

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

impl Append<'_> {
    /// The `UPDATE`, and its parameters from `$2` on.
    pub(crate) fn changes(
        &self,
        key: &vault::DataKey,
        id: [u8; 16],
    ) -> Result<(&'static str, Vec<Value>), StoreError> {
        let seal = |preview: &Preview| seal_json(key, "conversation.preview", &id, preview);
        let state_values = |state: &State| {
            vec![
                Value::from(state.status.as_str()),
                opt_blob(state.assignee.map(TeammateId::bytes)),
                opt_int(state.snoozed_until.map(|at| at.0)),
            ]
        };
        Ok(match self {
            Append::Inbound {
                at,
                provider_id,
                opens_window,
                preview,
            } => {
                let sealed_id = sealed_provider_id(key, id, *provider_id)?;
                let opened = opens_window.then_some(at.0);
                (
                    INBOUND,
                    vec![at.0.into(), seal(preview)?, sealed_id, opt_int(opened)],
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
                (
                    append!(
                        ", status = $2, assignee_id = $3, snoozed_until = $4, unread = 0, \
                     team_read_seq = last_seq + 1, last_message_at = CASE WHEN last_message_at < $5 \
                     THEN $5 ELSE last_message_at END, preview = $6 WHERE id = $1 AND version = $7"
                    ),
                    params,
                )
            }
            Append::Echo { at, preview } => (
                append!(
                    ", preview = $3, last_message_at = CASE WHEN last_message_at < $2 THEN $2 \
                 ELSE last_message_at END WHERE id = $1"
                ),
                vec![at.0.into(), seal(preview)?],
            ),
            Append::Note { preview } => (
                append!(", preview = $2 WHERE id = $1"),
                vec![seal(preview)?],
            ),
            Append::Activity => (append!(" WHERE id = $1"), Vec::new()),
            Append::Change { state, version } => {
                let mut params = state_values(state);
                params.push((*version).into());
                (
                    append!(
                        ", status = $2, assignee_id = $3, snoozed_until = $4 \
                     WHERE id = $1 AND version = $5"
                    ),
                    params,
                )
            }
        })
    }
}

fn sealed_provider_id(
    key: &vault::DataKey,
    id: [u8; 16],
    provider_id: Option<&Pii<String>>,
) -> Result<Value, StoreError> {
    provider_id.map_or(Ok(Value::Null), |text| {
        let plain = text.expose().as_bytes();
        seal_bytes(key, "conversation.last_inbound_id", &id, plain)
    })
}
