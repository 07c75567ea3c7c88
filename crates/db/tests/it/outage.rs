//! PostgreSQL that goes away, refuses to serialize or changes under us.

use std::time::Duration;

use db::{Batch, CommitError, Config, ConstraintKind, Database, DbError};

use crate::engines::{self, ITEMS, poll_once, until};
use crate::postgres::Cluster;

fn insert(id: i64) -> Batch {
    let mut batch = Batch::new();
    batch.expect_one("INSERT INTO item (id) VALUES ($1)", vec![id.into()]);
    batch
}

async fn ids(db: &Database) -> Vec<i64> {
    let rows = db.query("SELECT id FROM item ORDER BY id", vec![]).await;
    let rows = rows.expect("reads");
    rows.iter().map(|row| row.int(0).expect("an id")).collect()
}

/// Makes the first insert (or the first commit of one, when `deferred`) do something else.
async fn first_insert(client: &tokio_postgres::Client, deferred: bool, act: &str) {
    let (kind, timing) = match deferred {
        true => ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED"),
        false => ("TRIGGER", ""),
    };
    // A sequence does not roll back, so the second try finds it used up.
    let sql = format!(
        "CREATE SEQUENCE attempts;
         CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF nextval('attempts') = 1 THEN {act}; END IF;
           RETURN NULL;
         END $$;
         CREATE {kind} act AFTER INSERT ON item {timing} FOR EACH ROW EXECUTE FUNCTION act();"
    );
    client.batch_execute(&sql).await.expect("makes the trigger");
}

/// Ends the session that sleeps.
async fn end_sleeper(client: &tokio_postgres::Client) {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE wait_event = 'PgSleep' AND datname = current_database()";
    until("a session to sleep", async || {
        let ended = client.query(sql, &[]).await.expect("looks");
        !ended.is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_told_and_survived() {
    let cluster = tokio::task::spawn_blocking(Cluster::start)
        .await
        .expect("starts");
    let server = cluster.database();
    let db = Database::open(Config::postgres(&server.url))
        .await
        .expect("opens");
    db.migrate(&ITEMS, 1).await.expect("migrates");
    db.commit(insert(1)).await.expect("commits");
    assert_eq!(ids(&db).await, [1]);

    cluster.crash();
    for _ in 0..3 {
        let error = db.query("SELECT 1 AS one", vec![]).await.expect_err("down");
        assert!(matches!(error, DbError::Unavailable(_)), "{error:?}");
    }
    let error = db.commit(insert(2)).await.expect_err("down");
    assert!(
        matches!(error, CommitError::Engine(DbError::Unavailable(_))),
        "{error:?}"
    );

    cluster.restart();
    until("the writer to recover", async || {
        let result = db.commit(insert(3)).await;
        matches!(result, Ok(_) | Err(CommitError::Unique { .. }))
    })
    .await;
    until("the readers to recover", async || {
        db.query("SELECT 1 AS one", vec![]).await.is_ok()
    })
    .await;
    assert_eq!(ids(&db).await, [1, 3]);

    // A restart between two uses: a dead connection is replaced at its next use.
    cluster.crash();
    cluster.restart();
    until("the readers to recover again", async || {
        db.query("SELECT 1 AS one", vec![]).await.is_ok()
    })
    .await;
    db.commit(insert(4)).await.expect("commits");
    assert_eq!(ids(&db).await, [1, 3, 4]);
    db.close().await;
}

#[tokio::test]
async fn an_unreachable_server_is_told_at_open() {
    let error = Database::open(Config::postgres("postgres://u:geheim@%2Fnowhere/x"))
        .await
        .err();
    assert!(matches!(error, Some(DbError::Unavailable(_))), "{error:?}");
    for wrong in [
        "postgres://u:geheim@h:notaport/x",
        "postgres://u:geheim@h/x?sslmode=require",
    ] {
        let error = Database::open(Config::postgres(wrong))
            .await
            .err()
            .expect("refused");
        assert!(matches!(error, DbError::Setup(_)), "{error:?}");
        assert!(!error.to_string().contains("geheim"), "{error}");
    }
    assert!(!format!("{:?}", Config::postgres("postgres://u:geheim@h/x")).contains("geheim"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_lost_in_the_commit_leaves_it_unknown() {
    let db = engines::postgres().await;
    let client = db.plain().await;
    first_insert(&client, true, "PERFORM pg_sleep(60)").await;
    let (result, ()) = tokio::join!(db.commit(insert(1)), end_sleeper(&client));
    assert!(matches!(result, Err(CommitError::Unknown(_))), "{result:?}");
    assert_eq!(db.stats().unknown, 1);
    db.commit(insert(2))
        .await
        .expect("the writer has recovered");
    assert_eq!(ids(&db).await, [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_lost_before_the_commit_is_tried_again() {
    let db = engines::postgres().await;
    let client = db.plain().await;
    first_insert(&client, false, "PERFORM pg_sleep(60)").await;
    let (result, ()) = tokio::join!(db.commit(insert(1)), end_sleeper(&client));
    result.expect("commits at the second try");
    assert_eq!(db.stats().retries, 1);
    assert_eq!(ids(&db).await, [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deadlocks_and_serialization_failures_are_tried_again() {
    let cases = [(false, "40P01"), (false, "40001"), (true, "40001")];
    for (deferred, code) in cases {
        let db = engines::postgres().await;
        let client = db.plain().await;
        let act = format!("RAISE EXCEPTION 'again' USING ERRCODE = '{code}'");
        first_insert(&client, deferred, &act).await;
        let (one, two) = tokio::join!(db.commit(insert(1)), db.commit(insert(2)));
        one.expect("commits at the second try");
        two.expect("commits");
        assert_eq!(db.stats().retries, 1, "{code}");
        assert_eq!(ids(&db).await, [1, 2]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_that_stays_is_told() {
    let db = engines::postgres().await;
    let client = db.plain().await;
    let act = "NULL; END IF; IF TRUE THEN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'";
    first_insert(&client, false, act).await;
    let error = db.commit(insert(1)).await.expect_err("gives up");
    let wanted =
        matches!(&error, CommitError::Engine(DbError::Sql { code, .. }) if code == "40P01");
    assert!(wanted, "{error:?}");
    client
        .batch_execute("DROP TRIGGER act ON item")
        .await
        .expect("drops");
    db.commit(insert(2)).await.expect("commits");
    assert_eq!(ids(&db).await, [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_of_the_commit_by_the_server_is_not_unknown() {
    let db = engines::postgres().await;
    let client = db.plain().await;
    first_insert(
        &client,
        true,
        "RAISE EXCEPTION 'no' USING ERRCODE = '23514'",
    )
    .await;
    let error = db.commit(insert(1)).await.expect_err("refused");
    let CommitError::Engine(DbError::Constraint { kind, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(kind, ConstraintKind::Check);
    db.commit(insert(2)).await.expect("commits");
    assert_eq!(ids(&db).await, [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_changes_is_prepared_again() {
    let db = engines::postgres().await;
    let client = db.plain().await;
    let all = "SELECT * FROM item";
    let updated = "UPDATE item SET n = n + 1 RETURNING *";
    let update = async || {
        let mut batch = Batch::new();
        batch.returning(updated, vec![]);
        db.commit(batch).await.expect("commits").returned[0][0].len()
    };
    db.commit(insert(1)).await.expect("commits");
    // Every reader has prepared it.
    for _ in 0..8 {
        assert_eq!(db.query_one(all, vec![]).await.expect("reads").len(), 5);
    }
    assert_eq!(update().await, 5);
    client
        .batch_execute("ALTER TABLE item ADD COLUMN more TEXT")
        .await
        .expect("alters");
    for _ in 0..8 {
        assert_eq!(db.query_one(all, vec![]).await.expect("reads").len(), 6);
    }
    assert_eq!(update().await, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_of_another_session_is_noticed() {
    let db = engines::postgres_with(|config| config.poll = Duration::from_millis(50)).await;
    let client = db.plain().await;
    let mut changed = db.changed();
    for id in 0..3i64 {
        changed.mark_unchanged();
        let sql = format!("INSERT INTO item (id) VALUES ({id})");
        client.batch_execute(&sql).await.expect("commits");
        until("the row to be read after a tick", async || {
            changed.changed().await.expect("still open");
            ids(&db).await.contains(&id)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_whose_caller_went_away_keeps_nothing() {
    let db = engines::postgres_with(|config| config.readers = 1).await;
    let client = db.plain().await;
    let sleep = (db::Sql::Same("SELECT pg_sleep(60)"), vec![]);
    let snapshot = tokio::spawn({
        let db = (*db).clone();
        async move { db.snapshot(vec![sleep]).await }
    });
    let sleeping = "SELECT 1 FROM pg_stat_activity \
                    WHERE wait_event = 'PgSleep' AND datname = current_database()";
    until("the snapshot to sleep", async || {
        !client.query(sleeping, &[]).await.expect("looks").is_empty()
    })
    .await;
    snapshot.abort();
    // The only reader is free at once, and not inside the old snapshot.
    db.commit(insert(1)).await.expect("commits");
    assert_eq!(ids(&db).await, [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_of_queries_is_busy() {
    let db = engines::postgres_with(|config| {
        config.readers = 1;
        config.query_queue = 2;
    })
    .await;
    let client = db.plain().await;
    let lock = "BEGIN; LOCK TABLE item IN ACCESS EXCLUSIVE MODE";
    client.batch_execute(lock).await.expect("locks");
    let queries = (0..5).map(|_| db.query("SELECT id FROM item", vec![]));
    let mut queries = Box::pin(futures_util::future::join_all(queries));
    assert!(poll_once(&mut queries).await.is_pending());
    assert_eq!(db.stats().queued_queries, 2);
    client.batch_execute("ROLLBACK").await.expect("unlocks");
    let results = queries.await;
    let busy = results
        .iter()
        .filter(|result| **result == Err(DbError::Busy));
    assert_eq!(busy.count(), 2);
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_promise_durability_even_where_the_server_does_not() {
    let db = engines::postgres().await;
    let client = db.plain().await;
    let lazy = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', \
                current_database()); END $$";
    client.batch_execute(lazy).await.expect("alters");
    let other = db.other_process().await;
    let mut batch = Batch::new();
    let setting = batch.returning("SELECT current_setting('synchronous_commit') AS x", vec![]);
    let committed = other.commit(batch).await.expect("commits");
    assert_eq!(committed.returned[setting][0].text(0), Ok("on"));
    other.close().await;
}
