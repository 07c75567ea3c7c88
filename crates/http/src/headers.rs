//! Headers that every answer carries, unless it said otherwise itself.

use axum::http::HeaderValue;
use axum::http::header::{HeaderMap, HeaderName};

/// An answer is shown by nobody else, sniffed by nobody, kept by nobody, and tells no other site
/// where its visitor came from. The microphone is for voice notes; nothing else is ever asked for.
const EVERYWHERE: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
         magnetometer=(), microphone=(self), midi=(), payment=(), usb=()",
    ),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
    ("cache-control", "no-store"),
];

/// For houses that are reached encrypted: never again in the clear, for two years.
const ENCRYPTED: (&str, &str) = (
    "strict-transport-security",
    "max-age=63072000; includeSubDomains",
);

/// Adds what is missing.
pub(crate) fn harden(headers: &mut HeaderMap, is_encrypted: bool) {
    let more = is_encrypted.then_some(ENCRYPTED);
    // A map that grows header by header is moved three times.
    headers.reserve(EVERYWHERE.len() + 2);
    for (name, value) in EVERYWHERE.into_iter().chain(more) {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
}
