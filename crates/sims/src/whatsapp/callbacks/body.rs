//! Turns events into callback bodies: batching, shapes, escaping, signature.

use aws_lc_rs::hmac;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::event::{Event, EventNote};
use crate::whatsapp::faults::BatchShape;

/// The platform never posts more than this; larger batches are split.
const BODY_LIMIT: usize = 3 * 1024 * 1024;

/// Arrays of a `value` that take items of several events.
const MERGED: &[&str] = &[
    "messages",
    "statuses",
    "contacts",
    "message_echoes",
    "user_preferences",
];

/// One or more bodies that carry these events in this order.
pub fn compose(events: &[Event], shape: BatchShape, now_ms: i64) -> Vec<(Bytes, Vec<EventNote>)> {
    let text = escape(&envelope(events, shape, now_ms).to_string());
    if text.len() > BODY_LIMIT && events.len() > 1 {
        let (left, right) = events.split_at(events.len() / 2);
        let mut bodies = compose(left, shape, now_ms);
        bodies.extend(compose(right, shape, now_ms));
        return bodies;
    }
    vec![(
        Bytes::from(text),
        events.iter().map(EventNote::of).collect(),
    )]
}

fn envelope(events: &[Event], shape: BatchShape, now_ms: i64) -> Value {
    let mut entries: Vec<Map<String, Value>> = Vec::new();
    for event in events {
        let change = json!({"value": event.value, "field": event.field});
        let open = entries.iter_mut().find(|entry| {
            shape != BatchShape::Entries && entry.get("id") == Some(&json!(event.waba_id))
        });
        let Some(entry) = open else {
            let mut entry = Map::new();
            entry.insert("id".into(), json!(event.waba_id));
            if event.field != "messages" {
                entry.insert("time".into(), json!(now_ms.div_euclid(1000)));
            }
            entry.insert("changes".into(), json!([change]));
            entries.push(entry);
            continue;
        };
        let Some(Value::Array(changes)) = entry.get_mut("changes") else {
            continue;
        };
        let mergeable = shape == BatchShape::Value;
        let same = changes
            .last_mut()
            .filter(|last| mergeable && fits(last, &change));
        match same {
            Some(last) => merge(&mut last["value"], &change["value"]),
            None => changes.push(change),
        }
    }
    json!({"object": "whatsapp_business_account", "entry": entries})
}

/// Whether two changes may share one value: same field, same number, same kind of item.
fn fits(last: &Value, next: &Value) -> bool {
    let kind = |change: &Value| {
        MERGED
            .iter()
            .filter(|key| **key != "contacts")
            .find(|key| change["value"].get(**key).is_some())
            .copied()
    };
    last["field"] == next["field"]
        && last["value"]["metadata"] == next["value"]["metadata"]
        && kind(last).is_some()
        && kind(last) == kind(next)
        && last["value"].get("errors").is_none()
        && next["value"].get("errors").is_none()
}

fn merge(into: &mut Value, from: &Value) {
    for key in MERGED {
        let Some(items) = from.get(*key).and_then(Value::as_array) else {
            continue;
        };
        match into.get_mut(*key).and_then(Value::as_array_mut) {
            Some(existing) => {
                for item in items {
                    // One entry a person is enough, everything else is kept as often as it came.
                    if *key != "contacts" || !existing.contains(item) {
                        existing.push(item.clone());
                    }
                }
            }
            None => into[*key] = json!(items),
        }
    }
}

/// Writes everything beyond ASCII as `\uXXXX` and slashes as `\/`, as the platform does: whoever
/// verifies the signature over re-serialised JSON fails here as there.
pub fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 8);
    for character in json.chars() {
        match character {
            '/' => out.push_str("\\/"),
            c if c.is_ascii() => out.push(c),
            c => {
                let mut units = [0_u16; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out
}

/// The value of `X-Hub-Signature-256` for these bytes.
pub fn signature(app_secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, app_secret.as_bytes());
    format!("sha256={}", hex(hmac::sign(&key, body).as_ref()))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{escape, signature};

    #[test]
    fn escapes_what_is_not_ascii() {
        assert_eq!(
            escape(r#"{"a":"Grüße 👍 a/b"}"#),
            r#"{"a":"Gr\u00fc\u00dfe \ud83d\udc4d a\/b"}"#
        );
    }

    #[test]
    fn signs_like_a_published_test_vector() {
        // RFC 4231, test case 2.
        let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature("Jefe", b"what do ya want for nothing?"), expected);
    }
}
