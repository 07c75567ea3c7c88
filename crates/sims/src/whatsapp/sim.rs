//! The running simulator: its state behind one lock, its clock, its HTTP client.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::callbacks::outbox::Outbox;
use super::clock::Clock;
use super::faults::{Faults, StatusPolicy};
use super::ledger::Ledger;
use super::world::World;

/// Everything that changes, behind one lock that is never held across an await.
#[derive(Debug, Default)]
pub struct State {
    pub world: World,
    pub faults: Faults,
    pub policy: StatusPolicy,
    pub outbox: Outbox,
    pub ledger: Ledger,
    pub random: u64,
}

impl State {
    /// Reorders in place; the result always differs from the order given when there are two
    /// different items or more. Deterministic for a seed.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        if items.len() < 2 {
            return;
        }
        let mut moved = false;
        for at in (1..items.len()).rev() {
            let to = usize::try_from(self.next_random() % (at as u64 + 1)).unwrap_or(0);
            moved |= to != at;
            items.swap(at, to);
        }
        if !moved {
            items.rotate_left(1);
        }
    }

    /// xorshift64*: enough for shuffles, repeatable by seed.
    fn next_random(&mut self) -> u64 {
        let mut x = self.random.max(1);
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.random = x;
        x.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

pub struct Sim {
    pub clock: Clock,
    pub base_url: String,
    pub client: reqwest::Client,
    pub wake: Notify,
    /// Held while callbacks leave, so that a flush and the pump do not overtake each other.
    pub pumping: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

impl Sim {
    pub fn new(clock: Clock, base_url: String, client: reqwest::Client, state: State) -> Self {
        Self {
            clock,
            base_url,
            client,
            wake: Notify::new(),
            pumping: tokio::sync::Mutex::new(()),
            state: Mutex::new(state),
        }
    }

    /// The state. A panic elsewhere does not make a test simulator useless, so poison is ignored.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
