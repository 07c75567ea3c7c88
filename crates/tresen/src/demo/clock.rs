//! A clock that can begin in the past. The example company's last days are played through the
//! house's own doors, so reply windows, read marks and numbers come out as if they had happened.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::Timestamp;
use ports::{Clock, SystemClock};

/// The machine's clock, some days behind until the past is told.
pub struct TravelClock {
    behind_ms: AtomicI64,
}

impl TravelClock {
    #[must_use]
    pub fn behind(ms: i64) -> Self {
        Self {
            behind_ms: AtomicI64::new(ms.max(0)),
        }
    }

    /// Moves on to `moment`. Time never goes back, and never beyond the machine's.
    pub fn travel_to(&self, moment: Timestamp) {
        let behind = (SystemClock.now().0 - moment.0).max(0);
        self.behind_ms.fetch_min(behind, Ordering::SeqCst);
    }

    /// From now on it is what it is.
    pub fn come_home(&self) {
        self.behind_ms.store(0, Ordering::SeqCst);
    }
}

impl Clock for TravelClock {
    fn now(&self) -> Timestamp {
        SystemClock
            .now()
            .plus_ms(-self.behind_ms.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_only_moves_on() {
        let clock = TravelClock::behind(domain::time::DAY_MS);
        let begin = clock.now();
        clock.travel_to(begin.plus_ms(domain::time::HOUR_MS));
        let later = clock.now();
        assert!(later.0 >= begin.0 + domain::time::HOUR_MS);
        clock.travel_to(begin);
        assert!(clock.now() >= later);
        clock.travel_to(SystemClock.now().plus_ms(domain::time::DAY_MS));
        assert!(clock.now() <= SystemClock.now());
        clock.come_home();
        assert!(clock.now().0 >= begin.0 + domain::time::DAY_MS);
    }
}
