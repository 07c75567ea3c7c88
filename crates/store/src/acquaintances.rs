//! Who wrote a moment ago, and where that goes on: found in memory instead of in the database.
//!
//! What lies here may be out of date. So whoever relies on it says so in the unit
//! ([`Store::still_known`]), the commit looks, and a unit that relied on something older than that
//! is refused, forgotten here and decided again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::ChannelId;
use domain::inbound::ExternalAddress;
use lru::LruCache;

use crate::Store;
use crate::contacts::Known;
use crate::error::Guard;
use crate::rows::blob;
use crate::unit::Unit;

/// Some 200 bytes an address: the active ones of a large desk.
const KEPT: usize = 50_000;

/// Grows with use: an idle house keeps no room for it.
pub(crate) struct Acquaintances(Mutex<LruCache<[u8; 16], Known>>);

impl Default for Acquaintances {
    fn default() -> Self {
        Self(Mutex::new(LruCache::unbounded()))
    }
}

impl Acquaintances {
    /// All of them, or nothing.
    pub(crate) fn all(&self, keys: &[[u8; 16]]) -> Option<Vec<Known>> {
        let mut kept = self.kept();
        keys.iter().map(|key| kept.get(key).copied()).collect()
    }

    /// Keeps what is settled: one contact with a conversation that goes on with its first address.
    /// For everybody else something has to be written first.
    pub(crate) fn keep(&self, keys: &[[u8; 16]], known: &[Known]) {
        let Some(first) = known.first() else { return };
        let settled = |known: &Known| {
            known.contact == first.contact
                && known.conversation.is_some()
                && known.conversation_address == Some(first.address)
        };
        if keys.len() != known.len() || !known.iter().all(settled) {
            return;
        }
        let mut kept = self.kept();
        for (key, known) in keys.iter().zip(known) {
            kept.put(*key, *known);
        }
        while kept.len() > KEPT {
            kept.pop_lru();
        }
    }

    fn kept(&self) -> MutexGuard<'_, LruCache<[u8; 16], Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// One key an address; the same text on another channel is another one.
    pub(crate) fn address_keys(&self, channel: ChannelId, lookups: &[[u8; 16]]) -> Vec<[u8; 16]> {
        let keys = lookups.iter();
        keys.map(|lookup| crate::rows::mixed(channel, *lookup))
            .collect()
    }

    /// What is remembered of these addresses may be out of date: the next look reads.
    pub fn forget_addresses(&self, channel: ChannelId, addresses: &[ExternalAddress]) {
        let keys = self.address_keys(channel, &self.address_lookups(addresses));
        let mut kept = self.acquaintances.kept();
        for key in &keys {
            kept.pop(key);
        }
    }

    /// The address is still theirs, and the conversation still goes on where it did; otherwise the
    /// unit fails with [`Guard::Known`].
    pub fn still_known(&self, unit: &mut Unit, known: &Known) {
        let (Some(conversation), Some(address)) = (known.conversation, known.conversation_address)
        else {
            return;
        };
        unit.one(
            Guard::Known,
            "SELECT a.id FROM address a JOIN conversation c ON c.id = $2 \
             WHERE a.id = $1 AND a.valid_to IS NULL AND c.address_id = $3",
            vec![
                blob(known.address.bytes()),
                blob(conversation.bytes()),
                blob(address.bytes()),
            ],
        );
    }
}
