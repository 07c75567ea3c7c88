//! Queries: values, shapes, snapshots, bounds, plans.

use db::{Batch, DbError, Engine, Shape, Sql, Value};
use futures_util::future::join_all;

use crate::engines::{self, Fixture, on_both_engines, shown, shown_rows};

on_both_engines!(
    values_come_back_as_they_went,
    texts_compare_byte_by_byte,
    placeholders_are_by_number_not_by_appearance,
    rows_are_read_by_kind,
    query_opt_and_query_one_count,
    readers_cannot_write,
    every_answered_commit_is_seen,
    a_snapshot_is_of_one_moment,
    shapes_are_equal,
    plans_are_told_without_running,
    wrong_queries_are_told_without_values,
    double_quotes_are_names,
    every_future_can_change_threads,
);

async fn values_come_back_as_they_went(db: Fixture) {
    let values = [
        (Value::Null, Value::Null, Value::Null, 0),
        ("".into(), Vec::<u8>::new().into(), 0.5.into(), i64::MIN),
        (
            "grüße 👋 e\u{301} 'x' \"y\" %_\\".into(),
            vec![0u8, 255, 1].into(),
            f64::MAX.into(),
            i64::MAX,
        ),
        ("a\nb\t".into(), [7u8; 16].into(), f64::INFINITY.into(), -1),
        (
            "\u{10ffff}".into(),
            vec![b'a'; 100_000].into(),
            (-1.5e-300).into(),
            1,
        ),
    ];
    for (id, (name, data, score, n)) in values.into_iter().enumerate() {
        let id = id as i64;
        let given = vec![id.into(), name, data, score, n.into()];
        let mut batch = Batch::new();
        let sql = "INSERT INTO item (id, name, data, score, n) VALUES ($1, $2, $3, $4, $5) \
                   RETURNING id, name, data, score, n";
        batch.returning(sql, given.clone());
        let committed = db.commit(batch).await.expect("commits");
        assert!(
            committed.returned[0][0].clone().into_values() == given,
            "returned {id}"
        );
        let sql = "SELECT id, name, data, score, n FROM item WHERE id = $1";
        let row = db.query_one(sql, vec![id.into()]).await.expect("a row");
        assert!(row.into_values() == given, "read {id}");
    }
    // What neither engine can tell apart afterwards.
    let mut batch = Batch::new();
    for (id, score) in [(90, f64::NAN), (91, -0.0)] {
        let sql = "INSERT INTO item (id, score) VALUES ($1, $2)";
        batch.run(sql, vec![id.into(), score.into()]);
    }
    db.commit(batch).await.expect("commits");
    let sql = "SELECT score FROM item WHERE id >= $1 ORDER BY id";
    let rows = db.query(sql, vec![90.into()]).await.expect("reads");
    assert_eq!(shown_rows(rows), ["null", "0.0f"]);
}

async fn texts_compare_byte_by_byte(db: Fixture) {
    let names = [
        "b", "B", "a", "ä", "Z", "z", "aa", "a b", "é", "e\u{301}", "_", "0",
    ];
    let mut batch = Batch::new();
    for (id, name) in (0i64..).zip(names) {
        let sql = "INSERT INTO item (id, name) VALUES ($1, $2)";
        batch.expect_one(sql, vec![id.into(), name.into()]);
    }
    db.commit(batch).await.expect("commits");
    let texts = async |sql: &'static str, params| {
        let rows = db.query(sql, params).await.expect("reads");
        let text = |row: &db::Row| row.text(0).expect("a text").to_owned();
        rows.iter().map(text).collect::<Vec<_>>()
    };
    let mut sorted = names;
    sorted.sort_unstable();
    assert_eq!(
        texts("SELECT name FROM item ORDER BY name", vec![]).await,
        sorted
    );
    let sql = "SELECT name FROM item WHERE name > $1 ORDER BY name LIMIT $2";
    assert_eq!(texts(sql, vec!["Z".into(), 2.into()]).await, ["_", "a"]);
    let sql = "SELECT name FROM item WHERE name LIKE $1 ORDER BY name";
    assert_eq!(texts(sql, vec!["b%".into()]).await, ["b"]);
}

async fn placeholders_are_by_number_not_by_appearance(db: Fixture) {
    let sql = "SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT) || CAST($2 AS TEXT) || '$1' AS x";
    for _ in 0..2 {
        let row = db.query_one(sql, vec!["one".into(), "two".into()]).await;
        assert_eq!(row.expect("a row").text(0), Ok("twoonetwo$1"));
    }
    let owned = Sql::Owned(sql.to_owned());
    let row = db.query_one(owned, vec!["1".into(), "2".into()]).await;
    assert_eq!(row.expect("a row").text(0), Ok("212$1"));
    let pair = Sql::Pair {
        sqlite: "SELECT 'sqlite' AS engine, CAST($1 AS TEXT) AS x",
        postgres: "SELECT 'postgres' AS engine, CAST($1 AS TEXT) AS x",
    };
    let row = db.query_one(pair, vec!["x".into()]).await.expect("a row");
    let wanted = match db.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    assert_eq!((row.text(0), row.text(1)), (Ok(wanted), Ok("x")));
}

async fn rows_are_read_by_kind(db: Fixture) {
    let mut batch = Batch::new();
    let sql = "INSERT INTO item (id, name, data, score) VALUES ($1, $2, $3, $4)";
    batch.expect_one(
        sql,
        vec![1.into(), "eins".into(), [3u8; 16].into(), 2.into()],
    );
    db.commit(batch).await.expect("commits");
    let sql = "SELECT id, name, data, score, NULL AS gone, \
               EXISTS (SELECT 1 FROM item WHERE id = $1) AS found, \
               CAST(SUM(n) AS BIGINT) AS sum, COUNT(*) AS count \
               FROM item GROUP BY id, name, data, score";
    let mut row = db.query_one(sql, vec![1.into()]).await.expect("a row");
    assert_eq!((row.int(0), row.text(1)), (Ok(1), Ok("eins")));
    assert_eq!(
        (row.blob(2), row.id(2)),
        (Ok(&[3u8; 16][..]), Ok([3u8; 16]))
    );
    assert_eq!(row.real(3), Ok(2.0));
    assert_eq!(
        (row.opt_text(4), row.opt_id(4), row.opt_real(4)),
        (Ok(None), Ok(None), Ok(None))
    );
    assert_eq!(
        (row.bool(5), row.int(6), row.int(7)),
        (Ok(true), Ok(0), Ok(1))
    );
    assert_eq!(
        row.int(1).expect_err("text").to_string(),
        "column 1 holds text, wanted integer"
    );
    assert_eq!(
        row.text(4).expect_err("null").to_string(),
        "column 4 holds null, wanted text"
    );
    assert_eq!(
        row.int(9),
        Err(DbError::NoColumn {
            column: 9,
            columns: 8
        })
    );
    assert!(row.id(1).is_err() && row.blob(0).is_err());
    assert_eq!(shown(&row.take(1).expect("there")), "\"eins\"");
    assert_eq!(row.opt_text(1), Ok(None));
}

async fn query_opt_and_query_one_count(db: Fixture) {
    let mut batch = Batch::new();
    for id in 0..2 {
        batch.run("INSERT INTO item (id) VALUES ($1)", vec![id.into()]);
    }
    db.commit(batch).await.expect("commits");
    let sql = "SELECT id FROM item WHERE id < $1";
    assert_eq!(db.query_opt(sql, vec![0.into()]).await, Ok(None));
    assert_eq!(db.query_one(sql, vec![0.into()]).await, Err(DbError::NoRow));
    assert_eq!(
        db.query_one(sql, vec![1.into()])
            .await
            .expect("a row")
            .int(0),
        Ok(0)
    );
    assert_eq!(
        db.query_opt(sql, vec![2.into()]).await,
        Err(DbError::TooManyRows(1))
    );
    assert_eq!(
        db.query_one(sql, vec![2.into()]).await,
        Err(DbError::TooManyRows(1))
    );
}

async fn readers_cannot_write(db: Fixture) {
    for sql in [
        "INSERT INTO item (id) VALUES (1)",
        "DELETE FROM item",
        "DROP TABLE item",
    ] {
        let error = db.query(sql, vec![]).await.expect_err("refused");
        assert!(matches!(error, DbError::Sql { .. }), "{error:?}");
    }
    assert_eq!(db.query("SELECT id FROM item", vec![]).await, Ok(vec![]));
}

async fn every_answered_commit_is_seen(db: Fixture) {
    let workers = (0..16i64).map(|worker| {
        let db = db.clone();
        tokio::spawn(async move {
            for round in 0..25 {
                let id = worker * 100 + round;
                let mut batch = Batch::new();
                batch.expect_one("INSERT INTO item (id) VALUES ($1)", vec![id.into()]);
                db.commit(batch).await.expect("commits");
                let sql = "SELECT COUNT(*) AS count FROM item WHERE id >= $1 AND id <= $2";
                let row = db
                    .query_one(sql, vec![(worker * 100).into(), id.into()])
                    .await;
                assert_eq!(row.expect("reads").int(0), Ok(round + 1));
            }
        })
    });
    for worker in join_all(workers).await {
        worker.expect("no panic");
    }
}

async fn a_snapshot_is_of_one_moment(db: Fixture) {
    // Two rows that always change together.
    let mut batch = Batch::new();
    batch.run("INSERT INTO item (id, n) VALUES (1, 0), (2, 0)", vec![]);
    db.commit(batch).await.expect("commits");
    let writer = tokio::spawn({
        let db = db.clone();
        async move {
            for _ in 0..100 {
                let mut batch = Batch::new();
                batch.expect("UPDATE item SET n = n + 1", vec![], 2);
                db.commit(batch).await.expect("commits");
            }
        }
    });
    let query = |id: i64| {
        (
            Sql::Same("SELECT n FROM item WHERE id = $1"),
            vec![id.into()],
        )
    };
    while !writer.is_finished() {
        let both = db.snapshot(vec![query(1), query(2)]).await.expect("reads");
        assert_eq!(both[0][0].int(0), both[1][0].int(0));
    }
    writer.await.expect("no panic");
    // A failing query does not leave the connection in a transaction.
    for _ in 0..8 {
        let wrong = (Sql::Same("SELECT nothing"), vec![]);
        db.snapshot(vec![query(1), wrong])
            .await
            .expect_err("refused");
    }
    let row = db
        .query_one("SELECT n FROM item WHERE id = 2", vec![])
        .await;
    assert_eq!(row.expect("reads").int(0), Ok(100));
}

async fn shapes_are_equal(db: Fixture) {
    let shape = |columns: &[&str], parameters| Shape {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        parameters,
    };
    let cases = [
        (
            "SELECT id, name AS label FROM item WHERE id = $2 AND name = $1",
            shape(&["id", "label"], 2),
        ),
        ("INSERT INTO item (id, name) VALUES ($1, $2)", shape(&[], 2)),
        (
            "UPDATE item SET n = n + $1 WHERE n < $1 RETURNING n",
            shape(&["n"], 1),
        ),
        ("DELETE FROM item", shape(&[], 0)),
    ];
    for (sql, wanted) in cases {
        assert_eq!(db.prepare_check(sql).await, Ok(wanted), "{sql}");
    }
    let error = db
        .prepare_check("SELECT wrong FROM item")
        .await
        .expect_err("refused");
    assert!(
        matches!(error, DbError::Sql { .. }) && error.to_string().contains("wrong"),
        "{error}"
    );
    // Nothing was run.
    assert_eq!(db.query("SELECT id FROM item", vec![]).await, Ok(vec![]));
}

async fn plans_are_told_without_running(db: Fixture) {
    let sql = "SELECT n FROM item WHERE name = $1";
    let plan = db.explain(sql, vec!["x".into()]).await.expect("a plan");
    match db.engine() {
        Engine::Sqlite => assert_eq!(
            plan,
            ["SEARCH item USING INDEX sqlite_autoindex_item_1 (name=?)"]
        ),
        Engine::Postgres => assert!(plan[0].contains("item_name_key"), "{plan:?}"),
    }
    let sql = "SELECT n FROM item WHERE id IN (SELECT id FROM item WHERE data = $1)";
    let plan = db
        .explain(sql, vec![vec![1u8].into()])
        .await
        .expect("a plan");
    assert!(
        plan.len() > 1 && plan.iter().any(|line| line.starts_with("  ")),
        "{plan:?}"
    );
    db.explain("DELETE FROM item WHERE id = $1", vec![1.into()])
        .await
        .expect("a plan");
}

async fn wrong_queries_are_told_without_values(db: Fixture) {
    let secret = "kundin@example.com";
    let wrong: [(&str, Vec<Value>); 6] = [
        (
            "SELECT id FROM item WHERE name = $1 AND wrong = 1",
            vec![secret.into()],
        ),
        (
            "SELECT id FROM item WHERE name = $1",
            vec![secret.into(), secret.into()],
        ),
        (
            "SELECT id FROM item WHERE name = $1",
            vec![format!("{secret}\0").into()],
        ),
        (
            "INSERT INTO item (name, n) VALUES ($1, 1)",
            vec![secret.into()],
        ),
        ("SELECT id FROM item LIMIT $1", vec![secret.into()]),
        ("SELEC $1", vec![secret.into()]),
    ];
    for (sql, params) in wrong {
        let result = db.query(sql, params).await;
        let error = result.expect_err(sql);
        let told = format!("{error} {error:?}");
        assert!(!told.contains("kundin"), "{told}");
    }
    assert_eq!(format!("{:?}", Value::from(secret)), "Text(18 bytes)");
}

async fn double_quotes_are_names(db: Fixture) {
    let error = db
        .query("SELECT id FROM item WHERE name = \"x\"", vec![])
        .await;
    assert!(matches!(error, Err(DbError::Sql { .. })), "{error:?}");
}

/// Handlers run on any thread, so every future must be `Send`; this is checked when it compiles.
fn sent<F: Future + Send>(future: F) -> F {
    future
}

async fn every_future_can_change_threads(db: Fixture) {
    let sql = "SELECT id FROM item";
    sent(db.commit(Batch::new())).await.expect("commits");
    sent(db.query(sql, vec![])).await.expect("reads");
    sent(db.query_opt(sql, vec![])).await.expect("reads");
    sent(db.query_one(sql, vec![])).await.expect_err("no row");
    sent(db.snapshot(vec![])).await.expect("reads");
    sent(db.prepare_check(sql)).await.expect("prepares");
    sent(db.explain(sql, vec![])).await.expect("explains");
    sent(db.migrate(&engines::ITEMS, 1))
        .await
        .expect("migrates");
    sent(db.checkpoint()).await.expect("checkpoints");
    sent(db.other_process()).await.close().await;
    sent((*db).clone().close()).await;
}

#[tokio::test]
async fn too_many_rows_are_refused_by_sqlite() {
    too_many_rows(engines::sqlite_with(|config| config.max_rows = 3).await).await;
}

#[tokio::test]
async fn too_many_rows_are_refused_by_postgres() {
    too_many_rows(engines::postgres_with(|config| config.max_rows = 3).await).await;
}

async fn too_many_rows(db: Fixture) {
    for count in 1..=4i64 {
        let mut batch = Batch::new();
        batch.run("INSERT INTO item (id) VALUES ($1)", vec![count.into()]);
        batch.returning("SELECT id FROM item", vec![]);
        assert_eq!(db.commit(batch).await.is_ok(), count <= 3);
    }
    let rows = db
        .query("SELECT id FROM item", vec![])
        .await
        .expect("just fits");
    assert_eq!(rows.len(), 3);
    let mut batch = Batch::new();
    batch.run("INSERT INTO item (id) VALUES (9)", vec![]);
    db.commit(batch).await.expect("commits");
    let error = db.query("SELECT id FROM item", vec![]).await;
    assert_eq!(error, Err(DbError::TooManyRows(3)));
    // The connection is in step afterwards.
    let row = db
        .query_one("SELECT COUNT(*) AS count FROM item", vec![])
        .await;
    assert_eq!(row.expect("reads").int(0), Ok(4));
}

#[tokio::test]
async fn types_postgres_cannot_hand_over_are_named() {
    let db = engines::postgres().await;
    let error = db
        .prepare_check("SELECT id, SUM(n) AS sum FROM item GROUP BY id")
        .await;
    let kind = "numeric".to_owned();
    assert_eq!(error, Err(DbError::ColumnType { column: 1, kind }));
    let sql = "SELECT id FROM item WHERE CASE WHEN id = 1 THEN $1 ELSE 1 END > 0";
    let error = db
        .query(sql, vec![i64::MAX.into()])
        .await
        .expect_err("an int4");
    assert!(
        matches!(error, DbError::Parameter { number: 1, .. }),
        "{error:?}"
    );
    assert_eq!(db.query(sql, vec![1.into()]).await, Ok(vec![]));
}
