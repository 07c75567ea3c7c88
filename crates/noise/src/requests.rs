//! Heads and bodies of requests.

use http_edge::noise;
use http_edge::request::{query_pairs, query_value};

use crate::{halves, text};

/// A cookie's value stands in the line as it is given out.
pub fn cookies(line: &[u8]) {
    if let Some(value) = noise::session_cookie(line) {
        assert!(!value.contains(';'));
        assert!(text(line).contains(&format!("tresen_session={value}")));
    }
}

/// The first value of a name is what a look-up gives.
pub fn query(line: &[u8]) {
    let line = text(line);
    let pairs = query_pairs(Some(&line));
    let Some((last, _)) = pairs.last() else {
        return;
    };
    let first = pairs.iter().find(|(name, _)| name == last);
    let found = query_value(Some(&line), last);
    assert_eq!(found.as_ref(), first.map(|(_, value)| value));
}

/// Who asks: only a trusted proxy names somebody, and never itself.
pub fn forwarded(lines: &[u8]) {
    let (first, second) = halves(lines);
    let lines = [first, second];
    let direct = "203.0.113.9:4";
    assert_eq!(noise::asker(&lines, direct), Some([203, 0, 113, 9].into()));
    // Only hops of its own may be left when all are its own; otherwise the last foreign one counts.
    _ = noise::asker(&lines, "127.0.0.1:4");
}

/// Every shape a body may have.
pub fn json_body(bytes: &[u8]) {
    noise::bodies(bytes);
}
