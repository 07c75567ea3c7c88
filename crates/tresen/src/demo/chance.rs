//! Chance that comes out the same in every run, so that every demo tells the same story.

/// The published `SplitMix64` step: small, even, and good enough to choose words with.
pub struct Chance(u64);

impl Chance {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn step(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `from..=to`.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.step() % (to.saturating_sub(from) + 1)
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.between(1, n) == 1
    }

    /// One of these; `None` when there is none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let last = u64::try_from(choices.len()).ok()?.checked_sub(1)?;
        choices.get(usize::try_from(self.between(0, last)).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_chooses_the_same() {
        let (mut one, mut other) = (Chance::new(7), Chance::new(7));
        let drawn: Vec<u64> = (0..50).map(|_| one.between(3, 9)).collect();
        assert!(drawn.iter().all(|n| (3..=9).contains(n)));
        assert!(drawn.iter().any(|n| *n != drawn[0]));
        assert!(drawn.iter().all(|n| *n == other.between(3, 9)));
        assert_eq!(one.pick::<u8>(&[]), None);
    }
}
