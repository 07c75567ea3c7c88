//! The timeline: messages, notes and activities of a conversation in one order.

use db::Sql;
use domain::access::{Access, Actor};
use domain::teammate::Right;
use domain::words::Words;
use domain::{
    ActivityId, ContactId, ConversationId, MessageId, NoteId, Pii, TeammateId, Timestamp,
};
use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::Store;
use crate::attachments::StoredAttachment;
use crate::error::StoreError;
use crate::faults::{self, Lie};
use crate::messages::{Author, MESSAGE, StoredMessage, message_of};
use crate::rows::{at, blob, id16, opt_blob, opt_id16};
use crate::sealing::{open_bytes, open_json, seal_bytes, seal_json};
use crate::search::Said;
use crate::unit::Unit;

#[derive(Clone)]
pub struct Note {
    pub id: NoteId,
    pub seq: i64,
    pub author: TeammateId,
    pub author_name: Option<Pii<String>>,
    pub text: Pii<String>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActivityKind {
    ConversationOpened,
    NoticeShown,
    Assigned,
    Unassigned,
    StatusChanged,
    IdentityChanged,
    PreferenceChanged,
    ConsentGiven,
    ConsentWithdrawn,
    /// Nothing may be done with the contact's data any more but keep it.
    ProcessingRestricted,
    RestrictionLifted,
}

impl ActivityKind {
    pub const ALL: [Self; 11] = [
        Self::ConversationOpened,
        Self::NoticeShown,
        Self::Assigned,
        Self::Unassigned,
        Self::StatusChanged,
        Self::IdentityChanged,
        Self::PreferenceChanged,
        Self::ConsentGiven,
        Self::ConsentWithdrawn,
        Self::ProcessingRestricted,
        Self::RestrictionLifted,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConversationOpened => "conversation_opened",
            Self::NoticeShown => "notice_shown",
            Self::Assigned => "assigned",
            Self::Unassigned => "unassigned",
            Self::StatusChanged => "status_changed",
            Self::IdentityChanged => "identity_changed",
            Self::PreferenceChanged => "preference_changed",
            Self::ConsentGiven => "consent_given",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::ProcessingRestricted => "processing_restricted",
            Self::RestrictionLifted => "restriction_lifted",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Clone)]
pub struct Activity {
    pub id: ActivityId,
    pub seq: i64,
    pub kind: ActivityKind,
    pub actor: Author,
    pub actor_name: Option<Pii<String>>,
    pub facts: BTreeMap<String, String>,
    pub at: Timestamp,
}

/// One reaction on a message.
#[derive(Clone)]
pub struct Reaction {
    pub by: Author,
    pub emoji: Pii<String>,
}

#[derive(Clone)]
pub enum TimelineItem {
    Message {
        message: Box<StoredMessage>,
        attachments: Vec<StoredAttachment>,
        reactions: Vec<Reaction>,
    },
    Note(Note),
    Activity(Activity),
}

impl TimelineItem {
    #[must_use]
    pub fn seq(&self) -> i64 {
        match self {
            Self::Message { message, .. } => message.seq,
            Self::Note(note) => note.seq,
            Self::Activity(activity) => activity.seq,
        }
    }
}

/// A stretch of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineRequest {
    /// The newest items.
    End,
    After(i64),
    Before(i64),
    /// One item.
    At(i64),
}

#[derive(Clone)]
pub struct TimelinePage {
    /// Ascending by number.
    pub items: Vec<TimelineItem>,
    /// Continue after this number, while there is more.
    pub newer: Option<i64>,
    pub older: Option<i64>,
}

/// The first and last number of the stretch that is wanted.
fn span(request: TimelineRequest, limit: i64, last_seq: i64) -> (i64, i64) {
    match request {
        TimelineRequest::End => ((last_seq - limit + 1).max(1), last_seq),
        TimelineRequest::After(seq) => (seq + 1, seq.saturating_add(limit).min(last_seq)),
        TimelineRequest::Before(seq) => ((seq - limit).max(1), (seq - 1).min(last_seq)),
        TimelineRequest::At(seq) => (seq, seq),
    }
}

/// The first two messages change their places, where a drill wants that.
fn swap_numbers(items: &mut [TimelineItem]) {
    let mut messages = items.iter_mut().filter_map(|item| match item {
        TimelineItem::Message { message, .. } => Some(message),
        TimelineItem::Note(_) | TimelineItem::Activity(_) => None,
    });
    if let (Some(one), Some(other)) = (messages.next(), messages.next()) {
        std::mem::swap(&mut one.seq, &mut other.seq);
    }
}

const ADD_NOTE: Sql = Sql::Pair {
    sqlite: "INSERT INTO note (place, conversation_id, seq, id, author_id, sealed, at) \
             VALUES ((SELECT MAX(seq) FROM feed), $1, \
             (SELECT last_seq FROM conversation WHERE id = $1), $2, $3, $4, $5)",
    postgres: "INSERT INTO note (place, conversation_id, seq, id, author_id, sealed, at) \
               VALUES (currval(pg_get_serial_sequence('feed', 'seq')), $1, \
               (SELECT last_seq FROM conversation WHERE id = $1), $2, $3, $4, $5)",
};

impl Store {
    /// A stretch of a conversation. A contact sees its own conversation, messages only.
    ///
    /// # Errors
    /// What the engine says. `Ok(None)` when there is no such conversation for this reader.
    pub async fn timeline(
        &self,
        access: &Access,
        conversation: ConversationId,
        request: TimelineRequest,
        limit: i64,
    ) -> Result<Option<TimelinePage>, StoreError> {
        if access.right() != Right::ReadConversations {
            return Ok(None);
        }
        let Some(thread) = self.lookup_thread(conversation).await? else {
            return Ok(None);
        };
        let messages_only = match access.actor() {
            Actor::Contact(contact) if contact != thread.contact => return Ok(None),
            Actor::Contact(_) => !faults::lies(Lie::NoteLeaks),
            _ => false,
        };
        let behind = i64::from(faults::lies_each(Lie::StaleRead, 3));
        let (first, last) = span(request, limit, thread.last_seq - behind);
        let mut items = self
            .messages_between(thread.contact, conversation, first, last)
            .await?;
        if !messages_only {
            items.extend(
                self.notes_between(thread.contact, conversation, first, last)
                    .await?,
            );
            items.extend(
                self.activities_between(thread.contact, conversation, first, last)
                    .await?,
            );
        }
        if faults::lies(Lie::Reordered) {
            swap_numbers(&mut items);
        }
        items.sort_by_key(TimelineItem::seq);
        Ok(Some(TimelinePage {
            items,
            newer: (last < thread.last_seq).then_some(last),
            older: (first > 1).then_some(first),
        }))
    }

    async fn messages_between(
        &self,
        contact: ContactId,
        conversation: ConversationId,
        first: i64,
        last: i64,
    ) -> Result<Vec<TimelineItem>, StoreError> {
        let range = vec![blob(conversation.bytes()), first.into(), last.into()];
        let sql = format!("{MESSAGE} WHERE m.conversation_id = $1 AND m.seq BETWEEN $2 AND $3");
        let rows = self.db.query(sql, range.clone()).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.existing_contact_key(contact).await?;
        let messages: Vec<StoredMessage> = rows
            .iter()
            .map(|row| message_of(&key, row))
            .collect::<Result<_, _>>()?;
        let mut files: HashMap<MessageId, Vec<StoredAttachment>> = HashMap::new();
        if messages.iter().any(|message| message.attachments > 0) {
            files = self
                .attachments_between(&key, conversation, first, last)
                .await?;
        }
        let mut reactions = self.reactions_between(&key, range).await?;
        Ok(messages
            .into_iter()
            .map(|message| TimelineItem::Message {
                attachments: files.remove(&message.id).unwrap_or_default(),
                reactions: reactions.remove(&message.id).unwrap_or_default(),
                message: Box::new(message),
            })
            .collect())
    }

    async fn reactions_between(
        &self,
        key: &vault::DataKey,
        range: Vec<db::Value>,
    ) -> Result<HashMap<MessageId, Vec<Reaction>>, StoreError> {
        let sql = "SELECT r.message_id, r.actor_kind, r.actor_id, r.sealed FROM message m \
                   JOIN reaction r ON r.message_id = m.id \
                   WHERE m.conversation_id = $1 AND m.seq BETWEEN $2 AND $3 ORDER BY r.at";
        let mut reactions: HashMap<MessageId, Vec<Reaction>> = HashMap::new();
        for row in &self.db.query(sql, range).await? {
            let message = id16(row, 0)?;
            let actor = id16(row, 2)?;
            let place = [message, actor].concat();
            let emoji = open_bytes(key, "reaction.sealed", &place, row.blob(3)?)?;
            let by = Author::parse(row.text(1)?, (actor != [0; 16]).then_some(actor))?;
            let emoji = String::from_utf8(emoji).map_err(|_| StoreError::Corrupt("reaction"))?;
            // Taken back.
            if emoji.is_empty() {
                continue;
            }
            reactions
                .entry(MessageId::from_bytes(message))
                .or_default()
                .push(Reaction {
                    by,
                    emoji: Pii::new(emoji),
                });
        }
        Ok(reactions)
    }

    async fn notes_between(
        &self,
        contact: ContactId,
        conversation: ConversationId,
        first: i64,
        last: i64,
    ) -> Result<Vec<TimelineItem>, StoreError> {
        let sql = "SELECT n.id, n.seq, n.author_id, n.sealed, n.at, t.sealed FROM note n \
                   LEFT JOIN teammate t ON t.id = n.author_id \
                   WHERE n.conversation_id = $1 AND n.seq BETWEEN $2 AND $3";
        let params = vec![blob(conversation.bytes()), first.into(), last.into()];
        let mut notes = Vec::new();
        for row in &self.db.query(sql, params).await? {
            let key = self.existing_contact_key(contact).await?;
            let id = id16(row, 0)?;
            let author = id16(row, 2)?;
            let text = open_bytes(&key, "note.sealed", &id, row.blob(3)?)?;
            let author_name = match row.opt_blob(5)? {
                None => None,
                Some(sealed) => Some(Pii::new(self.teammate_name(author, sealed).await?)),
            };
            notes.push(TimelineItem::Note(Note {
                id: NoteId::from_bytes(id),
                seq: row.int(1)?,
                author: TeammateId::from_bytes(author),
                author_name,
                text: Pii::new(String::from_utf8(text).map_err(|_| StoreError::Corrupt("note"))?),
                at: at(row, 4)?,
            }));
        }
        Ok(notes)
    }

    async fn activities_between(
        &self,
        contact: ContactId,
        conversation: ConversationId,
        first: i64,
        last: i64,
    ) -> Result<Vec<TimelineItem>, StoreError> {
        let sql = "SELECT a.id, a.seq, a.kind, a.actor_kind, a.actor_id, a.sealed, a.at, t.sealed \
                   FROM activity a LEFT JOIN teammate t ON t.id = a.actor_id \
                   WHERE a.conversation_id = $1 AND a.seq BETWEEN $2 AND $3";
        let params = vec![blob(conversation.bytes()), first.into(), last.into()];
        let mut activities = Vec::new();
        for row in &self.db.query(sql, params).await? {
            let key = self.existing_contact_key(contact).await?;
            let id = id16(row, 0)?;
            let actor = Author::parse(row.text(3)?, opt_id16(row, 4)?)?;
            let actor_name = match (actor.id(), row.opt_blob(7)?) {
                (Some(id), Some(sealed)) => Some(Pii::new(self.teammate_name(id, sealed).await?)),
                _ => None,
            };
            activities.push(TimelineItem::Activity(Activity {
                id: ActivityId::from_bytes(id),
                seq: row.int(1)?,
                kind: ActivityKind::parse(row.text(2)?)
                    .ok_or(StoreError::Corrupt("activity.kind"))?,
                actor,
                actor_name,
                facts: open_json(&key, "activity.sealed", &id, row.blob(5)?)?,
                at: at(row, 6)?,
            }));
        }
        Ok(activities)
    }

    /// Inserts the note with the number the conversation was just given, at the place of the
    /// feed's entry that was just made.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn add_note(
        &self,
        unit: &mut Unit,
        conversation: ConversationId,
        contact: ContactId,
        note: (NoteId, TeammateId, &Pii<String>),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (id, author, text) = note;
        let key = self.ring.contact_key(contact).await?;
        unit.run(
            ADD_NOTE,
            vec![
                blob(conversation.bytes()),
                blob(id.bytes()),
                blob(author.bytes()),
                seal_bytes(&key, "note.sealed", &id.bytes(), text.expose().as_bytes())?,
                now.0.into(),
            ],
        );
        let words = Words::from(text.expose().as_str());
        self.add_words(unit, Said::Note, id.bytes(), conversation, &words);
        Ok(())
    }

    /// Inserts the activity with the number the conversation was just given.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn add_activity(
        &self,
        unit: &mut Unit,
        conversation: ConversationId,
        contact: ContactId,
        activity: (ActivityId, ActivityKind, Author),
        facts: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (id, kind, actor) = activity;
        let key = self.ring.contact_key(contact).await?;
        unit.run(
            "INSERT INTO activity (conversation_id, seq, id, kind, actor_kind, actor_id, sealed, at) \
             VALUES ($1, (SELECT last_seq FROM conversation WHERE id = $1), $2, $3, $4, $5, $6, $7)",
            vec![
                blob(conversation.bytes()),
                blob(id.bytes()),
                kind.as_str().into(),
                actor.kind().into(),
                opt_blob(actor.id()),
                seal_json(&key, "activity.sealed", &id.bytes(), facts)?,
                now.0.into(),
            ],
        );
        Ok(())
    }

    /// The id of a note that was written under a client id.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn note_place(
        &self,
        id: NoteId,
    ) -> Result<Option<(ConversationId, i64)>, StoreError> {
        let sql = "SELECT conversation_id, seq FROM note WHERE id = $1";
        let row = self.db.query_opt(sql, vec![blob(id.bytes())]).await?;
        row.map(|row| Ok((ConversationId::from_bytes(id16(&row, 0)?), row.int(1)?)))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_stay_inside_the_conversation() {
        assert_eq!(span(TimelineRequest::End, 50, 10), (1, 10));
        assert_eq!(span(TimelineRequest::End, 5, 10), (6, 10));
        assert_eq!(span(TimelineRequest::After(10), 5, 10), (11, 10));
        assert_eq!(
            span(TimelineRequest::After(i64::MAX - 1), 5, 10),
            (i64::MAX, 10)
        );
        assert_eq!(span(TimelineRequest::Before(6), 5, 10), (1, 5));
        assert_eq!(span(TimelineRequest::Before(900), 5, 10), (895, 10));
        assert_eq!(span(TimelineRequest::At(3), 5, 10), (3, 3));
    }
}
