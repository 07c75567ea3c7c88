//! SQLite's files: claims, other processes, checkpoints, copies.

use std::time::Duration;

use db::{Batch, CommitError, Config, Database, DbError, SqliteConfig};

use crate::engines::{self, poll_once, until};

fn insert(id: i64) -> Batch {
    let mut batch = Batch::new();
    batch.expect_one("INSERT INTO item (id) VALUES ($1)", vec![id.into()]);
    batch
}

async fn count(db: &Database) -> i64 {
    let row = db
        .query_one("SELECT COUNT(*) AS count FROM item", vec![])
        .await;
    row.expect("reads").int(0).expect("a number")
}

#[tokio::test]
async fn only_one_server_claims_a_file() {
    let db = engines::sqlite_with(|config| config.exclusive = true).await;
    let server = || Database::open(Config::Sqlite(SqliteConfig::new(db.file()).exclusive()));
    let error = server().await.err().expect("refused");
    let DbError::InUse { process, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(*process, Some(std::process::id()));
    assert!(
        error
            .to_string()
            .contains("is in use by another server (process "),
        "{error}"
    );
    // A command line tool beside the server may write.
    let tool = db.other_process().await;
    tool.commit(insert(1)).await.expect("commits");
    assert_eq!(count(&db).await, 1);
    tool.close().await;
    (*db).clone().close().await;
    server().await.expect("the claim has ended").close().await;
}

#[tokio::test]
async fn a_commit_of_another_process_is_noticed() {
    let db = engines::sqlite().await;
    let other = db.other_process().await;
    let mut changed = db.changed();
    for id in 0..3 {
        changed.mark_unchanged();
        other.commit(insert(id)).await.expect("commits");
        let ticked = tokio::time::timeout(Duration::from_secs(30), changed.changed());
        ticked.await.expect("a tick").expect("still open");
        assert_eq!(count(&db).await, id + 1);
    }
}

#[tokio::test]
async fn a_lock_held_for_too_long_is_told() {
    let limit = Duration::from_millis(100);
    let db = engines::sqlite_with(|config| config.busy_timeout = limit).await;
    let holder = rusqlite::Connection::open(db.file()).expect("opens");
    holder.execute_batch("BEGIN IMMEDIATE").expect("locks");
    let error = db.commit(insert(1)).await.expect_err("locked");
    assert!(
        matches!(error, CommitError::Engine(DbError::Unavailable(_))),
        "{error:?}"
    );
    // Readers do not care, and afterwards everything works.
    assert_eq!(count(&db).await, 0);
    holder.execute_batch("ROLLBACK").expect("unlocks");
    db.commit(insert(1)).await.expect("commits");
}

fn wal_size(db: &engines::Fixture) -> u64 {
    let mut wal = db.file().into_os_string();
    wal.push("-wal");
    std::fs::metadata(wal).map_or(0, |file| file.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_moved_beside_the_writer_and_given_back() {
    let db = engines::sqlite().await;
    for id in 0..12i64 {
        let mut batch = Batch::new();
        let sql = "INSERT INTO item (id, data) VALUES ($1, $2)";
        batch.expect_one(sql, vec![id.into(), vec![7u8; 1 << 20].into()]);
        db.commit(batch).await.expect("commits");
    }
    until("the log to be given back", async || wal_size(&db) < 1 << 20).await;
    assert!(db.stats().checkpoints >= 2);
    assert_eq!(count(&db).await, 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_bounded_under_constant_load() {
    let db = engines::sqlite().await;
    let mut largest = 0;
    for id in 0..160i64 {
        let mut batch = Batch::new();
        let sql = "INSERT INTO item (id, data) VALUES ($1, $2)";
        batch.expect_one(sql, vec![id.into(), vec![7u8; 1 << 20].into()]);
        db.commit(batch).await.expect("commits");
        largest = largest.max(wal_size(&db));
    }
    // 160 MB went through it. It stops at 64 MB and what the last batch added.
    assert!(largest < 68 << 20, "{largest} bytes");
}

#[tokio::test]
async fn a_checkpoint_empties_the_log() {
    let db = engines::sqlite().await;
    db.commit(insert(1)).await.expect("commits");
    assert!(wal_size(&db) > 0);
    db.checkpoint().await.expect("checkpoints");
    assert_eq!(wal_size(&db), 0);
    db.commit(insert(2)).await.expect("commits");
    assert_eq!(count(&db).await, 2);
}

#[tokio::test]
async fn a_copy_is_complete_and_never_overwrites() {
    let db = engines::sqlite().await;
    db.commit(insert(1)).await.expect("commits");
    let copy = db.file().with_extension("copy");
    db.copy_to(&copy).await.expect("copies");
    let error = db.copy_to(&copy).await.expect_err("is there already");
    assert!(matches!(error, DbError::Setup(_)), "{error:?}");
    for path in [copy.clone(), db.file()] {
        let rights = std::fs::metadata(&path).expect("there").permissions();
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&rights) & 0o777,
            0o600
        );
    }
    let copied = Database::open(Config::sqlite(&copy)).await.expect("opens");
    assert_eq!(count(&copied).await, 1);
    copied.close().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("not.db");
    std::fs::write(&path, [b'x'; 8_192]).expect("writes");
    let error = Database::open(Config::sqlite(&path)).await.err();
    assert!(matches!(error, Some(DbError::Storage(_))), "{error:?}");
    let error = Database::open(Config::sqlite(directory.path().join("no/where")))
        .await
        .err();
    assert!(matches!(error, Some(DbError::Storage(_))), "{error:?}");
}

#[tokio::test]
async fn a_full_queue_of_queries_is_busy() {
    let db = engines::sqlite_with(|config| {
        config.readers = 1;
        config.query_queue = 2;
    })
    .await;
    // Counts for some tenths of a second.
    let slow = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3000000) \
                SELECT COUNT(*) AS count FROM c";
    let mut first = Box::pin(db.query(slow, vec![]));
    assert!(poll_once(&mut first).await.is_pending());
    until("the first query to be taken", async || {
        db.stats().queued_queries == 0
    })
    .await;
    let others = (0..4).map(|_| db.query("SELECT 1 AS one", vec![]));
    let others = futures_util::future::join_all(others).await;
    let busy = others
        .iter()
        .filter(|result| **result == Err(DbError::Busy));
    assert_eq!(busy.count(), 2);
    assert_eq!(first.await.expect("reads")[0].int(0), Ok(3_000_000));
}

#[tokio::test]
async fn the_writer_is_set_up_to_be_durable() {
    let db = engines::sqlite().await;
    let wanted = [
        ("PRAGMA journal_mode", "\"wal\""),
        // FULL: the log is on the disk before a commit is answered.
        ("PRAGMA synchronous", "2"),
        ("PRAGMA secure_delete", "1"),
        ("PRAGMA foreign_keys", "1"),
        ("PRAGMA wal_autocheckpoint", "0"),
        ("PRAGMA temp_store", "2"),
    ];
    let mut batch = Batch::new();
    for (sql, _) in wanted {
        batch.returning(sql, vec![]);
    }
    let committed = db.commit(batch).await.expect("commits");
    for ((sql, value), rows) in wanted.into_iter().zip(committed.returned) {
        assert_eq!(engines::shown_rows(rows), [value], "{sql}");
    }
}
