//! What became of outbound messages: attempts, outcomes, receipts.

use std::ops::RangeInclusive;

use db::Sql;
use domain::delivery::{Cost, DeliveryError, DeliveryState};
use domain::inbound::Receipt;
use domain::{ChannelId, ContactId, MessageId, Pii, Timestamp};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::faults::{self, Lie};
use crate::messages::error_of;
use crate::rows::{at, blob, opt_at, opt_int, opt_text};
use crate::sealing::seal_bytes;
use crate::unit::Unit;

/// How many waiting deliveries are looked at to tell since when channels wait.
const WAITING_LOOKED_AT: i64 = 1_000;

/// One try to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub number: i64,
    pub started_at: Timestamp,
    /// Absent when the process died in between: the outcome is unknown.
    pub finished_at: Option<Timestamp>,
    pub outcome: Option<String>,
}

/// A receipt for a message we do not know (yet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedReceipt {
    pub state: DeliveryState,
    pub at: Timestamp,
    pub error: Option<DeliveryError>,
    pub cost: Option<Cost>,
}

impl Store {
    /// The attempt is written before it starts.
    pub fn start_attempt(
        &self,
        unit: &mut Unit,
        message: MessageId,
        number: i64,
        rule_version: i64,
        now: Timestamp,
    ) {
        unit.one(
            Guard::Lease,
            "INSERT INTO attempt (message_id, number, started_at, rule_version) \
             VALUES ($1, $2, $3, $4)",
            vec![
                blob(message.bytes()),
                number.into(),
                now.0.into(),
                rule_version.into(),
            ],
        );
    }

    pub fn finish_attempt(
        &self,
        unit: &mut Unit,
        message: MessageId,
        number: i64,
        outcome: &'static str,
        error: Option<&DeliveryError>,
        now: Timestamp,
    ) {
        unit.run(
            "UPDATE attempt SET finished_at = $3, outcome = $4, error_code = $5 \
             WHERE message_id = $1 AND number = $2 AND finished_at IS NULL",
            vec![
                blob(message.bytes()),
                number.into(),
                now.0.into(),
                outcome.into(),
                opt_text(error.map(|error| error.code.as_str())),
            ],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn attempts(&self, message: MessageId) -> Result<Vec<Attempt>, StoreError> {
        let sql = "SELECT number, started_at, finished_at, outcome FROM attempt \
                   WHERE message_id = $1 ORDER BY number LIMIT 1000";
        let rows = self.db.query(sql, vec![blob(message.bytes())]).await?;
        rows.iter()
            .map(|row| {
                Ok(Attempt {
                    number: row.int(0)?,
                    started_at: at(row, 1)?,
                    finished_at: opt_at(row, 2)?,
                    outcome: row.opt_text(3)?.map(str::to_owned),
                })
            })
            .collect()
    }

    /// Joins a state into the delivery: the larger rank wins, so replay and disorder change
    /// nothing. An error is kept with the state it belongs to.
    pub fn join_delivery(
        &self,
        unit: &mut Unit,
        message: MessageId,
        state: DeliveryState,
        error: Option<&DeliveryError>,
    ) {
        const JOIN: &str = "UPDATE message SET state = $2, error_code = $3, error_class = $4, \
             version = version + 1 WHERE id = $1 AND state < $2";
        let sql: Sql = if faults::lies(Lie::StatusFalls) {
            JOIN.replacen("state < $2", "state <> $2", 1).into()
        } else {
            JOIN.into()
        };
        unit.run(
            sql,
            vec![
                blob(message.bytes()),
                state.rank().into(),
                opt_text(error.map(|error| error.code.as_str())),
                opt_text(error.map(|error| error.class.as_str())),
            ],
        );
    }

    /// It waits on, and this is why: what the latest attempt said stays with the waiting message.
    pub fn note_retry(&self, unit: &mut Unit, message: MessageId, error: &DeliveryError) {
        unit.run(
            "UPDATE message SET error_code = $2, error_class = $3, version = version + 1 \
             WHERE id = $1 AND state = 0",
            vec![
                blob(message.bytes()),
                error.code.as_str().into(),
                error.class.as_str().into(),
            ],
        );
    }

    /// Since when the oldest delivery of each channel waits, among the oldest that wait at all.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn waiting_deliveries(&self) -> Result<Vec<(ChannelId, Timestamp)>, StoreError> {
        let sql = "SELECT m.channel_id, MIN(j.created_at) AS since FROM (SELECT subject, created_at, place, id \
                   FROM job WHERE state = 'ready' AND kind = 'deliver' ORDER BY place, id LIMIT $1) j \
                   JOIN message m ON m.id = j.subject GROUP BY m.channel_id";
        let rows = self.db.query(sql, vec![WAITING_LOOKED_AT.into()]).await?;
        rows.iter()
            .map(|row| {
                let channel = ChannelId::from_bytes(crate::rows::id16(row, 0)?);
                Ok((channel, at(row, 1)?))
            })
            .collect()
    }

    /// Joins a failure that a receipt tells. It belongs to the attempt it names (`None`: to the
    /// last one); when a person sends again meanwhile, an earlier attempt's failure changes
    /// nothing. This is judged where it is written, because both may happen at once.
    pub fn join_failure(
        &self,
        unit: &mut Unit,
        message: MessageId,
        attempt: Option<i64>,
        error: Option<&DeliveryError>,
    ) {
        unit.run(
            "UPDATE message SET state = 5, error_code = $2, error_class = $3, \
             version = version + 1 WHERE id = $1 AND state < 5 \
             AND NOT EXISTS (SELECT 1 FROM attempt WHERE message_id = $1 AND (number > $4 \
             OR (message.state = 0 AND finished_at IS NOT NULL \
             AND number = (SELECT MAX(number) FROM attempt WHERE message_id = $1))))",
            vec![
                blob(message.bytes()),
                opt_text(error.map(|error| error.code.as_str())),
                opt_text(error.map(|error| error.class.as_str())),
                attempt.unwrap_or(i64::MAX).into(),
            ],
        );
    }

    /// A person decided to send a failed or unknown message again.
    pub fn requeue_delivery(&self, unit: &mut Unit, message: MessageId, version: i64) {
        unit.one(
            Guard::Plain,
            "UPDATE message SET state = $2, error_code = NULL, error_class = NULL, \
             version = version + 1 WHERE id = $1 AND version = $3 AND (state = 1 OR state = 5)",
            vec![
                blob(message.bytes()),
                DeliveryState::Queued.rank().into(),
                version.into(),
            ],
        );
    }

    pub fn set_cost(&self, unit: &mut Unit, message: MessageId, cost: &Cost) {
        unit.run(
            "UPDATE message SET cost_category = $2, cost_billable = $3, version = version + 1 \
             WHERE id = $1",
            vec![
                blob(message.bytes()),
                cost.category.as_str().into(),
                cost.billable.into(),
            ],
        );
    }

    /// The provider took the message and calls it so.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn set_provider_id(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        message: MessageId,
        provider_id: &Pii<String>,
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(contact).await?;
        let sealed = seal_bytes(
            &key,
            "message.provider_id",
            &message.bytes(),
            provider_id.expose().as_bytes(),
        )?;
        unit.run(
            "UPDATE message SET provider_id = $2, provider_key = $3 WHERE id = $1",
            vec![
                blob(message.bytes()),
                sealed,
                blob(self.provider_key(provider_id)),
            ],
        );
        Ok(())
    }

    /// Keeps a receipt until the message it belongs to is known. When it is known by now, or the
    /// same receipt is kept already, the unit fails as stale.
    pub fn park_receipt(
        &self,
        unit: &mut Unit,
        channel: ChannelId,
        receipt: &Receipt,
        now: Timestamp,
    ) {
        unit.one(
            Guard::Plain,
            "INSERT INTO parked_receipt (channel_id, provider_key, state, at, error_code, \
             error_class, cost_category, cost_billable, received_at) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 \
             WHERE NOT EXISTS (SELECT 1 FROM message WHERE channel_id = $1 AND provider_key = $2 \
             AND provider_key IS NOT NULL AND direction = 1) \
             ON CONFLICT (channel_id, provider_key, state) DO NOTHING",
            vec![
                blob(channel.bytes()),
                blob(self.provider_key(&receipt.provider_id)),
                receipt.state.rank().into(),
                receipt.at.0.into(),
                opt_text(receipt.error.as_ref().map(|error| error.code.as_str())),
                opt_text(receipt.error.as_ref().map(|error| error.class.as_str())),
                opt_text(receipt.cost.as_ref().map(|cost| cost.category.as_str())),
                opt_int(receipt.cost.as_ref().map(|cost| i64::from(cost.billable))),
                now.0.into(),
            ],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn parked_receipts(
        &self,
        channel: ChannelId,
        provider_id: &Pii<String>,
    ) -> Result<Vec<ParkedReceipt>, StoreError> {
        let sql = "SELECT state, at, error_code, error_class, cost_category, cost_billable \
                   FROM parked_receipt WHERE channel_id = $1 AND provider_key = $2 ORDER BY state";
        let params = vec![blob(channel.bytes()), blob(self.provider_key(provider_id))];
        let rows = self.db.query(sql, params).await?;
        rows.iter()
            .map(|row| {
                let billable = row.opt_int(5)?.unwrap_or(0) != 0;
                Ok(ParkedReceipt {
                    state: DeliveryState::of_rank(row.int(0)?)
                        .ok_or(StoreError::Corrupt("parked_receipt.state"))?,
                    at: at(row, 1)?,
                    error: error_of(row.opt_text(2)?, row.opt_text(3)?),
                    cost: row.opt_text(4)?.map(|category| Cost {
                        billable,
                        category: category.to_owned(),
                    }),
                })
            })
            .collect()
    }

    /// Takes away the receipts that were read before; when more came since then, the unit fails
    /// as stale.
    pub fn unpark_receipts(
        &self,
        unit: &mut Unit,
        channel: ChannelId,
        provider_id: &Pii<String>,
        read: usize,
    ) {
        unit.exactly(
            Guard::Plain,
            read as u64,
            "DELETE FROM parked_receipt WHERE channel_id = $1 AND provider_key = $2",
            vec![blob(channel.bytes()), blob(self.provider_key(provider_id))],
        );
    }

    /// Joins a state into all messages of a range: receipts of the own chat are a single mark.
    pub fn join_deliveries(
        &self,
        unit: &mut Unit,
        conversation: domain::ConversationId,
        seqs: RangeInclusive<i64>,
        state: DeliveryState,
    ) {
        unit.run(
            "UPDATE message SET state = $4, version = version + 1 WHERE conversation_id = $1 \
             AND seq >= $2 AND seq <= $3 AND direction = 1 AND state >= 2 AND state < $4",
            vec![
                blob(conversation.bytes()),
                (*seqs.start()).into(),
                (*seqs.end()).into(),
                state.rank().into(),
            ],
        );
    }

    /// Outbound messages of a conversation that the contact has not seen in this state yet.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn undelivered_up_to(
        &self,
        conversation: domain::ConversationId,
        seq: i64,
        state: DeliveryState,
        limit: i64,
    ) -> Result<Vec<(MessageId, i64)>, StoreError> {
        let sql = "SELECT id, seq FROM message WHERE conversation_id = $1 AND seq <= $2 \
                   AND direction = 1 AND state >= 2 AND state < $3 ORDER BY seq DESC LIMIT $4";
        let params = vec![
            blob(conversation.bytes()),
            seq.into(),
            state.rank().into(),
            limit.into(),
        ];
        let rows = self.db.query(sql, params).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    MessageId::from_bytes(crate::rows::id16(row, 0)?),
                    row.int(1)?,
                ))
            })
            .collect()
    }
}
