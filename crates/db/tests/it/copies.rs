//! Copies of one moment, on both engines: whole, under load, and what a damaged one does.

use std::path::Path;

use db::{Batch, Config, Database, DbError, TableSum, Value};

use crate::engines::{self, Fixture, ITEMS, on_both_engines};

fn insert(id: i64, data: Vec<u8>) -> Batch {
    let mut batch = Batch::new();
    let sql = "INSERT INTO item (id, name, data, score) VALUES ($1, $2, $3, $4)";
    let name = (id % 3 != 0).then(|| format!("Nr. {id}, \"größer\""));
    let params = vec![id.into(), name.into(), data.into(), Value::Real(0.5)];
    batch.expect_one(sql, params);
    batch
}

async fn ids(db: &Database) -> Vec<i64> {
    let rows = db.query("SELECT id FROM item ORDER BY id", vec![]).await;
    let rows = rows.expect("reads");
    rows.iter()
        .map(|row| row.int(0).expect("a number"))
        .collect()
}

/// Another database made from a copy.
async fn made_from(copy: &Path, engine: db::Engine) -> (Option<Fixture>, Database) {
    match engine {
        db::Engine::Sqlite => (
            None,
            Database::open(Config::sqlite(copy)).await.expect("opens"),
        ),
        db::Engine::Postgres => {
            let empty = engines::postgres_empty().await;
            empty.fill_from(copy, &ITEMS, 0).await.expect("fills");
            let db = (*empty).clone();
            (Some(empty), db)
        }
    }
}

fn item(sums: &[TableSum]) -> &TableSum {
    sums.iter().find(|sum| sum.name == "item").expect("a table")
}

on_both_engines! {
    a_copy_under_load_is_of_one_moment,
    equal_rows_have_equal_sums,
}

async fn a_copy_under_load_is_of_one_moment(db: Fixture) {
    let directory = tempfile::tempdir().expect("a directory");
    for id in 0..200 {
        db.commit(insert(id, vec![7; 2_000]))
            .await
            .expect("commits");
    }
    let writer = (*db).clone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let load = tokio::spawn(async move {
        let (mut id, mut stopped) = (200, stopped);
        while stopped.try_recv() == Err(tokio::sync::oneshot::error::TryRecvError::Empty) {
            writer.commit(insert(id, vec![])).await.expect("commits");
            id += 1;
        }
        id
    });
    let mut seen = 200;
    for number in 0..3 {
        let least = i64::try_from(ids(&db).await.len()).expect("few");
        let copy = directory.path().join(format!("copy {number}"));
        let sums = db.copy_to(&copy).await.expect("copies");
        let most = i64::try_from(ids(&db).await.len()).expect("few");
        let (_held, copied) = made_from(&copy, db.engine()).await;
        let found = ids(&copied).await;
        let length = i64::try_from(found.len()).expect("few");
        assert_eq!(
            found,
            (0..length).collect::<Vec<_>>(),
            "nothing is missing before the end"
        );
        assert!(
            (least..=most + 1).contains(&length),
            "{least} {length} {most}"
        );
        assert_eq!(copied.sums().await.expect("sums"), sums);
        assert_eq!(item(&sums).rows, u64::try_from(length).expect("few"));
        seen = seen.max(length);
        copied.close().await;
    }
    stop.send(()).expect("the load runs");
    let end = load.await.expect("the load ends");
    assert!(end >= seen);
}

async fn equal_rows_have_equal_sums(db: Fixture) {
    db.commit(insert(1, vec![1])).await.expect("commits");
    let first = db.sums().await.expect("sums");
    db.commit(insert(2, vec![2])).await.expect("commits");
    let both = db.sums().await.expect("sums");
    assert_ne!(item(&first), item(&both));
    let mut batch = Batch::new();
    batch.expect_one("DELETE FROM item WHERE id = $1", vec![2.into()]);
    db.commit(batch).await.expect("commits");
    assert_eq!(db.sums().await.expect("sums"), first);
    let mut batch = Batch::new();
    batch.expect_one("UPDATE item SET data = $1", vec![vec![3u8].into()]);
    db.commit(batch).await.expect("commits");
    assert_ne!(db.sums().await.expect("sums"), first);
    assert_eq!(item(&db.sums().await.expect("sums")).rows, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_is_filled_wholly_or_not_at_all() {
    let directory = tempfile::tempdir().expect("a directory");
    let db = engines::postgres().await;
    for id in 0..50 {
        db.commit(insert(id, vec![9; 300])).await.expect("commits");
    }
    let copy = directory.path().join("copy");
    db.copy_to(&copy).await.expect("copies");
    let refused = db.copy_to(&copy).await.expect_err("never overwrites");
    assert!(matches!(refused, DbError::Setup(_)), "{refused:?}");
    let refused = db.fill_from(&copy, &ITEMS, 0).await.expect_err("not empty");
    assert!(refused.to_string().contains("not empty"), "{refused}");
    let whole = std::fs::read(&copy).expect("a file");
    for length in [0, 10, 40, whole.len() / 2, whole.len() - 1] {
        let empty = engines::postgres_empty().await;
        std::fs::write(&copy, &whole[..length]).expect("written");
        let refused = empty.fill_from(&copy, &ITEMS, 0).await.expect_err("cut");
        assert!(
            refused.to_string().contains("not a whole copy"),
            "{length}: {refused}"
        );
        let sums = empty.sums().await.expect("sums");
        assert!(
            sums.iter().all(|sum| sum.name != "item" || sum.rows == 0),
            "{sums:?}"
        );
    }
    let empty = engines::postgres_empty().await;
    std::fs::write(&copy, &whole).expect("written");
    let newer = empty.fill_from(&copy, &[], 0).await.expect_err("newer");
    assert_eq!(newer, DbError::Newer { found: 1, known: 0 });
    empty.fill_from(&copy, &ITEMS, 0).await.expect("fills");
    assert_eq!(ids(&empty).await, (0..50).collect::<Vec<_>>());
}
