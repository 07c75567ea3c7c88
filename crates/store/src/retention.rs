//! The end of what was promised to be kept for a while: a conversation goes with everything in
//! it, and a contact without any conversation goes with its key.

use domain::conversation::Status;
use domain::{ContactId, ConversationId, Timestamp};

use crate::Store;
use crate::error::{Guard, StoreError};
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
        const OF_NOBODY: &str = "SELECT id, contact_id FROM conversation WHERE status = $1 \
            AND assignee_id IS NULL AND last_message_at < $2 AND NOT EXISTS (SELECT 1 FROM hold \
            WHERE hold.contact_id = conversation.contact_id AND hold.ended_at IS NULL) \
            AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = conversation.contact_id \
            AND contact.restricted_at IS NOT NULL) ORDER BY last_message_at LIMIT $3";
        const OF_SOMEBODY: &str = "SELECT id, contact_id FROM conversation WHERE status = $1 \
            AND assignee_id IS NOT NULL AND last_message_at < $2 AND NOT EXISTS (SELECT 1 FROM hold \
            WHERE hold.contact_id = conversation.contact_id AND hold.ended_at IS NULL) \
            AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.id = conversation.contact_id \
            AND contact.restricted_at IS NOT NULL) ORDER BY last_message_at LIMIT $3";
        let mut expired = Vec::new();
        for status in Status::ALL {
            for sql in [OF_NOBODY, OF_SOMEBODY] {
                let params = vec![status.as_str().into(), before.0.into(), limit.into()];
                for row in &self.db.query(sql, params).await? {
                    let conversation = ConversationId::from_bytes(id16(row, 0)?);
                    expired.push((conversation, ContactId::from_bytes(id16(row, 1)?)));
                }
            }
        }
        Ok(expired)
    }

    /// Removes a conversation with its messages, notes, activities, reactions and jobs, and with
    /// what was remembered to know repeated writes by; the unit fails when somebody wrote
    /// meanwhile. Its files become uploads that nobody sent, so that the bytes go before the last
    /// row that names them.
    pub fn erase_conversation(
        &self,
        unit: &mut Unit,
        conversation: ConversationId,
        before: Timestamp,
    ) {
        unit.one(
            Guard::Plain,
            "DELETE FROM conversation WHERE id = $1 AND last_message_at < $2",
            vec![blob(conversation.bytes()), before.0.into()],
        );
        self.forget_conversation_words(unit, conversation);
        for sql in [
            "UPDATE attachment SET message_id = NULL, created_at = 0 WHERE message_id IN \
             (SELECT id FROM message WHERE conversation_id = $1 AND attachments > 0)",
            "DELETE FROM reaction WHERE message_id IN \
             (SELECT id FROM message WHERE conversation_id = $1)",
            "DELETE FROM attempt WHERE message_id IN \
             (SELECT id FROM message WHERE conversation_id = $1)",
            // Whoever repeats a write into it finds nothing to write into.
            "DELETE FROM client_write WHERE result IN \
             (SELECT id FROM message WHERE conversation_id = $1)",
            "DELETE FROM client_write WHERE result IN \
             (SELECT id FROM note WHERE conversation_id = $1)",
            "DELETE FROM gate_decision WHERE message_id IN \
             (SELECT id FROM message WHERE conversation_id = $1)",
            "DELETE FROM message WHERE conversation_id = $1",
            "DELETE FROM note WHERE conversation_id = $1",
            "DELETE FROM activity WHERE conversation_id = $1",
            "DELETE FROM job WHERE lane = $1",
        ] {
            unit.run(sql, vec![blob(conversation.bytes())]);
        }
    }

    /// Contacts who came before this moment and never said a word.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn silent_contacts(
        &self,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<ContactId>, StoreError> {
        let sql = "SELECT id FROM contact WHERE spoke = 0 AND created_at < $1 AND restricted_at IS NULL \
                   AND NOT EXISTS (SELECT 1 FROM hold \
                   WHERE hold.contact_id = contact.id AND hold.ended_at IS NULL) ORDER BY created_at LIMIT $2";
        let rows = self
            .db
            .query(sql, vec![before.0.into(), limit.into()])
            .await?;
        rows.iter()
            .map(|row| Ok(ContactId::from_bytes(id16(row, 0)?)))
            .collect()
    }

    /// Removes a contact that has no conversation (any more); the unit fails when it has one. A wish not to be written to stays: it
    /// names nobody without the address, and must hold if the person comes back.
    pub fn erase_contact(&self, unit: &mut Unit, contact: ContactId) {
        self.forget_contact_words(unit, contact);
        unit.one(
            Guard::Plain,
            "DELETE FROM contact WHERE id = $1 AND NOT EXISTS \
             (SELECT 1 FROM conversation WHERE contact_id = $1)",
            vec![blob(contact.bytes())],
        );
        for sql in [
            "DELETE FROM address WHERE contact_id = $1",
            "DELETE FROM notice_served WHERE contact_id = $1",
            "DELETE FROM consent_notice_served WHERE contact_id = $1",
            "DELETE FROM challenge WHERE contact_id = $1",
            "DELETE FROM consent WHERE contact_id = $1",
            // The commitments stay in their trees and say nothing any more.
            "UPDATE consent_event SET sealed = NULL WHERE contact_id = $1",
            "DELETE FROM chat_session WHERE contact_id = $1",
            "DELETE FROM read_log WHERE contact_id = $1",
            "DELETE FROM hold WHERE contact_id = $1",
            "DELETE FROM restriction WHERE contact_id = $1",
        ] {
            unit.run(sql, vec![blob(contact.bytes())]);
        }
    }

    /// # Errors
    /// What the engine says.
    pub async fn has_contact(&self, contact: ContactId) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM contact WHERE id = $1";
        let row = self.db.query_opt(sql, vec![blob(contact.bytes())]).await?;
        Ok(row.is_some())
    }

    /// Destroys a contact's key: whatever copy is left anywhere reads as noise from now on.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn destroy_key(&self, contact: ContactId) -> Result<(), StoreError> {
        self.ring.destroy(contact, None).await
    }
}
