//! The simulated clock: either frozen and moved by hand, or the machine's clock plus an offset.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch, as the simulator believes them to be.
#[derive(Debug)]
pub struct Clock {
    frozen: bool,
    /// The time itself when frozen, otherwise what is added to the machine's time.
    value_ms: AtomicI64,
}

impl Clock {
    /// A clock that moves only by [`Clock::advance`] and [`Clock::set`].
    pub fn frozen(at_ms: i64) -> Self {
        Self {
            frozen: true,
            value_ms: AtomicI64::new(at_ms),
        }
    }

    /// A clock that runs with the machine and can be put forward.
    pub fn following_the_machine() -> Self {
        Self {
            frozen: false,
            value_ms: AtomicI64::new(0),
        }
    }

    pub fn is_frozen(&self) -> bool {
        self.frozen
    }

    pub fn now_ms(&self) -> i64 {
        let value = self.value_ms.load(Ordering::SeqCst);
        if self.frozen {
            value
        } else {
            machine_ms() + value
        }
    }

    /// Puts the clock forward by `by_ms` (negative values put it back).
    pub fn advance(&self, by_ms: i64) {
        self.value_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// Sets the clock to `at_ms`; a running clock keeps running from there.
    pub fn set(&self, at_ms: i64) {
        let value = if self.frozen {
            at_ms
        } else {
            at_ms - machine_ms()
        };
        self.value_ms.store(value, Ordering::SeqCst);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a simulator may not import ports::Clock; this is its only look at the machine's time"
)]
fn machine_ms() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the machine's clock is set to a time after 1970");
    i64::try_from(since_epoch.as_millis()).expect("milliseconds since 1970 fit 63 bits")
}
