//! The catalogues themselves: parsed once, at the first sentence.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::Language;

type Bundle = FluentBundle<FluentResource>;

/// One file in both languages.
macro_rules! catalogue {
    ($($name:literal),* $(,)?) => {
        &[$((
            include_str!(concat!("../locales/de/", $name, ".ftl")),
            include_str!(concat!("../locales/en/", $name, ".ftl")),
        )),*]
    };
}

/// All files; a new one is one more name here.
const CATALOGUE: &[(&str, &str)] = catalogue![
    "channel",
    "delivery",
    "gate",
    "notice",
    "package",
    "problem",
    "sensitive",
    "sheet",
    "whatsapp"
];

static GERMAN: LazyLock<Bundle> = LazyLock::new(|| load(Language::De));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| load(Language::En));

pub fn bundle(language: Language) -> &'static Bundle {
    match language {
        Language::De => &GERMAN,
        Language::En => &ENGLISH,
    }
}

pub fn sources(language: Language) -> impl Iterator<Item = &'static str> {
    CATALOGUE
        .iter()
        .map(move |(german, english)| match language {
            Language::De => *german,
            Language::En => *english,
        })
}

/// Keys as they stand at the beginning of a line.
pub fn keys() -> impl Iterator<Item = &'static str> {
    sources(Language::De)
        .flat_map(str::lines)
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim())
}

fn load(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language
        .as_str()
        .parse()
        .expect("our language tags are well-formed");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // The isolation marks are invisible letters: they would travel into messages and search.
    bundle.set_use_isolating(false);
    bundle
        .add_function("SIZE", move |values, _: &FluentArgs| size(language, values))
        .expect("the function is added once");
    for source in sources(language) {
        let resource = FluentResource::try_new(source.to_owned())
            .expect("the catalogues are compiled in, and a test parses them");
        bundle
            .add_resource(resource)
            .expect("a test finds keys that stand twice");
    }
    bundle
}

/// `{ SIZE($bytes) }`: bytes as people say them, with one digit at most behind the comma.
fn size<'a>(language: Language, values: &[FluentValue<'a>]) -> FluentValue<'a> {
    let Some(FluentValue::Number(bytes)) = values.first() else {
        return FluentValue::Error;
    };
    let (unit, divisor) = if bytes.value < 1_048_576.0 {
        ("KB", 1_024.0)
    } else {
        ("MB", 1_048_576.0)
    };
    let number = format!("{:.1}", bytes.value / divisor);
    let number = number.strip_suffix(".0").unwrap_or(&number);
    let number = match language {
        Language::De => number.replace('.', ","),
        Language::En => number.to_owned(),
    };
    FluentValue::from(format!("{number}\u{a0}{unit}"))
}
