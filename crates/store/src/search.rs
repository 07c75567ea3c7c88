//! The search index: words as keyed hashes, written in the unit of what says them, and hits opened
//! again. SQLite keeps them in a contentless FTS5 table, PostgreSQL in an index of `tsvector`s.

use std::collections::BTreeSet;

use db::{Row, Sql, Value};
use domain::channel::AddressKind;
use domain::words::{self, Words};
use domain::{ChannelId, ContactId, ConversationId, MessageId, NoteId, Pii, TeammateId, Timestamp};

use vault::BlindWord;

use crate::Store;
use crate::error::StoreError;
use crate::messages::{Author, StoredMessage};
use crate::rows::{at, blob, id16, opt_id16};
use crate::sealing::{ContentRow, open_bytes, open_json};
use crate::unit::Unit;

/// What a message or note said that was looked for.
#[derive(Clone)]
pub struct Hit {
    /// Hits are ordered by it, and the next page begins before it.
    pub place: i64,
    pub conversation: ConversationId,
    pub contact: ContactId,
    pub seq: i64,
    pub item: HitItem,
    pub at: Timestamp,
    pub text: Pii<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitItem {
    Message(MessageId, Author),
    Note(NoteId, TeammateId),
}

/// Hits of one look into the index.
pub struct Hits {
    /// Opened and looked at: they do say every word.
    pub hits: Vec<Hit>,
    /// Where the next look begins; `None` when there is nothing more.
    pub next: Option<i64>,
}

/// Whose words are being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Message,
    Note,
}

/// Contacts of one name that are found; more of them are told apart by more words.
const NAMESAKES_MAX: i64 = 100;

const OF_MESSAGE: &str =
    "INSERT INTO words (rowid, tokens) SELECT place, $2 FROM message WHERE id = $1";
const OF_NOTE: &str = "INSERT INTO words (rowid, tokens) SELECT place, $2 FROM note WHERE id = $1";
const OF_CONTACT: &str =
    "INSERT INTO contact_words (rowid, tokens) SELECT place, $2 FROM contact WHERE id = $1";
const OF_EDITED: &str = "INSERT INTO words (rowid, tokens) SELECT place, $2 FROM message \
    WHERE id = $1 AND edited_at = $3 AND deleted_at IS NULL";
const FORGET_EDITED: &str = "DELETE FROM words WHERE rowid = (SELECT place FROM message \
    WHERE id = $1 AND edited_at = $2 AND deleted_at IS NULL)";
const FORGET_MESSAGE: &str =
    "DELETE FROM words WHERE rowid = (SELECT place FROM message WHERE id = $1)";
const FORGET_CONTACT: &str =
    "DELETE FROM contact_words WHERE rowid = (SELECT place FROM contact WHERE id = $1)";
const FORGET_MESSAGES_OF: &str = "DELETE FROM words WHERE rowid IN \
    (SELECT place FROM message WHERE conversation_id = $1)";
const FORGET_NOTES_OF: &str =
    "DELETE FROM words WHERE rowid IN (SELECT place FROM note WHERE conversation_id = $1)";
const LOOK: Sql = Sql::Pair {
    sqlite: "SELECT h.place AS place, m.id, m.conversation_id, m.seq, m.at, m.sealed, \
             m.author_kind, m.author_id, n.id, n.conversation_id, n.seq, n.at, n.sealed, \
             n.author_id, c.contact_id FROM (SELECT rowid AS place FROM words \
             WHERE words MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3) h \
             LEFT JOIN message m ON m.place = h.place LEFT JOIN note n ON n.place = h.place \
             JOIN conversation c ON c.id = COALESCE(m.conversation_id, n.conversation_id) \
             ORDER BY h.place DESC",
    postgres: "SELECT h.place AS place, m.id, m.conversation_id, m.seq, m.at, m.sealed, \
               m.author_kind, m.author_id, n.id, n.conversation_id, n.seq, n.at, n.sealed, \
               n.author_id, c.contact_id FROM (SELECT rowid AS place FROM words WHERE \
               to_tsvector('simple', tokens) @@ plainto_tsquery('simple', CAST($1 AS TEXT)) \
               AND rowid < $2 ORDER BY rowid DESC LIMIT $3) h \
               LEFT JOIN message m ON m.place = h.place LEFT JOIN note n ON n.place = h.place \
               JOIN conversation c ON c.id = COALESCE(m.conversation_id, n.conversation_id) \
               ORDER BY h.place DESC",
};
const FROM_HERE: Sql = Sql::Pair {
    sqlite: "SELECT rowid AS place FROM words WHERE words MATCH $1 AND rowid >= $2 LIMIT 1",
    postgres: "SELECT rowid AS place FROM words WHERE \
               to_tsvector('simple', tokens) @@ plainto_tsquery('simple', CAST($1 AS TEXT)) \
               AND rowid >= $2 LIMIT 1",
};
const NAMED: Sql = Sql::Pair {
    sqlite: "SELECT p.id AS id FROM (SELECT rowid AS place FROM contact_words \
             WHERE contact_words MATCH $1 ORDER BY rowid DESC LIMIT $2) h \
             JOIN contact p ON p.place = h.place ORDER BY h.place DESC",
    postgres: "SELECT p.id AS id FROM (SELECT rowid AS place FROM contact_words WHERE \
               to_tsvector('simple', tokens) @@ plainto_tsquery('simple', CAST($1 AS TEXT)) \
               ORDER BY rowid DESC LIMIT $2) h \
               JOIN contact p ON p.place = h.place ORDER BY h.place DESC",
};

/// Everything of a message that a search reads, as lines.
fn text_of(open: ContentRow) -> (String, Words) {
    let content = open.into_content();
    let words = words::of_content(&content);
    let mut lines: Vec<String> = content
        .text
        .iter()
        .map(|text| text.expose().clone())
        .collect();
    if let Some(card) = &content.card {
        lines.extend(card.lines.iter().map(|(_, line)| line.expose().clone()));
    }
    (lines.join("\n"), words)
}

impl Store {
    /// One word for all that a conversation says, so that hits can be looked for inside it. No
    /// text has such a word.
    fn conversation_word(conversation: ConversationId) -> String {
        format!("\0{conversation}")
    }

    /// In the order of the hashes: the order of the words would tell something about them.
    fn blind<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> String {
        let words = words.into_iter().map(|word| self.ring.blind_word(word));
        let mut words: Vec<BlindWord> = words.collect();
        words.sort_unstable();
        let mut text = String::with_capacity(words.len() * 11);
        for word in words {
            if !text.is_empty() {
                text.push(' ');
            }
            text.extend(word);
        }
        text
    }

    /// `None` when nothing was said.
    fn searched(&self, conversation: ConversationId, words: &Words) -> Option<Value> {
        let mut words = words.different();
        if words.is_empty() {
            return None;
        }
        let conversation = Self::conversation_word(conversation);
        words.push(&conversation);
        Some(self.blind(words).into())
    }

    /// Must follow the insertion of what says these words.
    pub(crate) fn add_words(
        &self,
        unit: &mut Unit,
        said: Said,
        id: [u8; 16],
        conversation: ConversationId,
        words: &Words,
    ) {
        let sql = match said {
            Said::Message => OF_MESSAGE,
            Said::Note => OF_NOTE,
        };
        if let Some(tokens) = self.searched(conversation, words) {
            unit.run(sql, vec![blob(id), tokens]);
        }
    }

    /// Other words of a message; must follow the edit, and changes nothing when that did not.
    pub(crate) fn change_words(
        &self,
        unit: &mut Unit,
        message: &StoredMessage,
        words: &Words,
        edited_at: Timestamp,
    ) {
        let id = blob(message.id.bytes());
        unit.run(FORGET_EDITED, vec![id.clone(), edited_at.0.into()]);
        if let Some(tokens) = self.searched(message.conversation, words) {
            unit.run(OF_EDITED, vec![id, tokens, edited_at.0.into()]);
        }
    }

    pub(crate) fn forget_message_words(&self, unit: &mut Unit, id: [u8; 16]) {
        unit.run(FORGET_MESSAGE, vec![blob(id)]);
    }

    /// Must stand before what removes the conversation's messages and notes.
    pub(crate) fn forget_conversation_words(&self, unit: &mut Unit, id: ConversationId) {
        unit.run(FORGET_MESSAGES_OF, vec![blob(id.bytes())]);
        unit.run(FORGET_NOTES_OF, vec![blob(id.bytes())]);
    }

    /// The words by which a contact is known, instead of those before.
    pub(crate) fn set_contact_words(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        name: Option<&str>,
        is_new: bool,
    ) {
        if !is_new {
            self.forget_contact_words(unit, contact);
        }
        let words = name.map(Words::from).unwrap_or_default();
        let words = words.different();
        if !words.is_empty() {
            let params = vec![blob(contact.bytes()), self.blind(words).into()];
            unit.run(OF_CONTACT, params);
        }
    }

    pub(crate) fn forget_contact_words(&self, unit: &mut Unit, contact: ContactId) {
        unit.run(FORGET_CONTACT, vec![blob(contact.bytes())]);
    }

    /// What says all these words, the newest first, from before a place on.
    ///
    /// # Errors
    /// What the engine or the vault says.
    pub async fn hits(
        &self,
        wanted: &BTreeSet<String>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Hits, StoreError> {
        let params = vec![
            self.blind(wanted.iter().map(String::as_str)).into(),
            before.unwrap_or(i64::MAX).into(),
            limit.into(),
        ];
        let rows = self.db.query(LOOK, params).await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= limit);
        let next = match rows.last() {
            Some(last) if is_full => Some(last.int(0)?),
            _ => None,
        };
        let mut hits = Vec::with_capacity(rows.len());
        for row in &rows {
            hits.extend(self.hit_of(row, wanted).await?);
        }
        Ok(Hits { hits, next })
    }

    /// The hit, if it does say every word: two words may share a hash. What lost its key since is
    /// no hit.
    async fn hit_of(
        &self,
        row: &Row,
        wanted: &BTreeSet<String>,
    ) -> Result<Option<Hit>, StoreError> {
        let contact = ContactId::from_bytes(id16(row, 14)?);
        let Some(key) = self.ring.existing(contact.bytes()).await? else {
            return Ok(None);
        };
        let (conversation, seq, when, item, text, said) = match opt_id16(row, 1)? {
            Some(id) => {
                let open: ContentRow = open_json(&key, "message.sealed", &id, row.blob(5)?)?;
                let author = Author::parse(row.text(6)?, opt_id16(row, 7)?)?;
                let (text, said) = text_of(open);
                let item = HitItem::Message(MessageId::from_bytes(id), author);
                (id16(row, 2)?, row.int(3)?, at(row, 4)?, item, text, said)
            }
            None => {
                let id = id16(row, 8)?;
                let text = open_bytes(&key, "note.sealed", &id, row.blob(12)?)?;
                let text = String::from_utf8(text).map_err(|_| StoreError::Corrupt("note"))?;
                let said = Words::from(text.as_str());
                let author = TeammateId::from_bytes(id16(row, 13)?);
                let item = HitItem::Note(NoteId::from_bytes(id), author);
                (id16(row, 9)?, row.int(10)?, at(row, 11)?, item, text, said)
            }
        };
        Ok(said.has_all(wanted).then(|| Hit {
            place: row.int(0).unwrap_or(i64::MAX),
            conversation: ConversationId::from_bytes(conversation),
            contact,
            seq,
            item,
            at: when,
            text: Pii::new(text),
        }))
    }

    /// Whether the conversation has a hit at this place or a newer one: then a page before this
    /// one told of it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn was_told(
        &self,
        wanted: &BTreeSet<String>,
        conversation: ConversationId,
        place: i64,
    ) -> Result<bool, StoreError> {
        let conversation = Self::conversation_word(conversation);
        let words = wanted.iter().map(String::as_str);
        let tokens = self.blind(words.chain([conversation.as_str()]));
        let found = self
            .db
            .query_opt(FROM_HERE, vec![tokens.into(), place.into()])
            .await?;
        Ok(found.is_some())
    }

    /// Contacts whose name has all these words, the newest first, at most a hundred.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn contacts_named(
        &self,
        wanted: &BTreeSet<String>,
    ) -> Result<Vec<ContactId>, StoreError> {
        let params = vec![
            self.blind(wanted.iter().map(String::as_str)).into(),
            NAMESAKES_MAX.into(),
        ];
        let rows = self.db.query(NAMED, params).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = ContactId::from_bytes(id16(row, 0)?);
            let contact = self.lookup_contact(id).await?;
            let name = contact.and_then(|contact| contact.name);
            if name.is_some_and(|name| Words::from(name.expose().as_str()).has_all(wanted)) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// The contact whose address on a channel is exactly this.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn contact_at(
        &self,
        channel: ChannelId,
        kind: AddressKind,
        value: &Pii<String>,
    ) -> Result<Option<ContactId>, StoreError> {
        let sql = "SELECT contact_id FROM address WHERE channel_id = $1 AND kind = $2 \
                   AND lookup = $3 AND valid_to IS NULL";
        let params: Vec<Value> = vec![
            blob(channel.bytes()),
            kind.as_str().into(),
            blob(self.ring.lookup(kind.as_str(), value.expose())),
        ];
        let row = self.db.query_opt(sql, params).await?;
        row.map(|row| Ok(ContactId::from_bytes(id16(&row, 0)?)))
            .transpose()
    }
}
