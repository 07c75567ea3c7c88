//! Messages: what the contact sees, in both directions.

use db::{Row, Sql, Value};
use domain::content::Content;
use domain::delivery::{Cost, DeliveryError, DeliveryState, FailureClass};
use domain::gate::MessageClass;
use domain::{ChannelId, ContactId, ConversationId, MessageId, Pii, TeammateId, Timestamp, words};
use vault::DataKey;

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::faults::{self, Lie};
use crate::rows::{at, blob, id16, mixed, opt_at, opt_blob, opt_id16, opt_int};
use crate::sealing::{ContentRow, open_bytes, open_json, seal_bytes, seal_json};
use crate::search::Said;
use crate::sights::{Sight, seen_question};
use crate::unit::Unit;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Inbound,
    Outbound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Author {
    Contact(ContactId),
    Teammate(TeammateId),
    /// A program with a teammate's token.
    Api(TeammateId),
    /// The company, from the vendor's own app.
    Echo,
    House,
}

impl Author {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Contact(_) => "contact",
            Self::Teammate(_) => "teammate",
            Self::Api(_) => "api",
            Self::Echo => "echo",
            Self::House => "house",
        }
    }

    pub(crate) const fn id(self) -> Option<[u8; 16]> {
        match self {
            Self::Contact(id) => Some(id.bytes()),
            Self::Teammate(id) | Self::Api(id) => Some(id.bytes()),
            Self::Echo | Self::House => None,
        }
    }

    pub(crate) fn parse(kind: &str, id: Option<[u8; 16]>) -> Result<Self, StoreError> {
        match (kind, id) {
            ("contact", Some(id)) => Ok(Self::Contact(ContactId::from_bytes(id))),
            ("teammate", Some(id)) => Ok(Self::Teammate(TeammateId::from_bytes(id))),
            ("api", Some(id)) => Ok(Self::Api(TeammateId::from_bytes(id))),
            ("echo", None) => Ok(Self::Echo),
            ("house", None) => Ok(Self::House),
            _ => Err(StoreError::Corrupt("author")),
        }
    }

    #[must_use]
    pub const fn teammate(self) -> Option<TeammateId> {
        match self {
            Self::Teammate(id) | Self::Api(id) => Some(id),
            Self::Contact(_) | Self::Echo | Self::House => None,
        }
    }
}

pub struct NewMessage {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub contact: ContactId,
    pub channel: ChannelId,
    pub direction: Direction,
    pub author: Author,
    /// The name the author had when it wrote.
    pub author_name: Option<Pii<String>>,
    pub content: Content,
    pub client_id: Option<String>,
    /// The provider's time for inbound messages.
    pub at: Timestamp,
    pub now: Timestamp,
    pub provider_id: Option<Pii<String>>,
    pub attachments: i64,
    /// `None` for inbound messages.
    pub state: Option<DeliveryState>,
    pub aim: Aim,
}

/// Why a message is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aim {
    pub class: MessageClass,
    /// The purpose whose consent it rests on.
    pub purpose: Option<String>,
}

/// Something that its author wrote before under the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientWrite {
    /// It was asked for with the same body.
    pub is_same: bool,
    pub result: [u8; 16],
}

#[derive(Clone)]
pub struct StoredMessage {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    pub seq: i64,
    pub direction: Direction,
    pub author: Author,
    pub author_name: Option<Pii<String>>,
    pub content: Content,
    pub client_id: Option<String>,
    pub at: Timestamp,
    pub provider_id: Option<Pii<String>>,
    pub attachments: i64,
    pub state: Option<DeliveryState>,
    pub error: Option<DeliveryError>,
    pub cost: Option<Cost>,
    pub edited_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    pub version: i64,
    pub aim: Aim,
}

const ADD: Sql = Sql::Pair {
    sqlite: "INSERT INTO message (place, conversation_id, seq, id, channel_id, direction, \
             author_kind, author_id, sealed, at, created_at, provider_key, provider_id, \
             attachments, state, version) VALUES ((SELECT MAX(seq) FROM feed), $1, \
             (SELECT last_seq FROM conversation WHERE id = $1), $2, $3, $4, $5, $6, $7, $8, $9, \
             $10, $11, $12, $13, 1)",
    postgres: "INSERT INTO message (place, conversation_id, seq, id, channel_id, direction, \
               author_kind, author_id, sealed, at, created_at, provider_key, provider_id, \
               attachments, state, version) VALUES \
               (currval(pg_get_serial_sequence('feed', 'seq')), $1, \
               (SELECT last_seq FROM conversation WHERE id = $1), $2, $3, $4, $5, $6, $7, $8, \
               $9, $10, $11, $12, $13, 1)",
};

/// How far back a message is found by the provider's id; this bounds the walk through a
/// conversation that never ends.
const FOUND_WITHIN: i64 = 20_000;

pub(crate) const MESSAGE: &str = "SELECT m.conversation_id, m.seq, m.id, m.channel_id, m.direction, \
    m.author_kind, m.author_id, m.sealed, m.at, m.provider_id, m.attachments, m.state, \
    m.error_code, m.error_class, m.cost_category, m.cost_billable, m.edited_at, m.deleted_at, \
    m.version FROM message m";

fn class_of(text: &str) -> FailureClass {
    use FailureClass::{Account, OptedOut, Pace, Recipient, Request, Template, Transient, Window};
    [
        Pace, Transient, Window, Recipient, OptedOut, Template, Request, Account,
    ]
    .into_iter()
    .find(|class| class.as_str() == text)
    .unwrap_or(Request)
}

pub(crate) fn error_of(code: Option<&str>, class: Option<&str>) -> Option<DeliveryError> {
    code.map(|code| DeliveryError {
        code: code.to_owned(),
        class: class_of(class.unwrap_or("request")),
    })
}

/// The number as it is, unless a drill wants it to be given twice.
fn shown_number(seq: i64) -> i64 {
    let again = faults::lies(Lie::NumberReused) && seq % 5 == 0;
    seq - i64::from(again)
}

/// A class that this version does not know is no answer: nothing is sent as one by mistake.
fn class_word(word: Option<&str>) -> Result<MessageClass, StoreError> {
    let Some(word) = word else {
        return Ok(MessageClass::Reply);
    };
    MessageClass::parse(word).ok_or(StoreError::Corrupt("message.class"))
}

pub(crate) fn message_of(key: &DataKey, row: &Row) -> Result<StoredMessage, StoreError> {
    let id = id16(row, 2)?;
    let open: ContentRow = open_json(key, "message.sealed", &id, row.blob(7)?)?;
    let provider_id = row
        .opt_blob(9)?
        .map(|sealed| open_bytes(key, "message.provider_id", &id, sealed))
        .transpose()?
        .map(|bytes| String::from_utf8(bytes).map_err(|_| StoreError::Corrupt("provider_id")))
        .transpose()?;
    let state = row
        .opt_int(11)?
        .map(|rank| DeliveryState::of_rank(rank).ok_or(StoreError::Corrupt("message.state")))
        .transpose()?;
    let cost = row.opt_text(14)?.map(str::to_owned);
    let billable = row.opt_int(15)?.unwrap_or(0) != 0;
    Ok(StoredMessage {
        id: MessageId::from_bytes(id),
        conversation: ConversationId::from_bytes(id16(row, 0)?),
        channel: ChannelId::from_bytes(id16(row, 3)?),
        seq: shown_number(row.int(1)?),
        direction: if row.int(4)? == 0 {
            Direction::Inbound
        } else {
            Direction::Outbound
        },
        author: Author::parse(row.text(5)?, opt_id16(row, 6)?)?,
        author_name: open.author_name.clone().map(Pii::new),
        client_id: open.client_id.clone(),
        aim: Aim {
            class: class_word(open.class.as_deref())?,
            purpose: open.purpose.clone(),
        },
        content: open.into_content(),
        at: at(row, 8)?,
        provider_id: provider_id.map(Pii::new),
        attachments: row.int(10)?,
        state,
        error: error_of(row.opt_text(12)?, row.opt_text(13)?),
        cost: cost.map(|category| Cost { billable, category }),
        edited_at: opt_at(row, 16)?,
        deleted_at: opt_at(row, 17)?,
        version: row.int(18)?,
    })
}

impl Store {
    /// The key under which a provider's id is found again.
    #[must_use]
    pub fn provider_key(&self, provider_id: &Pii<String>) -> [u8; 16] {
        self.ring.lookup("provider", provider_id.expose())
    }

    /// Inserts the message with the number the conversation was just given by
    /// [`Store::append`], at the place of the feed's entry that [`Store::feed_appended`] just
    /// made.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn add_message(&self, unit: &mut Unit, new: &NewMessage) -> Result<(), StoreError> {
        let key = self.ring.contact_key(new.contact).await?;
        let id = new.id.bytes();
        let mut row = ContentRow::of(&new.content);
        row.client_id.clone_from(&new.client_id);
        if faults::lies_each(Lie::WordsChanged, 13) {
            row.text = row.text.map(|text| text + "!");
        }
        row.author_name = new.author_name.as_ref().map(|name| name.expose().clone());
        let is_answer = new.aim.class == MessageClass::Reply;
        row.class = (!is_answer).then(|| new.aim.class.as_str().to_owned());
        row.purpose.clone_from(&new.aim.purpose);
        let provider_id = match &new.provider_id {
            None => Value::Null,
            Some(text) => seal_bytes(&key, "message.provider_id", &id, text.expose().as_bytes())?,
        };
        let provider_key = new.provider_id.as_ref().map(|id| self.provider_key(id));
        unit.run(
            ADD,
            vec![
                blob(new.conversation.bytes()),
                blob(id),
                blob(new.channel.bytes()),
                Value::Int(i64::from(new.direction == Direction::Outbound)),
                new.author.kind().into(),
                opt_blob(new.author.id()),
                seal_json(&key, "message.sealed", &id, &row)?,
                new.at.0.into(),
                new.now.0.into(),
                opt_blob(provider_key),
                provider_id,
                new.attachments.into(),
                opt_int(new.state.map(DeliveryState::rank)),
            ],
        );
        let words = words::of_content(&new.content);
        self.add_words(unit, Said::Message, id, new.conversation, &words);
        Ok(())
    }

    /// This inbound item was never seen before; otherwise the unit fails with [`Guard::Unseen`].
    pub fn first_sight(
        &self,
        unit: &mut Unit,
        channel: ChannelId,
        at: Timestamp,
        provider_id: &Pii<String>,
    ) {
        if faults::lies(Lie::DedupDropped) {
            return;
        }
        let (at, seen) = self.sight_of(channel, at, provider_id);
        unit.one(
            Guard::Unseen,
            "INSERT INTO dedup (at, seen) VALUES ($1, $2)",
            vec![at.into(), blob(seen)],
        );
        unit.note_sight((at, seen));
    }

    /// # Errors
    /// What the engine says.
    pub async fn was_seen(
        &self,
        channel: ChannelId,
        at: Timestamp,
        provider_id: &Pii<String>,
    ) -> Result<bool, StoreError> {
        let sight = self.sight_of(channel, at, provider_id);
        let (sql, params) = seen_question(sight);
        Ok(self.db.query_opt(sql, params).await?.is_some())
    }

    /// The same id on two channels is two items. Channel ids are fixed and the keyed hash looks
    /// like chance, so mixing them keeps keys as unlikely to meet as they were.
    pub(crate) fn sight_of(
        &self,
        channel: ChannelId,
        at: Timestamp,
        provider_id: &Pii<String>,
    ) -> Sight {
        let seen = mixed(channel, self.provider_key(provider_id));
        (at.seconds(), seen)
    }

    /// The author wrote this under its own id; the same id again is refused with
    /// [`Guard::ClientId`], and [`Store::lookup_client_write`] tells what it was.
    pub fn claim_client_id(
        &self,
        unit: &mut Unit,
        author: [u8; 16],
        client_id: &str,
        body_digest: [u8; 32],
        result: [u8; 16],
        now: Timestamp,
    ) {
        if faults::lies(Lie::ClientIdDropped) {
            return;
        }
        unit.one(
            Guard::ClientId,
            "INSERT INTO client_write (key, body_digest, result, at) VALUES ($1, $2, $3, $4)",
            vec![
                blob(self.client_key(author, client_id)),
                blob(self.client_body(body_digest)),
                blob(result),
                now.0.into(),
            ],
        );
    }

    fn client_key(&self, author: [u8; 16], client_id: &str) -> [u8; 16] {
        let author: String = author.iter().map(|byte| format!("{byte:02x}")).collect();
        self.ring.lookup("client", &format!("{author}:{client_id}"))
    }

    /// Keyed, because a plain digest of a short text tells the text to who tries a few.
    fn client_body(&self, digest: [u8; 32]) -> [u8; 16] {
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.ring.lookup("client-body", &digest)
    }

    /// What was written under this id: the result, and whether it was asked for with the body of
    /// this digest.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lookup_client_write(
        &self,
        author: [u8; 16],
        client_id: &str,
        body_digest: [u8; 32],
    ) -> Result<Option<ClientWrite>, StoreError> {
        let sql = "SELECT body_digest, result FROM client_write WHERE key = $1";
        let row = self
            .db
            .query_opt(sql, vec![blob(self.client_key(author, client_id))])
            .await?;
        row.map(|row| {
            Ok(ClientWrite {
                is_same: row.blob(0)? == self.client_body(body_digest),
                result: id16(&row, 1)?,
            })
        })
        .transpose()
    }

    async fn one_message(&self, rows: Option<Row>) -> Result<Option<StoredMessage>, StoreError> {
        let Some(row) = rows else { return Ok(None) };
        let conversation = ConversationId::from_bytes(id16(&row, 0)?);
        let Some(thread) = self.lookup_thread(conversation).await? else {
            return Ok(None);
        };
        let key = self.existing_contact_key(thread.contact).await?;
        message_of(&key, &row).map(Some)
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_message(&self, id: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        let row = self
            .db
            .query_opt(format!("{MESSAGE} WHERE m.id = $1"), vec![blob(id.bytes())])
            .await?;
        self.one_message(row).await
    }

    /// The message of a conversation that carries the provider's id.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lookup_message_in(
        &self,
        conversation: ConversationId,
        provider_id: &Pii<String>,
    ) -> Result<Option<StoredMessage>, StoreError> {
        let key = self.provider_key(provider_id);
        // One walk along the index of the conversation, from its newest message on: what is quoted,
        // changed or reacted to was said a moment ago.
        let sql = format!(
            "{MESSAGE} WHERE m.conversation_id = $1 AND m.provider_key = $2 \
             AND m.seq > (SELECT last_seq FROM conversation WHERE id = $1) - {FOUND_WITHIN} \
             ORDER BY m.seq DESC LIMIT 1"
        );
        let row = self
            .db
            .query_opt(sql, vec![blob(conversation.bytes()), blob(key)])
            .await?;
        self.one_message(row).await
    }

    /// The outbound message of a channel that carries the provider's id.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lookup_outbound(
        &self,
        channel: ChannelId,
        provider_id: &Pii<String>,
    ) -> Result<Option<StoredMessage>, StoreError> {
        let key = self.provider_key(provider_id);
        let sql = format!(
            "{MESSAGE} WHERE m.channel_id = $1 AND m.provider_key = $2 AND m.direction = 1 \
             AND m.provider_key IS NOT NULL LIMIT 1"
        );
        let row = self
            .db
            .query_opt(sql, vec![blob(channel.bytes()), blob(key)])
            .await?;
        self.one_message(row).await
    }

    /// The contact changed its words. An older edit that arrives late changes nothing.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn edit_message(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        message: &StoredMessage,
        content: &Content,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(contact).await?;
        let id = message.id.bytes();
        let mut row = ContentRow::of(content);
        row.client_id.clone_from(&message.client_id);
        row.author_name = message
            .author_name
            .as_ref()
            .map(|name| name.expose().clone());
        let is_answer = message.aim.class == MessageClass::Reply;
        row.class = (!is_answer).then(|| message.aim.class.as_str().to_owned());
        row.purpose.clone_from(&message.aim.purpose);
        unit.run(
            "UPDATE message SET sealed = $2, edited_at = $3, version = version + 1 \
             WHERE id = $1 AND deleted_at IS NULL AND (edited_at IS NULL OR edited_at <= $3)",
            vec![
                blob(id),
                seal_json(&key, "message.sealed", &id, &row)?,
                at.0.into(),
            ],
        );
        self.change_words(unit, message, &words::of_content(content), at);
        Ok(())
    }

    /// The contact took its message back: the content goes, the place stays.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn delete_message(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        message: MessageId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(contact).await?;
        let id = message.bytes();
        let empty = ContentRow::of(&Content::default());
        unit.run(
            "UPDATE message SET sealed = $2, deleted_at = $3, attachments = 0, version = version + 1 \
             WHERE id = $1 AND deleted_at IS NULL",
            vec![
                blob(id),
                seal_json(&key, "message.sealed", &id, &empty)?,
                at.0.into(),
            ],
        );
        self.forget_message_words(unit, id);
        // Its files become uploads that nobody sent: their bytes go with the next tidying up.
        unit.run(
            "UPDATE attachment SET message_id = NULL, created_at = 0 WHERE message_id = $1",
            vec![blob(id)],
        );
        unit.run("DELETE FROM reaction WHERE message_id = $1", vec![blob(id)]);
        Ok(())
    }

    /// Sets or (with `None`) takes back one actor's reaction.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn set_reaction(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        message: MessageId,
        by: Author,
        emoji: Option<&Pii<String>>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let actor = by.id().unwrap_or([0; 16]);
        let key = self.ring.contact_key(contact).await?;
        let row = [message.bytes(), actor].concat();
        // A reaction that was taken back stays as an empty one: an older one that arrives late
        // must not come to life again.
        let text = emoji.map_or("", |emoji| emoji.expose().as_str());
        let sealed = seal_bytes(&key, "reaction.sealed", &row, text.as_bytes())?;
        // What was taken back while the reaction was on its way bears none.
        // Contacts' wishes may come late and are told apart by their time; the team's are in the
        // order in which they are written, whatever the clock was put to.
        unit.run(
            "INSERT INTO reaction (message_id, actor_kind, actor_id, sealed, at) \
             SELECT $1, $2, $3, $4, $5 \
             WHERE EXISTS (SELECT 1 FROM message WHERE id = $1 AND deleted_at IS NULL) \
             ON CONFLICT (message_id, actor_kind, actor_id) \
             DO UPDATE SET sealed = excluded.sealed, at = excluded.at \
             WHERE reaction.at <= excluded.at OR reaction.actor_kind = 'house'",
            vec![
                blob(message.bytes()),
                by.kind().into(),
                blob(actor),
                sealed,
                at.0.into(),
            ],
        );
        unit.run(
            "UPDATE message SET version = version + 1 WHERE id = $1",
            vec![blob(message.bytes())],
        );
        Ok(())
    }
}
