//! The customer's side of the own chat. A contact exists from its first tap, its conversation
//! from its first message.

use std::collections::BTreeMap;

use domain::access::Access;
use domain::channel::AddressKind;
use domain::content::{Content, preview};
use domain::delivery::DeliveryState;
use domain::inbound::{ExternalAddress, Sender};
use domain::teammate::Right;
use domain::{AttachmentId, ContactId, ConversationId, MessageId, Pii, limits};
use i18n::Language;
use store::{
    ActivityKind, Aim, Append, AttachmentState, Author, Channel, Conversation, Direction, Entry,
    FeedKind, NewAddress, NewContact, NewMessage, Preview, PreviewKind, StoredAttachment, Unit,
};
use vault::{Token, digest};

use crate::consents::Said;
use crate::identity::check_signs;
use crate::ingest::Person;
use crate::sending::{PREVIEW_CHARS, Sent, check_client_id};
use crate::{App, AppError, FieldProblem};

/// Somebody in front of the own chat, known by its cookie.
#[derive(Clone)]
pub struct ChatVisitor {
    pub contact: ContactId,
    pub entry: Entry,
}

impl ChatVisitor {
    /// The visitor may read and write its own conversation.
    #[must_use]
    pub const fn access(&self) -> Access {
        Access::own(self.contact, Right::ReadConversations)
    }
}

pub struct ChatStart {
    pub slug: String,
    pub language: Language,
    /// The version of the notice that was on the screen.
    pub notice_version: Option<i64>,
}

pub struct StartedChat {
    pub visitor: ChatVisitor,
    /// `None` when the visitor was known already.
    pub cookie: Option<Token>,
    pub conversation: Option<ConversationId>,
}

impl App {
    /// # Errors
    /// [`AppError::Unauthorized`] when the cookie is unknown or over.
    pub async fn chat_visitor(&self, cookie: &str) -> Result<ChatVisitor, AppError> {
        let unknown = AppError::Unauthorized("chat_session_over");
        let digest = digest(cookie.as_bytes());
        let Some((contact, entry)) = self.store.lookup_chat_session(digest, self.now()).await?
        else {
            return Err(unknown);
        };
        let entry = self.store.lookup_entry_by_id(entry).await?.ok_or(unknown)?;
        Ok(ChatVisitor { contact, entry })
    }

    /// Forgets this browser: its cookie is worth nothing from now on. What was written stays.
    ///
    /// # Errors
    /// What the store says.
    pub async fn end_chat_session(&self, cookie: &str) -> Result<(), AppError> {
        let mut unit = Unit::new();
        self.store
            .end_chat_session(&mut unit, digest(cookie.as_bytes()));
        Ok(self.store.commit(unit).await?)
    }

    /// Whether this contact still has a browser that may watch.
    ///
    /// # Errors
    /// What the store says.
    pub async fn chat_goes_on(&self, contact: ContactId) -> Result<bool, AppError> {
        Ok(self.store.has_chat_session(contact, self.now()).await?)
    }

    /// The visitor's conversation, once it has written.
    ///
    /// # Errors
    /// What the store says.
    pub async fn chat_conversation(
        &self,
        visitor: &ChatVisitor,
    ) -> Result<Option<Conversation>, AppError> {
        let id = self
            .store
            .lookup_conversation_of(visitor.contact, visitor.entry.channel)
            .await?;
        match id {
            None => Ok(None),
            Some(id) => Ok(self.store.lookup_conversation(id).await?),
        }
    }

    /// The first tap: a contact without a name, and a cookie that is all it needs.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an unknown entry.
    pub async fn start_chat(
        &self,
        start: &ChatStart,
        known: Option<ChatVisitor>,
    ) -> Result<StartedChat, AppError> {
        let entry = self.entry_by_slug(&start.slug).await?;
        if let Some(visitor) = known.filter(|visitor| visitor.entry.channel == entry.channel) {
            let conversation = self
                .store
                .lookup_conversation_of(visitor.contact, entry.channel)
                .await?;
            return Ok(StartedChat {
                visitor,
                cookie: None,
                conversation,
            });
        }
        let now = self.now();
        let contact = ContactId::from_bytes(self.fresh());
        let cookie = Token::from_secret("tch", self.store.ids().secret());
        let mut unit = Unit::new();
        let new = NewContact {
            id: contact,
            name: None,
            locale: Some(start.language.as_str().to_owned()),
            now,
        };
        self.store.add_contact(&mut unit, &new).await?;
        let address = NewAddress {
            id: domain::AddressId::from_bytes(self.fresh()),
            contact,
            channel: entry.channel,
            kind: AddressKind::WebVisitor,
            value: Pii::new(contact.to_string()),
            verified: false,
            now,
        };
        self.store.add_address(&mut unit, &address).await?;
        let expires_at = now.plus_ms(limits::CHAT_SESSION_LIFETIME_MS);
        let digest = digest(cookie.expose().as_bytes());
        self.store
            .add_chat_session(&mut unit, digest, contact, entry.id, now, expires_at);
        let version = match start.notice_version {
            Some(version) if self.notice(version, start.language).await.is_ok() => version,
            _ => self.store.latest_notice_version().await?,
        };
        self.store
            .notice_served(&mut unit, contact, version, start.language.as_str(), now);
        self.store.commit(unit).await?;
        let visitor = ChatVisitor { contact, entry };
        Ok(StartedChat {
            visitor,
            cookie: Some(cookie),
            conversation: None,
        })
    }

    /// A message of the customer. The same client id twice is one message.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::Conflict`] when the id was used for something else.
    pub async fn chat_write(
        &self,
        visitor: &ChatVisitor,
        client_id: &str,
        text: Option<&Pii<String>>,
        attachments: &[AttachmentId],
    ) -> Result<Sent, AppError> {
        check_chat_message(client_id, text, attachments)?;
        let body = chat_digest(text, attachments);
        let channel = self
            .channel(visitor.entry.channel)
            .await?
            .ok_or(AppError::NotFound)?;
        let author = visitor.contact.bytes();
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            let written = self
                .store
                .lookup_client_write(author, client_id, body)
                .await?;
            if let Some(written) = written {
                if !written.is_same {
                    return Err(AppError::Conflict("client_id_reused"));
                }
                let message = MessageId::from_bytes(written.result);
                let stored = self
                    .store
                    .lookup_message(message)
                    .await?
                    .ok_or(AppError::NotFound)?;
                return Ok(Sent {
                    conversation: stored.conversation,
                    message,
                    created: false,
                });
            }
            let files = self.chat_files(visitor, attachments).await?;
            let mut unit = Unit::new();
            let message = MessageId::from_bytes(self.fresh());
            self.store.claim_client_id(
                &mut unit,
                author,
                client_id,
                body,
                message.bytes(),
                self.now(),
            );
            let person = self.chat_person(&mut unit, &channel, visitor).await?;
            let written = (message, client_id, text);
            self.stage_chat_message(&mut unit, &channel, &person, written, &files)
                .await?;
            self.store.commit(unit).await?;
            Ok(Sent {
                conversation: person.conversation,
                message,
                created: true,
            })
        })
        .await
    }

    async fn chat_files(
        &self,
        visitor: &ChatVisitor,
        ids: &[AttachmentId],
    ) -> Result<Vec<StoredAttachment>, AppError> {
        let mut files = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            let unusable =
                || AppError::invalid(format!("attachments.{place}"), "attachment-unusable");
            let file = self
                .store
                .lookup_attachment(*id)
                .await?
                .ok_or_else(unusable)?;
            let mine = file.uploader == Some(visitor.contact.bytes());
            let fresh = file.message.is_none() && !ids[..place].contains(id);
            if !mine || !fresh || file.state != AttachmentState::Stored {
                return Err(unusable());
            }
            files.push(file);
        }
        Ok(files)
    }

    /// The visitor's conversation, opened now if this is its first message.
    async fn chat_person(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        visitor: &ChatVisitor,
    ) -> Result<Person, AppError> {
        let sender = Sender {
            addresses: vec![ExternalAddress {
                kind: AddressKind::WebVisitor,
                value: Pii::new(visitor.contact.to_string()),
            }],
            name: None,
            username: None,
        };
        let person = self
            .stage_person(unit, channel, &sender)
            .await?
            .ok_or(AppError::NotFound)?;
        if person.opened {
            let facts = BTreeMap::from([
                ("entry".to_owned(), visitor.entry.slug.clone()),
                ("entry_title".to_owned(), visitor.entry.title.clone()),
            ]);
            self.stage_activity(unit, &person, ActivityKind::ConversationOpened, facts)
                .await?;
            if let Some(shown) = self.store.notices_served(visitor.contact).await?.last() {
                let facts = BTreeMap::from([
                    ("version".to_owned(), shown.version.to_string()),
                    ("locale".to_owned(), shown.locale.clone()),
                ]);
                self.stage_activity(unit, &person, ActivityKind::NoticeShown, facts)
                    .await?;
            }
            let kind = FeedKind::ConversationCreated;
            self.store
                .feed_conversation(unit, kind, person.conversation, self.now());
        }
        Ok(person)
    }

    async fn stage_chat_message(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        person: &Person,
        written: (MessageId, &str, Option<&Pii<String>>),
        files: &[StoredAttachment],
    ) -> Result<(), AppError> {
        let (message, client_id, text) = written;
        let now = self.now();
        let count = i64::try_from(files.len()).unwrap_or(0);
        let line = text.map_or_else(String::new, |text| preview(text.expose(), PREVIEW_CHARS));
        let preview = Preview {
            kind: PreviewKind::Inbound,
            text: line,
            author_name: None,
            attachments: count,
            at: now.0,
            about: message.bytes(),
            attachment_kind: files.first().map(|file| file.kind.as_str().to_owned()),
            card: None,
            deleted: false,
        };
        let append = Append::Inbound {
            at: now,
            provider_id: None,
            opens_window: true,
            preview: &preview,
        };
        self.store
            .append(unit, person.conversation, person.contact, &append)
            .await?;
        let new = NewMessage {
            id: message,
            conversation: person.conversation,
            contact: person.contact,
            channel: channel.id,
            direction: Direction::Inbound,
            author: Author::Contact(person.contact),
            author_name: None,
            content: Content {
                text: text.cloned(),
                ..Content::default()
            },
            client_id: Some(client_id.to_owned()),
            at: now,
            now,
            provider_id: None,
            attachments: count,
            state: None,
            aim: Aim::default(),
        };
        let kind = FeedKind::MessageCreated;
        self.store
            .feed_appended(unit, kind, person.conversation, message.bytes(), now);
        self.store.add_message(unit, &new).await?;
        for (position, file) in files.iter().enumerate() {
            let place = (person.contact, person.conversation, message);
            let position = i64::try_from(position).unwrap_or(0);
            self.store
                .place_attachment(unit, file, place, position)
                .await?;
        }
        let value = person.contact.to_string();
        let said = Said {
            text,
            tapped: None,
            provider_id: None,
            from: (AddressKind::WebVisitor, &value),
            at: now,
            is_fresh: true,
        };
        self.stage_wishes(unit, channel, person, said).await
    }

    /// The customer has seen everything up to `seq`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn chat_read(&self, visitor: &ChatVisitor, seq: i64) -> Result<(), AppError> {
        self.chat_reached(visitor, seq, DeliveryState::Read).await
    }

    /// Everything up to `seq` is on the customer's device.
    ///
    /// # Errors
    /// What the store says.
    pub async fn chat_delivered(&self, visitor: &ChatVisitor, seq: i64) -> Result<(), AppError> {
        self.chat_reached(visitor, seq, DeliveryState::Delivered)
            .await
    }

    async fn chat_reached(
        &self,
        visitor: &ChatVisitor,
        seq: i64,
        state: DeliveryState,
    ) -> Result<(), AppError> {
        /// Messages that learn their new state in one unit.
        const AT_ONCE: i64 = 50;
        let Some(conversation) = self.chat_conversation(visitor).await? else {
            return Ok(());
        };
        let seq = seq.min(conversation.last_seq);
        loop {
            let reached = self
                .store
                .undelivered_up_to(conversation.id, seq, state, AT_ONCE)
                .await?;
            let Some((_, oldest)) = reached.last().copied() else {
                break;
            };
            let now = self.now();
            let mut unit = Unit::new();
            self.store
                .join_deliveries(&mut unit, conversation.id, oldest..=seq, state);
            for (message, seq) in reached.iter().rev() {
                self.store
                    .feed_item(&mut unit, conversation.id, *seq, message.bytes(), now);
            }
            self.store.commit(unit).await?;
        }
        if state == DeliveryState::Read && seq > conversation.contact_read_seq {
            let mut unit = Unit::new();
            self.store.set_contact_read(&mut unit, conversation.id, seq);
            let kind = FeedKind::ConversationUpdated;
            self.store
                .feed_conversation(&mut unit, kind, conversation.id, self.now());
            self.store.commit(unit).await?;
        }
        Ok(())
    }
}

fn check_chat_message(
    client_id: &str,
    text: Option<&Pii<String>>,
    attachments: &[AttachmentId],
) -> Result<(), AppError> {
    let chars = text.map_or(0, |text| text.expose().chars().count());
    let blank = text.is_none_or(|text| text.expose().trim().is_empty());
    let mut problems: Vec<FieldProblem> = check_client_id(Some(client_id)).into_iter().collect();
    if chars > limits::CHAT_TEXT_CHARS_MAX {
        problems.push(
            FieldProblem::new("text", "field-too-long").with("max", limits::CHAT_TEXT_CHARS_MAX),
        );
    }
    problems.extend(text.and_then(|text| check_signs("text", text.expose())));
    if blank && attachments.is_empty() {
        problems.push(FieldProblem::new("text", "field-required"));
    }
    if attachments.len() > limits::ATTACHMENTS_PER_MESSAGE_MAX {
        let max = limits::ATTACHMENTS_PER_MESSAGE_MAX;
        problems.push(FieldProblem::new("attachments", "field-count").with("max", max));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(problems))
    }
}

fn chat_digest(text: Option<&Pii<String>>, attachments: &[AttachmentId]) -> [u8; 32] {
    let mut bytes = text.map_or_else(Vec::new, |text| text.expose().as_bytes().to_vec());
    bytes.push(0xff);
    for id in attachments {
        bytes.extend_from_slice(&id.bytes());
    }
    digest(&bytes)
}
