//! The words of a text as a search knows them: whole words, folded so that spelling by habit does
//! not matter (`Größe`, `GROESSE` and `groesse` are one word).
//!
//! A word is a run of letters and digits. Everything else parts words, so that `E-Mail` is two of
//! them on both sides of a search.

use std::collections::BTreeSet;
use std::iter;
use std::sync::LazyLock;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use crate::content::{Choices, Content, TemplateValue};
use crate::latin::Folding;

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

/// The letters and digits of words, and a space for everything that parts them.
static FOLDING: LazyLock<Folding> = LazyLock::new(|| Folding::by(fold));

fn fold(text: &str, keep: &mut dyn FnMut(char)) {
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize_iter(text.chars());
    let small = composed.flat_map(char::to_lowercase);
    // Composed, so that a letter and its dots are one letter however they were typed.
    for letter in ComposingNormalizerBorrowed::new_nfc().normalize_iter(small) {
        if let Some(pair) = spelled_out(letter) {
            pair.chars().for_each(&mut *keep);
        } else if letter.is_alphanumeric() {
            DecomposingNormalizerBorrowed::new_nfd()
                .normalize_iter(iter::once(letter))
                .filter(|part| !is_mark(*part))
                .for_each(&mut *keep);
        } else if !is_mark(letter) {
            keep(' ');
        }
    }
}

fn is_mark(letter: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(letter))
}

/// Words that were said, folded, as often as they were said.
#[derive(Clone, Default)]
pub struct Words(String);

impl Words {
    fn add(&mut self, text: &str) {
        self.0.reserve(text.len() + 1);
        self.0.push(' ');
        FOLDING.fold(text, |folded| self.0.push(folded));
    }

    /// Every different word, in the order of the alphabet.
    #[must_use]
    pub fn different(&self) -> Vec<&str> {
        let mut words: Vec<&str> = self.0.split(' ').filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// Whether all of these are among them.
    #[must_use]
    pub fn has_all(&self, wanted: &BTreeSet<String>) -> bool {
        let words = self.different();
        wanted
            .iter()
            .all(|word| words.binary_search(&word.as_str()).is_ok())
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        let mut words = Self::default();
        words.add(text);
        words
    }
}

/// Every different word of the text, folded.
#[must_use]
pub fn of(text: &str) -> BTreeSet<String> {
    let words = Words::from(text);
    words.different().into_iter().map(str::to_owned).collect()
}

/// The words of a message, wherever in it.
#[must_use]
pub fn of_content(content: &Content) -> Words {
    let mut words = Words::default();
    if let Some(text) = &content.text {
        words.add(text.expose());
    }
    if let Some(card) = &content.card {
        for (label, line) in &card.lines {
            words.add(label);
            words.add(line.expose());
        }
    }
    match &content.choices {
        None => {}
        Some(Choices::Buttons(choices)) => {
            for choice in choices {
                words.add(&choice.title);
            }
        }
        Some(Choices::List { sections, .. }) => {
            for choice in sections.iter().flat_map(|section| &section.rows) {
                words.add(&choice.title);
            }
        }
    }
    let template = content.template.iter();
    for parameter in template.flat_map(|template| template.header.iter().chain(&template.body)) {
        if let TemplateValue::Text(text) = &parameter.value {
            words.add(text.expose());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{FOLDING, of};

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
        #[test]
        fn letters_that_are_looked_up_fold_as_the_rule_says(text in crate::latin::any_text()) {
            prop_assert_eq!(FOLDING.folded(&text), FOLDING.fold_slowly(&text));
        }

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
