//! The demo as a newcomer meets it. One test holds it in this process, because a process collects
//! metrics once; the others start the binary.

#![expect(
    clippy::unwrap_used,
    reason = "a story that cannot go on stops where it is"
)]

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use adapters::HttpNet;
use futures_util::StreamExt as _;
use ports::{Method, Net as _, NetBody, NetRequest};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tresen::config::{self, Config};
use tresen::demo::{Demo, PASSWORD, Pace, SLUG, TEAMMATES};

/// Fifty times as fast as a calm shop.
const PACE: Pace = Pace::times(0.02);
const PATIENCE: Duration = Duration::from_secs(60);

fn config() -> Config {
    let arguments = ["tresen", "demo", "--listen", "127.0.0.1:0"].map(Into::into);
    let nothing = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
    let parsed = config::parse(arguments, &BTreeMap::new(), &nothing);
    let Ok(invocation) = parsed else {
        panic!("the command line is right")
    };
    invocation.config
}

/// A person at the desk.
struct Person {
    net: HttpNet,
    url: String,
    headers: Vec<(String, String)>,
}

impl Person {
    async fn sign_in(demo: &Demo, email: &str) -> Self {
        let address = demo.address();
        let allowed = [(address.ip().to_string(), address.port())];
        let mut person = Self {
            net: HttpNet::new(allowed).unwrap(),
            url: format!("http://{address}"),
            headers: vec![("accept-language".into(), "de".into())],
        };
        let credentials = json!({ "email": email, "password": PASSWORD });
        let (session, cookie) = person
            .ask(Method::Post, "/api/v1/session", Some(credentials))
            .await;
        let csrf = session["csrf_token"].as_str().unwrap().to_owned();
        person.headers.push(("cookie".into(), cookie.unwrap()));
        person.headers.push(("x-csrf-token".into(), csrf));
        person
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (Value, Option<String>) {
        let request = NetRequest {
            method,
            url: format!("{}{path}", self.url),
            headers: self.headers.clone(),
            body: body.map_or(NetBody::Empty, |body| {
                NetBody::Json(body.to_string().into_bytes())
            }),
            timeout_ms: 30_000,
            response_bytes_max: 4 << 20,
        };
        let answer = self.net.call(request).await.unwrap();
        assert!(answer.status < 300, "{path}: {}", answer.status);
        let cookie = answer.header("set-cookie").map(|cookie| {
            let (pair, _) = cookie.split_once(';').unwrap();
            pair.to_owned()
        });
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        (body, cookie)
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(Method::Get, path, None).await.0
    }

    async fn items(&self, path: &str) -> Vec<Value> {
        let list = self.get(path).await;
        list["items"].as_array().unwrap().clone()
    }

    async fn watch(&self) -> Live {
        let url = format!("{}/api/v1/live", self.url.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        let cookie = self.headers.iter().find(|(name, _)| name == "cookie");
        let cookie = cookie.unwrap().1.parse().unwrap();
        request.headers_mut().insert("cookie", cookie);
        let address = self.url.trim_start_matches("http://");
        let stream = TcpStream::connect(address).await.unwrap();
        let (socket, _) = tokio_tungstenite::client_async(request, stream)
            .await
            .unwrap();
        Live(socket)
    }
}

/// What a watcher's desk hears.
struct Live(WebSocketStream<TcpStream>);

impl Live {
    /// Hears events until `enough` says so of one of them.
    async fn until(&mut self, what: &str, mut enough: impl FnMut(&Value) -> bool) {
        let listening = async {
            while let Some(frame) = self.0.next().await {
                let Message::Text(text) = frame.unwrap() else {
                    continue;
                };
                let frame: Value = serde_json::from_str(&text).unwrap();
                let events = frame["events"].as_array().cloned().unwrap_or_default();
                if events.iter().any(&mut enough) {
                    return;
                }
            }
            panic!("the live socket ended before {what}");
        };
        tokio::time::timeout(PATIENCE, listening)
            .await
            .unwrap_or_else(|_| panic!("in vain: {what}"));
    }
}

fn count(items: &[Value], fits: impl Fn(&Value) -> bool) -> usize {
    items.iter().filter(|item| fits(item)).count()
}

async fn staff_and_contacts(person: &Person) {
    let teammates = person.items("/api/v1/teammates").await;
    assert_eq!(teammates.len(), 4);
    let contacts = person.items("/api/v1/contacts?limit=200").await;
    assert!(contacts.len() >= 40, "{}", contacts.len());
    let channels = person.items("/api/v1/channels").await;
    let kinds: HashSet<&str> = channels.iter().filter_map(|c| c["kind"].as_str()).collect();
    assert_eq!(kinds, HashSet::from(["webchat", "whatsapp"]));
    assert!(channels.iter().all(|channel| channel["state"] == "active"));
    let entry = person.get(&format!("/chat/v1/entries/{SLUG}")).await;
    assert_eq!(entry["company"]["name"], "Bergmann Lederwaren");
}

/// Statuses, windows, tags and unread messages as a shop has them in the middle of its day.
async fn believable_past(person: &Person) {
    let all = "/api/v1/conversations?status=open,waiting,snoozed,done&limit=200";
    let all = person.items(all).await;
    let status = |word: &str| count(&all, |item| item["status"] == word);
    let window = |word: &str| count(&all, |item| item["reply_window"]["state"] == word);
    assert!(status("open") >= 10, "{}", status("open"));
    assert!(status("waiting") >= 3, "{}", status("waiting"));
    assert!(status("done") >= 8, "{}", status("done"));
    assert_eq!(status("snoozed"), 1);
    assert!(window("closed") >= 5 && window("open") >= 8 && window("none") >= 10);
    assert!(count(&all, |item| item["unread"].as_i64() > Some(0)) >= 8);
    assert!(count(&all, |item| item["tags"] != json!([])) >= 10);
    assert!(count(&all, |item| item["assignee"] == Value::Null) >= 5);
    let named = |name: &str| {
        let found = all.iter().find(|item| item["contact"]["name"] == name);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };

    let failed = format!("/api/v1/conversations/{}/timeline", named("Uwe Schlegel"));
    let timeline = person.items(&failed).await;
    let states: Vec<&Value> = timeline
        .iter()
        .filter_map(|item| item.pointer("/delivery/state"))
        .collect();
    assert_eq!(states, ["read", "failed"]);
    assert_eq!(count(&timeline, |item| item["type"] == "note"), 1);
    // The past really lies in the past, and in order; a provider tells time in whole seconds.
    let times: Vec<&str> = timeline
        .iter()
        .filter_map(|item| item["at"].as_str()?.get(..19))
        .collect();
    assert!(times.is_sorted(), "{times:?}");

    let composer = format!(
        "/api/v1/conversations/{}/composer",
        named("Małgorzata Kowalczyk")
    );
    let composer = person.get(&composer).await;
    assert_eq!(composer["free_text"], false);
    assert_eq!(composer["templates"].as_array().unwrap().len(), 3);

    let photo = format!("/api/v1/conversations/{}/timeline", named("Anke Janssen"));
    let photo = person.items(&photo).await;
    let url = photo
        .iter()
        .find_map(|item| item.pointer("/attachments/0/url")?.as_str());
    person.get(url.unwrap()).await;
}

/// Customers write on both channels by themselves, and the feed's numbers grow.
async fn lives(live: &mut Live) {
    let mut channels = HashSet::new();
    let mut last_seq = 0;
    live.until("customers on both channels", |event| {
        let seq = event["seq"].as_i64().unwrap();
        assert!(seq > last_seq, "{seq} after {last_seq}");
        last_seq = seq;
        if event["kind"] == "message.created" && event["item"]["direction"] == "inbound" {
            let kind = event["conversation"]["channel_kind"].as_str();
            channels.insert(kind.unwrap().to_owned());
        }
        channels.len() == 2
    })
    .await;
}

/// What a person writes is read and answered.
async fn answers(person: &Person, live: &mut Live, conversation: &Value) {
    let id = conversation["id"].as_str().unwrap();
    let kind = conversation["channel_kind"].as_str().unwrap();
    let path = format!("/api/v1/conversations/{id}/messages");
    let words = json!({ "text": "Gern! Wie lautet denn Ihre Bestellnummer?" });
    let (sent, _) = person.ask(Method::Post, &path, Some(words)).await;
    let (mut read, mut answered) = (false, false);
    live.until(&format!("an answer by {kind}"), |event| {
        let item = &event["item"];
        read |= item["id"] == sent["id"] && item["delivery"]["state"] == "read";
        answered |= event["conversation_id"] == id
            && event["kind"] == "message.created"
            && item["direction"] == "inbound"
            && item["text"].as_str().unwrap_or("").contains("BL-24873");
        read && answered
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_sees_a_living_desk() {
    let (_give_up, given_up) = watch::channel(false);
    let demo = Demo::start(&config(), PACE, &given_up).await.unwrap();
    let directory = demo.directory().to_owned();
    assert!(directory.join("data/tresen.db").is_file());
    assert!(demo.welcome().contains(&format!("/c/{SLUG}")));

    let person = Person::sign_in(&demo, TEAMMATES[0].email).await;
    staff_and_contacts(&person).await;
    believable_past(&person).await;
    let mut live = person.watch().await;
    lives(&mut live).await;
    let queue = "/api/v1/conversations?status=open&assignee=none&order=oldest&limit=200";
    let queue = person.items(queue).await;
    for kind in ["whatsapp", "webchat"] {
        let first = queue.iter().find(|item| item["channel_kind"] == kind);
        answers(&person, &mut live, first.unwrap()).await;
    }

    demo.end().await.unwrap();
    assert!(!directory.exists());
}

/// The binary with a directory of its own for what it throws away.
struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    room: tempfile::TempDir,
}

impl Process {
    fn start() -> Self {
        let room = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tresen"))
            .args(["demo", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("TMPDIR", room.path())
            .current_dir(room.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        Self {
            child,
            lines: BufReader::new(stdout).lines(),
            room,
        }
    }

    /// Reads what it prints up to a line that begins like this.
    fn read_until(&mut self, begin: &str) -> String {
        let mut text = String::new();
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            text.push_str(&line);
            text.push('\n');
            if line.starts_with(begin) {
                return text;
            }
        }
        panic!("it ended before {begin:?}:\n{text}");
    }

    /// Ends it by a signal; nothing may be left.
    fn end_by(mut self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
        let status = self.child.wait().unwrap();
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(!log.contains("ERROR"), "{log}");
        let left = std::fs::read_dir(self.room.path()).unwrap().count();
        assert_eq!(left, 0, "something was left behind");
    }
}

#[test]
fn the_binary_says_where_to_go_and_leaves_nothing_behind() {
    let mut process = Process::start();
    let printed = process.read_until("ready http://127.0.0.1:");
    for mate in &TEAMMATES {
        assert!(printed.contains(mate.email), "{printed}");
    }
    for wanted in [PASSWORD, "/c/laden", "thrown away"] {
        assert!(printed.contains(wanted), "{printed}");
    }
    process.end_by(rustix::process::Signal::TERM);
}

#[test]
fn who_loses_patience_leaves_nothing_behind_either() {
    let mut process = Process::start();
    process.read_until("Setting up");
    process.end_by(rustix::process::Signal::INT);
}
