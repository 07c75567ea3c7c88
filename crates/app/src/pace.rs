//! How fast a channel takes messages: a sliding window a channel and a pair.
//!
//! The memory of what was just sent is lost at a restart on purpose: the provider counts too,
//! and its "too fast" is an answer that delays, never one that loses.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use domain::Timestamp;
use domain::channel::Pace;

/// Pairs that are remembered at once; the oldest knowledge goes first.
const PAIRS_MAX: usize = 50_000;

#[derive(Default)]
pub(crate) struct Pacer {
    sent: Mutex<HashMap<[u8; 16], VecDeque<i64>>>,
}

impl Pacer {
    /// Takes a place now, or answers how many milliseconds to wait for one.
    pub(crate) fn take(
        &self,
        wants: &[([u8; 16], Option<Pace>)],
        now: Timestamp,
    ) -> Result<(), i64> {
        let mut sent = self
            .sent
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut wait = 0;
        for (key, pace) in wants {
            let Some(pace) = pace else { continue };
            let times = sent.entry(*key).or_default();
            // What lies ahead was written by a clock that has been put back since: waiting for it
            // could take as long as the clock was wrong.
            while times
                .front()
                .is_some_and(|at| *at <= now.0 - pace.per_ms || *at > now.0)
            {
                times.pop_front();
            }
            if times.len() >= pace.count as usize
                && let Some(first) = times.front()
            {
                wait = wait.max(first + pace.per_ms - now.0);
            }
        }
        if wait > 0 {
            return Err(wait);
        }
        for (key, pace) in wants {
            if pace.is_some() {
                sent.entry(*key).or_default().push_back(now.0);
            }
        }
        if sent.len() > PAIRS_MAX {
            let horizon = now.0 - domain::time::MINUTE_MS;
            sent.retain(|_, times| times.back().is_some_and(|at| *at > horizon));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever comes, no window ever holds more than its pace allows.
        #[test]
        fn no_window_is_overfilled(steps in prop::collection::vec(0i64..400, 1..200)) {
            let pacer = Pacer::default();
            let pace = Pace { count: 3, per_ms: 1_000 };
            let mut now = 0;
            let mut passed: Vec<i64> = Vec::new();
            for step in steps {
                now += step;
                if pacer.take(&[([1; 16], Some(pace))], Timestamp(now)).is_ok() {
                    passed.push(now);
                }
            }
            for (place, at) in passed.iter().enumerate() {
                let within = passed[place..].iter().filter(|other| **other < at + 1_000).count();
                prop_assert!(within <= 3);
            }
        }
    }

    #[test]
    fn a_clock_that_is_put_back_holds_nobody_up() {
        let pacer = Pacer::default();
        let pace = Some(Pace {
            count: 1,
            per_ms: 6_000,
        });
        assert_eq!(pacer.take(&[([1; 16], pace)], Timestamp(90_000)), Ok(()));
        assert_eq!(pacer.take(&[([1; 16], pace)], Timestamp(10_000)), Ok(()));
        assert_eq!(
            pacer.take(&[([1; 16], pace)], Timestamp(11_000)),
            Err(5_000)
        );
    }

    #[test]
    fn waiting_as_told_is_enough() {
        let pacer = Pacer::default();
        let pace = Some(Pace {
            count: 1,
            per_ms: 6_000,
        });
        assert_eq!(pacer.take(&[([1; 16], pace)], Timestamp(0)), Ok(()));
        assert_eq!(pacer.take(&[([1; 16], pace)], Timestamp(100)), Err(5_900));
        assert_eq!(pacer.take(&[([2; 16], pace)], Timestamp(100)), Ok(()));
        assert_eq!(pacer.take(&[([1; 16], pace)], Timestamp(6_000)), Ok(()));
    }
}
