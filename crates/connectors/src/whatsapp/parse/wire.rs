//! Reading JSON that may be anything: accessors that answer `None` instead of failing, and a
//! decoder that saves what can be saved of a damaged body.

use domain::naming::steers;
use domain::{Pii, Timestamp};
use serde_json::Value;

const PROVIDER_ID_BYTES_MAX: usize = 512;
const WORD_CHARS_MAX: usize = 128;

/// Decodes a body. One broken escape or byte in one person's name must not cost the whole
/// callback, so a second reading puts the replacement character where text is not text.
pub(super) fn decode(body: &[u8]) -> Option<Value> {
    if let Ok(value) = serde_json::from_slice(body) {
        return Some(value);
    }
    let readable = String::from_utf8_lossy(body);
    serde_json::from_str(&without_lone_surrogates(&readable)).ok()
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
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    scalar(value.get(name)?)
}

pub(super) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) if text.contains(steers) => text.replace(steers, ""),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

pub(super) fn pii(value: &Value, name: &str) -> Option<Pii<String>> {
    text(value, name).map(Pii::new)
}

/// An id of the provider, fit to be a key.
pub(super) fn provider_id(value: &Value, name: &str) -> Option<Pii<String>> {
    // With something left out it might be another one's.
    let whole = |id: &String| {
        value
            .get(name)
            .is_none_or(|raw| raw.is_number() || raw == id)
    };
    text(value, name)
        .filter(|id| id.len() <= PROVIDER_ID_BYTES_MAX && !id.chars().any(char::is_control))
        .filter(whole)
        .map(Pii::new)
}

/// Seconds (or milliseconds) as text or number.
pub(super) fn time(value: &Value, name: &str) -> Option<Timestamp> {
    let number = match value.get(name)? {
        Value::String(text) => text.trim().parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        _ => return None,
    };
    (number > 0).then(|| Timestamp::from_provider(number))
}

/// The items of a list; nothing when it is no list.
pub(super) fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// An `http` or `https` address, the only ones a card may link to.
pub(super) fn web_address(value: &Value, name: &str) -> Option<Pii<String>> {
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
        let value = decode(body).unwrap();
        assert_eq!(value["a"], "x\u{fffd}y");
        assert_eq!(value["b"], "\u{1f600}");
        assert_eq!(value["c"], "\\ud83d");
        assert_eq!(value["d"], "\u{fffd}");
    }

    #[test]
    fn a_broken_byte_costs_one_character() {
        let value = decode(b"{\"a\":\"x\xffy\"}").unwrap();
        assert_eq!(value["a"], "x\u{fffd}y");
        assert!(decode(b"{\"a\":").is_none());
        assert!(decode(b"\\").is_none());
    }

    #[test]
    fn only_web_addresses_become_links() {
        let value = serde_json::json!({
            "a": "https://shop.example/x", "b": "javascript:alert(1)", "c": "HTTP://shop.example",
            "d": "https://shop.example/x y", "e": "ü",
        });
        assert!(web_address(&value, "a").is_some());
        assert!(web_address(&value, "b").is_none());
        assert!(web_address(&value, "c").is_some());
        assert!(web_address(&value, "d").is_none());
        assert!(web_address(&value, "e").is_none());
    }
}
