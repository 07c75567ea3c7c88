//! The one handle everybody else holds.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

use crate::batch::{Batch, Committed};
use crate::config::{Config, SqliteConfig};
use crate::error::{CommitError, DbError};
use crate::migration::{self, Migration};
use crate::postgres::PostgresDatabase;
use crate::row::Row;
use crate::seen;
use crate::sql::{Engine, Shape, Sql};
use crate::sqlite::{SqliteDatabase, Steps};
use crate::stats::{Counters, Stats};
use crate::sums::TableSum;
use crate::value::Value;

/// An open database. Clones share it; the last one dropped closes it, [`Database::close`] does
/// so in order.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

enum Inner {
    Sqlite(SqliteDatabase),
    Postgres(PostgresDatabase),
}

/// What the writer, the readers and the handle of one database share.
pub(crate) struct Shared {
    pub counters: Counters,
    pub changed: watch::Sender<u64>,
    /// Another server holds the claim on this database.
    pub displaced: watch::Sender<bool>,
}

impl Shared {
    pub fn new() -> Arc<Self> {
        Arc::new(Shared {
            counters: Counters::default(),
            changed: watch::Sender::new(0),
            displaced: watch::Sender::new(false),
        })
    }

    pub fn tick(&self) {
        self.changed.send_modify(|ticks| *ticks += 1);
    }
}

impl Database {
    /// Opens a database and starts its writer and readers. Must run inside a tokio runtime.
    ///
    /// # Errors
    /// [`DbError::InUse`] when another server claims the file, [`DbError::Unavailable`] when the
    /// server does not answer, [`DbError::Setup`] when the engine is too old or set up wrongly.
    pub async fn open(config: Config) -> Result<Database, DbError> {
        let inner = match config {
            Config::Sqlite(config) => Inner::Sqlite(SqliteDatabase::open(config).await?),
            Config::Postgres(config) => Inner::Postgres(PostgresDatabase::open(config).await?),
        };
        Ok(Database {
            inner: Arc::new(inner),
        })
    }

    /// Opens a SQLite database that does nothing by itself: whoever holds the [`Steps`] decides
    /// when it reads and writes. Needs no runtime.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn open_stepped(config: SqliteConfig) -> Result<(Database, Steps), DbError> {
        let (database, steps) = SqliteDatabase::open_stepped(config)?;
        let inner = Arc::new(Inner::Sqlite(database));
        Ok((Database { inner }, steps))
    }

    /// Commits a batch, or nothing of it. When it answers `Ok`, the batch survives a crash of
    /// the process and of the machine.
    ///
    /// Dropping the future does not withdraw the batch.
    ///
    /// # Errors
    /// See [`CommitError`]; only `Unknown` leaves open whether the batch was written.
    pub async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        if batch.is_empty() {
            return Ok(Committed::default());
        }
        batch
            .statements()
            .iter()
            .for_each(|statement| seen::note(&statement.sql));
        match &*self.inner {
            Inner::Sqlite(database) => database.commit(batch).await,
            Inner::Postgres(database) => database.commit(batch).await,
        }
    }

    /// Reads rows on a read-only connection. Sees every batch that was answered before.
    ///
    /// # Errors
    /// [`DbError::TooManyRows`] beyond the limit of the configuration, [`DbError::Busy`] when too
    /// many queries wait, [`DbError::Unavailable`] during an outage.
    pub async fn query(
        &self,
        sql: impl Into<Sql>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        let sql = sql.into();
        seen::note(&sql);
        match &*self.inner {
            Inner::Sqlite(database) => database.query(sql, params).await,
            Inner::Postgres(database) => database.query(sql, params).await,
        }
    }

    /// Reads at most one row.
    ///
    /// # Errors
    /// As [`Database::query`]; more than one row is [`DbError::TooManyRows`].
    pub async fn query_opt(
        &self,
        sql: impl Into<Sql>,
        params: Vec<Value>,
    ) -> Result<Option<Row>, DbError> {
        let mut rows = self.query(sql, params).await?;
        if rows.len() > 1 {
            return Err(DbError::TooManyRows(1));
        }
        Ok(rows.pop())
    }

    /// Reads exactly one row.
    ///
    /// # Errors
    /// As [`Database::query_opt`]; none is [`DbError::NoRow`].
    pub async fn query_one(&self, sql: impl Into<Sql>, params: Vec<Value>) -> Result<Row, DbError> {
        self.query_opt(sql, params).await?.ok_or(DbError::NoRow)
    }

    /// Reads several queries in one snapshot: no commit falls between them.
    ///
    /// # Errors
    /// As [`Database::query`].
    pub async fn snapshot(
        &self,
        queries: Vec<(Sql, Vec<Value>)>,
    ) -> Result<Vec<Vec<Row>>, DbError> {
        queries.iter().for_each(|(sql, _)| seen::note(sql));
        match &*self.inner {
            Inner::Sqlite(database) => database.snapshot(queries).await,
            Inner::Postgres(database) => database.snapshot(queries).await,
        }
    }

    /// Brings the schema up to the newest migration of `set`, whose ids must ascend. Every
    /// migration is one transaction; `now_ms` is noted with the ones applied now.
    ///
    /// # Errors
    /// [`DbError::Migration`] when one fails, has changed since it was applied or is missing,
    /// [`DbError::Newer`] when the database is ahead of this program.
    pub async fn migrate(&self, set: &[Migration], now_ms: i64) -> Result<(), DbError> {
        let plan = migration::plan(set, self.engine())?;
        match &*self.inner {
            Inner::Sqlite(database) => database.migrate(plan, now_ms).await,
            Inner::Postgres(database) => database.migrate(plan, now_ms).await,
        }
    }

    /// The engine, for the few statements that differ.
    pub fn engine(&self) -> Engine {
        match &*self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Prepares a statement without running it, for the test that compares both engines.
    ///
    /// # Errors
    /// [`DbError::Sql`] when the engine refuses it, [`DbError::ColumnType`] when it answers a
    /// column this crate cannot read.
    pub async fn prepare_check(&self, sql: impl Into<Sql>) -> Result<Shape, DbError> {
        let sql = sql.into();
        match &*self.inner {
            Inner::Sqlite(database) => database.prepare_check(sql).await,
            Inner::Postgres(database) => database.prepare_check(sql).await,
        }
    }

    /// The query plan, one line a step, indented by depth. Nothing is run.
    ///
    /// # Errors
    /// As [`Database::query`].
    pub async fn explain(
        &self,
        sql: impl Into<Sql>,
        params: Vec<Value>,
    ) -> Result<Vec<String>, DbError> {
        let sql = sql.into();
        match &*self.inner {
            Inner::Sqlite(database) => database.explain(sql, params).await,
            Inner::Postgres(database) => database.explain(sql, params).await,
        }
    }

    /// Ticks after every group commit of this process and, within half a second, of others.
    /// It only says "look again"; a lost or a needless tick does no harm.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared().changed.subscribe()
    }

    /// Becomes true, for good, when another server has taken over what this one claimed
    /// exclusively: this one writes no more. Only on PostgreSQL, where a claim ends with its
    /// connection; that on a file ends with the process.
    pub fn displaced(&self) -> watch::Receiver<bool> {
        self.shared().displaced.subscribe()
    }

    /// Moves everything from the WAL into the database file and empties the WAL, so that erased
    /// content is in neither. Does nothing on PostgreSQL.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] while a reader holds an old snapshot for too long.
    pub async fn checkpoint(&self) -> Result<(), DbError> {
        match &*self.inner {
            Inner::Sqlite(database) => database.checkpoint().await,
            Inner::Postgres(_) => Ok(()),
        }
    }

    /// Writes a copy of one moment to a new file while others read and write, and answers what
    /// the copy holds. On SQLite the file is a database; on PostgreSQL it is for
    /// [`Database::fill_from`].
    ///
    /// # Errors
    /// [`DbError::Setup`] when the file exists already.
    pub async fn copy_to(&self, path: &Path) -> Result<Vec<TableSum>, DbError> {
        match &*self.inner {
            Inner::Sqlite(database) => database.copy_to(path).await,
            Inner::Postgres(database) => database.copy_to(path).await,
        }
    }

    /// Fills an empty PostgreSQL database from such a copy, all of it or nothing. `set` is what
    /// [`Database::migrate`] takes; of it, only what the copy had is applied. A copy of SQLite is
    /// put in its place as a file instead, and is refused here.
    ///
    /// # Errors
    /// [`DbError::Setup`] when the database holds rows or the file is no such copy,
    /// [`DbError::Newer`] when a newer version wrote it.
    pub async fn fill_from(
        &self,
        path: &Path,
        set: &[Migration],
        now_ms: i64,
    ) -> Result<(), DbError> {
        let plan = migration::plan(set, self.engine())?;
        match &*self.inner {
            Inner::Sqlite(_) => Err(only_on_postgres()),
            Inner::Postgres(database) => database.fill_from(path, plan, now_ms).await,
        }
    }

    /// Takes back what [`Database::fill_from`] did: every table of the schema goes.
    ///
    /// # Errors
    /// As [`Database::query`].
    pub async fn drop_tables(&self) -> Result<(), DbError> {
        match &*self.inner {
            Inner::Sqlite(_) => Err(only_on_postgres()),
            Inner::Postgres(database) => database.drop_tables().await,
        }
    }

    /// Makes an empty schema in this PostgreSQL database.
    ///
    /// # Errors
    /// What the server says.
    pub async fn make_schema(&self, name: &str) -> Result<(), DbError> {
        match &*self.inner {
            Inner::Sqlite(_) => Err(only_on_postgres()),
            Inner::Postgres(database) => database.make_schema(name).await,
        }
    }

    /// Removes a schema with everything in it.
    ///
    /// # Errors
    /// What the server says.
    pub async fn drop_schema(&self, name: &str) -> Result<(), DbError> {
        match &*self.inner {
            Inner::Sqlite(_) => Err(only_on_postgres()),
            Inner::Postgres(database) => database.drop_schema(name).await,
        }
    }

    /// What each table holds, all at one moment: every row is read.
    ///
    /// # Errors
    /// As [`Database::query`].
    pub async fn sums(&self) -> Result<Vec<TableSum>, DbError> {
        match &*self.inner {
            Inner::Sqlite(database) => database.sums().await,
            Inner::Postgres(database) => database.sums().await,
        }
    }

    /// Commits what is queued, answers it, checkpoints and closes. Other clones answer `Closed`
    /// from then on.
    pub async fn close(self) {
        match &*self.inner {
            Inner::Sqlite(database) => database.close().await,
            Inner::Postgres(database) => database.close().await,
        }
    }

    /// The counters, for metrics.
    pub fn stats(&self) -> Stats {
        let (batches, queries) = match &*self.inner {
            Inner::Sqlite(database) => database.queued(),
            Inner::Postgres(database) => database.queued(),
        };
        self.shared().counters.snapshot(batches, queries)
    }

    fn shared(&self) -> &Shared {
        match &*self.inner {
            Inner::Sqlite(database) => database.shared(),
            Inner::Postgres(database) => database.shared(),
        }
    }
}

fn only_on_postgres() -> DbError {
    DbError::Setup("a SQLite database is a file, and is copied and removed as one".to_owned())
}
