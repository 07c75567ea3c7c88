//! Raw callbacks: kept as they came, sealed, understood or not.

use domain::{CallbackId, ChannelId, Pii, Timestamp};

use crate::Store;
use crate::error::StoreError;
use crate::rows::{at, blob, id16};
use crate::sealing::{open_bytes, seal_bytes};
use crate::unit::Unit;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallbackState {
    /// A job still has to understand it.
    Pending,
    Done,
    /// It was tried often enough; a person should look.
    Quarantined,
}

impl CallbackState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Quarantined => "quarantined",
        }
    }
}

pub struct StoredCallback {
    pub id: CallbackId,
    pub channel: ChannelId,
    pub received_at: Timestamp,
    pub body: Pii<Vec<u8>>,
}

impl Store {
    /// # Errors
    /// What the vault says.
    pub async fn add_callback(
        &self,
        unit: &mut Unit,
        callback: &StoredCallback,
        state: CallbackState,
        issues: i64,
    ) -> Result<(), StoreError> {
        let key = self.ring.key(callback.channel.bytes()).await?;
        let id = callback.id.bytes();
        unit.run(
            "INSERT INTO callback (id, channel_id, received_at, state, issues, sealed) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                blob(id),
                blob(callback.channel.bytes()),
                callback.received_at.0.into(),
                state.as_str().into(),
                issues.into(),
                seal_bytes(&key, "callback.sealed", &id, callback.body.expose())?,
            ],
        );
        Ok(())
    }

    pub fn set_callback_state(
        &self,
        unit: &mut Unit,
        id: CallbackId,
        state: CallbackState,
        issues: i64,
    ) {
        unit.run(
            "UPDATE callback SET state = $2, issues = $3 WHERE id = $1",
            vec![blob(id.bytes()), state.as_str().into(), issues.into()],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_callback(
        &self,
        id: CallbackId,
    ) -> Result<Option<StoredCallback>, StoreError> {
        let sql = "SELECT channel_id, received_at, sealed FROM callback WHERE id = $1";
        let Some(row) = self.db.query_opt(sql, vec![blob(id.bytes())]).await? else {
            return Ok(None);
        };
        let channel = ChannelId::from_bytes(id16(&row, 0)?);
        let key = self.ring.key(channel.bytes()).await?;
        let body = open_bytes(&key, "callback.sealed", &id.bytes(), row.blob(2)?)?;
        Ok(Some(StoredCallback {
            id,
            channel,
            received_at: at(&row, 1)?,
            body: Pii::new(body),
        }))
    }

    /// Callbacks that a job still has to understand.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn waiting_callbacks(&self) -> Result<Vec<CallbackId>, StoreError> {
        let sql = "SELECT subject FROM job WHERE state = 'ready' AND kind = 'ingest'";
        let rows = self.db.query(sql, vec![]).await?;
        rows.iter()
            .map(|row| Ok(CallbackId::from_bytes(id16(row, 0)?)))
            .collect()
    }
}
