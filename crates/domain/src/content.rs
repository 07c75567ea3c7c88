//! What a message carries, in words no channel owns.

use crate::channel::MediaKind;
use crate::ids::{AttachmentId, MessageId};
use crate::pii::Pii;

/// A message's content as it is stored. Attachments have rows of their own and are named by id.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content {
    pub text: Option<Pii<String>>,
    pub quote: Option<Quote>,
    pub choices: Option<Choices>,
    pub card: Option<Card>,
    pub template: Option<TemplateUse>,
    pub forwarded: bool,
}

/// What a message answers to: ours if we know it, else only the provider's id.
#[derive(Clone, PartialEq, Eq)]
pub struct Quote {
    pub message_id: Option<MessageId>,
    pub provider_id: Option<Pii<String>>,
    /// A short copy of the quoted text, so that the quote still reads when the source is gone.
    pub text: Option<Pii<String>>,
    /// Who wrote it, if it was a teammate.
    pub author_name: Option<Pii<String>>,
}

/// Answers offered to the contact as taps.
#[derive(Clone, PartialEq, Eq)]
pub enum Choices {
    Buttons(Vec<Choice>),
    List {
        open: String,
        sections: Vec<Section>,
    },
}

#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    pub title: Option<String>,
    pub rows: Vec<Choice>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Choice {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
}

/// Structured content that is not text: drawn as a card, with a text form for every channel.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    pub kind: CardKind,
    /// Label (a catalogue key or the provider's word) and value, top to bottom.
    pub lines: Vec<(String, Pii<String>)>,
    pub url: Option<Pii<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardKind {
    Location,
    Contacts,
    Order,
    /// The contact tapped a button, a list row, a flow or a permission request.
    Choice,
    /// The contact came through an advertisement or a shared link.
    Referral,
    Template,
    /// The provider could not or would not hand us the content.
    Unsupported,
    System,
}

impl CardKind {
    pub const ALL: [Self; 8] = [
        Self::Location,
        Self::Contacts,
        Self::Order,
        Self::Choice,
        Self::Referral,
        Self::Template,
        Self::Unsupported,
        Self::System,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::Contacts => "contacts",
            Self::Order => "order",
            Self::Choice => "choice",
            Self::Referral => "referral",
            Self::Template => "template",
            Self::Unsupported => "unsupported",
            Self::System => "system",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A provider-approved template with its parameters filled in.
#[derive(Clone, PartialEq, Eq)]
pub struct TemplateUse {
    pub name: String,
    pub language: String,
    pub header: Vec<TemplateParameter>,
    pub body: Vec<TemplateParameter>,
    /// One entry a button that takes a parameter, with its index among the template's buttons.
    pub buttons: Vec<(u8, TemplateButton)>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct TemplateParameter {
    /// `None` for positional templates.
    pub name: Option<String>,
    pub value: TemplateValue,
}

#[derive(Clone, PartialEq, Eq)]
pub enum TemplateValue {
    Text(Pii<String>),
    /// A picture, video or file for a media header.
    Media(AttachmentId),
}

#[derive(Clone, PartialEq, Eq)]
pub enum TemplateButton {
    UrlSuffix(Pii<String>),
    QuickReply(String),
    CouponCode(String),
}

/// A template as the provider approved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub name: String,
    pub language: String,
    pub category: TemplateCategory,
    pub status: String,
    pub header: Option<TemplateHeader>,
    pub body: String,
    pub footer: Option<String>,
    pub buttons: Vec<TemplateButtonSpec>,
    /// Names for named templates, "1", "2", … for positional ones.
    pub body_parameters: Vec<String>,
    pub named: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TemplateCategory {
    Utility,
    Marketing,
    Authentication,
}

impl TemplateCategory {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utility => "utility",
            Self::Marketing => "marketing",
            Self::Authentication => "authentication",
        }
    }

    /// Unknown words are treated as the strictest category.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "utility" => Self::Utility,
            "authentication" => Self::Authentication,
            _ => Self::Marketing,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateHeader {
    Text {
        text: String,
        parameters: Vec<String>,
    },
    Media(MediaKind),
    Location,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateButtonSpec {
    pub kind: String,
    pub text: String,
    pub takes_parameter: bool,
}

impl Template {
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.status.eq_ignore_ascii_case("approved")
    }
}

/// One line that stands for a message in a list or a notification.
#[must_use]
pub fn preview(text: &str, chars_max: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    let mut space = false;
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            space = !line.is_empty();
            continue;
        }
        if space {
            line.push(' ');
            count += 1;
            space = false;
        }
        if count >= chars_max {
            line.push('…');
            return line;
        }
        line.push(character);
        count += 1;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preview_is_one_line_and_cut_by_characters() {
        assert_eq!(preview("  Guten\n\nTag  ", 20), "Guten Tag");
        assert_eq!(preview("äöüäöü", 3), "äöü…");
        assert_eq!(preview("", 3), "");
    }
}
