//! The one place that looks at the machine's clocks: a drill happens in real time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "how long a recovery takes is measured, and nothing of the product is decided by it"
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

/// Seconds since 1970, as callbacks write it.
#[must_use]
pub fn unix_s() -> u64 {
    unix_us() / 1_000_000
}

/// Waits a while; a drill is about what happens meanwhile.
pub async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
