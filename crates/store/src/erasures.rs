//! Erasures: how far each is, what is left to take away, and what was certified.

use db::{Row, Sql};
use domain::erasure::{Step, Stock};
use domain::{AttachmentId, ContactId, ErasureId, TeammateId, Timestamp, limits};
use ports::Tombstone;

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::rows::{at, blob, id16, opt_at, opt_id16};
use crate::unit::Unit;

const FILES_AT_ONCE: i64 = 100;
const CALLBACKS_AT_ONCE: i64 = 500;
const CONTACTS_AT_ONCE: i64 = 2_000;
/// Pages of the index that one commit merges.
const MERGED_AT_ONCE: i64 = 500;
const LISTED: i64 = 200;

/// The parts of the search index: how large each is, and how it is merged. On PostgreSQL a word
/// goes with its row, and there is nothing to merge.
const INDEXES: [(Sql, Sql); 2] = [
    (
        Sql::Pair {
            sqlite: "SELECT COUNT(*) AS count FROM words_data",
            postgres: "SELECT COUNT(*) AS count FROM words",
        },
        Sql::Pair {
            sqlite: "INSERT INTO words(words, rank) VALUES('merge', $1)",
            postgres: "DELETE FROM words WHERE rowid = $1 AND FALSE",
        },
    ),
    (
        Sql::Pair {
            sqlite: "SELECT COUNT(*) AS count FROM contact_words_data",
            postgres: "SELECT COUNT(*) AS count FROM contact_words",
        },
        Sql::Pair {
            sqlite: "INSERT INTO contact_words(contact_words, rank) VALUES('merge', $1)",
            postgres: "DELETE FROM contact_words WHERE rowid = $1 AND FALSE",
        },
    ),
];

/// One erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    pub id: ErasureId,
    /// Until it is done; afterwards nobody can tell who it was.
    pub contact: Option<ContactId>,
    /// By which the tombstone names it.
    pub digest: [u8; 16],
    /// What comes next; absent when it is done.
    pub step: Option<Step>,
    /// `None` where the contact asked itself.
    pub asked_by: Option<TeammateId>,
    pub asked_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// What there was when it began.
    pub stock: Stock,
    pub certificate: Option<String>,
}

/// In the place of a teammate, where the contact asked itself: its own id must not outlive it.
const ITSELF: [u8; 16] = [0; 16];

impl Erasure {
    /// Nothing happens before: whoever asks for it itself may change its mind for a day.
    #[must_use]
    pub const fn begins_at(&self) -> Timestamp {
        match self.asked_by {
            Some(_) => self.asked_at,
            None => self.asked_at.plus_ms(limits::MY_ERASURE_WAITS_MS),
        }
    }
}

const COLUMNS: &str = "SELECT id, contact_id, digest, step, asked_by, asked_at, finished_at, \
     conversations, messages, notes, files, addresses, certificate FROM erasure";

fn erasure_of(row: &Row) -> Result<Erasure, StoreError> {
    let step = match row.text(3)? {
        "done" => None,
        name => Some(Step::parse(name).ok_or(StoreError::Corrupt("erasure.step"))?),
    };
    Ok(Erasure {
        id: ErasureId::from_bytes(id16(row, 0)?),
        contact: opt_id16(row, 1)?.map(ContactId::from_bytes),
        digest: id16(row, 2)?,
        step,
        asked_by: Some(id16(row, 4)?)
            .filter(|by| *by != ITSELF)
            .map(TeammateId::from_bytes),
        asked_at: at(row, 5)?,
        finished_at: opt_at(row, 6)?,
        stock: Stock {
            conversations: row.int(7)?,
            messages: row.int(8)?,
            notes: row.int(9)?,
            files: row.int(10)?,
            addresses: row.int(11)?,
        },
        certificate: row.opt_text(12)?.map(str::to_owned),
    })
}

impl Store {
    /// How much there is of a contact.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn stock_of(&self, contact: ContactId) -> Result<Stock, StoreError> {
        let sql = "SELECT \
             (SELECT COUNT(*) FROM conversation WHERE contact_id = $1) AS conversations, \
             (SELECT COUNT(*) FROM message WHERE conversation_id IN \
              (SELECT id FROM conversation WHERE contact_id = $1)) AS messages, \
             (SELECT COUNT(*) FROM note WHERE conversation_id IN \
              (SELECT id FROM conversation WHERE contact_id = $1)) AS notes, \
             (SELECT COUNT(*) FROM attachment WHERE message_id IN \
              (SELECT id FROM message WHERE attachments > 0 AND conversation_id IN \
               (SELECT id FROM conversation WHERE contact_id = $1))) AS files, \
             (SELECT COUNT(*) FROM address WHERE contact_id = $1) AS addresses";
        let row = self.db.query_one(sql, vec![blob(contact.bytes())]).await?;
        Ok(Stock {
            conversations: row.int(0)?,
            messages: row.int(1)?,
            notes: row.int(2)?,
            files: row.int(3)?,
            addresses: row.int(4)?,
        })
    }

    /// A contact is erased once: a second wish meets the first one.
    pub fn add_erasure(
        &self,
        unit: &mut Unit,
        id: ErasureId,
        contact: ContactId,
        stock: Stock,
        by: Option<TeammateId>,
        now: Timestamp,
    ) {
        unit.one(
            Guard::Plain,
            "INSERT INTO erasure (id, contact_id, digest, step, asked_by, asked_at, \
             conversations, messages, notes, files, addresses) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (digest) DO NOTHING",
            vec![
                blob(id.bytes()),
                blob(contact.bytes()),
                blob(self.ring.tombstone_digest(contact)),
                Step::ALL[0].as_str().into(),
                blob(by.map_or(ITSELF, TeammateId::bytes)),
                now.0.into(),
                stock.conversations.into(),
                stock.messages.into(),
                stock.notes.into(),
                stock.files.into(),
                stock.addresses.into(),
            ],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_erasure(&self, id: ErasureId) -> Result<Option<Erasure>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id = $1");
        let row = self.db.query_opt(sql, vec![blob(id.bytes())]).await?;
        row.as_ref().map(erasure_of).transpose()
    }

    /// The erasure of a contact, as long as it is known whose it is.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn erasure_of(&self, contact: ContactId) -> Result<Option<Erasure>, StoreError> {
        let sql = format!("{COLUMNS} WHERE digest = $1");
        let digest = blob(self.ring.tombstone_digest(contact));
        let row = self.db.query_opt(sql, vec![digest]).await?;
        row.as_ref().map(erasure_of).transpose()
    }

    /// The newest erasures, from before one of them on.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn erasures(&self, before: Option<ErasureId>) -> Result<Vec<Erasure>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id < $1 ORDER BY id DESC LIMIT $2");
        let before = before.map_or([0xff; 16], ErasureId::bytes);
        let rows = self
            .db
            .query(sql, vec![blob(before), LISTED.into()])
            .await?;
        rows.iter().map(erasure_of).collect()
    }

    /// Goes on to the next step; the unit fails when somebody else did.
    pub fn advance_erasure(&self, unit: &mut Unit, id: ErasureId, from: Step, to: Step) {
        unit.one(
            Guard::Lease,
            "UPDATE erasure SET step = $3 WHERE id = $1 AND step = $2",
            vec![blob(id.bytes()), from.as_str().into(), to.as_str().into()],
        );
    }

    /// Done: from now on nobody can tell who it was.
    pub fn finish_erasure(
        &self,
        unit: &mut Unit,
        id: ErasureId,
        certificate: &str,
        now: Timestamp,
    ) {
        unit.one(
            Guard::Lease,
            "UPDATE erasure SET step = 'done', contact_id = NULL, certificate = $2, \
             finished_at = $3 WHERE id = $1 AND step = $4",
            vec![
                blob(id.bytes()),
                certificate.into(),
                now.0.into(),
                Step::Certificate.as_str().into(),
            ],
        );
    }

    /// Takes an erasure back that has not begun to take anything away.
    pub fn take_back_erasure(&self, unit: &mut Unit, id: ErasureId, step: Step) {
        unit.one(
            Guard::Lease,
            "DELETE FROM erasure WHERE id = $1 AND step = $2",
            vec![blob(id.bytes()), step.as_str().into()],
        );
    }

    /// Nothing of what waits for this contact leaves any more, and its chat is signed out.
    pub fn stop_contact(&self, unit: &mut Unit, contact: ContactId) {
        for sql in [
            "DELETE FROM chat_session WHERE contact_id = $1",
            "DELETE FROM job WHERE lane IN (SELECT id FROM conversation WHERE contact_id = $1)",
        ] {
            unit.run(sql, vec![blob(contact.bytes())]);
        }
    }

    /// Some files of a contact that are still there: those of its messages, and what it uploaded
    /// and never sent.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn files_of(&self, contact: ContactId) -> Result<Vec<AttachmentId>, StoreError> {
        const OF_MESSAGES: &str = "SELECT id FROM attachment WHERE message_id IN \
             (SELECT id FROM message WHERE attachments > 0 AND conversation_id IN \
             (SELECT id FROM conversation WHERE contact_id = $1)) LIMIT $2";
        const UNSENT: &str =
            "SELECT id FROM attachment WHERE uploader = $1 AND message_id IS NULL LIMIT $2";
        let mut files = Vec::new();
        for sql in [OF_MESSAGES, UNSENT] {
            let params = vec![blob(contact.bytes()), FILES_AT_ONCE.into()];
            for row in &self.db.query(sql, params).await? {
                files.push(AttachmentId::from_bytes(id16(row, 0)?));
            }
        }
        Ok(files)
    }

    /// The row of a file whose bytes are gone.
    pub fn forget_file(&self, unit: &mut Unit, id: AttachmentId) {
        for sql in [
            "DELETE FROM client_write WHERE result = $1",
            "DELETE FROM attachment WHERE id = $1",
        ] {
            unit.run(sql, vec![blob(id.bytes())]);
        }
    }

    /// Removes understood callbacks of the channels a contact was reached by, of a stretch that
    /// begins behind `after`. Answers where it ended, while there is more to look at.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn forget_callbacks(
        &self,
        contact: ContactId,
        after: [u8; 16],
    ) -> Result<Option<[u8; 16]>, StoreError> {
        let sql = "SELECT channel_id FROM address WHERE contact_id = $1";
        let rows = self.db.query(sql, vec![blob(contact.bytes())]).await?;
        let channels = rows.iter().map(|row| id16(row, 0));
        let channels = channels.collect::<Result<Vec<_>, _>>()?;
        let sql = "SELECT id, channel_id, state FROM callback WHERE id > $1 ORDER BY id LIMIT $2";
        let params = vec![blob(after), CALLBACKS_AT_ONCE.into()];
        let rows = self.db.query(sql, params).await?;
        let mut unit = Unit::new();
        for row in &rows {
            if row.text(2)? == "done" && channels.contains(&id16(row, 1)?) {
                unit.run(
                    "DELETE FROM callback WHERE id = $1",
                    vec![blob(id16(row, 0)?)],
                );
            }
        }
        self.commit(unit).await?;
        rows.last().map(|row| id16(row, 0)).transpose()
    }

    /// The search index forgets words at once, but keeps their traces until its parts are merged;
    /// and the log keeps removed pages until it is emptied.
    ///
    /// # Errors
    /// What the engine says, also while a long reading stands in the way.
    pub async fn remove_traces(&self) -> Result<(), StoreError> {
        if self.db.engine() == db::Engine::Sqlite {
            self.merge_words().await?;
        }
        Ok(self.db.checkpoint().await?)
    }

    async fn merge_words(&self) -> Result<(), StoreError> {
        for (count, merge) in INDEXES {
            let pages = self.db.query_one(count, vec![]).await?.int(0)?;
            // A negative number of pages begins to merge everything into one; the others go on.
            let mut amount = -MERGED_AT_ONCE;
            for _ in 0..=(pages / MERGED_AT_ONCE + 1) {
                let mut unit = Unit::new();
                unit.run(merge.clone(), vec![amount.into()]);
                self.commit(unit).await?;
                amount = MERGED_AT_ONCE;
            }
        }
        Ok(())
    }

    /// Destroys the key of an erased contact and notes its tombstone.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn erase_key(&self, contact: ContactId, now: Timestamp) -> Result<(), StoreError> {
        self.ring.destroy(contact, Some(now)).await
    }

    /// See [`crate::KeyRing::renew`].
    ///
    /// # Errors
    /// What the key store says.
    pub async fn renew_keys(&self) -> Result<u64, StoreError> {
        self.ring.renew().await
    }

    /// # Errors
    /// What the key store says.
    pub async fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        self.ring.tombstones().await
    }

    /// Contacts that were erased once and are there again, because a copy from before came back;
    /// after one of them.
    ///
    /// # Errors
    /// What the engine or the key store says.
    pub async fn returned_contacts(&self) -> Result<Vec<ContactId>, StoreError> {
        let stones = self.ring.tombstones().await?;
        let stones: std::collections::HashSet<[u8; 16]> =
            stones.iter().map(|stone| stone.digest).collect();
        let mut returned = Vec::new();
        if stones.is_empty() {
            return Ok(returned);
        }
        let sql = "SELECT id FROM contact WHERE id > $1 ORDER BY id LIMIT $2";
        let mut after = [0; 16];
        loop {
            let params = vec![blob(after), CONTACTS_AT_ONCE.into()];
            let rows = self.db.query(sql, params).await?;
            let Some(last) = rows.last() else {
                return Ok(returned);
            };
            after = id16(last, 0)?;
            for row in &rows {
                let contact = ContactId::from_bytes(id16(row, 0)?);
                if stones.contains(&self.ring.tombstone_digest(contact)) {
                    returned.push(contact);
                }
            }
        }
    }
}
