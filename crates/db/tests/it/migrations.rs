//! Migrations: applied once, checked ever after.

use db::{Batch, DbError, Migration, Sql};

use crate::engines::{self, Fixture, ITEMS, on_both_engines, shown_rows};

on_both_engines!(
    migrations_are_applied_once,
    a_changed_migration_is_refused,
    a_newer_database_is_refused,
    a_failed_migration_leaves_the_ones_before,
    a_migration_cannot_end_its_transaction,
    two_processes_migrate_at_once,
    every_placeholder_makes_a_table,
    search_tables_work_on_both,
);

const SECOND: Migration = Migration {
    id: 2,
    name: "second",
    sql: "CREATE TABLE second (id {id} PRIMARY KEY){table_options:clustered};\n\
          INSERT INTO second VALUES ({sqlite}x'01'{end}{postgres}'\\x01'{end});",
};

async fn applied(db: &Fixture) -> Vec<String> {
    let sql = "SELECT id, name, applied_at FROM schema_migration ORDER BY id";
    shown_rows(db.query(sql, vec![]).await.expect("reads"))
}

async fn migrations_are_applied_once(db: Fixture) {
    let set = [ITEMS[0], SECOND];
    for now in [20, 30] {
        db.migrate(&set, now).await.expect("migrates");
        assert_eq!(applied(&db).await, ["1|\"items\"|1", "2|\"second\"|20"]);
    }
    let rows = db
        .query("SELECT id FROM second", vec![])
        .await
        .expect("reads");
    assert_eq!(shown_rows(rows), ["x[01]"]);
}

async fn a_changed_migration_is_refused(db: Fixture) {
    let mut changed = ITEMS;
    changed[0].sql = "CREATE TABLE item (id {int} PRIMARY KEY)";
    let error = db.migrate(&changed, 2).await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "migration 1 (items): has changed since it was applied; released migrations are never \
         edited"
    );
}

async fn a_newer_database_is_refused(db: Fixture) {
    db.migrate(&[ITEMS[0], SECOND], 2).await.expect("migrates");
    let error = db.migrate(&ITEMS, 3).await.expect_err("refused");
    assert_eq!(error, DbError::Newer { found: 2, known: 1 });
    assert!(error.to_string().contains("written by a newer version"));
}

async fn a_failed_migration_leaves_the_ones_before(db: Fixture) {
    let third = Migration {
        id: 3,
        name: "third",
        sql: "CREATE TABLE third (id {int}); CREATE TABLE third (id {int})",
    };
    let error = db
        .migrate(&[ITEMS[0], SECOND, third], 2)
        .await
        .expect_err("fails");
    let told = error.to_string();
    assert!(
        told.starts_with("migration 3 (third): ") && told.contains("exists"),
        "{told}"
    );
    assert_eq!(applied(&db).await.len(), 2);
    assert!(db.query("SELECT id FROM third", vec![]).await.is_err());
    let third = Migration {
        sql: "CREATE TABLE third (id {int})",
        ..third
    };
    db.migrate(&[ITEMS[0], SECOND, third], 3)
        .await
        .expect("migrates");
    assert_eq!(applied(&db).await.len(), 3);
}

async fn a_migration_cannot_end_its_transaction(db: Fixture) {
    let commits = Migration {
        id: 2,
        name: "commits",
        sql: "CREATE TABLE x (id {int}); COMMIT",
    };
    let error = db
        .migrate(&[ITEMS[0], commits], 2)
        .await
        .expect_err("refused");
    assert!(
        error.to_string().contains("ended its transaction"),
        "{error}"
    );
    assert_eq!(applied(&db).await.len(), 1);
}

async fn two_processes_migrate_at_once(db: Fixture) {
    let other = db.other_process().await;
    let set = [ITEMS[0], SECOND];
    let (one, two) = tokio::join!(db.migrate(&set, 2), other.migrate(&set, 3));
    one.expect("migrates");
    two.expect("migrates");
    assert_eq!(applied(&db).await.len(), 2);
}

async fn every_placeholder_makes_a_table(db: Fixture) {
    let all = Migration {
        id: 2,
        name: "all",
        sql: "CREATE TABLE numbered (seq {serial}, made_in {tx}, a {int}, b {text}, c {blob}, \
              d {real}){strict}; CREATE TABLE keyed (a {id}, b {text}, PRIMARY KEY (a, b))\
              {clustered}{strict}; CREATE TABLE loose (a {id} PRIMARY KEY){clustered};",
    };
    db.migrate(&[ITEMS[0], all], 2).await.expect("migrates");
    let mut batch = Batch::new();
    for text in ["one", "two"] {
        let sql =
            "INSERT INTO numbered (a, b, c, d) VALUES ($1, $2, $3, $4) RETURNING seq, made_in";
        batch.returning(sql, vec![1.into(), text.into(), [1u8].into(), 0.5.into()]);
    }
    let committed = db.commit(batch).await.expect("commits");
    let row = |index: usize| &committed.returned[index][0];
    assert_eq!((row(0).int(0), row(1).int(0)), (Ok(1), Ok(2)));
    assert_eq!(row(0).int(1), row(1).int(1));
    let is_postgres = db.engine() == db::Engine::Postgres;
    assert_eq!(row(0).int(1).expect("an id") > 0, is_postgres);
}

async fn search_tables_work_on_both(db: Fixture) {
    let search = Migration {
        id: 2,
        name: "search",
        sql: "{sqlite}CREATE VIRTUAL TABLE word USING fts5(tokens, content='', detail='none', \
                contentless_delete=1);{end}
              {postgres}CREATE TABLE word (rowid BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL);
                CREATE INDEX word_tokens ON word USING gin (tokens);{end}",
    };
    db.migrate(&[ITEMS[0], search], 2).await.expect("migrates");
    let insert = Sql::Pair {
        sqlite: "INSERT INTO word (rowid, tokens) VALUES ($1, $2)",
        postgres: "INSERT INTO word (rowid, tokens) VALUES ($1, to_tsvector('simple', $2))",
    };
    let mut batch = Batch::new();
    for (id, tokens) in [(1, "a1 b2"), (2, "b2 c3"), (3, "c3")] {
        batch.expect_one(&insert, vec![id.into(), tokens.into()]);
    }
    batch.expect_one("DELETE FROM word WHERE rowid = $1", vec![2.into()]);
    db.commit(batch).await.expect("commits");
    let find = Sql::Pair {
        sqlite: "SELECT rowid FROM word WHERE word MATCH $1 ORDER BY rowid",
        postgres: "SELECT rowid FROM word WHERE tokens @@ plainto_tsquery('simple', $1) \
                   ORDER BY rowid",
    };
    for (words, wanted) in [("b2", vec!["1"]), ("c3", vec!["3"]), ("a1 b2", vec!["1"])] {
        let rows = db.query(&find, vec![words.into()]).await.expect("reads");
        assert_eq!(shown_rows(rows), wanted, "{words}");
    }
    // What people type must not come back in an error.
    if let Err(error) = db.query(&find, vec!["\"kundin\"@x (".into()]).await {
        assert!(!error.to_string().contains("kundin"), "{error}");
    }
}

#[tokio::test]
async fn a_migration_that_waits_does_not_lose_batches() {
    let db = engines::sqlite().await;
    let mut batch = Batch::new();
    batch.expect_one("INSERT INTO item (id) VALUES (1)", vec![]);
    let set = [ITEMS[0], SECOND];
    let (committed, migrated) = tokio::join!(db.commit(batch), db.migrate(&set, 2));
    committed.expect("commits");
    migrated.expect("migrates");
}
