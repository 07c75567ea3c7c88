//! The writer thread: group commit.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use super::checkpoint::{Log, TOO_LARGE};
use super::session::{CheckpointMode, Session};
use crate::batch::{Batch, Committed};
use crate::config::SqliteConfig;
use crate::database::Shared;
use crate::error::{CommitError, DbError};
use crate::faults::{self, Lie, Point, Trouble};
use crate::group::{self, GroupLimit, Results, Waiting};
use crate::stats::Counters;

/// A group is held back by the fsync before it; this many batches share one at most.
const GROUP: GroupLimit = GroupLimit {
    batches: 256,
    statements: 8_192,
};
/// Groups that run apart after one in which a batch was refused: refusals come in swarms.
const WARY_FOR: u32 = 8;
/// How often an idle writer looks after checkpoints and the commits of other processes.
const IDLE: Duration = Duration::from_millis(250);
/// How long a checkpoint of the writer waits for readers: others wait for the writer.
const CHECKPOINT_WAIT: Duration = Duration::from_millis(20);
/// The same when the log has become too large.
const LARGE_LOG_WAIT: Duration = Duration::from_millis(500);

pub type Job = group::Job<Order>;

type Task = Box<dyn FnOnce(&mut Session) + Send>;

pub enum Order {
    /// Something that is not a batch and needs the writer's connection.
    Task(Task),
    /// Everything queued before it is done; then the thread ends.
    Close,
}

/// A group whose statements have run and whose transaction is still open.
pub struct Ran {
    group: Vec<Waiting>,
    results: Results,
}

impl Ran {
    fn writes(&self) -> bool {
        self.results.iter().any(Result::is_ok)
    }
}

pub struct Writer {
    session: Session,
    config: Arc<SqliteConfig>,
    jobs: flume::Receiver<Job>,
    shared: Arc<Shared>,
    log: Arc<Log>,
    /// Frames at which writing stops for a checkpoint.
    log_limit: i64,
    data_version: i64,
    /// Groups left that run with a savepoint a batch.
    wary: u32,
    /// A job that was taken while a group was gathered and does not belong into it.
    next: Option<Job>,
    /// The claim on the file ends with the thread.
    _lock: Option<File>,
}

impl Writer {
    pub fn new(
        session: Session,
        config: Arc<SqliteConfig>,
        jobs: flume::Receiver<Job>,
        shared: Arc<Shared>,
        log: Arc<Log>,
        lock: Option<File>,
    ) -> Result<Self, DbError> {
        let data_version = session.data_version()?;
        Ok(Writer {
            session,
            config,
            jobs,
            shared,
            log,
            log_limit: TOO_LARGE,
            data_version,
            wary: 0,
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
                Ok(Job::Commit(first)) => {
                    let group = self.gather(first, &GROUP);
                    self.commit(group);
                    self.tend_log();
                }
                Ok(Job::Order(Order::Task(task))) => self.run_task(task),
                Err(flume::RecvTimeoutError::Timeout) => {
                    self.tend_log();
                    self.notice_others();
                }
                Ok(Job::Order(Order::Close)) | Err(flume::RecvTimeoutError::Disconnected) => break,
            }
        }
        let emptied = self.session.truncate_wal(CHECKPOINT_WAIT);
        if let Err(error) = emptied {
            // The log is complete without it and is read at the next start.
            tracing::info!(%error, "closed without the last checkpoint");
        }
    }

    /// The next job, if there is one already.
    pub fn take(&mut self) -> Option<Job> {
        self.next.take().or_else(|| self.jobs.try_recv().ok())
    }

    /// Jobs that wait.
    pub fn queued(&self) -> usize {
        self.jobs.len() + usize::from(self.next.is_some())
    }

    pub fn gather(&mut self, first: Waiting, limit: &GroupLimit) -> Vec<Waiting> {
        let (group, next) = group::gather(first, &self.jobs, limit);
        self.next = next;
        group
    }

    fn commit(&mut self, group: Vec<Waiting>) {
        if let Some(ran) = self.begin_group(group, &GROUP) {
            let ended = self.end_group(&ran);
            self.answer_group(ran, ended);
        }
    }

    /// Runs everything up to the end of the transaction. `None` when the transaction is of no use
    /// any more: everybody is answered then.
    pub fn begin_group(&mut self, mut group: Vec<Waiting>, limit: &GroupLimit) -> Option<Ran> {
        let begun = self.session.control("BEGIN IMMEDIATE");
        match begun.and_then(|()| self.run_group(&mut group, limit)) {
            Ok(results) => Some(Ran { group, results }),
            Err(error) => {
                self.fail_all(group, error);
                None
            }
        }
    }

    /// Commits, unless there is nothing to commit.
    pub fn end_group(&self, ran: &Ran) -> Result<(), DbError> {
        if !ran.writes() {
            return self.session.control("ROLLBACK");
        }
        faults::hit(Point::BeforeCommit);
        self.commit_group()?;
        faults::hit(Point::AfterCommitBeforeAck);
        Ok(())
    }

    /// Undoes the group's statements.
    pub fn take_back(&self) -> Result<(), DbError> {
        self.session.control("ROLLBACK")
    }

    /// Answers everybody when it is known how the transaction ended, and not before.
    pub fn answer_group(&mut self, ran: Ran, ended: Result<(), DbError>) {
        let writes = ran.writes();
        let Ran { group, results } = ran;
        if ended.is_err() && faults::lies(Lie::FailedCommitAcked) {
            self.reopen();
            return group::answer(&self.shared, group, results);
        }
        match ended {
            Ok(()) => group::answer(&self.shared, group, results),
            // The frame that ends a transaction is written last and before any flush, so one for
            // which there was no room is not in the log.
            Err(error @ DbError::DiskFull) => {
                self.reopen();
                self.fail_all(group, error);
            }
            Err(error) if writes => {
                self.reopen();
                group::answer_unknown(&self.shared, group, &error);
            }
            Err(error) => self.fail_all(group, error),
        }
    }

    fn commit_group(&self) -> Result<(), DbError> {
        if faults::strikes(Trouble::CommitLost) {
            self.session.control("ROLLBACK")?;
            return Err(DbError::Storage("on purpose".to_owned()));
        }
        if faults::lies_each(Lie::AckBeforeCommit, 20) {
            // As if the power failed between the answer and the commit that was to follow it.
            return self.session.control("ROLLBACK");
        }
        self.session.control("COMMIT")?;
        if faults::strikes(Trouble::CommitAnswerLost) {
            return Err(DbError::Storage("on purpose".to_owned()));
        }
        Ok(())
    }

    /// Runs the group, and with it whoever came meanwhile: one fsync more is for all of them. An
    /// error means that the whole transaction is of no use.
    fn run_group(
        &mut self,
        group: &mut Vec<Waiting>,
        limit: &GroupLimit,
    ) -> Result<Results, DbError> {
        let mut results = Results::with_capacity(group.len());
        loop {
            if self.wary > 0 {
                self.run_apart(group, &mut results)?;
            } else {
                self.run_together(group, &mut results)?;
            }
            if self.next.is_none() {
                self.next = group::join(group, &self.jobs, limit);
            }
            if group.len() == results.len() {
                self.wary = self.wary.saturating_sub(1);
                return Ok(results);
            }
        }
    }

    /// Runs the rest of the group as if every batch would be taken: a savepoint keeps a copy of
    /// each page that its batch touches, and nearly always for nothing. The first refusal of a
    /// batch that wrote something takes everything back, and all of it runs again apart.
    fn run_together(&mut self, group: &[Waiting], results: &mut Results) -> Result<(), DbError> {
        while let Some(waiting) = group.get(results.len()) {
            let result = self.run_statements(&waiting.batch);
            faults::hit(Point::MidGroup);
            self.still_open(&result)?;
            if result.is_err() && !wrote_nothing(&result) {
                self.session.control("ROLLBACK")?;
                self.session.control("BEGIN IMMEDIATE")?;
                if group.len() > 1 {
                    self.wary = WARY_FOR;
                    results.clear();
                    return self.run_apart(group, results);
                }
            }
            results.push(result);
        }
        Ok(())
    }

    /// Runs every batch of the rest in a savepoint of its own, so that a refusal takes back its
    /// batch alone.
    fn run_apart(&mut self, group: &[Waiting], results: &mut Results) -> Result<(), DbError> {
        while let Some(waiting) = group.get(results.len()) {
            results.push(self.run_batch(&waiting.batch)?);
        }
        Ok(())
    }

    /// A full disk, an I/O error or no memory may end the whole transaction at once.
    fn still_open(&self, result: &Result<Committed, CommitError>) -> Result<(), DbError> {
        if !self.session.is_autocommit() {
            return Ok(());
        }
        Err(match result {
            Err(CommitError::Engine(error)) => error.clone(),
            _ => DbError::Storage("the transaction was ended by SQLite".to_owned()),
        })
    }

    /// Runs a batch in a savepoint. An error means that the whole transaction is of no use.
    fn run_batch(&mut self, batch: &Batch) -> Result<Result<Committed, CommitError>, DbError> {
        self.session.control("SAVEPOINT batch")?;
        let result = self.run_statements(batch);
        self.still_open(&result)?;
        if result.is_err() {
            self.session.control("ROLLBACK TO batch")?;
        }
        self.session.control("RELEASE batch")?;
        Ok(result)
    }

    fn run_statements(&mut self, batch: &Batch) -> Result<Committed, CommitError> {
        let mut committed = Committed {
            rows: Vec::with_capacity(batch.len()),
            ..Committed::default()
        };
        for (position, statement) in batch.statements().iter().enumerate() {
            let (sql, params) = (&statement.sql, &statement.params);
            let ran = self.session.run(sql, params, statement.returning);
            group::record(&mut committed, position, statement, ran)?;
        }
        Ok(committed)
    }

    /// Nothing of the group was committed.
    fn fail_all(&mut self, group: Vec<Waiting>, error: DbError) {
        if !self.session.is_autocommit() || matches!(error, DbError::Storage(_)) {
            self.reopen();
        }
        group::answer_failed(&self.shared, group, &error);
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

    pub fn run_task(&mut self, task: Task) {
        task(&mut self.session);
        if !self.session.is_autocommit() {
            self.reopen();
        }
        if let Err(error) = self.session.busy_timeout(self.config.busy_timeout) {
            tracing::error!(%error, "the writer's time limit could not be set");
        }
        self.shared.tick();
    }

    /// Looks after the log when the callers have their answers.
    fn tend_log(&mut self) {
        if let Err(error) = self.try_tend_log() {
            tracing::warn!(%error, "checkpoint failed");
        }
    }

    fn try_tend_log(&mut self) -> Result<(), DbError> {
        let wish = self.log.take_wish();
        let frames = self.session.checkpoint(CheckpointMode::Noop)?.frames;
        let (mode, wait, alone) = if frames >= self.log_limit {
            // More is written than the checkpointer can move: writing has to wait for it.
            let alone = self.log.alone();
            (CheckpointMode::Truncate, LARGE_LOG_WAIT, alone)
        } else {
            // A wish that cannot be granted at once comes again.
            match (wish, self.log.try_alone()) {
                (Some(mode), Some(alone)) => (mode, CHECKPOINT_WAIT, alone),
                _ => return Ok(()),
            }
        };
        faults::hit(Point::BeforeCheckpoint);
        self.session.busy_timeout(wait)?;
        let done = self.session.checkpoint(mode);
        self.session.busy_timeout(self.config.busy_timeout)?;
        drop(alone);
        Counters::add(&self.shared.counters.checkpoints, 1);
        // A reader with an old snapshot stands in the way: do not stop for it at every commit.
        let left = done?;
        self.log_limit = TOO_LARGE + if left.blocked { left.frames } else { 0 };
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

/// A batch that was refused at its first statement left no trace: SQLite takes back what a
/// statement did before it failed. So the batches beside it stay as they are.
const fn wrote_nothing(result: &Result<Committed, CommitError>) -> bool {
    matches!(
        result,
        Err(CommitError::Unique { statement: 0 }
            | CommitError::Conflict {
                statement: 0,
                found: 0,
                ..
            })
    )
}
