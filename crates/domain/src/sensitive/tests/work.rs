//! The work grows with the text and with nothing else, whatever the text is.

use proptest::prelude::*;

use super::random::Random;
use super::{SectorMode, in_mode};

/// Steps a character may cost. Every start of a number tries at most 34 ends, and every hit looks
/// at a dozen words.
const STEPS_OF_CHAR_MAX: usize = 120;

fn steps(text: &str) -> usize {
    in_mode(SectorMode::Health).scan(text).steps
}

/// What would make a careless scanner slow.
const NASTY: &[&str] = &[
    "1 ",
    "1",
    "DE97 9999 9999 0000 0123 45 ",
    "4111-1111-1111-1111-",
    "A000500015 ",
    "4111 1111 1111 1111 ",
    "756.",
    "F32.1 G ",
    "ich krebs ",
    "nicht mehr leben mich umbringen ",
    "notfall ",
    "a",
    "ä",
    "-",
    ". ",
    "\u{200b}",
    "1\u{200b}",
    "Krankenversichertennummer",
    "\u{0308}",
    "👋",
];

// Check: GU-08
#[test]
fn gu_08_twice_the_text_is_twice_the_work() {
    for pattern in NASTY {
        let of = |chars: usize| pattern.chars().cycle().take(chars).collect::<String>();
        let (short, long) = (steps(&of(2_048)), steps(&of(16_384)));
        assert!(short <= 2_048 * STEPS_OF_CHAR_MAX, "{pattern:?}: {short}");
        // Eight times as long; what the ends of the text save or cost is a constant.
        assert!(long <= 9 * short + 2_000, "{pattern:?}: {short} {long}");
    }
}

proptest! {
    // Check: GU-08
    #[test]
    fn gu_08_no_mixture_of_nasty_parts_costs_more_than_its_length(seed in any::<u64>()) {
        let mut random = Random(seed);
        let mut text = String::new();
        while text.len() < 4_096 {
            text.push_str(NASTY[random.below(NASTY.len())]);
        }
        prop_assert!(steps(&text) <= text.len() * STEPS_OF_CHAR_MAX);
    }
}
