//! Those who want too much: they are told so, and everybody else notices nothing.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Customer, DEADLINE, Engine, SLUG, World, on_both_engines, until};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

on_both_engines! {
    callbacks_are_refused_before_they_are_read,
    downloads_come_in_pieces,
    slow_uploads_stop_nobody,
    files_that_are_not_sent,
    a_full_disk_still_takes_messages,
    chats_and_messages_have_a_rate,
    live_sockets_have_their_number,
    typing_is_told_to_whom_it_concerns,
}

/// Sends raw bytes and leaves the line open.
async fn begin(world: &World, text: &str) -> TcpStream {
    let address = world.base().replace("http://", "");
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    socket.write_all(text.as_bytes()).await.expect("it is sent");
    socket
}

/// The status line of the answer.
async fn status(socket: &mut TcpStream) -> String {
    let mut line = Vec::new();
    let read = async {
        while !line.ends_with(b"\r\n") {
            line.push(socket.read_u8().await.expect("an answer"));
        }
    };
    let read = tokio::time::timeout(DEADLINE, read).await;
    read.expect("the answer takes far too long");
    String::from_utf8(line).expect("text")
}

// Case: WH01, DO01
pub(crate) async fn callbacks_are_refused_before_they_are_read(engine: Engine) {
    let world = World::start(engine).await;
    let channel = world.connect_whatsapp().await;
    let path = channel["callback_path"].as_str().expect("a path");
    let unknown = "/callbacks/chn_00000000000000000000000000";
    let right = format!("x-hub-signature-256: sha256={}\r\n", "a".repeat(64));
    let large = right.replace("aaaa", "AAAA");
    let short = "x-hub-signature-256: sha256=abcd\r\n".to_owned();
    for (path, header, expected) in [
        (unknown, right.as_str(), "404"),
        (path, "", "401"),
        (path, &large, "401"),
        (path, &short, "401"),
    ] {
        // Nothing of the eight megabytes ever comes, and the answer does not wait for it.
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n{header}\r\n"
        );
        let mut socket = begin(&world, &head).await;
        let answer = status(&mut socket).await;
        assert!(answer.contains(expected), "{path} {header} {answer}");
    }
    // What is announced as too large is not read either.
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n{right}\r\n"
    );
    let answer = status(&mut begin(&world, &head).await).await;
    assert!(answer.contains("413"), "{answer}");
}

/// Bytes that differ from each other from place to place.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

fn blob_files(world: &World) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(world.blobs()).expect("a folder");
    let folders = folders.map(|folder| folder.expect("a folder").path());
    folders
        .flat_map(|folder| std::fs::read_dir(folder).expect("a folder"))
        .map(|file| file.expect("a file").path())
        .collect()
}

pub(crate) async fn downloads_come_in_pieces(engine: Engine) {
    let world = World::start(engine).await;
    let bytes = pattern(300_000);
    let made = world
        .owner
        .upload("muster.bin", "application/x-muster", bytes.clone())
        .await
        .expect(201);
    let path = format!(
        "/attachments/{}/content",
        made["id"].as_str().expect("an id")
    );
    let range = async |value: &str| {
        let headers = [("range", value)];
        world.owner.call_with("GET", &path, None, &headers).await
    };
    let whole = world.owner.get(&path).await;
    assert_eq!((whole.status, whole.bytes == bytes), (200, true));
    assert_eq!(whole.header("content-length"), Some("300000"));
    // Over the borders of pieces, inside of one, and at both ends.
    for (from, end) in [
        (0, 1),
        (65_535, 65_537),
        (65_536, 131_072),
        (10, 299_000),
        (299_999, 300_000),
    ] {
        let part = range(&format!("bytes={from}-{}", end - 1)).await;
        assert_eq!(part.status, 206);
        assert_eq!(part.bytes, bytes[from..end], "{from} {end}");
        let told = format!("bytes {from}-{}/300000", end - 1);
        assert_eq!(part.header("content-range"), Some(told.as_str()));
    }
    let outside = range("bytes=300000-").await;
    assert_eq!((outside.status, outside.bytes.len()), (416, 0));
    assert_eq!(outside.header("content-range"), Some("bytes */300000"));

    // Only the pieces of a range are opened: damage elsewhere does not matter, and damage inside
    // is never handed out.
    let [file] = blob_files(&world).try_into().expect("one file");
    let mut sealed = std::fs::read(&file).expect("the file");
    assert!(!sealed.windows(64).any(|window| window == &bytes[..64]));
    let last = sealed.len() - 20;
    sealed[last] ^= 1;
    std::fs::write(&file, &sealed).expect("it is damaged");
    assert_eq!(range("bytes=5-9").await.bytes, bytes[5..10]);
    assert!(
        world.owner.try_call("GET", &path, None).await.is_none(),
        "a download that breaks off is no answer"
    );
    // A file that was cut at the border of a piece is not a shorter file.
    sealed.truncate(1 + 65_536 + 28);
    std::fs::write(&file, &sealed).expect("it is cut");
    assert_eq!(range("bytes=5-9").await.problem(500), "internal");
}

fn upload_head(customer: &Customer) -> String {
    let cookie = customer.cookie.as_deref().expect("a session");
    format!(
        "POST /chat/v1/attachments?name=a.bin HTTP/1.1\r\nHost: localhost\r\n\
         Cookie: tresen_chat={cookie}\r\nContent-Type: application/x-muster\r\n\
         Content-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
    )
}

/// An upload that is being waited for: the house has asked for its body.
async fn begin_upload(world: &World, customer: &Customer) -> TcpStream {
    let mut socket = begin(world, &upload_head(customer)).await;
    let answer = status(&mut socket).await;
    assert!(answer.contains("100"), "{answer}");
    assert_eq!(status(&mut socket).await, "\r\n");
    socket
}

// Case: FI06
pub(crate) async fn slow_uploads_stop_nobody(engine: Engine) {
    let world = World::start(engine).await;
    let mut held = Vec::new();
    for _ in 0..5 {
        let slow = world.visitor().await;
        for _ in 0..2 {
            held.push(begin_upload(&world, &slow).await);
        }
        let third = slow.upload("b.bin", "application/x-muster", pattern(9));
        assert_eq!(third.await.problem(429), "rate_limited");
    }
    let quick = world.visitor().await;
    let made = quick
        .upload("c.bin", "application/x-muster", pattern(9))
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    // What was begun can still be finished.
    let mut first = held.swap_remove(0);
    first
        .write_all(&pattern(100_000))
        .await
        .expect("the rest is sent");
    let answer = status(&mut first).await;
    assert!(answer.contains("201"), "{answer}");
}

// Case: FI06
pub(crate) async fn files_that_are_not_sent(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    let upload = async || {
        world.advance_ms(10_000).await;
        let bytes = pattern(100);
        customer
            .upload("a.bin", "application/x-muster", bytes)
            .await
    };
    let first = upload().await.expect(201)["id"].clone();
    for _ in 1..20 {
        upload().await.expect(201);
    }
    let full = upload().await;
    assert_eq!(full.problem(409), "unsent_files");
    // What is sent makes room.
    let message = json!({ "client_id": "c-1", "attachments": [first] });
    customer.post("/messages", message).await.expect(201);
    upload().await.expect(201);
    let teammates = world
        .owner
        .upload("b.bin", "application/x-muster", pattern(100))
        .await
        .expect(201);
    // After an hour what customers did not send is gone; a teammate has a day.
    world.advance_ms(3_700_000).await;
    world.app().keep_house(None).await.expect("it is tidied up");
    assert_eq!(blob_files(&world).len(), 2);
    let place = |id: &Value| format!("/attachments/{}/content", id.as_str().expect("an id"));
    let content = world.owner.get(&place(&teammates["id"])).await;
    assert_eq!(content.status, 200);
    assert_eq!(customer.get(&place(&first)).await.status, 200);
    upload().await.expect(201);
    world.advance_ms(86_400_000).await;
    world.app().keep_house(None).await.expect("it is tidied up");
    assert_eq!(blob_files(&world).len(), 1, "only what was sent is left");
}

// Case: DO10
pub(crate) async fn a_full_disk_still_takes_messages(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    world.fill_disk(true);
    let file = customer
        .upload("a.bin", "application/x-muster", pattern(9))
        .await;
    assert_eq!(file.problem(507), "storage_full");
    let file = world
        .owner
        .upload("a.bin", "application/x-muster", pattern(9));
    assert_eq!(file.await.problem(507), "storage_full");
    customer.write("c-1", "Geht das noch?").await.expect(201);
    let id = world.only_conversation().await;
    world.owner.say(&id, "Ja.").await;
    world.fill_disk(false);
    let file = customer.upload("a.bin", "application/x-muster", pattern(9));
    file.await.expect(201);
}

// Case: DO05, DO06, PR06
pub(crate) async fn chats_and_messages_have_a_rate(engine: Engine) {
    let world = World::start(engine).await;
    let body = json!({ "entry": SLUG });
    let start = async |forwarded: &str| {
        let headers = [("x-forwarded-for", forwarded)];
        let customer = world.customer();
        customer
            .call_with("POST", "/sessions", Some(&body), &headers)
            .await
    };
    for number in 0..20 {
        // What stands before the last hop is the asker's own invention.
        let answer = start(&format!("192.0.2.{number}, 198.51.100.7")).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    let refused = start("198.51.100.7").await;
    assert_eq!(refused.problem(429), "rate_limited");
    let wait: i64 = refused
        .header("retry-after")
        .and_then(|seconds| seconds.parse().ok())
        .expect("seconds");
    assert!((1..=31).contains(&wait), "{wait}");
    assert_eq!(start("198.51.100.8").await.status, 201);
    world.advance_ms(wait * 1_000).await;
    assert_eq!(start("198.51.100.7").await.status, 201);
    assert_eq!(start("198.51.100.7").await.status, 429);

    let (loud, quiet) = (world.visitor().await, world.visitor().await);
    for number in 0..40 {
        let id = format!("c-{number}");
        loud.write(&id, "Hallo?").await.expect(201);
    }
    assert_eq!(
        loud.write("c-40", "Hallo?").await.problem(429),
        "rate_limited"
    );
    quiet.write("c-1", "Guten Tag").await.expect(201);
    world.advance_ms(2_000).await;
    loud.write("c-40", "Hallo?").await.expect(201);
}

// Case: DO05
pub(crate) async fn live_sockets_have_their_number(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(customer.watch(None).await);
    }
    assert_eq!(customer.try_watch(None).await.err(), Some(429));
    drop(open.pop());
    let again = until("a free place", async || {
        world.advance_ms(3_000).await;
        customer.try_watch(None).await.ok()
    })
    .await;
    again.ready().await;
    // Coming and going without end has a rate, too.
    drop(open);
    let refused = until("the end of patience", async || {
        customer.try_watch(None).await.err()
    })
    .await;
    assert_eq!(refused, 429);
    let mut desks = Vec::new();
    for _ in 0..20 {
        desks.push(world.owner.watch(None).await);
    }
    assert_eq!(world.owner.try_watch(None).await.err(), Some(429));
}

// Case: AZ07, DO05
pub(crate) async fn typing_is_told_to_whom_it_concerns(engine: Engine) {
    let world = World::start(engine).await;
    let (one, other) = (world.visitor().await, world.visitor().await);
    one.write("c-1", "Eins").await.expect(201);
    let id = world.only_conversation().await;
    other.write("c-1", "Zwei").await.expect(201);
    let desk = world.owner.watch(None).await;
    let (mine, theirs) = (one.watch(None).await, other.watch(None).await);
    for live in [&desk, &mine, &theirs] {
        live.ready().await;
    }
    // Many signs in one moment are one; the end is told once.
    for _ in 0..30 {
        mine.say(json!({ "type": "typing", "on": true })).await;
    }
    for _ in 0..3 {
        mine.say(json!({ "type": "typing", "on": false })).await;
    }
    let by_customer = |signals: &[Value]| {
        let typing = signals
            .iter()
            .filter(|sign| sign["by"]["kind"] == "contact");
        typing.map(|sign| sign["on"] == true).collect::<Vec<_>>()
    };
    let seen = desk
        .until("the end of typing", |seen| {
            by_customer(&seen.signals).contains(&false)
        })
        .await;
    assert_eq!(by_customer(&seen.signals), [true, false]);
    desk.say(json!({ "type": "typing", "conversation_id": id, "on": true }))
        .await;
    mine.until("a teammate who types", |seen| !seen.signals.is_empty())
        .await;
    assert_eq!(theirs.seen().signals, Vec::<Value>::new());
    // Who floods is shown out, and comes back with its cursor.
    for _ in 0..200 {
        if !mine.try_say(json!({ "type": "typing", "on": true })).await {
            break;
        }
    }
    let ended = mine.until("the end", |seen| seen.closed.is_some()).await;
    // The line may break before the reason is read, because so much more was on its way.
    assert!(matches!(ended.closed, Some(1008 | 1006)), "{ended:?}");
    // What others said meanwhile is none of its business.
    other.write("c-2", "Geheim").await.expect(201);
    one.write("c-2", "Offen").await.expect(201);
    let back = one.watch(ended.cursor.as_deref()).await;
    let seen = back
        .until("its own message", |seen| {
            !seen.of_kind("message.created").is_empty()
        })
        .await;
    let told: Vec<&Value> = seen
        .events
        .iter()
        .map(|event| &event["item"]["text"])
        .collect();
    assert!(told.contains(&&json!("Offen")), "{told:?}");
    assert!(!told.contains(&&json!("Geheim")), "{told:?}");
    let more = one.write("c-3", "Weiter").await.expect(201)["id"].clone();
    back.until("what comes now", |seen| {
        seen.items.values().any(|item| item["id"] == more)
    })
    .await;
}

// Case: AU05, AU17, PR02, PR03, PR07
/// A path, a host and an origin have one reading.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_requests_are_refused() {
    let world = World::start(Engine::Sqlite).await;
    let answer = async |head: &str| status(&mut begin(&world, head).await).await;
    let plain =
        async |line: &str| answer(&format!("{line} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
    for (line, expected) in [
        ("GET /c/%00", "404"),
        ("GET /c/%00/manifest.webmanifest", "404"),
        ("GET /chat/v1/entries/%00", "404"),
        ("GET //api/v1/session", "404"),
        ("GET /API/v1/session", "404"),
        ("GET /%61pi/v1/session", "404"),
        ("GET /x/../api/v1/session", "404"),
        ("POST /", "405"),
        ("DELETE /inbox", "405"),
        ("TRACE /", "405"),
        ("GET http://evil.example/", "421"),
    ] {
        let answer = plain(line).await;
        assert!(answer.contains(expected), "{line}: {answer}");
    }
    for (host, expected) in [
        ("[localhost]", "421"),
        ("evil.example", "421"),
        ("localhost", "200"),
        ("[::1]:80", "200"),
    ] {
        let answer = answer(&format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert!(answer.contains(expected), "{host}: {answer}");
    }
    let long = "x".repeat(40_000);
    let head = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n");
    let refused = answer(&head).await;
    assert!(refused.contains("431"), "{refused}");

    // Nobody is signed in from a foreign page, and nothing stays in the cache after signing out.
    let (email, password) = World::owner_credentials();
    let body = json!({ "email": email, "password": password });
    let nobody = world.desk(testkit::Auth::Nobody);
    let foreign = [("origin", "https://evil.example")];
    let refused = nobody
        .call_with("POST", "/session", Some(&body), &foreign)
        .await;
    assert_eq!(refused.problem(403), "csrf");
    let own = [("origin", world.base())];
    let own = own.each_ref().map(|(name, value)| (*name, value.as_str()));
    let signed_in = nobody
        .call_with("POST", "/session", Some(&body), &own)
        .await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    let large = json!({ "email": "x".repeat(20_000), "password": password });
    let refused = nobody.post("/session", large).await;
    assert_eq!(refused.problem(413), "too_large");
    let out = world.owner.call("DELETE", "/session", None).await;
    assert_eq!(out.header("clear-site-data"), Some("\"cache\""));
}

/// Figures are for this machine, unless the operator decides otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_stay_in_the_house() {
    let world = World::start(Engine::Sqlite).await;
    assert_eq!(world.owner.outside("/metrics").await.status, 200);
    let mut through = begin(
        &world,
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n",
    )
    .await;
    let answer = tokio::time::timeout(Duration::from_secs(10), status(&mut through)).await;
    assert!(answer.expect("an answer").contains("404"));
}
