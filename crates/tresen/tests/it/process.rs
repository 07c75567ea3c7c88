//! The real program as a process: refusals at the start, the end in good order, and the end
//! without any order.

#![expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use testkit::{Auth, Customer, Desk, Process, SLUG, Simulator, setup_body, signature, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tresen"))
}

/// Sets a fresh installation up; answers its owner as a program with a token.
pub async fn set_up(process: &Process, data: &Path, arguments: &[&str]) -> Desk {
    let token = process.setup_token.as_deref().expect("a set-up link");
    let nobody = Desk::new(&process.base, Auth::Nobody);
    nobody.post("/setup", setup_body(token)).await.expect(201);
    owner(process, data, arguments).await
}

/// The owner with a token from the command line, beside the running server.
pub async fn owner(process: &Process, data: &Path, arguments: &[&str]) -> Desk {
    let (email, _) = testkit::World::owner_credentials();
    let directory = data.to_str().expect("a path");
    let mut command = vec!["token", "issue", "--email", email, "--data", directory];
    command.extend(arguments);
    let issued = Process::run(program(), &command, "").await;
    assert_eq!(issued.code, Some(0), "{}", issued.stderr);
    let lines: Vec<&str> = issued.stdout.lines().collect();
    assert_eq!(lines.len(), 1, "the token alone: {}", issued.stdout);
    Desk::new(&process.base, Auth::Bearer(lines[0].to_owned()))
}

pub fn temporary() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let data = directory.path().join("data");
    (directory, data)
}

pub async fn refused(data: &Path, arguments: &[&str]) -> String {
    let directory = data.to_str().expect("a path");
    let mut all = vec!["serve", "--data", directory, "--listen", "127.0.0.1:0"];
    all.extend(arguments);
    let ended = Process::run(program(), &all, "").await;
    assert_eq!(ended.code, Some(2), "{}{}", ended.stdout, ended.stderr);
    assert!(!ended.stdout.contains("ready "), "{}", ended.stdout);
    let last = ended.stderr.lines().last().expect("a reason");
    assert!(last.starts_with("tresen: "), "{}", ended.stderr);
    last.to_owned()
}

// Case: OP06
// Check: ER-16
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_right_key_it_refuses_to_start() {
    let (_held, data) = temporary();
    let process = Process::serve(program(), &data, &[]).await;
    let desk = set_up(&process, &data, &[]).await;
    let mut customer = Customer::new(&process.base);
    customer.start(SLUG).await;
    customer.write("a", "Noch da?").await.expect(201);
    // A second server on the same directory, while the first one serves.
    let reason = refused(&data, &[]).await;
    assert!(reason.contains("data"), "{reason}");
    desk.get("/conversations").await.expect(200);
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));

    let key = data.join("keys/master.key");
    let away = data.with_extension("key");
    let mode = |path: &Path| std::fs::metadata(path).expect("a key").permissions().mode() & 0o777;
    assert_eq!(mode(&key), 0o400);
    std::fs::rename(&key, &away).expect("moved");
    let reason = refused(&data, &[]).await;
    assert!(
        reason.contains("master.key") && reason.contains("missing"),
        "{reason}"
    );
    assert!(
        !key.exists(),
        "no new key stands in the way of the right one"
    );
    // Another installation's key.
    let (_other_held, other) = temporary();
    let stranger = Process::serve(program(), &other, &[]).await;
    stranger.kill().await;
    std::fs::copy(other.join("keys/master.key"), &key).expect("copied");
    let reason = refused(&data, &[]).await;
    assert!(reason.contains("another master key"), "{reason}");
    // A damaged one, and one that everybody may read.
    let put = |text: &str, mode: u32| {
        std::fs::remove_file(&key).expect("removed");
        std::fs::write(&key, text).expect("written");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).expect("a mode");
    };
    let right = std::fs::read_to_string(&away).expect("the key");
    put(&right[..40], 0o400);
    assert!(refused(&data, &[]).await.contains("master.key"));
    put(&right, 0o644);
    let reason = refused(&data, &[]).await;
    assert!(reason.contains("chmod 400"), "{reason}");
    assert!(!reason.contains(right.trim()), "the key itself is not told");
    // The right one again: everything is there.
    put(&right, 0o400);
    let process = Process::serve(program(), &data, &[]).await;
    assert_eq!(process.setup_token, None);
    let desk = owner(&process, &data, &[]).await;
    let list = desk.conversations("").await;
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["last_message"]["text"], "Noch da?");
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
    // A database that was sealed with another key.
    std::fs::rename(data.join("keys/keys.db"), data.join("keys.away")).expect("moved");
    for name in ["keys.db-wal", "keys.db-shm"] {
        _ = std::fs::remove_file(data.join("keys").join(name));
    }
    std::fs::remove_file(&key).expect("removed");
    let reason = refused(&data, &[]).await;
    assert!(reason.contains("master.key"), "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_ends_in_good_order() {
    let (_held, data) = temporary();
    let process = Process::serve(program(), &data, &[]).await;
    let desk = set_up(&process, &data, &[]).await;
    let live = desk.watch(None).await;
    live.ready().await;
    // An upload of which only a part has arrived when the end is asked for.
    let address = process.base.trim_start_matches("http://").to_owned();
    let Auth::Bearer(token) = &desk.auth else {
        panic!("a token");
    };
    let content = "x".repeat(200_000);
    let head = format!(
        "POST /api/v1/attachments?name=a.txt HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
        content.len()
    );
    let mut stream = tokio::net::TcpStream::connect(&address)
        .await
        .expect("connected");
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream
        .write_all(&content.as_bytes()[..100_000])
        .await
        .expect("sent");
    // The request is being served once it counts among the open sockets and its head was read;
    // an answer to another request on another socket is behind it.
    desk.get("/channels").await.expect(200);
    process.ask_to_end().await;
    let closed = live.until("the end", |s| s.closed.is_some()).await;
    assert_eq!(closed.closed, Some(1001));
    until("no new connections", async || {
        tokio::net::TcpStream::connect(&address)
            .await
            .is_err()
            .then_some(())
    })
    .await;
    stream
        .write_all(&content.as_bytes()[100_000..])
        .await
        .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let logged = process.logged();
    assert_eq!(process.ended().await, Some(0), "{logged}");
}

/// What was answered with success, by the one who sent it.
#[derive(Default)]
struct Acked {
    texts: Vec<String>,
    /// Sent without an answer: may be there, once.
    open: Vec<String>,
}

async fn write_until_it_dies(customer: Customer, name: String, count: Arc<AtomicUsize>) -> Acked {
    let mut acked = Acked::default();
    for number in 0..10_000 {
        let text = format!("{name}-{number}");
        let body = json!({ "client_id": text, "text": text });
        match customer.try_call("POST", "/messages", Some(&body)).await {
            Some(answer) if answer.status == 201 => {
                acked.texts.push(text);
                count.fetch_add(1, Ordering::Relaxed);
            }
            Some(answer) => panic!("{}", answer.text()),
            None => {
                acked.open.push(text);
                return acked;
            }
        }
    }
    acked
}

fn callback(sender: &str, texts: &[String]) -> Vec<u8> {
    let messages: Vec<Value> = texts
        .iter()
        .map(|text| json!({ "from_user_id": sender, "id": format!("wamid.{text}"), "timestamp": "1795300000",
            "type": "text", "text": { "body": text } }))
        .collect();
    let value = json!({ "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "493023125001", "phone_number_id": Simulator::PHONE_ID },
        "contacts": [{ "profile": { "name": sender }, "user_id": sender }], "messages": messages });
    let body = json!({ "object": "whatsapp_business_account",
        "entry": [{ "id": Simulator::WABA_ID, "changes": [{ "field": "messages", "value": value }] }] });
    serde_json::to_vec(&body).expect("JSON")
}

async fn call_back_until_it_dies(
    url: String,
    sender: String,
    round: usize,
    count: Arc<AtomicUsize>,
) -> Acked {
    let client = testkit::Desk::new("", Auth::Nobody);
    let mut acked = Acked::default();
    for number in 0..10_000 {
        // One, which is understood at once, and several, which a job understands.
        let texts: Vec<String> = (0..=(number % 3))
            .map(|part| format!("{sender}-{round}-{number}-{part}"))
            .collect();
        let body = callback(&sender, &texts);
        let header = signature(Simulator::APP_SECRET, &body);
        match client
            .try_post_raw(&url, body, &[("x-hub-signature-256", &header)])
            .await
        {
            Some(200) => {
                count.fetch_add(texts.len(), Ordering::Relaxed);
                acked.texts.extend(texts);
            }
            Some(status) => panic!("{status}"),
            None => {
                acked.open.extend(texts);
                return acked;
            }
        }
    }
    acked
}

/// Everything acknowledged is there once; what was not is there once or not at all.
fn check(acked: &Acked, found: &[String]) {
    for text in &acked.texts {
        assert_eq!(
            found.iter().filter(|other| *other == text).count(),
            1,
            "{text} was acknowledged"
        );
    }
    for text in found {
        assert!(
            acked.texts.contains(text) || acked.open.contains(text),
            "{text} came from nowhere"
        );
        assert_eq!(
            found.iter().filter(|other| *other == text).count(),
            1,
            "{text}"
        );
    }
}

/// The texts of a whole timeline, whose numbers have no gap.
fn gapless(items: &[Value]) -> Vec<String> {
    let seqs = items.iter().map(|i| i["seq"].as_i64().expect("a number"));
    let seqs: Vec<i64> = seqs.collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>(), "no gap");
    texts(items)
}

fn texts(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .filter_map(|item| item["text"].as_str().map(str::to_owned))
        .collect()
}

async fn killed_again_and_again(arguments: &[&str]) {
    let (_held, data) = temporary();
    let mut process = Process::serve(program(), &data, arguments).await;
    let mut desk = set_up(&process, &data, arguments).await;
    let channel = desk
        .post("/channels", testkit::whatsapp("https://graph.example"))
        .await
        .expect(201);
    let path = channel["callback_path"]
        .as_str()
        .expect("a path")
        .to_owned();
    let mut customers = Vec::new();
    for _ in 0..24 {
        let mut customer = Customer::new(&process.base);
        customer.start(SLUG).await;
        customers.push(customer);
    }
    let mut of_customers: Vec<Acked> = customers.iter().map(|_| Acked::default()).collect();
    let senders: Vec<String> = (0..8).map(|n| format!("DE.9300000000000{n}")).collect();
    let mut of_senders: Vec<Acked> = senders.iter().map(|_| Acked::default()).collect();
    for round in 0..3 {
        let count = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = customers
            .iter()
            .enumerate()
            .map(|(n, customer)| {
                tokio::spawn(write_until_it_dies(
                    customer.clone(),
                    format!("k{n}-{round}"),
                    Arc::clone(&count),
                ))
            })
            .collect();
        let url = format!("{}{path}", process.base);
        let callers: Vec<_> = senders
            .iter()
            .map(|sender| {
                tokio::spawn(call_back_until_it_dies(
                    url.clone(),
                    sender.clone(),
                    round,
                    Arc::clone(&count),
                ))
            })
            .collect();
        until("enough was acknowledged", async || {
            (count.load(Ordering::Relaxed) >= 300).then_some(())
        })
        .await;
        process.kill().await;
        for (all, writer) in of_customers.iter_mut().zip(writers) {
            let acked = writer.await.expect("it wrote");
            all.texts.extend(acked.texts);
            all.open.extend(acked.open);
        }
        for (all, caller) in of_senders.iter_mut().zip(callers) {
            let acked = caller.await.expect("it called");
            all.texts.extend(acked.texts);
            all.open.extend(acked.open);
        }
        process = Process::serve(program(), &data, arguments).await;
        customers
            .iter_mut()
            .for_each(|customer| customer.base.clone_from(&process.base));
        desk = owner(&process, &data, arguments).await;
    }
    for (customer, acked) in customers.iter().zip(&of_customers) {
        let mut found = Vec::new();
        let mut query = "/timeline?limit=200".to_owned();
        loop {
            let page = customer.get(&query).await.expect(200);
            found.extend(texts(page["items"].as_array().expect("items")));
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("/timeline?limit=200&cursor={cursor}"),
                None => break,
            }
        }
        check(acked, &found);
    }
    // Jobs that the dead process had taken come again at the start of the next one.
    let found = until("every acknowledged callback", async || {
        let mut found = std::collections::BTreeMap::new();
        for conversation in desk.conversations("limit=200").await {
            let name = conversation["contact"]["name"]
                .as_str()
                .expect("a name")
                .to_owned();
            if senders.contains(&name) {
                let id = conversation["id"].as_str().expect("an id");
                found.insert(name, gapless(&desk.timeline(id).await));
            }
        }
        let is_there = |(sender, acked): (&String, &Acked)| {
            let found = found.get(sender);
            acked
                .texts
                .iter()
                .all(|text| found.is_some_and(|found: &Vec<String>| found.contains(text)))
        };
        senders
            .iter()
            .zip(&of_senders)
            .all(is_there)
            .then_some(found)
    })
    .await;
    for (sender, acked) in senders.iter().zip(&of_senders) {
        check(acked, found.get(sender).map_or(&[], Vec::as_slice));
    }
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_on_sqlite() {
    killed_again_and_again(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_on_postgres() {
    let held = tokio::task::spawn_blocking(testkit::postgres::database)
        .await
        .expect("a database");
    killed_again_and_again(&["--database", &held.url]).await;
}
