//! Databases for tests, and running one test on both engines.

use std::future::poll_fn;
use std::ops::Deref;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use db::{Config, Database, Migration, PostgresConfig, SqliteConfig, Value};

use crate::postgres::{self, TestDatabase};

/// Makes one test for each engine out of an async function that takes a [`Fixture`].
macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test($crate::engines::sqlite().await).await;
                }
            )*
        }
        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test($crate::engines::postgres().await).await;
                }
            )*
        }
    };
}
pub(crate) use on_both_engines;

/// An open database and what has to outlive it.
pub struct Fixture {
    db: Database,
    home: Home,
}

enum Home {
    Directory(tempfile::TempDir),
    Server(TestDatabase),
}

impl Deref for Fixture {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.db
    }
}

impl Fixture {
    /// Another handle with its own connections to the same data, as another process has.
    pub async fn other_process(&self) -> Database {
        let config = match &self.home {
            Home::Directory(_) => Config::sqlite(self.file()),
            Home::Server(server) => Config::postgres(&server.url),
        };
        Database::open(config).await.expect("opens a second time")
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> PathBuf {
        match &self.home {
            Home::Directory(directory) => directory.path().join("test.db"),
            Home::Server(_) => panic!("not a file"),
        }
    }

    /// A plain connection to the PostgreSQL database.
    pub async fn plain(&self) -> tokio_postgres::Client {
        match &self.home {
            Home::Directory(_) => panic!("not a server"),
            Home::Server(server) => connect(&server.url).await,
        }
    }
}

/// A plain connection to a PostgreSQL address.
pub async fn connect(url: &str) -> tokio_postgres::Client {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.expect("connects");
    tokio::spawn(connection);
    client
}

/// The table most tests use.
pub const ITEMS: [Migration; 1] = [Migration {
    id: 1,
    name: "items",
    sql: "CREATE TABLE item (id {int} PRIMARY KEY, name {text} UNIQUE, data {blob}, \
          score {real}, n {int} NOT NULL DEFAULT 0){table_options};",
}];

pub async fn sqlite() -> Fixture {
    sqlite_with(|_| ()).await
}

pub async fn sqlite_with(change: impl FnOnce(&mut SqliteConfig)) -> Fixture {
    let directory = tempfile::tempdir().expect("a directory");
    let mut config = SqliteConfig::new(directory.path().join("test.db"));
    change(&mut config);
    let home = Home::Directory(directory);
    open(Config::Sqlite(config), home).await
}

pub async fn postgres() -> Fixture {
    postgres_with(|_| ()).await
}

pub async fn postgres_with(change: impl FnOnce(&mut PostgresConfig)) -> Fixture {
    let made = tokio::task::spawn_blocking(postgres::database).await;
    let server = made.expect("a database");
    let mut config = PostgresConfig::new(&server.url);
    change(&mut config);
    open(Config::Postgres(config), Home::Server(server)).await
}

/// A PostgreSQL database without any table.
pub async fn postgres_empty() -> Fixture {
    let made = tokio::task::spawn_blocking(postgres::database).await;
    let server = made.expect("a database");
    let db = Database::open(Config::postgres(&server.url))
        .await
        .expect("opens");
    let home = Home::Server(server);
    Fixture { db, home }
}

async fn open(config: Config, home: Home) -> Fixture {
    let db = Database::open(config).await.expect("opens");
    db.migrate(&ITEMS, 1).await.expect("migrates");
    Fixture { db, home }
}

/// Waits until something holds, without sleeping blindly.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), wait).await;
    assert!(waited.is_ok(), "{what} did not happen within 30 seconds");
}

/// Lets a future start and answers whether it is done already.
pub async fn poll_once<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

/// A value in words: `Value` itself does not print what it holds.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Int(value) => format!("{value}"),
        Value::Real(value) => format!("{value:?}f"),
        Value::Text(text) => format!("{text:?}"),
        Value::Blob(blob) => format!("x{blob:02x?}"),
    }
}

/// Rows in words, in their order.
pub fn shown_rows(rows: Vec<db::Row>) -> Vec<String> {
    let shown_row = |row: db::Row| {
        let values = row.into_values();
        values.iter().map(shown).collect::<Vec<_>>().join("|")
    };
    rows.into_iter().map(shown_row).collect()
}
