//! Counters of the engine, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// A snapshot of the counters since the database was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Successful COMMITs.
    pub commits: u64,
    /// Batches that were committed. Divided by `commits` it is the size of a group.
    pub batches: u64,
    /// Batches that were rolled back alone (conflict, unique key, constraint, wrong statement).
    pub refused: u64,
    /// Batches whose fate is unknown because the COMMIT failed.
    pub unknown: u64,
    /// Rows affected by committed batches. Divided by `commits`: rows per commit.
    pub rows: u64,
    /// Batches that were turned away because the queue was full.
    pub busy: u64,
    /// Groups that were run again after a serialization failure, deadlock or lost connection.
    pub retries: u64,
    /// Queries that were answered or failed.
    pub queries: u64,
    /// Checkpoints that moved pages out of the WAL (SQLite).
    pub checkpoints: u64,
    /// Connections that were opened again after a failure.
    pub reconnects: u64,
    /// Batches that wait now.
    pub queued_batches: usize,
    /// Queries that wait now.
    pub queued_queries: usize,
}

/// The live counters behind [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub commits: AtomicU64,
    pub batches: AtomicU64,
    pub refused: AtomicU64,
    pub unknown: AtomicU64,
    pub rows: AtomicU64,
    pub busy: AtomicU64,
    pub retries: AtomicU64,
    pub queries: AtomicU64,
    pub checkpoints: AtomicU64,
    pub reconnects: AtomicU64,
}

impl Counters {
    pub fn add(counter: &AtomicU64, amount: u64) {
        counter.fetch_add(amount, Ordering::Relaxed);
    }

    pub fn snapshot(&self, queued_batches: usize, queued_queries: usize) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            commits: read(&self.commits),
            batches: read(&self.batches),
            refused: read(&self.refused),
            unknown: read(&self.unknown),
            rows: read(&self.rows),
            busy: read(&self.busy),
            retries: read(&self.retries),
            queries: read(&self.queries),
            checkpoints: read(&self.checkpoints),
            reconnects: read(&self.reconnects),
            queued_batches,
            queued_queries,
        }
    }
}
