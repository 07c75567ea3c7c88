//! Group commit, as far as both engines do the same: gathering, checking, answering.

use tokio::sync::oneshot;

use crate::batch::{Batch, Committed, Statement};
use crate::database::Shared;
use crate::error::{CommitError, DbError};
use crate::row::Row;
use crate::stats::Counters;

/// The batch goes back with its answer: whoever made it gives its memory back, where it is wanted
/// again at once, and the writer has more to do than that.
pub type Reply = oneshot::Sender<(Result<Committed, CommitError>, Batch)>;
pub type Results = Vec<Result<Committed, CommitError>>;

/// What waits in the queue of a writer: batches and the engine's own orders.
pub enum Job<Order> {
    Commit(Waiting),
    Order(Order),
}

/// A batch and who waits for its answer.
pub struct Waiting {
    pub batch: Batch,
    pub reply: Reply,
}

/// The bounds of one transaction.
pub struct GroupLimit {
    /// Batches at most.
    pub batches: usize,
    /// Statements at which no further batch joins, so that a large import does not make
    /// everybody else wait.
    pub statements: usize,
}

/// What a statement did.
#[derive(Default)]
pub struct Outcome {
    /// Rows affected, or answered when the statement answers rows.
    pub count: u64,
    /// The answered rows, if they were wanted.
    pub rows: Vec<Row>,
}

/// Takes what is queued now. It never waits: a group forms while the one before it commits.
/// The second result is a job that was taken and does not belong into a group.
pub fn gather<Order>(
    first: Waiting,
    jobs: &flume::Receiver<Job<Order>>,
    limit: &GroupLimit,
) -> (Vec<Waiting>, Option<Job<Order>>) {
    let mut group = vec![first];
    let other = join(&mut group, jobs, limit);
    (group, other)
}

/// Adds what is queued now to a group that is not committed yet; answers a job that was taken and
/// does not belong into it.
pub fn join<Order>(
    group: &mut Vec<Waiting>,
    jobs: &flume::Receiver<Job<Order>>,
    limit: &GroupLimit,
) -> Option<Job<Order>> {
    let mut statements: usize = group.iter().map(|waiting| waiting.batch.len()).sum();
    while group.len() < limit.batches && statements < limit.statements {
        match jobs.try_recv() {
            Ok(Job::Commit(waiting)) => {
                statements += waiting.batch.len();
                group.push(waiting);
            }
            Ok(other) => return Some(other),
            Err(_) => break,
        }
    }
    None
}

/// Adds what a statement did to the result of its batch, or says why the batch ends here.
pub fn record(
    committed: &mut Committed,
    position: usize,
    statement: &Statement,
    ran: Result<Outcome, DbError>,
) -> Result<(), CommitError> {
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
    Ok(())
}

/// Answers a group whose transaction ended well. Nothing is answered before that, not even a
/// refusal: its reason may be a row that another batch of the group wrote.
pub fn answer(shared: &Shared, group: Vec<Waiting>, results: Results) {
    let counters = &shared.counters;
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
        let _ = waiting.reply.send((result, waiting.batch));
    }
    if batches > 0 {
        shared.tick();
    }
}

/// Answers a group whose COMMIT failed: it may have been written or not.
pub fn answer_unknown(shared: &Shared, group: Vec<Waiting>, error: &DbError) {
    tracing::error!(%error, batches = group.len(), "COMMIT failed");
    Counters::add(&shared.counters.unknown, group.len() as u64);
    for waiting in group {
        let unknown = CommitError::Unknown(error.to_string());
        let _ = waiting.reply.send((Err(unknown), waiting.batch));
    }
    shared.tick();
}

/// Answers a group of which nothing was written.
pub fn answer_failed(shared: &Shared, group: Vec<Waiting>, error: &DbError) {
    tracing::error!(%error, batches = group.len(), "a group of batches failed");
    Counters::add(&shared.counters.refused, group.len() as u64);
    for waiting in group {
        let failed = Err(CommitError::Engine(error.clone()));
        let _ = waiting.reply.send((failed, waiting.batch));
    }
}

/// Puts a batch into the queue of a writer and waits for its answer.
pub async fn submit<Order>(
    shared: &Shared,
    queue: &flume::Sender<Job<Order>>,
    batch: Batch,
) -> Result<Committed, CommitError> {
    let (reply, answer) = oneshot::channel();
    match queue.try_send(Job::Commit(Waiting { batch, reply })) {
        Ok(()) => {}
        Err(flume::TrySendError::Full(_)) => {
            Counters::add(&shared.counters.busy, 1);
            return Err(CommitError::Busy);
        }
        Err(flume::TrySendError::Disconnected(_)) => return Err(CommitError::Closed),
    }
    match answer.await {
        Ok((result, _batch)) => result,
        // The writer ended while the batch was queued or running.
        Err(_) => Err(CommitError::Unknown("the writer stopped".to_owned())),
    }
}
