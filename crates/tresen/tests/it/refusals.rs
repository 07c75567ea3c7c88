//! What a start refuses: keys and a database that do not belong together, a second server, an
//! address that does not answer. Each says what to do, and leaves nothing behind.

#![expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use testkit::{Customer, Process, SLUG};

use crate::process::{owner, program, refused, set_up, temporary};

/// A SQLite file and what stands beside it.
fn files_of(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

fn move_all(from: &Path, to: &Path) {
    for (from, to) in files_of(from).iter().zip(files_of(to)) {
        if from.exists() {
            std::fs::rename(from, to).expect("moved");
        }
    }
}

/// Takes a SQLite file away with what belongs to it; answers how to put it back.
fn take_away(file: &Path) -> impl FnOnce() + use<> {
    let (file, away) = (file.to_owned(), file.with_extension("away"));
    move_all(&file, &away);
    move || move_all(&away, &file)
}

async fn doctor(data: &Path, arguments: &[&str]) -> String {
    let mut all = vec!["doctor", "--data", data.to_str().expect("a path")];
    all.extend(arguments);
    let ended = Process::run(program(), &all, "").await;
    assert_ne!(ended.code, Some(0), "{}", ended.stdout);
    ended.stdout
}

async fn keys_and_database_belong_together(arguments: &[&str], postgres: Option<&str>) {
    let (_held, data) = temporary();
    let process = Process::serve(program(), &data, arguments).await;
    let desk = set_up(&process, &data, arguments).await;
    let mut customer = Customer::new(&process.base);
    customer.start(SLUG).await;
    customer.write("a", "Noch da?").await.expect(201);
    desk.get("/conversations").await.expect(200);
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));

    let keys = data.join("keys/keys.db");
    // Gone, empty, and another installation's under the same master key.
    let put_back = take_away(&keys);
    for made in [false, true] {
        if made {
            std::fs::write(&keys, "").expect("written");
        }
        let reason = refused(&data, arguments).await;
        assert!(
            reason.contains("keys.db") && reason.contains("backup"),
            "{reason}"
        );
        let told = doctor(&data, arguments).await;
        assert!(told.contains("BAD  the key store"), "{told}");
        assert!(!told.contains("belong together"), "{told}");
        assert_eq!(keys.exists(), made, "nothing is made in its place");
    }
    for file in files_of(&keys).iter().filter(|file| file.exists()) {
        std::fs::remove_file(file).expect("removed");
    }
    let (_other_held, other) = temporary();
    std::fs::create_dir_all(other.join("keys")).expect("a directory");
    std::fs::copy(data.join("keys/master.key"), other.join("keys/master.key")).expect("copied");
    let stranger = Process::serve(program(), &other, &[]).await;
    stranger.ask_to_end().await;
    assert_eq!(stranger.ended().await, Some(0));
    for (from, to) in files_of(&other.join("keys/keys.db"))
        .iter()
        .zip(files_of(&keys))
    {
        if from.exists() {
            std::fs::copy(from, to).expect("copied");
        }
    }
    let reason = refused(&data, arguments).await;
    assert!(reason.contains("key store is not the one"), "{reason}");
    for file in files_of(&keys).iter().filter(|file| file.exists()) {
        std::fs::remove_file(file).expect("removed");
    }
    put_back();

    // The other way round: the keys are there, and what they open is gone.
    if let Some(empty) = postgres {
        let mut other = arguments.to_vec();
        other[1] = empty;
        let reason = refused(&data, &other).await;
        assert!(
            reason.contains("PostgreSQL database is missing"),
            "{reason}"
        );
    } else {
        let file = data.join("tresen.db");
        let put_back = take_away(&file);
        let reason = refused(&data, arguments).await;
        assert!(
            reason.contains("tresen.db") && reason.contains("backup"),
            "{reason}"
        );
        let told = doctor(&data, arguments).await;
        assert!(told.contains("BAD  the database"), "{told}");
        assert!(!file.exists(), "nothing is made in its place");
        put_back();
    }
    let process = Process::serve(program(), &data, arguments).await;
    let desk = owner(&process, &data, arguments).await;
    let list = desk.conversations("").await;
    assert_eq!(list[0]["last_message"]["text"], "Noch da?");
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
}

async fn fresh_postgres() -> testkit::postgres::TestDatabase {
    tokio::task::spawn_blocking(testkit::postgres::database)
        .await
        .expect("a database")
}

// Case: OP06
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_database_belong_together_on_sqlite() {
    keys_and_database_belong_together(&[], None).await;
}

// Case: OP06
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_database_belong_together_on_postgres() {
    let (held, empty) = (fresh_postgres().await, fresh_postgres().await);
    let arguments = ["--database", held.url.as_str()];
    keys_and_database_belong_together(&arguments, Some(&empty.url)).await;
}

// Case: OP06
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_store_in_postgres_belongs_to_its_database() {
    let (held, empty) = (fresh_postgres().await, fresh_postgres().await);
    let (_directory, data) = temporary();
    let right = ["--keys", held.url.as_str()];
    let process = Process::serve(program(), &data, &right).await;
    set_up(&process, &data, &right).await;
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
    let reason = refused(&data, &["--keys", &empty.url]).await;
    assert!(
        reason.contains("PostgreSQL database of the keys is missing or empty"),
        "{reason}"
    );
    let put_back = take_away(&data.join("tresen.db"));
    let reason = refused(&data, &right).await;
    assert!(reason.contains("tresen.db"), "{reason}");
    put_back();
    let process = Process::serve(program(), &data, &right).await;
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
}

// Case: OP06
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_postgres_serves_one_server() {
    let held = fresh_postgres().await;
    let arguments = ["--database", held.url.as_str()];
    let (_directory, data) = temporary();
    let process = Process::serve(program(), &data, &arguments).await;
    let desk = set_up(&process, &data, &arguments).await;
    let (_other_directory, other) = temporary();
    let reason = refused(&other, &arguments).await;
    assert!(reason.contains("in use by another server"), "{reason}");
    assert!(!other.join("keys").exists(), "no key is made for it");
    desk.get("/conversations").await.expect(200);
    // Every connection is cut: the claim comes back with the connection that writes.
    held.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    let mut customer = Customer::new(&process.base);
    customer.start(SLUG).await;
    customer.write("a", "Noch da?").await.expect(201);
    let reason = refused(&other, &arguments).await;
    assert!(reason.contains("in use by another server"), "{reason}");
    // The lock ends with a process that ends without any order.
    process.kill().await;
    let process = Process::serve(program(), &data, &arguments).await;
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_postgres_is_told_and_leaves_nothing_behind() {
    let (_held, data) = temporary();
    let closed = ["--database", "postgres://anna:geheim@127.0.0.1:1/desk"];
    let reason = refused(&data, &closed).await;
    assert!(reason.contains("127.0.0.1:1/desk as anna"), "{reason}");
    assert!(reason.contains("refused"), "{reason}");
    assert!(!reason.contains("geheim"), "{reason}");
    let held = fresh_postgres().await;
    let nobody = held.url.replacen("tresen", "nobody_here", 1);
    let reason = refused(&data, &["--database", &nobody]).await;
    assert!(
        reason.contains("role \"nobody_here\" does not exist"),
        "{reason}"
    );
    assert!(!data.join("keys").exists());
    // The same data directory serves once the value is right.
    let process = Process::serve(program(), &data, &[]).await;
    let lock = data.join("tresen.db.lock");
    let mode = std::fs::metadata(lock)
        .expect("a lock")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
}
