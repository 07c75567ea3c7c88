//! Messages, notes and activities.

use std::collections::BTreeMap;

use domain::content::{Choices, Content};
use i18n::Language;
use serde::{Deserialize, Serialize};
use store::{
    Activity, Author, Direction, Note, Reaction, StoredAttachment, StoredMessage, TimelineItem,
};
use utoipa::ToSchema;

use super::{ReasonDto, explain_delivery, rfc3339, words};

/// For whom an item is put into words: a customer sees less than a teammate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    Desk,
    Chat,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Author)]
pub struct AuthorDto {
    #[schema(value_type = words::AuthorWord)]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl AuthorDto {
    fn of(author: Author, name: Option<&domain::Pii<String>>, viewer: Viewer) -> Self {
        let (kind, id) = match author {
            Author::Contact(id) => ("contact", Some(id.to_string())),
            Author::Teammate(id) => ("teammate", Some(id.to_string())),
            Author::Api(id) => ("api", Some(id.to_string())),
            // Sent by the company from the vendor's own app; nobody knows by whom.
            Author::Echo => ("teammate", None),
            Author::House => ("bot", None),
        };
        // A customer learns a teammate's name, and whether a person or a program wrote.
        let id = id.filter(|_| viewer == Viewer::Desk);
        Self {
            kind: kind.to_owned(),
            id,
            name: name.map(|name| name.expose().clone()),
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentDto {
    pub id: String,
    pub name: String,
    pub mime: String,
    /// Bytes; 0 while the file is pending.
    pub size: i64,
    pub url: String,
    #[schema(value_type = words::AttachmentKindWord)]
    pub kind: String,
    #[schema(value_type = words::AttachmentStateWord)]
    pub state: String,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

impl AttachmentDto {
    #[must_use]
    pub fn of(attachment: &StoredAttachment, viewer: Viewer) -> Self {
        let id = attachment.id.to_string();
        let base = match viewer {
            Viewer::Desk => "/api/v1",
            Viewer::Chat => "/chat/v1",
        };
        Self {
            url: format!("{base}/attachments/{id}/content"),
            id,
            name: attachment
                .name
                .as_ref()
                .map(|name| name.expose().clone())
                .unwrap_or_default(),
            mime: attachment.mime.clone(),
            size: attachment.size,
            kind: attachment.kind.as_str().to_owned(),
            state: attachment.state.as_str().to_owned(),
            width: attachment.width,
            height: attachment.height,
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Cost)]
pub struct CostDto {
    pub billable: bool,
    /// The provider's price category.
    pub category: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryDto {
    #[schema(value_type = words::DeliveryWord)]
    pub state: String,
    #[schema(required = true)]
    pub error: Option<ReasonDto>,
    /// What the error means for the next step; with `queued` that of the latest attempt, which
    /// will be repeated: `pace`, `transient`.
    #[schema(required = true)]
    pub error_class: Option<String>,
    #[schema(required = true)]
    pub cost: Option<CostDto>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Quote)]
pub struct QuoteDto {
    /// `null` when the quoted message is not ours to show.
    #[schema(required = true)]
    pub message_id: Option<String>,
    pub text: String,
    /// Absent when the contact wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Reaction)]
pub struct ReactionDto {
    #[schema(value_type = words::SideWord)]
    pub by: String,
    pub emoji: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ChoiceItem)]
pub struct ChoiceItem {
    pub id: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Answers offered as taps.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ChoiceSet)]
pub struct ChoiceSet {
    #[schema(value_type = words::ChoiceKindWord)]
    pub kind: String,
    /// The label that opens the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    pub items: Vec<ChoiceItem>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CardLine)]
pub struct CardLine {
    pub label: String,
    pub value: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Card)]
pub struct CardDto {
    #[schema(value_type = words::CardKindWord)]
    pub kind: String,
    pub lines: Vec<CardLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageDto {
    pub id: String,
    pub seq: i64,
    pub at: String,
    #[schema(value_type = words::DirectionWord)]
    pub direction: String,
    pub author: AuthorDto,
    #[schema(required = true)]
    pub text: Option<String>,
    pub attachments: Vec<AttachmentDto>,
    #[schema(required = true)]
    pub quote: Option<QuoteDto>,
    pub reactions: Vec<ReactionDto>,
    /// The contact's reaction.
    #[schema(required = true)]
    pub reaction: Option<String>,
    #[schema(required = true)]
    pub choices: Option<ChoiceSet>,
    #[schema(required = true)]
    pub card: Option<CardDto>,
    /// Absent for inbound messages.
    #[schema(required = true)]
    pub delivery: Option<DeliveryDto>,
    #[schema(required = true)]
    pub edited_at: Option<String>,
    #[schema(required = true)]
    pub deleted_at: Option<String>,
    /// The author's own id of it, as it was sent.
    #[schema(required = true)]
    pub client_id: Option<String>,
    pub channel_id: String,
    /// Grows with every change of this message.
    pub version: i64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Note)]
pub struct NoteDto {
    pub id: String,
    pub seq: i64,
    pub at: String,
    pub author: AuthorDto,
    pub text: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Activity)]
pub struct ActivityDto {
    pub id: String,
    pub seq: i64,
    pub at: String,
    #[schema(value_type = words::ActivityWord)]
    pub kind: String,
    #[schema(required = true)]
    pub actor: Option<AuthorDto>,
    pub data: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = TimelineItem)]
pub enum TimelineItemDto {
    Message(Box<MessageDto>),
    Note(NoteDto),
    Activity(ActivityDto),
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub struct TimelineDto {
    /// Ascending by `seq`.
    pub items: Vec<TimelineItemDto>,
    /// Newer items.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// Older items.
    #[schema(required = true)]
    pub previous_cursor: Option<String>,
}

impl TimelineItemDto {
    /// For the contact's own eyes: where a secret of a message of ours stands hidden, the secret.
    pub fn reveal(&mut self, item: &TimelineItem, app: &app::App) {
        let (Self::Message(told), TimelineItem::Message { message, .. }) = (self, item) else {
            return;
        };
        let text = told.text.as_deref();
        if let Some(text) = text.and_then(|text| app.revealed(message.id, text)) {
            told.text = Some(text);
        }
    }

    #[must_use]
    pub fn of(item: &TimelineItem, language: Language, viewer: Viewer) -> Self {
        match item {
            TimelineItem::Message {
                message,
                attachments,
                reactions,
            } => Self::Message(Box::new(message_of(
                message,
                attachments,
                reactions,
                language,
                viewer,
            ))),
            TimelineItem::Note(note) => Self::Note(note_of(note)),
            TimelineItem::Activity(activity) => Self::Activity(activity_of(activity)),
        }
    }
}

fn note_of(note: &Note) -> NoteDto {
    NoteDto {
        id: note.id.to_string(),
        seq: note.seq,
        at: rfc3339(note.at),
        author: AuthorDto::of(
            Author::Teammate(note.author),
            note.author_name.as_ref(),
            Viewer::Desk,
        ),
        text: note.text.expose().clone(),
    }
}

fn activity_of(activity: &Activity) -> ActivityDto {
    ActivityDto {
        id: activity.id.to_string(),
        seq: activity.seq,
        at: rfc3339(activity.at),
        kind: activity.kind.as_str().to_owned(),
        actor: Some(AuthorDto::of(
            activity.actor,
            activity.actor_name.as_ref(),
            Viewer::Desk,
        )),
        data: activity.facts.clone(),
    }
}

fn delivery_of(message: &StoredMessage, language: Language, viewer: Viewer) -> Option<DeliveryDto> {
    message.state.map(|state| DeliveryDto {
        state: state.as_str().to_owned(),
        error: message
            .error
            .as_ref()
            .filter(|_| viewer == Viewer::Desk)
            .map(|error| ReasonDto {
                code: error.code.clone(),
                explanation: explain_delivery(language, &error.code),
            }),
        error_class: message
            .error
            .as_ref()
            .filter(|_| viewer == Viewer::Desk)
            .map(|error| error.class.as_str().to_owned()),
        cost: message
            .cost
            .as_ref()
            .filter(|_| viewer == Viewer::Desk)
            .map(|cost| CostDto {
                billable: cost.billable,
                category: cost.category.clone(),
            }),
    })
}

fn message_of(
    message: &StoredMessage,
    attachments: &[StoredAttachment],
    reactions: &[Reaction],
    language: Language,
    viewer: Viewer,
) -> MessageDto {
    let by_contact = |reaction: &Reaction| matches!(reaction.by, Author::Contact(_));
    // A customer's own id comes back to it, a teammate's to the desk.
    let own = (viewer == Viewer::Chat) == (message.direction == Direction::Inbound);
    MessageDto {
        id: message.id.to_string(),
        seq: message.seq,
        at: rfc3339(message.at),
        direction: match message.direction {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
        }
        .to_owned(),
        author: AuthorDto::of(message.author, message.author_name.as_ref(), viewer),
        text: message
            .content
            .text
            .as_ref()
            .map(|text| text.expose().clone()),
        attachments: attachments
            .iter()
            .map(|a| AttachmentDto::of(a, viewer))
            .collect(),
        quote: message.content.quote.as_ref().map(|quote| QuoteDto {
            message_id: quote.message_id.map(|id| id.to_string()),
            text: quote
                .text
                .as_ref()
                .map(|text| text.expose().clone())
                .unwrap_or_default(),
            author_name: quote.author_name.as_ref().map(|name| name.expose().clone()),
        }),
        reactions: reactions
            .iter()
            .map(|reaction| ReactionDto {
                by: if by_contact(reaction) {
                    "contact"
                } else {
                    "teammate"
                }
                .to_owned(),
                emoji: reaction.emoji.expose().clone(),
            })
            .collect(),
        reaction: reactions
            .iter()
            .rev()
            .find(|reaction| by_contact(reaction))
            .map(|reaction| reaction.emoji.expose().clone()),
        choices: message.content.choices.as_ref().map(choices_of),
        card: card_of(&message.content, language),
        delivery: delivery_of(message, language, viewer),
        edited_at: message.edited_at.map(rfc3339),
        deleted_at: message.deleted_at.map(rfc3339),
        client_id: message.client_id.clone().filter(|_| own),
        channel_id: message.channel.to_string(),
        version: message.version,
    }
}

fn choices_of(choices: &Choices) -> ChoiceSet {
    let item = |choice: &domain::content::Choice| ChoiceItem {
        id: choice.id.clone(),
        title: choice.title.clone(),
        description: choice.description.clone(),
    };
    match choices {
        Choices::Buttons(buttons) => ChoiceSet {
            kind: "buttons".to_owned(),
            open: None,
            items: buttons.iter().map(item).collect(),
        },
        Choices::List { open, sections } => ChoiceSet {
            kind: "list".to_owned(),
            open: Some(open.clone()),
            items: sections
                .iter()
                .flat_map(|section| &section.rows)
                .map(item)
                .collect(),
        },
    }
}

/// Labels of a card are catalogue keys or the provider's own words.
fn label(language: Language, key: &str) -> String {
    if key.starts_with("card-") {
        i18n::lookup(language, key, &[] as &[(&str, &str)]).unwrap_or_default()
    } else {
        key.to_owned()
    }
}

fn card_of(content: &Content, language: Language) -> Option<CardDto> {
    if let Some(template) = &content.template {
        let values = template
            .header
            .iter()
            .chain(&template.body)
            .filter_map(|parameter| match &parameter.value {
                domain::content::TemplateValue::Text(text) => Some(CardLine {
                    label: parameter.name.clone().unwrap_or_default(),
                    value: text.expose().clone(),
                }),
                domain::content::TemplateValue::Media(_) => None,
            });
        let name = CardLine {
            label: i18n::text(language, "card-template", &[]),
            value: format!("{} ({})", template.name, template.language),
        };
        return Some(CardDto {
            kind: "template".to_owned(),
            lines: std::iter::once(name).chain(values).collect(),
            url: None,
        });
    }
    let card = content.card.as_ref()?;
    Some(CardDto {
        kind: card.kind.as_str().to_owned(),
        lines: card
            .lines
            .iter()
            .map(|(key, value)| CardLine {
                label: label(language, key),
                value: value.expose().clone(),
            })
            .collect(),
        url: card.url.as_ref().map(|url| url.expose().clone()),
    })
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = TemplateParameters)]
#[serde(default)]
pub struct TemplateParameters {
    pub header: Vec<String>,
    /// In order for positional templates, `{name: value}` pairs as `name=value` are not needed:
    /// named templates take them in the order of the template's names.
    pub body: Vec<String>,
    pub buttons: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewTemplateUse)]
pub struct NewTemplateUse {
    pub name: String,
    pub language: String,
    #[serde(default)]
    pub parameters: TemplateParameters,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewMessage)]
pub struct NewMessageDto {
    /// The author's own id, 1 to 64 of A-Z a-z 0-9 _ -: the same id twice is one message.
    pub client_id: Option<String>,
    pub text: Option<String>,
    #[serde(default)]
    pub attachments: Vec<String>,
    /// The id of the message this one answers.
    pub quote: Option<String>,
    pub template: Option<NewTemplateUse>,
    pub choices: Option<ChoiceSet>,
    /// The code of the purpose whose consent it rests on; absent for an answer.
    pub purpose: Option<String>,
}
