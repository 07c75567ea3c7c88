//! One socket: first what was missed, then what happens, and the signs of presence both ways.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use app::{App, AppError, ChatSignals, ChatVisitor, Presence, SignalEvent};
use domain::teammate::Right;
use domain::{ContactId, ConversationId, Pii, TeammateId, Timestamp, limits};
use futures_util::{SinkExt as _, StreamExt as _};
use i18n::Language;
use serde::Deserialize;
use serde_json::json;
use store::faults::{self, Lie};
use store::{Cursor, FeedKind};
use telemetry::names;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::farewell::{self, Closed, GOING_AWAY, RESYNC, SESSION_OVER, TOO_MUCH};
use super::frames::Frame;
use super::line::{Line, LiveSocket};
use super::seats::{Next, Seat, Sitter};
use crate::Http;

/// A sign of life goes out this often; a peer that answers none of two is gone.
const HEARTBEAT: Duration = Duration::from_secs(30);
const STRETCH: i64 = 200;
const STRETCH_LENGTH: usize = 200;

const SAID_WITHIN: Duration = Duration::from_secs(10);
const TYPING_EVERY: Duration = Duration::from_millis(limits::CHAT_TYPING_EVERY_MS.unsigned_abs());

static SOCKETS: AtomicU64 = AtomicU64::new(1);

pub struct DeskWatcher {
    pub id: TeammateId,
    pub name: Pii<String>,
    pub lang: Language,
    /// What the watcher proved itself with: the socket ends with it.
    pub proof: Proof,
    pub expires_at: Option<Timestamp>,
}

/// A session's cookie or a token.
pub enum Proof {
    Session(String),
    Token(String),
}

impl DeskWatcher {
    const fn sitter(&self) -> Sitter {
        Sitter {
            teammate: self.id,
            language: self.lang,
            expires_at: self.expires_at,
        }
    }

    /// Whether the right to watch is over, as far as can be told without asking.
    fn expired(&self, app: &App) -> bool {
        self.expires_at.is_some_and(|at| app.now() >= at)
    }

    /// Whether this frame tells that the watcher's rights may have changed.
    fn concerned(&self, frame: &Frame) -> bool {
        frame.events.iter().any(|filled| {
            filled.event.kind == FeedKind::TeammateUpdated
                && filled.event.subject == Some(self.id.bytes())
        })
    }

    /// Asks whether the proof still holds and still reaches far enough.
    async fn check(&self, app: &App) -> Result<(), Closed> {
        let identity = match &self.proof {
            Proof::Session(secret) => app.session(secret).await.map(|(identity, _)| identity),
            Proof::Token(token) => app.bearer(token).await,
        };
        match identity {
            Ok(identity) if identity.access(Right::ReadConversations).is_ok() => Ok(()),
            Ok(_) | Err(AppError::Unauthorized(_)) => Err(Closed(SESSION_OVER)),
            // Nobody knows: what may not be seen is not shown, and the watcher comes back.
            Err(_) => Err(Closed(RESYNC)),
        }
    }
}

/// What a client may say.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    Typing {
        conversation_id: Option<String>,
        on: bool,
    },
    Viewing {
        conversation_id: Option<String>,
    },
}

/// Whether this text means anything to us.
#[cfg(feature = "noise")]
pub(crate) fn is_understood(text: &str) -> bool {
    serde_json::from_str::<Said>(text).is_ok()
}

/// Counts what a client says: somebody who floods us is shown out.
#[derive(Default)]
struct SaidMuch {
    since: Option<Instant>,
    count: u32,
}

impl SaidMuch {
    fn check(&mut self) -> Result<(), Closed> {
        let now = Instant::now();
        let fresh = self
            .since
            .is_none_or(|since| now.duration_since(since) >= SAID_WITHIN);
        if fresh {
            (self.since, self.count) = (Some(now), 0);
        }
        self.count += 1;
        if self.count > limits::LIVE_SAID_IN_TEN_SECONDS_MAX {
            return Err(Closed(TOO_MUCH));
        }
        Ok(())
    }
}

/// What was told last of a customer's typing.
#[derive(Default)]
struct Typing {
    on: bool,
    begun: Option<Instant>,
}

impl Typing {
    /// A beginning at most once in a while, and an end only of what was told.
    fn is_worth_telling(&mut self, on: bool) -> bool {
        if !on {
            return std::mem::take(&mut self.on);
        }
        let now = Instant::now();
        let often = self
            .begun
            .is_some_and(|begun| now.duration_since(begun) < TYPING_EVERY);
        if often {
            return false;
        }
        (self.on, self.begun) = (true, Some(now));
        true
    }
}

fn heartbeat() -> Interval {
    let mut beat = interval(HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat
}

async fn send(socket: &mut LiveSocket, text: Utf8Bytes) -> Result<(), Closed> {
    socket
        .send(Message::Text(text))
        .await
        .map_err(|_| Closed(GOING_AWAY))
}

/// What of the past somebody is told.
#[derive(Clone, Copy)]
enum Past {
    Everything,
    /// Only this conversation; `None` while there is none.
    Of(Option<ConversationId>),
}

/// Too much was missed: the reader fetches anew and goes on from here.
async fn reset(socket: &mut LiveSocket, head: Cursor) -> Result<Cursor, Closed> {
    let reset = json!({ "type": "reset", "cursor": head.to_string() });
    send(socket, reset.to_string().into()).await?;
    Ok(head)
}

/// Sends what was missed since the cursor; answers where the reader stands now.
async fn catch_up(
    http: &Http,
    socket: &mut LiveSocket,
    (past, cursor): (Past, Option<Cursor>),
    mut write: impl FnMut(&Frame) -> Option<Utf8Bytes>,
) -> Result<Cursor, Closed> {
    let store = http.app.store();
    let lost = |_| Closed(RESYNC);
    let head = store.feed_head().await.map_err(lost)?;
    let Some(mut at) = cursor else {
        let hello = json!({ "cursor": head.to_string(), "events": [] });
        send(socket, hello.to_string().into()).await?;
        return Ok(head);
    };
    let far = store
        .feed_distance(at, limits::LIVE_REPLAY_EVENTS_MAX)
        .await
        .map_err(lost)?;
    if at > head || far {
        return reset(socket, head).await;
    }
    let mut said = false;
    let mut own = match past {
        Past::Everything | Past::Of(None) => Vec::new().into_iter(),
        Past::Of(Some(id)) => {
            let events = store.feed_of_conversation(id, at, head).await;
            events.map_err(lost)?.into_iter()
        }
    };
    loop {
        let mut events = match past {
            Past::Everything => store.feed_after(at, STRETCH).await.map_err(lost)?,
            Past::Of(_) => own.by_ref().take(STRETCH_LENGTH).collect(),
        };
        // Asked after the reading: what is tidied away in between would be missed in silence.
        if !store.feed_reaches(at).await.map_err(lost)? {
            return reset(socket, head).await;
        }
        let Some(last) = events.last().map(|event| event.cursor) else {
            break;
        };
        if faults::lies(Lie::ResumeLosesEvent) {
            events.remove(0);
        }
        let frame = Frame::fill(&http.app, events, last)
            .await
            .map_err(|_| Closed(RESYNC))?;
        if let Some(text) = write(&frame) {
            said = true;
            send(socket, text).await?;
        }
        at = last;
    }
    if matches!(past, Past::Of(_)) {
        at = head;
    }
    if !said {
        let hello = json!({ "cursor": at.to_string(), "events": [] });
        send(socket, hello.to_string().into()).await?;
    }
    Ok(at)
}

pub async fn serve_desk(
    http: Http,
    watcher: DeskWatcher,
    (mut socket, line): (LiveSocket, Arc<Line>),
    cursor: Option<Cursor>,
) {
    let number = SOCKETS.fetch_add(1, Ordering::Relaxed);
    metrics::gauge!(names::LIVE_SOCKETS, "side" => "desk").increment(1.0);
    let end = run_desk(&http, &watcher, (number, line), &mut socket, cursor).await;
    http.app
        .teammate_views(number, watcher.id, &watcher.name, None);
    metrics::gauge!(names::LIVE_SOCKETS, "side" => "desk").decrement(1.0);
    farewell::part(socket, end).await;
}

async fn run_desk(
    http: &Http,
    watcher: &DeskWatcher,
    (number, line): (u64, Arc<Line>),
    socket: &mut LiveSocket,
    cursor: Option<Cursor>,
) -> Result<(), Closed> {
    // Listening begins before the past is read, so that nothing falls in between. What happens
    // now and then is boxed: an idle socket keeps no room for it.
    let seated = http.hub.watch_desk(number, watcher.sitter(), line);
    let seat = &*seated.seat;
    let mut signals = http.app.watch_signals();
    let mut stopping = http.stopping.clone();
    let app = http.app.clone();
    let lang = watcher.lang;
    let past = (Past::Everything, cursor);
    let seen = Box::pin(catch_up(http, socket, past, |frame| {
        Some(frame.desk_text(&app, lang))
    }))
    .await?;
    seat.caught_up(seen);
    let mut said_much = SaidMuch::default();
    let (mut beat, mut silent) = (heartbeat(), 0);
    loop {
        tokio::select! {
            () = seat.called() => Box::pin(send_waiting(http, watcher, seat, socket)).await?,
            signal = signals.recv() => match signal {
                Ok(signal) => send(socket, signal_text(&signal)).await?,
                // Signs of presence may be lost.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err(Closed(GOING_AWAY)),
            },
            said = socket.next() => {
                silent = 0;
                said_much.check()?;
                match said {
                    Some(Ok(Message::Text(text))) => hear_desk(&http.app, watcher, number, &text),
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Err(error)) => return farewell::broken(&error),
                    Some(Ok(_)) => {}
                }
            }
            _ = beat.tick() => {
                Box::pin(watcher.check(&http.app)).await?;
                silent = ping(socket, silent).await?;
            }
            _ = stopping.changed() => return Err(Closed(GOING_AWAY)),
        }
    }
}

/// Sends what the hub left to this socket: the rest of a frame, and frames that are not simply for
/// everybody or came too fast.
async fn send_waiting(
    http: &Http,
    watcher: &DeskWatcher,
    seat: &Seat,
    socket: &mut LiveSocket,
) -> Result<(), Closed> {
    let gone = |_| Closed(GOING_AWAY);
    socket.flush().await.map_err(gone)?;
    loop {
        let (frame, seen) = match seat.next() {
            Next::Send(..) if watcher.expired(&http.app) => return Err(Closed(SESSION_OVER)),
            Next::Send(frame, seen) => (frame, seen),
            Next::Rest => return Ok(()),
            Next::Lagged => return Err(Closed(RESYNC)),
        };
        if watcher.concerned(&frame) {
            watcher.check(&http.app).await?;
        }
        let first = frame.events.first();
        let text = if first.is_none_or(|first| first.event.cursor > seen) {
            frame.desk_text(&http.app, watcher.lang)
        } else {
            frame.desk_text_after(&http.app, watcher.lang, Some(seen))
        };
        send(socket, text).await?;
    }
}

async fn ping(socket: &mut LiveSocket, silent: u32) -> Result<u32, Closed> {
    if silent >= 2 {
        return Err(Closed(GOING_AWAY));
    }
    socket
        .send(Message::Ping(axum::body::Bytes::new()))
        .await
        .map_err(|_| Closed(GOING_AWAY))?;
    Ok(silent + 1)
}

fn hear_desk(app: &App, watcher: &DeskWatcher, socket: u64, text: &str) {
    // What is not understood is not answered: an older page must not break a newer server.
    let Ok(said) = serde_json::from_str::<Said>(text) else {
        return;
    };
    let id = |text: Option<String>| text.and_then(|text| text.parse::<ConversationId>().ok());
    match said {
        Said::Typing {
            conversation_id,
            on,
        } => {
            if let Some(conversation) = id(conversation_id) {
                app.teammate_types(conversation, watcher.id, watcher.name.clone(), on);
            }
        }
        Said::Viewing { conversation_id } => {
            app.teammate_views(socket, watcher.id, &watcher.name, id(conversation_id));
        }
    }
}

fn signal_text(signal: &SignalEvent) -> Utf8Bytes {
    let value = match signal {
        SignalEvent::Typing {
            conversation,
            by,
            on,
        } => {
            let by = match by {
                Presence::Contact { name } => json!({
                    "kind": "contact",
                    "name": name.as_ref().map(|name| name.expose().as_str()).unwrap_or(""),
                }),
                Presence::Teammate { id, name } => {
                    json!({ "kind": "teammate", "id": id.to_string(), "name": name.expose() })
                }
            };
            json!({ "type": "typing", "conversation_id": conversation.to_string(), "by": by, "on": on })
        }
        SignalEvent::Viewing {
            conversation,
            teammates,
        } => {
            let teammates: Vec<_> = teammates
                .iter()
                .map(|(id, name)| json!({ "id": id.to_string(), "name": name.expose() }))
                .collect();
            json!({ "type": "viewing", "conversation_id": conversation.to_string(), "teammates": teammates })
        }
    };
    value.to_string().into()
}

pub async fn serve_chat(
    http: Http,
    visitor: ChatVisitor,
    lang: Language,
    mut socket: LiveSocket,
    cursor: Option<Cursor>,
) {
    metrics::gauge!(names::LIVE_SOCKETS, "side" => "chat").increment(1.0);
    let end = run_chat(&http, &visitor, lang, &mut socket, cursor).await;
    http.hub.forget_closed(visitor.contact);
    metrics::gauge!(names::LIVE_SOCKETS, "side" => "chat").decrement(1.0);
    farewell::part(socket, end).await;
}

async fn run_chat(
    http: &Http,
    visitor: &ChatVisitor,
    lang: Language,
    socket: &mut LiveSocket,
    cursor: Option<Cursor>,
) -> Result<(), Closed> {
    let contact = visitor.contact;
    let mut frames = http.hub.watch_chat(contact);
    let mut stopping = http.stopping.clone();
    let mut newest = None;
    let own = conversation_of(&http.app, visitor).await;
    let mut seen = Box::pin(catch_up(http, socket, (Past::Of(own), cursor), |frame| {
        let (text, seq) = frame.chat_text(&http.app, contact, lang, None)?;
        newest = newest.max(seq);
        Some(text)
    }))
    .await?;
    delivered(&http.app, visitor, newest);
    let mut signals = own.map(|own| http.app.watch_chat_signals(own));
    let (mut beat, mut silent) = (heartbeat(), 0);
    let (mut said_much, mut typing) = (SaidMuch::default(), Typing::default());
    loop {
        tokio::select! {
            frame = frames.recv() => {
                let Some(frame) = frame else { return Err(Closed(RESYNC)) };
                if frame.cursor <= seen {
                    continue;
                }
                if let Some((text, seq)) = frame.chat_text(&http.app, contact, lang, Some(seen)) {
                    send(socket, text).await?;
                    delivered(&http.app, visitor, seq);
                }
                if signals.is_none() {
                    let own = own_conversation(&frame, contact);
                    signals = own.map(|own| http.app.watch_chat_signals(own));
                }
                seen = frame.cursor;
            }
            Some(signal) = next_signal(&mut signals) => {
                if let Some(text) = chat_signal(&signal) {
                    send(socket, text).await?;
                }
            }
            said = socket.next() => {
                silent = 0;
                said_much.check()?;
                match said {
                    Some(Ok(Message::Text(text))) => {
                        let own = signals.as_ref().map(ChatSignals::conversation);
                        hear_chat(&http.app, own, &mut typing, &text);
                    }
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Err(error)) => return farewell::broken(&error),
                    Some(Ok(_)) => {}
                }
            }
            _ = beat.tick() => {
                if matches!(http.app.chat_goes_on(contact).await, Ok(false)) {
                    return Err(Closed(SESSION_OVER));
                }
                if signals.is_none() {
                    let own = conversation_of(&http.app, visitor).await;
                    signals = own.map(|own| http.app.watch_chat_signals(own));
                }
                silent = ping(socket, silent).await?;
            }
            _ = stopping.changed() => return Err(Closed(GOING_AWAY)),
        }
    }
}

fn own_conversation(frame: &Arc<Frame>, contact: ContactId) -> Option<ConversationId> {
    frame
        .events
        .iter()
        .filter_map(|filled| filled.conversation.as_ref())
        .find(|conversation| conversation.contact == contact)
        .map(|conversation| conversation.id)
}

async fn conversation_of(app: &App, visitor: &ChatVisitor) -> Option<ConversationId> {
    app.chat_conversation(visitor)
        .await
        .ok()
        .flatten()
        .map(|conversation| conversation.id)
}

/// What reached an open socket has reached the device.
fn delivered(app: &App, visitor: &ChatVisitor, seq: Option<i64>) {
    let Some(seq) = seq else { return };
    let (app, visitor) = (app.clone(), visitor.clone());
    tokio::spawn(async move {
        if let Err(error) = app.chat_delivered(&visitor, seq).await {
            tracing::warn!(error = %error, "a delivery could not be noted; the next one covers it");
        }
    });
}

/// Never ready while there is no conversation.
async fn next_signal(signals: &mut Option<ChatSignals>) -> Option<SignalEvent> {
    match signals {
        Some(signals) => signals.next().await,
        None => std::future::pending().await,
    }
}

fn chat_signal(signal: &SignalEvent) -> Option<Utf8Bytes> {
    match signal {
        SignalEvent::Typing {
            by: Presence::Teammate { name, .. },
            on,
            ..
        } => {
            let value = json!({ "type": "typing", "on": on, "by": { "name": name.expose() } });
            Some(value.to_string().into())
        }
        _ => None,
    }
}

fn hear_chat(app: &App, own: Option<ConversationId>, typing: &mut Typing, text: &str) {
    let Ok(Said::Typing { on, .. }) = serde_json::from_str::<Said>(text) else {
        return;
    };
    // Before the first message there is no conversation in which anybody could see it.
    if let Some(conversation) = own
        && typing.is_worth_telling(on)
    {
        app.contact_types(conversation, None, on);
    }
}
