//! What a consent is for, and the rules that come with it.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant};

use crate::time::{DAY_MS, Timestamp};

pub const UNUSED_MONTHS_DEFAULT: u8 = 12;
pub const UNUSED_MONTHS_MAX: u8 = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PurposeClass {
    Marketing,
    Survey,
    /// A program may read along and draft answers.
    Assistance,
    /// Health and other special categories (Art. 9).
    Special,
    /// To be called back.
    Callback,
}

impl PurposeClass {
    pub const ALL: [Self; 5] = [
        Self::Marketing,
        Self::Survey,
        Self::Assistance,
        Self::Special,
        Self::Callback,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Survey => "survey",
            Self::Assistance => "assistance",
            Self::Special => "special",
            Self::Callback => "callback",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == text)
    }
}

/// How a consent ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// After so many months in which it was not used; never more than [`UNUSED_MONTHS_MAX`].
    Unused { months: u8 },
    /// With its first use.
    Once,
    /// So long after the conversation or the case it was given in.
    AfterCase { days: u16 },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Stable: `marketing.newsletter`.
    pub code: String,
    pub class: PurposeClass,
    /// Confirmed from the address itself before it counts.
    pub needs_confirmation: bool,
    /// Agreed to by name, apart from everything else (Art. 9(2)(a)).
    pub needs_explicit: bool,
    pub expiry: Expiry,
}

impl Purpose {
    /// A purpose with the rules of its class.
    #[must_use]
    pub fn new(code: impl Into<String>, class: PurposeClass) -> Self {
        let expiry = match class {
            PurposeClass::Marketing => Expiry::Unused {
                months: UNUSED_MONTHS_DEFAULT,
            },
            PurposeClass::Survey | PurposeClass::Callback => Expiry::Once,
            PurposeClass::Assistance => Expiry::AfterCase { days: 30 },
            PurposeClass::Special => Expiry::AfterCase { days: 0 },
        };
        Self {
            code: code.into(),
            class,
            needs_confirmation: matches!(class, PurposeClass::Marketing | PurposeClass::Survey),
            needs_explicit: class == PurposeClass::Special,
            expiry,
        }
    }

    /// When a consent that was given or last used at this instant ends, if time alone ends it.
    #[must_use]
    pub fn ends_unused(&self, since: Timestamp) -> Option<Timestamp> {
        match self.expiry {
            Expiry::Unused { months } => {
                let months = months.clamp(1, UNUSED_MONTHS_MAX);
                Some(months_after(since, i32::from(months)))
            }
            // It ends with its use; one that is never used does not last longer than any other.
            Expiry::Once => Some(months_after(since, i32::from(UNUSED_MONTHS_MAX))),
            Expiry::AfterCase { .. } => None,
        }
    }

    /// When it ends after its case ended; only some purposes belong to a case.
    #[must_use]
    pub fn ends_with_case(&self, ended: Timestamp) -> Option<Timestamp> {
        match self.expiry {
            Expiry::AfterCase { days } => Some(ended.plus_ms(i64::from(days) * DAY_MS)),
            Expiry::Unused { .. } | Expiry::Once => None,
        }
    }
}

/// Years for which the proof of a consent is kept after it was given, and after every use.
const PROOF_YEARS: i32 = 5;

pub(super) fn proof_until(since: Timestamp) -> Timestamp {
    months_after(since, 12 * PROOF_YEARS)
}

/// Calendar months later. Where the calendar ends, no time is added: what expires, expires.
fn months_after(since: Timestamp, months: i32) -> Timestamp {
    Instant::from_millisecond(since.0)
        .ok()
        .map(|instant| instant.to_zoned(TimeZone::UTC))
        .and_then(|zoned| zoned.checked_add(Span::new().try_months(months).ok()?).ok())
        .map_or(since, |zoned| Timestamp(zoned.timestamp().as_millisecond()))
}
