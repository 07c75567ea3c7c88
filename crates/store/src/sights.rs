//! What was taken a moment ago, as it lies in the table against repetitions. Providers repeat soon or
//! not at all, and what is found here is refused before anything is sealed for it.
//!
//! Only what is committed is remembered, so whatever stands here is in the table as well. The other
//! way round nothing is promised: what is not here is decided by the commit.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use db::{Sql, Value};

use crate::rows::blob;

/// The row of something seen: its second, and the keyed hash of the provider's id.
pub(crate) type Sight = (i64, [u8; 16]);

/// Remembered at least, and twice as many at most: some 40 bytes each.
const KEPT: usize = 32_768;

/// Grows with use: an idle house keeps no room for it.
#[derive(Default)]
pub(crate) struct Sights(Mutex<Halves>);

/// When the newer half is full, the older one is forgotten.
#[derive(Default)]
struct Halves {
    newer: HashSet<Sight>,
    older: HashSet<Sight>,
}

impl Sights {
    pub(crate) fn keep(&self, sight: Sight) {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if halves.newer.len() >= KEPT {
            halves.older = std::mem::take(&mut halves.newer);
        }
        halves.newer.insert(sight);
    }

    pub(crate) fn hold(&self, sight: &Sight) -> bool {
        let halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        halves.newer.contains(sight) || halves.older.contains(sight)
    }
}

pub(crate) fn seen_question((at, seen): Sight) -> (Sql, Vec<Value>) {
    let sql = "SELECT at FROM dedup WHERE at = $1 AND seen = $2";
    (sql.into(), vec![at.into(), blob(seen)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(number: usize) -> Sight {
        let mut seen = [0; 16];
        seen[..8].copy_from_slice(&number.to_be_bytes());
        (7, seen)
    }

    #[test]
    fn the_last_ones_are_remembered_and_never_more_than_two_halves() {
        let sights = Sights::default();
        for number in 0..3 * KEPT {
            sights.keep(numbered(number));
            assert!(sights.hold(&numbered(number.saturating_sub(KEPT - 1))));
        }
        assert!(!sights.hold(&numbered(0)), "the oldest are forgotten");
        let mut elsewhen = numbered(3 * KEPT - 1);
        elsewhen.0 += 1;
        assert!(!sights.hold(&elsewhen), "another second is another message");
    }
}
