//! A migration whose process dies in its middle: afterwards the database is as before it or as
//! after it, and the next start completes it. The one who dies is this program again, running the
//! ignored test below with a fault armed.

use std::path::Path;
use std::process::{Command, Stdio};

use db::{Config, Database};
use ports::FixedClock;
use store::{MIGRATIONS, Store};
use testkit::{Process, until};

use crate::process::{program, refused, set_up, temporary};

const PLACE: &str = "MIGRATION_OF_THE_TEST";
const FAULT: &str = "TRESEN_FAULT";
/// More than any migration has places to die at.
const PLACES_MAX: usize = 500;

fn clock() -> FixedClock {
    FixedClock::at(domain::Timestamp(1_795_300_000_000))
}

fn config(place: &str) -> Config {
    if place.starts_with("postgres://") {
        Config::postgres(place)
    } else {
        Config::sqlite(place)
    }
}

/// Migrates in a process that dies at the n-th place. Answers whether it lived on: there are no
/// more places.
fn migrate_and_die(place: &str, n: usize) -> bool {
    let mut child = Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "migrations::child_migrates", "--ignored"]);
    child.env(PLACE, place);
    child.env(FAULT, format!("mid_migration@{n}"));
    let ended = child.stdout(Stdio::null()).stderr(Stdio::null()).status();
    ended.expect("the child starts").success()
}

#[tokio::test]
#[ignore = "is started by the tests below"]
async fn child_migrates() {
    let place = std::env::var(PLACE).expect("this test is the child of another one");
    let database = Database::open(config(&place)).await.expect("it opens");
    Store::was_sealed(&database, &clock())
        .await
        .expect("it migrates");
    database.close().await;
}

/// Migrates in this process, by the first so many migrations.
async fn migrate(place: &str, count: usize) {
    let database = Database::open(config(place)).await.expect("it opens");
    let now = ports::Clock::now(&clock()).0;
    database
        .migrate(&MIGRATIONS[..count], now)
        .await
        .expect("it migrates");
    database.close().await;
}

/// The schema and the notes of its migrations.
async fn schema(place: &str) -> Vec<String> {
    let database = Database::open(config(place)).await.expect("it opens");
    let mut lines = Vec::new();
    for look in [
        "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master ORDER BY name",
        "SELECT name || ' ' || checksum || ' ' || applied_at FROM schema_migration ORDER BY id",
    ] {
        // The table of notes is not there before the first one.
        let Ok(rows) = database.query(look, Vec::new()).await else {
            continue;
        };
        lines.extend(rows.iter().map(|row| row.text(0).expect("text").to_owned()));
    }
    database.close().await;
    lines
}

// Case: OP07
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_dies_is_whole_or_not_there_on_sqlite() {
    let (_held, data) = temporary();
    std::fs::create_dir_all(&data).expect("a directory");
    let at = |name: String| data.join(name).to_str().expect("a path").to_owned();
    let mut stages = Vec::new();
    for count in 0..=MIGRATIONS.len() {
        let place = at(format!("stage-{count}.db"));
        migrate(&place, count).await;
        let stage = schema(&place).await;
        assert!(!stages.contains(&stage), "each migration changes something");
        stages.push(stage);
    }
    let last = stages.last().expect("a stage");
    let mut seen = vec![0; stages.len()];
    let mut places = 0;
    for n in 1..PLACES_MAX {
        let place = at(format!("dies-{n}.db"));
        if migrate_and_die(&place, n) {
            break;
        }
        places += 1;
        // Nothing was begun, or the table of notes alone is there.
        let left = schema(&place).await;
        let stage = stages.iter().position(|stage| *stage == left);
        let stage = stage.unwrap_or_else(|| {
            assert_eq!(left, Vec::<String>::new(), "half a schema after place {n}");
            0
        });
        seen[stage] += 1;
        migrate(&place, MIGRATIONS.len()).await;
        assert_eq!(schema(&place).await, *last, "after place {n}");
    }
    assert!(places > 60, "{places} places: every statement is one");
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
}

async fn fresh() -> testkit::postgres::TestDatabase {
    tokio::task::spawn_blocking(testkit::postgres::database)
        .await
        .expect("a database")
}

fn dump(database: &testkit::postgres::TestDatabase) -> String {
    let text = String::from_utf8(testkit::postgres::dump(&database.url)).expect("text");
    let lines = text.lines().filter(|line| !line.starts_with("\\"));
    lines.map(|line| format!("{line}\n")).collect()
}

// Case: OP07
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_dies_is_whole_or_not_there_on_postgres() {
    let mut stages = Vec::new();
    for count in 0..=MIGRATIONS.len() {
        let database = fresh().await;
        migrate(&database.url, count).await;
        stages.push(dump(&database));
    }
    let mut seen = vec![0; stages.len()];
    for n in 1..PLACES_MAX {
        let database = fresh().await;
        if migrate_and_die(&database.url, n) {
            break;
        }
        until("the session of the dead has ended", async || {
            let others = "SELECT COUNT(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()";
            (database.ask(others).trim() == "0").then_some(())
        })
        .await;
        let left = dump(&database);
        let stage = stages.iter().position(|stage| *stage == left);
        let stage = stage.unwrap_or_else(|| panic!("half a schema after place {n}: {left}"));
        seen[stage] += 1;
        migrate(&database.url, MIGRATIONS.len()).await;
        assert!(
            dump(&database) == stages[MIGRATIONS.len()],
            "after place {n}"
        );
    }
    // After BEGIN, after the statements, after the note; and once after COMMIT.
    assert_eq!(seen.iter().sum::<usize>(), 4 * MIGRATIONS.len(), "{seen:?}");
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
}

// Case: OP07
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_starts_on_what_a_dead_migration_left() {
    let (_held, data) = temporary();
    std::fs::create_dir_all(&data).expect("a directory");
    let file = data.join("tresen.db");
    let place = file.to_str().expect("a path");
    for n in [1, 20, 55] {
        assert!(!migrate_and_die(place, n), "it dies at place {n}");
    }
    let process = Process::serve(program(), &data, &[]).await;
    let desk = set_up(&process, &data, &[]).await;
    desk.get("/conversations").await.expect(200);
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
    // What is newer than the program is left alone.
    newer(&file).await;
    let reason = refused(&data, &[]).await;
    assert!(reason.contains("newer version"), "{reason}");
}

async fn newer(file: &Path) {
    let database = Database::open(Config::sqlite(file))
        .await
        .expect("it opens");
    let mut batch = db::Batch::new();
    batch.expect_one(
        "INSERT INTO schema_migration (id, name, checksum, applied_at) VALUES (99, 'x', 'x', 0)",
        Vec::new(),
    );
    database.commit(batch).await.expect("it is written");
    database.close().await;
}
