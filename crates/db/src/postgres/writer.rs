//! The writer task: group commit.

use std::sync::Arc;

use tokio_postgres::Statement;

use super::failure::Failure;
use super::link::{Connector, Link, Pipelined, Role, pipeline};
use crate::batch::{Batch, Committed};
use crate::database::Shared;
use crate::error::{CommitError, DbError};
use crate::faults::{self, Lie, Point, Trouble};
use crate::group::{self, GroupLimit, Outcome, Results, Waiting};
use crate::sql::Sql;
use crate::stats::Counters;

/// Every savepoint that writes is a subtransaction, and from the 65th on every other session has
/// to look them up on disk.
const GROUP: GroupLimit = GroupLimit {
    batches: 60,
    statements: 4_096,
};
/// How often a group is run before its callers are told that it did not work.
const TRIES: u32 = 4;
/// The newest transaction id that has been given out, in this database or another.
const NEWEST: &str = "SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT)";

/// Keeps the batch before and starts the next one.
const NEXT: &str = "RELEASE batch; SAVEPOINT batch";
/// Takes the batch before back; the savepoint stays for the next one.
const UNDO: &str = "ROLLBACK TO batch";

pub type Job = group::Job<Order>;

pub enum Order {
    /// Everything queued before it is done; then the task ends.
    Close,
}

pub struct Writer {
    connector: Arc<Connector>,
    link: Option<Link>,
    jobs: flume::Receiver<Job>,
    shared: Arc<Shared>,
    /// The answer to [`NEWEST`] when it was last asked.
    newest: Option<String>,
}

/// Why a group as a whole was not committed.
enum GroupFailure {
    /// Nothing was written and it may run again.
    Again(DbError),
    /// Nothing was written and another run would not help.
    Refused(DbError),
    /// It may have been written.
    Unknown(DbError),
}

impl Writer {
    pub fn new(
        connector: Arc<Connector>,
        link: Link,
        jobs: flume::Receiver<Job>,
        shared: Arc<Shared>,
    ) -> Self {
        Writer {
            connector,
            link: Some(link),
            jobs,
            shared,
            newest: None,
        }
    }

    pub async fn run(mut self) {
        let poll = self.connector.config.poll;
        let mut next = None;
        loop {
            let job = match next.take() {
                Some(job) => job,
                None => match tokio::time::timeout(poll, self.jobs.recv_async()).await {
                    Ok(Ok(job)) => job,
                    Ok(Err(flume::RecvError::Disconnected)) => break,
                    Err(_) => {
                        self.notice_others().await;
                        continue;
                    }
                },
            };
            match job {
                group::Job::Commit(first) => {
                    let (group, taken) = group::gather(first, &self.jobs, &GROUP);
                    next = taken;
                    self.commit(group).await;
                }
                group::Job::Order(Order::Close) => break,
            }
        }
    }

    async fn commit(&mut self, group: Vec<Waiting>) {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_group(&group).await {
                Ok(results) => return group::answer(&self.shared, group, results),
                Err(GroupFailure::Unknown(error)) => {
                    return group::answer_unknown(&self.shared, group, &error);
                }
                Err(GroupFailure::Again(error)) if tries < TRIES => {
                    tracing::warn!(%error, tries, "a group of batches runs again");
                    Counters::add(&self.shared.counters.retries, 1);
                    if let Some(pause) = self.connector.pause() {
                        tokio::time::sleep(pause).await;
                    }
                }
                Err(GroupFailure::Again(error) | GroupFailure::Refused(error)) => {
                    return group::answer_failed(&self.shared, group, &error);
                }
            }
        }
    }

    /// Runs a group once. Whatever happens, no transaction is left open.
    async fn try_group(&mut self, group: &[Waiting]) -> Result<Results, GroupFailure> {
        let mut link = match self.link.take() {
            Some(link) if !link.client.is_closed() => link,
            _ => {
                let connected = self.connector.connect(Role::Writer).await;
                let link = connected.map_err(GroupFailure::Again)?;
                Counters::add(&self.shared.counters.reconnects, 1);
                link
            }
        };
        let failure = match run_group(&mut link, group).await {
            Ok(results) => {
                self.link = Some(link);
                return Ok(results);
            }
            // Here the connection is dropped, and with it whatever is open.
            Err(GroupStop::AtCommit(failure)) => {
                return Err(GroupFailure::Unknown(failure.into_error()));
            }
            Err(GroupStop::Before(Failure::Lost(error))) => {
                return Err(GroupFailure::Again(error));
            }
            Err(GroupStop::Before(failure)) => failure,
        };
        if matches!(failure, Failure::Stale(_)) {
            link.forget_statements();
        }
        if link.control("ROLLBACK").await.is_ok() {
            self.link = Some(link);
        }
        Err(match failure {
            Failure::Other(error) => GroupFailure::Refused(error),
            other => GroupFailure::Again(other.into_error()),
        })
    }

    /// Ticks if somebody else may have committed, and reconnects while nobody waits for it.
    async fn notice_others(&mut self) {
        if self
            .link
            .as_ref()
            .is_none_or(|link| link.client.is_closed())
        {
            match self.connector.connect(Role::Writer).await {
                Ok(link) => {
                    self.link = Some(link);
                    Counters::add(&self.shared.counters.reconnects, 1);
                }
                Err(_) => return,
            }
        }
        let Some(link) = &mut self.link else {
            return;
        };
        match link.query(&Sql::Same(NEWEST), &[]).await {
            Ok(outcome) => {
                let row = outcome.rows.first();
                let newest = row.and_then(|row| row.text(0).ok().map(str::to_owned));
                // The first look has nothing to compare with and must not lose a commit either.
                if newest != self.newest {
                    self.newest = newest;
                    self.shared.tick();
                }
            }
            Err(failure) => {
                let error = failure.into_error();
                tracing::warn!(%error, "the PostgreSQL connection of the writer failed");
                self.link = None;
            }
        }
    }
}

/// Where a group stopped.
enum GroupStop {
    /// Before its COMMIT was sent.
    Before(Failure),
    /// At its COMMIT.
    AtCommit(Failure),
}

impl From<Failure> for GroupStop {
    fn from(failure: Failure) -> Self {
        GroupStop::Before(failure)
    }
}

async fn run_group(link: &mut Link, group: &[Waiting]) -> Result<Results, GroupStop> {
    let mut prepared = Vec::with_capacity(group.len());
    for waiting in group {
        prepared.push(prepare_batch(link, &waiting.batch).await?);
    }
    // Statements must never leave before it is sure that a transaction is open: outside of one
    // each would be committed on its own.
    link.control("BEGIN; SAVEPOINT batch").await?;
    let mut results = Results::with_capacity(group.len());
    // What has to happen before the next batch, sent together with it.
    let mut steer = None;
    for (waiting, prepared) in group.iter().zip(prepared) {
        let statements = match prepared {
            Ok(statements) => statements,
            Err(error) => {
                results.push(Err(error.into()));
                continue;
            }
        };
        let result = run_batch(link, steer, &waiting.batch, &statements).await?;
        faults::hit(Point::MidGroup);
        steer = Some(if result.is_ok() { NEXT } else { UNDO });
        results.push(result);
    }
    if !results.iter().any(Result::is_ok) {
        link.control("ROLLBACK").await?;
        return Ok(results);
    }
    if steer == Some(UNDO) {
        // A COMMIT of a failed transaction would roll back and call it a success.
        link.control(UNDO).await?;
    }
    faults::hit(Point::BeforeCommit);
    commit(link).await?;
    faults::hit(Point::AfterCommitBeforeAck);
    Ok(results)
}

async fn commit(link: &Link) -> Result<(), GroupStop> {
    let on_purpose = || Failure::Lost(DbError::Storage("on purpose".to_owned()));
    if faults::strikes(Trouble::CommitLost) {
        link.control("ROLLBACK").await?;
        return Err(GroupStop::AtCommit(on_purpose()));
    }
    if faults::lies_each(Lie::AckBeforeCommit, 20) {
        // As if the power failed between the answer and the commit that was to follow it.
        return Ok(link.control("ROLLBACK").await?);
    }
    match link.control("COMMIT").await {
        Ok(()) if faults::strikes(Trouble::CommitAnswerLost) => {
            Err(GroupStop::AtCommit(on_purpose()))
        }
        Ok(()) => Ok(()),
        // The server says for certain that it rolled back.
        Err(failure @ (Failure::Again(_) | Failure::Stale(_))) => Err(GroupStop::Before(failure)),
        Err(Failure::Other(error @ (DbError::Constraint { .. } | DbError::Unique { .. }))) => {
            Err(GroupStop::Before(Failure::Other(error)))
        }
        Err(failure) => Err(GroupStop::AtCommit(failure)),
    }
}

/// The prepared statements of a batch, or why it cannot run. Only a failure that concerns the
/// whole group is an error here.
async fn prepare_batch(
    link: &mut Link,
    batch: &Batch,
) -> Result<Result<Vec<Statement>, DbError>, Failure> {
    let mut statements = Vec::with_capacity(batch.len());
    for statement in batch.statements() {
        match link.prepare(&statement.sql, &statement.params).await {
            Ok(statement) => statements.push(statement),
            Err(Failure::Other(error)) => return Ok(Err(error)),
            Err(failure) => return Err(failure),
        }
    }
    Ok(Ok(statements))
}

/// Runs a batch inside the savepoint. All its statements leave at once; after the first that
/// fails, the server refuses the others.
async fn run_batch(
    link: &Link,
    steer: Option<&'static str>,
    batch: &Batch,
    prepared: &[Statement],
) -> Result<Result<Committed, CommitError>, Failure> {
    let mut futures: Vec<Pipelined<'_, Result<Outcome, Failure>>> =
        Vec::with_capacity(batch.len() + 1);
    if let Some(steer) = steer {
        futures.push(Box::pin(async move {
            link.control(steer).await?;
            Ok(Outcome::default())
        }));
    }
    for (statement, prepared) in batch.statements().iter().zip(prepared) {
        let (params, keep) = (&statement.params, statement.returning);
        futures.push(Box::pin(link.run(prepared, params, keep)));
    }
    let mut ran = pipeline(futures).await.into_iter();
    if steer.is_some()
        && let Some(steered) = ran.next()
    {
        steered?;
    }
    let mut committed = Committed::default();
    for (position, (statement, ran)) in batch.statements().iter().zip(ran).enumerate() {
        let ran = match ran {
            Ok(outcome) => Ok(outcome),
            Err(Failure::Other(error)) => Err(error),
            Err(failure) => return Err(failure),
        };
        if let Err(error) = group::record(&mut committed, position, statement, ran) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(committed))
}
