//! How often somebody may do something, and how much at once: by the chat's session and by the
//! address it comes from. In memory, and bounded: when there are too many to remember, those that
//! were quiet for longest are forgotten, and nobody is refused for that.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::limits::{self, Rate};
use domain::{ContactId, TeammateId, Timestamp};
use i18n::Language;

use crate::Http;
use crate::peer::Peer;
use crate::problem::Problem;

/// Whom something is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whom {
    Contact(ContactId),
    Teammate(TeammateId),
    /// `None` is everybody whom a silent proxy passes on.
    Address(Option<IpAddr>),
}

impl Whom {
    #[must_use]
    pub fn at(peer: Peer) -> Self {
        Self::Address(peer.counted_as())
    }

    /// A proxy that does not say who asks stands for many.
    const fn stands_for(self) -> u32 {
        match self {
            Self::Address(None) => limits::UNNAMED_ADDRESS_FACTOR,
            _ => 1,
        }
    }
}

/// What a customer does that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    StartChat,
    Write,
    Upload,
    Watch,
}

impl Act {
    const fn rate(self, whom: Whom) -> Rate {
        match (self, whom) {
            (Self::StartChat, _) => limits::CHAT_SESSIONS_PER_ADDRESS,
            (Self::Write, Whom::Address(_)) => limits::CHAT_MESSAGES_PER_ADDRESS,
            (Self::Write, _) => limits::CHAT_MESSAGES_PER_SESSION,
            (Self::Upload, Whom::Address(_)) => limits::CHAT_UPLOADS_PER_ADDRESS,
            (Self::Upload, _) => limits::CHAT_UPLOADS_PER_SESSION,
            (Self::Watch, Whom::Address(_)) => limits::CHAT_CONNECTS_PER_ADDRESS,
            (Self::Watch, _) => limits::CHAT_CONNECTS_PER_SESSION,
        }
    }
}

/// Two generations: when the younger is full, the older is forgotten. What is touched moves to
/// the younger, so the quiet ones go first.
struct Aging<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    each_max: usize,
}

impl<K: Eq + Hash, V> Aging<K, V> {
    fn new(remembered_max: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            each_max: (remembered_max / 2).max(1),
        }
    }

    fn take(&mut self, key: &K) -> Option<V> {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }

    fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.each_max {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

/// Counts acts: so many at once, then one in a while.
pub struct Rates {
    /// When the next act would come if all came evenly.
    due: Mutex<Aging<(Act, Whom), i64>>,
}

impl Rates {
    #[must_use]
    pub fn new(remembered_max: usize) -> Self {
        Self {
            due: Mutex::new(Aging::new(remembered_max)),
        }
    }

    /// Counts one act.
    ///
    /// # Errors
    /// The milliseconds until it may be tried again; a refused act is not counted.
    pub fn take(&self, act: Act, whom: Whom, now: Timestamp) -> Result<(), i64> {
        let rate = act.rate(whom);
        let factor = i64::from(whom.stands_for());
        let every = (rate.every_ms / factor).max(1);
        let ahead_max = every * (i64::from(rate.burst) * factor - 1);
        let mut due = locked(&self.due);
        let known = due.take(&(act, whom)).unwrap_or(now.0);
        // A clock that was set back must not lock anybody out.
        let at = known.clamp(now.0, now.0 + ahead_max + every);
        let wait = at - now.0 - ahead_max;
        let next = if wait > 0 { at } else { at + every };
        due.put((act, whom), next);
        if wait > 0 { Err(wait) } else { Ok(()) }
    }
}

/// Counts what is going on at the same time.
#[derive(Clone, Default)]
pub struct Places {
    taken: Arc<Mutex<HashMap<Whom, u32>>>,
}

/// One place, given back when this is dropped.
pub struct PlaceHeld {
    taken: Arc<Mutex<HashMap<Whom, u32>>>,
    whom: Whom,
}

impl Places {
    /// `None` when all of somebody's places are taken.
    #[must_use]
    pub fn enter(&self, whom: Whom, places: u32) -> Option<PlaceHeld> {
        let mut taken = locked(&self.taken);
        let held = taken.entry(whom).or_default();
        if *held >= places * whom.stands_for() {
            return None;
        }
        *held += 1;
        Some(PlaceHeld {
            taken: Arc::clone(&self.taken),
            whom,
        })
    }
}

impl Drop for PlaceHeld {
    fn drop(&mut self) {
        let mut taken = locked(&self.taken);
        if let Some(held) = taken.get_mut(&self.whom) {
            *held -= 1;
            if *held == 0 {
                taken.remove(&self.whom);
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Seconds after which a place may be free again.
const PLACE_RETRY_SECONDS: u32 = 5;

impl Http {
    /// Counts an act of a customer, for its session and for its address.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub(crate) fn count(
        &self,
        act: Act,
        contact: Option<ContactId>,
        peer: Peer,
        lang: Language,
    ) -> Result<(), Problem> {
        let now = self.app.now();
        let session = contact.map(Whom::Contact);
        for whom in session.into_iter().chain([Whom::at(peer)]) {
            self.rates.take(act, whom, now).map_err(|wait_ms| {
                let seconds = wait_ms / domain::time::SECOND_MS + 1;
                let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                Problem::rate_limited(seconds, lang)
            })?;
        }
        Ok(())
    }
}

/// A place, or 429.
///
/// # Errors
/// 429 when all of somebody's places are taken.
pub fn place(places: &Places, whom: Whom, max: u32, lang: Language) -> Result<PlaceHeld, Problem> {
    places
        .enter(whom, max)
        .ok_or_else(|| Problem::rate_limited(PLACE_RETRY_SECONDS, lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_300_000_000);

    fn visitor(number: u8) -> Whom {
        Whom::Contact(ContactId::from_bytes([number; 16]))
    }

    fn address(last: u8) -> Whom {
        Whom::Address(Some(IpAddr::from([203, 0, 113, last])))
    }

    #[test]
    fn many_at_once_and_then_one_in_a_while() {
        let rates = Rates::new(1_000);
        let rate = limits::CHAT_MESSAGES_PER_SESSION;
        for _ in 0..rate.burst {
            assert_eq!(rates.take(Act::Write, visitor(1), NOW), Ok(()));
        }
        assert_eq!(
            rates.take(Act::Write, visitor(1), NOW),
            Err(rate.every_ms),
            "the burst is used up"
        );
        assert_eq!(rates.take(Act::Write, visitor(2), NOW), Ok(()));
        assert_eq!(rates.take(Act::Upload, visitor(1), NOW), Ok(()));
        let later = NOW.plus_ms(rate.every_ms);
        assert_eq!(rates.take(Act::Write, visitor(1), later), Ok(()));
        assert!(rates.take(Act::Write, visitor(1), later).is_err());
        // A clock that was set back an hour locks nobody out for an hour.
        let earlier = NOW.plus_ms(-domain::time::HOUR_MS);
        assert!(rates.take(Act::Write, visitor(1), earlier).is_err());
        let soon = earlier.plus_ms(2 * rate.every_ms);
        assert_eq!(rates.take(Act::Write, visitor(1), soon), Ok(()));
    }

    #[test]
    fn a_silent_proxy_stands_for_many() {
        let count = |whom| {
            let rates = Rates::new(1_000);
            (0..10_000)
                .filter(|_| rates.take(Act::StartChat, whom, NOW).is_ok())
                .count()
        };
        let burst = limits::CHAT_SESSIONS_PER_ADDRESS.burst as usize;
        assert_eq!(count(address(7)), burst);
        let factor = limits::UNNAMED_ADDRESS_FACTOR as usize;
        assert_eq!(count(Whom::Address(None)), burst * factor);
    }

    // Case: DO05
    #[test]
    fn the_quiet_ones_are_forgotten_first_and_nobody_is_refused_for_that() {
        let rates = Rates::new(8);
        let burst = limits::CHAT_SESSIONS_PER_ADDRESS.burst;
        for _ in 0..burst {
            assert!(rates.take(Act::StartChat, address(1), NOW).is_ok());
        }
        for other in 10..200 {
            assert!(rates.take(Act::StartChat, address(other), NOW).is_ok());
            // Who comes again and again is remembered.
            assert!(rates.take(Act::StartChat, address(1), NOW).is_err());
        }
        let due = locked(&rates.due);
        assert!(due.young.len() + due.old.len() <= 8);
    }

    #[test]
    fn places_are_given_back() {
        let places = Places::default();
        let first = places.enter(visitor(1), 2);
        let second = places.enter(visitor(1), 2);
        assert!(first.is_some() && second.is_some());
        assert!(places.enter(visitor(1), 2).is_none());
        assert!(places.enter(visitor(2), 2).is_some());
        drop(first);
        assert!(places.enter(visitor(1), 2).is_some());
        drop(second);
        assert!(locked(&places.taken).is_empty());
    }
}
