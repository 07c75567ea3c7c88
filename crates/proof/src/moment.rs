//! Points in time as they stand in proofs: UTC, to the millisecond, each written in one way only.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970. Written `2026-11-22T09:15:00Z`, or `2026-11-22T09:15:00.250Z` when there
/// is a part of a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

/// What is not written as above, or lies outside the years 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a moment in UTC, written as 2026-11-22T09:15:00Z")]
pub struct NotAMoment;

impl Moment {
    /// The last millisecond of the year 9999, less the day that the calendar keeps for itself.
    const LAST: i64 = 253_402_207_200_999;

    /// # Errors
    /// When it lies outside the years that can be written.
    pub const fn from_milliseconds(milliseconds: i64) -> Result<Self, NotAMoment> {
        if milliseconds < 0 || milliseconds > Self::LAST {
            return Err(NotAMoment);
        }
        Ok(Self(milliseconds))
    }

    #[must_use]
    pub const fn milliseconds(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = jiff::Timestamp::from_second(self.0 / 1000).map_err(|_| fmt::Error)?;
        let text = whole.strftime("%Y-%m-%dT%H:%M:%S");
        match self.0 % 1000 {
            0 => write!(f, "{text}Z"),
            part => write!(f, "{text}.{part:03}Z"),
        }
    }
}

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let read: jiff::Timestamp = text.parse().map_err(|_| NotAMoment)?;
        let moment = Self::from_milliseconds(read.as_millisecond())?;
        // The calendar reads many spellings of one moment; a proof knows one.
        (moment.to_string() == text)
            .then_some(moment)
            .ok_or(NotAMoment)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
