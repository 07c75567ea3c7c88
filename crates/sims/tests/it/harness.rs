//! A frozen simulator, a receiver that checks signatures, and shorthands for calls.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use serde_json::{Value, json};
use sims::whatsapp::{self, Clock, Handle, Options, seed};
use tokio::net::TcpListener;
use tokio::sync::Notify;

pub const START_MS: i64 = 1_795_300_000_000;
pub const ANNA: &str = "4917139200001";
pub const BELA_ID: &str = "DE.13491208655300002";
pub const TOKEN: &str = seed::ACCESS_TOKEN;
pub const PHONE: &str = seed::PHONE_ID;
pub const WABA: &str = seed::WABA_ID;

/// One callback as it arrived.
#[derive(Clone)]
pub struct Received {
    pub raw: Bytes,
    pub body: Value,
    pub signature: String,
}

#[derive(Default)]
struct Inbox {
    arrived: Arc<Notify>,
    received: Vec<Received>,
    /// Statuses of the next answers; empty means 200.
    answers: VecDeque<u16>,
    handshakes: usize,
}

type Shared = Arc<Mutex<Inbox>>;

/// A receiver of callbacks. It never answers 200 to a body whose signature is wrong.
pub struct Receiver {
    pub url: String,
    inbox: Shared,
    arrived: Arc<Notify>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/callbacks", listener.local_addr().expect("bound"));
        let inbox = Shared::default();
        let router = Router::new()
            .route("/callbacks", get(handshake).post(receive))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(Arc::clone(&inbox));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let arrived = Arc::clone(&inbox.lock().expect("nobody else has it yet").arrived);
        Self {
            url,
            inbox,
            arrived,
        }
    }

    /// Waits until this many callbacks have arrived.
    pub async fn wait_for(&self, count: usize) {
        while self.received().len() < count {
            self.arrived.notified().await;
        }
    }

    pub fn received(&self) -> Vec<Received> {
        self.inbox
            .lock()
            .expect("no test panics while holding it")
            .received
            .clone()
    }

    pub fn handshakes(&self) -> usize {
        self.inbox
            .lock()
            .expect("no test panics while holding it")
            .handshakes
    }

    pub fn forget(&self) {
        self.inbox
            .lock()
            .expect("no test panics while holding it")
            .received
            .clear();
    }

    pub fn answer_next(&self, statuses: &[u16]) {
        let mut inbox = self.inbox.lock().expect("no test panics while holding it");
        inbox.answers.extend(statuses);
    }

    /// All items of an array (`messages`, `statuses`) over all callbacks, in order of arrival.
    pub fn items(&self, key: &str) -> Vec<Value> {
        self.values()
            .iter()
            .flat_map(|value| list(value, key))
            .collect()
    }

    /// All `changes[].value` over all callbacks.
    pub fn values(&self) -> Vec<Value> {
        self.changes()
            .iter()
            .map(|change| change["value"].clone())
            .collect()
    }

    pub fn changes(&self) -> Vec<Value> {
        let received = self.received();
        let entries = received
            .iter()
            .flat_map(|callback| list(&callback.body, "entry"));
        entries.flat_map(|entry| list(&entry, "changes")).collect()
    }
}

pub fn list(value: &Value, key: &str) -> Vec<Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

async fn handshake(
    State(inbox): State<Shared>,
    Query(query): Query<std::collections::BTreeMap<String, String>>,
) -> (StatusCode, String) {
    let asked = query.get("hub.mode").map(String::as_str) == Some("subscribe");
    let known = query.get("hub.verify_token").map(String::as_str) == Some(seed::VERIFY_TOKEN);
    if !asked || !known {
        return (StatusCode::FORBIDDEN, String::new());
    }
    inbox
        .lock()
        .expect("no test panics while holding it")
        .handshakes += 1;
    (
        StatusCode::OK,
        query.get("hub.challenge").cloned().unwrap_or_default(),
    )
}

async fn receive(State(inbox): State<Shared>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let signature = headers["x-hub-signature-256"]
        .to_str()
        .expect("ascii")
        .to_owned();
    if !signature_fits(seed::APP_SECRET, &raw, &signature) {
        return StatusCode::UNAUTHORIZED;
    }
    let body = serde_json::from_slice(&raw).expect("callbacks are JSON");
    let mut inbox = inbox.lock().expect("no test panics while holding it");
    let status = inbox.answers.pop_front().unwrap_or(200);
    inbox.arrived.notify_one();
    inbox.received.push(Received {
        raw,
        body,
        signature,
    });
    StatusCode::from_u16(status).expect("tests answer with valid statuses")
}

pub fn signature_fits(secret: &str, raw: &[u8], header: &str) -> bool {
    let Some(hex) = header.strip_prefix("sha256=") else {
        return false;
    };
    let tag: Option<Vec<u8>> = (0..hex.len())
        .step_by(2)
        .map(|at| {
            hex.get(at..at + 2)
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        })
        .collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    tag.is_some_and(|tag| hmac::verify(&key, raw, &tag).is_ok())
}

/// A simulator with a frozen clock whose callbacks go to `receiver`.
pub struct Stage {
    pub receiver: Receiver,
    handle: Handle,
    client: reqwest::Client,
}

/// Status and JSON of an answer.
pub type Answer = (u16, Value);

impl Stage {
    pub async fn open() -> Self {
        let options = Options {
            clock: Clock::frozen(START_MS),
            pump: false,
            ..Default::default()
        };
        Self::open_with(options).await
    }

    pub async fn open_with(options: Options) -> Self {
        let receiver = Receiver::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let handle = whatsapp::serve(listener, options).expect("it starts");
        #[expect(
            clippy::disallowed_methods,
            reason = "the caller of a simulator under test"
        )]
        let client = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let stage = Self {
            receiver,
            handle,
            client,
        };
        let webhook = json!({"webhook_url": stage.receiver.url});
        let (status, body) = stage.control("numbers", webhook).await;
        assert_eq!(status, 200, "{body}");
        stage
    }

    pub fn url(&self) -> &str {
        self.handle.url()
    }

    pub async fn control(&self, path: &str, body: Value) -> Answer {
        let url = format!("{}/_sim/{path}", self.url());
        answer(
            self.client
                .post(url)
                .json(&body)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }

    /// A control call that must succeed.
    pub async fn sim(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.control(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub async fn look(&self, path: &str) -> Value {
        let url = format!("{}/_sim/{path}", self.url());
        answer(self.client.get(url).send().await.expect("an answer"))
            .await
            .1
    }

    pub async fn flush(&self) -> Value {
        self.sim("flush", json!({})).await
    }

    pub fn save_world(&self, path: &std::path::Path) {
        self.handle.save_world(path).expect("the world is written");
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.request_as(TOKEN, method, path)
    }

    pub fn request_as(&self, token: &str, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("a method");
        self.client
            .request(method, format!("{}{path}", self.url()))
            .bearer_auth(token)
    }

    pub async fn execute(&self, request: reqwest::Request) -> reqwest::Response {
        self.client.execute(request).await.expect("an answer")
    }

    pub async fn graph(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method, &format!("/v25.0/{path}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request.send().await.expect("an answer")).await
    }

    /// Sends a message with the base fields filled in.
    pub async fn send(&self, more: Value) -> Answer {
        let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual"});
        for (key, value) in more.as_object().expect("an object") {
            body[key] = value.clone();
        }
        self.graph("POST", &format!("{PHONE}/messages"), Some(body))
            .await
    }

    pub async fn send_text(&self, to: &str, text: &str) -> Answer {
        self.send(json!({"to": to, "type": "text", "text": {"body": text}}))
            .await
    }

    /// Opens the window of a user and clears what arrived so far.
    pub async fn greet(&self, from: &str) -> String {
        let reply = self
            .sim("inbound", json!({"from": from, "text": "Hallo"}))
            .await;
        self.flush().await;
        self.receiver.forget();
        reply["message_id"].as_str().expect("an id").to_owned()
    }
}

pub async fn answer(response: reqwest::Response) -> Answer {
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

pub fn code(answer: &Answer) -> i64 {
    answer.1["error"]["code"]
        .as_i64()
        .unwrap_or_else(|| panic!("no error in {answer:?}"))
}

pub fn message_id(answer: &Answer) -> String {
    assert_eq!(answer.0, 200, "{answer:?}");
    answer.1["messages"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}
