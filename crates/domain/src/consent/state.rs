//! Where a consent stands.

use super::confirm::{LAPSED_KEPT_MS, Way};
use super::notice::{NoticeMark, NoticeTerms};
use crate::channel::Medium;
use crate::ids::{AddressId, ChannelId, ConsentEventId, ContactId};
use crate::time::Timestamp;

/// What one consent is about. A consent for one channel or address says nothing of another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    pub contact: ContactId,
    /// The purpose's code.
    pub purpose: String,
    pub channel: ChannelId,
    pub address: AddressId,
}

/// Whether an address is still whose it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressState {
    Active,
    /// Another number or id: somebody else may read there.
    Changed,
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressFacts {
    pub id: AddressId,
    pub channel: ChannelId,
    pub medium: Medium,
    pub state: AddressState,
}

/// A consent that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    pub at: Timestamp,
    pub notice: NoticeMark,
    pub explicit: bool,
    pub last_used: Option<Timestamp>,
    /// `None`: time alone does not end it.
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    None,
    Requested {
        at: Timestamp,
        notice: NoticeMark,
        explicit: bool,
    },
    Pending {
        until: Timestamp,
        notice: NoticeMark,
        explicit: bool,
        way: Way,
    },
    Granted(Grant),
    Refused {
        at: Timestamp,
    },
    /// Nobody confirmed in time.
    Lapsed {
        at: Timestamp,
    },
    Outdated,
    Expired,
    Unverified,
    Withdrawn {
        at: Timestamp,
    },
    Invalidated,
    /// A list said so.
    Asserted,
}

/// A state without its details, as lists and the gate know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    None,
    Requested,
    Pending,
    Granted,
    Refused,
    Lapsed,
    Outdated,
    Expired,
    Unverified,
    Withdrawn,
    Invalidated,
    Asserted,
}

impl Status {
    pub const ALL: [Self; 12] = [
        Self::None,
        Self::Requested,
        Self::Pending,
        Self::Granted,
        Self::Refused,
        Self::Lapsed,
        Self::Outdated,
        Self::Expired,
        Self::Unverified,
        Self::Withdrawn,
        Self::Invalidated,
        Self::Asserted,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Requested => "requested",
            Self::Pending => "pending",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
            Self::Outdated => "outdated",
            Self::Expired => "expired",
            Self::Unverified => "unverified",
            Self::Withdrawn => "withdrawn",
            Self::Invalidated => "invalidated",
            Self::Asserted => "asserted",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl State {
    /// Its word as of the last event, whatever time has done to it since.
    #[must_use]
    pub const fn written(&self) -> Status {
        match self {
            Self::None => Status::None,
            Self::Requested { .. } => Status::Requested,
            Self::Pending { .. } => Status::Pending,
            Self::Granted(_) => Status::Granted,
            Self::Refused { .. } => Status::Refused,
            Self::Lapsed { .. } => Status::Lapsed,
            Self::Outdated => Status::Outdated,
            Self::Expired => Status::Expired,
            Self::Unverified => Status::Unverified,
            Self::Withdrawn { .. } => Status::Withdrawn,
            Self::Invalidated => Status::Invalidated,
            Self::Asserted => Status::Asserted,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub subject: Subject,
    pub state: State,
    /// The events that the state rests on, oldest first; a send on its ground names them.
    pub rests_on: Vec<ConsentEventId>,
    /// Until then the proof is kept, whatever becomes of the consent.
    pub proof_until: Option<Timestamp>,
}

impl Consent {
    #[must_use]
    pub const fn none(subject: Subject) -> Self {
        Self {
            subject,
            state: State::None,
            rests_on: Vec::new(),
            proof_until: None,
        }
    }

    /// Where it stands now, with everything that time, the notice in force and the address have
    /// done to it since its last event.
    #[must_use]
    pub fn status(&self, now: Timestamp, notice: &NoticeTerms, address: &AddressFacts) -> Status {
        match &self.state {
            State::Requested { at, .. } if now >= Way::WritesFirst.deadline(*at) => Status::Lapsed,
            State::Pending { until, .. } if now >= *until => Status::Lapsed,
            State::Granted(grant) => grant.status(now, notice, address),
            other => other.written(),
        }
    }

    /// When the data of a question that nobody answered is to be removed.
    #[must_use]
    pub const fn removal_due(&self) -> Option<Timestamp> {
        match self.state {
            State::Lapsed { at } => Some(at.plus_ms(LAPSED_KEPT_MS)),
            _ => None,
        }
    }
}

impl Grant {
    fn status(&self, now: Timestamp, notice: &NoticeTerms, address: &AddressFacts) -> Status {
        if self.expires_at.is_some_and(|at| now >= at) {
            Status::Expired
        } else if address.state != AddressState::Active {
            Status::Unverified
        } else if self.notice.material != notice.mark.material {
            Status::Outdated
        } else {
            Status::Granted
        }
    }
}
