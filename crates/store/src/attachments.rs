//! Files: their rows here, their sealed bytes in the blob store.
//!
//! Every file has a secret of its own. The secret lies sealed with the key of the file's owner
//! (the house until the file is part of a message, then the contact), so a file changes hands
//! without its bytes being written again, and the contact's erasure takes its files along.

use std::collections::HashMap;

use db::{Row, Value};
use domain::channel::MediaKind;
use domain::{AttachmentId, ContactId, ConversationId, MessageId, Pii, Timestamp};
use serde::{Deserialize, Serialize};
use vault::DataKey;

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::file_key::FileKey;
use crate::keyring::HOUSE;
use crate::rows::{blob, id16, opt_blob, opt_id16};
use crate::sealing::{open_json, seal_json};
use crate::unit::Unit;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttachmentState {
    /// The provider still keeps it; a job fetches it.
    Pending,
    Stored,
    /// The provider no longer has it.
    Gone,
    /// Too large, damaged or of a kind that is not kept.
    Refused,
}

impl AttachmentState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Gone => "gone",
            Self::Refused => "refused",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Stored, Self::Gone, Self::Refused]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct FileRow {
    name: Option<String>,
    mime: String,
    #[serde(default)]
    width: Option<u32>,
    #[serde(default)]
    height: Option<u32>,
    /// What the connector needs to fetch it.
    #[serde(default)]
    reference: Option<String>,
    #[serde(default)]
    sha256: Option<String>,
}

#[derive(Clone)]
pub struct StoredAttachment {
    pub id: AttachmentId,
    /// `None` while the file belongs to no message yet.
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub message: Option<MessageId>,
    pub kind: MediaKind,
    pub state: AttachmentState,
    pub size: i64,
    pub name: Option<Pii<String>>,
    pub mime: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub reference: Option<Pii<String>>,
    pub sha256: Option<String>,
    /// Who uploaded it: a teammate or a contact.
    pub uploader: Option<[u8; 16]>,
    file_key: Option<Vec<u8>>,
}

pub struct NewAttachment {
    pub id: AttachmentId,
    /// Given when it belongs to a message from the start.
    pub place: Option<(ContactId, ConversationId, MessageId)>,
    pub position: i64,
    pub kind: MediaKind,
    pub state: AttachmentState,
    pub size: i64,
    pub name: Option<Pii<String>>,
    pub mime: String,
    pub dimensions: Option<(u32, u32)>,
    pub reference: Option<Pii<String>>,
    pub sha256: Option<String>,
    pub uploader: Option<[u8; 16]>,
    /// The secret that sealed the bytes; absent while they are not here.
    pub secret: Option<[u8; 32]>,
    pub now: Timestamp,
}

const ATTACHMENT: &str = "SELECT a.id, a.owner, a.conversation_id, a.message_id, a.kind, a.state, \
                          a.size, a.sealed, a.file_key, a.uploader FROM attachment a";

fn attachment_of(key: &DataKey, row: &Row) -> Result<StoredAttachment, StoreError> {
    let id = id16(row, 0)?;
    let owner = id16(row, 1)?;
    let open: FileRow = open_json(key, "attachment.sealed", &id, row.blob(7)?)?;
    Ok(StoredAttachment {
        id: AttachmentId::from_bytes(id),
        contact: (owner != HOUSE).then(|| ContactId::from_bytes(owner)),
        conversation: opt_id16(row, 2)?.map(ConversationId::from_bytes),
        message: opt_id16(row, 3)?.map(MessageId::from_bytes),
        kind: MediaKind::parse(row.text(4)?).ok_or(StoreError::Corrupt("attachment.kind"))?,
        state: AttachmentState::parse(row.text(5)?)
            .ok_or(StoreError::Corrupt("attachment.state"))?,
        size: row.int(6)?,
        name: open.name.map(Pii::new),
        mime: open.mime,
        width: open.width,
        height: open.height,
        reference: open.reference.map(Pii::new),
        sha256: open.sha256,
        uploader: opt_id16(row, 9)?,
        file_key: row.opt_blob(8)?.map(<[u8]>::to_vec),
    })
}

impl StoredAttachment {
    fn row(&self) -> FileRow {
        FileRow {
            name: self.name.as_ref().map(|name| name.expose().clone()),
            mime: self.mime.clone(),
            width: self.width,
            height: self.height,
            reference: self.reference.as_ref().map(|text| text.expose().clone()),
            sha256: self.sha256.clone(),
        }
    }
}

impl Store {
    /// # Errors
    /// What the vault says.
    pub async fn add_attachment(
        &self,
        unit: &mut Unit,
        new: &NewAttachment,
    ) -> Result<(), StoreError> {
        let owner = new.place.map_or(HOUSE, |(contact, _, _)| contact.bytes());
        let key = self.ring.key(owner).await?;
        let id = new.id.bytes();
        let row = FileRow {
            name: new.name.as_ref().map(|name| name.expose().clone()),
            mime: new.mime.clone(),
            width: new.dimensions.map(|(width, _)| width),
            height: new.dimensions.map(|(_, height)| height),
            reference: new.reference.as_ref().map(|text| text.expose().clone()),
            sha256: new.sha256.clone(),
        };
        let file_key = match &new.secret {
            None => Value::Null,
            Some(secret) => key
                .wrap_file_secret(&id, secret)
                .map(Value::Blob)
                .map_err(|_| StoreError::Sealed("attachment.file_key"))?,
        };
        unit.run(
            "INSERT INTO attachment (id, owner, conversation_id, message_id, position, kind, state, \
             size, sealed, file_key, uploader, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            vec![
                blob(id),
                blob(owner),
                opt_blob(new.place.map(|(_, conversation, _)| conversation.bytes())),
                opt_blob(new.place.map(|(_, _, message)| message.bytes())),
                new.position.into(),
                new.kind.as_str().into(),
                new.state.as_str().into(),
                new.size.into(),
                seal_json(&key, "attachment.sealed", &id, &row)?,
                file_key,
                opt_blob(new.uploader),
                new.now.0.into(),
            ],
        );
        Ok(())
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_attachment(
        &self,
        id: AttachmentId,
    ) -> Result<Option<StoredAttachment>, StoreError> {
        // What is out of reach is as good as gone.
        let sql = format!(
            "{ATTACHMENT} WHERE a.id = $1 AND (a.message_id IS NOT NULL OR a.created_at > 0)"
        );
        let Some(row) = self.db.query_opt(sql, vec![blob(id.bytes())]).await? else {
            return Ok(None);
        };
        let owner = id16(&row, 1)?;
        let Some(key) = self.ring.existing(owner).await? else {
            return Ok(None);
        };
        attachment_of(&key, &row).map(Some)
    }

    /// The files of one message in their order.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn attachments_of(
        &self,
        message: MessageId,
    ) -> Result<Vec<StoredAttachment>, StoreError> {
        let sql = format!(
            "{ATTACHMENT} WHERE a.message_id = $1 AND a.message_id IS NOT NULL ORDER BY a.position"
        );
        let rows = self.db.query(sql, vec![blob(message.bytes())]).await?;
        let mut attachments = Vec::with_capacity(rows.len());
        for row in &rows {
            if let Some(key) = self.ring.existing(id16(row, 1)?).await? {
                attachments.push(attachment_of(&key, row)?);
            }
        }
        Ok(attachments)
    }

    pub(crate) async fn attachments_between(
        &self,
        key: &DataKey,
        conversation: ConversationId,
        first: i64,
        last: i64,
    ) -> Result<HashMap<MessageId, Vec<StoredAttachment>>, StoreError> {
        let sql = "SELECT a.id, a.owner, a.conversation_id, a.message_id, a.kind, a.state, a.size, \
                   a.sealed, a.file_key, a.uploader FROM message m \
                   JOIN attachment a ON a.message_id = m.id AND a.message_id IS NOT NULL \
                   WHERE m.conversation_id = $1 AND m.seq BETWEEN $2 AND $3 AND m.attachments > 0 \
                   ORDER BY m.seq, a.position";
        let params = vec![blob(conversation.bytes()), first.into(), last.into()];
        let mut files: HashMap<MessageId, Vec<StoredAttachment>> = HashMap::new();
        for row in &self.db.query(sql, params).await? {
            let attachment = attachment_of(key, row)?;
            if let Some(message) = attachment.message {
                files.entry(message).or_default().push(attachment);
            }
        }
        Ok(files)
    }

    /// Makes an uploaded file part of a message: its secret and its name are sealed again with
    /// the contact's key. A file that is already part of a message stays where it is, one that is
    /// about to be removed is gone, and the unit fails.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn place_attachment(
        &self,
        unit: &mut Unit,
        attachment: &StoredAttachment,
        place: (ContactId, ConversationId, MessageId),
        position: i64,
    ) -> Result<(), StoreError> {
        let (contact, conversation, message) = place;
        let id = attachment.id.bytes();
        let house = self.ring.house_key().await?;
        let key = self.ring.contact_key(contact).await?;
        let sealed = attachment
            .file_key
            .as_deref()
            .ok_or(StoreError::Corrupt("attachment.file_key"))?;
        let secret = house
            .file_key(&id, sealed)
            .map_err(|_| StoreError::Sealed("attachment.file_key"))?;
        let file_key = key
            .wrap_file_secret(&id, &secret)
            .map_err(|_| StoreError::Sealed("attachment.file_key"))?;
        unit.one(
            Guard::Plain,
            "UPDATE attachment SET owner = $2, conversation_id = $3, message_id = $4, \
             position = $5, sealed = $6, file_key = $7 \
             WHERE id = $1 AND message_id IS NULL AND created_at > 0",
            vec![
                blob(id),
                blob(contact.bytes()),
                blob(conversation.bytes()),
                blob(message.bytes()),
                position.into(),
                seal_json(&key, "attachment.sealed", &id, &attachment.row())?,
                Value::Blob(file_key),
            ],
        );
        Ok(())
    }

    /// The bytes of a pending file are here now, or it is known that they never will be.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn settle_attachment(
        &self,
        unit: &mut Unit,
        attachment: &StoredAttachment,
        state: AttachmentState,
        size: i64,
        secret: Option<[u8; 32]>,
    ) -> Result<(), StoreError> {
        let owner = attachment.contact.map_or(HOUSE, ContactId::bytes);
        let key = self.ring.key(owner).await?;
        let id = attachment.id.bytes();
        let file_key = match &secret {
            None => Value::Null,
            Some(secret) => key
                .wrap_file_secret(&id, secret)
                .map(Value::Blob)
                .map_err(|_| StoreError::Sealed("attachment.file_key"))?,
        };
        unit.one(
            Guard::Plain,
            "UPDATE attachment SET state = $2, size = $3, sealed = $4, file_key = $5, kind = $6 \
             WHERE id = $1 AND state = 'pending'",
            vec![
                blob(id),
                state.as_str().into(),
                size.into(),
                seal_json(&key, "attachment.sealed", &id, &attachment.row())?,
                file_key,
                attachment.kind.as_str().into(),
            ],
        );
        if let Some(message) = attachment.message {
            unit.run(
                "UPDATE message SET version = version + 1 WHERE id = $1",
                vec![blob(message.bytes())],
            );
        }
        Ok(())
    }

    /// What seals a file with its own secret, piece by piece.
    #[must_use]
    pub fn file_sealer(&self, id: AttachmentId, secret: &[u8; 32]) -> FileKey {
        FileKey::new(id, secret)
    }

    /// What opens a file, piece by piece.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] when its secret is gone.
    pub async fn file_opener(&self, attachment: &StoredAttachment) -> Result<FileKey, StoreError> {
        let owner = attachment.contact.map_or(HOUSE, ContactId::bytes);
        let key = self
            .ring
            .existing(owner)
            .await?
            .ok_or(StoreError::Sealed("file"))?;
        let wrapped = attachment
            .file_key
            .as_deref()
            .ok_or(StoreError::Sealed("file"))?;
        let secret = key
            .file_key(&attachment.id.bytes(), wrapped)
            .map_err(|_| StoreError::Sealed("file"))?;
        Ok(FileKey::new(attachment.id, &secret))
    }

    /// How many files, and bytes of them, somebody uploaded and did not send yet.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn unsent_uploads(&self, uploader: [u8; 16]) -> Result<(i64, i64), StoreError> {
        let sql = "SELECT COUNT(*) AS files, CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes \
                   FROM attachment WHERE uploader = $1 AND message_id IS NULL";
        let row = self.db.query_one(sql, vec![blob(uploader)]).await?;
        Ok((row.int(0)?, row.int(1)?))
    }

    /// Uploads that never became part of a message, for the clean-up job: those of teammates
    /// before one moment, those of everybody else before another.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn stale_uploads(
        &self,
        teammates_before: Timestamp,
        others_before: Timestamp,
        limit: i64,
    ) -> Result<Vec<AttachmentId>, StoreError> {
        let sql = "SELECT id FROM attachment \
                   WHERE message_id IS NULL AND created_at > 0 AND created_at < $2 \
                   AND (created_at < $1 OR NOT EXISTS \
                   (SELECT 1 FROM teammate WHERE teammate.id = attachment.uploader)) \
                   ORDER BY created_at LIMIT $3";
        let bounds = vec![
            teammates_before.0.into(),
            others_before.0.into(),
            limit.into(),
        ];
        let rows = self.db.query(sql, bounds).await?;
        rows.iter()
            .map(|row| Ok(AttachmentId::from_bytes(id16(row, 0)?)))
            .collect()
    }

    /// From here on no message can take these uploads any more; one that was taken meanwhile is left
    /// alone. Only then may their bytes go, or a message would keep a file that cannot be read.
    pub fn put_uploads_out_of_reach(&self, unit: &mut Unit, ids: &[AttachmentId]) {
        for id in ids {
            unit.run(
                "UPDATE attachment SET created_at = 0 WHERE id = $1 AND message_id IS NULL",
                vec![blob(id.bytes())],
            );
        }
    }

    /// Files that no message has or can take, whose bytes are to go.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn loose_files(&self, limit: i64) -> Result<Vec<AttachmentId>, StoreError> {
        let sql = "SELECT id FROM attachment WHERE message_id IS NULL AND created_at = 0 LIMIT $1";
        let rows = self.db.query(sql, vec![limit.into()]).await?;
        rows.iter()
            .map(|row| Ok(AttachmentId::from_bytes(id16(row, 0)?)))
            .collect()
    }

    pub fn remove_attachment(&self, unit: &mut Unit, id: AttachmentId) {
        // Whoever repeats the upload after that brings a new file.
        unit.run(
            "DELETE FROM client_write WHERE result = $1",
            vec![blob(id.bytes())],
        );
        unit.run(
            "DELETE FROM attachment WHERE id = $1 AND message_id IS NULL",
            vec![blob(id.bytes())],
        );
    }
}
