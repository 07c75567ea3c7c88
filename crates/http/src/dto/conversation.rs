//! Conversations as the desk's list shows them.

use domain::channel::AddressKind;
use domain::window::ReplyWindow;
use i18n::Language;
use serde::{Deserialize, Deserializer, Serialize};
use store::{Conversation, Counts, HitItem, Preview, PreviewKind};
use utoipa::ToSchema;

use super::{rfc3339, words};

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ContactRef)]
pub struct ContactRef {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AddressSummary)]
pub struct AddressSummary {
    #[schema(value_type = words::AddressKindWord)]
    pub kind: String,
    pub display: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Assignee)]
pub struct AssigneeDto {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LastMessage)]
pub struct LastMessageDto {
    #[serde(rename = "type")]
    #[schema(value_type = words::LastKindWord)]
    pub kind: String,
    /// Absent for notes.
    #[schema(value_type = Option<words::DirectionWord>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// One line.
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
    pub at: String,
    pub attachments: i64,
    /// The first file's kind.
    #[schema(value_type = Option<words::AttachmentKindWord>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_kind: Option<String>,
    #[schema(value_type = Option<words::CardKindWord>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// Its author took it back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub deleted: bool,
}

impl LastMessageDto {
    fn of(preview: &Preview) -> Self {
        Self {
            kind: match preview.kind {
                PreviewKind::Note => "note",
                PreviewKind::Inbound | PreviewKind::Outbound => "message",
            }
            .to_owned(),
            direction: match preview.kind {
                PreviewKind::Inbound => Some("inbound".to_owned()),
                PreviewKind::Outbound => Some("outbound".to_owned()),
                PreviewKind::Note => None,
            },
            text: preview.text.clone(),
            author_name: preview.author_name.clone(),
            at: rfc3339(domain::Timestamp(preview.at)),
            attachments: preview.attachments,
            attachment_kind: preview.attachment_kind.clone(),
            card: preview.card.clone(),
            deleted: preview.deleted,
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReplyWindow)]
pub struct ReplyWindowDto {
    /// none where the channel knows no window
    #[schema(value_type = words::WindowWord)]
    pub state: String,
    #[schema(required = true)]
    pub closes_at: Option<String>,
}

impl From<ReplyWindow> for ReplyWindowDto {
    fn from(window: ReplyWindow) -> Self {
        let (state, closes_at) = match window {
            ReplyWindow::Unlimited => ("none", None),
            ReplyWindow::Open { closes_at } => ("open", Some(closes_at)),
            ReplyWindow::Closed { closed_at } => ("closed", closed_at),
        };
        Self {
            state: state.to_owned(),
            closes_at: closes_at.map(rfc3339),
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub struct ConversationDto {
    pub id: String,
    pub contact: ContactRef,
    pub channel_id: String,
    #[schema(value_type = words::ChannelKindWord)]
    pub channel_kind: String,
    pub address: AddressSummary,
    /// open: our turn; waiting: the contact's turn
    #[schema(value_type = words::StatusWord)]
    pub status: String,
    #[schema(required = true)]
    pub assignee: Option<AssigneeDto>,
    #[schema(required = true)]
    pub subject: Option<String>,
    pub tags: Vec<String>,
    pub unread: i64,
    #[schema(required = true)]
    pub last_message: Option<LastMessageDto>,
    pub last_message_at: String,
    pub reply_window: ReplyWindowDto,
    #[schema(required = true)]
    pub snoozed_until: Option<String>,
    /// The number of the newest timeline item.
    pub last_seq: i64,
    /// The contact has seen everything up to this number.
    pub contact_read_seq: i64,
    /// The team has seen everything up to this number.
    pub team_read_seq: i64,
    /// Grows with every change: of two copies, the larger is the newer.
    pub version: i64,
    /// Since when the contact's data is only kept (Art. 18 GDPR): nothing of it is shown.
    #[schema(required = true)]
    pub restricted_since: Option<String>,
    /// In answers to a search: what says the words. Absent where the person was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hit: Option<HitDto>,
}

/// The newest message or note that says every word of a search.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SearchHit)]
pub struct HitDto {
    /// message or note
    #[schema(value_type = words::HitWord)]
    pub kind: String,
    pub id: String,
    /// Its number in the timeline.
    pub seq: i64,
    pub at: String,
    /// On one line, cut around the first word that was looked for.
    pub text: String,
}

impl From<&app::Snippet> for HitDto {
    fn from(snippet: &app::Snippet) -> Self {
        let (kind, id) = match snippet.item {
            HitItem::Message(id, _) => ("message", id.to_string()),
            HitItem::Note(id, _) => ("note", id.to_string()),
        };
        Self {
            kind: kind.to_owned(),
            id,
            seq: snippet.seq,
            at: rfc3339(snippet.at),
            text: snippet.text.expose().clone(),
        }
    }
}

/// Of whom nothing is shown but that there is somebody.
#[must_use]
pub fn restricted_name(id: &str, language: Language) -> String {
    let short = id[id.len() - 4..].to_uppercase();
    i18n::text(language, "contact-restricted", &[("short", &short)])
}

/// The name to show: what the contact is called, or how it is reached while nobody said a name.
#[must_use]
pub fn shown_name(conversation: &Conversation, language: Language) -> String {
    if conversation.restricted_at.is_some() {
        return restricted_name(&conversation.contact.to_string(), language);
    }
    if let Some(name) = &conversation.contact_name {
        return name.expose().clone();
    }
    match conversation.address_kind {
        AddressKind::WebVisitor => {
            let id = conversation.contact.to_string();
            let short = id[id.len() - 4..].to_uppercase();
            i18n::text(language, "contact-visitor", &[("short", &short)])
        }
        _ => shown_address(conversation).1,
    }
}

/// How the contact is known to people: by number where there is one, else by the address itself.
#[must_use]
pub fn shown_address(conversation: &Conversation) -> (AddressKind, String) {
    if conversation.restricted_at.is_some() {
        return (conversation.address_kind, String::new());
    }
    let (kind, value) = match &conversation.phone {
        Some(number) => (AddressKind::Phone, number),
        None => (conversation.address_kind, &conversation.address_value),
    };
    (kind, display(kind, value.expose()))
}

/// An address for eyes: phone numbers in groups, visitor ids not at all.
#[must_use]
pub fn display(kind: AddressKind, value: &str) -> String {
    match kind {
        AddressKind::WebVisitor => String::new(),
        AddressKind::Phone if value.starts_with('+') && value.len() > 6 => {
            let mut text = value[..3].to_owned();
            for (place, digit) in value[3..].chars().enumerate() {
                if place % 4 == 0 {
                    text.push('\u{a0}');
                }
                text.push(digit);
            }
            text
        }
        AddressKind::Phone | AddressKind::WhatsappUserId | AddressKind::WhatsappParentUserId => {
            value.to_owned()
        }
    }
}

impl ConversationDto {
    #[must_use]
    pub fn of(conversation: &Conversation, window: ReplyWindow, language: Language) -> Self {
        let (address_kind, address) = shown_address(conversation);
        let is_shown = conversation.restricted_at.is_none();
        let preview = conversation.preview.as_ref().filter(|_| is_shown);
        let tags = conversation.tags.iter().filter(|_| is_shown);
        Self {
            id: conversation.id.to_string(),
            contact: ContactRef {
                id: conversation.contact.to_string(),
                name: shown_name(conversation, language),
            },
            channel_id: conversation.channel.to_string(),
            channel_kind: conversation.channel_kind.as_str().to_owned(),
            address: AddressSummary {
                kind: address_kind.as_str().to_owned(),
                display: address,
            },
            status: conversation.state.status.as_str().to_owned(),
            assignee: conversation.state.assignee.map(|id| AssigneeDto {
                id: id.to_string(),
                name: conversation
                    .assignee_name
                    .as_ref()
                    .map(|name| name.expose().clone())
                    .unwrap_or_default(),
            }),
            subject: None,
            tags: tags.map(|tag| tag.expose().clone()).collect(),
            unread: conversation.unread,
            last_message: preview.map(LastMessageDto::of),
            last_message_at: rfc3339(conversation.last_message_at),
            reply_window: window.into(),
            snoozed_until: conversation.state.snoozed_until.map(rfc3339),
            last_seq: conversation.last_seq,
            contact_read_seq: conversation.contact_read_seq,
            team_read_seq: conversation.team_read_seq,
            version: conversation.version,
            restricted_since: conversation.restricted_at.map(rfc3339),
            hit: None,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversationCounts)]
pub struct CountsDto {
    pub mine: i64,
    pub unread_mine: i64,
    pub queue: i64,
    pub waiting: i64,
    pub snoozed: i64,
    pub done: i64,
}

impl From<Counts> for CountsDto {
    fn from(counts: Counts) -> Self {
        Self {
            mine: counts.mine,
            unread_mine: counts.unread_mine,
            queue: counts.queue,
            waiting: counts.waiting,
            snoozed: counts.snoozed,
            done: counts.done,
        }
    }
}

/// Tells "not mentioned" from "set to null".
fn mentioned<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChangeConversation)]
pub struct ChangeConversation {
    #[schema(value_type = Option<words::StatusWord>)]
    pub status: Option<String>,
    /// `null` takes the conversation from whoever has it.
    #[serde(default, deserialize_with = "mentioned")]
    #[schema(value_type = Option<String>)]
    pub assignee_id: Option<Option<String>>,
    pub snoozed_until: Option<String>,
    pub tags: Option<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_grouped_and_nothing_is_cut() {
        assert_eq!(
            display(AddressKind::Phone, "+493023125000"),
            "+49\u{a0}3023\u{a0}1250\u{a0}00"
        );
        assert_eq!(display(AddressKind::Phone, "12"), "12");
        assert_eq!(display(AddressKind::WebVisitor, "con_x"), "");
    }
}
