//! Reading JSON that may be anything: accessors that answer `None` instead of failing, and a
//! decoder that saves what can be saved of a damaged body.

use std::borrow::Cow;

use super::json::Value;
use domain::naming::steers;
use domain::{Pii, Timestamp};

const PROVIDER_ID_BYTES_MAX: usize = 512;
const WORD_CHARS_MAX: usize = 128;

/// Decodes a body. One broken escape or byte in one person's name must not cost the whole
/// callback, so a second reading puts the replacement character where text is not text.
pub(super) fn decoded<T>(body: &[u8], read: impl FnOnce(Option<&Value<'_>>) -> T) -> T {
    if let Ok(value) = serde_json::from_slice(body) {
        return read(Some(&value));
    }
    let readable = without_lone_surrogates(&String::from_utf8_lossy(body));
    read(serde_json::from_str(&readable).ok().as_ref())
}

/// Replaces halves of surrogate pairs (`\ud83d` without its other half) by `\ufffd`.
fn without_lone_surrogates(json: &str) -> String {
    let mut clean = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(place) = rest.find('\\') {
        let (before, escape) = rest.split_at(place);
        clean.push_str(before);
        let taken = match unit(escape) {
            Some(0xd800..=0xdbff) if matches!(unit(&escape[6..]), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                clean.push_str("\\ufffd");
                rest = &escape[6..];
                continue;
            }
            Some(_) => 6,
            // An escaped character: both go together, so that `\\u` is not read as `\u`.
            None => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        clean.push_str(&escape[..taken]);
        rest = &escape[taken..];
    }
    clean.push_str(rest);
    clean
}

/// The code unit of a `\uXXXX` that starts here.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

/// A text that is there and not empty; whole numbers are read as text. Control signs other than
/// line breaks and tabs are left out: nobody wrote them to be read, and no database takes NUL.
pub(super) fn text(value: &Value<'_>, name: &str) -> Option<String> {
    said(value, name).map(Cow::into_owned)
}

/// The same, where it is only looked at.
pub(super) fn said<'a>(value: &'a Value<'_>, name: &str) -> Option<Cow<'a, str>> {
    scalar(value.get(name)?)
}

pub(super) fn scalar<'a>(value: &'a Value<'_>) -> Option<Cow<'a, str>> {
    let text: Cow<'a, str> = match value {
        Value::String(text) if text.contains(steers) => text.replace(steers, "").into(),
        Value::String(text) => text.as_ref().into(),
        Value::Number(number) => number.to_string().into(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

pub(super) fn pii(value: &Value<'_>, name: &str) -> Option<Pii<String>> {
    text(value, name).map(Pii::new)
}

/// An id of the provider, fit to be a key.
pub(super) fn provider_id(value: &Value<'_>, name: &str) -> Option<Pii<String>> {
    // With something left out it might be another one's.
    let whole = |id: &String| {
        value
            .get(name)
            .is_none_or(|raw| raw.is_number() || raw.as_str() == Some(id))
    };
    text(value, name)
        .filter(|id| id.len() <= PROVIDER_ID_BYTES_MAX && !id.chars().any(char::is_control))
        .filter(whole)
        .map(Pii::new)
}

/// Seconds (or milliseconds) as text or number.
pub(super) fn time(value: &Value<'_>, name: &str) -> Option<Timestamp> {
    let number = match value.get(name)? {
        Value::String(text) => text.trim().parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        _ => return None,
    };
    (number > 0).then(|| Timestamp::from_provider(number))
}

/// The items of a list; nothing when it is no list.
pub(super) fn items<'a>(value: &'a Value<'_>, name: &str) -> &'a [Value<'a>] {
    value.get(name).and_then(Value::as_array).unwrap_or(&[])
}

/// An `http` or `https` address, the only ones a card may link to.
pub(super) fn web_address(value: &Value<'_>, name: &str) -> Option<Pii<String>> {
    let address = text(value, name)?;
    let lower = address.get(..8).unwrap_or(&address).to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    (web && !address.chars().any(|c| c.is_control() || c.is_whitespace()))
        .then(|| Pii::new(address))
}

/// A provider's word as it may stand in an issue or a summary: short, and only what words of
/// theirs are made of, so that nothing personal slips through.
pub(super) fn word(text: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if (1..=WORD_CHARS_MAX).contains(&text.len()) && text.bytes().all(plain) {
        text
    } else {
        "unprintable"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_escape_costs_one_character() {
        let body = br#"{"a":"x\ud83dy","b":"\ud83d\ude00","c":"\\ud83d","d":"\ude00"}"#;
        let texts = [
            ("a", "x\u{fffd}y"),
            ("b", "\u{1f600}"),
            ("c", "\\ud83d"),
            ("d", "\u{fffd}"),
        ];
        decoded(body, |value| {
            for (name, wanted) in texts {
                assert_eq!(said(value.unwrap(), name).as_deref(), Some(wanted));
            }
        });
    }

    #[test]
    fn a_broken_byte_costs_one_character() {
        let read = |body: &[u8]| decoded(body, |value| value.and_then(|value| text(value, "a")));
        assert_eq!(read(b"{\"a\":\"x\xffy\"}").as_deref(), Some("x\u{fffd}y"));
        assert!(decoded(b"{\"a\":", |value| value.is_none()));
        assert!(decoded(b"\\", |value| value.is_none()));
    }

    #[test]
    fn only_web_addresses_become_links() {
        let value: Value<'_> = serde_json::from_str(
            r#"{"a": "https://shop.example/x", "b": "javascript:alert(1)",
                "c": "HTTP://shop.example", "d": "https://shop.example/x y", "e": "ü"}"#,
        )
        .unwrap();
        assert!(web_address(&value, "a").is_some());
        assert!(web_address(&value, "b").is_none());
        assert!(web_address(&value, "c").is_some());
        assert!(web_address(&value, "d").is_none());
        assert!(web_address(&value, "e").is_none());
    }
}
