//! The provider's side, simulated: it takes messages, keeps a ledger of its own of what it took,
//! sends receipts until they are answered 200, and misbehaves when it is told to. It shares no
//! code with the connector that it talks to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::client::Client;
use crate::dice::Dice;
use crate::digest::sha256;
use crate::error::{Result, While, failed};
use crate::graph::{self, APP_SECRET};
use crate::moment;

const BODY_MAX: usize = 1024 * 1024;
const RECEIPT_TRIES_MAX: u32 = 200;
const RECEIPT_AGAIN_MS: u64 = 100;
/// Longer than anybody waits for an answer.
const FOR_EVER: Duration = Duration::from_secs(600);

/// How it treats calls from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    Good,
    /// Takes the message and answers later.
    Slow {
        ms: u64,
    },
    /// Reads the call and never answers; nothing was taken.
    BlackHole,
    /// Refuses with this status; nothing was taken.
    Status(u16),
    /// Takes the message and never answers.
    TakesSilently,
    /// Takes the message and breaks the connection.
    TakesAndBreaks,
    /// Breaks the connection; nothing was taken.
    Breaks,
}

/// A message that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub id: String,
    /// Names the operation: the first word of the text.
    pub op: String,
    pub sha256: String,
    pub to: String,
    pub reference: Option<String>,
    pub at_us: u64,
    /// Receipts that were answered 200.
    pub receipts: Vec<String>,
}

#[derive(Default)]
struct State {
    behaviour: Option<Behaviour>,
    /// For calls in the order they come; then [`State::behaviour`].
    next: Vec<Behaviour>,
    taken: Vec<Taken>,
    calls: u64,
    /// Calls that met a behaviour that is not good.
    spoiled: u64,
    pending_receipts: u64,
    calls_back: Option<(String, String)>,
    shuffles: bool,
    repeats: u32,
}

struct Inner {
    state: Mutex<State>,
    dice: Mutex<Dice>,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running provider.
pub struct Provider {
    /// `http://127.0.0.1:PORT`
    pub base: String,
    pub port: u16,
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Provider {
    /// # Errors
    /// When it cannot listen.
    pub async fn start(seed: u64) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .doing("starting the provider")?;
        let port = listener.local_addr().doing("starting the provider")?.port();
        let inner = Arc::new(Inner {
            state: Mutex::new(State {
                shuffles: true,
                repeats: 1,
                ..State::default()
            }),
            dice: Mutex::new(Dice::new(seed).of("provider")),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&inner)));
        Ok(Self {
            base: format!("http://127.0.0.1:{port}"),
            port,
            inner,
            task,
        })
    }

    /// Where receipts go, and to which channel's path.
    pub fn calls_back(&self, base: &str, path: &str) {
        self.inner.state().calls_back = Some((base.to_owned(), path.to_owned()));
    }

    pub fn behave(&self, behaviour: Behaviour) {
        let mut state = self.inner.state();
        state.next.clear();
        state.behaviour = Some(behaviour);
    }

    /// The next calls are treated so, one each; those after them as before.
    pub fn next(&self, behaviours: &[Behaviour]) {
        let mut next = behaviours.to_vec();
        next.reverse();
        self.inner.state().next = next;
    }

    /// How often each receipt is sent, and whether in disorder.
    pub fn receipts(&self, repeats: u32, shuffles: bool) {
        let mut state = self.inner.state();
        (state.repeats, state.shuffles) = (repeats, shuffles);
    }

    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.inner.state().taken.clone()
    }

    /// Calls that it treated badly.
    #[must_use]
    pub fn spoiled(&self) -> u64 {
        self.inner.state().spoiled
    }

    #[must_use]
    pub fn calls(&self) -> u64 {
        self.inner.state().calls
    }

    /// Receipts that were not answered yet.
    #[must_use]
    pub fn pending_receipts(&self) -> u64 {
        self.inner.state().pending_receipts
    }
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A failed accept concerns one caller who hung up; the next one is welcome.
                if let Ok((stream, _)) = accepted {
                    let inner = Arc::clone(&inner);
                    // Errors are callers that hung up, and connections broken on purpose.
                    connections.spawn(async move { _ = serve(stream, &inner).await; });
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

struct Call {
    method: String,
    path: String,
    body: Vec<u8>,
}

/// The next whole call of a connection, or `None` at its end.
async fn next_call(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<Call>> {
    let doing = "reading a call to the provider";
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, value)| value.trim().parse::<usize>().ok())
                .unwrap_or(0);
            let whole = end + 4 + length;
            if buffer.len() >= whole {
                let mut words = head.split(' ');
                let call = Call {
                    method: words.next().unwrap_or("").to_owned(),
                    path: words.next().unwrap_or("").to_owned(),
                    body: buffer[end + 4..whole].to_vec(),
                };
                buffer.drain(..whole);
                return Ok(Some(call));
            }
        }
        if buffer.len() > BODY_MAX {
            return Err(failed(doing, "it is too long"));
        }
        if stream.read_buf(buffer).await.doing(doing)? == 0 {
            return Ok(None);
        }
    }
}

async fn serve(mut stream: TcpStream, inner: &Arc<Inner>) -> Result<()> {
    let mut buffer = Vec::new();
    while let Some(call) = next_call(&mut stream, &mut buffer).await? {
        let behaviour = {
            let mut state = inner.state();
            state.calls += 1;
            let usual = state.behaviour.unwrap_or(Behaviour::Good);
            let behaviour = state.next.pop().unwrap_or(usual);
            state.spoiled += u64::from(behaviour != Behaviour::Good);
            behaviour
        };
        match behaviour {
            Behaviour::BlackHole => {
                tokio::time::sleep(FOR_EVER).await;
                return Ok(());
            }
            Behaviour::Breaks => return reset(&stream),
            Behaviour::Status(status) => {
                let code = if status == 429 { 130_429 } else { 131_000 };
                let error = json!({ "error": { "message": "on purpose", "code": code } });
                answer(&mut stream, status, &error).await?;
                continue;
            }
            _ => {}
        }
        let body = take(inner, &call);
        match behaviour {
            Behaviour::TakesSilently => {
                tokio::time::sleep(FOR_EVER).await;
                return Ok(());
            }
            Behaviour::TakesAndBreaks => return reset(&stream),
            Behaviour::Slow { ms } => moment::pause(ms).await,
            _ => {}
        }
        answer(&mut stream, 200, &body).await?;
    }
    Ok(())
}

/// The connection ends without a farewell.
fn reset(stream: &TcpStream) -> Result<()> {
    stream
        .set_zero_linger()
        .doing("breaking a connection on purpose")
}

async fn answer(stream: &mut TcpStream, status: u16, body: &Value) -> Result<()> {
    let body = body.to_string();
    let text = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream
        .write_all(text.as_bytes())
        .await
        .doing("answering a call to the provider")
}

/// Takes what a call brings; answers what the platform would say.
fn take(inner: &Arc<Inner>, call: &Call) -> Value {
    let said: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
    let text = said["text"]["body"].as_str();
    let (Some(text), true) = (
        text,
        call.method == "POST" && call.path.ends_with("/messages"),
    ) else {
        // Read marks, templates, everything else: taken, and of no interest here.
        return json!({ "success": true, "data": [] });
    };
    let to = said["recipient"]
        .as_str()
        .or(said["to"].as_str())
        .unwrap_or("");
    let reference = said["biz_opaque_callback_data"].as_str().map(str::to_owned);
    let mut state = inner.state();
    let id = format!("wamid.out{:08}", state.taken.len() + 1);
    state.taken.push(Taken {
        id: id.clone(),
        op: text.split(' ').next().unwrap_or("").to_owned(),
        sha256: sha256(text),
        to: to.to_owned(),
        reference: reference.clone(),
        at_us: moment::unix_us(),
        receipts: Vec::new(),
    });
    let calls_back = state.calls_back.clone();
    let mut said = vec!["sent", "delivered", "read"];
    if state.shuffles {
        let mut dice = inner.dice.lock().unwrap_or_else(PoisonError::into_inner);
        dice.shuffle(&mut said);
    }
    let repeated: Vec<&str> = (0..state.repeats).flat_map(|_| said.clone()).collect();
    if let Some((base, path)) = calls_back {
        state.pending_receipts += 1;
        let receipts = Receipts {
            base,
            path,
            id: id.clone(),
            reference,
            to: to.to_owned(),
        };
        tokio::spawn(receipts.send(Arc::clone(inner), repeated));
    }
    json!({ "messaging_product": "whatsapp", "messages": [{ "id": id }] })
}

struct Receipts {
    base: String,
    path: String,
    id: String,
    reference: Option<String>,
    to: String,
}

impl Receipts {
    /// Sends each until it is answered 200, as the platform does.
    async fn send(self, inner: Arc<Inner>, states: Vec<&'static str>) {
        if let Ok(client) = Client::new(&self.base) {
            for state in states {
                let reference = self.reference.as_deref();
                let at = moment::unix_s();
                let body = graph::receipt(&self.id, reference, &self.to, state, at);
                for _ in 0..RECEIPT_TRIES_MAX {
                    let told = client.callback(&self.path, APP_SECRET, &body).await;
                    if told.status() == Some(200) {
                        let mut known = inner.state();
                        let taken = known.taken.iter_mut().find(|taken| taken.id == self.id);
                        if let Some(taken) = taken {
                            taken.receipts.push(state.to_owned());
                        }
                        break;
                    }
                    moment::pause(RECEIPT_AGAIN_MS).await;
                }
            }
        }
        inner.state().pending_receipts -= 1;
    }
}

/// How often each operation was taken.
#[must_use]
pub fn times_taken(taken: &[Taken]) -> BTreeMap<&str, usize> {
    let mut times = BTreeMap::new();
    for taken in taken {
        *times.entry(taken.op.as_str()).or_default() += 1;
    }
    times
}
