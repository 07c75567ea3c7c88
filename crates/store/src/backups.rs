//! What a backup takes out of the store, and what is different after one came back.

use std::collections::HashSet;
use std::path::Path;

use db::{Sql, TableSum};
use domain::{AttachmentId, ContactId, Timestamp};

use crate::Store;
use crate::error::StoreError;
use crate::rows::{blob, id16};
use crate::unit::Unit;

/// Places that the feed leaves free after a restore: whoever watched before stands in them, is
/// told so, and fetches afresh. No installation writes so much between two backups.
const FEED_GAP: i64 = 1 << 32;
const CONTACTS_AT_ONCE: i64 = 500;
const FILES_AT_ONCE: i64 = 1_000;

/// How many contacts open with the keys at hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Readable {
    pub contacts: u64,
    /// Contacts whose key is not there.
    pub without_key: u64,
    /// Contacts that were erased since the copy was taken.
    pub erased: u64,
}

impl Store {
    /// Writes a copy of one moment to a new file, beside everybody who reads and writes; answers
    /// what the copy holds.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn copy_to(&self, path: &Path) -> Result<Vec<TableSum>, StoreError> {
        Ok(self.db.copy_to(path).await?)
    }

    /// Opens what is known of each contact.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] when a key is there and does not open what it sealed.
    pub async fn open_every_contact(&self) -> Result<Readable, StoreError> {
        let sql = "SELECT id, sealed FROM contact WHERE id > $1 ORDER BY id LIMIT $2";
        let stones = self.ring.tombstones().await?;
        let stones: HashSet<[u8; 16]> = stones.iter().map(|stone| stone.digest).collect();
        let mut readable = Readable::default();
        let mut after = [0; 16];
        loop {
            let params = vec![blob(after), CONTACTS_AT_ONCE.into()];
            let rows = self.db.query(sql, params).await?;
            let Some(last) = rows.last() else {
                return Ok(readable);
            };
            after = id16(last, 0)?;
            for row in &rows {
                let id = id16(row, 0)?;
                readable.contacts += 1;
                match self.ring.existing(id).await? {
                    None if stones
                        .contains(&self.ring.tombstone_digest(ContactId::from_bytes(id))) =>
                    {
                        readable.erased += 1;
                    }
                    None => readable.without_key += 1,
                    Some(key) => {
                        crate::sealing::open_bytes(&key, "contact.sealed", &id, row.blob(1)?)?;
                    }
                }
            }
        }
    }

    /// Files whose bytes must be there, in the order of their ids, after one of them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn stored_files(
        &self,
        after: AttachmentId,
    ) -> Result<Vec<(AttachmentId, i64)>, StoreError> {
        let sql = "SELECT id, size FROM attachment WHERE state = 'stored' AND id > $1 \
                   ORDER BY id LIMIT $2";
        let params = vec![blob(after.bytes()), FILES_AT_ONCE.into()];
        let rows = self.db.query(sql, params).await?;
        rows.iter()
            .map(|row| Ok((AttachmentId::from_bytes(id16(row, 0)?), row.int(1)?)))
            .collect()
    }

    /// The bytes of a file are not there any more.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn note_file_gone(&self, id: AttachmentId) -> Result<(), StoreError> {
        let mut unit = Unit::new();
        unit.run(
            "UPDATE attachment SET state = 'gone' WHERE id = $1",
            vec![blob(id.bytes())],
        );
        self.commit(unit).await
    }

    /// A copy came to life: what was on its way out when it was taken may have left since, so
    /// nothing of it is sent by itself; and no place in the feed is given twice. Answers how many
    /// messages a person has to look at.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn settle_after_restore(&self, now: Timestamp) -> Result<i64, StoreError> {
        let waiting = "SELECT COUNT(*) AS count FROM message WHERE direction = 1 AND state = 0";
        let waiting = self.db.query_one(waiting, vec![]).await?.int(0)?;
        let mut unit = Unit::new();
        unit.run(
            Sql::Pair {
                sqlite: "UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = 'feed'",
                postgres: "SELECT setval(pg_get_serial_sequence('feed', 'seq'), \
                           COALESCE((SELECT MAX(seq) FROM feed), 0) + CAST($1 AS BIGINT))",
            },
            vec![FEED_GAP.into()],
        );
        unit.run(
            "INSERT INTO feed (at, kind, conversation_id, item_seq, ref_id) \
             SELECT CAST($1 AS BIGINT), 'message.updated', conversation_id, seq, id FROM message \
             WHERE direction = 1 AND state = 0",
            vec![now.0.into()],
        );
        unit.run("DELETE FROM job WHERE kind IN ('deliver', 'react')", vec![]);
        unit.run(
            "UPDATE message SET state = 1, version = version + 1 WHERE direction = 1 AND state = 0",
            vec![],
        );
        self.commit(unit).await?;
        Ok(waiting)
    }
}
