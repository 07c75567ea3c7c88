//! Reader threads: read-only connections that share one bounded queue.

use tokio::sync::oneshot;

use super::session::Session;
use crate::config::SqliteConfig;
use crate::database::Shared;
use crate::error::DbError;
use crate::row::Row;
use crate::sql::{Shape, Sql};
use crate::stats::Counters;
use crate::value::Value;

type Reply<T> = oneshot::Sender<Result<T, DbError>>;

pub enum ReadJob {
    Read(Read),
    /// Ends the thread that takes it.
    Stop,
}

pub enum Read {
    Rows(Sql, Vec<Value>, Reply<Vec<Row>>),
    Snapshot(Vec<(Sql, Vec<Value>)>, Reply<Vec<Vec<Row>>>),
    Check(Sql, Reply<Shape>),
    Explain(Sql, Vec<Value>, Reply<Vec<String>>),
}

pub fn run(
    mut session: Session,
    config: &SqliteConfig,
    jobs: &flume::Receiver<ReadJob>,
    shared: &Shared,
) {
    while let Ok(ReadJob::Read(read)) = jobs.recv() {
        Counters::add(&shared.counters.queries, 1);
        if serve(&mut session, read) {
            match Session::reader(config) {
                Ok(fresh) => {
                    session = fresh;
                    Counters::add(&shared.counters.reconnects, 1);
                }
                // The old connection stays in use; the next failure tries again.
                Err(error) => tracing::error!(%error, "a reader could not be opened again"),
            }
        }
    }
}

/// Reads and answers; true if the files gave an error.
pub fn serve(session: &mut Session, read: Read) -> bool {
    match read {
        Read::Rows(sql, params, reply) => answer(reply, || session.query(&sql, &params)),
        Read::Snapshot(queries, reply) => answer(reply, || session.snapshot(&queries)),
        Read::Check(sql, reply) => answer(reply, || session.check(&sql)),
        Read::Explain(sql, params, reply) => answer(reply, || session.explain(&sql, &params)),
    }
}

/// Works and answers, unless nobody waits any more; true if the files gave an error.
fn answer<T>(reply: Reply<T>, work: impl FnOnce() -> Result<T, DbError>) -> bool {
    if reply.is_closed() {
        return false;
    }
    let result = work();
    let storage_failed = matches!(result, Err(DbError::Storage(_)));
    // The asker may have gone meanwhile.
    let _ = reply.send(result);
    storage_failed
}
