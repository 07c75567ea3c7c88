//! SQLite: one writer thread, reader threads and a checkpointer beside the writer.

mod checkpoint;
mod copies;
mod files;
mod readers;
mod session;
mod steps;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use flume::TrySendError;
use tokio::sync::oneshot;

use crate::batch::{Batch, Committed};
use crate::config::SqliteConfig;
use crate::database::Shared;
use crate::error::{CommitError, DbError};
use crate::group;
use crate::migration::Step;
use crate::row::Row;
use crate::sql::{Shape, Sql};
use crate::sums::TableSum;
use crate::value::Value;

pub use steps::{CommitFate, Steps};

use checkpoint::Checkpointer;
use readers::{Read, ReadJob};
use session::Session;
use writer::{Job, Order, Writer};

/// An older SQLite can corrupt a WAL database when a checkpoint resets the log.
const OLDEST_VERSION: i32 = 3_051_003;

pub(crate) struct SqliteDatabase {
    shared: Arc<Shared>,
    config: Arc<SqliteConfig>,
    writer: flume::Sender<Job>,
    readers: flume::Sender<ReadJob>,
    checkpointer: flume::Sender<()>,
    threads: Mutex<Threads>,
}

#[derive(Default)]
struct Threads {
    readers: Vec<JoinHandle<()>>,
    checkpointer: Option<JoinHandle<()>>,
    writer: Option<JoinHandle<()>>,
}

impl SqliteDatabase {
    pub async fn open(config: SqliteConfig) -> Result<Self, DbError> {
        blocking(move || Self::open_blocking(config)).await
    }

    fn open_blocking(config: SqliteConfig) -> Result<Self, DbError> {
        let lock = prepare(&config)?;
        let config = Arc::new(config);
        let shared = Shared::new();
        let log = Arc::new(checkpoint::Log::default());

        // The writer's connection comes first: it creates the file and switches on the WAL.
        let session = Session::writer(&config)?;
        let (writer, jobs) = flume::bounded(config.queue);
        let (readers, reads) = flume::bounded(config.query_queue);
        let (checkpointer, stop) = flume::bounded(1);
        let mut threads = Threads::default();
        for number in 0..config.readers.max(1) {
            let session = Session::reader(&config)?;
            let (config, reads, shared) = (config.clone(), reads.clone(), shared.clone());
            threads
                .readers
                .push(spawn(&format!("db-reader-{number}"), move || {
                    readers::run(session, &config, &reads, &shared);
                })?);
        }
        let worker = Checkpointer::open(&config, log.clone(), shared.clone())?;
        threads.checkpointer = Some(spawn("db-checkpoint", move || worker.run(&stop))?);
        let worker = Writer::new(session, config.clone(), jobs, shared.clone(), log, lock)?;
        threads.writer = Some(spawn("db-writer", move || worker.run())?);
        Ok(SqliteDatabase {
            shared,
            config,
            writer,
            readers,
            checkpointer,
            threads: Mutex::new(threads),
        })
    }

    /// The same without threads: whoever holds the [`Steps`] does their work.
    pub fn open_stepped(config: SqliteConfig) -> Result<(Self, Steps), DbError> {
        let lock = prepare(&config)?;
        let config = Arc::new(config);
        let shared = Shared::new();
        let log = Arc::new(checkpoint::Log::default());
        let (writer, jobs) = flume::bounded(config.queue);
        let (readers, reads) = flume::bounded(config.query_queue);
        let (checkpointer, _) = flume::bounded(1);
        let session = Session::writer(&config)?;
        session.keep_log()?;
        let reader = Session::reader(&config)?;
        reader.keep_log()?;
        let worker = Writer::new(session, config.clone(), jobs, shared.clone(), log, lock)?;
        let database = SqliteDatabase {
            shared,
            config,
            writer,
            readers,
            checkpointer,
            threads: Mutex::default(),
        };
        Ok((database, Steps::new(worker, reader, reads)))
    }

    pub async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        group::submit(&self.shared, &self.writer, batch).await
    }

    pub async fn query(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.read(|reply| Read::Rows(sql, params, reply)).await
    }

    pub async fn snapshot(
        &self,
        queries: Vec<(Sql, Vec<Value>)>,
    ) -> Result<Vec<Vec<Row>>, DbError> {
        self.read(|reply| Read::Snapshot(queries, reply)).await
    }

    pub async fn prepare_check(&self, sql: Sql) -> Result<Shape, DbError> {
        self.read(|reply| Read::Check(sql, reply)).await
    }

    pub async fn explain(&self, sql: Sql, params: Vec<Value>) -> Result<Vec<String>, DbError> {
        self.read(|reply| Read::Explain(sql, params, reply)).await
    }

    pub async fn migrate(&self, steps: Vec<Step>, now_ms: i64) -> Result<(), DbError> {
        self.task(move |session| session.migrate(&steps, now_ms))
            .await
    }

    pub async fn checkpoint(&self) -> Result<(), DbError> {
        let timeout = self.config.busy_timeout;
        self.task(move |session| session.truncate_wal(timeout))
            .await
    }

    pub async fn copy_to(&self, path: &Path) -> Result<Vec<TableSum>, DbError> {
        let config = self.config.clone();
        let path = path.to_owned();
        blocking(move || Session::reader(&config)?.copy_to(&path)).await
    }

    pub async fn sums(&self) -> Result<Vec<TableSum>, DbError> {
        let config = self.config.clone();
        blocking(move || Session::reader(&config)?.sums()).await
    }

    /// Readers stop first, so that the last checkpoint of the writer can empty the WAL.
    pub async fn close(&self) {
        for _ in 0..self.config.readers.max(1) {
            // An error means that the threads are gone already; the same below.
            let _ = self.readers.send_async(ReadJob::Stop).await;
        }
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        join(threads.readers).await;
        let _ = self.checkpointer.try_send(());
        join(threads.checkpointer).await;
        let _ = self.writer.send_async(Job::Order(Order::Close)).await;
        join(threads.writer).await;
    }

    pub fn queued(&self) -> (usize, usize) {
        (self.writer.len(), self.readers.len())
    }

    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    async fn read<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, DbError>>) -> Read,
    ) -> Result<T, DbError> {
        let (reply, answer) = oneshot::channel();
        match self.readers.try_send(ReadJob::Read(job(reply))) {
            Ok(()) => answer.await.unwrap_or(Err(DbError::Closed)),
            Err(TrySendError::Full(_)) => Err(DbError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(DbError::Closed),
        }
    }

    /// Runs something that is not a batch on the writer's connection, between two groups.
    async fn task<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, DbError> {
        let (reply, answer) = oneshot::channel();
        let job = Job::Order(Order::Task(Box::new(move |session| {
            // The asker may have gone; the work is done all the same.
            let _ = reply.send(work(session));
        })));
        let sent = self.writer.send_async(job).await;
        sent.map_err(|_| DbError::Closed)?;
        answer.await.unwrap_or(Err(DbError::Closed))
    }
}

/// What comes before the first connection.
fn prepare(config: &SqliteConfig) -> Result<Option<std::fs::File>, DbError> {
    if rusqlite::version_number() < OLDEST_VERSION {
        return Err(DbError::Setup(format!(
            "SQLite {} is too old, 3.51.3 or newer is needed",
            rusqlite::version()
        )));
    }
    let lock = files::claim(config)?;
    if !config.path.exists() {
        let created = files::create_private(&config.path);
        // Another process may have been faster.
        if !config.path.exists() {
            created?;
        }
    }
    Ok(lock)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, DbError> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    let spawned = thread.spawn(work);
    spawned.map_err(|error| DbError::Setup(format!("no thread can be started: {error}")))
}

async fn join(threads: impl IntoIterator<Item = JoinHandle<()>> + Send + 'static) {
    let joined = blocking(move || {
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a database thread had panicked");
            }
        }
        Ok(())
    });
    if let Err(error) = joined.await {
        tracing::error!(%error, "the database threads were not waited for");
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(DbError::Setup(format!("a database task failed: {error}"))))
}
