//! What can go wrong. No variant carries a parameter or a stored value: they hold personal data.

use std::fmt;
use std::path::PathBuf;

/// Why reading, opening or migrating failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// The database cannot be reached or is locked by somebody else; worth another try later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The queue of waiting queries is full.
    #[error("too many queries are waiting")]
    Busy,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// No space left on the device or in the quota.
    #[error("the disk that holds the database is full")]
    DiskFull,
    /// Reading or writing the files failed, or the file is damaged.
    #[error("the database file cannot be used: {0}")]
    Storage(String),
    /// A constraint other than a unique key refused a row.
    #[error("{kind} constraint refused the row{}", named(.name))]
    Constraint {
        /// Which kind of constraint.
        kind: ConstraintKind,
        /// The name of the constraint or of its column, where the engine tells.
        name: Option<String>,
    },
    /// A unique key refused a row.
    #[error("unique key refused the row{}", named(.name))]
    Unique {
        /// The name of the key or of its columns, where the engine tells.
        name: Option<String>,
    },
    /// The statement is wrong for the engine or the schema.
    #[error("the statement failed ({code}): {message}")]
    Sql {
        /// SQLSTATE on PostgreSQL, the extended result code on SQLite.
        code: String,
        /// The engine's words without any value.
        message: String,
    },
    /// A parameter does not fit its place.
    #[error("parameter ${number}: {problem}")]
    Parameter {
        /// The number of the placeholder, from 1.
        number: usize,
        /// What is wrong.
        problem: String,
    },
    /// A statement takes another number of parameters than were given.
    #[error("the statement takes {wanted} parameters, {given} were given")]
    ParameterCount {
        /// What the statement takes.
        wanted: usize,
        /// What was given.
        given: usize,
    },
    /// A row has no such column.
    #[error("column {column} was read, the row has {columns}")]
    NoColumn {
        /// The position that was asked for, from 0.
        column: usize,
        /// How many columns there are.
        columns: usize,
    },
    /// A column holds another kind of value than was asked for.
    #[error("column {column} holds {found}, wanted {wanted}")]
    WrongKind {
        /// The position, from 0.
        column: usize,
        /// What was asked for.
        wanted: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// The engine answered a column of a type this crate does not read.
    #[error("column {column} has the type {kind}, which is not read; cast it")]
    ColumnType {
        /// The position, from 0.
        column: usize,
        /// The engine's name of the type.
        kind: String,
    },
    /// [`Database::query_one`](crate::Database::query_one) found nothing.
    #[error("no row where one was expected")]
    NoRow,
    /// More rows than the caller or the limit of a result allows.
    #[error("more than {0} rows")]
    TooManyRows(usize),
    /// Another server process uses this database directory.
    #[error("{} is in use by another server{}", .path.display(), holder(.process))]
    InUse {
        /// The lock file.
        path: PathBuf,
        /// The id of the process that holds it, where it is known.
        process: Option<u32>,
    },
    /// Another server process writes to this PostgreSQL database.
    #[error(
        "{place} is in use by another server. One database serves one server: end the other one \
         first; one that was cut off from the database is forgotten after a minute"
    )]
    Claimed {
        /// The server and the database, without the password.
        place: String,
    },
    /// The configuration or the engine itself cannot be used.
    #[error("{0}")]
    Setup(String),
    /// A migration cannot be applied.
    #[error("migration {id} ({name}): {problem}")]
    Migration {
        /// The number of the migration.
        id: u32,
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// The database has migrations this program does not know.
    #[error(
        "the database is at migration {found} and this program knows {known}: \
         it was written by a newer version; install that version or restore a backup"
    )]
    Newer {
        /// The newest migration of the database.
        found: u32,
        /// The newest migration of the program.
        known: u32,
    },
}

/// Which kind of constraint refused a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// The row points at nothing, or something still points at the row.
    ForeignKey,
    /// A `CHECK` was false.
    Check,
    /// A column cannot be null.
    NotNull,
    /// Another one, such as the type of a column of a strict table.
    Other,
}

impl fmt::Display for ConstraintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ConstraintKind::ForeignKey => "foreign key",
            ConstraintKind::Check => "check",
            ConstraintKind::NotNull => "not-null",
            ConstraintKind::Other => "another",
        })
    }
}

fn named(name: &Option<String>) -> String {
    name.as_ref()
        .map(|name| format!(": {name}"))
        .unwrap_or_default()
}

fn holder(process: &Option<u32>) -> String {
    process
        .map(|process| format!(" (process {process})"))
        .unwrap_or_default()
}

/// Why a batch was not, or perhaps not, committed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// A statement affected another number of rows than expected. Nothing was written; read
    /// again and decide again.
    #[error("statement {statement} affected {found} rows, expected {expected}")]
    Conflict {
        /// The position of the statement in the batch, from 0.
        statement: usize,
        /// The expectation in words, such as `exactly 1`.
        expected: String,
        /// The rows it affected.
        found: u64,
    },
    /// A statement met a unique key. Nothing was written.
    #[error("statement {statement} met a unique key")]
    Unique {
        /// The position of the statement in the batch, from 0.
        statement: usize,
    },
    /// The queue is full. Nothing was written; shed load or try later.
    #[error("too many batches are waiting")]
    Busy,
    /// The COMMIT failed or the connection was lost in it: the batch may have been written or
    /// not. Retry only what is idempotent.
    #[error("it is not known whether the batch was committed: {0}")]
    Unknown(String),
    /// The database was closed. Nothing was written.
    #[error("the database is closed")]
    Closed,
    /// Anything else. Nothing was written.
    #[error(transparent)]
    Engine(#[from] DbError),
}
