//! A desk that follows the feed: it holds a cursor and what it was told, as a page does, and must
//! in the end know what a page knows that is opened afresh.

use std::collections::BTreeMap;

use app::{App, AppError};
use domain::access::Access;
use domain::conversation::Status;
use domain::delivery::DeliveryState;
use domain::teammate::Right;
use domain::{ConversationId, MessageId};
use store::{
    Author, Conversation, ConversationFilter, Cursor, Direction, FeedEvent, PageRequest,
    TimelineItem, TimelineRequest,
};

/// Small, so that following takes several steps.
const EVENTS_AT_ONCE: i64 = 8;
const PAGE: i64 = 100;

/// Everything about the conversations, as words that can be compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    pub conversations: BTreeMap<ConversationId, String>,
    pub items: BTreeMap<(ConversationId, i64), String>,
}

pub struct Follower {
    pub cursor: Cursor,
    pub picture: Picture,
    /// The highest state each message was seen in since a person last decided about it.
    pub states: BTreeMap<MessageId, DeliveryState>,
    /// Messages of the provider's contacts, with the provider's ids of them.
    pub inbound: BTreeMap<MessageId, String>,
    pub busy: bool,
}

impl Default for Follower {
    fn default() -> Self {
        Self {
            cursor: Cursor::START,
            picture: Picture::default(),
            states: BTreeMap::new(),
            inbound: BTreeMap::new(),
            busy: false,
        }
    }
}

/// What a stretch of the feed told, read as the live sockets read it.
#[derive(Default)]
pub struct Told {
    pub events: Vec<FeedEvent>,
    pub conversations: Vec<Conversation>,
    pub items: Vec<(ConversationId, TimelineItem)>,
    /// The desk was away for too long: this is everything, and where to go on.
    pub afresh: Option<Cursor>,
}

/// Who reads in the name of the house.
#[must_use]
pub const fn reader() -> Access {
    Access::house(Right::ReadConversations)
}

/// # Errors
/// What the house says.
pub async fn follow(app: &App, cursor: Cursor) -> Result<Told, AppError> {
    // Read first and asked afterwards: as long as the place is there, nothing behind it was removed.
    let events = app.store().feed_after(cursor, EVENTS_AT_ONCE).await?;
    let mut told = Told::default();
    if !app.store().feed_reaches(cursor).await? {
        told.afresh = Some(app.store().feed_head().await?);
        for (conversation, items) in everything(app).await? {
            let id = conversation.id;
            told.items.extend(items.into_iter().map(|item| (id, item)));
            told.conversations.push(conversation);
        }
        return Ok(told);
    }
    told.events = events;
    let mut known = Vec::new();
    for event in &told.events {
        let Some(id) = event.conversation else {
            continue;
        };
        if !known.contains(&(id, None)) {
            known.push((id, None));
            told.conversations
                .extend(app.store().lookup_conversation(id).await?);
        }
        if let Some(seq) = event.item_seq
            && !known.contains(&(id, Some(seq)))
        {
            known.push((id, Some(seq)));
            let item = app.timeline_item(&reader(), id, seq).await?;
            told.items.extend(item.map(|item| (id, item)));
        }
    }
    Ok(told)
}

/// What a page shows that is opened now.
///
/// # Errors
/// What the house says.
pub async fn everything(app: &App) -> Result<Vec<(Conversation, Vec<TimelineItem>)>, AppError> {
    let filter = ConversationFilter {
        statuses: Status::ALL.to_vec(),
        ..ConversationFilter::default()
    };
    let request = PageRequest {
        limit: PAGE,
        after: None,
    };
    let page = app.conversations(&reader(), &filter, request).await?;
    let mut all = Vec::with_capacity(page.items.len());
    for conversation in page.items {
        let mut items = Vec::new();
        let mut after = Some(0);
        while let Some(seq) = after {
            let request = TimelineRequest::After(seq);
            let page = app
                .timeline(&reader(), conversation.id, request, PAGE)
                .await?;
            items.extend(page.items);
            after = page.newer;
        }
        all.push((conversation, items));
    }
    Ok(all)
}

impl Follower {
    /// Takes in what was told. `Err` says what must not be.
    ///
    /// # Errors
    /// A sentence about the message whose state fell.
    pub fn learn(
        &mut self,
        told: &Told,
        decided: &dyn Fn(MessageId) -> bool,
    ) -> Result<(), String> {
        self.busy = false;
        if let Some(cursor) = told.afresh {
            self.picture = Picture::default();
            self.cursor = cursor;
        }
        let mut before = self.cursor;
        for event in &told.events {
            if event.cursor <= before {
                return Err(format!("event {} came after {before}", event.cursor));
            }
            before = event.cursor;
        }
        self.cursor = before;
        self.picture.draw(&told.conversations, &told.items);
        for (_, item) in &told.items {
            if let TimelineItem::Message { message, .. } = item
                && message.direction == Direction::Inbound
                && let Some(name) = &message.provider_id
            {
                self.inbound.insert(message.id, name.expose().clone());
            }
            if let TimelineItem::Message { message, .. } = item
                && let Some(state) = message.state
            {
                let known = self.states.insert(message.id, state);
                let fell = known.is_some_and(|known| known.rank() > state.rank());
                if fell && !decided(message.id) {
                    let known = known.map_or("", DeliveryState::as_str);
                    let now = state.as_str();
                    return Err(format!(
                        "message {} went from {known} to {now}",
                        message.seq
                    ));
                }
            }
        }
        Ok(())
    }
}

impl Picture {
    pub fn draw(
        &mut self,
        conversations: &[Conversation],
        items: &[(ConversationId, TimelineItem)],
    ) {
        for conversation in conversations {
            self.conversations
                .insert(conversation.id, row(conversation));
        }
        for (id, item) in items {
            self.items.insert((*id, item.seq()), words(item));
        }
    }
}

fn row(conversation: &Conversation) -> String {
    let preview = conversation.preview.as_ref();
    format!(
        "{} of {:?} until {:?}, number {}, {} unread, read to {} and {}, {:?}",
        conversation.state.status.as_str(),
        conversation.state.assignee,
        conversation.state.snoozed_until,
        conversation.last_seq,
        conversation.unread,
        conversation.team_read_seq,
        conversation.contact_read_seq,
        preview.map(|preview| (&preview.text, preview.deleted)),
    )
}

fn words(item: &TimelineItem) -> String {
    match item {
        TimelineItem::Message {
            message, reactions, ..
        } => format!(
            "message {:?} {} {:?} {}{} {:?}",
            message.id,
            message
                .content
                .text
                .as_ref()
                .map_or("", |text| text.expose().as_str()),
            message.state.map(DeliveryState::as_str),
            if message.edited_at.is_some() {
                "edited "
            } else {
                ""
            },
            if message.deleted_at.is_some() {
                "deleted"
            } else {
                ""
            },
            reactions
                .iter()
                .map(|reaction| (
                    reaction.by == Author::House,
                    reaction.emoji.expose().as_str()
                ))
                .collect::<Vec<_>>(),
        ),
        TimelineItem::Note(note) => format!("note {:?} {}", note.id, note.text.expose()),
        TimelineItem::Activity(activity) => {
            format!("{} {:?}", activity.kind.as_str(), activity.facts)
        }
    }
}
