//! The two languages say the same things with the same variables, and everything can be said.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};
use i18n::{Language, lookup, text, text_with};

/// Key → variables of its sentence.
type Sentences = BTreeMap<String, BTreeSet<String>>;

fn sentences(language: Language) -> Sentences {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(language.as_str());
    let mut sentences = Sentences::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        let resource = fluent_syntax::parser::parse(source.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", path.display()));
        for entry in &resource.body {
            let Entry::Message(message) = entry else {
                continue;
            };
            let mut variables = BTreeSet::new();
            of_pattern(message.value.as_ref().unwrap(), &mut variables);
            let twice = sentences.insert(message.id.name.to_owned(), variables);
            assert!(twice.is_none(), "{} stands twice", message.id.name);
        }
    }
    sentences
}

fn of_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            Expression::Inline(inline) => of_inline(inline, variables),
            Expression::Select { selector, variants } => {
                of_inline(selector, variables);
                for variant in variants {
                    of_pattern(&variant.value, variables);
                }
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference {
            arguments: CallArguments { positional, .. },
            ..
        } => {
            for argument in positional {
                of_inline(argument, variables);
            }
        }
        _ => {}
    }
}

#[test]
fn both_languages_have_the_same_sentences_with_the_same_variables() {
    assert_eq!(sentences(Language::De), sentences(Language::En));
}

#[test]
fn every_file_is_compiled_in() {
    let on_disk: BTreeSet<String> = sentences(Language::De).into_keys().collect();
    let compiled: BTreeSet<String> = i18n::keys().map(ToOwned::to_owned).collect();
    assert_eq!(on_disk, compiled);
}

/// `lookup` asserts that nothing went wrong while a sentence was put together.
#[test]
fn every_sentence_can_be_said() {
    for language in Language::ALL {
        for (key, variables) in sentences(language) {
            for value in ["1", "7"] {
                let arguments: Vec<(&str, &str)> = variables
                    .iter()
                    .map(|name| (name.as_str(), value))
                    .collect();
                let sentence = text(language, &key, &arguments);
                assert!(!sentence.contains('{'), "{key}: {sentence}");
                assert!(!sentence.contains("  "), "{key}: {sentence}");
                for mark in ['\u{2068}', '\u{2069}', '!'] {
                    assert!(!sentence.contains(mark), "{key}: {sentence}");
                }
            }
        }
    }
}

#[test]
fn numbers_are_said_as_people_say_them() {
    let large = [("bytes", "26214400"), ("max_bytes", "16777216")];
    assert_eq!(
        text(Language::De, "gate-file-too-large", &large),
        "Die Datei hat 25\u{a0}MB. Dieser Kanal nimmt höchstens 16\u{a0}MB."
    );
    let odd = [("bytes", "1572864"), ("max_bytes", "512000")];
    assert_eq!(
        text(Language::De, "gate-file-too-large", &odd),
        "Die Datei hat 1,5\u{a0}MB. Dieser Kanal nimmt höchstens 500\u{a0}KB."
    );
    assert_eq!(
        text(Language::En, "gate-file-too-large", &odd),
        "The file has 1.5\u{a0}MB. This channel takes 500\u{a0}KB at most."
    );
    assert_eq!(
        text(Language::De, "gate-too-many-buttons", &[("max", "1")]),
        "Dieser Kanal nimmt höchstens eine Schaltfläche."
    );
    assert_eq!(
        text_with(
            Language::En,
            "gate-too-many-buttons",
            &[("max", 3.to_string())]
        ),
        "This channel takes 3 buttons at most."
    );
}

#[test]
fn texts_that_look_like_numbers_stay_texts() {
    for name in ["007", "+49", "1.50", "12345678901234567890"] {
        let sentence = text(Language::En, "setting-missing", &[("name", name)]);
        assert!(sentence.contains(&format!("“{name}”")), "{sentence}");
    }
}

// Case: IN03, XS10
#[test]
fn what_is_written_into_a_sentence_is_never_read_as_one() {
    let sentence = text(
        Language::En,
        "setting-missing",
        &[("name", "{ $secret } { setting-unknown }")],
    );
    assert!(sentence.contains("{ $secret } { setting-unknown }"));
}

#[test]
fn the_notice_names_who_what_how_long_and_which_rights() {
    let facts = [
        ("company", "Bergmann"),
        ("controller", "Bergmann GmbH, Beispielweg 1, 04103 Leipzig"),
        ("contact_email", "datenschutz@example.com"),
        ("retention_days", "90"),
    ];
    for language in Language::ALL {
        let notice = text(language, "notice-text", &facts);
        for fact in [
            "Bergmann GmbH, Beispielweg 1, 04103 Leipzig",
            "datenschutz@example.com",
            "90",
            "Art. 6",
            "Art. 15",
            "Art. 21",
            "§ 25",
        ] {
            assert!(notice.contains(fact), "{fact} is missing in {language:?}");
        }
        assert!(notice.split("\n\n").count() >= 8, "{notice}");
        let summary = text(
            language,
            "notice-summary",
            &facts[..1]
                .iter()
                .chain(&facts[3..])
                .copied()
                .collect::<Vec<_>>(),
        );
        assert!(summary.contains("Bergmann") && summary.contains("90"));
    }
}

#[test]
fn a_missing_key_is_told_apart() {
    assert_eq!(lookup::<&str>(Language::De, "no-such-key", &[]), None);
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "there is no sentence for no-such-key")]
fn a_missing_key_fails_in_development() {
    _ = text(Language::De, "no-such-key", &[]);
}

#[test]
fn browsers_get_the_language_they_ask_for() {
    let cases = [
        (None, Language::De),
        (Some(""), Language::De),
        (Some("*"), Language::De),
        (Some("de"), Language::De),
        (Some("de-AT,de;q=0.9,en;q=0.8"), Language::De),
        (Some("en-GB,en;q=0.9,de;q=0.8"), Language::En),
        (Some("fr,de;q=0.5,en;q=0.7"), Language::En),
        (Some("en;q=0.5, de;q=0.51"), Language::De),
        (Some("de;q=0, en;q=0.1"), Language::En),
        (Some("fr-FR,fr"), Language::En),
        (Some(";;q=x,,\u{fffd}"), Language::En),
        (Some("EN"), Language::En),
    ];
    for (header, language) in cases {
        assert_eq!(Language::negotiate(header), language, "{header:?}");
    }
}
