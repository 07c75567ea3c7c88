//! Who read what of a contact: the rows of the read log, for whom they are about.

use domain::{ContactId, TeammateId, Timestamp, TokenId};

use crate::Store;
use crate::error::StoreError;
use crate::rows::{at, blob, id16};

/// Who read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadBy {
    Teammate(TeammateId),
    /// A program with a token of the company.
    Token(TokenId),
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub by: ReadBy,
    /// What was read: `timeline`, `contact`, `attachment`, …
    pub what: String,
    pub at: Timestamp,
}

impl Store {
    /// The newest readings of what is there of a contact, up to `limit`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn reads_of(&self, contact: ContactId, limit: i64) -> Result<Vec<Read>, StoreError> {
        let sql = "SELECT actor_kind, actor_id, what, at FROM read_log WHERE contact_id = $1 \
                   ORDER BY at DESC LIMIT $2";
        let params = vec![blob(contact.bytes()), limit.into()];
        let rows = self.db.query(sql, params).await?;
        rows.iter()
            .map(|row| {
                let by = id16(row, 1)?;
                Ok(Read {
                    by: match row.text(0)? {
                        "teammate" => ReadBy::Teammate(TeammateId::from_bytes(by)),
                        "token" => ReadBy::Token(TokenId::from_bytes(by)),
                        _ => return Err(StoreError::Corrupt("read_log.actor_kind")),
                    },
                    what: row.text(2)?.to_owned(),
                    at: at(row, 3)?,
                })
            })
            .collect()
    }
}
