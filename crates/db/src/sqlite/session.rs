//! One connection: how it is set up, how a statement runs on it, what its errors mean.

use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ToSql, ffi};

use crate::config::SqliteConfig;
use crate::error::{ConstraintKind, DbError};
use crate::faults::{self, Lie, Point};
use crate::group::Outcome;
use crate::migration::{self, Applied, Step};
use crate::row::Row;
use crate::sql::{Engine, Shape, Sql, SqliteTexts, sqlite_placeholders};
use crate::value::Value;

/// Prepared statements a connection keeps.
const PREPARED: usize = 512;

pub struct Session {
    connection: Connection,
    texts: SqliteTexts,
    max_rows: usize,
}

impl Session {
    pub fn writer(config: &SqliteConfig) -> Result<Self, DbError> {
        let session = Self::open(config)?;
        let set_up = || {
            let connection = &session.connection;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            let waits = if faults::lies(Lie::NeverFlushed) {
                "OFF"
            } else {
                "FULL"
            };
            connection.pragma_update(None, "synchronous", waits)?;
            connection.pragma_update(None, "secure_delete", "ON")?;
            cache(connection, config.writer_cache)
        };
        set_up().map_err(running)?;
        let mode = session.pragma_text("journal_mode")?;
        if mode != "wal" {
            return Err(DbError::Setup(format!(
                "the file system of {} does not allow a write-ahead log (journal mode {mode})",
                config.path.display()
            )));
        }
        Ok(session)
    }

    pub fn reader(config: &SqliteConfig) -> Result<Self, DbError> {
        let session = Self::open(config)?;
        let set_up = || {
            session.connection.pragma_update(None, "query_only", "ON")?;
            cache(&session.connection, config.reader_cache)
        };
        set_up().map_err(running)?;
        Ok(session)
    }

    /// A connection for checkpoints: it must be able to write, but never waits for others.
    pub fn checkpointer(config: &SqliteConfig) -> Result<Self, DbError> {
        let session = Self::open(config)?;
        session.busy_timeout(Duration::ZERO)?;
        Ok(session)
    }

    fn open(config: &SqliteConfig) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(&config.path, flags)?;
            connection.busy_timeout(config.busy_timeout)?;
            connection.set_prepared_statement_cache_capacity(PREPARED);
            // A misspelt column in double quotes is an error, not a string; a damaged or foreign
            // schema gets no functions to call.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            // Plans do not depend on values: otherwise a statement with a `LIMIT` of its caller's is
            // compiled again at every run.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.pragma_update(None, "foreign_keys", "ON")?;
            connection.pragma_update(None, "temp_store", "MEMORY")?;
            connection.pragma_update(None, "case_sensitive_like", "ON")?;
            // Checkpoints run beside the writer, never inside a commit.
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
            Ok(connection)
        };
        let connection = open().map_err(running)?;
        Ok(Session {
            connection,
            texts: SqliteTexts::default(),
            max_rows: config.max_rows,
        })
    }

    /// Closing leaves the log as it is, as if the process had died.
    pub fn keep_log(&self) -> Result<(), DbError> {
        let keep = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        let set = self.connection.set_db_config(keep, true);
        set.map(drop).map_err(running)
    }

    pub fn busy_timeout(&self, timeout: Duration) -> Result<(), DbError> {
        self.connection.busy_timeout(timeout).map_err(running)
    }

    /// True outside a transaction: some errors end it on their own.
    pub fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Runs one of the fixed statements that steer a transaction.
    pub fn control(&self, sql: &'static str) -> Result<(), DbError> {
        let run = || self.connection.prepare_cached(sql)?.raw_execute();
        run().map(drop).map_err(running)
    }

    /// Runs one statement with its parameters.
    pub fn run(&mut self, sql: &Sql, params: &[Value], keep: bool) -> Result<Outcome, DbError> {
        let text = self.texts.text(sql);
        let prepared = self.connection.prepare_cached(&text);
        let mut statement = prepared.map_err(preparing)?;
        bind(&mut statement, params)?;
        if statement.column_count() == 0 {
            let count = statement.raw_execute().map_err(running)?;
            return Ok(Outcome {
                count: count as u64,
                ..Outcome::default()
            });
        }
        let columns = statement.column_count();
        let mut outcome = Outcome::default();
        let mut found = statement.raw_query();
        while let Some(row) = found.next().map_err(running)? {
            outcome.count += 1;
            if keep {
                if outcome.rows.len() == self.max_rows {
                    return Err(DbError::TooManyRows(self.max_rows));
                }
                outcome.rows.push(read_row(row, columns)?);
            }
        }
        Ok(outcome)
    }

    pub fn query(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>, DbError> {
        Ok(self.run(sql, params, true)?.rows)
    }

    pub fn snapshot(&mut self, queries: &[(Sql, Vec<Value>)]) -> Result<Vec<Vec<Row>>, DbError> {
        self.control("BEGIN DEFERRED")?;
        let read = |(sql, params): &(Sql, Vec<Value>)| self.query(sql, params);
        let results = queries.iter().map(read).collect();
        if !self.is_autocommit() {
            self.control("ROLLBACK")?;
        }
        results
    }

    pub fn check(&self, sql: &Sql) -> Result<Shape, DbError> {
        let text = sqlite_placeholders(sql.text(Engine::Sqlite));
        let statement = self.connection.prepare(&text).map_err(preparing)?;
        let columns = statement.column_names().map(str::to_owned);
        Ok(Shape {
            columns: columns.collect(),
            parameters: statement.parameter_count(),
        })
    }

    pub fn explain(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<String>, DbError> {
        let text = format!("EXPLAIN QUERY PLAN {}", sql.text(Engine::Sqlite));
        let mut depths = std::collections::HashMap::from([(0, 0usize)]);
        let mut lines = Vec::new();
        for row in self.query(&Sql::Owned(text), params)? {
            let depth = depths.get(&row.int(1)?).copied().unwrap_or(0);
            depths.insert(row.int(0)?, depth + 1);
            lines.push(format!("{}{}", "  ".repeat(depth), row.text(3)?));
        }
        Ok(lines)
    }

    /// One transaction a migration; between two of them another process may take its turn.
    pub fn migrate(&mut self, steps: &[Step], now_ms: i64) -> Result<(), DbError> {
        loop {
            self.control("BEGIN IMMEDIATE")?;
            match self.migrate_next(steps, now_ms) {
                Ok(more) => {
                    self.control("COMMIT")?;
                    faults::hit(Point::MidMigration);
                    if !more {
                        return Ok(());
                    }
                }
                Err(error) => {
                    if !self.is_autocommit() {
                        self.control("ROLLBACK")?;
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Applies the next migration, if there is one.
    fn migrate_next(&mut self, steps: &[Step], now_ms: i64) -> Result<bool, DbError> {
        self.run(&Sql::Same(migration::TABLE), &[], false)?;
        let rows = self.query(&Sql::Same(migration::APPLIED), &[])?;
        let applied = rows
            .iter()
            .map(Applied::read)
            .collect::<Result<Vec<_>, _>>()?;
        let Some(step) = migration::pending(steps, &applied)?.first() else {
            return Ok(false);
        };
        let done = self.run_each(&step.sql);
        done.map_err(|error| step.failed(preparing(error)))?;
        if self.is_autocommit() {
            return Err(step.problem("ended its transaction"));
        }
        let note = [
            Value::from(step.id),
            Value::from(step.name),
            Value::from(step.checksum.as_str()),
            Value::from(now_ms),
        ];
        self.run(&Sql::Same(migration::NOTE), &note, false)?;
        faults::hit(Point::MidMigration);
        Ok(true)
    }

    /// Runs statement after statement, so that a drill can end the process between any two.
    fn run_each(&self, sql: &str) -> rusqlite::Result<()> {
        let mut batch = rusqlite::Batch::new(&self.connection, sql);
        while let Some(mut statement) = batch.next()? {
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            drop(rows);
            faults::hit(Point::MidMigration);
        }
        Ok(())
    }

    /// Changes when another connection commits.
    pub fn data_version(&self) -> Result<i64, DbError> {
        let read = || {
            let mut statement = self.connection.prepare_cached("PRAGMA data_version")?;
            statement.query_row([], |row| row.get(0))
        };
        read().map_err(running)
    }

    /// Runs `PRAGMA wal_checkpoint` in a mode.
    pub fn checkpoint(&self, mode: CheckpointMode) -> Result<Wal, DbError> {
        let sql = match mode {
            CheckpointMode::Noop => "PRAGMA wal_checkpoint(NOOP)",
            CheckpointMode::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
            CheckpointMode::Restart => "PRAGMA wal_checkpoint(RESTART)",
            CheckpointMode::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
        };
        let run = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_row([], |row| {
                Ok(Wal {
                    blocked: row.get::<_, i64>(0)? != 0,
                    frames: row.get::<_, i64>(1)?.max(0),
                    moved: row.get::<_, i64>(2)?.max(0),
                })
            })
        };
        match run().map_err(running) {
            // Another process runs a checkpoint.
            Err(DbError::Unavailable(_)) => Ok(Wal {
                blocked: true,
                frames: 0,
                moved: 0,
            }),
            result => result,
        }
    }

    pub fn truncate_wal(&self, timeout: Duration) -> Result<(), DbError> {
        self.busy_timeout(timeout)?;
        let wal = self.checkpoint(CheckpointMode::Truncate)?;
        if wal.blocked {
            return Err(DbError::Unavailable(
                "a reader holds an old snapshot, the log cannot be emptied".to_owned(),
            ));
        }
        Ok(())
    }

    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether the connection refuses to write.
    pub fn query_only(&self, on: bool) -> Result<(), DbError> {
        let set = self.connection.pragma_update(None, "query_only", on);
        set.map_err(running)
    }

    fn pragma_text(&self, name: &str) -> Result<String, DbError> {
        let value = self
            .connection
            .pragma_query_value(None, name, |row| row.get(0));
        value.map_err(running)
    }
}

/// How far a checkpoint goes.
#[derive(Clone, Copy, Debug)]
pub enum CheckpointMode {
    /// Only tells the size of the log.
    Noop,
    /// Moves what nobody stands in the way of.
    Passive,
    /// Moves everything; the next commit starts the log from its beginning.
    Restart,
    /// Moves everything and empties the file.
    Truncate,
}

/// The state of the write-ahead log after a checkpoint.
#[derive(Clone, Copy, Debug)]
pub struct Wal {
    /// Somebody stood in the way of the whole job.
    pub blocked: bool,
    /// Frames in the log, each a page.
    pub frames: i64,
    /// Frames that are in the database file already.
    pub moved: i64,
}

fn cache(connection: &Connection, bytes: usize) -> rusqlite::Result<()> {
    // A negative size counts KiB instead of pages.
    let kib = i64::try_from(bytes / 1_024).unwrap_or(i64::MAX);
    connection.pragma_update(None, "cache_size", -kib)
}

fn bind(statement: &mut CachedStatement<'_>, params: &[Value]) -> Result<(), DbError> {
    let wanted = statement.parameter_count();
    if wanted != params.len() {
        let given = params.len();
        return Err(DbError::ParameterCount { wanted, given });
    }
    for (index, value) in params.iter().enumerate() {
        let number = index + 1;
        if let Value::Text(text) = value
            && text.contains('\0')
        {
            let problem = "text cannot hold a NUL character".to_owned();
            return Err(DbError::Parameter { number, problem });
        }
        statement
            .raw_bind_parameter(number, value)
            .map_err(running)?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}

fn read_row(row: &rusqlite::Row<'_>, columns: usize) -> Result<Row, DbError> {
    let mut values = Vec::with_capacity(columns);
    for column in 0..columns {
        values.push(match row.get_ref(column).map_err(running)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Int(value),
            ValueRef::Real(value) => Value::Real(value),
            ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
            ValueRef::Text(text) => match std::str::from_utf8(text) {
                Ok(text) => Value::Text(text.to_owned()),
                Err(_) => {
                    return Err(DbError::WrongKind {
                        column,
                        wanted: "text",
                        found: "bytes that are not UTF-8",
                    });
                }
            },
        });
    }
    Ok(Row::new(values))
}

/// The meaning of an error while a statement is prepared: its message is about the SQL text.
pub fn preparing(error: rusqlite::Error) -> DbError {
    match error {
        rusqlite::Error::SqlInputError { error, msg, .. } => DbError::Sql {
            code: error.extended_code.to_string(),
            message: msg,
        },
        rusqlite::Error::SqliteFailure(failure, Some(message))
            if failure.code == ErrorCode::Unknown =>
        {
            DbError::Sql {
                code: failure.extended_code.to_string(),
                message,
            }
        }
        other => running(other),
    }
}

/// The meaning of an error while a statement runs. Its message may quote a value from the first
/// quotation mark on, so that part is cut.
pub fn running(error: rusqlite::Error) -> DbError {
    let rusqlite::Error::SqliteFailure(failure, message) = error else {
        return preparing_or_driver(error);
    };
    let message = message.unwrap_or_else(|| failure.to_string());
    let message = message.split(['"', '\'']).next().unwrap_or("").trim();
    match failure.code {
        ErrorCode::ConstraintViolation => constraint(failure.extended_code, message),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            DbError::Unavailable("another process holds the lock for too long".to_owned())
        }
        ErrorCode::DiskFull => DbError::DiskFull,
        ErrorCode::SystemIoFailure
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::CannotOpen
        | ErrorCode::FileLockingProtocolFailed => {
            DbError::Storage(format!("{message} ({})", failure.extended_code))
        }
        _ => DbError::Sql {
            code: failure.extended_code.to_string(),
            message: message.to_owned(),
        },
    }
}

fn preparing_or_driver(error: rusqlite::Error) -> DbError {
    match error {
        rusqlite::Error::SqlInputError { .. } => preparing(error),
        // The others are about how the driver was called and hold no values.
        other => DbError::Sql {
            code: "driver".to_owned(),
            message: match other {
                rusqlite::Error::MultipleStatement => "more than one statement".to_owned(),
                _ => "the statement was used in a wrong way".to_owned(),
            },
        },
    }
}

fn constraint(extended_code: i32, message: &str) -> DbError {
    // Such as `UNIQUE constraint failed: contact.number, contact.channel`.
    let name = message
        .split_once("failed: ")
        .map(|(_, name)| name.to_owned());
    let kind = match extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => return DbError::Unique { name },
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ConstraintKind::ForeignKey,
        ffi::SQLITE_CONSTRAINT_CHECK => ConstraintKind::Check,
        ffi::SQLITE_CONSTRAINT_NOTNULL => ConstraintKind::NotNull,
        _ => ConstraintKind::Other,
    };
    DbError::Constraint { kind, name }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Error, ffi};

    use super::{DbError, running};

    fn failure(code: i32, message: &str) -> DbError {
        running(Error::SqliteFailure(
            ffi::Error::new(code),
            Some(message.to_owned()),
        ))
    }

    #[test]
    fn errors_keep_their_kind_and_lose_values() {
        assert_eq!(
            failure(ffi::SQLITE_FULL, "database or disk is full"),
            DbError::DiskFull
        );
        let storage = failure(ffi::SQLITE_IOERR_WRITE, "disk I/O error");
        assert_eq!(storage, DbError::Storage("disk I/O error (778)".to_owned()));
        assert_eq!(
            failure(
                ffi::SQLITE_ERROR,
                "fts5: syntax error near \"kundin@example.com\""
            ),
            DbError::Sql {
                code: "1".to_owned(),
                message: "fts5: syntax error near".to_owned(),
            }
        );
        let name = Some("contact.number".to_owned());
        assert_eq!(
            failure(
                ffi::SQLITE_CONSTRAINT_UNIQUE,
                "UNIQUE constraint failed: contact.number"
            ),
            DbError::Unique { name }
        );
    }
}
