//! Live sockets as a page uses them: events are applied, a broken socket is opened again with the
//! last cursor, and nothing is fetched unless the house says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::Who;
use crate::error::{Result, failed};
use crate::moment;
use crate::record::{Event, Item, Line, Reader, Thread, Watch};

/// A live socket from outside.
pub type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

const RECONNECT_MS: u64 = 30;
const AWAY_MS: u64 = 300;
const OPEN_MAX: Duration = Duration::from_secs(10);
/// A socket on which so long nothing comes has said everything, also on a machine where everybody
/// waits for a processor.
const QUIET: Duration = Duration::from_millis(2_500);

/// Opens a live socket.
///
/// # Errors
/// When it is refused or nobody answers.
pub async fn open(base: &str, who: &Who, cursor: Option<&str>) -> Result<Socket> {
    let doing = "opening a live socket";
    let side = match who {
        Who::Visitor { .. } => "chat",
        _ => "api",
    };
    let query = cursor.map_or_else(String::new, |cursor| format!("?cursor={cursor}"));
    let url = format!("{base}/{side}/v1/live{query}").replacen("http://", "ws://", 1);
    let mut request = url
        .into_client_request()
        .map_err(|error| failed(doing, error))?;
    let headers: Vec<(&str, String)> = match who {
        Who::Token(token) => vec![("authorization", format!("Bearer {token}"))],
        Who::Visitor { cookie, address } => vec![
            ("cookie", format!("tresen_chat={cookie}")),
            ("x-forwarded-for", address.clone()),
        ],
        _ => Vec::new(),
    };
    for (name, value) in headers {
        let name =
            http::HeaderName::from_bytes(name.as_bytes()).map_err(|error| failed(doing, error))?;
        let value = value.parse().map_err(|error| failed(doing, error))?;
        request.headers_mut().insert(name, value);
    }
    let opening = tokio_tungstenite::connect_async(request);
    match tokio::time::timeout(OPEN_MAX, opening).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(Error::Http(response))) => Err(failed(doing, response.status())),
        Ok(Err(error)) => Err(failed(doing, error)),
        Err(_) => Err(failed(doing, "nobody answers")),
    }
}

/// What a client has made of its events.
#[derive(Debug, Clone)]
pub struct Model {
    pub cursor: Option<String>,
    pub watch: Watch,
    items: BTreeMap<(String, i64), Item>,
    lines: BTreeMap<String, Line>,
}

impl Model {
    #[must_use]
    pub fn new(name: &str, reader: Reader) -> Self {
        Self {
            cursor: None,
            watch: Watch {
                name: name.to_owned(),
                reader,
                events: Vec::new(),
                threads: BTreeMap::new(),
                sockets: 0,
                resets: 0,
            },
            items: BTreeMap::new(),
            lines: BTreeMap::new(),
        }
    }

    /// Applies a frame: an upsert by place and number, the larger version wins.
    pub fn hear(&mut self, frame: &Value) {
        match frame["type"].as_str() {
            Some("reset") => {
                self.watch.resets += 1;
                self.items.clear();
                self.lines.clear();
            }
            // Signs of presence carry no cursor.
            Some(_) => return,
            None => {}
        }
        if let Some(cursor) = frame["cursor"].as_str() {
            self.cursor = Some(cursor.to_owned());
        }
        for event in frame["events"].as_array().into_iter().flatten() {
            self.apply(event);
        }
    }

    fn apply(&mut self, event: &Value) {
        // A customer has one conversation, and its events do not say which.
        let conversation = event["conversation_id"].as_str().unwrap_or("").to_owned();
        let item = Item::of(&event["item"]);
        if let Some(item) = &item {
            let key = (conversation.clone(), item.seq);
            let known = self.items.get(&key);
            if known.is_none_or(|known| known.version <= item.version) {
                self.items.insert(key, item.clone());
            }
        }
        let told = &event["conversation"];
        let line = told.is_object().then(|| Line::of(told));
        if let Some(line) = &line {
            let known = self.lines.get(&conversation);
            if known.is_none_or(|known| known.version <= line.version) {
                self.lines.insert(conversation.clone(), line.clone());
            }
        }
        self.watch.events.push(Event {
            number: event["seq"].as_i64().unwrap_or(0),
            kind: event["kind"].as_str().unwrap_or("").to_owned(),
            conversation,
            item,
            line,
        });
    }

    /// The watcher's account, with the state it ended in.
    #[must_use]
    pub fn account(&self) -> Watch {
        let mut watch = self.watch.clone();
        for ((conversation, _), item) in &self.items {
            let thread = watch.threads.entry(conversation.clone()).or_default();
            thread.items.push(item.clone());
        }
        for (conversation, line) in &self.lines {
            let thread: &mut Thread = watch.threads.entry(conversation.clone()).or_default();
            thread.line = line.clone();
        }
        watch
    }
}

/// Somebody who goes on watching until it is told to come to an end.
pub struct Watcher {
    model: Arc<Mutex<Model>>,
    finish: watch::Sender<bool>,
    /// Grows by one each time the watcher is sent away.
    leave: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn locked(model: &Mutex<Model>) -> MutexGuard<'_, Model> {
    model.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watcher {
    /// Watches from now on.
    #[must_use]
    pub fn start(base: &str, who: Who, name: &str) -> Self {
        let reader = match who {
            Who::Visitor { .. } => Reader::Customer,
            _ => Reader::Teammate,
        };
        let model = Arc::new(Mutex::new(Model::new(name, reader)));
        let (finish, finishing) = watch::channel(false);
        let (leave, leaving) = watch::channel(0);
        let place = (base.to_owned(), who);
        let task = tokio::spawn(go_on(place, Arc::clone(&model), finishing, leaving));
        Self {
            model,
            finish,
            leave,
            task,
        }
    }

    /// Drops its socket, and comes back with its cursor a while later.
    pub fn leave(&self) {
        self.leave.send_modify(|times| *times += 1);
    }

    /// Waits until the first socket is open.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn ready(&self) -> Result<()> {
        for _ in 0..1_000 {
            if locked(&self.model).cursor.is_some() {
                return Ok(());
            }
            moment::pause(10).await;
        }
        Err(failed("opening a live socket", "it does not open"))
    }

    /// Comes back one last time with its cursor and hears everything there is.
    ///
    /// # Errors
    /// When the house does not let it.
    pub async fn finish(mut self) -> Result<Watch> {
        self.finish.send_replace(true);
        let ended = tokio::time::timeout(OPEN_MAX * 3, &mut self.task).await;
        ended
            .map_err(|_| failed("closing a live socket", "it does not become quiet"))?
            .map_err(|error| failed("closing a live socket", error))?;
        Ok(locked(&self.model).account())
    }
}

async fn go_on(
    (base, who): (String, Who),
    model: Arc<Mutex<Model>>,
    mut finishing: watch::Receiver<bool>,
    mut leaving: watch::Receiver<u64>,
) {
    while !*finishing.borrow() {
        let cursor = locked(&model).cursor.clone();
        if let Ok(mut socket) = open(&base, &who, cursor.as_deref()).await {
            locked(&model).watch.sockets += 1;
            loop {
                tokio::select! {
                    heard = socket.next() => if !hear(&model, heard) { break },
                    _ = finishing.changed() => break,
                    Ok(()) = leaving.changed() => {
                        drop(socket);
                        moment::pause(AWAY_MS).await;
                        break;
                    }
                }
            }
        } else {
            moment::pause(RECONNECT_MS).await;
        }
    }
    let cursor = locked(&model).cursor.clone();
    for _ in 0..20 {
        if let Ok(mut socket) = open(&base, &who, cursor.as_deref()).await {
            locked(&model).watch.sockets += 1;
            while let Ok(heard) = tokio::time::timeout(QUIET, socket.next()).await {
                if !hear(&model, heard) {
                    break;
                }
            }
            return;
        }
        moment::pause(10 * RECONNECT_MS).await;
    }
}

/// `false` when the socket has ended.
fn hear(model: &Mutex<Model>, heard: Option<std::result::Result<Message, Error>>) -> bool {
    match heard {
        Some(Ok(Message::Text(text))) => {
            if let Ok(frame) = serde_json::from_str(&text) {
                locked(model).hear(&frame);
            }
            true
        }
        Some(Ok(Message::Close(_)) | Err(_)) | None => false,
        Some(Ok(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(number: i64, seq: i64, version: i64, state: &str) -> Value {
        json!({ "seq": number, "kind": "message.updated", "conversation_id": "cnv_a", "item": {
            "type": "message", "seq": seq, "id": "msg_a", "text": "t-1 x", "version": version,
            "direction": "outbound", "delivery": { "state": state },
        }})
    }

    #[test]
    fn the_larger_version_wins_and_a_reset_forgets() {
        let mut model = Model::new("a", Reader::Teammate);
        model.hear(&json!({ "cursor": "0.1", "events": [event(1, 3, 2, "read")] }));
        model.hear(&json!({ "type": "typing", "cursor": "0.9" }));
        model.hear(&json!({ "cursor": "0.2", "events": [event(2, 3, 1, "sent")] }));
        assert_eq!(model.cursor.as_deref(), Some("0.2"));
        let watch = model.account();
        assert_eq!(
            watch.threads["cnv_a"].items[0].state.as_deref(),
            Some("read")
        );
        assert_eq!(watch.events.len(), 2);
        model.hear(&json!({ "type": "reset", "cursor": "0.7" }));
        assert!(model.account().threads.is_empty());
        assert_eq!(model.account().resets, 1);
    }
}
