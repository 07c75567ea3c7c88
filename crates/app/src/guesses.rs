//! Guessing is slow: every try to sign in takes a place before anything is compared, for the
//! account it names and for the peer it comes from. A right one gives its places back.
//!
//! The memory is bounded, and a full one forgets the oldest instead of refusing everybody.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{Timestamp, time};

use crate::AppError;

const WINDOW_MS: i64 = 15 * time::MINUTE_MS;
const PER_ACCOUNT: usize = 10;
/// A whole office may stand behind one address.
const PER_PEER: usize = 30;
const KEYS_MAX: usize = 20_000;

#[derive(Default)]
pub(crate) struct Guesses {
    tries: Mutex<HashMap<Key, VecDeque<i64>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Account([u8; 16]),
    Peer(IpAddr),
}

impl Key {
    const fn most(self) -> usize {
        match self {
            Self::Account(_) => PER_ACCOUNT,
            Self::Peer(_) => PER_PEER,
        }
    }
}

/// Who tries, and as whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guess {
    account: [u8; 16],
    peer: Option<IpAddr>,
}

impl Guess {
    pub(crate) const fn new(account: [u8; 16], peer: Option<IpAddr>) -> Self {
        Self { account, peer }
    }

    fn keys(self) -> impl Iterator<Item = Key> {
        [Some(Key::Account(self.account)), self.peer.map(Key::Peer)]
            .into_iter()
            .flatten()
    }
}

impl Guesses {
    /// Takes a place for one try.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] when there is none left in this quarter of an hour.
    pub(crate) fn take(&self, guess: Guess, now: Timestamp) -> Result<(), AppError> {
        let mut tries = self.tries();
        for key in guess.keys() {
            if let Some(times) = tries.get_mut(&key) {
                times.retain(|at| now.0.abs_diff(*at) < WINDOW_MS.unsigned_abs());
                if times.len() >= key.most() {
                    return Err(AppError::RateLimited);
                }
            }
        }
        if tries.len() >= KEYS_MAX {
            forget(&mut tries, now);
        }
        for key in guess.keys() {
            tries.entry(key).or_default().push_back(now.0);
        }
        Ok(())
    }

    /// It was right: it does not count, and neither do the account's wrong ones before it.
    pub(crate) fn right(&self, guess: Guess) {
        let mut tries = self.tries();
        tries.remove(&Key::Account(guess.account));
        if let Some(peer) = guess.peer
            && let Some(times) = tries.get_mut(&Key::Peer(peer))
        {
            times.pop_back();
        }
    }

    fn tries(&self) -> MutexGuard<'_, HashMap<Key, VecDeque<i64>>> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets what is over, and if that is not enough the half that was tried longest ago.
fn forget(tries: &mut HashMap<Key, VecDeque<i64>>, now: Timestamp) {
    tries.retain(|_, times| {
        times
            .back()
            .is_some_and(|at| now.0.abs_diff(*at) < WINDOW_MS.unsigned_abs())
    });
    if tries.len() < KEYS_MAX / 2 {
        return;
    }
    let mut last: Vec<i64> = tries
        .values()
        .filter_map(|times| times.back().copied())
        .collect();
    let middle = last.len() / 2;
    let (_, middle, _) = last.select_nth_unstable(middle);
    let middle = *middle;
    tries.retain(|_, times| times.back().is_some_and(|at| *at > middle));
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn peer(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    // Case: AU01
    #[test]
    fn an_account_and_a_peer_have_their_places() {
        let guesses = Guesses::default();
        for n in 0..PER_ACCOUNT {
            let from = u8::try_from(n).expect("small");
            assert!(guesses.take(Guess::new([1; 16], peer(from)), NOW).is_ok());
        }
        assert!(guesses.take(Guess::new([1; 16], peer(99)), NOW).is_err());
        assert!(guesses.take(Guess::new([2; 16], peer(99)), NOW).is_ok());
        let later = NOW.plus_ms(WINDOW_MS);
        assert!(guesses.take(Guess::new([1; 16], peer(99)), later).is_ok());
        for n in 0..PER_PEER {
            let account = [u8::try_from(n).expect("small") + 10; 16];
            assert!(guesses.take(Guess::new(account, peer(200)), NOW).is_ok());
        }
        assert!(guesses.take(Guess::new([250; 16], peer(200)), NOW).is_err());
    }

    #[test]
    fn the_right_one_does_not_count() {
        let guesses = Guesses::default();
        for _ in 0..1_000 {
            let guess = Guess::new([1; 16], peer(1));
            assert!(guesses.take(guess, NOW).is_ok());
            guesses.right(guess);
        }
    }

    // Case: AU01
    #[test]
    fn a_flood_of_names_refuses_nobody_else() {
        let guesses = Guesses::default();
        for n in 0..3 * KEYS_MAX {
            let mut account = [0; 16];
            account[..8].copy_from_slice(&n.to_be_bytes());
            let now = NOW.plus_ms(i64::try_from(n).expect("small") / 100);
            assert!(guesses.take(Guess::new(account, None), now).is_ok());
        }
        assert!(
            guesses
                .take(Guess::new([9; 16], peer(1)), NOW.plus_ms(1_000))
                .is_ok()
        );
        assert!(guesses.tries().len() <= KEYS_MAX + 2);
    }
}
