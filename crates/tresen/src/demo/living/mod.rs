//! The company while somebody watches: customers write, type, read and answer, and colleagues
//! look after those nobody else does.
//!
//! One task does it all. Things that follow from something (a receipt, an answer) wait in a
//! bounded agenda; everything that comes by itself happens on a calm beat, one thing at a time.

mod acts;
mod cast;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use app::{App, SignalEvent};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::chance::Chance;
use super::customers::{Customer, Fate, Town};
use super::graph::Heard;
use super::story::{Story, Words};
use cast::Cast;

/// Things that may be about to happen at once; more are not begun.
const AGENDA_MAX: usize = 512;
/// From one thing that comes by itself to the next, in milliseconds.
const BEAT_MS: (u64, u64) = (3_000, 6_000);

/// How fast life goes: 1 is a calm shop.
#[derive(Debug, Clone, Copy)]
pub struct Pace(f64);

impl Pace {
    pub const CALM: Self = Self(1.0);

    /// Everything takes this part of its time.
    #[must_use]
    pub const fn times(factor: f64) -> Self {
        Self(factor)
    }

    fn span(self, chance: &mut Chance, (from, to): (u64, u64)) -> Duration {
        Duration::from_millis(chance.between(from, to)).mul_f64(self.0)
    }
}

/// Something that is about to happen to a customer.
#[derive(Debug, Clone)]
enum Act {
    /// The provider tells how far a message came.
    Report {
        id: String,
        reference: String,
        fate: Fate,
    },
    /// A visitor of the chat has seen everything up to here.
    Read(i64),
    Typing(bool),
    /// An answer to somebody at the desk.
    Say(Words),
    /// The next line of its own story.
    Continue,
}

/// Whoever makes things happen.
pub struct Life {
    town: Town,
    cast: Cast,
    pace: Pace,
    agenda: BTreeMap<(Instant, u64), (usize, Act)>,
    count: u64,
    /// Ids of messages that colleagues of the demo wrote; taken out when they are heard.
    ghostly: HashSet<String>,
    /// Teammates, by id, whom a person plays now.
    people: HashSet<String>,
    heard: mpsc::Sender<Heard>,
    stop: watch::Receiver<bool>,
}

impl Life {
    /// Begins with the customers of the past and with what is still to be told.
    #[must_use]
    pub fn new(
        town: Town,
        customers: Vec<Customer>,
        stories: Vec<Story>,
        pace: Pace,
        (heard, stop): (mpsc::Sender<Heard>, watch::Receiver<bool>),
    ) -> Self {
        let mut life = Self {
            town,
            cast: Cast::new(customers, stories),
            pace,
            agenda: BTreeMap::new(),
            count: 0,
            ghostly: HashSet::new(),
            people: HashSet::new(),
            heard,
            stop,
        };
        for who in 0..life.cast.actors.len() {
            life.open_ears(who);
        }
        life
    }

    /// Goes on until it is told to stop.
    pub async fn run(mut self, app: App, mut hearing: mpsc::Receiver<Heard>) {
        let mut signals = app.watch_signals();
        let mut stop = self.stop.clone();
        let mut beat = Instant::now() + self.pace.span(&mut self.town.chance, BEAT_MS);
        while !*stop.borrow() {
            let due = self.agenda.keys().next().map(|(at, _)| *at);
            tokio::select! {
                _ = stop.changed() => {}
                Some(heard) = hearing.recv() => self.hear(&heard),
                signal = signals.recv() => self.notice(signal),
                () = tokio::time::sleep_until(due.unwrap_or(beat).min(beat)) => {
                    if let Some((who, act)) = self.take_due() {
                        self.perform(who, act).await;
                    } else if Instant::now() >= beat {
                        beat = Instant::now() + self.pace.span(&mut self.town.chance, BEAT_MS);
                        self.something_happens().await;
                    }
                }
            }
        }
    }

    /// A teammate whom a person plays needs no colleague in its place.
    fn notice(&mut self, signal: Result<SignalEvent, RecvError>) {
        if let Ok(SignalEvent::Viewing { teammates, .. }) = signal {
            self.people
                .extend(teammates.iter().map(|(id, _)| id.to_string()));
        }
    }

    fn take_due(&mut self) -> Option<(usize, Act)> {
        let first = self.agenda.first_entry()?;
        (first.key().0 <= Instant::now()).then(|| first.remove())
    }

    fn plan(&mut self, who: usize, span_ms: (u64, u64), act: Act) {
        if self.agenda.len() >= AGENDA_MAX {
            return;
        }
        self.count += 1;
        let at = Instant::now() + self.pace.span(&mut self.town.chance, span_ms);
        self.agenda.insert((at, self.count), (who, act));
    }
}
