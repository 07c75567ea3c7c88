//! PostgreSQL: one writer task with its own connection and a small pool for queries.

mod copies;
mod failure;
mod link;
mod migrate;
mod readers;
mod values;
mod writer;

use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::batch::{Batch, Committed};
use crate::config::PostgresConfig;
use crate::database::Shared;
use crate::error::{CommitError, DbError};
use crate::group;
use crate::migration::Step;
use crate::row::Row;
use crate::sql::{Engine, Shape, Sql};
use crate::sums::TableSum;
use crate::value::Value;

use link::Connector;
use readers::Readers;
use writer::{Job, Order, Writer};

/// What waits for the server is boxed: the body of an `async fn` is compiled again in every crate
/// that awaits it, and the whole client of PostgreSQL with it.
pub(crate) struct PostgresDatabase {
    shared: Arc<Shared>,
    connector: Arc<Connector>,
    writer: flume::Sender<Job>,
    writer_task: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
}

impl PostgresDatabase {
    pub fn open(config: PostgresConfig) -> BoxFuture<'static, Result<Self, DbError>> {
        Box::pin(async move {
            let shared = Shared::new();
            let (writer, jobs) = flume::bounded(config.queue);
            let connector = Arc::new(Connector::new(config, shared.clone())?);
            let link = connector.connect_first().await?;
            link.check_server().await?;
            let readers = Readers::new(connector.clone(), shared.clone());
            let task = Writer::new(connector.clone(), link, jobs, shared.clone());
            Ok(PostgresDatabase {
                shared,
                connector,
                writer,
                writer_task: Mutex::new(Some(tokio::spawn(task.run()))),
                readers,
            })
        })
    }

    pub async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        group::submit(&self.shared, &self.writer, batch).await
    }

    pub fn query(&self, sql: Sql, params: Vec<Value>) -> BoxFuture<'_, Result<Vec<Row>, DbError>> {
        Box::pin(async move { self.readers.query(&sql, &params).await })
    }

    pub fn snapshot(
        &self,
        queries: Vec<(Sql, Vec<Value>)>,
    ) -> BoxFuture<'_, Result<Vec<Vec<Row>>, DbError>> {
        Box::pin(async move { self.readers.snapshot(&queries).await })
    }

    pub fn prepare_check(&self, sql: Sql) -> BoxFuture<'_, Result<Shape, DbError>> {
        Box::pin(async move { self.readers.check(&sql).await })
    }

    pub fn explain(
        &self,
        sql: Sql,
        params: Vec<Value>,
    ) -> BoxFuture<'_, Result<Vec<String>, DbError>> {
        Box::pin(async move {
            let text = format!("EXPLAIN (COSTS OFF) {}", sql.text(Engine::Postgres));
            let rows = self.readers.query(&Sql::Owned(text), &params).await?;
            let lines = rows.iter().map(|row| Ok(row.text(0)?.to_owned()));
            lines.collect()
        })
    }

    pub fn migrate(&self, steps: Vec<Step>, now_ms: i64) -> BoxFuture<'_, Result<(), DbError>> {
        Box::pin(async move {
            let result = migrate::run(&self.connector, &steps, now_ms).await;
            self.shared.tick();
            result
        })
    }

    pub fn copy_to<'a>(&'a self, path: &'a Path) -> BoxFuture<'a, Result<Vec<TableSum>, DbError>> {
        Box::pin(async move { copies::write(&self.connector, path).await })
    }

    pub fn fill_from<'a>(
        &'a self,
        path: &'a Path,
        steps: Vec<Step>,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<(), DbError>> {
        Box::pin(async move {
            let result = copies::fill(&self.connector, path, &steps, now_ms).await;
            self.shared.tick();
            result
        })
    }

    pub fn drop_tables(&self) -> BoxFuture<'_, Result<(), DbError>> {
        Box::pin(async move { copies::drop_tables(&self.connector).await })
    }

    pub fn make_schema<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), DbError>> {
        Box::pin(async move {
            let quoted = copies::quoted(name);
            copies::control(&self.connector, &format!("CREATE SCHEMA {quoted}")).await
        })
    }

    pub fn drop_schema<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), DbError>> {
        Box::pin(async move {
            let quoted = copies::quoted(name);
            copies::control(&self.connector, &format!("DROP SCHEMA {quoted} CASCADE")).await
        })
    }

    pub fn sums(&self) -> BoxFuture<'_, Result<Vec<TableSum>, DbError>> {
        Box::pin(async move { copies::sums(&self.connector).await })
    }

    pub fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.readers.close().await;
            // An error means that the writer has ended already.
            let _ = self.writer.send_async(Job::Order(Order::Close)).await;
            if let Some(task) = self.writer_task.lock().await.take()
                && let Err(error) = task.await
            {
                tracing::error!(%error, "the database writer had failed");
            }
        })
    }

    pub fn queued(&self) -> (usize, usize) {
        (self.writer.len(), self.readers.waiting())
    }

    pub fn shared(&self) -> &Shared {
        &self.shared
    }
}
