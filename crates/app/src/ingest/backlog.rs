//! Who has something waiting to be understood. What such a sender says next must queue behind
//! it, or a conversation would show the later message first.
//!
//! One process works on a database, so this lives in memory. What an earlier process left is
//! known by its callbacks only: while one of them waits, everything queues.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::inbound::InboundEvent;
use domain::{CallbackId, ChannelId};
use store::Store;
use tokio::sync::OnceCell;

use super::lane_keys;
use crate::AppError;

#[derive(Default)]
pub(crate) struct Backlog {
    loaded: OnceCell<()>,
    waiting: Mutex<Waiting>,
    hasher: RandomState,
}

#[derive(Default)]
struct Waiting {
    inherited: HashSet<CallbackId>,
    callbacks: HashMap<CallbackId, Vec<u64>>,
    senders: HashMap<u64, u32>,
}

impl Backlog {
    /// Learns once what an earlier process left. Must have happened before the first job runs.
    pub(crate) async fn load(&self, store: &Store) -> Result<(), AppError> {
        self.loaded
            .get_or_try_init(|| async {
                let left = store.waiting_callbacks().await?;
                self.waiting().inherited.extend(left);
                Ok::<(), AppError>(())
            })
            .await?;
        Ok(())
    }

    /// Whether one of these senders has something waiting.
    pub(crate) fn concerns(&self, channel: ChannelId, events: &[InboundEvent]) -> bool {
        let waiting = self.waiting();
        if !waiting.inherited.is_empty() {
            return true;
        }
        !waiting.senders.is_empty()
            && self
                .keys(channel, events)
                .iter()
                .any(|key| waiting.senders.contains_key(key))
    }

    pub(crate) fn hold(&self, callback: CallbackId, channel: ChannelId, events: &[InboundEvent]) {
        let keys = self.keys(channel, events);
        let mut waiting = self.waiting();
        for key in &keys {
            *waiting.senders.entry(*key).or_default() += 1;
        }
        waiting.callbacks.insert(callback, keys);
    }

    pub(crate) fn release(&self, callback: CallbackId) {
        let mut waiting = self.waiting();
        waiting.inherited.remove(&callback);
        for key in waiting.callbacks.remove(&callback).unwrap_or_default() {
            if let Some(count) = waiting.senders.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    waiting.senders.remove(&key);
                }
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Two senders with one key would only queue for nothing.
    fn keys(&self, channel: ChannelId, events: &[InboundEvent]) -> Vec<u64> {
        let mut keys: Vec<u64> = events
            .iter()
            .flat_map(lane_keys)
            .map(|key| self.hasher.hash_one((channel, key)))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
