//! The words of a text as a search knows them: whole words, folded so that spelling by habit does
//! not matter (`Größe`, `GROESSE` and `groesse` are one word).
//!
//! A word is a run of letters and digits. Everything else parts words, so that `E-Mail` is two of
//! them on both sides of a search.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::content::{Choices, Content, TemplateValue};

/// Letters that Germans write as two, after small letters were made.
const fn spelled_out(letter: char) -> Option<&'static str> {
    match letter {
        'ä' | 'æ' => Some("ae"),
        'ö' | 'œ' => Some("oe"),
        'ü' => Some("ue"),
        'ß' => Some("ss"),
        'ø' => Some("o"),
        'þ' => Some("th"),
        'ł' => Some("l"),
        'đ' => Some("d"),
        'ı' => Some("i"),
        _ => None,
    }
}

/// Adds every different word of the text.
fn collect(text: &str, words: &mut BTreeSet<String>) {
    let mut word = String::new();
    // Composed first, so that a letter and its dots are one letter however they were typed.
    for letter in text.nfkc().flat_map(char::to_lowercase).nfc() {
        if let Some(pair) = spelled_out(letter) {
            word.push_str(pair);
        } else if letter.is_alphanumeric() {
            word.extend(
                std::iter::once(letter)
                    .nfd()
                    .filter(|part| !is_combining_mark(*part)),
            );
        } else if !is_combining_mark(letter) && !word.is_empty() {
            words.insert(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.insert(word);
    }
}

/// Every different word of the text, folded.
#[must_use]
pub fn of(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    collect(text, &mut words);
    words
}

/// Every different word that a message says, wherever in it.
#[must_use]
pub fn of_content(content: &Content) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    if let Some(text) = &content.text {
        collect(text.expose(), &mut words);
    }
    if let Some(card) = &content.card {
        for (label, line) in &card.lines {
            collect(label, &mut words);
            collect(line.expose(), &mut words);
        }
    }
    match &content.choices {
        None => {}
        Some(Choices::Buttons(choices)) => {
            for choice in choices {
                collect(&choice.title, &mut words);
            }
        }
        Some(Choices::List { sections, .. }) => {
            for choice in sections.iter().flat_map(|section| &section.rows) {
                collect(&choice.title, &mut words);
            }
        }
    }
    let template = content.template.iter();
    for parameter in template.flat_map(|template| template.header.iter().chain(&template.body)) {
        if let TemplateValue::Text(text) = &parameter.value {
            collect(text.expose(), &mut words);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::of;

    fn folded(text: &str) -> Vec<String> {
        of(text).into_iter().collect()
    }

    #[test]
    fn spelling_by_habit_does_not_matter() {
        for (one, other) in [
            ("Größe", "GROESSE"),
            ("Müller", "mueller"),
            ("Mu\u{308}ller", "Müller"),
            ("Straße", "STRASSE"),
            ("STRAẞE", "strasse"),
            ("Café", "cafe"),
            ("İstanbul", "istanbul"),
            ("Ｆｕｌｌ", "full"),
            ("ﬁn", "fin"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            folded("E-Mail: a_b, 4711!"),
            ["4711", "a", "b", "e", "mail"]
        );
        assert_eq!(folded("Bitte BITTE bitte"), ["bitte"]);
        assert!(folded(" …👍🏽 – ").is_empty());
        assert_eq!(folded("Заказ №5"), ["no5", "заказ"]);
    }

    proptest! {
        /// What is folded stays as it is, or a search for it would miss it.
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            for word in of(&text) {
                prop_assert_eq!(folded(&word), vec![word]);
            }
        }

        /// Words of a text beside another are words of both together.
        #[test]
        fn texts_side_by_side_keep_their_words(one in any::<String>(), other in any::<String>()) {
            let mut both = of(&one);
            both.extend(of(&other));
            prop_assert_eq!(of(&format!("{one} {other}")), both);
        }
    }
}
