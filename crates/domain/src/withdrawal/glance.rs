//! A first look, which tells nearly every message from an objection. It never passes one over: what
//! it lets through is looked at closely.

use std::sync::LazyLock;

use super::phrases::{ASK, HARD, letters, single, without_repetitions};
use super::sentence::{ADVERTISING, ADVERTISING_BEGINS, ADVERTISING_WORDS, OBJECTIONS, OFFERS};

/// Whether a message may be one of the phrases that are a withdrawal as a whole: however long its
/// letters are drawn and however often it is said, it has no more different letters in a row than
/// the longest of them.
pub(super) fn may_be_whole(message: &str) -> bool {
    static LONGEST: LazyLock<usize> = LazyLock::new(|| {
        let phrases = HARD.iter().chain(ASK);
        let lengths = phrases.map(|phrase| single(letters(phrase)).count());
        lengths.max().unwrap_or(0)
    });
    let said = without_repetitions(message).flat_map(str::chars);
    single(said).nth(*LONGEST).is_none()
}

/// Whether something stands there without which no sentence objects. The words are folded, with a
/// space before, between and behind them.
pub(super) fn may_object(words: &str) -> bool {
    static SIGNS: LazyLock<Signs> = LazyLock::new(Signs::of_the_lists);
    SIGNS.any_in(words)
}

/// How many first bytes find a sign; none is shorter.
const KEY: usize = 4;
const BUCKETS: usize = 1 << 12;

/// Pieces of text that are looked for all at once.
struct Signs {
    /// In the order of their keys.
    signs: Vec<(u32, String)>,
    /// Whether a sign has a key of this bucket.
    begun: Box<[bool; BUCKETS]>,
}

const fn bucket(key: u32) -> usize {
    // The upper bits of a product by an odd constant depend on every byte of the key.
    (key.wrapping_mul(0x9e37_79b1) >> 20) as usize
}

impl Signs {
    fn of_the_lists() -> Self {
        let inside = ADVERTISING.iter().map(|part| (*part).to_owned());
        let begins = ADVERTISING_BEGINS.iter().map(|start| format!(" {start}"));
        let whole = ADVERTISING_WORDS.iter().chain(&OFFERS).chain(&OBJECTIONS);
        let whole = whole.map(|words| format!(" {words} "));
        Self::of(inside.chain(begins).chain(whole))
    }

    fn of(signs: impl Iterator<Item = String>) -> Self {
        let mut begun = Box::new([false; BUCKETS]);
        let mut signs: Vec<(u32, String)> = signs
            .filter_map(|sign| Some((u32::from_be_bytes(*sign.as_bytes().first_chunk()?), sign)))
            .collect();
        signs.sort();
        for (key, _) in &signs {
            begun[bucket(*key)] = true;
        }
        Self { signs, begun }
    }

    fn any_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let mut key = 0;
        bytes.iter().enumerate().any(|(last, byte)| {
            key = key << 8 | u32::from(*byte);
            self.begun[bucket(key)]
                && last + 1 >= KEY
                && self.stands_at(key, &bytes[last + 1 - KEY..])
        })
    }

    fn stands_at(&self, key: u32, bytes: &[u8]) -> bool {
        let first = self.signs.partition_point(|(other, _)| *other < key);
        let alike = self.signs[first..]
            .iter()
            .take_while(|(other, _)| *other == key);
        alike
            .into_iter()
            .any(|(_, sign)| bytes.starts_with(sign.as_bytes()))
    }
}
