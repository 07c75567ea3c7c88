//! The simulated WhatsApp, inside the test's process, with a clock that stands still.

use aws_lc_rs::hmac;
use serde_json::{Value, json};
use sims::whatsapp::{Clock, Handle, Options, seed, serve};
use tokio::net::TcpListener;

use crate::client::{Answer, http_client, request, send};

/// A running simulator. Callbacks leave only when they are asked to.
pub struct Simulator {
    pub url: String,
    /// Keeps it running.
    _handle: Handle,
    client: reqwest::Client,
}

impl Simulator {
    pub const PHONE_ID: &'static str = seed::PHONE_ID;
    pub const WABA_ID: &'static str = seed::WABA_ID;
    pub const APP_SECRET: &'static str = seed::APP_SECRET;
    pub const ACCESS_TOKEN: &'static str = seed::ACCESS_TOKEN;
    pub const VERIFY_TOKEN: &'static str = seed::VERIFY_TOKEN;
    /// A user with a visible number.
    pub const ANNA: &'static str = "4917139200001";
    /// A user who is known by an id alone.
    pub const BELA_ID: &'static str = "DE.13491208655300002";

    /// # Panics
    /// When it cannot be started.
    pub(crate) async fn start(now_ms: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let options = Options {
            clock: Clock::frozen(now_ms),
            seed: 7,
            world: None,
            pump: false,
        };
        let handle = serve(listener, options).expect("the simulator starts");
        Self {
            url: handle.url().to_owned(),
            _handle: handle,
            client: http_client(),
        }
    }

    /// Any call of its control interface that must be understood.
    ///
    /// # Panics
    /// When it is not.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        self.control_answer("POST", path, Some(&body))
            .await
            .expect(200)
    }

    pub async fn control_answer(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let url = format!("{}/_sim{path}", self.url);
        send(request(&self.client, method, url, body)).await
    }

    pub async fn ask(&self, path: &str) -> Value {
        self.control_answer("GET", path, None).await.expect(200)
    }

    /// Somebody writes to us; the callback waits for a flush. Answers what the simulator says,
    /// with `message_id`.
    pub async fn inbound(&self, message: Value) -> Value {
        self.control("/inbound", message).await
    }

    /// A text of Anna's.
    pub async fn anna_says(&self, text: &str) -> Value {
        self.inbound(json!({ "from": Self::ANNA, "text": text }))
            .await
    }

    /// Posts the callbacks that are due; answers how many were posted.
    pub async fn flush(&self) -> u64 {
        let told = self.control("/flush", json!({})).await;
        told["posted"].as_u64().unwrap_or(0)
    }

    /// Stores a file as if a user had sent it; answers its id.
    ///
    /// # Panics
    /// When it is not taken.
    pub async fn place_media(&self, mime: &str, name: &str, bytes: Vec<u8>) -> String {
        let url = format!("{}/_sim/media", self.url);
        let request = self.client.post(url).query(&[("name", name)]);
        let request = request.header("content-type", mime).body(bytes);
        let told = send(request).await.expect(200);
        told["id"].as_str().expect("an id").to_owned()
    }

    /// The calls it got, each with path, body and answer.
    pub async fn calls(&self, path_part: &str) -> Vec<Value> {
        let ledger = self.ask("/ledger").await;
        ledger["requests"]
            .as_array()
            .expect("requests")
            .iter()
            .filter(|call| call["path"].as_str().is_some_and(|p| p.contains(path_part)))
            .cloned()
            .collect()
    }

    /// Messages it accepted from us, without read marks.
    pub async fn accepted(&self) -> Vec<Value> {
        let calls = self.calls("/messages").await;
        calls
            .into_iter()
            .filter(|call| call["message_id"].is_string())
            .collect()
    }
}

/// `X-Hub-Signature-256` over these bytes.
#[must_use]
pub fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body);
    tag.as_ref()
        .iter()
        .fold(String::from("sha256="), |text, byte| {
            format!("{text}{byte:02x}")
        })
}
