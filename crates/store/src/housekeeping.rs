//! What is kept only for a while: events nobody will ask for again, raw callbacks that were
//! understood, traces of what was seen. Each step is bounded, so that it never holds up a message.

use domain::{Timestamp, time};

use crate::Store;
use crate::error::StoreError;
use crate::unit::Unit;

/// A reader that was away longer fetches afresh.
const FEED_MS: i64 = 7 * time::DAY_MS;
/// Providers repeat a callback for up to seven days.
const CALLBACK_MS: i64 = 8 * time::DAY_MS;
/// What was seen is known by the provider's own time, which may be a week old already when it
/// comes for the first time; its repetitions go on for a week from then.
const SEEN_MS: i64 = 15 * time::DAY_MS;
const RECEIPT_MS: i64 = 30 * time::DAY_MS;
const CHALLENGE_MS: i64 = 7 * time::DAY_MS;
/// Only this many of the oldest rows are looked at in one step.
const LOOKED_AT: i64 = 2_000;

impl Store {
    /// Whether everything that was seen of this time is still known, a day of doubt aside.
    #[must_use]
    pub fn has_traces_of(&self, at: Timestamp, now: Timestamp) -> bool {
        at.0 > now.0 - SEEN_MS + time::DAY_MS
    }

    /// When something happened for the last time, as the clock showed it then.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn last_written(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT at FROM feed ORDER BY seq DESC LIMIT 1";
        let rows = self.db.query(sql, vec![]).await?;
        let at = rows.first().map(|row| row.int(0)).transpose()?;
        Ok(at.map(Timestamp))
    }

    /// Removes a bounded part of what is too old.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn tidy_up(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut unit = Unit::new();
        // From the beginning and without a hole, even where a clock was put back in between: a
        // reader whose place is still there must find everything behind it. The newest stays: in
        // an empty feed no place could be told from one that is long gone.
        unit.run(
            "DELETE FROM feed WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM feed \
             ORDER BY seq LIMIT $2) oldest WHERE at < $1) \
             AND seq < COALESCE((SELECT MIN(seq) FROM (SELECT seq, at FROM feed ORDER BY seq \
             LIMIT $2) oldest WHERE at >= $1), (SELECT MAX(seq) FROM feed))",
            vec![(now.0 - FEED_MS).into(), LOOKED_AT.into()],
        );
        unit.run(
            "DELETE FROM callback WHERE id IN (SELECT id FROM (SELECT id, received_at, state \
             FROM callback ORDER BY id LIMIT $2) oldest WHERE received_at < $1 AND state = 'done')",
            vec![(now.0 - CALLBACK_MS).into(), LOOKED_AT.into()],
        );
        unit.run(
            "DELETE FROM parked_receipt WHERE received_at < $1",
            vec![(now.0 - RECEIPT_MS).into()],
        );
        unit.run(
            "DELETE FROM session WHERE expires_at < $1",
            vec![now.0.into()],
        );
        // Which code was answered is of use as long as it may be sent again.
        unit.run(
            "DELETE FROM challenge WHERE expires_at < $1",
            vec![(now.0 - CHALLENGE_MS).into()],
        );
        // The provider's time leads the key, so this is a range.
        unit.run(
            "DELETE FROM dedup WHERE at < $1",
            vec![Timestamp(now.0 - SEEN_MS).seconds().into()],
        );
        self.commit(unit).await
    }
}
