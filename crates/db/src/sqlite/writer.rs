//! The writer thread: group commit.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::checkpoint::Wish;
use super::session::{CheckpointMode, Session};
use crate::batch::{Batch, Committed};
use crate::config::SqliteConfig;
use crate::database::Shared;
use crate::error::{CommitError, DbError};
use crate::stats::Counters;

/// Batches in one transaction at most.
const GROUP: usize = 256;
/// Statements in one transaction at which no further batch joins it, so that large imports do
/// not make everybody else wait.
const GROUP_STATEMENTS: usize = 8_192;
/// How often an idle writer looks after checkpoints and the commits of other processes.
const IDLE: Duration = Duration::from_millis(250);
/// How long a checkpoint of the writer waits for readers: others wait for the writer.
const CHECKPOINT_WAIT: Duration = Duration::from_millis(20);

pub type Reply = oneshot::Sender<Result<Committed, CommitError>>;

pub enum Job {
    Commit(Batch, Reply),
    /// Something else that needs the writer's connection.
    Task(Box<dyn FnOnce(&mut Session) + Send>),
    /// Everything queued before it is done; then the thread ends.
    Close,
}

pub struct Writer {
    session: Session,
    config: Arc<SqliteConfig>,
    jobs: flume::Receiver<Job>,
    shared: Arc<Shared>,
    wish: Arc<Wish>,
    data_version: i64,
    /// A job that was taken while a group was gathered and does not belong into it.
    next: Option<Job>,
    /// The claim on the file ends with the thread.
    _lock: Option<File>,
}

struct Waiting {
    batch: Batch,
    reply: Reply,
}

impl Writer {
    pub fn new(
        session: Session,
        config: Arc<SqliteConfig>,
        jobs: flume::Receiver<Job>,
        shared: Arc<Shared>,
        wish: Arc<Wish>,
        lock: Option<File>,
    ) -> Result<Self, DbError> {
        let data_version = session.data_version()?;
        Ok(Writer {
            session,
            config,
            jobs,
            shared,
            wish,
            data_version,
            next: None,
            _lock: lock,
        })
    }

    pub fn run(mut self) {
        loop {
            let job = match self.next.take() {
                Some(job) => Ok(job),
                None => self.jobs.recv_timeout(IDLE),
            };
            match job {
                Ok(Job::Commit(batch, reply)) => {
                    let group = self.gather(Waiting { batch, reply });
                    self.commit(group);
                    self.grant_wish();
                }
                Ok(Job::Task(task)) => {
                    task(&mut self.session);
                    self.after_task();
                }
                Err(flume::RecvTimeoutError::Timeout) => {
                    self.grant_wish();
                    self.notice_others();
                }
                Ok(Job::Close) | Err(flume::RecvTimeoutError::Disconnected) => break,
            }
        }
        let emptied = self.session.truncate_wal(CHECKPOINT_WAIT);
        if let Err(error) = emptied {
            // The log is complete without it and is read at the next start.
            tracing::info!(%error, "closed without the last checkpoint");
        }
    }

    /// Takes what is queued now. It never waits: a group forms while the one before it commits.
    fn gather(&mut self, first: Waiting) -> Vec<Waiting> {
        let mut statements = first.batch.len();
        let mut group = vec![first];
        while group.len() < GROUP && statements < GROUP_STATEMENTS {
            match self.jobs.try_recv() {
                Ok(Job::Commit(batch, reply)) => {
                    statements += batch.len();
                    group.push(Waiting { batch, reply });
                }
                Ok(other) => {
                    self.next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        group
    }

    fn commit(&mut self, group: Vec<Waiting>) {
        if let Err(error) = self.session.control("BEGIN IMMEDIATE") {
            self.fail_all(group, error);
            return;
        }
        let mut results = Vec::with_capacity(group.len());
        for waiting in &group {
            results.push(self.run_batch(&waiting.batch));
            // A full disk, an I/O error or no memory end the whole transaction at once.
            if self.session.is_autocommit() {
                let error = match results.pop() {
                    Some(Err(CommitError::Engine(error))) => error,
                    _ => DbError::Storage("the transaction was ended by SQLite".to_owned()),
                };
                self.fail_all(group, error);
                return;
            }
        }
        // Nothing is answered before the COMMIT, not even a refusal: its reason may be a row of
        // another batch of this group.
        if results.iter().any(Result::is_ok) {
            match self.session.control("COMMIT") {
                Ok(()) => self.answer_committed(group, results),
                Err(error) => self.answer_unknown(group, &error),
            }
        } else {
            match self.session.control("ROLLBACK") {
                Ok(()) => self.answer_committed(group, results),
                Err(error) => self.fail_all(group, error),
            }
        }
    }

    fn run_batch(&mut self, batch: &Batch) -> Result<Committed, CommitError> {
        self.session.control("SAVEPOINT batch")?;
        let result = self.run_statements(batch);
        if result.is_ok() {
            self.session.control("RELEASE batch")?;
        } else if !self.session.is_autocommit() {
            self.session.control("ROLLBACK TO batch")?;
            self.session.control("RELEASE batch")?;
        }
        result
    }

    fn run_statements(&mut self, batch: &Batch) -> Result<Committed, CommitError> {
        let mut committed = Committed::default();
        for (position, statement) in batch.statements().iter().enumerate() {
            let ran = self
                .session
                .run(&statement.sql, &statement.params, statement.returning);
            let outcome = ran.map_err(|error| match error {
                DbError::Unique { .. } => CommitError::Unique {
                    statement: position,
                },
                other => CommitError::Engine(other),
            })?;
            if !statement.expect.met_by(outcome.count) {
                return Err(CommitError::Conflict {
                    statement: position,
                    expected: statement.expect.to_string(),
                    found: outcome.count,
                });
            }
            committed.rows.push(outcome.count);
            if statement.returning {
                committed.returned.push(outcome.rows);
            }
        }
        Ok(committed)
    }

    fn answer_committed(&self, group: Vec<Waiting>, results: Vec<Result<Committed, CommitError>>) {
        let counters = &self.shared.counters;
        let done = results.iter().flatten();
        let (batches, rows) = done.fold((0, 0), |(batches, rows), committed| {
            (batches + 1, rows + committed.rows.iter().sum::<u64>())
        });
        Counters::add(&counters.commits, u64::from(batches > 0));
        Counters::add(&counters.batches, batches);
        Counters::add(&counters.rows, rows);
        Counters::add(&counters.refused, results.len() as u64 - batches);
        for (waiting, result) in group.into_iter().zip(results) {
            // Here and below: whoever asked may have gone; the batch stands all the same.
            let _ = waiting.reply.send(result);
        }
        if batches > 0 {
            self.shared.tick();
        }
    }

    /// The COMMIT failed: the log may or may not hold it after the next start.
    fn answer_unknown(&mut self, group: Vec<Waiting>, error: &DbError) {
        tracing::error!(%error, batches = group.len(), "COMMIT failed");
        Counters::add(&self.shared.counters.unknown, group.len() as u64);
        self.reopen();
        for waiting in group {
            let _ = waiting
                .reply
                .send(Err(CommitError::Unknown(error.to_string())));
        }
        self.shared.tick();
    }

    /// Nothing of the group was committed.
    fn fail_all(&mut self, group: Vec<Waiting>, error: DbError) {
        tracing::error!(%error, batches = group.len(), "a group of batches failed");
        let reopen = !self.session.is_autocommit() || matches!(error, DbError::Storage(_));
        if reopen {
            self.reopen();
        }
        for waiting in group {
            let _ = waiting.reply.send(Err(CommitError::Engine(error.clone())));
        }
    }

    /// After an I/O error the connection may hold pages that are not on the disk.
    fn reopen(&mut self) {
        if !self.session.is_autocommit()
            && let Err(error) = self.session.control("ROLLBACK")
        {
            tracing::warn!(%error, "rolling back failed");
        }
        match Session::writer(&self.config) {
            Ok(session) => {
                self.session = session;
                Counters::add(&self.shared.counters.reconnects, 1);
            }
            // The old connection stays; the next failure tries again.
            Err(error) => tracing::error!(%error, "the writer could not be opened again"),
        }
    }

    fn after_task(&mut self) {
        if !self.session.is_autocommit() {
            self.reopen();
        }
        if let Err(error) = self.session.busy_timeout(self.config.busy_timeout) {
            tracing::error!(%error, "the writer's time limit could not be set");
        }
        self.shared.tick();
    }

    fn grant_wish(&mut self) {
        let Some(mode) = self.wish.take() else {
            return;
        };
        if let Err(error) = self.checkpoint(mode) {
            tracing::warn!(%error, "checkpoint failed");
        }
    }

    fn checkpoint(&mut self, mode: CheckpointMode) -> Result<(), DbError> {
        self.session.busy_timeout(CHECKPOINT_WAIT)?;
        let done = self.session.checkpoint(mode);
        self.session.busy_timeout(self.config.busy_timeout)?;
        done?;
        Counters::add(&self.shared.counters.checkpoints, 1);
        Ok(())
    }

    /// Ticks if another process committed. While this one commits it ticks anyway.
    fn notice_others(&mut self) {
        match self.session.data_version() {
            Ok(version) if version != self.data_version => {
                self.data_version = version;
                self.shared.tick();
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the state of the file could not be read"),
        }
    }
}
