//! The checkpointer: moves pages from the log into the file beside the writer.
//!
//! SQLite's own checkpoint runs inside a commit and doubles its tail latency. Here a second
//! connection moves the bulk without blocking anybody, and the writer is asked to do the small
//! rest, because only the one who writes can start the log from its beginning again.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use super::session::{CheckpointMode, Session, Wal};
use crate::config::SqliteConfig;
use crate::database::Shared;
use crate::error::DbError;
use crate::stats::Counters;

/// How often the log is looked at.
const INTERVAL: Duration = Duration::from_millis(250);
/// Frames (pages of 4 KiB) that are worth a checkpoint: 4 MB.
const WORTH_IT: i64 = 1_024;
/// Frames beyond which the writer stops to empty the file: 64 MB.
pub const TOO_LARGE: i64 = 16_384;

/// What the checkpointer and the writer share.
#[derive(Default)]
pub struct Log {
    /// What the checkpointer asks of the writer.
    wish: AtomicU8,
    /// Held during a checkpoint: SQLite refuses a second one at once instead of waiting.
    running: Mutex<()>,
}

const NOTHING: u8 = 0;
const RESTART: u8 = 1;
const TRUNCATE: u8 = 2;

impl Log {
    /// Waits until no checkpoint of this process runs, and keeps others from starting.
    pub fn alone(&self) -> MutexGuard<'_, ()> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, unless one runs just now.
    pub fn try_alone(&self) -> Option<MutexGuard<'_, ()>> {
        match self.running.try_lock() {
            Ok(alone) => Some(alone),
            Err(TryLockError::Poisoned(alone)) => Some(alone.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Takes the wish, so that it is granted once.
    pub fn take_wish(&self) -> Option<CheckpointMode> {
        match self.wish.swap(NOTHING, Ordering::Relaxed) {
            RESTART => Some(CheckpointMode::Restart),
            TRUNCATE => Some(CheckpointMode::Truncate),
            _ => None,
        }
    }

    fn ask(&self, wish: u8) {
        self.wish.store(wish, Ordering::Relaxed);
    }
}

pub struct Checkpointer {
    session: Session,
    log: Arc<Log>,
    shared: Arc<Shared>,
    frames_before: i64,
}

impl Checkpointer {
    pub fn open(
        config: &SqliteConfig,
        log: Arc<Log>,
        shared: Arc<Shared>,
    ) -> Result<Self, DbError> {
        Ok(Checkpointer {
            session: Session::checkpointer(config)?,
            log,
            shared,
            frames_before: 0,
        })
    }

    /// Runs until it is told to stop or the database is dropped.
    pub fn run(mut self, stop: &flume::Receiver<()>) {
        while let Err(flume::RecvTimeoutError::Timeout) = stop.recv_timeout(INTERVAL) {
            if let Err(error) = self.look() {
                tracing::warn!(%error, "checkpoint failed");
            }
        }
    }

    fn look(&mut self) -> Result<(), DbError> {
        let mut wal = self.session.checkpoint(CheckpointMode::Noop)?;
        if wal.frames - wal.moved >= WORTH_IT {
            let alone = self.log.alone();
            wal = self.session.checkpoint(CheckpointMode::Passive)?;
            drop(alone);
            Counters::add(&self.shared.counters.checkpoints, 1);
            self.ask(wal);
        } else if wal.frames >= WORTH_IT && wal.frames == self.frames_before {
            // Nobody writes: a good moment to give the space back.
            self.log.ask(TRUNCATE);
        }
        self.frames_before = wal.frames;
        Ok(())
    }

    fn ask(&self, wal: Wal) {
        if wal.frames >= TOO_LARGE {
            self.log.ask(TRUNCATE);
        } else if wal.frames >= WORTH_IT {
            self.log.ask(RESTART);
        }
    }
}
