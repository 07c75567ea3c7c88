//! What can happen to a consent, and why it may not.

use super::confirm::Way;
use super::notice::NoticeTerms;
use super::purpose::Purpose;
use super::state::AddressFacts;
use crate::ids::{AddressId, ChannelId, ConsentEventId, TeammateId};
use crate::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: ConsentEventId,
    pub by: Actor,
    pub what: What,
}

/// Who did it. Only the person itself can agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    Person,
    Teammate(TeammateId),
    /// The house itself: time, a callback, an import.
    House,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The person was shown a notice and asked for it.
    Requested(Request),
    /// The house asked the address to confirm.
    ChallengeIssued {
        way: Way,
        /// The fixed text without advertising, and not a second time.
        neutral: bool,
    },
    Confirmed(Answer),
    /// The code of the form arrived from the address.
    WroteCode(Answer),
    Refused,
    /// Time ran out: of a question, or of a consent nobody used.
    TimedOut,
    /// Something was sent on its ground.
    Used,
    /// A fresh act while the consent still stood.
    Renewed {
        explicit: bool,
        /// The person writes with us right now, in a conversation of its own making.
        in_conversation: bool,
    },
    /// The notice in force is another one.
    NoticeChanged,
    /// The address may be somebody else's now.
    AddressChanged,
    /// The conversation or case it was given in ended.
    CaseEnded,
    Withdrawn,
    Objected,
    Invalidated {
        second: TeammateId,
        reason_given: bool,
    },
    /// A list says so.
    Imported,
    /// What a list said was proven for this one person.
    ProofAdded(Proof),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// On this very screen or in this very message.
    pub notice_served: bool,
    pub preticked: bool,
    /// Named apart from everything else.
    pub explicit: bool,
    pub asked_by: AskedBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// A form, a switch, a wish: the person came to us.
    Person,
    /// We brought it up, in a conversation that the person began or otherwise.
    House { in_conversation: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Where it really came from.
    pub channel: ChannelId,
    pub address: AddressId,
    pub token_valid: bool,
    pub pressed: Pressed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// A button, a message, a second tap: an act.
    Button,
    /// The link was fetched, as scanners of mail do.
    LinkOnly,
}

/// What must be known of one person so that an imported consent counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    pub text: bool,
    pub act: bool,
    pub source: bool,
    /// When the person agreed.
    pub given_at: Option<Timestamp>,
    /// From the address itself.
    pub confirmation: bool,
    pub explicit: bool,
}

/// What is known of a contact's age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Age {
    #[default]
    Unknown,
    Adult,
    Minor,
    /// A parent confirmed, in an act of its own.
    MinorWithParent,
}

impl Age {
    #[must_use]
    pub const fn may_agree(self) -> bool {
        !matches!(self, Self::Minor)
    }
}

/// How the world stands when something happens to a consent.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    pub now: Timestamp,
    pub purpose: &'a Purpose,
    /// The notice in force; with an act of the person, the one that was shown.
    pub notice: &'a NoticeTerms,
    pub address: AddressFacts,
    pub age: Age,
    /// The address objected once and for all, perhaps before it was erased here.
    pub suppressed: bool,
    /// Questions that went to this address within a day.
    pub challenges_today: u32,
    /// The company switched codes by text message on.
    pub text_codes: bool,
}

/// Why an event changes nothing. The code is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the consent does not change: {}", self.as_str())]
pub enum Refusal {
    NotPossibleNow,
    TooEarly,
    NoticeNotServed,
    Preticked,
    Scope,
    /// Refused less than six months ago.
    ReaskTooEarly,
    /// After an end nobody is asked again.
    NoOutboundQuestion,
    Minor,
    ExplicitNeeded,
    NotNeutral,
    Suppressed,
    TooManyChallenges,
    WayNotPossible,
    OnlyThePerson,
    ChannelMismatch,
    AddressUnverified,
    TokenInvalid,
    ChallengeExpired,
    NeedsButton,
    OutdatedNotice,
    ConversationNeeded,
    TwoPersonsNeeded,
    ReasonNeeded,
    ProofIncomplete,
}

impl Refusal {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotPossibleNow => "not_possible_now",
            Self::TooEarly => "too_early",
            Self::NoticeNotServed => "notice_not_served",
            Self::Preticked => "preticked",
            Self::Scope => "scope",
            Self::ReaskTooEarly => "reask_too_early",
            Self::NoOutboundQuestion => "no_outbound_question",
            Self::Minor => "minor",
            Self::ExplicitNeeded => "explicit_needed",
            Self::NotNeutral => "not_neutral",
            Self::Suppressed => "suppressed",
            Self::TooManyChallenges => "too_many_challenges",
            Self::WayNotPossible => "way_not_possible",
            Self::OnlyThePerson => "only_the_person",
            Self::ChannelMismatch => "channel_mismatch",
            Self::AddressUnverified => "address_unverified",
            Self::TokenInvalid => "token_invalid",
            Self::ChallengeExpired => "challenge_expired",
            Self::NeedsButton => "needs_button",
            Self::OutdatedNotice => "outdated_notice",
            Self::ConversationNeeded => "conversation_needed",
            Self::TwoPersonsNeeded => "two_persons_needed",
            Self::ReasonNeeded => "reason_needed",
            Self::ProofIncomplete => "proof_incomplete",
        }
    }
}
