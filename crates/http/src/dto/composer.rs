//! What the composer may offer.

use app::ComposerState;
use domain::channel::{Capabilities, MediaRule};
use domain::content::{Template, TemplateHeader};
use i18n::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::conversation::{shown_address, shown_name};
use super::objection::ObjectionDto;
use super::{ReasonDto, ReplyWindowDto, words};
use crate::problem::explain;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recipient)]
pub struct RecipientDto {
    pub name: String,
    pub display: String,
    #[schema(value_type = words::ChannelKindWord)]
    pub channel_kind: String,
    pub channel_name: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MediaRule)]
pub struct MediaRuleDto {
    #[schema(value_type = words::AttachmentKindWord)]
    pub kind: String,
    /// `*/*` takes any.
    pub mimes: Vec<String>,
    pub max_bytes: usize,
}

impl From<&MediaRule> for MediaRuleDto {
    fn from(rule: &MediaRule) -> Self {
        Self {
            kind: rule.kind.as_str().to_owned(),
            mimes: rule.mimes.iter().map(|mime| (*mime).to_owned()).collect(),
            max_bytes: rule.max_bytes,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ButtonRule)]
pub struct ButtonRuleDto {
    pub max: usize,
    /// Characters.
    pub title_max: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListRule)]
pub struct ListRuleDto {
    pub max_rows: usize,
    pub open_max: usize,
    pub title_max: usize,
    pub description_max: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Capabilities)]
pub struct CapabilitiesDto {
    /// Characters.
    pub text_max: usize,
    pub caption_max: usize,
    pub quote: bool,
    pub reactions: bool,
    pub typing: bool,
    pub read_marks: bool,
    pub attachments: Vec<MediaRuleDto>,
    #[schema(required = true)]
    pub buttons: Option<ButtonRuleDto>,
    #[schema(required = true)]
    pub list: Option<ListRuleDto>,
    /// Delivery states this channel can report.
    #[schema(value_type = Vec<words::DeliveryWord>)]
    pub receipts: Vec<String>,
}

impl From<&Capabilities> for CapabilitiesDto {
    fn from(able: &Capabilities) -> Self {
        Self {
            text_max: able.text_chars_max,
            caption_max: able.caption_chars_max,
            quote: able.quote,
            reactions: able.reactions,
            typing: able.typing_out,
            read_marks: able.read_marks_out,
            attachments: able.media.iter().map(MediaRuleDto::from).collect(),
            buttons: able.buttons.map(|rule| ButtonRuleDto {
                max: rule.max,
                title_max: rule.title_chars_max,
            }),
            list: able.list.map(|rule| ListRuleDto {
                max_rows: rule.rows_max,
                open_max: rule.open_chars_max,
                title_max: rule.title_chars_max,
                description_max: rule.description_chars_max,
            }),
            receipts: able
                .receipts
                .iter()
                .map(|state| state.as_str().to_owned())
                .collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateParameter)]
pub struct TemplateParameterDto {
    #[serde(rename = "where")]
    #[schema(value_type = words::PlaceWord)]
    pub place: String,
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Template)]
pub struct TemplateDto {
    pub name: String,
    pub language: String,
    /// utility, marketing, authentication
    pub category: String,
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    pub buttons: Vec<String>,
    pub parameters: Vec<TemplateParameterDto>,
}

impl From<&Template> for TemplateDto {
    fn from(template: &Template) -> Self {
        let parameter = |place: &str, name: &str| TemplateParameterDto {
            place: place.to_owned(),
            name: name.to_owned(),
        };
        let mut parameters = Vec::new();
        let header = match &template.header {
            Some(TemplateHeader::Text {
                text,
                parameters: names,
            }) => {
                parameters.extend(names.iter().map(|name| parameter("header", name)));
                Some(text.clone())
            }
            Some(TemplateHeader::Media(kind)) => {
                parameters.push(parameter("header", kind.as_str()));
                None
            }
            Some(TemplateHeader::Location) | None => None,
        };
        parameters.extend(
            template
                .body_parameters
                .iter()
                .map(|name| parameter("body", name)),
        );
        parameters.extend(
            template
                .buttons
                .iter()
                .filter(|button| button.takes_parameter)
                .map(|button| parameter("button", &button.text)),
        );
        Self {
            name: template.name.clone(),
            language: template.language.clone(),
            category: template.category.as_str().to_owned(),
            body: template.body.clone(),
            header,
            footer: template.footer.clone(),
            buttons: template
                .buttons
                .iter()
                .map(|button| button.text.clone())
                .collect(),
            parameters,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Composer)]
pub struct ComposerDto {
    pub recipient: RecipientDto,
    /// Free text may be sent now.
    pub free_text: bool,
    /// Why not, if not.
    pub reasons: Vec<ReasonDto>,
    pub reply_window: ReplyWindowDto,
    pub capabilities: CapabilitiesDto,
    pub templates: Vec<TemplateDto>,
    /// What the contact may have objected to, and nobody has cleared up yet.
    #[schema(required = true)]
    pub objection: Option<ObjectionDto>,
}

impl ComposerDto {
    #[must_use]
    pub fn of(state: &ComposerState, language: Language) -> Self {
        let conversation = &state.conversation;
        Self {
            recipient: RecipientDto {
                name: shown_name(conversation, language),
                display: shown_address(conversation).1,
                channel_kind: conversation.channel_kind.as_str().to_owned(),
                channel_name: state.channel_name.clone(),
            },
            free_text: state.reasons.is_empty(),
            reasons: state
                .reasons
                .iter()
                .map(|reason| explain(reason, language))
                .collect(),
            reply_window: state.window.into(),
            capabilities: state.capabilities.into(),
            templates: state.templates.iter().map(TemplateDto::from).collect(),
            objection: state.objection.as_ref().map(ObjectionDto::of),
        }
    }
}
