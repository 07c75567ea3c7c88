//! How domain words lie inside sealed values: compact JSON that only this crate reads.
//!
//! Fields are only ever added, with a default, because old rows are never rewritten.

use domain::Pii;
use domain::content::{
    Card, CardKind, Choice, Choices, Content, Quote, Section, TemplateButton, TemplateParameter,
    TemplateUse, TemplateValue,
};
use domain::{AttachmentId, MessageId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vault::{DataKey, Place};

use crate::error::StoreError;

pub(crate) fn seal_bytes(
    key: &DataKey,
    column: &'static str,
    row: &[u8],
    plain: &[u8],
) -> Result<db::Value, StoreError> {
    key.seal(Place { column, row }, plain)
        .map(db::Value::Blob)
        .map_err(|_| StoreError::Sealed(column))
}

pub(crate) fn open_bytes(
    key: &DataKey,
    column: &'static str,
    row: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, StoreError> {
    key.open(Place { column, row }, sealed)
        .map(|plain| plain.to_vec())
        .map_err(|_| StoreError::Sealed(column))
}

pub(crate) fn seal_json<T: Serialize>(
    key: &DataKey,
    column: &'static str,
    row: &[u8],
    value: &T,
) -> Result<db::Value, StoreError> {
    let plain = serde_json::to_vec(value).map_err(|_| StoreError::Corrupt(column))?;
    seal_bytes(key, column, row, &plain)
}

pub(crate) fn open_json<T: DeserializeOwned>(
    key: &DataKey,
    column: &'static str,
    row: &[u8],
    sealed: &[u8],
) -> Result<T, StoreError> {
    let plain = key
        .open(Place { column, row }, sealed)
        .map_err(|_| StoreError::Sealed(column))?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt(column))
}

pub(crate) fn text(value: Option<&Pii<String>>) -> Option<String> {
    value.map(|text| text.expose().clone())
}

/// [`Content`] at rest.
#[derive(Serialize, Deserialize, Default)]
pub(crate) struct ContentRow {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    quote: Option<QuoteRow>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    choices: Option<ChoicesRow>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    card: Option<CardRow>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    template: Option<TemplateRow>,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    forwarded: bool,
    /// The author's own id of this message.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) client_id: Option<String>,
    /// The name the author had when it wrote.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) author_name: Option<String>,
    /// Why it is sent; absent for an answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) class: Option<String>,
    /// The purpose whose consent it rests on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) purpose: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct QuoteRow {
    message: Option<[u8; 16]>,
    provider: Option<String>,
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    author_name: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ChoicesRow {
    Buttons(Vec<ChoiceRow>),
    List {
        open: String,
        sections: Vec<(Option<String>, Vec<ChoiceRow>)>,
    },
}

#[derive(Serialize, Deserialize)]
struct ChoiceRow {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    description: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct CardRow {
    kind: String,
    lines: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    url: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct TemplateRow {
    name: String,
    language: String,
    header: Vec<(Option<String>, ValueRow)>,
    body: Vec<(Option<String>, ValueRow)>,
    buttons: Vec<(u8, ButtonRow)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ValueRow {
    Text(String),
    Media([u8; 16]),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ButtonRow {
    Url(String),
    Reply(String),
    Coupon(String),
}

impl ContentRow {
    pub(crate) fn of(content: &Content) -> Self {
        Self {
            text: text(content.text.as_ref()),
            quote: content.quote.as_ref().map(|quote| QuoteRow {
                message: quote.message_id.map(MessageId::bytes),
                provider: text(quote.provider_id.as_ref()),
                text: text(quote.text.as_ref()),
                author_name: text(quote.author_name.as_ref()),
            }),
            choices: content.choices.as_ref().map(choices_row),
            card: content.card.as_ref().map(|card| CardRow {
                kind: card.kind.as_str().to_owned(),
                lines: card
                    .lines
                    .iter()
                    .map(|(l, v)| (l.clone(), v.expose().clone()))
                    .collect(),
                url: text(card.url.as_ref()),
            }),
            template: content.template.as_ref().map(template_row),
            forwarded: content.forwarded,
            client_id: None,
            author_name: None,
            class: None,
            purpose: None,
        }
    }

    pub(crate) fn into_content(self) -> Content {
        Content {
            text: self.text.map(Pii::new),
            quote: self.quote.map(|quote| Quote {
                message_id: quote.message.map(MessageId::from_bytes),
                provider_id: quote.provider.map(Pii::new),
                text: quote.text.map(Pii::new),
                author_name: quote.author_name.map(Pii::new),
            }),
            choices: self.choices.map(choices_of),
            card: self.card.map(|card| Card {
                // A kind that a newer version wrote still shows its lines.
                kind: CardKind::parse(&card.kind).unwrap_or(CardKind::Unsupported),
                lines: card
                    .lines
                    .into_iter()
                    .map(|(l, v)| (l, Pii::new(v)))
                    .collect(),
                url: card.url.map(Pii::new),
            }),
            template: self.template.map(template_of),
            forwarded: self.forwarded,
        }
    }
}

fn choice_row(choice: &Choice) -> ChoiceRow {
    ChoiceRow {
        id: choice.id.clone(),
        title: choice.title.clone(),
        description: choice.description.clone(),
    }
}

fn choice_of(row: ChoiceRow) -> Choice {
    Choice {
        id: row.id,
        title: row.title,
        description: row.description,
    }
}

fn choices_row(choices: &Choices) -> ChoicesRow {
    match choices {
        Choices::Buttons(buttons) => ChoicesRow::Buttons(buttons.iter().map(choice_row).collect()),
        Choices::List { open, sections } => ChoicesRow::List {
            open: open.clone(),
            sections: sections
                .iter()
                .map(|section| {
                    (
                        section.title.clone(),
                        section.rows.iter().map(choice_row).collect(),
                    )
                })
                .collect(),
        },
    }
}

fn choices_of(row: ChoicesRow) -> Choices {
    match row {
        ChoicesRow::Buttons(buttons) => {
            Choices::Buttons(buttons.into_iter().map(choice_of).collect())
        }
        ChoicesRow::List { open, sections } => Choices::List {
            open,
            sections: sections
                .into_iter()
                .map(|(title, rows)| Section {
                    title,
                    rows: rows.into_iter().map(choice_of).collect(),
                })
                .collect(),
        },
    }
}

fn parameter_row(parameter: &TemplateParameter) -> (Option<String>, ValueRow) {
    let value = match &parameter.value {
        TemplateValue::Text(text) => ValueRow::Text(text.expose().clone()),
        TemplateValue::Media(id) => ValueRow::Media(id.bytes()),
    };
    (parameter.name.clone(), value)
}

fn parameter_of((name, value): (Option<String>, ValueRow)) -> TemplateParameter {
    let value = match value {
        ValueRow::Text(text) => TemplateValue::Text(Pii::new(text)),
        ValueRow::Media(id) => TemplateValue::Media(AttachmentId::from_bytes(id)),
    };
    TemplateParameter { name, value }
}

fn template_row(template: &TemplateUse) -> TemplateRow {
    TemplateRow {
        name: template.name.clone(),
        language: template.language.clone(),
        header: template.header.iter().map(parameter_row).collect(),
        body: template.body.iter().map(parameter_row).collect(),
        buttons: template
            .buttons
            .iter()
            .map(|(index, button)| {
                let row = match button {
                    TemplateButton::UrlSuffix(text) => ButtonRow::Url(text.expose().clone()),
                    TemplateButton::QuickReply(payload) => ButtonRow::Reply(payload.clone()),
                    TemplateButton::CouponCode(code) => ButtonRow::Coupon(code.clone()),
                };
                (*index, row)
            })
            .collect(),
    }
}

fn template_of(row: TemplateRow) -> TemplateUse {
    TemplateUse {
        name: row.name,
        language: row.language,
        header: row.header.into_iter().map(parameter_of).collect(),
        body: row.body.into_iter().map(parameter_of).collect(),
        buttons: row
            .buttons
            .into_iter()
            .map(|(index, button)| {
                let button = match button {
                    ButtonRow::Url(text) => TemplateButton::UrlSuffix(Pii::new(text)),
                    ButtonRow::Reply(payload) => TemplateButton::QuickReply(payload),
                    ButtonRow::Coupon(code) => TemplateButton::CouponCode(code),
                };
                (index, button)
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_survives_its_rest() {
        let content = Content {
            text: Some("Guten Tag".into()),
            quote: Some(Quote {
                message_id: Some(MessageId::from_bytes([3; 16])),
                provider_id: Some("wamid.X".into()),
                text: None,
                author_name: Some("Aylin".into()),
            }),
            choices: Some(Choices::List {
                open: "Termine".into(),
                sections: vec![Section {
                    title: None,
                    rows: vec![Choice {
                        id: "t1".into(),
                        title: "Di".into(),
                        description: None,
                    }],
                }],
            }),
            card: Some(Card {
                kind: CardKind::Location,
                lines: vec![("card-location-name".into(), "Leipzig".into())],
                url: None,
            }),
            template: Some(TemplateUse {
                name: "versand".into(),
                language: "de".into(),
                header: vec![],
                body: vec![TemplateParameter {
                    name: Some("nr".into()),
                    value: TemplateValue::Text("4711".into()),
                }],
                buttons: vec![(0, TemplateButton::UrlSuffix("4711".into()))],
            }),
            forwarded: true,
        };
        let json = serde_json::to_vec(&ContentRow::of(&content)).unwrap();
        let back: ContentRow = serde_json::from_slice(&json).unwrap();
        assert!(back.into_content() == content);
        let empty: ContentRow = serde_json::from_str("{}").unwrap();
        assert!(empty.into_content() == Content::default());
    }
}
