//! The feed: every change, numbered, written in the same batch. Everyone who watches reads it
//! from a cursor; nothing else pushes.

use std::fmt;
use std::str::FromStr;

use db::{Row, Sql};
use domain::{ConversationId, Timestamp};

use crate::Store;
use crate::error::StoreError;
use crate::faults::{self, Lie};
use crate::rows::{at, blob, id16, opt_blob, opt_id16, opt_int};
use crate::unit::Unit;

/// A place in the feed. Opaque outside; ordered by commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    pub(crate) tx: i64,
    pub(crate) seq: i64,
}

impl Cursor {
    pub const START: Self = Self { tx: -1, seq: 0 };
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}", self.tx.max(0), self.seq)
    }
}

/// The text was no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (tx, seq) = text.split_once('.').ok_or(InvalidCursor)?;
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
            if plain {
                i64::from_str_radix(digits, 16).ok()
            } else {
                None
            }
        };
        Ok(Self {
            tx: number(tx).ok_or(InvalidCursor)?,
            seq: number(seq).ok_or(InvalidCursor)?,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedKind {
    ConversationCreated,
    ConversationUpdated,
    MessageCreated,
    MessageUpdated,
    NoteCreated,
    ActivityCreated,
    ContactUpdated,
    ChannelUpdated,
    /// Rights, sessions or tokens of a teammate changed: whoever watches with them asks again.
    TeammateUpdated,
}

impl FeedKind {
    pub const ALL: [Self; 9] = [
        Self::ConversationCreated,
        Self::ConversationUpdated,
        Self::MessageCreated,
        Self::MessageUpdated,
        Self::NoteCreated,
        Self::ActivityCreated,
        Self::ContactUpdated,
        Self::ChannelUpdated,
        Self::TeammateUpdated,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConversationCreated => "conversation.created",
            Self::ConversationUpdated => "conversation.updated",
            Self::MessageCreated => "message.created",
            Self::MessageUpdated => "message.updated",
            Self::NoteCreated => "note.created",
            Self::ActivityCreated => "activity.created",
            Self::ContactUpdated => "contact.updated",
            Self::ChannelUpdated => "channel.updated",
            Self::TeammateUpdated => "teammate.updated",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedEvent {
    pub cursor: Cursor,
    pub at: Timestamp,
    pub kind: FeedKind,
    pub conversation: Option<ConversationId>,
    /// The number of the item in its conversation, for events about an item.
    pub item_seq: Option<i64>,
    /// The id of what changed: a message, a contact, a channel.
    pub subject: Option<[u8; 16]>,
}

impl FeedEvent {
    /// The event's number, as clients see it.
    #[must_use]
    pub const fn seq(&self) -> i64 {
        self.cursor.seq
    }
}

fn event_of(row: &Row) -> Result<FeedEvent, StoreError> {
    Ok(FeedEvent {
        cursor: Cursor {
            tx: row.int(1)?,
            seq: row.int(0)?,
        },
        at: at(row, 2)?,
        kind: FeedKind::parse(row.text(3)?).ok_or(StoreError::Corrupt("feed.kind"))?,
        conversation: opt_id16(row, 4)?.map(ConversationId::from_bytes),
        item_seq: row.opt_int(5)?,
        subject: opt_id16(row, 6)?,
    })
}

impl Store {
    /// Events after the cursor, oldest first. On PostgreSQL only up to the snapshot horizon:
    /// what is still being committed could otherwise appear behind what was already read.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn feed_after(
        &self,
        cursor: Cursor,
        limit: i64,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let sql = Sql::Pair {
            // `seq` is the row's own number, and of a pair that ends with it SQLite would use only
            // the beginning: it would read the feed from its start. `+tx` keeps it from trying.
            sqlite: "SELECT seq, tx, at, kind, conversation_id, item_seq, ref_id FROM feed \
                     WHERE seq > $2 AND +tx >= $1 ORDER BY seq LIMIT $3",
            postgres: "SELECT seq, tx, at, kind, conversation_id, item_seq, ref_id FROM feed \
                       WHERE (tx, seq) > ($1, $2) \
                       AND tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) \
                       ORDER BY tx, seq LIMIT $3",
        };
        let rows = self
            .db
            .query(sql, vec![cursor.tx.into(), cursor.seq.into(), limit.into()])
            .await?;
        rows.iter().map(event_of).collect()
    }

    /// Events of one conversation behind one place and up to another, oldest first. The stretch
    /// between the places is what is read, so it must be short ([`Self::feed_distance`]).
    ///
    /// # Errors
    /// What the engine says.
    pub async fn feed_of_conversation(
        &self,
        conversation: ConversationId,
        after: Cursor,
        up_to: Cursor,
    ) -> Result<Vec<FeedEvent>, StoreError> {
        let sql = Sql::Pair {
            sqlite: "SELECT seq, tx, at, kind, conversation_id, item_seq, ref_id FROM feed \
                     WHERE seq > $2 AND seq <= $4 AND +tx >= $1 AND +tx <= $3 \
                     AND conversation_id = $5 ORDER BY seq",
            postgres: "SELECT seq, tx, at, kind, conversation_id, item_seq, ref_id FROM feed \
                       WHERE (tx, seq) > ($1, $2) AND (tx, seq) <= ($3, $4) \
                       AND conversation_id = $5 ORDER BY tx, seq",
        };
        let bounds = [after.tx, after.seq, up_to.tx, up_to.seq].map(db::Value::from);
        let mut params = bounds.to_vec();
        params.push(blob(conversation.bytes()));
        let rows = self.db.query(sql, params).await?;
        rows.iter().map(event_of).collect()
    }

    /// The newest place a reader may stand at.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn feed_head(&self) -> Result<Cursor, StoreError> {
        let sql = Sql::Pair {
            sqlite: "SELECT tx, seq FROM feed ORDER BY seq DESC LIMIT 1",
            postgres: "SELECT tx, seq FROM feed \
                       WHERE tx < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) \
                       ORDER BY tx DESC, seq DESC LIMIT 1",
        };
        let row = self.db.query_opt(sql, vec![]).await?;
        row.map_or(Ok(Cursor::START), |row| {
            Ok(Cursor {
                tx: row.int(0)?,
                seq: row.int(1)?,
            })
        })
    }

    /// Whether the feed still holds everything after this place (old events are removed).
    ///
    /// # Errors
    /// What the engine says.
    pub async fn feed_reaches(&self, cursor: Cursor) -> Result<bool, StoreError> {
        let sql = "SELECT seq FROM feed WHERE (tx, seq) = ($1, $2)";
        if self
            .db
            .query_opt(sql, vec![cursor.tx.into(), cursor.seq.into()])
            .await?
            .is_some()
        {
            return Ok(true);
        }
        // The very beginning is reached as long as nothing was removed.
        let sql = Sql::Pair {
            sqlite: "SELECT seq FROM feed ORDER BY seq LIMIT 1",
            postgres: "SELECT seq FROM feed ORDER BY tx, seq LIMIT 1",
        };
        let first = self.db.query_opt(sql, vec![]).await?;
        match first {
            None => Ok(cursor.seq == 0),
            Some(row) => Ok(cursor.seq == 0 && row.int(0)? == 1),
        }
    }

    /// Whether more than `most` events lie behind the cursor.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn feed_distance(&self, cursor: Cursor, most: i64) -> Result<bool, StoreError> {
        let sql = Sql::Pair {
            sqlite: "SELECT COUNT(*) AS count FROM (SELECT seq FROM feed \
                     WHERE seq > $2 AND +tx >= $1 LIMIT $3) missed",
            postgres: "SELECT COUNT(*) AS count FROM (SELECT seq FROM feed \
                       WHERE (tx, seq) > ($1, $2) LIMIT $3) missed",
        };
        let params = vec![cursor.tx.into(), cursor.seq.into(), (most + 1).into()];
        Ok(self.db.query_one(sql, params).await?.int(0)? > most)
    }

    fn feed(
        &self,
        unit: &mut Unit,
        kind: FeedKind,
        conversation: Option<ConversationId>,
        item_seq: Option<i64>,
        subject: Option<[u8; 16]>,
        now: Timestamp,
    ) {
        if faults::lies_each(Lie::FeedGap, 17) {
            return;
        }
        unit.run(
            "INSERT INTO feed (at, kind, conversation_id, item_seq, ref_id) VALUES ($1, $2, $3, $4, $5)",
            vec![
                now.0.into(),
                kind.as_str().into(),
                opt_blob(conversation.map(ConversationId::bytes)),
                opt_int(item_seq),
                opt_blob(subject),
            ],
        );
    }

    /// Tells of the item that was just appended to the conversation.
    pub fn feed_appended(
        &self,
        unit: &mut Unit,
        kind: FeedKind,
        conversation: ConversationId,
        item: [u8; 16],
        now: Timestamp,
    ) {
        unit.run(
            "INSERT INTO feed (at, kind, conversation_id, item_seq, ref_id) \
             VALUES ($1, $2, $3, (SELECT last_seq FROM conversation WHERE id = $3), $4)",
            vec![
                now.0.into(),
                kind.as_str().into(),
                blob(conversation.bytes()),
                blob(item),
            ],
        );
    }

    /// Tells of a change to an item that is already there.
    pub fn feed_item(
        &self,
        unit: &mut Unit,
        conversation: ConversationId,
        item_seq: i64,
        item: [u8; 16],
        now: Timestamp,
    ) {
        self.feed(
            unit,
            FeedKind::MessageUpdated,
            Some(conversation),
            Some(item_seq),
            Some(item),
            now,
        );
    }

    pub fn feed_conversation(
        &self,
        unit: &mut Unit,
        kind: FeedKind,
        conversation: ConversationId,
        now: Timestamp,
    ) {
        self.feed(unit, kind, Some(conversation), None, None, now);
    }

    pub fn feed_subject(&self, unit: &mut Unit, kind: FeedKind, subject: [u8; 16], now: Timestamp) {
        self.feed(unit, kind, None, None, Some(subject), now);
    }

    /// Conversations of a contact, for events about the contact.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn conversations_of(
        &self,
        contact: domain::ContactId,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let sql = "SELECT id FROM conversation WHERE contact_id = $1 ORDER BY created_at LIMIT 200";
        let rows = self.db.query(sql, vec![blob(contact.bytes())]).await?;
        rows.iter()
            .map(|row| Ok(ConversationId::from_bytes(id16(row, 0)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_travel_as_text() {
        let cursor = Cursor {
            tx: 771,
            seq: 4_096,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "1", "1.", ".1", "x.1", "-1.1", "1.1.1", "+1.1"] {
            assert_eq!(bad.parse::<Cursor>(), Err(InvalidCursor), "{bad}");
        }
    }
}
