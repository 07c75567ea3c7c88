//! Batches: group commit, rollback of one alone, refusals, bounds.

use db::{Batch, CommitError, DbError, Expect, Statement, Value};
use futures_util::future::join_all;

use crate::engines::{self, Fixture, ITEMS, on_both_engines, poll_once, shown_rows, until};

const INSERT: &str = "INSERT INTO item (id, name) VALUES ($1, $2)";

on_both_engines!(
    many_committers_share_commits,
    one_refused_batch_leaves_the_others,
    what_is_refused_at_once_leaves_no_trace,
    a_missed_expectation_names_the_statement,
    expectations_bound_both_ways,
    a_unique_key_names_the_statement,
    other_constraints_are_engine_errors,
    rows_are_returned_by_index,
    a_batch_sees_its_own_writes,
    an_empty_batch_commits_nothing,
    a_dropped_caller_does_not_withdraw_the_batch,
    every_commit_ticks,
    wrong_statements_are_refused_alone,
    a_closed_database_says_so,
    closing_commits_what_is_queued,
);

fn insert(id: i64) -> Batch {
    let mut batch = Batch::new();
    batch.expect_one(INSERT, vec![id.into(), format!("name {id}").into()]);
    batch
}

async fn ids(db: &db::Database) -> Vec<i64> {
    let rows = db.query("SELECT id FROM item ORDER BY id", vec![]).await;
    let rows = rows.expect("reads");
    rows.iter().map(|row| row.int(0).expect("an id")).collect()
}

async fn many_committers_share_commits(db: Fixture) {
    let committers = (0..64i64).map(|committer| {
        let db = db.clone();
        tokio::spawn(async move {
            for round in 0..20 {
                db.commit(insert(committer * 20 + round))
                    .await
                    .expect("commits");
            }
        })
    });
    for committer in join_all(committers).await {
        committer.expect("no panic");
    }
    let stats = db.stats();
    assert_eq!(stats.batches, 1_280);
    assert_eq!(stats.rows, 1_280);
    assert!(
        stats.commits * 5 < stats.batches,
        "{} commits",
        stats.commits
    );
    assert_eq!(ids(&db).await, (0..1_280).collect::<Vec<_>>());
}

async fn one_refused_batch_leaves_the_others(db: Fixture) {
    let batches = (0..20i64).map(|number| {
        let mut batch = insert(number);
        if number % 3 == 1 {
            // After a write that has to vanish again.
            batch.expect_one("UPDATE item SET n = 1 WHERE id = $1", vec![(-1i64).into()]);
        }
        db.commit(batch)
    });
    for (number, result) in join_all(batches).await.into_iter().enumerate() {
        assert_eq!(
            result.is_err(),
            number % 3 == 1,
            "batch {number}: {result:?}"
        );
    }
    let wanted: Vec<i64> = (0..20).filter(|number| number % 3 != 1).collect();
    assert_eq!(ids(&db).await, wanted);
    let stats = db.stats();
    assert_eq!((stats.batches, stats.refused), (13, 7));
}

async fn what_is_refused_at_once_leaves_no_trace(db: Fixture) {
    db.commit(insert(1_000)).await.expect("commits");
    let batches = (0..40i64).map(|number| {
        let mut batch = Batch::new();
        match number % 4 {
            // A key that is taken, and a row that is not there.
            1 => _ = batch.expect_one(INSERT, vec![1_000.into(), "again".into()]),
            2 => _ = batch.expect_one("UPDATE item SET n = 1 WHERE id = $1", vec![(-1i64).into()]),
            // More rows than one: these were changed already.
            3 => _ = batch.expect("UPDATE item SET n = n + 1", vec![], 0),
            _ => {}
        }
        batch.append(insert(number));
        db.commit(batch)
    });
    for (number, result) in join_all(batches).await.into_iter().enumerate() {
        let wanted = match number % 4 {
            0 => result.is_ok(),
            1 => matches!(result, Err(CommitError::Unique { statement: 0 })),
            _ => matches!(result, Err(CommitError::Conflict { statement: 0, .. })),
        };
        assert!(wanted, "batch {number}: {result:?}");
    }
    let mut wanted: Vec<i64> = (0..40).filter(|number| number % 4 == 0).collect();
    wanted.push(1_000);
    assert_eq!(ids(&db).await, wanted);
    let changed = db.query("SELECT id FROM item WHERE n <> 0", vec![]).await;
    assert_eq!(changed.expect("reads").len(), 0);
    let stats = db.stats();
    assert_eq!((stats.batches, stats.refused), (11, 30));
}

async fn a_missed_expectation_names_the_statement(db: Fixture) {
    let mut batch = insert(1);
    batch.expect("UPDATE item SET n = n + 1 WHERE id < $1", vec![9.into()], 2);
    batch.expect_one(INSERT, vec![1.into(), "would meet the key".into()]);
    let error = db.commit(batch).await.expect_err("a conflict");
    let wanted = CommitError::Conflict {
        statement: 1,
        expected: "exactly 2".to_owned(),
        found: 1,
    };
    assert_eq!(error, wanted);
    assert_eq!(
        error.to_string(),
        "statement 1 affected 1 rows, expected exactly 2"
    );
    assert_eq!(ids(&db).await, Vec::<i64>::new());
}

async fn expectations_bound_both_ways(db: Fixture) {
    for id in 0..3 {
        db.commit(insert(id)).await.expect("commits");
    }
    let cases = [
        (Expect::Exactly(3), true),
        (Expect::Exactly(2), false),
        (Expect::AtLeast(3), true),
        (Expect::AtLeast(4), false),
        (Expect::AtMost(3), true),
        (Expect::AtMost(2), false),
        (Expect::Any, true),
    ];
    let texts = [
        "UPDATE item SET n = 0",
        "SELECT id FROM item",
        "UPDATE item SET n = 0 RETURNING id",
    ];
    for sql in texts {
        for (expect, met) in cases {
            let mut batch = Batch::new();
            let (sql, params, returning) = (sql.into(), vec![], false);
            batch.push(Statement {
                sql,
                params,
                expect,
                returning,
            });
            assert_eq!(db.commit(batch).await.is_ok(), met, "{expect}");
        }
    }
}

async fn a_unique_key_names_the_statement(db: Fixture) {
    db.commit(insert(1)).await.expect("commits");
    let mut batch = insert(2);
    batch.expect_one(INSERT, vec![3.into(), "name 1".into()]);
    let error = db.commit(batch).await.expect_err("the name is taken");
    assert_eq!(error, CommitError::Unique { statement: 1 });
    let error = db.commit(insert(1)).await.expect_err("the id is taken");
    assert_eq!(error, CommitError::Unique { statement: 0 });
    assert_eq!(ids(&db).await, [1]);
}

async fn other_constraints_are_engine_errors(db: Fixture) {
    let mut batch = insert(1);
    batch.run("UPDATE item SET n = $1", vec![Value::Null]);
    let error = db.commit(batch).await.expect_err("null is refused");
    let CommitError::Engine(DbError::Constraint { kind, .. }) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(*kind, db::ConstraintKind::NotNull);
    assert_eq!(ids(&db).await, Vec::<i64>::new());
}

async fn rows_are_returned_by_index(db: Fixture) {
    let mut batch = insert(7);
    let first = batch.returning(
        "UPDATE item SET n = n + 5 WHERE id = $1 RETURNING n, name",
        vec![7.into()],
    );
    batch.run("UPDATE item SET n = 9", vec![]);
    let second = batch.returning("SELECT n FROM item WHERE id = $1", vec![7.into()]);
    let none = batch.returning("SELECT n FROM item WHERE id = $1", vec![8.into()]);
    let mut committed = db.commit(batch).await.expect("commits");
    assert_eq!(committed.rows, [1, 1, 1, 1, 0]);
    assert!(committed.returned[none].is_empty());
    let second = committed.returned.swap_remove(second);
    assert_eq!(shown_rows(second), ["9"]);
    let first = committed.returned.swap_remove(first);
    assert_eq!(shown_rows(first), ["5|\"name 7\""]);
}

async fn a_batch_sees_its_own_writes(db: Fixture) {
    let mut batch = insert(1);
    batch.expect_one(
        "INSERT INTO item (id, name) SELECT id + $1, name || $2 FROM item WHERE id = $3 \
         AND n < CAST($1 AS BIGINT)",
        vec![1.into(), "!".into(), 1.into()],
    );
    db.commit(batch).await.expect("commits");
    let rows = db
        .query("SELECT id, name FROM item ORDER BY id", vec![])
        .await;
    assert_eq!(
        shown_rows(rows.expect("reads")),
        ["1|\"name 1\"", "2|\"name 1!\""]
    );
}

async fn an_empty_batch_commits_nothing(db: Fixture) {
    let committed = db.commit(Batch::new()).await.expect("commits");
    assert!(committed.rows.is_empty() && committed.returned.is_empty());
    assert_eq!(db.stats().commits, 0);
}

async fn a_dropped_caller_does_not_withdraw_the_batch(db: Fixture) {
    let mut commit = Box::pin(db.commit(insert(1)));
    assert!(poll_once(&mut commit).await.is_pending());
    drop(commit);
    until("the commit", async || db.stats().batches == 1).await;
    assert_eq!(ids(&db).await, [1]);
}

async fn every_commit_ticks(db: Fixture) {
    let mut changed = db.changed();
    for id in 0..3 {
        changed.mark_unchanged();
        db.commit(insert(id)).await.expect("commits");
        let ticked = tokio::time::timeout(std::time::Duration::from_secs(30), changed.changed());
        ticked.await.expect("a tick").expect("still open");
    }
}

async fn wrong_statements_are_refused_alone(db: Fixture) {
    let wrong = [
        ("SELEC 1", vec![]),
        ("INSERT INTO nowhere VALUES ($1)", vec![1.into()]),
        (INSERT, vec![1.into()]),
        (INSERT, vec![1.into(), "a".into(), "b".into()]),
        (INSERT, vec![1.into(), "a\0b".into()]),
        (INSERT, vec!["secret".into(), "name".into()]),
    ];
    for (sql, params) in wrong {
        let mut batch = Batch::new();
        batch.run(sql, params);
        let (wrong, right) = tokio::join!(db.commit(batch), db.commit(insert(5)));
        right.expect("commits");
        let error = wrong.expect_err(sql);
        assert!(matches!(error, CommitError::Engine(_)), "{sql}: {error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
        let mut batch = Batch::new();
        batch.expect_one("DELETE FROM item", vec![]);
        db.commit(batch)
            .await
            .expect("only the right one was written");
    }
}

async fn a_closed_database_says_so(db: Fixture) {
    db.commit(insert(1)).await.expect("commits");
    (*db).clone().close().await;
    let error = db.commit(insert(2)).await.expect_err("closed");
    assert_eq!(error, CommitError::Closed);
    let error = db.query("SELECT 1", vec![]).await.expect_err("closed");
    assert_eq!(error, DbError::Closed);
    let again = db.other_process().await;
    assert_eq!(ids(&again).await, [1]);
    again.close().await;
}

async fn closing_commits_what_is_queued(db: Fixture) {
    let commits = join_all((0..50).map(|id| db.commit(insert(id))));
    let (results, ()) = tokio::join!(commits, (*db).clone().close());
    for result in results {
        result.expect("commits");
    }
    let again = db.other_process().await;
    assert_eq!(ids(&again).await.len(), 50);
    again.close().await;
}

/// Fills the queue of a writer that waits for a lock, then lets it go.
async fn fill_queue(db: &Fixture, commits_at_last: u64, unlock: impl AsyncFnOnce()) {
    let mut commits = Box::pin(join_all((1..=6).map(|id| db.commit(insert(id)))));
    assert!(poll_once(&mut commits).await.is_pending());
    assert_eq!(db.stats().queued_batches, 4);
    assert_eq!(db.stats().busy, 2);
    unlock().await;
    let results = commits.await;
    assert!(results[..4].iter().all(Result::is_ok), "{results:?}");
    let busy = |result: &Result<_, CommitError>| matches!(result, Err(CommitError::Busy));
    assert!(results[4..].iter().all(busy), "{results:?}");
    // All that waited was committed at once.
    assert_eq!(db.stats().commits, commits_at_last);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_of_sqlite_is_busy() {
    let db = engines::sqlite_with(|config| config.queue = 4).await;
    let holder = rusqlite::Connection::open(db.file()).expect("opens");
    holder.execute_batch("BEGIN IMMEDIATE").expect("locks");
    // A migration holds the writer without taking further batches along.
    let mut holding = Box::pin(db.migrate(&ITEMS, 2));
    assert!(poll_once(&mut holding).await.is_pending());
    until("the writer to wait", async || {
        db.stats().queued_batches == 0
    })
    .await;
    fill_queue(&db, 1, async || {
        holder.execute_batch("ROLLBACK").expect("unlocks");
    })
    .await;
    holding.await.expect("migrates");
    assert_eq!(ids(&db).await, [1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_of_postgres_is_busy() {
    let db = engines::postgres_with(|config| config.queue = 4).await;
    let (holder, watcher) = (db.plain().await, db.plain().await);
    let lock = "BEGIN; LOCK TABLE item IN SHARE ROW EXCLUSIVE MODE";
    holder.batch_execute(lock).await.expect("locks");
    let mut first = Box::pin(db.commit(insert(0)));
    assert!(poll_once(&mut first).await.is_pending());
    let waiting = "SELECT 1 FROM pg_stat_activity \
                   WHERE wait_event_type = 'Lock' AND datname = current_database()";
    until("the writer to wait", async || {
        !watcher.query(waiting, &[]).await.expect("looks").is_empty()
    })
    .await;
    fill_queue(&db, 2, async || {
        holder.batch_execute("ROLLBACK").await.expect("unlocks");
        first.await.expect("commits");
    })
    .await;
    assert_eq!(ids(&db).await, [0, 1, 2, 3, 4]);
}
