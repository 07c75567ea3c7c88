//! The checkpointer: moves pages from the log into the file beside the writer.
//!
//! SQLite's own checkpoint runs inside a commit and doubles its tail latency. Here a second
//! connection moves the bulk without blocking anybody, and the writer is asked to do the small
//! rest, because only the one who writes can start the log from its beginning again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
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
/// Frames beyond which the writer empties the file: 64 MB.
const TOO_LARGE: i64 = 16_384;

/// What the checkpointer asks of the writer.
#[derive(Default)]
pub struct Wish(AtomicU8);

const NOTHING: u8 = 0;
const RESTART: u8 = 1;
const TRUNCATE: u8 = 2;

impl Wish {
    /// Takes the wish, so that it is granted once.
    pub fn take(&self) -> Option<CheckpointMode> {
        match self.0.swap(NOTHING, Ordering::Relaxed) {
            RESTART => Some(CheckpointMode::Restart),
            TRUNCATE => Some(CheckpointMode::Truncate),
            _ => None,
        }
    }

    fn ask(&self, wish: u8) {
        self.0.store(wish, Ordering::Relaxed);
    }
}

pub struct Checkpointer {
    session: Session,
    wish: Arc<Wish>,
    shared: Arc<Shared>,
    frames_before: i64,
}

impl Checkpointer {
    pub fn open(
        config: &SqliteConfig,
        wish: Arc<Wish>,
        shared: Arc<Shared>,
    ) -> Result<Self, DbError> {
        Ok(Checkpointer {
            session: Session::checkpointer(config)?,
            wish,
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
            wal = self.session.checkpoint(CheckpointMode::Passive)?;
            Counters::add(&self.shared.counters.checkpoints, 1);
            self.ask(wal);
        } else if wal.frames >= WORTH_IT && wal.frames == self.frames_before {
            // Nobody writes: a good moment to give the space back.
            self.wish.ask(TRUNCATE);
        }
        self.frames_before = wal.frames;
        Ok(())
    }

    fn ask(&self, wal: Wal) {
        if wal.frames >= TOO_LARGE {
            self.wish.ask(TRUNCATE);
        } else if wal.frames >= WORTH_IT {
            self.wish.ask(RESTART);
        }
    }
}
