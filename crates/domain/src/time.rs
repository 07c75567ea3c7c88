//! An instant: milliseconds since 1970-01-01T00:00:00Z. The domain never asks what time it is.

/// Milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

pub const SECOND_MS: i64 = 1_000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

impl Timestamp {
    /// Seconds as providers send them. Some send milliseconds instead; a second count of the
    /// year 5138 or later is therefore read as milliseconds.
    #[must_use]
    pub const fn from_provider(number: i64) -> Self {
        if number > 100_000_000_000 {
            Self(number)
        } else {
            Self(number.saturating_mul(SECOND_MS))
        }
    }

    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Whole seconds since 1970: what a provider tells, however finely.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case: IN13
    #[test]
    fn provider_seconds_and_milliseconds_are_told_apart() {
        assert_eq!(
            Timestamp::from_provider(1_795_300_000),
            Timestamp(1_795_300_000_000)
        );
        assert_eq!(
            Timestamp::from_provider(1_795_300_000_123),
            Timestamp(1_795_300_000_123)
        );
    }
}
