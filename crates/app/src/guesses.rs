//! Guessing is slow: every try to sign in takes a place before anything is compared, for the
//! account it names and for the peer it comes from. A right one gives its places back.
//!
//! Strangers share the places of an account, however many addresses they have. Whoever signed in
//! before has places of its own, known by the device's cookie or (until the process ends) by its
//! address, so nobody is locked out by what others try.
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
    /// Where an account signed in from with its present password, and when it last did.
    signed_in: Mutex<HashMap<([u8; 16], IpAddr), i64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Account([u8; 16]),
    Peer(IpAddr),
    /// An account with its present password from an address where it signed in before.
    Known([u8; 16], IpAddr),
    /// A device on which the account signed in before.
    Device([u8; 16]),
    /// A person who is signed in and proves itself again.
    Within([u8; 16]),
}

impl Key {
    const fn most(self) -> usize {
        match self {
            Self::Account(_) | Self::Known(..) | Self::Device(_) | Self::Within(_) => PER_ACCOUNT,
            Self::Peer(_) => PER_PEER,
        }
    }
}

/// Who tries, and as whom.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Guess {
    /// Somebody at the door, perhaps on a device where this account signed in before.
    AtTheDoor {
        account: [u8; 16],
        /// The account and its present password: with a new one nobody is known any more.
        standing: [u8; 16],
        peer: Option<IpAddr>,
        device: Option<[u8; 16]>,
    },
    /// Somebody inside, who proves itself again.
    Inside { account: [u8; 16] },
}

impl Guess {
    /// The places it takes, all of them or none.
    fn keys(self, knows: impl Fn([u8; 16], IpAddr) -> bool) -> [Option<Key>; 2] {
        match self {
            Self::Inside { account } => [Some(Key::Within(account)), None],
            Self::AtTheDoor {
                device: Some(device),
                ..
            } => [Some(Key::Device(device)), None],
            Self::AtTheDoor {
                standing,
                peer: Some(peer),
                ..
            } if knows(standing, peer) => [Some(Key::Known(standing, peer)), None],
            Self::AtTheDoor { account, peer, .. } => {
                [Some(Key::Account(account)), peer.map(Key::Peer)]
            }
        }
    }
}

impl Guesses {
    /// Takes a place for one try.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] when there is none left in this quarter of an hour.
    pub(crate) fn take(&self, guess: Guess, now: Timestamp) -> Result<(), AppError> {
        let keys = self.keys(guess);
        let mut tries = self.tries();
        for key in keys.into_iter().flatten() {
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
        for key in keys.into_iter().flatten() {
            tries.entry(key).or_default().push_back(now.0);
        }
        Ok(())
    }

    /// Nothing was compared: its places are free again.
    pub(crate) fn give_back(&self, guess: Guess) {
        let keys = self.keys(guess);
        let mut tries = self.tries();
        for key in keys.into_iter().flatten() {
            if let Some(times) = tries.get_mut(&key) {
                times.pop_back();
            }
        }
    }

    /// It was right: it does not count, and neither do the wrong ones before it of whoever has
    /// these places.
    pub(crate) fn right(&self, guess: Guess, now: Timestamp) {
        let keys = self.keys(guess);
        {
            let mut tries = self.tries();
            for key in keys.into_iter().flatten() {
                if let Key::Peer(_) = key {
                    if let Some(times) = tries.get_mut(&key) {
                        times.pop_back();
                    }
                } else {
                    tries.remove(&key);
                }
            }
        }
        if let Guess::AtTheDoor {
            standing,
            peer: Some(peer),
            ..
        } = guess
        {
            let mut signed_in = self.signed_in();
            if signed_in.len() >= KEYS_MAX
                && let Some(oldest) = signed_in.iter().min_by_key(|(_, at)| **at).map(|(k, _)| *k)
            {
                signed_in.remove(&oldest);
            }
            signed_in.insert((standing, peer), now.0);
        }
    }

    fn keys(&self, guess: Guess) -> [Option<Key>; 2] {
        guess.keys(|standing, peer| self.signed_in().contains_key(&(standing, peer)))
    }

    fn signed_in(&self) -> MutexGuard<'_, HashMap<([u8; 16], IpAddr), i64>> {
        self.signed_in
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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

    fn stranger(account: [u8; 16], peer: Option<IpAddr>) -> Guess {
        Guess::AtTheDoor {
            account,
            standing: account,
            peer,
            device: None,
        }
    }

    fn peer(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    // Case: AU01
    #[test]
    fn an_account_and_a_peer_have_their_places() {
        let guesses = Guesses::default();
        for n in 0..PER_ACCOUNT {
            let from = u8::try_from(n).expect("small");
            assert!(guesses.take(stranger([1; 16], peer(from)), NOW).is_ok());
        }
        assert!(guesses.take(stranger([1; 16], peer(99)), NOW).is_err());
        assert!(guesses.take(stranger([2; 16], peer(99)), NOW).is_ok());
        let later = NOW.plus_ms(WINDOW_MS);
        assert!(guesses.take(stranger([1; 16], peer(99)), later).is_ok());
        for n in 0..PER_PEER {
            let account = [u8::try_from(n).expect("small") + 10; 16];
            assert!(guesses.take(stranger(account, peer(200)), NOW).is_ok());
        }
        assert!(guesses.take(stranger([250; 16], peer(200)), NOW).is_err());
    }

    #[test]
    fn the_right_one_does_not_count() {
        let guesses = Guesses::default();
        for _ in 0..1_000 {
            let guess = stranger([1; 16], peer(1));
            assert!(guesses.take(guess, NOW).is_ok());
            guesses.right(guess, NOW);
        }
    }

    // Case: AU01
    #[test]
    fn whoever_signed_in_before_is_locked_out_by_nobody_else() {
        let guesses = Guesses::default();
        let owner = stranger([1; 16], peer(1));
        guesses.right(owner, NOW);
        let device = Guess::AtTheDoor {
            account: [1; 16],
            standing: [1; 16],
            peer: peer(2),
            device: Some([5; 16]),
        };
        let inside = Guess::Inside { account: [1; 16] };
        for n in 0..PER_ACCOUNT {
            let from = u8::try_from(n).expect("small") + 50;
            assert!(guesses.take(stranger([1; 16], peer(from)), NOW).is_ok());
        }
        assert!(guesses.take(stranger([1; 16], peer(99)), NOW).is_err());
        for known in [owner, device, inside] {
            for _ in 0..PER_ACCOUNT {
                assert!(guesses.take(known, NOW).is_ok());
            }
            assert!(guesses.take(known, NOW).is_err(), "but not without end");
        }
        // A right one there does not open the door for the strangers again.
        guesses.right(device, NOW);
        assert!(guesses.take(device, NOW).is_ok());
        assert!(guesses.take(stranger([1; 16], peer(99)), NOW).is_err());
    }

    // Case: AU01
    #[test]
    fn with_a_new_password_nobody_is_known() {
        let guesses = Guesses::default();
        let at = |standing| Guess::AtTheDoor {
            account: [1; 16],
            standing,
            peer: peer(1),
            device: None,
        };
        guesses.right(at([2; 16]), NOW);
        for n in 0..PER_ACCOUNT {
            let from = u8::try_from(n).expect("small") + 50;
            assert!(guesses.take(stranger([1; 16], peer(from)), NOW).is_ok());
        }
        assert!(guesses.take(at([2; 16]), NOW).is_ok());
        assert!(guesses.take(at([3; 16]), NOW).is_err());
    }

    #[test]
    fn what_was_not_compared_does_not_count() {
        let guesses = Guesses::default();
        for _ in 0..1_000 {
            let guess = stranger([1; 16], peer(1));
            assert!(guesses.take(guess, NOW).is_ok());
            guesses.give_back(guess);
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
            assert!(guesses.take(stranger(account, None), now).is_ok());
        }
        assert!(
            guesses
                .take(stranger([9; 16], peer(1)), NOW.plus_ms(1_000))
                .is_ok()
        );
        assert!(guesses.tries().len() <= KEYS_MAX + 2);
    }
}
