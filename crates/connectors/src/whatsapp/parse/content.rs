//! What a message carries: words, a file or a card. A type that is unknown, or known but empty,
//! becomes a card that says so, because a teammate must see that somebody wrote.

use super::json::Value;
use domain::Pii;
use domain::channel::MediaKind;
use domain::content::Card;
use domain::inbound::InboundMedia;

use super::wire::{pii, said, text};
use super::{cards, choice};

#[derive(Default)]
pub(super) struct Content {
    pub(super) text: Option<Pii<String>>,
    pub(super) media: Vec<InboundMedia>,
    pub(super) card: Option<Card>,
}

impl Content {
    pub(super) fn of_card(card: Card) -> Self {
        Self {
            card: Some(card),
            ..Self::default()
        }
    }
}

const MEDIA_REFERENCE_CHARS_MAX: usize = 128;

pub(super) fn read(value: &Value<'_>, message: &Value<'_>, kind: Option<&str>) -> Content {
    let known = kind.and_then(|kind| known(message, kind));
    known.unwrap_or_else(|| Content::of_card(cards::unsupported(value, message, kind)))
}

fn known(message: &Value<'_>, kind: &str) -> Option<Content> {
    let inner = message.get(kind);
    match kind {
        "text" => Some(Content {
            text: Some(pii(inner?, "body")?),
            ..Content::default()
        }),
        "image" | "video" | "audio" | "voice" | "document" | "sticker" => {
            let inner = inner?;
            Some(Content {
                text: pii(inner, "caption"),
                media: vec![media(inner, kind)?],
                card: None,
            })
        }
        "location" => cards::location(inner?).map(Content::of_card),
        "contacts" => cards::contacts(message).map(Content::of_card),
        "order" => cards::order(inner?),
        "interactive" => choice::interactive(inner?),
        "button" => choice::button(inner?),
        "request_welcome" => Some(Content::of_card(cards::welcome())),
        "system" => cards::system(inner?).map(Content::of_card),
        _ => None,
    }
}

/// The words of a changed message, wherever its type keeps them.
pub(super) fn words(message: &Value<'_>) -> Option<Pii<String>> {
    let kind = said(message, "type")?;
    let inner = message.get(&kind)?;
    match kind.as_ref() {
        "text" => pii(inner, "body"),
        _ => pii(inner, "caption"),
    }
}

fn media(inner: &Value<'_>, kind: &str) -> Option<InboundMedia> {
    let spoken = inner.get("voice").and_then(Value::as_bool) == Some(true);
    let kind = match kind {
        "image" => MediaKind::Image,
        "video" => MediaKind::Video,
        "voice" => MediaKind::Voice,
        "audio" if spoken => MediaKind::Voice,
        "audio" => MediaKind::Audio,
        "sticker" => MediaKind::Sticker,
        _ => MediaKind::File,
    };
    Some(InboundMedia {
        kind,
        reference: Pii::new(text(inner, "id").filter(|id| is_media_reference(id))?),
        mime: text(inner, "mime_type"),
        sha256: text(inner, "sha256"),
        name: pii(inner, "filename"),
    })
}

/// A media id becomes part of a URL and must not be able to bend it.
pub(in super::super) fn is_media_reference(id: &str) -> bool {
    (1..=MEDIA_REFERENCE_CHARS_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
