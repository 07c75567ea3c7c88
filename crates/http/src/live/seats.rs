//! Everybody who looks on at the desk. A frame is the same bytes for all who share a language, so the
//! hub puts it to each of them itself; a socket's own task is woken only when its frame needs more
//! than that: a look at its rights, a part of it, or patience.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::App;
use domain::{TeammateId, Timestamp, limits};
use i18n::Language;
use store::{Cursor, FeedKind};
use tokio::sync::Notify;

use super::frames::Frame;
use super::line::{Line, Put};

/// Sockets that are written to before others have their turn on this thread.
const AT_ONCE: usize = 64;

/// Who sits there, as far as a frame depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Sitter {
    pub teammate: TeammateId,
    pub language: Language,
    pub expires_at: Option<Timestamp>,
}

/// Where a socket stands in the feed, and what waits for its task.
struct Turn {
    /// What was sent, or is about to be.
    at: Cursor,
    /// All of it was sent: the hub may put the next frame itself.
    rests: bool,
    waiting: VecDeque<Arc<Frame>>,
    lagged: bool,
}

/// One socket's place at the desk.
pub struct Seat {
    sitter: Sitter,
    line: Arc<Line>,
    turn: Mutex<Turn>,
    called: Notify,
}

/// What the socket's task does next.
pub enum Next {
    /// A frame, and what was sent before it.
    Send(Arc<Frame>, Cursor),
    /// Nothing: from here on the hub puts frames itself.
    Rest,
    /// More waited than is kept for one socket.
    Lagged,
}

/// A frame on its way to everybody.
struct Round<'a> {
    app: &'a App,
    frame: &'a Arc<Frame>,
    now: Timestamp,
    /// Teammates whose rights may have changed with it.
    concerned: Vec<TeammateId>,
}

impl Round<'_> {
    /// Whether this sitter gets the whole frame, as everybody does.
    fn suits(&self, sitter: &Sitter, at: Cursor) -> bool {
        let first = self.frame.events.first();
        first.is_none_or(|first| first.event.cursor > at)
            && sitter.expires_at.is_none_or(|end| self.now < end)
            && !self.concerned.contains(&sitter.teammate)
    }
}

impl Seat {
    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give(&self, round: &Round<'_>) {
        let mut turn = self.turn();
        if round.frame.cursor <= turn.at {
            return;
        }
        if turn.rests && round.suits(&self.sitter, turn.at) {
            let bytes = round.frame.desk_bytes(round.app, self.sitter.language);
            let put = self.line.put(bytes);
            if put != Put::NotNow {
                turn.at = round.frame.cursor;
            }
            if put == Put::Whole {
                return;
            }
            if put == Put::Begun {
                turn.rests = false;
                self.called.notify_one();
                return;
            }
        }
        turn.rests = false;
        if turn.waiting.len() >= limits::LIVE_QUEUE_EVENTS {
            turn.lagged = true;
            turn.waiting = VecDeque::new();
        }
        if !turn.lagged {
            turn.waiting.push_back(Arc::clone(round.frame));
        }
        self.called.notify_one();
    }

    /// Waits until something waits for the task: a frame, or the rest of one.
    pub async fn called(&self) {
        self.called.notified().await;
    }

    /// What the task does next, when it has sent everything before.
    pub fn next(&self) -> Next {
        let mut turn = self.turn();
        if turn.lagged {
            return Next::Lagged;
        }
        while let Some(frame) = turn.waiting.pop_front() {
            if frame.cursor > turn.at {
                let before = std::mem::replace(&mut turn.at, frame.cursor);
                return Next::Send(frame, before);
            }
        }
        turn.waiting = VecDeque::new();
        turn.rests = true;
        Next::Rest
    }

    /// The past up to here was sent by the task.
    pub fn caught_up(&self, at: Cursor) {
        self.turn().at = at;
        self.called.notify_one();
    }

    /// Nothing is put here any more: the socket says goodbye.
    fn leave(&self) {
        let mut turn = self.turn();
        (turn.rests, turn.lagged) = (false, true);
        turn.waiting = VecDeque::new();
    }
}

/// A place that is given up when this is dropped.
pub struct Seated {
    pub seat: Arc<Seat>,
    number: u64,
    seats: Arc<Seats>,
}

impl Drop for Seated {
    fn drop(&mut self) {
        self.seats.all().remove(&self.number);
        self.seat.leave();
    }
}

/// All places at the desk.
#[derive(Default)]
pub struct Seats(Mutex<HashMap<u64, Arc<Seat>>>);

impl Seats {
    fn all(&self) -> MutexGuard<'_, HashMap<u64, Arc<Seat>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn are_empty(&self) -> bool {
        self.all().is_empty()
    }

    /// A place for a socket, by its number. Until it has caught up, what happens waits for it.
    pub fn take(self: &Arc<Self>, number: u64, sitter: Sitter, line: Arc<Line>) -> Seated {
        let seat = Arc::new(Seat {
            sitter,
            line,
            turn: Mutex::new(Turn {
                at: Cursor::START,
                rests: false,
                waiting: VecDeque::new(),
                lagged: false,
            }),
            called: Notify::new(),
        });
        self.all().insert(number, Arc::clone(&seat));
        Seated {
            seat,
            number,
            seats: Arc::clone(self),
        }
    }

    /// Gives a frame to everybody. Who takes a place meanwhile reads it from the feed.
    pub async fn give(&self, app: &App, frame: &Arc<Frame>) {
        let concerned = frame.events.iter().map(|filled| &filled.event);
        let concerned = concerned.filter(|event| event.kind == FeedKind::TeammateUpdated);
        let round = Round {
            app,
            frame,
            now: app.now(),
            concerned: concerned
                .filter_map(|event| event.subject)
                .map(TeammateId::from_bytes)
                .collect(),
        };
        let seats: Vec<Arc<Seat>> = self.all().values().map(Arc::clone).collect();
        for some in seats.chunks(AT_ONCE) {
            some.iter().for_each(|seat| seat.give(&round));
            tokio::task::yield_now().await;
        }
    }
}
