//! How a consent is confirmed from the address it is for. Where the person can write to us, the
//! person writes first: then nothing of ours ever reaches a stranger.

use crate::channel::Medium;
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

/// Messages that ask for a confirmation, to one address in one day.
pub const CHALLENGES_A_DAY_MAX: u32 = 3;
/// What was never confirmed is removed so long after its time ran out.
pub(super) const LAPSED_KEPT_MS: i64 = 7 * DAY_MS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The form shows a code, and the person sends it to us.
    WritesFirst,
    /// Buttons in a conversation that the person began.
    ChatButtons,
    /// A link to a page with a button.
    MailLink,
    /// A second tap on the page that sums up.
    SecondTap,
    /// A code in a text message, typed into the page. It is unasked for, so it is off unless
    /// the company switches it on.
    TextCode,
}

/// What a confirmation proves to be the person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proves {
    Mailbox,
    /// The platform's id, and the number where there is one.
    PlatformAccount,
    Number,
    Session,
}

impl Way {
    pub const ALL: [Self; 5] = [
        Self::WritesFirst,
        Self::ChatButtons,
        Self::MailLink,
        Self::SecondTap,
        Self::TextCode,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WritesFirst => "writes_first",
            Self::ChatButtons => "chat_buttons",
            Self::MailLink => "mail_link",
            Self::SecondTap => "second_tap",
            Self::TextCode => "text_code",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }

    /// The usual way of a medium.
    #[must_use]
    pub const fn usual(medium: Medium) -> Self {
        match medium {
            Medium::OwnChat => Self::SecondTap,
            Medium::Mail => Self::MailLink,
            Medium::TemplatedChat
            | Medium::TextMessage
            | Medium::OpenChat
            | Medium::WindowedChat => Self::WritesFirst,
        }
    }

    #[must_use]
    pub const fn is_possible(self, medium: Medium) -> bool {
        match self {
            Self::SecondTap => matches!(medium, Medium::OwnChat),
            Self::MailLink => matches!(medium, Medium::Mail),
            Self::TextCode => matches!(medium, Medium::TextMessage),
            Self::WritesFirst => !matches!(medium, Medium::OwnChat | Medium::Mail),
            Self::ChatButtons => matches!(
                medium,
                Medium::OwnChat | Medium::TemplatedChat | Medium::OpenChat | Medium::WindowedChat
            ),
        }
    }

    /// Whether something leaves the house before the person has written from that address.
    #[must_use]
    pub const fn sends_first(self) -> bool {
        matches!(self, Self::MailLink | Self::TextCode)
    }

    /// How long the question stands.
    #[must_use]
    pub const fn lasts_ms(self) -> i64 {
        match self {
            Self::MailLink => 7 * DAY_MS,
            Self::TextCode => 15 * MINUTE_MS,
            Self::WritesFirst | Self::ChatButtons | Self::SecondTap => DAY_MS,
        }
    }

    #[must_use]
    pub const fn deadline(self, asked: Timestamp) -> Timestamp {
        asked.plus_ms(self.lasts_ms())
    }
}

impl Proves {
    #[must_use]
    pub const fn on(medium: Medium) -> Self {
        match medium {
            Medium::OwnChat => Self::Session,
            Medium::Mail => Self::Mailbox,
            Medium::TextMessage => Self::Number,
            Medium::TemplatedChat | Medium::OpenChat | Medium::WindowedChat => {
                Self::PlatformAccount
            }
        }
    }
}
