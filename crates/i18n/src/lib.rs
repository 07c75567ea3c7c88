//! Every sentence the server shows, in German and English. A sentence is found by its key; the
//! catalogues lie in `locales/<language>/*.ftl` and are compiled in.

mod catalogue;
mod negotiate;

use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentValue};

/// A language the house speaks. German first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    De,
    En,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `de`, `de-AT` or `EN-us`.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.as_str()))
    }

    /// The language a browser asks for in `Accept-Language`. Who asks for neither German nor
    /// English gets English; who asks for nothing gets German.
    #[must_use]
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        negotiate::negotiate(accept_language)
    }
}

/// The sentence of this key with its variables filled in, or `None` if there is none.
#[must_use]
pub fn lookup<V: AsRef<str>>(
    language: Language,
    key: &str,
    arguments: &[(&str, V)],
) -> Option<String> {
    let bundle = catalogue::bundle(language);
    let pattern = bundle.get_message(key)?.value()?;
    let mut values = FluentArgs::with_capacity(arguments.len());
    for (name, value) in arguments {
        values.set((*name).to_owned(), value_of(value.as_ref()));
    }
    let mut errors = Vec::new();
    let sentence = bundle.format_pattern(pattern, Some(&values), &mut errors);
    // A variable that was not given stays visible as its name; that is better than no sentence.
    debug_assert!(errors.is_empty(), "{key}: {errors:?}");
    Some(sentence.into_owned())
}

/// The sentence of this key. A missing key is a mistake of ours: it fails in development, and
/// shows the key itself to people.
#[must_use]
pub fn text(language: Language, key: &str, arguments: &[(&str, &str)]) -> String {
    or_key(lookup(language, key, arguments), key)
}

/// As [`text`], for arguments that were put together at run time.
#[must_use]
pub fn text_with(language: Language, key: &str, arguments: &[(&str, String)]) -> String {
    or_key(lookup(language, key, arguments), key)
}

fn or_key(sentence: Option<String>, key: &str) -> String {
    debug_assert!(sentence.is_some(), "there is no sentence for {key}");
    sentence.unwrap_or_else(|| key.to_owned())
}

/// Whole numbers become numbers, so that "1 day" and "2 days" work; everything else stays the
/// text it is, leading zeros and plus signs included.
fn value_of(text: &str) -> FluentValue<'static> {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text && number.unsigned_abs() < 1 << 52 => {
            FluentValue::from(number)
        }
        _ => FluentValue::String(Cow::Owned(text.to_owned())),
    }
}

/// Every key of the German catalogue; the English one has the same.
pub fn keys() -> impl Iterator<Item = &'static str> {
    catalogue::keys()
}
