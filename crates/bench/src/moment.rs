//! The one place that looks at the machine's clocks: a measurement is about real time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "what is measured here is the machine's time, and nothing is decided by it"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// Microseconds since 1970: what processes of one machine agree on.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "callbacks carry the time at which they are really sent"
)]
pub fn unix_us() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Milliseconds since 1970, for timestamps in callbacks.
#[must_use]
pub fn unix_ms() -> i64 {
    i64::try_from(unix_us() / 1_000).unwrap_or(i64::MAX)
}

#[must_use]
pub fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}
