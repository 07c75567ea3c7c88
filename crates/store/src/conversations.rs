//! Conversations: the list, one of them, and what changes them.

use db::{Row, Value};
use domain::channel::{AddressKind, ChannelKind, ChannelState};
use domain::conversation::{State, Status};
use domain::{AddressId, ChannelId, ContactId, ConversationId, Pii, TeammateId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::contacts::ContactRow;
use crate::error::{Guard, StoreError};
use crate::page::{Page, PageRequest};
use crate::rows::{at, blob, id16, opt_at, opt_id16};
use crate::sealing::{open_bytes, open_json, seal_json};
use crate::unit::Unit;

pub struct NewConversation {
    pub id: ConversationId,
    pub contact: ContactId,
    pub channel: ChannelId,
    pub address: AddressId,
    pub now: Timestamp,
}

/// A conversation with everything a list row shows.
#[derive(Clone)]
pub struct Conversation {
    pub id: ConversationId,
    pub contact: ContactId,
    pub contact_name: Option<Pii<String>>,
    pub channel: ChannelId,
    pub channel_kind: ChannelKind,
    pub channel_state: ChannelState,
    pub address: AddressId,
    pub address_kind: AddressKind,
    pub address_value: Pii<String>,
    /// The contact's current number on this channel, where there is one. Messages may travel by a
    /// more durable address; people know each other by this one.
    pub phone: Option<Pii<String>>,
    pub state: State,
    pub assignee_name: Option<Pii<String>>,
    pub tags: Vec<Pii<String>>,
    pub last_seq: i64,
    pub unread: i64,
    pub team_read_seq: i64,
    pub contact_read_seq: i64,
    pub preview: Option<Preview>,
    pub last_message_at: Timestamp,
    pub last_inbound_at: Option<Timestamp>,
    /// The provider's id of the contact's last message: what read marks and typing answer.
    pub last_inbound_id: Option<Pii<String>>,
    pub created_at: Timestamp,
    pub version: i64,
    /// Since then the contact's data is kept, and nothing else is done with it.
    pub restricted_at: Option<Timestamp>,
}

/// What a decision about a conversation needs, without opening anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread {
    pub id: ConversationId,
    pub contact: ContactId,
    pub channel: ChannelId,
    pub address: AddressId,
    pub state: State,
    pub last_seq: i64,
    pub last_inbound_at: Option<Timestamp>,
    pub version: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewKind {
    Inbound,
    Outbound,
    Note,
}

/// The last message or note in one line.
#[derive(Clone, Serialize, Deserialize)]
pub struct Preview {
    pub kind: PreviewKind,
    pub text: String,
    pub author_name: Option<String>,
    pub attachments: i64,
    pub at: i64,
    /// The message or note it shows: when that changes, so must this.
    pub about: [u8; 16],
    /// The first file's kind, and the card's, by their words.
    #[serde(default)]
    pub attachment_kind: Option<String>,
    #[serde(default)]
    pub card: Option<String>,
    #[serde(default)]
    pub deleted: bool,
}

/// Which conversations a list shows. Empty `statuses` means all but done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    pub statuses: Vec<Status>,
    pub channel: Option<ChannelId>,
    /// `Some(None)` asks for those nobody has.
    pub assignee: Option<Option<TeammateId>>,
    pub contact: Option<ContactId>,
    /// Those that wait longest first.
    pub oldest_first: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub mine: i64,
    pub unread_mine: i64,
    pub queue: i64,
    pub waiting: i64,
    pub snoozed: i64,
    pub done: i64,
}

/// Figures above this are shown as "more": counting further costs more than it tells.
const COUNT_MAX: i64 = 1_000;

const COLUMNS: &str = "c.id, c.contact_id, c.channel_id, c.address_id, c.status, c.assignee_id, \
    c.snoozed_until, c.last_seq, c.unread, c.team_read_seq, c.contact_read_seq, c.preview, c.tags, \
    c.last_message_at, c.last_inbound_at, c.last_inbound_id, c.created_at, c.version, \
    p.sealed, a.sealed, a.kind, h.kind, h.state, t.sealed, f.id, f.sealed, p.restricted_at";
const JOINS: &str = "JOIN contact p ON p.id = c.contact_id JOIN address a ON a.id = c.address_id \
    JOIN channel h ON h.id = c.channel_id LEFT JOIN teammate t ON t.id = c.assignee_id \
    LEFT JOIN address f ON f.id = (SELECT n.id FROM address n WHERE n.contact_id = c.contact_id \
    AND n.channel_id = c.channel_id AND n.kind = 'phone' AND n.valid_to IS NULL \
    ORDER BY n.valid_from DESC, n.id DESC LIMIT 1)";

fn state_of(
    row: &Row,
    status: usize,
    assignee: usize,
    snoozed: usize,
) -> Result<State, StoreError> {
    Ok(State {
        status: Status::parse(row.text(status)?)
            .ok_or(StoreError::Corrupt("conversation.status"))?,
        assignee: opt_id16(row, assignee)?.map(TeammateId::from_bytes),
        snoozed_until: opt_at(row, snoozed)?,
    })
}

/// What nobody has and what somebody has lie in indexes of their own.
const HALVES: [&str; 2] = [" AND assignee_id IS NULL", " AND assignee_id IS NOT NULL"];

/// One walk along an index a status, or two where nothing else says which index it is; `$1` and
/// `$2` are where they begin, `$3` is how far they go. What the filter names joins `params`.
fn walks(filter: &ConversationFilter, params: &mut Vec<Value>) -> Vec<String> {
    let (beyond, order) = if filter.oldest_first {
        (">", "ASC")
    } else {
        ("<", "DESC")
    };
    let named = [
        (
            "assignee_id",
            filter.assignee.flatten().map(TeammateId::bytes),
        ),
        ("channel_id", filter.channel.map(ChannelId::bytes)),
        ("contact_id", filter.contact.map(ContactId::bytes)),
    ];
    let mut condition = String::new();
    for (column, id) in named {
        if let Some(id) = id {
            params.push(blob(id));
            condition.push_str(&format!(" AND {column} = ${}", params.len()));
        }
    }
    let halves = match (filter.assignee, condition.is_empty()) {
        (Some(None), _) => &HALVES[..1],
        (None, true) => &HALVES[..],
        _ => &[""][..],
    };
    let default = [Status::Open, Status::Waiting, Status::Snoozed];
    let statuses = if filter.statuses.is_empty() {
        &default[..]
    } else {
        &filter.statuses[..]
    };
    let mut walks = Vec::new();
    for status in statuses {
        let status = status.as_str();
        for half in halves {
            let number = walks.len();
            walks.push(format!(
                "SELECT id, last_message_at FROM (SELECT id, last_message_at FROM conversation \
                 WHERE status = '{status}'{condition}{half} \
                 AND (last_message_at, id) {beyond} ($1, $2) \
                 ORDER BY last_message_at {order}, id {order} LIMIT $3) w{number}"
            ));
        }
    }
    walks
}

impl Store {
    async fn conversation_of(&self, row: &Row) -> Result<Conversation, StoreError> {
        let id = id16(row, 0)?;
        let contact = ContactId::from_bytes(id16(row, 1)?);
        let address = id16(row, 3)?;
        let state = state_of(row, 4, 5, 6)?;
        let key = self.existing_contact_key(contact).await?;
        let person: ContactRow =
            open_json(&key, "contact.sealed", &contact.bytes(), row.blob(18)?)?;
        let value = open_bytes(&key, "address.sealed", &address, row.blob(19)?)?;
        let phone = match (opt_id16(row, 24)?, row.opt_blob(25)?) {
            (Some(number), Some(sealed)) => {
                Some(open_bytes(&key, "address.sealed", &number, sealed)?)
            }
            _ => None,
        };
        let open = |column, sealed: Option<&[u8]>| {
            sealed
                .map(|sealed| open_bytes(&key, column, &id, sealed))
                .transpose()
        };
        let preview = match row.opt_blob(11)? {
            None => None,
            Some(sealed) => Some(open_json(&key, "conversation.preview", &id, sealed)?),
        };
        let tags: Vec<String> = match row.opt_blob(12)? {
            None => Vec::new(),
            Some(sealed) => open_json(&key, "conversation.tags", &id, sealed)?,
        };
        let assignee_name = match (state.assignee, row.opt_blob(23)?) {
            (Some(id), Some(sealed)) => Some(self.teammate_name(id.bytes(), sealed).await?),
            _ => None,
        };
        let text =
            |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| StoreError::Corrupt("text"));
        Ok(Conversation {
            id: ConversationId::from_bytes(id),
            contact,
            contact_name: person.name.map(Pii::new),
            channel: ChannelId::from_bytes(id16(row, 2)?),
            channel_kind: ChannelKind::parse(row.text(21)?)
                .ok_or(StoreError::Corrupt("channel.kind"))?,
            channel_state: ChannelState::parse(row.text(22)?)
                .ok_or(StoreError::Corrupt("channel.state"))?,
            address: AddressId::from_bytes(address),
            address_kind: AddressKind::parse(row.text(20)?)
                .ok_or(StoreError::Corrupt("address.kind"))?,
            address_value: Pii::new(text(value)?),
            phone: phone.map(text).transpose()?.map(Pii::new),
            state,
            assignee_name: assignee_name.map(Pii::new),
            tags: tags.into_iter().map(Pii::new).collect(),
            last_seq: row.int(7)?,
            unread: row.int(8)?,
            team_read_seq: row.int(9)?,
            contact_read_seq: row.int(10)?,
            preview,
            last_message_at: at(row, 13)?,
            last_inbound_at: opt_at(row, 14)?,
            last_inbound_id: open("conversation.last_inbound_id", row.opt_blob(15)?)?
                .map(text)
                .transpose()?
                .map(Pii::new),
            created_at: at(row, 16)?,
            version: row.int(17)?,
            restricted_at: opt_at(row, 26)?,
        })
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM conversation c {JOINS} WHERE c.id = $1");
        match self.db.query_opt(sql, vec![blob(id.bytes())]).await? {
            None => Ok(None),
            Some(row) => self.conversation_of(&row).await.map(Some),
        }
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_thread(&self, id: ConversationId) -> Result<Option<Thread>, StoreError> {
        let sql = "SELECT id, contact_id, channel_id, address_id, status, assignee_id, \
                   snoozed_until, last_seq, last_inbound_at, version FROM conversation WHERE id = $1";
        let row = self.db.query_opt(sql, vec![blob(id.bytes())]).await?;
        row.map(|row| {
            Ok(Thread {
                id,
                contact: ContactId::from_bytes(id16(&row, 1)?),
                channel: ChannelId::from_bytes(id16(&row, 2)?),
                address: AddressId::from_bytes(id16(&row, 3)?),
                state: state_of(&row, 4, 5, 6)?,
                last_seq: row.int(7)?,
                last_inbound_at: opt_at(&row, 8)?,
                version: row.int(9)?,
            })
        })
        .transpose()
    }

    /// The contact's conversation on a channel.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lookup_conversation_of(
        &self,
        contact: ContactId,
        channel: ChannelId,
    ) -> Result<Option<ConversationId>, StoreError> {
        let sql = "SELECT id FROM conversation WHERE contact_id = $1 AND channel_id = $2";
        let row = self
            .db
            .query_opt(sql, vec![blob(contact.bytes()), blob(channel.bytes())])
            .await?;
        row.map(|row| Ok(ConversationId::from_bytes(id16(&row, 0)?)))
            .transpose()
    }

    /// Newest message first, unless asked otherwise. Each status is a walk or two along an index
    /// that stops at the page's end, so the cost does not depend on how many conversations there
    /// are.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn conversations(
        &self,
        filter: &ConversationFilter,
        page: PageRequest,
    ) -> Result<Page<Conversation>, StoreError> {
        let (order, start) = if filter.oldest_first {
            ("ASC", (i64::MIN, [0; 16]))
        } else {
            ("DESC", (i64::MAX, [0xff; 16]))
        };
        let (last, id) = page.after.unwrap_or(start);
        let mut params: Vec<Value> = vec![last.into(), blob(id), (page.limit + 1).into()];
        let walks = walks(filter, &mut params);
        let sql = format!(
            "SELECT {COLUMNS} FROM (SELECT id FROM ({}) u ORDER BY last_message_at {order}, \
             id {order} LIMIT $3) k JOIN conversation c ON c.id = k.id {JOINS} \
             ORDER BY c.last_message_at {order}, c.id {order}",
            walks.join(" UNION ALL ")
        );
        let rows = self.db.query(sql, params).await?;
        let mut conversations = Vec::with_capacity(rows.len());
        for row in &rows {
            conversations.push(self.conversation_of(row).await?);
        }
        Ok(Page::cut(conversations, page.limit, |c| {
            (c.last_message_at.0, c.id.bytes())
        }))
    }

    /// Figures for the views; each stops counting at [`COUNT_MAX`].
    ///
    /// # Errors
    /// What the engine says.
    pub async fn conversation_counts(&self, me: TeammateId) -> Result<Counts, StoreError> {
        let count = async |condition: &str, params: Vec<Value>| -> Result<i64, StoreError> {
            let sql = format!(
                "SELECT COUNT(*) AS total FROM (SELECT 1 AS one FROM conversation WHERE {condition} \
                 LIMIT {COUNT_MAX}) n"
            );
            Ok(self.db.query_one(sql, params).await?.int(0)?)
        };
        let everybodys = async |status: Status| -> Result<i64, StoreError> {
            let status = status.as_str();
            let mut total = 0;
            for half in HALVES {
                let condition = format!("status = '{status}'{half}");
                total += count(&condition, vec![]).await?;
            }
            Ok(total.min(COUNT_MAX))
        };
        let me = blob(me.bytes());
        Ok(Counts {
            mine: count(
                "assignee_id = $1 AND status IN ('open', 'waiting')",
                vec![me.clone()],
            )
            .await?,
            unread_mine: count(
                "assignee_id = $1 AND status = 'open' AND unread > 0",
                vec![me],
            )
            .await?,
            queue: count(
                "assignee_id IS NULL AND status IN ('open', 'waiting')",
                vec![],
            )
            .await?,
            waiting: everybodys(Status::Waiting).await?,
            snoozed: everybodys(Status::Snoozed).await?,
            done: everybodys(Status::Done).await?,
        })
    }

    pub fn add_conversation(&self, unit: &mut Unit, new: &NewConversation) {
        unit.run(
            "INSERT INTO conversation (id, contact_id, channel_id, address_id, status, last_seq, \
             unread, team_read_seq, contact_read_seq, last_message_at, created_at, version) \
             VALUES ($1, $2, $3, $4, 'open', 0, 0, 0, 0, $5, $5, 1)",
            vec![
                blob(new.id.bytes()),
                blob(new.contact.bytes()),
                blob(new.channel.bytes()),
                blob(new.address.bytes()),
                new.now.0.into(),
            ],
        );
        unit.run(
            "UPDATE contact SET spoke = 1 WHERE id = $1",
            vec![blob(new.contact.bytes())],
        );
    }

    /// # Errors
    /// What the vault says.
    pub async fn set_tags(
        &self,
        unit: &mut Unit,
        conversation: ConversationId,
        contact: ContactId,
        tags: &[Pii<String>],
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(contact).await?;
        let plain: Vec<&String> = tags.iter().map(Pii::expose).collect();
        unit.one(
            Guard::Plain,
            "UPDATE conversation SET tags = $2, version = version + 1 WHERE id = $1",
            vec![
                blob(conversation.bytes()),
                seal_json(&key, "conversation.tags", &conversation.bytes(), &plain)?,
            ],
        );
        Ok(())
    }

    /// The team has seen everything up to `seq`. Going backwards changes nothing.
    pub fn set_team_read(&self, unit: &mut Unit, conversation: ConversationId, seq: i64) {
        unit.run(
            "UPDATE conversation SET team_read_seq = $2, version = version + 1, \
             unread = (SELECT COUNT(*) FROM message m WHERE m.conversation_id = $1 \
             AND m.seq > $2 AND m.direction = 0) \
             WHERE id = $1 AND team_read_seq < $2 AND last_seq >= $2",
            vec![blob(conversation.bytes()), seq.into()],
        );
    }

    /// The contact has seen everything up to `seq`.
    pub fn set_contact_read(&self, unit: &mut Unit, conversation: ConversationId, seq: i64) {
        unit.run(
            "UPDATE conversation SET contact_read_seq = $2, version = version + 1 \
             WHERE id = $1 AND contact_read_seq < $2 AND last_seq >= $2",
            vec![blob(conversation.bytes()), seq.into()],
        );
    }

    /// What the list shows of it changed elsewhere: watchers compare versions.
    pub fn touch_conversation(&self, unit: &mut Unit, conversation: ConversationId) {
        unit.run(
            "UPDATE conversation SET version = version + 1 WHERE id = $1",
            vec![blob(conversation.bytes())],
        );
    }

    /// The conversation continues with another address of the same contact.
    pub fn set_conversation_address(
        &self,
        unit: &mut Unit,
        conversation: ConversationId,
        address: AddressId,
    ) {
        unit.run(
            "UPDATE conversation SET address_id = $2, version = version + 1 \
             WHERE id = $1 AND address_id <> $2",
            vec![blob(conversation.bytes()), blob(address.bytes())],
        );
    }

    /// Snoozed conversations whose time has come.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn due_snoozes(
        &self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let sql = "SELECT id FROM conversation WHERE snoozed_until IS NOT NULL \
                   AND snoozed_until <= $1 ORDER BY snoozed_until LIMIT $2";
        let rows = self.db.query(sql, vec![now.0.into(), limit.into()]).await?;
        rows.iter()
            .map(|row| Ok(ConversationId::from_bytes(id16(row, 0)?)))
            .collect()
    }
}
