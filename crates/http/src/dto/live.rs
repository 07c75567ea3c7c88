//! Frames of the live sockets. Every event carries the whole object as it is now, so applying it
//! is an upsert and applying it twice changes nothing.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ContactDto, ConversationDto, TimelineItemDto, words};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiveEvent)]
pub struct LiveEventDto {
    pub seq: i64,
    pub at: String,
    /// conversation.created, conversation.updated, message.created, message.updated,
    /// note.created, activity.created, contact.updated, channel.updated
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<TimelineItemDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactDto>,
}

/// What the server sends: events with the cursor behind them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LiveFrame)]
pub struct LiveFrame {
    pub cursor: String,
    pub events: Vec<LiveEventDto>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatConversation)]
pub struct ChatConversationDto {
    pub id: String,
    #[schema(value_type = words::StatusWord)]
    pub status: String,
    /// The team has seen everything up to this number.
    pub team_read_seq: i64,
    pub last_seq: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatEvent)]
pub struct ChatEventDto {
    pub seq: i64,
    pub at: String,
    /// message.created, message.updated, conversation.updated
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ChatConversationDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<TimelineItemDto>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatFrame)]
pub struct ChatFrame {
    pub cursor: String,
    pub events: Vec<ChatEventDto>,
}

impl ChatConversationDto {
    #[must_use]
    pub fn of(conversation: &store::Conversation) -> Self {
        Self {
            id: conversation.id.to_string(),
            status: conversation.state.status.as_str().to_owned(),
            team_read_seq: conversation.team_read_seq,
            last_seq: conversation.last_seq,
        }
    }
}
