//! Events filled with what they are about, and put into words once for all who share a language.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

use app::{App, AppError, ContactView};
use axum::body::Bytes;
use domain::access::Access;
use domain::delivery::DeliveryState;
use domain::teammate::Right;
use domain::{ContactId, ConversationId};
use i18n::Language;
use store::{Conversation, Cursor, FeedEvent, FeedKind, TimelineItem};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as WireFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::dto::{
    ChatConversationDto, ChatEventDto, ChatFrame, ContactDto, ConversationDto, LiveEventDto,
    LiveFrame, TimelineItemDto, Viewer, rfc3339,
};

/// An event with everything it is about, as it is now.
pub struct Filled {
    pub event: FeedEvent,
    pub conversation: Option<Arc<Conversation>>,
    pub item: Option<Arc<TimelineItem>>,
    pub contact: Option<Arc<ContactView>>,
}

/// A stretch of the feed, ready for many sockets.
pub struct Frame {
    pub events: Vec<Filled>,
    pub cursor: Cursor,
    desk: [OnceLock<Utf8Bytes>; 2],
    desk_bytes: [OnceLock<Bytes>; 2],
}

fn place(language: Language) -> usize {
    usize::from(language == Language::En)
}

impl Frame {
    /// Fills events with what they are about; each thing is read once.
    ///
    /// # Errors
    /// What the store says.
    pub async fn fill(app: &App, events: Vec<FeedEvent>, cursor: Cursor) -> Result<Self, AppError> {
        let access = Access::house(Right::ReadConversations);
        let mut conversations: HashMap<ConversationId, Option<Arc<Conversation>>> = HashMap::new();
        let mut items: HashMap<(ConversationId, i64), Option<Arc<TimelineItem>>> = HashMap::new();
        let mut filled = Vec::with_capacity(events.len());
        for event in events {
            let mut conversation = None;
            let mut item = None;
            if let Some(id) = event.conversation {
                conversation = match conversations.entry(id) {
                    Entry::Occupied(known) => known.get().clone(),
                    Entry::Vacant(place) => {
                        let found = app.store().lookup_conversation(id).await?;
                        place.insert(found.map(Arc::new)).clone()
                    }
                };
                if let Some(seq) = event.item_seq {
                    item = match items.entry((id, seq)) {
                        Entry::Occupied(known) => known.get().clone(),
                        Entry::Vacant(place) => {
                            let found = app.timeline_item(&access, id, seq).await?;
                            place.insert(found.map(Arc::new)).clone()
                        }
                    };
                }
            }
            let contact = match (event.kind, event.subject) {
                (FeedKind::ContactUpdated, Some(id)) => app
                    .contact(&access, ContactId::from_bytes(id))
                    .await
                    .ok()
                    .map(Arc::new),
                _ => None,
            };
            filled.push(Filled {
                event,
                conversation,
                item,
                contact,
            });
        }
        Ok(Self {
            events: filled,
            cursor,
            desk: <[OnceLock<_>; 2]>::default(),
            desk_bytes: <[OnceLock<_>; 2]>::default(),
        })
    }

    /// The whole frame for the desk, written once a language.
    pub fn desk_text(&self, app: &App, language: Language) -> Utf8Bytes {
        self.desk[place(language)]
            .get_or_init(|| self.desk_text_after(app, language, None))
            .clone()
    }

    /// The same as it goes over the line, with its head: what a server sends is not masked, so these
    /// bytes are right for every socket.
    pub fn desk_bytes(&self, app: &App, language: Language) -> &Bytes {
        self.desk_bytes[place(language)].get_or_init(|| {
            let text = Bytes::from(self.desk_text(app, language));
            let frame = WireFrame::message(text, OpCode::Data(Data::Text), true);
            let mut bytes = Vec::with_capacity(frame.len());
            let written = frame.format(&mut bytes);
            written.expect("there is always room in memory");
            bytes.into()
        })
    }

    /// The frame for a socket that has seen a part of it.
    pub fn desk_text_after(
        &self,
        app: &App,
        language: Language,
        seen: Option<Cursor>,
    ) -> Utf8Bytes {
        let events = self
            .events
            .iter()
            .filter(|filled| seen.is_none_or(|seen| filled.event.cursor > seen))
            .map(|filled| desk_event(app, filled, language))
            .collect();
        text(&LiveFrame {
            cursor: self.cursor.to_string(),
            events,
        })
    }

    /// What a customer may see of it; `None` when that is nothing.
    pub fn chat_text(
        &self,
        app: &App,
        contact: ContactId,
        language: Language,
        seen: Option<Cursor>,
    ) -> Option<(Utf8Bytes, Option<i64>)> {
        let mut newest = None;
        let events: Vec<ChatEventDto> = self
            .events
            .iter()
            .filter(|filled| seen.is_none_or(|seen| filled.event.cursor > seen))
            .filter(|filled| {
                filled
                    .conversation
                    .as_ref()
                    .is_some_and(|c| c.contact == contact)
            })
            .filter_map(|filled| {
                let event = chat_event(app, filled, language)?;
                // A message may be shown before it counts as sent: what was sent by now is what has
                // reached the device, and that may be told by a later event than its creation.
                if let Some(TimelineItem::Message { message, .. }) = filled.item.as_deref()
                    && message.state == Some(DeliveryState::Sent)
                {
                    newest = newest.max(filled.event.item_seq);
                }
                Some(event)
            })
            .collect();
        if events.is_empty() {
            return None;
        }
        Some((
            text(&ChatFrame {
                cursor: self.cursor.to_string(),
                events,
            }),
            newest,
        ))
    }
}

fn text<T: serde::Serialize>(frame: &T) -> Utf8Bytes {
    serde_json::to_string(frame)
        .expect("these shapes have no map with odd keys, so they are always JSON")
        .into()
}

fn desk_event(app: &App, filled: &Filled, language: Language) -> LiveEventDto {
    let is_kept = |c: &Arc<Conversation>| c.restricted_at.is_some();
    let is_withheld = filled.conversation.as_ref().is_some_and(is_kept);
    LiveEventDto {
        seq: filled.event.seq(),
        at: rfc3339(filled.event.at),
        kind: filled.event.kind.as_str().to_owned(),
        conversation_id: filled.event.conversation.map(|id| id.to_string()),
        conversation: filled
            .conversation
            .as_ref()
            .map(|c| ConversationDto::of(c, app.window_of(c), language)),
        item: filled
            .item
            .as_ref()
            .filter(|_| !is_withheld)
            .map(|item| TimelineItemDto::of(item, language, Viewer::Desk)),
        contact: filled
            .contact
            .as_ref()
            .map(|contact| ContactDto::of(contact, language)),
    }
}

fn chat_event(app: &App, filled: &Filled, language: Language) -> Option<ChatEventDto> {
    let conversation = filled.conversation.as_ref()?;
    let (conversation, item) = match filled.event.kind {
        FeedKind::MessageCreated | FeedKind::MessageUpdated => {
            let item = filled.item.as_ref()?;
            if !matches!(**item, TimelineItem::Message { .. }) {
                return None;
            }
            let mut told = TimelineItemDto::of(item, language, Viewer::Chat);
            told.reveal(item, app);
            (None, Some(told))
        }
        FeedKind::ConversationUpdated => (Some(ChatConversationDto::of(conversation)), None),
        FeedKind::ConversationCreated
        | FeedKind::NoteCreated
        | FeedKind::ActivityCreated
        | FeedKind::ContactUpdated
        | FeedKind::ChannelUpdated
        | FeedKind::TeammateUpdated => return None,
    };
    Some(ChatEventDto {
        seq: filled.event.seq(),
        at: rfc3339(filled.event.at),
        kind: filled.event.kind.as_str().to_owned(),
        conversation,
        item,
    })
}
