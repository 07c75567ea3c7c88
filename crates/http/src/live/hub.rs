//! One reader of the feed for all sockets: it reads each stretch once, fills it once, and hands
//! it to whoever listens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::App;
use domain::ContactId;
use store::Cursor;
use store::faults::{self, Point};
use tokio::sync::{Notify, mpsc, watch};

use super::frames::Frame;
use super::line::Line;
use super::seats::{Seated, Seats, Sitter};

/// Events read and filled at once.
const STRETCH: i64 = 200;
/// On PostgreSQL an event becomes visible a moment after its commit; another look finds it.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Frames a customer's socket may lag behind before it is closed.
const CHAT_QUEUE: usize = 32;

type ChatSender = mpsc::Sender<Arc<Frame>>;

pub struct Hub {
    app: App,
    desk: Arc<Seats>,
    chats: Mutex<HashMap<ContactId, Vec<ChatSender>>>,
    /// Somebody began to look on.
    arrived: Notify,
}

impl Hub {
    /// Begins to read the feed at its present end.
    pub fn start(app: App, stopping: watch::Receiver<bool>) -> Arc<Self> {
        let hub = Arc::new(Self {
            app,
            desk: Arc::default(),
            chats: Mutex::default(),
            arrived: Notify::new(),
        });
        // Writing to many is one turn's work: a budget would look like a peer that takes nothing.
        let reading = tokio::task::unconstrained(Arc::clone(&hub).read(stopping));
        tokio::spawn(reading);
        hub
    }

    async fn read(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        let mut changed = self.app.store().changed();
        let mut cursor = None;
        while !*stopping.borrow() {
            match self.step(&mut cursor).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "live sockets wait: the database does not answer");
                }
            }
            tokio::select! {
                _ = changed.changed(), if self.is_watched() => {}
                () = self.arrived.notified() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = stopping.changed() => {}
            }
        }
    }

    /// Hands out one stretch; `false` when there was none.
    async fn step(&self, cursor: &mut Option<Cursor>) -> Result<bool, app::AppError> {
        let at = match *cursor {
            Some(at) => at,
            None => {
                let head = self.app.store().feed_head().await?;
                *cursor = Some(head);
                return Ok(true);
            }
        };
        // Reading a stretch and everything it is about is not worth it for nobody. Who comes
        // after this head was read catches up to it or beyond; who came before keeps the cursor.
        if !self.is_watched() {
            let head = self.app.store().feed_head().await?;
            if !self.is_watched() {
                *cursor = Some(head);
                return Ok(false);
            }
        }
        let events = self.app.store().feed_after(at, STRETCH).await?;
        let Some(last) = events.last().map(|event| event.cursor) else {
            return Ok(false);
        };
        let frame = Arc::new(Frame::fill(&self.app, events, last).await?);
        faults::hit(Point::BeforeSocketFlush);
        self.hand_out(&frame).await;
        *cursor = Some(last);
        Ok(true)
    }

    fn is_watched(&self) -> bool {
        let chats = self
            .chats
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        !self.desk.are_empty() || !chats.is_empty()
    }

    async fn hand_out(&self, frame: &Arc<Frame>) {
        self.tell_chats(frame);
        self.desk.give(&self.app, frame).await;
    }

    fn tell_chats(&self, frame: &Arc<Frame>) {
        let mut told: Vec<ContactId> = Vec::new();
        let mut chats = self
            .chats
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for filled in &frame.events {
            let Some(contact) = filled.conversation.as_ref().map(|c| c.contact) else {
                continue;
            };
            if told.contains(&contact) {
                continue;
            }
            told.push(contact);
            if let Some(senders) = chats.get_mut(&contact) {
                // A full queue closes its socket: it will come back with its cursor.
                senders.retain(|sender| sender.try_send(Arc::clone(frame)).is_ok());
                if senders.is_empty() {
                    chats.remove(&contact);
                }
            }
        }
    }

    pub fn watch_desk(&self, number: u64, sitter: Sitter, line: Arc<Line>) -> Seated {
        let seated = self.desk.take(number, sitter, line);
        self.arrived.notify_one();
        seated
    }

    pub fn watch_chat(&self, contact: ContactId) -> mpsc::Receiver<Arc<Frame>> {
        let (sender, receiver) = mpsc::channel(CHAT_QUEUE);
        let mut chats = self
            .chats
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let senders = chats.entry(contact).or_default();
        senders.retain(|sender| !sender.is_closed());
        senders.push(sender);
        drop(chats);
        self.arrived.notify_one();
        receiver
    }

    /// Closed sockets of contacts that get no messages leave their places here.
    pub fn forget_closed(&self, contact: ContactId) {
        let mut chats = self
            .chats
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(senders) = chats.get_mut(&contact) {
            senders.retain(|sender| !sender.is_closed());
            if senders.is_empty() {
                chats.remove(&contact);
            }
        }
    }
}
