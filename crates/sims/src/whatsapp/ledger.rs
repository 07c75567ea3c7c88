//! What the simulator saw and said, for tests and for the judges.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Value, json};

use super::callbacks::outbox::{Outbox, Post};

/// Requests kept; older ones are dropped and counted.
const REQUEST_LIMIT: usize = 50_000;

/// One Graph call and its answer.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    pub seq: u64,
    pub at_ms: i64,
    pub method: String,
    pub path: String,
    pub query: Value,
    pub content_type: Option<String>,
    /// JSON body, or the fields of a form.
    pub body: Value,
    /// Names, types and sizes of uploaded files.
    pub files: Value,
    pub status: u16,
    pub response: Value,
    /// Message id, when the call made a message.
    pub message_id: Option<String>,
    /// The answer was dropped on purpose after the call took effect.
    pub answer_dropped: bool,
}

#[derive(Debug, Default)]
pub struct Ledger {
    pub requests: VecDeque<Request>,
    next: u64,
    pub dropped_requests: u64,
}

impl Ledger {
    pub fn add(&mut self, mut request: Request) {
        self.next += 1;
        request.seq = self.next;
        self.requests.push_back(request);
        while self.requests.len() > REQUEST_LIMIT {
            self.requests.pop_front();
            self.dropped_requests += 1;
        }
    }

    /// The ledger as `GET /_sim/ledger` shows it, from request `after` on.
    pub fn to_json(&self, outbox: &Outbox, after: u64) -> Value {
        let requests: Vec<&Request> = self.requests.iter().filter(|r| r.seq > after).collect();
        let callbacks: Vec<Value> = outbox.posts.values().map(callback).collect();
        json!({
            "requests": requests,
            "callbacks": callbacks,
            "pending": outbox.pending(),
            "unheard_events": outbox.undeliverable,
            "dropped": {"requests": self.dropped_requests, "callbacks": outbox.dropped_history},
        })
    }

    pub fn clear(&mut self) {
        self.requests.clear();
    }
}

fn callback(post: &Post) -> Value {
    let body: Value = serde_json::from_slice(&post.body).unwrap_or(Value::Null);
    json!({
        "id": post.id,
        "url": post.url,
        "body": body,
        "raw": String::from_utf8_lossy(&post.body),
        "signature": super::callbacks::body::signature(&post.secret, &post.body),
        "events": post.events,
        "copy_of": post.copy_of,
        "attempts": post.attempts,
        "state": post.state,
    })
}
