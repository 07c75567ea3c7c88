//! The end of what was promised to be kept for a while: a conversation goes with everything in
//! it, and a contact without any conversation goes with its key.

use domain::conversation::Status;
use domain::{AttachmentId, ContactId, ConversationId, Timestamp};

use crate::Store;
use crate::error::StoreError;
use crate::rows::{blob, id16};
use crate::unit::Unit;

impl Store {
    /// Conversations whose last message is older than `before`; each status is one range of an
    /// index.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn expired_conversations(
        &self,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<(ConversationId, ContactId)>, StoreError> {
        let sql = "SELECT id, contact_id FROM conversation \
                   WHERE status = $1 AND last_message_at < $2 ORDER BY last_message_at LIMIT $3";
        let mut expired = Vec::new();
        for status in Status::ALL {
            let params = vec![status.as_str().into(), before.0.into(), limit.into()];
            for row in &self.db.query(sql, params).await? {
                let conversation = ConversationId::from_bytes(id16(row, 0)?);
                expired.push((conversation, ContactId::from_bytes(id16(row, 1)?)));
            }
        }
        Ok(expired)
    }

    /// Files of a conversation, a bounded number of them.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn files_of_conversation(
        &self,
        conversation: ConversationId,
        limit: i64,
    ) -> Result<Vec<AttachmentId>, StoreError> {
        let sql = "SELECT a.id FROM message m \
                   JOIN attachment a ON a.message_id = m.id AND a.message_id IS NOT NULL \
                   WHERE m.conversation_id = $1 AND m.attachments > 0 LIMIT $2";
        let rows = self
            .db
            .query(sql, vec![blob(conversation.bytes()), limit.into()])
            .await?;
        rows.iter()
            .map(|row| Ok(AttachmentId::from_bytes(id16(row, 0)?)))
            .collect()
    }

    /// Removes a file's row wherever it is; its bytes are gone already.
    pub fn erase_attachment(&self, unit: &mut Unit, id: AttachmentId) {
        unit.run(
            "DELETE FROM attachment WHERE id = $1",
            vec![blob(id.bytes())],
        );
    }

    /// Removes a conversation with its messages, notes, activities, reactions and jobs.
    pub fn erase_conversation(&self, unit: &mut Unit, conversation: ConversationId) {
        for sql in [
            "DELETE FROM reaction WHERE message_id IN \
             (SELECT id FROM message WHERE conversation_id = $1)",
            "DELETE FROM attempt WHERE message_id IN \
             (SELECT id FROM message WHERE conversation_id = $1)",
            "DELETE FROM message WHERE conversation_id = $1",
            "DELETE FROM note WHERE conversation_id = $1",
            "DELETE FROM activity WHERE conversation_id = $1",
            "DELETE FROM job WHERE lane = $1",
            "DELETE FROM conversation WHERE id = $1",
        ] {
            unit.run(sql, vec![blob(conversation.bytes())]);
        }
    }

    /// Removes a contact that has no conversation any more. A wish not to be written to stays: it
    /// names nobody without the address, and must hold if the person comes back.
    pub fn erase_contact(&self, unit: &mut Unit, contact: ContactId) {
        for sql in [
            "DELETE FROM address WHERE contact_id = $1",
            "DELETE FROM notice_served WHERE contact_id = $1",
            "DELETE FROM chat_session WHERE contact_id = $1",
            "DELETE FROM read_log WHERE contact_id = $1",
            "DELETE FROM contact WHERE id = $1",
        ] {
            unit.run(sql, vec![blob(contact.bytes())]);
        }
    }

    /// Destroys a contact's key: whatever copy is left anywhere reads as noise from now on.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn destroy_key(&self, contact: ContactId) -> Result<(), StoreError> {
        self.ring.destroy(contact.bytes()).await
    }
}
