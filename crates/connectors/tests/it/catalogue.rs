//! Everything this crate names for people has words in both languages.

use std::collections::BTreeSet;

use connectors::{WHATSAPP, Whatsapp, explained_codes};
use domain::inbound::InboundEvent;
use fluent_bundle::{FluentBundle, FluentResource};
use ports::Connector as _;

use crate::stage::{FIXTURES, fixture, settings};

const LANGUAGES: [&str; 2] = ["de", "en"];

fn source(language: &str) -> String {
    let path = format!(
        "{}/../i18n/locales/{language}/whatsapp.ftl",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn bundle(language: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(source(language))
        .unwrap_or_else(|(_, errors)| panic!("{language}: {errors:?}"));
    let mut bundle = FluentBundle::new(vec![language.parse().expect("a language tag")]);
    bundle.add_resource(resource).expect("no key stands twice");
    bundle
}

/// Keys in the order of the file; messages stand on one line each.
fn keys(language: &str) -> BTreeSet<String> {
    source(language)
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, _)| key.to_owned())
        .collect()
}

#[test]
fn both_languages_have_the_same_keys_and_words_for_each() {
    assert_eq!(keys("de"), keys("en"));
    for language in LANGUAGES {
        let bundle = bundle(language);
        for key in keys(language) {
            let message = bundle.get_message(&key).unwrap_or_else(|| panic!("{key}"));
            let mut errors = vec![];
            let text = bundle.format_pattern(message.value().unwrap(), None, &mut errors);
            assert!(errors.is_empty() && !text.trim().is_empty(), "{key}");
        }
    }
}

#[test]
fn every_code_is_explained_and_every_explanation_has_a_code() {
    let codes: BTreeSet<String> = explained_codes()
        .iter()
        .map(|code| code.replace('_', "-"))
        .collect();
    let explained: BTreeSet<String> = keys("de")
        .into_iter()
        .filter(|key| key.starts_with("whatsapp-"))
        .collect();
    assert_eq!(codes, explained);
    assert!(codes.len() > 70);
}

#[test]
fn explanations_say_what_happened_what_it_means_and_what_to_do() {
    for language in LANGUAGES {
        let bundle = bundle(language);
        for code in explained_codes() {
            let message = bundle.get_message(&code.replace('_', "-")).unwrap();
            let mut errors = vec![];
            let text = bundle.format_pattern(message.value().unwrap(), None, &mut errors);
            let sentences = text.matches(". ").count() + text.matches("; ").count() + 1;
            assert!(sentences >= 3, "{language} {code}: {text}");
        }
    }
}

#[test]
fn every_label_of_a_card_has_words() {
    let known = keys("de");
    assert!(known.contains(WHATSAPP.privacy_label));
    let mut used = BTreeSet::new();
    for name in FIXTURES {
        for result in Whatsapp.parse(&settings(), &fixture(name)) {
            let Ok(InboundEvent::Message(message)) = result else {
                continue;
            };
            for card in message.card.iter().chain(&message.referral) {
                used.extend(card.lines.iter().map(|(label, _)| label.clone()));
            }
        }
    }
    let labels: BTreeSet<String> = used
        .into_iter()
        .filter(|label| label.starts_with("card-"))
        .collect();
    let catalogued: BTreeSet<String> = known
        .into_iter()
        .filter(|key| key.starts_with("card-") && key != "card-more")
        .collect();
    // Both directions: no label without words, and no words that no fixture shows.
    assert_eq!(labels, catalogued);
}
