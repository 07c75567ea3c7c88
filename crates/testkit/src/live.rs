//! A live socket and the state that a page would build from it.

use std::collections::BTreeMap;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};

use crate::wait::DEADLINE;

/// What the socket told, applied as the interface says: an upsert by id, the larger version wins.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub cursor: Option<String>,
    pub frames: Vec<Value>,
    /// All events in the order of their arrival.
    pub events: Vec<Value>,
    /// Signs that carry no cursor.
    pub signals: Vec<Value>,
    pub conversations: BTreeMap<String, Value>,
    /// By conversation and number.
    pub items: BTreeMap<(String, i64), Value>,
    pub reset: bool,
    /// The close code, once the socket has ended; 1005 where there was none.
    pub closed: Option<u16>,
}

impl Seen {
    fn hear(&mut self, frame: Value) {
        self.frames.push(frame.clone());
        match frame["type"].as_str() {
            Some("reset") => self.reset = true,
            Some(_) => {
                self.signals.push(frame);
                return;
            }
            None => {}
        }
        if let Some(cursor) = frame["cursor"].as_str() {
            self.cursor = Some(cursor.to_owned());
        }
        for event in frame["events"].as_array().into_iter().flatten() {
            self.apply(event);
            self.events.push(event.clone());
        }
    }

    fn apply(&mut self, event: &Value) {
        let newer = |old: Option<&Value>, new: &Value| {
            old.is_none_or(|old| old["version"].as_i64() <= new["version"].as_i64())
        };
        let conversation = &event["conversation"];
        if let Some(id) = conversation["id"].as_str()
            && newer(self.conversations.get(id), conversation)
        {
            self.conversations
                .insert(id.to_owned(), conversation.clone());
        }
        let item = &event["item"];
        if let Some(seq) = item["seq"].as_i64() {
            let place = event["conversation_id"].as_str().unwrap_or("").to_owned();
            let key = (place, seq);
            if newer(self.items.get(&key), item) {
                self.items.insert(key, item.clone());
            }
        }
    }

    /// Events of a kind.
    #[must_use]
    pub fn of_kind(&self, kind: &str) -> Vec<&Value> {
        self.events
            .iter()
            .filter(|event| event["kind"] == kind)
            .collect()
    }

    /// The items of one conversation as its timeline would show them.
    #[must_use]
    pub fn timeline(&self, conversation: &str) -> Vec<Value> {
        self.items
            .iter()
            .filter(|((id, _), _)| id == conversation)
            .map(|(_, item)| item.clone())
            .collect()
    }

    /// The conversations as the list would show them.
    #[must_use]
    pub fn list(&self) -> Vec<Value> {
        let mut all: Vec<Value> = self.conversations.values().cloned().collect();
        let key = |c: &Value| {
            let text = |name: &str| c[name].as_str().unwrap_or("").to_owned();
            (text("last_message_at"), text("id"))
        };
        all.sort_by_key(|c| std::cmp::Reverse(key(c)));
        all
    }
}

/// An open socket that nobody reads from yet, with little room in the kernel.
pub struct SlowLive(Socket);

impl SlowLive {
    /// # Panics
    /// When the socket does not open.
    pub(crate) async fn open(address: std::net::SocketAddr, url: &str, cookie: &str) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("a small buffer");
        let stream = socket.connect(address).await.expect("a connection");
        let stream = tokio_tungstenite::MaybeTlsStream::Plain(stream);
        let mut request = url
            .replacen("http://", "ws://", 1)
            .into_client_request()
            .expect("an address");
        let cookie = cookie.parse().expect("a header's value");
        request.headers_mut().insert("cookie", cookie);
        let opened = tokio_tungstenite::client_async(request, stream).await;
        Self(opened.expect("the live socket opens").0)
    }

    /// Begins to read.
    #[must_use]
    pub fn read(self) -> Live {
        Live::start(self.0)
    }
}

/// An open socket; it is read all the time.
pub struct Live {
    seen: watch::Receiver<Seen>,
    say: mpsc::Sender<Message>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

impl Live {
    /// # Errors
    /// The status of the refusal.
    ///
    /// # Panics
    /// When there is no answer at all.
    pub(crate) async fn open(url: &str, headers: &[(&str, String)]) -> Result<Self, u16> {
        let url = url.replacen("http://", "ws://", 1);
        let mut request = url.into_client_request().expect("an address");
        for (name, value) in headers {
            let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
            let value = value.parse().expect("a header's value");
            request.headers_mut().insert(name, value);
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Self::start(socket)),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("the live socket did not open: {error}"),
        }
    }

    fn start(socket: Socket) -> Self {
        let (told, seen) = watch::channel(Seen::default());
        let (say, saying) = mpsc::channel(16);
        let task = tokio::spawn(read(socket, told, saying));
        Self { seen, say, task }
    }

    /// What was seen up to now.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until what was seen satisfies a condition.
    ///
    /// # Panics
    /// When it never does.
    pub async fn until(&self, what: &str, condition: impl FnMut(&Seen) -> bool) -> Seen {
        let mut seen = self.seen.clone();
        let met = tokio::time::timeout(DEADLINE, seen.wait_for(condition)).await;
        match met {
            Ok(Ok(seen)) => seen.clone(),
            Ok(Err(_)) | Err(_) => {
                let seen = self.seen.borrow().clone();
                let kinds: Vec<String> =
                    seen.events.iter().map(|e| e["kind"].to_string()).collect();
                panic!(
                    "the live socket never showed {what}; closed {:?}, events {kinds:?}, last {:?}",
                    seen.closed,
                    seen.frames.last()
                );
            }
        }
    }

    /// Waits for the first frame, after which nothing can be missed; answers its cursor.
    ///
    /// # Panics
    /// When none comes.
    pub async fn ready(&self) -> String {
        let seen = self.until("its first frame", |s| s.cursor.is_some()).await;
        seen.cursor.expect("it was waited for")
    }

    /// # Panics
    /// When the socket is closed.
    pub async fn say(&self, said: Value) {
        assert!(self.try_say(said).await, "the socket is open");
    }

    /// `false` when the socket is closed.
    pub async fn try_say(&self, said: Value) -> bool {
        let message = Message::text(said.to_string());
        self.say.send(message).await.is_ok()
    }
}

async fn read(mut socket: Socket, told: watch::Sender<Seen>, mut saying: mpsc::Receiver<Message>) {
    let code = loop {
        tokio::select! {
            heard = socket.next() => match heard {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).expect("frames are JSON");
                    told.send_modify(|seen| seen.hear(frame));
                }
                Some(Ok(Message::Close(frame))) => {
                    break frame.map_or(1005, |frame| u16::from(frame.code));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break 1006,
            },
            Some(message) = saying.recv() => {
                if socket.send(message).await.is_err() {
                    break 1006;
                }
            }
        }
    };
    told.send_modify(|seen| seen.closed = Some(code));
}
