//! What somebody means by a message: its class, what it is for, and what is in it that matters
//! to the rules.

use crate::content::{Template, TemplateCategory};

/// Why a message is sent. Each class has its own rules on each medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum MessageClass {
    /// An answer in a conversation that the contact began.
    #[default]
    Reply,
    /// A teammate goes on with a case of one's own accord.
    FollowUp,
    /// About an order, an appointment, a delivery.
    Transactional,
    /// A breach, a recall, a change of contract.
    Security,
    /// A rating, a question about satisfaction.
    Survey,
    Marketing,
    /// Asks to confirm a consent.
    Confirmation,
    /// Confirms a withdrawal.
    WithdrawalConfirmation,
    /// The fixed text that calls into the own chat.
    Doorbell,
}

impl MessageClass {
    pub const ALL: [Self; 9] = [
        Self::Reply,
        Self::FollowUp,
        Self::Transactional,
        Self::Security,
        Self::Survey,
        Self::Marketing,
        Self::Confirmation,
        Self::WithdrawalConfirmation,
        Self::Doorbell,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::FollowUp => "follow_up",
            Self::Transactional => "transactional",
            Self::Security => "security",
            Self::Survey => "survey",
            Self::Marketing => "marketing",
            Self::Confirmation => "confirmation",
            Self::WithdrawalConfirmation => "withdrawal_confirmation",
            Self::Doorbell => "doorbell",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }

    /// Texts that nobody writes: they are the same every time and say nothing else.
    #[must_use]
    pub const fn is_fixed(self) -> bool {
        matches!(
            self,
            Self::Confirmation | Self::WithdrawalConfirmation | Self::Doorbell
        )
    }

    /// What needs a consent, an objection stops, and quiet hours are for.
    #[must_use]
    pub const fn is_advertising(self) -> bool {
        matches!(self, Self::Survey | Self::Marketing)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intent {
    pub class: MessageClass,
    /// The purpose's code, where the class needs a consent.
    pub purpose: Option<String>,
    /// It advertises, says [`super::lint::advertises`].
    pub advertises: bool,
    /// It is exactly the fixed text of its class.
    pub fixed_text: bool,
    /// It carries a free way to object, and on mail the header for it.
    pub opt_out: bool,
    /// It cannot wait for the morning: a gate changes, an appointment is today.
    pub urgent: bool,
    /// A program wrote it.
    pub by_bot: bool,
    /// Sensitive content was found, and nobody who may has let it pass.
    pub sensitive: bool,
    /// The same went to the same contact a moment ago.
    pub duplicate: bool,
}

impl Intent {
    #[must_use]
    pub fn of(class: MessageClass) -> Self {
        Self {
            class,
            fixed_text: class.is_fixed(),
            ..Self::default()
        }
    }

    /// The class it really has: a template that the provider keeps for advertising advertises,
    /// whatever somebody calls it.
    #[must_use]
    pub fn class_of(&self, template: Option<&Template>) -> MessageClass {
        match template.map(|template| template.category) {
            Some(TemplateCategory::Marketing) if self.class != MessageClass::Survey => {
                MessageClass::Marketing
            }
            _ => self.class,
        }
    }
}
