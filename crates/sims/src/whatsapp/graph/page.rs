//! Cursor paging and field selection as Graph does them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::check::Check;
use super::error::GraphError;

const DEFAULT_LIMIT: usize = 25;
const MOST: usize = 1_000;

/// Cuts the page a call asks for out of all items, in the Graph envelope.
pub fn page(items: Vec<Value>, call: &Call, base_url: &str) -> Check<Value> {
    let limit = match call.query.get("limit").map(|text| text.parse::<usize>()) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit)) if (1..=MOST).contains(&limit) => limit,
        Some(_) => return Err(GraphError::shape("limit", "a number from 1 to 1000")),
    };
    let total = items.len();
    let start = match (call.query.get("after"), call.query.get("before")) {
        (Some(after), _) => read_cursor(after)? + 1,
        (None, Some(before)) => read_cursor(before)?.saturating_sub(limit),
        (None, None) => 0,
    };
    let end = (start + limit).min(total);
    let data: Vec<Value> = items.into_iter().skip(start).take(limit).collect();
    let mut answer = json!({ "data": data });
    if start < end {
        answer["paging"] = json!({"cursors": {"before": cursor(start), "after": cursor(end - 1)}});
        if end < total {
            answer["paging"]["next"] = json!(link(call, base_url, "after", end - 1));
        }
        if start > 0 {
            answer["paging"]["previous"] = json!(link(call, base_url, "before", start));
        }
    }
    Ok(answer)
}

fn cursor(at: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("sim:{at}"))
}

fn read_cursor(text: &str) -> Check<usize> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix("sim:").and_then(|at| at.parse().ok()))
        .ok_or_else(|| GraphError::new(100, "Invalid cursor"))
}

fn link(call: &Call, base_url: &str, key: &str, at: usize) -> String {
    let kept = call
        .query
        .iter()
        .filter(|(k, _)| !["after", "before", "access_token"].contains(&k.as_str()))
        .map(|(k, v)| {
            format!(
                "{k}={}",
                v.replace('%', "%25").replace(' ', "+").replace('&', "%26")
            )
        });
    let query: Vec<String> = kept.chain([format!("{key}={}", cursor(at))]).collect();
    format!("{base_url}{}?{}", call.path, query.join("&"))
}

/// Keeps the asked fields of an object; the id always stays.
pub fn select(object: Value, fields: Option<&str>) -> Value {
    let (Some(fields), Value::Object(object)) = (fields, &object) else {
        return object;
    };
    let names: Vec<&str> = fields
        .split(',')
        .map(|f| f.split(['{', '.']).next().unwrap_or(f))
        .collect();
    let kept: Map<String, Value> = object
        .iter()
        .filter(|(key, _)| *key == "id" || names.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Value::Object(kept)
}
