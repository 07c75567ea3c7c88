//! Group commit.

use db::{Batch, Config, Database};

#[tokio::test]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let db = Database::open(Config::sqlite(dir.path().join("a.db")))
        .await
        .unwrap();
    let set = [db::Migration {
        id: 1,
        name: "first",
        sql: "CREATE TABLE t (id {int} PRIMARY KEY, v {text}){table_options:clustered}; CREATE INDEX t_v ON t(v)",
    }];
    db.migrate(&set, 5).await.unwrap();
    let mut b = Batch::new();
    let i = b.returning(
        "INSERT INTO t VALUES ($1,$2) RETURNING v, id",
        vec![1.into(), "x".into()],
    );
    let c = db.commit(b).await.unwrap();
    assert_eq!(c.returned[i][0].text(0).unwrap(), "x");
    println!(
        "{:?}",
        db.explain(
            "SELECT * FROM t WHERE v = $1 AND id IN (SELECT id FROM t)",
            vec!["x".into()]
        )
        .await
    );
    println!("{:?}", db.stats());
    db.close().await;
}
