//! Small texts with a meaning: places in lists, ids, languages, moments, names, addresses.

use std::net::IpAddr;

use adapters::net::is_public;
use domain::sensitive::{Guard, SectorMode, Settings, mask};
use domain::{ContactId, ConversationId, MessageId};
use http_edge::dto::{parse_moment, rfc3339};
use http_edge::request::{read_cursor, write_cursor};
use i18n::Language;

use crate::text;

/// Both kinds of cursors: what is understood can be written, and means the same again.
pub fn cursor(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(Some(place)) = read_cursor(Some(&text), Language::En) {
        let again = read_cursor(Some(&write_cursor(place)), Language::En);
        assert_eq!(again.ok().flatten(), Some(place));
    }
    if let Ok(cursor) = text.parse::<store::Cursor>() {
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }
}

/// An id has one spelling, and is of one kind.
pub fn typed_id(bytes: &[u8]) {
    let text = text(bytes);
    let conversation = text.parse::<ConversationId>().map(|id| id.to_string());
    let contact = text.parse::<ContactId>().map(|id| id.to_string());
    let message = text.parse::<MessageId>().map(|id| id.to_string());
    let known = [conversation, contact, message].into_iter().flatten();
    let spellings: Vec<String> = known.collect();
    assert!(spellings.len() <= 1);
    assert!(spellings.iter().all(|spelling| *spelling == text));
}

/// Some language always comes out.
pub fn language(bytes: &[u8]) {
    let text = text(bytes);
    _ = Language::negotiate(Some(&text));
    _ = Language::parse(&text);
}

/// A moment that is understood can be told again.
pub fn moment(bytes: &[u8]) {
    if let Some(at) = parse_moment(&text(bytes)) {
        assert_eq!(parse_moment(&rfc3339(at)), Some(at));
    }
}

/// A name is one visible line, and cleaning it again changes nothing.
pub fn name_line(bytes: &[u8]) {
    const MAX: usize = 40;
    if let Some(name) = domain::naming::plain_line(&text(bytes), MAX) {
        assert!(!name.chars().any(char::is_control));
        assert!(name.chars().count() <= MAX && name.trim() == name);
        assert_eq!(
            domain::naming::plain_line(&name, MAX).as_deref(),
            Some(name.as_str())
        );
    }
}

/// Nothing that any family of addresses calls local is public, in whatever clothes.
pub fn public_address(bytes: &[u8]) {
    let Ok(address) = text(bytes).parse::<IpAddr>() else {
        return;
    };
    if !is_public(address) {
        return;
    }
    let plain = address.to_canonical();
    assert!(!plain.is_loopback() && !plain.is_unspecified() && !plain.is_multicast());
    match plain {
        IpAddr::V4(plain) => assert!(!plain.is_private() && !plain.is_link_local()),
        IpAddr::V6(plain) => assert!(!plain.is_unique_local() && !plain.is_unicast_link_local()),
    }
}

/// Whatever is found lies inside of the text, in order; hiding it makes nothing much longer; and
/// the work stays in proportion.
pub fn sensitive(bytes: &[u8]) {
    const STEPS_OF_BYTE_MAX: usize = 200;
    let text = text(bytes);
    for mode in SectorMode::ALL {
        let guard = Guard::new(Settings {
            mode,
            ..Settings::default()
        });
        let scan = guard.scan(&text);
        let mut at = 0;
        for finding in &scan.findings {
            assert!(at <= finding.span.start && finding.span.start < finding.span.end);
            assert!(text.get(finding.span.clone()).is_some());
            at = finding.span.end;
        }
        assert!(scan.steps <= (text.len() + 1) * STEPS_OF_BYTE_MAX);
        let masked = mask(&text, &scan.findings).chars().count();
        assert!(masked <= text.chars().count() + 3 * scan.findings.len());
    }
}
