//! Withdrawal in free words, and every other way to say no. Whatever sounds like an objection
//! stops advertising at once, because a pause costs nothing; only a fresh act of the person
//! starts it again.

mod fold;
mod glance;
mod phrases;
mod sentence;
#[cfg(test)]
mod tests;

pub use fold::normal;

use crate::time::{HOUR_MS, Timestamp};

/// How plainly a message says that somebody wants no advertising.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Clarity {
    /// A word that may mean the advertising, the data or a contract: the person is asked.
    Ask,
    /// An objection inside a sentence: a teammate confirms what it covers.
    Soft,
    /// The whole message is a withdrawal.
    Hard,
}

impl Clarity {
    pub const ALL: [Self; 3] = [Self::Ask, Self::Soft, Self::Hard];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }
}

/// Whether a message withdraws, in any of the languages we know, whatever the contact's own is.
#[must_use]
pub fn classify(text: &str) -> Option<Clarity> {
    let words = fold::spaced(text);
    let whole = fold::without_courtesy(&words);
    if glance::may_be_whole(whole) {
        if phrases::is_whole(whole, phrases::HARD) {
            return Some(Clarity::Hard);
        }
        if phrases::is_whole(whole, phrases::ASK) {
            return Some(Clarity::Ask);
        }
    }
    // Nearly every message ends here.
    if !glance::may_object(&words) {
        return None;
    }
    let objects = sentence::holds_objection(whole)
        || sentence::split(text).any(|part| sentence::objects(&fold::clauses(part)));
    objects.then_some(Clarity::Soft)
}

/// What told us that somebody does not, or does again, want advertising.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    Words(Clarity),
    /// The provider tells that the person switched advertising off.
    ProviderStop,
    /// The provider tells that the person switched it on again.
    ProviderResume,
    /// The button that mail programs show (RFC 8058).
    OneClick,
    /// A mail to the address for leaving a list.
    ListMail,
    /// The mail provider tells that the person reported us.
    Complaint,
    /// The person blocked us.
    Blocked,
    /// The switch on the page about one's own data.
    Toggle,
}

/// What a signal does to advertising and surveys of this company on this channel. Everything
/// else goes on, and the confirmation says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The consent is withdrawn now.
    Withdraw,
    /// Nothing leaves; a teammate decides what was meant, and after a while nobody needs to.
    PauseUntilDecided { final_at: Timestamp },
    /// Nothing leaves; the person is asked what was meant.
    PauseAndAsk,
    /// Never a consent: only a fresh act of the person is one.
    Nothing,
}

/// How long an objection inside a sentence waits for a teammate before it counts as withdrawal.
pub const SOFT_FINAL_MS: i64 = 72 * HOUR_MS;

#[must_use]
pub const fn effect(signal: Signal, now: Timestamp) -> Effect {
    match signal {
        Signal::Words(Clarity::Soft) => Effect::PauseUntilDecided {
            final_at: now.plus_ms(SOFT_FINAL_MS),
        },
        Signal::Words(Clarity::Ask) => Effect::PauseAndAsk,
        Signal::ProviderResume => Effect::Nothing,
        Signal::Words(Clarity::Hard)
        | Signal::ProviderStop
        | Signal::OneClick
        | Signal::ListMail
        | Signal::Complaint
        | Signal::Blocked
        | Signal::Toggle => Effect::Withdraw,
    }
}

/// Advertising that rests on a channel because somebody may have objected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pause {
    pub since: Timestamp,
    /// From then on it is a withdrawal; absent while the person is asked what was meant.
    pub final_at: Option<Timestamp>,
}

impl Pause {
    /// The pause of an effect that is one.
    #[must_use]
    pub const fn of(effect: Effect, now: Timestamp) -> Option<Self> {
        let final_at = match effect {
            Effect::PauseUntilDecided { final_at } => Some(final_at),
            Effect::PauseAndAsk => None,
            Effect::Withdraw | Effect::Nothing => return None,
        };
        Some(Self {
            since: now,
            final_at,
        })
    }

    /// Whether nobody decided in time, so that the consent is to be withdrawn for good.
    #[must_use]
    pub fn is_final(self, now: Timestamp) -> bool {
        self.final_at.is_some_and(|at| now >= at)
    }
}
