//! Notices when the clock of the machine is put forward or back.
//!
//! A wrong clock is usually put right soon, but what was erased because of it is gone. So nothing
//! is destroyed on the word of a clock that has just been put, or that shows a time long after
//! everything that is known, and snoozed conversations are not woken at once by a leap. Jobs know
//! by themselves how long anything may wait at most.

use std::time::Duration;

use domain::{Timestamp, time};
use tokio::time::Instant;

/// Clocks are moved by less than this all the time.
const PUT_BY_MS: i64 = 10_000;
const TRUSTED_AFTER: Duration = Duration::from_secs(60 * 60);
/// A house in which so long nothing happened may have been asleep, or its clock is wrong.
const SILENT_MS: i64 = 7 * time::DAY_MS;
/// Nobody is late by what is less than this.
const LEAP_MS: i64 = time::DAY_MS / 2;
const LEAP_DOUBTED_FOR: Duration = Duration::from_secs(10 * 60);

/// How far the clock stands from where it would be without its leaps, and until when a leap
/// forward is not believed. One back is remembered until the clock is put right.
#[derive(Clone, Copy)]
struct Leap {
    by_ms: i64,
    until: Instant,
}

/// Compares the clock with time that only passes.
pub(crate) struct ClockWatch {
    shown: Timestamp,
    at: Instant,
    trusted_from: Instant,
    leap: Leap,
}

impl ClockWatch {
    /// `last_written` is when the house wrote something for the last time before.
    pub(crate) fn new(shown: Timestamp, at: Instant, last_written: Option<Timestamp>) -> Self {
        let silent_ms = last_written.map_or(0, |last| shown.0 - last.0);
        Self {
            shown,
            at,
            trusted_from: if silent_ms < SILENT_MS {
                at
            } else {
                at + TRUSTED_AFTER
            },
            leap: Leap {
                by_ms: silent_ms.min(0),
                until: at,
            },
        }
    }

    /// Looks again; answers by how many milliseconds the clock was put, if it was.
    pub(crate) fn look(&mut self, shown: Timestamp, at: Instant) -> Option<i64> {
        let passed = at.saturating_duration_since(self.at).as_millis();
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        let by_ms = shown.0 - self.shown.0.saturating_add(passed);
        (self.shown, self.at) = (shown, at);
        if at >= self.leap.until {
            self.leap.by_ms = self.leap.by_ms.min(0);
        }
        if by_ms.abs() < PUT_BY_MS {
            return None;
        }
        self.trusted_from = at + TRUSTED_AFTER;
        self.leap = Leap {
            by_ms: self.leap.by_ms + by_ms,
            until: at + LEAP_DOUBTED_FOR,
        };
        Some(by_ms)
    }

    /// Whether something may be destroyed on the word of the clock.
    pub(crate) fn is_trusted(&self) -> bool {
        self.at >= self.trusted_from
    }

    /// The time as timers see it: a leap forward counts only when the clock stays there.
    pub(crate) const fn believed(&self) -> Timestamp {
        if self.leap.by_ms < LEAP_MS {
            self.shown
        } else {
            Timestamp(self.shown.0 - self.leap.by_ms)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_MS: i64 = 365 * time::DAY_MS;

    fn after(begin: Instant, seconds: u64) -> Instant {
        begin + Duration::from_secs(seconds)
    }

    #[test]
    fn a_clock_that_fits_what_is_known_is_trusted_at_once() {
        let begin = Instant::now();
        let now = Timestamp(YEAR_MS);
        let yesterday = Timestamp(YEAR_MS - time::DAY_MS);
        assert!(ClockWatch::new(now, begin, None).is_trusted());
        assert!(ClockWatch::new(now, begin, Some(yesterday)).is_trusted());
        // Behind what is known: nothing becomes too old by that.
        assert!(ClockWatch::new(yesterday, begin, Some(now)).is_trusted());
    }

    #[test]
    fn a_clock_far_after_all_that_is_known_has_to_run_for_an_hour() {
        let begin = Instant::now();
        let mut watch = ClockWatch::new(Timestamp(YEAR_MS), begin, Some(Timestamp(0)));
        assert!(!watch.is_trusted());
        let later = Timestamp(YEAR_MS + 3_599_000);
        assert_eq!(watch.look(later, after(begin, 3_599)), None);
        assert!(!watch.is_trusted());
        let later = Timestamp(YEAR_MS + 3_600_400);
        assert_eq!(watch.look(later, after(begin, 3_600)), None);
        assert!(watch.is_trusted());
    }

    #[test]
    fn a_clock_that_was_put_has_to_prove_itself_again() {
        let begin = Instant::now();
        let mut watch = ClockWatch::new(Timestamp(0), begin, None);
        assert!(watch.is_trusted());
        let ahead = Timestamp(2_000 + YEAR_MS);
        assert_eq!(watch.look(ahead, after(begin, 2)), Some(YEAR_MS));
        assert!(!watch.is_trusted());
        assert_eq!(
            watch.look(Timestamp(4_000), after(begin, 4)),
            Some(-YEAR_MS)
        );
        assert_eq!(watch.look(Timestamp(3_603_000), after(begin, 3_603)), None);
        assert!(!watch.is_trusted());
        assert_eq!(watch.look(Timestamp(3_604_000), after(begin, 3_604)), None);
        assert!(watch.is_trusted());
    }

    #[test]
    fn timers_believe_a_leap_when_the_clock_stays_there() {
        let begin = Instant::now();
        let mut watch = ClockWatch::new(Timestamp(0), begin, None);
        watch.look(Timestamp(1_000 + YEAR_MS), after(begin, 1));
        watch.look(Timestamp(500_000 + YEAR_MS), after(begin, 500));
        assert_eq!(watch.believed(), Timestamp(500_000));
        watch.look(Timestamp(601_000 + YEAR_MS), after(begin, 601));
        assert_eq!(watch.believed(), Timestamp(601_000 + YEAR_MS));
        // There and back within the doubt is as if nothing had been.
        let mut watch = ClockWatch::new(Timestamp(0), begin, None);
        watch.look(Timestamp(1_000 + YEAR_MS), after(begin, 1));
        watch.look(Timestamp(3_000), after(begin, 3));
        assert_eq!(watch.believed(), Timestamp(3_000));
        // Back and there again is not late.
        watch.look(Timestamp(4_000 - YEAR_MS), after(begin, 4));
        watch.look(Timestamp(4_500), after(begin, 4));
        assert_eq!(watch.believed(), Timestamp(4_500));
        // Two hours are believed at once.
        watch.look(Timestamp(7_205_000), after(begin, 5));
        assert_eq!(watch.believed(), Timestamp(7_205_000));
    }
}
