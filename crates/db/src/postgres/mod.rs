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

pub(crate) struct PostgresDatabase {
    shared: Arc<Shared>,
    connector: Arc<Connector>,
    writer: flume::Sender<Job>,
    writer_task: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
}

impl PostgresDatabase {
    pub async fn open(config: PostgresConfig) -> Result<Self, DbError> {
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
    }

    pub async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        group::submit(&self.shared, &self.writer, batch).await
    }

    pub async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.readers.query(&sql, &params).await
    }

    pub async fn snapshot(
        &self,
        queries: Vec<(Sql, Vec<Value>)>,
    ) -> Result<Vec<Vec<Row>>, DbError> {
        self.readers.snapshot(&queries).await
    }

    pub async fn prepare_check(&self, sql: Sql) -> Result<Shape, DbError> {
        self.readers.check(&sql).await
    }

    pub async fn explain(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<String>, DbError> {
        let text = format!("EXPLAIN (COSTS OFF) {}", sql.text(Engine::Postgres));
        let rows = self.readers.query(&Sql::Owned(text), &params).await?;
        let lines = rows.iter().map(|row| Ok(row.text(0)?.to_owned()));
        lines.collect()
    }

    pub async fn migrate(&self, steps: Vec<Step>, now_ms: i64) -> Result<(), DbError> {
        let result = migrate::run(&self.connector, &steps, now_ms).await;
        self.shared.tick();
        result
    }

    pub async fn copy_to(&self, path: &Path) -> Result<Vec<TableSum>, DbError> {
        copies::write(&self.connector, path).await
    }

    pub async fn fill_from(
        &self,
        path: &Path,
        steps: Vec<Step>,
        now_ms: i64,
    ) -> Result<(), DbError> {
        let result = copies::fill(&self.connector, path, &steps, now_ms).await;
        self.shared.tick();
        result
    }

    pub async fn drop_tables(&self) -> Result<(), DbError> {
        copies::drop_tables(&self.connector).await
    }

    pub async fn make_schema(&self, name: &str) -> Result<(), DbError> {
        let quoted = copies::quoted(name);
        copies::control(&self.connector, &format!("CREATE SCHEMA {quoted}")).await
    }

    pub async fn drop_schema(&self, name: &str) -> Result<(), DbError> {
        let quoted = copies::quoted(name);
        copies::control(&self.connector, &format!("DROP SCHEMA {quoted} CASCADE")).await
    }

    pub async fn sums(&self) -> Result<Vec<TableSum>, DbError> {
        copies::sums(&self.connector).await
    }

    pub async fn close(&self) {
        self.readers.close().await;
        // An error means that the writer has ended already.
        let _ = self.writer.send_async(Job::Order(Order::Close)).await;
        if let Some(task) = self.writer_task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the database writer had failed");
        }
    }

    pub fn queued(&self) -> (usize, usize) {
        (self.writer.len(), self.readers.waiting())
    }

    pub fn shared(&self) -> &Shared {
        &self.shared
    }
}
