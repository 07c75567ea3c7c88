//! Documents with exactly one spelling: the JSON Canonicalization Scheme (RFC 8785).
//!
//! Proofs know no fractions, so the only numbers are whole ones that every reader holds exactly.
//! That leaves sorted names, no blanks and the shortest escapes, which is little enough to be
//! written here. Reading is strict in one step: what does not come out again byte for byte was not
//! canonical, be it for a name that stands twice, a blank, a null that may be left out, or a number
//! that looks different.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Whole numbers beyond this are not the same in every reader (RFC 7493).
const WHOLE_MAX: u64 = (1 << 53) - 1;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    #[error("no JSON: {0}")]
    NoJson(String),
    #[error("a number that is not whole, or too large to be read alike everywhere")]
    Number,
    #[error("not in canonical form (RFC 8785)")]
    NotCanonical,
    #[error("not the expected document: {0}")]
    Shape(String),
}

/// The bytes of a document.
///
/// # Errors
/// When it holds a number that is not whole or too large.
pub fn write<T: Serialize>(document: &T) -> Result<Vec<u8>, CanonicalError> {
    let value =
        serde_json::to_value(document).map_err(|error| CanonicalError::Shape(error.to_string()))?;
    let mut out = String::new();
    write_value(&value, &mut out)?;
    Ok(out.into_bytes())
}

/// The document of these bytes, if they are its one spelling.
///
/// # Errors
/// When the bytes are not canonical, or are another kind of document.
pub fn read<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let document: T = serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            CanonicalError::Shape(error.to_string())
        } else {
            CanonicalError::NoJson(error.to_string())
        }
    })?;
    let is_same = write(&document)? == bytes;
    is_same
        .then_some(document)
        .ok_or(CanonicalError::NotCanonical)
}

fn write_value(value: &Value, out: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let whole = number.as_i64().ok_or(CanonicalError::Number)?;
            if whole.unsigned_abs() > WHOLE_MAX {
                return Err(CanonicalError::Number);
            }
            out.push_str(&whole.to_string());
        }
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_value(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => write_members(members, out)?,
    }
    Ok(())
}

fn write_members(members: &Map<String, Value>, out: &mut String) -> Result<(), CanonicalError> {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    // The scheme sorts by UTF-16 units, which differs from the order of Rust's strings.
    sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    out.push('{');
    for (at, (name, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        write_value(value, out)?;
    }
    out.push('}');
    Ok(())
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            plain => out.push(plain),
        }
    }
    out.push('"');
}
