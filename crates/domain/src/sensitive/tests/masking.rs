//! What others see of a text that was masked.

use proptest::prelude::*;

use super::super::mask;
use super::random::Random;
use super::{Confidence, Finding, found};

fn masked(text: &str) -> String {
    mask(text, &found(text))
}

// Check: GU-05
#[test]
fn gu_05_a_number_is_hidden_but_for_an_accounts_country() {
    for (text, shown) in [
        (
            "Meine IBAN ist DE97 9999 9999 0000 0123 45, danke",
            "Meine IBAN ist DE97 •••, danke",
        ),
        ("Karte 4111 1111 1111 1111 bitte", "Karte ••• bitte"),
        ("KVNR A000500015", "KVNR •••"),
        ("Steuer-ID 86 095 742 719", "Steuer-ID •••"),
        ("Guten Tag", "Guten Tag"),
        ("", ""),
    ] {
        assert_eq!(masked(text), shown);
    }
}

// Check: GU-05
#[test]
fn gu_05_of_what_was_said_the_whole_sentence_is_hidden() {
    assert_eq!(
        masked("Hallo! Ich habe Krebs und komme nicht. Danke"),
        "Hallo! •••. Danke"
    );
    assert_eq!(
        masked("Zu DE97999999990000012345 noch: ich bin schwanger"),
        "•••"
    );
    assert_eq!(masked("ich will nicht mehr leben"), "•••");
}

#[test]
fn what_is_hardly_believed_stays() {
    let text = "Teil A000500015 fehlt";
    assert_eq!(found(text)[0].confidence, Confidence::Low);
    assert_eq!(masked(text), text);
}

const PARTS: &[&str] = &[
    "DE97999999990000012345",
    "4111 1111 1111 1111",
    "Steuer-ID 86095742719",
    " ich habe ",
    "Krebs",
    "Zöliakie",
    ". ",
    "\n",
    " 👋 ",
    "mich umbringen",
    "Hallo ",
    "756.9217.0769.85",
    " ä\u{0308}",
    "Rezept vom Arzt",
    ", ",
];

proptest! {
    // Check: GU-05
    #[test]
    fn gu_05_nothing_that_was_found_can_be_read_and_nothing_grows(seed in any::<u64>(), parts in 1..12_usize) {
        let mut random = Random(seed);
        let text: String = (0..parts).map(|_| PARTS[random.below(PARTS.len())]).collect();
        let findings = found(&text);
        let masked = mask(&text, &findings);
        prop_assert!(masked.chars().count() <= text.chars().count() + 3 * findings.len());
        for finding in &findings {
            prop_assert!(text.is_char_boundary(finding.span.start) && text.is_char_boundary(finding.span.end));
        }
        for pair in findings.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start);
        }
        for finding in findings.iter().filter(|one| one.confidence > Confidence::Low) {
            // The same words may stand elsewhere, where they are harmless.
            let hidden = &text[finding.span.clone()];
            let same = |one: &&Finding| &text[one.span.clone()] == hidden;
            let times = findings.iter().filter(same).count();
            let left = masked.matches(hidden).count() + times;
            prop_assert!(left <= text.matches(hidden).count(), "{text:?} {masked:?}");
        }
    }

    #[test]
    fn any_text_is_scanned_and_masked(text in any::<String>()) {
        let findings = found(&text);
        let masked = mask(&text, &findings);
        prop_assert!(masked.chars().count() <= text.chars().count() + 3 * findings.len());
    }
}
