//! How to open a database. The limits here bound every queue of the crate.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Which engine to open and how.
#[derive(Clone, Debug)]
pub enum Config {
    /// A file of the bundled SQLite.
    Sqlite(SqliteConfig),
    /// A PostgreSQL database.
    Postgres(PostgresConfig),
}

impl Config {
    /// SQLite with the default settings.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Config::Sqlite(SqliteConfig::new(path))
    }

    /// PostgreSQL with the default settings.
    pub fn postgres(url: impl Into<String>) -> Self {
        Config::Postgres(PostgresConfig::new(url))
    }
}

/// Settings of SQLite.
#[derive(Clone, Debug)]
pub struct SqliteConfig {
    /// The database file; created when it does not exist. Its directory must exist.
    pub path: PathBuf,
    /// Reader threads, each with its own connection.
    pub readers: usize,
    /// Page cache of the writer in bytes.
    pub writer_cache: usize,
    /// Page cache of each reader in bytes.
    pub reader_cache: usize,
    /// Whether this process claims the database as its only server. A second one is refused
    /// with [`DbError::InUse`](crate::DbError::InUse). Command line tools that write beside a
    /// running server leave it off.
    pub exclusive: bool,
    /// Batches that may wait for the writer before `commit` answers `Busy`.
    pub queue: usize,
    /// Queries that may wait for a reader before `query` answers `Busy`.
    pub query_queue: usize,
    /// Rows one query or returning statement may answer.
    pub max_rows: usize,
    /// How long the writer waits for the lock of another process.
    pub busy_timeout: Duration,
}

impl SqliteConfig {
    /// The default settings for a file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        SqliteConfig {
            path: path.into(),
            readers: 4,
            writer_cache: 64 << 20,
            reader_cache: 16 << 20,
            exclusive: false,
            queue: 1_024,
            query_queue: 1_024,
            max_rows: 100_000,
            busy_timeout: Duration::from_secs(5),
        }
    }

    /// Claims the database for this process, see [`SqliteConfig::exclusive`].
    pub fn exclusive(mut self) -> Self {
        self.exclusive = true;
        self
    }
}

/// Settings of PostgreSQL.
#[derive(Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database` or a `key=value` string.
    pub url: String,
    /// Whether this process claims the database as its only server, by a lock of the session that
    /// writes: what cannot hold the lock cannot write. A second one is refused with
    /// [`DbError::Claimed`](crate::DbError::Claimed).
    pub exclusive: bool,
    /// Connections for queries; the writer has one of its own.
    pub readers: usize,
    /// Batches that may wait for the writer before `commit` answers `Busy`.
    pub queue: usize,
    /// Queries that may wait for a connection before `query` answers `Busy`.
    pub query_queue: usize,
    /// Rows one query or returning statement may answer.
    pub max_rows: usize,
    /// How long a connection attempt may take.
    pub connect_timeout: Duration,
    /// How long the server works on one statement before it cancels it.
    pub statement_timeout: Duration,
    /// How often the writer, when idle, looks whether somebody else committed.
    pub poll: Duration,
}

impl PostgresConfig {
    /// The default settings for an address.
    pub fn new(url: impl Into<String>) -> Self {
        PostgresConfig {
            url: url.into(),
            exclusive: false,
            readers: 4,
            queue: 1_024,
            query_queue: 1_024,
            max_rows: 100_000,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            poll: Duration::from_millis(500),
        }
    }

    /// Claims the database for this process, see [`PostgresConfig::exclusive`].
    pub fn exclusive(mut self) -> Self {
        self.exclusive = true;
        self
    }
}

// The address holds the password.
impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConfig")
            .field("url", &"…")
            .field("readers", &self.readers)
            .field("queue", &self.queue)
            .field("query_queue", &self.query_queue)
            .finish_non_exhaustive()
    }
}
