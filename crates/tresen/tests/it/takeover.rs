//! One PostgreSQL database and its servers: one at a time, and the next one only when the first
//! has certainly stopped writing.

use std::path::Path;

use testkit::postgres::TestDatabase;
use testkit::{Auth, Customer, Desk, Process, SLUG, until};

use crate::process::{program, refused, set_up, temporary};

async fn fresh() -> TestDatabase {
    tokio::task::spawn_blocking(testkit::postgres::database)
        .await
        .expect("a database")
}

/// Whether a server says that it is ready.
async fn is_ready(process: &Process) -> bool {
    let nobody = Desk::new(&process.base, Auth::Nobody);
    nobody.outside("/readyz").await.status == 200
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("a file");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_server_starts_when_the_first_is_gone() {
    let held = fresh().await;
    let arguments = ["--database", held.url.as_str()];
    let (_directory, data) = temporary();
    let first = Process::serve(program(), &data, &arguments).await;
    set_up(&first, &data, &arguments).await;
    let mut customer = Customer::new(&first.base);
    customer.start(SLUG).await;
    customer.write("a", "Noch da?").await.expect(201);
    // The other machine: the same database, and keys that were brought there.
    let (_other_directory, other) = temporary();
    copy(&data.join("keys"), &other.join("keys"));
    for _ in 0..2 {
        let reason = refused(&other, &arguments).await;
        assert!(reason.contains("in use by another server"), "{reason}");
        assert!(is_ready(&first).await, "the first one is not disturbed");
    }
    first.kill().await;
    let second = Process::serve(program(), &other, &arguments).await;
    assert!(is_ready(&second).await);
    customer.base.clone_from(&second.base);
    assert_eq!(customer.timeline().await.len(), 1);
    customer.write("b", "Auch hier").await.expect(201);
    let reason = refused(&data, &arguments).await;
    assert!(reason.contains("in use by another server"), "{reason}");
    second.ask_to_end().await;
    assert_eq!(second.ended().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_its_claim_writes_no_more_and_ends() {
    let held = fresh().await;
    let arguments = ["--database", held.url.as_str()];
    let (_directory, data) = temporary();
    let first = Process::serve(program(), &data, &arguments).await;
    let log = data.with_extension("log");
    set_up(&first, &data, &arguments).await;
    let mut customer = Customer::new(&first.base);
    customer.start(SLUG).await;
    customer.write("a", "Noch da?").await.expect(201);
    // Somebody else waits for the claim, so that it gets it before anybody can ask again.
    let heir = held.heir();
    until("the heir waits", async || held.has_heir().then_some(())).await;
    assert!(is_ready(&first).await);
    // The connection that writes, and so holds the claim, is cut.
    held.cut_claim();
    // From here on nothing is taken, however often it is tried, until nobody is there to ask.
    let mut tries = 0;
    while let Some(answer) = customer
        .try_write(&format!("c-{tries}"), "Und jetzt?")
        .await
    {
        assert_ne!(answer.status, 201, "{}", answer.text());
        tries += 1;
    }
    assert_eq!(first.ended().await, Some(1));
    let told = std::fs::read_to_string(&log).expect("a log");
    let last = told.lines().last().expect("a line");
    assert!(last.contains("has taken the database over"), "{last}");
    // The heir was only a session; with its end the next server starts, and finds what was
    // acknowledged and nothing else.
    held.cut_claim();
    drop(heir);
    let second = Process::serve(program(), &data, &arguments).await;
    customer.base.clone_from(&second.base);
    let timeline = customer.timeline().await;
    assert_eq!(timeline.len(), 1, "{timeline:?}");
    second.ask_to_end().await;
    assert_eq!(second.ended().await, Some(0));
}
