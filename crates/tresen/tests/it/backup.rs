//! Backups of the real program: taken while it works, brought to life elsewhere, and refused with
//! the reason when anything about them is wrong.

#![expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use testkit::postgres::TestDatabase;
use testkit::{Customer, Desk, Ended, Engine, Process, SLUG, on_both_engines, plain_png, until};

use crate::process::{program, set_up, temporary};

/// A database for a house of this engine; SQLite needs none.
pub async fn database(engine: Engine) -> Option<TestDatabase> {
    match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(
            tokio::task::spawn_blocking(testkit::postgres::database)
                .await
                .expect("a database"),
        ),
    }
}

pub fn arguments(database: Option<&TestDatabase>) -> Vec<&str> {
    database.map_or_else(Vec::new, |database| {
        vec!["--database", database.url.as_str()]
    })
}

pub fn shown(path: &Path) -> &str {
    path.to_str().expect("a path")
}

async fn run(words: &[&str], data: &Path, more: &[&str]) -> Ended {
    let mut all = words.to_vec();
    all.extend(["--data", shown(data)]);
    all.extend(more);
    Process::run(program(), &all, "").await
}

pub async fn well(words: &[&str], data: &Path, more: &[&str]) -> String {
    let ended = run(words, data, more).await;
    assert_eq!(
        ended.code,
        Some(0),
        "{words:?}: {}{}",
        ended.stdout,
        ended.stderr
    );
    ended.stdout
}

/// The two files that a backup wrote, by what it told.
pub fn files_of(told: &str) -> (PathBuf, PathBuf) {
    let named = |name: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(name));
        PathBuf::from(line.expect("a file").trim())
    };
    (named("content "), named("keys "))
}

/// The numbers that were said in a conversation, in their order.
fn numbers(timeline: &[Value]) -> Vec<usize> {
    let texts = timeline.iter().filter_map(|item| item["text"].as_str());
    let mut found: Vec<usize> = texts.filter_map(|text| text.parse().ok()).collect();
    found.sort_unstable();
    found
}

async fn everything(desk: &Desk) -> Vec<(Value, Vec<Value>)> {
    let mut all = Vec::new();
    for conversation in desk.conversations("status=open,waiting,snoozed,done").await {
        let id = conversation["id"].as_str().expect("an id").to_owned();
        // Of whom everything is only kept nobody reads anything.
        let mut timeline = match &conversation["restricted_since"] {
            Value::Null => desk.timeline(&id).await,
            _ => Vec::new(),
        };
        timeline.sort_by_key(|item| item["seq"].as_i64());
        all.push((conversation, timeline));
    }
    all.sort_by_key(|(conversation, _)| conversation["id"].to_string());
    all
}

on_both_engines! {
    a_backup_under_load_comes_back_as_it_was,
    what_is_wrong_with_a_backup_is_told_and_nothing_is_left,
}

/// Somebody whose data is only kept, and the moment since which it is.
async fn restricted(process: &Process, desk: &Desk) -> (String, Value) {
    let mut kept = Customer::new(&process.base);
    kept.start(SLUG).await;
    kept.write("k", "Nur noch aufbewahrt").await.expect(201);
    let contact = &desk.conversations("").await[0]["contact"]["id"];
    let contact = contact.as_str().expect("an id").to_owned();
    let reason = json!({ "reason": "Bestreitet die Richtigkeit" });
    let path = format!("/contacts/{contact}/restrictions");
    let begun = desk.post(&path, reason).await.expect(201);
    (contact, begun["asked_at"].clone())
}

// Check: DS-10, ER-17
async fn a_backup_under_load_comes_back_as_it_was(engine: Engine) {
    let (_held, data) = temporary();
    let held = database(engine).await;
    let here = arguments(held.as_ref());
    let process = Process::serve(program(), &data, &here).await;
    let desk = set_up(&process, &data, &here).await;
    let (kept, since) = restricted(&process, &desk).await;
    let mut customers = Vec::new();
    for _ in 0..3 {
        let mut customer = Customer::new(&process.base);
        customer.start(SLUG).await;
        customers.push(customer);
    }
    let picture = customers[0]
        .upload("bild.png", "image/png", plain_png(16))
        .await;
    let picture = picture.expect(201)["id"].clone();
    let sent = json!({ "client_id": "bild", "text": "Ein Bild", "attachments": [picture] });
    customers[0].post("/messages", sent).await.expect(201);

    // One after the other, to each in turn: what is there of it must be a beginning of it.
    let said = Arc::new(AtomicUsize::new(0));
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let counted = Arc::clone(&said);
    let load = tokio::spawn(async move {
        while stopped.try_recv() == Err(tokio::sync::oneshot::error::TryRecvError::Empty) {
            let number = counted.load(Ordering::SeqCst);
            let text = number.to_string();
            customers[number % 3].write(&text, &text).await.expect(201);
            counted.store(number + 1, Ordering::SeqCst);
        }
    });
    until("some load", async || {
        (said.load(Ordering::SeqCst) >= 12).then_some(())
    })
    .await;
    let shelf = tempfile::tempdir().expect("a shelf");
    let safe = tempfile::tempdir().expect("a safe");
    let before = said.load(Ordering::SeqCst);
    let apart = ["--to", shown(shelf.path()), "--keys-to", shown(safe.path())];
    let told = well(&["backup"], &data, &[&apart[..], &here[..]].concat()).await;
    let after = said.load(Ordering::SeqCst);
    until("more load", async || {
        (said.load(Ordering::SeqCst) >= after + 6).then_some(())
    })
    .await;
    stop.send(()).expect("the load runs");
    load.await.expect("the load ends");
    let was = everything(&desk).await;
    let (content, keys) = files_of(&told);
    assert!(
        content.starts_with(shelf.path()) && keys.starts_with(safe.path()),
        "{told}"
    );
    assert!(told.contains("master.key"), "{told}");

    // A look at it, beside the server that works.
    let from = ["--from", shown(&content), "--key-file", shown(&keys)];
    let looked = well(
        &["backup", "verify"],
        &data,
        &[&from[..], &here[..]].concat(),
    )
    .await;
    assert!(
        looked.lines().all(|line| line.starts_with("ok ")),
        "{looked}"
    );
    assert!(
        looked.contains("4 contacts open with their keys"),
        "{looked}"
    );
    assert!(looked.contains("1 files in their full length"), "{looked}");
    let left = std::fs::read_dir(shelf.path()).expect("a shelf").count();
    assert_eq!(left, 1, "the look leaves nothing behind");
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));

    let (_other_held, other) = temporary();
    let other_database = database(engine).await;
    let there = arguments(other_database.as_ref());
    let master = data.join("keys/master.key");
    let take = [&from[..], &["--master-key", shown(&master)], &there[..]].concat();
    let told = well(&["restore"], &other, &take).await;
    assert!(told.contains("4 contacts, 4 conversations"), "{told}");
    let process = Process::serve(program(), &other, &there).await;
    assert_eq!(process.setup_token, None, "it has its owner");
    let restored = Desk::new(&process.base, desk.auth.clone());
    let is = everything(&restored).await;
    assert_eq!(is.len(), was.len());
    let mut all = Vec::new();
    for ((_, is), (_, was)) in is.iter().zip(&was) {
        assert_eq!(
            is[..],
            was[..is.len()],
            "a conversation is as it was, up to an end"
        );
        all.extend(numbers(is));
    }
    all.sort_unstable();
    assert_eq!(
        all,
        (0..all.len()).collect::<Vec<_>>(),
        "no hole before the end"
    );
    assert!(
        (before..=after + 1).contains(&all.len()),
        "{before} {} {after}",
        all.len()
    );
    // The picture, and what is written from now on.
    let picture = is.iter().flat_map(|(_, timeline)| timeline);
    let picture = picture
        .filter_map(|item| item["attachments"][0]["url"].as_str())
        .next();
    let picture = restored.outside(picture.expect("a picture")).await;
    assert_eq!(picture.status, 200);
    let (free, timeline) = is
        .iter()
        .find(|(_, timeline)| !timeline.is_empty())
        .expect("one");
    let id = free["id"].as_str().expect("an id");
    restored.say(id, "Wieder da").await;
    assert_eq!(restored.timeline(id).await.len(), timeline.len() + 1);
    // What is only kept is only kept there as well.
    let mine = |(one, _): &&(Value, Vec<Value>)| one["contact"]["id"] == kept.as_str();
    let mine = &is.iter().find(mine).expect("it is there").0;
    assert_eq!(mine["restricted_since"], since);
    let closed = format!("/conversations/{}", mine["id"].as_str().expect("an id"));
    restored
        .get(&format!("{closed}/timeline"))
        .await
        .expect(403);
    let answer = json!({ "text": "Gern" });
    let refused = restored.post(&format!("{closed}/messages"), answer).await;
    assert_eq!(refused.problem(409), "send_refused");
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
    // The place is taken now.
    let again = run(&["restore"], &other, &take).await;
    assert_eq!(again.code, Some(2), "{}", again.stderr);
    assert!(again.stderr.contains("is not empty"), "{}", again.stderr);
}

async fn what_is_wrong_with_a_backup_is_told_and_nothing_is_left(engine: Engine) {
    let (_held, data) = temporary();
    let held = database(engine).await;
    let here = arguments(held.as_ref());
    let process = Process::serve(program(), &data, &here).await;
    let desk = set_up(&process, &data, &here).await;
    let mut first = Customer::new(&process.base);
    first.start(SLUG).await;
    first.write("a", "Geheimes Zeichen").await.expect(201);
    // Long enough for several pieces.
    let long = first.upload("lang.txt", "text/plain", vec![b'a'; 100_000]);
    long.await.expect(201);
    let shelf = tempfile::tempdir().expect("a shelf");
    let old = shelf.path().join("old");
    let take = async |path: &Path| {
        let to = ["--to", shown(path)];
        run(&["backup"], &data, &[&to[..], &here[..]].concat()).await
    };
    assert_eq!(take(&old).await.code, Some(0));
    let twice = take(&old).await;
    assert_eq!(twice.code, Some(2));
    assert!(
        twice.stderr.contains("never overwrites"),
        "{}",
        twice.stderr
    );
    let mut second = Customer::new(&process.base);
    second.start(SLUG).await;
    second.write("b", "Noch eines").await.expect(201);
    let new = shelf.path().join("new.content");
    assert_eq!(take(&new).await.code, Some(0));
    desk.get("/conversations").await.expect(200);
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
    let (old_keys, new_keys) = (shelf.path().join("old.keys"), shelf.path().join("new.keys"));

    let master = data.join("keys/master.key");
    let (_other_held, other) = temporary();
    let empty = database(engine).await;
    let there = arguments(empty.as_ref());
    let refused = async |content: &Path, keys: &Path, master: &Path| {
        let from = ["--from", shown(content), "--key-file", shown(keys)];
        let from = [&from[..], &["--master-key", shown(master)], &there[..]].concat();
        let ended = run(&["restore"], &other, &from).await;
        assert!(matches!(ended.code, Some(1 | 2)), "{}", ended.stdout);
        assert!(!other.exists(), "nothing is left behind");
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        ended.stderr
    };
    let changed = shelf.path().join("changed");
    let whole = std::fs::read(&new).expect("a backup");
    let whole_keys = std::fs::read(&new_keys).expect("keys");
    let readable = |bytes: &[u8]| bytes.windows(7).any(|part| part == b"Zeichen");
    assert!(!readable(&whole) && !readable(&whole_keys));
    // Cut off, also at the end of a piece, and changed in one bit.
    let middle = 111 + (64 << 10) + 28;
    for length in [3, 70, 300, middle, whole.len() - 1] {
        std::fs::write(&changed, &whole[..length]).expect("written");
        let reason = refused(&changed, &new_keys, &master).await;
        assert!(reason.contains("cut off"), "{length}: {reason}");
    }
    for at in [20, 90, 2_000, middle + 50, whole.len() - 3] {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        std::fs::write(&changed, &flipped).expect("written");
        let reason = refused(&changed, &new_keys, &master).await;
        assert!(reason.contains("damaged"), "{at}: {reason}");
    }
    let mut flipped = whole_keys.clone();
    flipped[400] ^= 1;
    std::fs::write(&changed, &flipped).expect("written");
    assert!(refused(&new, &changed, &master).await.contains("damaged"));
    std::fs::write(&changed, "Kein Backup, nur ein Text.").expect("written");
    let reason = refused(&changed, &new_keys, &master).await;
    assert!(reason.contains("no backup of Tresen"), "{reason}");
    // The two in each other's place, keys that are too old, and none at all.
    let reason = refused(&new_keys, &new, &master).await;
    assert!(
        reason.contains("a content file, and a key file is wanted"),
        "{reason}"
    );
    let reason = refused(&new, &old_keys, &master).await;
    assert!(reason.contains("the keys of 1 of 2 contacts"), "{reason}");
    refused(&new, &shelf.path().join("none"), &master).await;
    refused(&new, &new_keys, &shelf.path().join("none")).await;
    // Another installation's master key, and its key file under its own.
    let (_stranger_held, stranger) = temporary();
    let process = Process::serve(program(), &stranger, &[]).await;
    set_up(&process, &stranger, &[]).await;
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
    let foreign = shelf.path().join("foreign");
    well(&["backup"], &stranger, &["--to", shown(&foreign)]).await;
    let foreign_master = stranger.join("keys/master.key");
    let reason = refused(&new, &new_keys, &foreign_master).await;
    assert!(reason.contains("another master key"), "{reason}");
    let foreign_keys = shelf.path().join("foreign.keys");
    let reason = refused(&new, &foreign_keys, &master).await;
    assert!(reason.contains("another master key"), "{reason}");

    // An older content and the newest keys belong together.
    let from = ["--from", shown(&old), "--key-file", shown(&new_keys)];
    let from = [&from[..], &["--master-key", shown(&master)], &there[..]].concat();
    well(&["restore"], &other, &from).await;
    let process = Process::serve(program(), &other, &there).await;
    let restored = Desk::new(&process.base, desk.auth.clone());
    let list = restored.conversations("").await;
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["last_message"]["text"], "Geheimes Zeichen");
    // With the key store of another house it does not start.
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
    std::fs::remove_file(other.join("keys/master.key")).expect("removed");
    for name in ["master.key", "keys.db"] {
        std::fs::copy(
            stranger.join("keys").join(name),
            other.join("keys").join(name),
        )
        .expect("copied");
    }
    let reason = crate::process::refused(&other, &there).await;
    assert!(reason.contains("another master key"), "{reason}");
}
