//! The engine without threads: what its holder decides, happens, and nothing else.

use std::task::{Context, Poll, Waker};

use db::{Batch, CommitError, CommitFate, Committed, Database, SqliteConfig, Steps};

const TABLE: &str = "CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY)";

type Answer = Option<Result<Committed, CommitError>>;

fn open(path: &std::path::Path) -> (Database, Steps) {
    Database::open_stepped(SqliteConfig::new(path)).expect("opens")
}

fn batch(sql: &str) -> Batch {
    let mut batch = Batch::new();
    batch.run(sql.to_owned(), vec![]);
    batch
}

/// Puts batches into the queue, lets them be written, and looks who was answered what.
fn commit(db: &Database, steps: &mut Steps, batches: &[&str], fate: CommitFate) -> Vec<Answer> {
    let mut waiting: Vec<_> = batches
        .iter()
        .map(|sql| Box::pin(db.commit(batch(sql))))
        .collect();
    let mut context = Context::from_waker(Waker::noop());
    for commit in &mut waiting {
        assert!(commit.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(steps.writes_waiting(), batches.len());
    assert_eq!(steps.write(batches.len(), fate, &mut |_| {}), batches.len());
    waiting
        .iter_mut()
        .map(|commit| match commit.as_mut().poll(&mut context) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        })
        .collect()
}

fn count(db: &Database, steps: &mut Steps) -> i64 {
    let mut query = Box::pin(db.query("SELECT COUNT(*) AS count FROM item", vec![]));
    let mut context = Context::from_waker(Waker::noop());
    assert!(query.as_mut().poll(&mut context).is_pending());
    assert_eq!(steps.reads_waiting(), 1);
    assert!(steps.read_text(0).starts_with("SELECT COUNT"));
    steps.read(0, &mut |_| {});
    match query.as_mut().poll(&mut context) {
        Poll::Ready(rows) => rows.expect("reads")[0].int(0).expect("a count"),
        Poll::Pending => panic!("the read was done"),
    }
}

#[test]
fn each_fate_leaves_in_the_file_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("stepped.db");
    let (db, mut steps) = open(&path);
    let made = commit(&db, &mut steps, &[TABLE], CommitFate::Committed);
    assert!(matches!(made.as_slice(), [Some(Ok(_))]));

    let pair = ["INSERT INTO item VALUES (1)", "INSERT INTO item VALUES (2)"];
    let done = commit(&db, &mut steps, &pair, CommitFate::Committed);
    assert!(done.iter().all(|answer| matches!(answer, Some(Ok(_)))));
    assert_eq!(count(&db, &mut steps), 2);

    let unknown = |answers: &[Answer]| matches!(answers, [Some(Err(CommitError::Unknown(_)))]);
    let lost = CommitFate::Unknown { written: false };
    let insert = ["INSERT INTO item VALUES (3)"];
    assert!(unknown(&commit(&db, &mut steps, &insert, lost)));
    assert_eq!(count(&db, &mut steps), 2);
    let kept = CommitFate::Unknown { written: true };
    assert!(unknown(&commit(&db, &mut steps, &insert, kept)));
    assert_eq!(count(&db, &mut steps), 3);

    let insert = ["INSERT INTO item VALUES (4)"];
    let told = commit(&db, &mut steps, &insert, CommitFate::Forgotten);
    assert!(matches!(told.as_slice(), [Some(Ok(_))]));
    assert_eq!(count(&db, &mut steps), 3);
}

#[test]
fn what_was_open_at_a_death_is_gone_and_what_was_committed_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("stepped.db");
    let (db, mut steps) = open(&path);
    commit(&db, &mut steps, &[TABLE], CommitFate::Committed);
    let insert = ["INSERT INTO item VALUES (1)"];
    commit(&db, &mut steps, &insert, CommitFate::DiedBefore);
    drop((db, steps));

    let (db, mut steps) = open(&path);
    assert_eq!(count(&db, &mut steps), 0);
    commit(&db, &mut steps, &insert, CommitFate::DiedAfter);
    drop((db, steps));

    let (db, mut steps) = open(&path);
    assert_eq!(count(&db, &mut steps), 1);
}

#[test]
fn a_refused_batch_leaves_the_others_of_its_group() {
    let folder = tempfile::tempdir().expect("a folder");
    let (db, mut steps) = open(&folder.path().join("stepped.db"));
    commit(&db, &mut steps, &[TABLE], CommitFate::Committed);
    let three = [
        "INSERT INTO item VALUES (1)",
        "INSERT INTO item VALUES (1)",
        "INSERT INTO item VALUES (2)",
    ];
    let answers = commit(&db, &mut steps, &three, CommitFate::Committed);
    assert!(matches!(
        answers.as_slice(),
        [
            Some(Ok(_)),
            Some(Err(CommitError::Unique { statement: 0 })),
            Some(Ok(_))
        ]
    ));
    assert_eq!(count(&db, &mut steps), 2);
}
