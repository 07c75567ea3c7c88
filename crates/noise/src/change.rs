//! Repeatable changes of known inputs, for where no fuzzer is at hand.

/// Changes inputs, the same way for the same seed.
#[derive(Debug, Clone)]
pub struct Changes(u64);

/// Signs that mean something to somebody: borders of numbers, brackets, separators, ends.
const TOKENS: [&[u8]; 24] = [
    b"\0",
    b"\xff",
    b"\x80",
    b"\x7f",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
    b"\r\n",
    b"\r\n\r\n",
    b"--",
    b"\"",
    b"'",
    b";",
    b"=",
    b",",
    b"/",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"-1",
    b"18446744073709551616",
    b"\xed\xa0\x80",
];
const LENGTH_MAX: usize = 1 << 16;

impl Changes {
    #[must_use]
    pub const fn of_seed(seed: u64) -> Self {
        // Zero would stay zero for ever.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// One of the inputs, changed in some places.
    ///
    /// # Panics
    /// When there is no input.
    pub fn of(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(6) {
            let other = self.below(seeds.len());
            self.change(&mut bytes, &seeds[other]);
        }
        bytes.truncate(LENGTH_MAX);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len() + 1);
        let end = (at + self.below(16)).min(bytes.len());
        match self.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = self.next().to_le_bytes()[0],
            2 => drop(bytes.splice(at..end, [])),
            3 => {
                let again = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, again));
            }
            4 => bytes.truncate(at),
            5 => {
                let from = self.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                let end = if self.below(2) == 0 { at } else { end };
                drop(bytes.splice(at..end, token.iter().copied()));
            }
        }
    }
}
