//! What was acknowledged survives `kill -9` and failing disks. The one who dies is a child
//! process: this test binary again, running one of the ignored tests below.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use db::{Batch, CommitError, Config, Database, DbError, SqliteConfig};

use crate::engines::ITEMS;

const PATH: &str = "TRESEN_TEST_CHILD_PATH";

fn child(test: &str, path: &Path, wrapper: &[&str]) -> Child {
    let program = std::env::current_exe().expect("this program");
    let mut command = match wrapper.split_first() {
        Some((wrapper, args)) => {
            let mut command = Command::new(wrapper);
            command.args(args).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.args(["--exact", test, "--ignored", "--nocapture", "--quiet"]);
    let command = command.env(PATH, path).stdout(Stdio::piped());
    command.spawn().expect("the child starts")
}

/// The lines the child told with [`tell`].
fn told(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let output = child.stdout.take().expect("a pipe");
    let lines = BufReader::new(output).lines();
    let lines = lines.map(|line| line.expect("a line"));
    lines.filter_map(|line| line.strip_prefix("> ").map(str::to_owned))
}

fn tell(line: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    // One write a line: a line that was told is whole.
    out.write_all(format!("\n> {line}\n").as_bytes())
        .expect("the parent listens");
    out.flush().expect("the parent listens");
}

fn path_of_child() -> std::path::PathBuf {
    let path = std::env::var_os(PATH);
    path.expect("this test is the child of another one").into()
}

fn insert(id: i64, bytes: usize) -> Batch {
    let mut batch = Batch::new();
    let sql = "INSERT INTO item (id, data) VALUES ($1, $2)";
    batch.expect_one(sql, vec![id.into(), vec![0xabu8; bytes].into()]);
    batch.expect_one("UPDATE item SET n = n + 1 WHERE id = $1", vec![id.into()]);
    batch
}

/// Opens the file again and counts: every row whole, and those of `ids` all there.
async fn check(path: &Path, ids: &[i64]) {
    let db = Database::open(Config::sqlite(path))
        .await
        .expect("opens again");
    let row = db
        .query_one("PRAGMA integrity_check", vec![])
        .await
        .expect("checks");
    assert_eq!(row.text(0), Ok("ok"));
    for id in ids {
        let sql = "SELECT n FROM item WHERE id = $1";
        let row = db.query_opt(sql, vec![(*id).into()]).await.expect("reads");
        let row = row.unwrap_or_else(|| panic!("acknowledged row {id} is lost"));
        assert_eq!(row.int(0), Ok(1), "row {id} is whole");
    }
    let sql = "SELECT COUNT(*) AS count FROM item WHERE n <> 1";
    let half = db.query_one(sql, vec![]).await.expect("reads");
    assert_eq!(half.int(0), Ok(0), "no batch is there by half");
    db.commit(insert(-1, 0))
        .await
        .expect("it can be written again");
    db.close().await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    for round in 0..3 {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("test.db");
        let mut child = child("crash::child_commits_until_it_is_killed", &path, &[]);
        let mut ids = Vec::new();
        for line in told(&mut child) {
            ids.push(line.parse().expect("an id"));
            if ids.len() == 400 + round * 77 {
                child.kill().expect("kills");
            }
        }
        assert!(!child.wait().expect("ends").success());
        assert!(ids.len() >= 400);
        check(&path, &ids).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is started and killed by another test"]
async fn child_commits_until_it_is_killed() {
    let db = Database::open(Config::sqlite(path_of_child()))
        .await
        .expect("opens");
    db.migrate(&ITEMS, 1).await.expect("migrates");
    let committers = (0..32i64).map(|committer| {
        let db = db.clone();
        tokio::spawn(async move {
            for round in 0..1_000_000 {
                let id = committer * 1_000_000 + round;
                db.commit(insert(id, 300)).await.expect("commits");
                tell(&id.to_string());
            }
        })
    });
    futures_util::future::join_all(committers).await;
}

/// Runs the child with a limit of `kib` on the size of its files: writes beyond it fail, as they
/// do on a failing disk.
fn limited(test: &str, path: &Path, kib: u32) -> Child {
    let script = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$0\" \"$@\"", kib * 2);
    child(test, path, &["/bin/sh", "-c", &script])
}

#[tokio::test]
async fn a_failed_commit_is_unknown_and_the_writer_recovers() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("test.db");
    let mut child = limited("crash::child_meets_a_write_error_at_commit", &path, 2_048);
    let ids: Vec<i64> = told(&mut child)
        .map(|line| line.parse().expect("an id"))
        .collect();
    assert!(
        child.wait().expect("ends").success(),
        "see the panic of the child above"
    );
    assert!(ids.len() > 3 && ids.last() == Some(&1_000), "{ids:?}");
    check(&path, &ids).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is started by another test"]
async fn child_meets_a_write_error_at_commit() {
    let db = Database::open(Config::sqlite(path_of_child()))
        .await
        .expect("opens");
    db.migrate(&ITEMS, 1).await.expect("migrates");
    let mut id = 0;
    let error = loop {
        // The second batch is refused for a reason that the failed COMMIT takes away.
        let (first, second) = tokio::join!(
            db.commit(insert(id, 100_000)),
            db.commit(insert(id, 100_000)),
        );
        match (first, second) {
            (Ok(_), Err(CommitError::Unique { statement: 0 })) => tell(&id.to_string()),
            (Err(error), Err(CommitError::Unknown(_))) => break error,
            other => panic!("{other:?}"),
        }
        id += 1;
        assert!(id < 100, "the limit has to be met");
    };
    assert!(matches!(error, CommitError::Unknown(_)), "{error:?}");
    assert_eq!(db.stats().unknown, 2);
    lift_limit();
    db.commit(insert(1_000, 100_000))
        .await
        .expect("the writer has recovered");
    tell("1000");
    let sql = "SELECT COUNT(*) AS count FROM item WHERE id = $1";
    let row = db.query_one(sql, vec![1_000.into()]).await.expect("reads");
    assert_eq!(row.int(0), Ok(1));
    db.close().await;
}

#[tokio::test]
async fn a_write_error_before_the_commit_is_not_unknown() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("test.db");
    let mut child = limited(
        "crash::child_meets_a_write_error_before_commit",
        &path,
        2_048,
    );
    let ids: Vec<i64> = told(&mut child)
        .map(|line| line.parse().expect("an id"))
        .collect();
    assert!(
        child.wait().expect("ends").success(),
        "see the panic of the child above"
    );
    assert_eq!(ids, [1, 3]);
    check(&path, &ids).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is started by another test"]
async fn child_meets_a_write_error_before_commit() {
    let mut config = SqliteConfig::new(path_of_child());
    // So small that a large statement has to write to the log before it is done.
    config.writer_cache = 64 << 10;
    let db = Database::open(Config::Sqlite(config)).await.expect("opens");
    db.migrate(&ITEMS, 1).await.expect("migrates");
    db.commit(insert(1, 1_000)).await.expect("commits");
    tell("1");
    let mut large = insert(2, 1_000);
    for id in 10..60 {
        large.append(insert(id, 100_000));
    }
    let error = db.commit(large).await.expect_err("too large");
    assert!(
        matches!(error, CommitError::Engine(DbError::Storage(_))),
        "{error:?}"
    );
    lift_limit();
    db.commit(insert(3, 1_000))
        .await
        .expect("the writer has recovered");
    tell("3");
    let rows = db
        .query("SELECT id FROM item ORDER BY id", vec![])
        .await
        .expect("reads");
    assert_eq!(rows.len(), 2);
    db.close().await;
}

fn lift_limit() {
    let mut prlimit = Command::new("prlimit");
    prlimit
        .arg("--pid")
        .arg(std::process::id().to_string())
        .arg("--fsize=unlimited:unlimited");
    assert!(prlimit.status().expect("prlimit runs").success());
}
