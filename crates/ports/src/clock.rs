//! Time, ids and randomness, so that tests decide about all three.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::Timestamp;
use uuid::Uuid;

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the machine"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or(std::time::Duration::ZERO);
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that moves only when it is told to.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.0)))
    }

    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Fresh ids and secrets.
pub trait Ids: Send + Sync + 'static {
    /// The bytes of a new UUIDv7 at `now`.
    fn fresh(&self, now: Timestamp) -> [u8; 16];
    /// Unpredictable bytes for tokens and challenges.
    fn secret(&self) -> [u8; 32];
}

fn uuid_v7(now: Timestamp, random: [u8; 10]) -> [u8; 16] {
    let ms = u64::try_from(now.0).unwrap_or(0);
    *uuid::Builder::from_unix_timestamp_millis(ms, &random)
        .into_uuid()
        .as_bytes()
}

/// Ids from the operating system's randomness, each larger than the one before: what was written
/// together is also read in its order.
#[derive(Debug, Default)]
pub struct RandomIds(Mutex<LastId>);

/// The millisecond of the last id and its random part: 12 bits before the variant, 62 behind it.
#[derive(Debug, Clone, Copy, Default)]
struct LastId {
    at_ms: i64,
    first: [u8; 2],
    low: u64,
}

/// Threads that asked the clock a moment ago still get the next id, not an older one. A clock
/// that was really put back is believed.
const LATE_MS: i64 = 1_000;

impl LastId {
    /// A fresh random part in a new millisecond, else the last one and a random step, so that
    /// neighbours cannot be guessed from each other. Each millisecond begins in the lower half:
    /// steps overflow only after some four million ids.
    fn next(self, now: Timestamp) -> Self {
        if (self.at_ms - LATE_MS..=self.at_ms).contains(&now.0) {
            let step = u64::from(u32::from_be_bytes(random())) << 7;
            Self {
                low: self.low.saturating_add(step).saturating_add(1),
                ..self
            }
        } else {
            Self {
                at_ms: now.0,
                first: random(),
                low: u64::from_be_bytes(random()) >> 3,
            }
        }
    }

    fn random_part(self) -> [u8; 10] {
        let mut part = [0; 10];
        part[..2].copy_from_slice(&self.first);
        part[2..].copy_from_slice(&self.low.to_be_bytes());
        part
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

impl Ids for RandomIds {
    fn fresh(&self, now: Timestamp) -> [u8; 16] {
        let mut last = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = last.next(now);
        uuid_v7(Timestamp(last.at_ms), last.random_part())
    }

    fn secret(&self) -> [u8; 32] {
        random()
    }
}

/// Ids that are the same in every run of a test.
#[derive(Debug, Default)]
pub struct SequenceIds(AtomicU64);

impl Ids for SequenceIds {
    fn fresh(&self, now: Timestamp) -> [u8; 16] {
        let next = self.0.fetch_add(1, Ordering::SeqCst);
        let mut tail = [0; 10];
        tail[2..].copy_from_slice(&next.to_be_bytes());
        uuid_v7(now, tail)
    }

    fn secret(&self) -> [u8; 32] {
        let next = self.0.fetch_add(1, Ordering::SeqCst);
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&next.to_be_bytes());
        bytes
    }
}

/// The version nibble of a UUIDv7 stays visible, so that foreign tools recognise our ids.
#[must_use]
pub fn is_uuid_v7(bytes: [u8; 16]) -> bool {
    Uuid::from_bytes(bytes).get_version_num() == 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_time_ordered_version_seven() {
        let random = RandomIds::default();
        let early = random.fresh(Timestamp(10_000));
        let late = random.fresh(Timestamp(20_000));
        assert!(early < late);
        assert!(is_uuid_v7(early));
        // Also within a millisecond, and for who looked at the clock a moment ago.
        let many: Vec<[u8; 16]> = (0..10_000)
            .map(|n| random.fresh(Timestamp(30_000 - n % 3)))
            .collect();
        assert!(many.is_sorted_by(|a, b| a < b));
        assert!(many.iter().all(|id| is_uuid_v7(*id)));
        assert!(
            random.fresh(Timestamp(5_000)) < early,
            "a clock put back is believed"
        );
        let ids = SequenceIds::default();
        assert!(ids.fresh(Timestamp(5)) < ids.fresh(Timestamp(5)));
    }
}
