//! The pool for queries: read-only connections, made when they are first needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::failure::Failure;
use super::link::{Connector, Link, Role};
use crate::database::Shared;
use crate::error::DbError;
use crate::row::Row;
use crate::sql::{Shape, Sql};
use crate::stats::Counters;
use crate::value::Value;

pub struct Readers {
    connector: Arc<Connector>,
    shared: Arc<Shared>,
    /// One slot a connection; an empty slot connects when it is used.
    slots: flume::Receiver<Option<Link>>,
    back: flume::Sender<Option<Link>>,
    waiting: AtomicUsize,
    closed: AtomicBool,
}

impl Readers {
    pub fn new(connector: Arc<Connector>, shared: Arc<Shared>) -> Self {
        let number = connector.config.readers.max(1);
        let (back, slots) = flume::bounded(number);
        for _ in 0..number {
            // The queue is as long as there are slots.
            let _ = back.try_send(None);
        }
        Readers {
            connector,
            shared,
            slots,
            back,
            waiting: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    pub async fn query(&self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>, DbError> {
        self.read(&Query { sql, params }).await
    }

    pub async fn check(&self, sql: &Sql) -> Result<Shape, DbError> {
        self.read(&Check { sql }).await
    }

    pub async fn snapshot(&self, queries: &[(Sql, Vec<Value>)]) -> Result<Vec<Vec<Row>>, DbError> {
        self.read(&Snapshot { queries }).await
    }

    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits for the queries that run and drops all connections; later queries are refused.
    pub async fn close(&self) {
        let mut slots = Vec::new();
        for _ in 0..self.connector.config.readers.max(1) {
            if let Ok(link) = self.slots.recv_async().await {
                drop(link);
                slots.push(Slot {
                    link: None,
                    back: &self.back,
                });
            }
        }
        self.closed.store(true, Ordering::Relaxed);
        // Those who wait get the empty slots now, one after the other, and are refused.
        drop(slots);
    }

    /// Reading twice does no harm: when a connection turns out to be dead, or a statement to be
    /// outdated, the read runs once more.
    async fn read<W: Work>(&self, work: &W) -> Result<W::Answer, DbError> {
        let mut slot = self.take_slot().await?;
        Counters::add(&self.shared.counters.queries, 1);
        let mut again = true;
        loop {
            let mut link = match slot.link.take() {
                Some(link) if !link.client.is_closed() => link,
                unusable => {
                    let link = self.connector.connect(Role::Reader).await?;
                    let replaced = u64::from(unusable.is_some() || !again);
                    Counters::add(&self.shared.counters.reconnects, replaced);
                    link
                }
            };
            // While it works the slot is empty: a caller that goes away in the middle drops the
            // connection and does not leave its transaction to the next one.
            match work.run(&mut link).await {
                Ok(result) => {
                    slot.link = Some(link);
                    return Ok(result);
                }
                Err(Failure::Lost(_)) if again => {}
                Err(Failure::Lost(error)) => return Err(error),
                Err(Failure::Stale(_) | Failure::Again(_)) if again => {
                    link.forget_statements();
                    slot.link = Some(link);
                }
                Err(failure) => {
                    slot.link = Some(link);
                    return Err(failure.into_error());
                }
            }
            again = false;
        }
    }

    async fn take_slot(&self) -> Result<Slot<'_>, DbError> {
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.connector.config.query_queue {
            return Err(DbError::Busy);
        }
        let link = self.slots.recv_async().await;
        drop(waiting);
        let slot = Slot {
            link: link.map_err(|_| DbError::Closed)?,
            back: &self.back,
        };
        if self.closed.load(Ordering::Relaxed) {
            return Err(DbError::Closed);
        }
        Ok(slot)
    }
}

/// Something to read on a connection. (An async closure would do, but its future is not known to
/// be `Send`.)
trait Work: Sync {
    type Answer: Send;

    fn run(&self, link: &mut Link) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

struct Query<'a> {
    sql: &'a Sql,
    params: &'a [Value],
}

impl Work for Query<'_> {
    type Answer = Vec<Row>;

    async fn run(&self, link: &mut Link) -> Result<Vec<Row>, Failure> {
        Ok(link.query(self.sql, self.params).await?.rows)
    }
}

struct Check<'a> {
    sql: &'a Sql,
}

impl Work for Check<'_> {
    type Answer = Shape;

    async fn run(&self, link: &mut Link) -> Result<Shape, Failure> {
        link.check(self.sql).await
    }
}

struct Snapshot<'a> {
    queries: &'a [(Sql, Vec<Value>)],
}

impl Work for Snapshot<'_> {
    type Answer = Vec<Vec<Row>>;

    async fn run(&self, link: &mut Link) -> Result<Vec<Vec<Row>>, Failure> {
        link.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        let mut results = Vec::with_capacity(self.queries.len());
        for (sql, params) in self.queries {
            match link.query(sql, params).await {
                Ok(outcome) => results.push(outcome.rows),
                Err(failure) => {
                    link.control("ROLLBACK").await?;
                    return Err(failure);
                }
            }
        }
        link.control("COMMIT").await?;
        Ok(results)
    }
}

/// Counts a waiting query until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A slot that goes back to the pool when it is dropped.
struct Slot<'a> {
    link: Option<Link>,
    back: &'a flume::Sender<Option<Link>>,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        // There is room for every slot that was taken.
        let _ = self.back.try_send(self.link.take());
    }
}
