//! Channel kinds and what each of them can carry.

use crate::delivery::DeliveryState;
use crate::recipients::Recipient;

/// The kind of a channel. A new kind is a new variant, a folder in `connectors` and a row in the
/// capability table below; nothing else knows a provider's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChannelKind {
    /// The company's own chat.
    Webchat,
    /// WhatsApp Business Platform, Cloud API.
    Whatsapp,
}

impl ChannelKind {
    pub const ALL: [Self; 2] = [Self::Webchat, Self::Whatsapp];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webchat => "webchat",
            Self::Whatsapp => "whatsapp",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    #[must_use]
    pub const fn medium(self) -> Medium {
        match self {
            Self::Webchat => Medium::OwnChat,
            Self::Whatsapp => Medium::TemplatedChat,
        }
    }

    /// Whether somebody else's server carries, and may read, what is written here.
    #[must_use]
    pub const fn is_third_party(self) -> bool {
        !matches!(self.medium(), Medium::OwnChat)
    }
}

/// What a kind of channel is to the rules about consent and sending. Rules are written for
/// these, so that no rule names a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Medium {
    /// The company's own chat and app.
    OwnChat,
    Mail,
    /// A chat that takes free text within a window, and templates outside it.
    TemplatedChat,
    /// Text messages to a telephone number.
    TextMessage,
    /// A chat without a window.
    OpenChat,
    /// A chat that takes nothing outside its window.
    WindowedChat,
}

impl Medium {
    pub const ALL: [Self; 6] = [
        Self::OwnChat,
        Self::Mail,
        Self::TemplatedChat,
        Self::TextMessage,
        Self::OpenChat,
        Self::WindowedChat,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OwnChat => "own_chat",
            Self::Mail => "mail",
            Self::TemplatedChat => "templated_chat",
            Self::TextMessage => "text_message",
            Self::OpenChat => "open_chat",
            Self::WindowedChat => "windowed_chat",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|medium| medium.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelState {
    Active,
    /// Switched off by a person: nothing leaves, what arrives is kept.
    Paused,
    /// The provider refused our credentials or the account; a person must act.
    Broken,
}

impl ChannelState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Broken => "broken",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused, Self::Broken]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// What an address is on its channel. A WhatsApp user may be known by a business-scoped user id,
/// by a phone number, or by both; the id comes first, because the number can be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressKind {
    WebVisitor,
    WhatsappUserId,
    WhatsappParentUserId,
    Phone,
}

impl AddressKind {
    pub const ALL: [Self; 4] = [
        Self::WebVisitor,
        Self::WhatsappUserId,
        Self::WhatsappParentUserId,
        Self::Phone,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebVisitor => "web_visitor",
            Self::WhatsappUserId => "whatsapp_user_id",
            Self::WhatsappParentUserId => "whatsapp_parent_user_id",
            Self::Phone => "phone",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    Image,
    Video,
    Audio,
    /// Recorded in the messenger, played inline.
    Voice,
    Sticker,
    File,
}

impl MediaKind {
    pub const ALL: [Self; 6] = [
        Self::Image,
        Self::Video,
        Self::Audio,
        Self::Voice,
        Self::Sticker,
        Self::File,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::Sticker => "sticker",
            Self::File => "file",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The kind a stored file is sent as when nobody said otherwise.
    #[must_use]
    pub fn of_mime(mime: &str) -> Self {
        match mime.split('/').next() {
            Some("image") if mime != "image/svg+xml" => Self::Image,
            Some("video") => Self::Video,
            Some("audio") => Self::Audio,
            _ => Self::File,
        }
    }
}

/// What a channel takes of one kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaRule {
    pub kind: MediaKind,
    /// Accepted MIME types; `*/*` accepts any.
    pub mimes: &'static [&'static str],
    pub max_bytes: usize,
    /// Whether text can travel with the file; otherwise it becomes a message of its own.
    pub caption: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ButtonRule {
    pub max: usize,
    pub title_chars_max: usize,
    /// Text limit of a message that carries buttons.
    pub text_chars_max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListRule {
    pub rows_max: usize,
    pub open_chars_max: usize,
    pub title_chars_max: usize,
    pub description_chars_max: usize,
}

/// How many messages a channel takes: at most `count` in `per_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    pub count: u32,
    pub per_ms: i64,
}

/// Everything the house must know about a channel kind to decide what can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    pub kind: ChannelKind,
    /// What the rules about consent and sending take it for.
    pub medium: Medium,
    pub text_chars_max: usize,
    pub caption_chars_max: usize,
    pub media: &'static [MediaRule],
    /// Files one message can carry; what is more becomes further messages.
    pub files_per_message: usize,
    pub buttons: Option<ButtonRule>,
    pub list: Option<ListRule>,
    pub quote: bool,
    pub reactions: bool,
    pub typing_out: bool,
    pub read_marks_out: bool,
    /// States the channel can report; what is missing here never arrives.
    pub receipts: &'static [DeliveryState],
    /// Hours after the contact's last message in which free text may be sent.
    pub window_hours: Option<i64>,
    pub templates: bool,
    /// A repeated send with the same id is recognised by the other side.
    pub idempotent_send: bool,
    pub pace_channel: Option<Pace>,
    pub pace_pair: Option<Pace>,
    /// Catalogue key of the sentence that says who learns what on this channel.
    pub privacy_label: &'static str,
    /// Everybody outside the company whom a message on it reaches, by name.
    pub recipients: &'static [Recipient],
}

impl Capabilities {
    #[must_use]
    pub fn media_rule(&self, kind: MediaKind, mime: &str) -> Option<&'static MediaRule> {
        self.media.iter().find(|rule| {
            rule.kind == kind
                && rule
                    .mimes
                    .iter()
                    .any(|accepted| *accepted == "*/*" || *accepted == mime)
        })
    }
}

/// The company's own chat: it is ours, so it is bounded only by what a browser handles well.
pub const WEBCHAT: Capabilities = Capabilities {
    kind: ChannelKind::Webchat,
    medium: ChannelKind::Webchat.medium(),
    text_chars_max: crate::limits::CHAT_TEXT_CHARS_MAX,
    caption_chars_max: crate::limits::CHAT_TEXT_CHARS_MAX,
    media: &[
        MediaRule {
            kind: MediaKind::Image,
            mimes: &["*/*"],
            max_bytes: crate::limits::CHAT_ATTACHMENT_MAX,
            caption: true,
        },
        MediaRule {
            kind: MediaKind::Video,
            mimes: &["*/*"],
            max_bytes: crate::limits::ATTACHMENT_MAX,
            caption: true,
        },
        MediaRule {
            kind: MediaKind::Audio,
            mimes: &["*/*"],
            max_bytes: crate::limits::CHAT_ATTACHMENT_MAX,
            caption: true,
        },
        MediaRule {
            kind: MediaKind::Voice,
            mimes: &["*/*"],
            max_bytes: crate::limits::CHAT_ATTACHMENT_MAX,
            caption: true,
        },
        MediaRule {
            kind: MediaKind::File,
            mimes: &["*/*"],
            max_bytes: crate::limits::ATTACHMENT_MAX,
            caption: true,
        },
    ],
    files_per_message: crate::limits::ATTACHMENTS_PER_MESSAGE_MAX,
    buttons: Some(ButtonRule {
        max: 10,
        title_chars_max: 60,
        text_chars_max: crate::limits::CHAT_TEXT_CHARS_MAX,
    }),
    list: None,
    quote: true,
    reactions: true,
    typing_out: true,
    read_marks_out: true,
    receipts: &[
        DeliveryState::Sent,
        DeliveryState::Delivered,
        DeliveryState::Read,
    ],
    window_hours: None,
    templates: false,
    idempotent_send: true,
    pace_channel: None,
    pace_pair: None,
    privacy_label: "channel-privacy-webchat",
    recipients: &[],
};
