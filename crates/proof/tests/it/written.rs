//! Values that are written in one way only: moments, hashes, names of trees, keys.

use proof::{Hash, KeyError, Moment, SigningKey, TreeClass, TreeName, VerifierKey};

#[test]
fn a_moment_has_one_spelling() {
    for text in [
        "1970-01-01T00:00:00Z",
        "2026-11-22T09:15:00Z",
        "2024-02-29T23:59:59.007Z",
    ] {
        let moment: Moment = text.parse().expect(text);
        assert_eq!(moment.to_string(), text);
    }
    let wrong = [
        "2026-11-22T09:15:00.000Z",
        "2026-11-22T09:15:00.5Z",
        "2026-11-22T09:15:00.0005Z",
        "2026-11-22T09:15:00+00:00",
        "2026-11-22t09:15:00z",
        "2026-11-22 09:15:00Z",
        "2026-11-22T09:15:60Z",
        "2026-02-30T09:15:00Z",
        "1969-12-31T23:59:59Z",
        "2026-11-22",
        "",
    ];
    for text in wrong {
        assert!(text.parse::<Moment>().is_err(), "{text}");
    }
    assert!(Moment::from_milliseconds(-1).is_err());
    assert!(Moment::from_milliseconds(i64::MAX).is_err());
    let last = Moment::from_milliseconds(253_402_207_200_999).expect("the last one");
    assert_eq!(last.to_string(), "9999-12-30T22:00:00.999Z");
}

#[test]
fn a_hash_has_one_spelling() {
    let text = "f01592b0043315ff9bc4a36c51d5532967d08738ecf6488bc96d88e2c28d4adb";
    let hash: Hash = text.parse().expect("a hash");
    assert_eq!(hash.to_string(), text);
    assert_eq!(Hash::from_address(&hash.address()), Ok(hash));
    for wrong in [
        &text.to_uppercase()[..],
        &text[1..],
        "",
        &text.replace('f', "g"),
    ] {
        assert!(wrong.parse::<Hash>().is_err(), "{wrong}");
    }
    assert!(Hash::from_address(text).is_err());
}

#[test]
fn a_tree_has_one_name() {
    for text in [
        "consent-2026",
        "send-1999",
        "erasure-2026",
        "admin-2026",
        "access-2026-11",
    ] {
        let name: TreeName = text.parse().expect(text);
        assert_eq!(name.to_string(), text);
    }
    for text in [
        "consent-2026-01",
        "access-2026",
        "access-2026-13",
        "access-2026-1",
        "consent-26",
        "consent-+2026",
        "consent",
        "Consent-2026",
        "consent-2026-",
        "other-2026",
        "",
        "consent-02026",
    ] {
        assert!(text.parse::<TreeName>().is_err(), "{text}");
    }
    assert!(TreeName::new(TreeClass::Consent, 2026, 0).is_err());
}

/// The key of RFC 8032's first test.
const SEED: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];

#[test]
fn a_key_is_written_as_other_readers_of_signed_notes_write_it() {
    let key = SigningKey::from_seed("chat.example.com", &SEED).expect("a key");
    let text = key.public().to_string();
    // The public half of RFC 8032's first test, behind the type byte.
    assert!(
        text.ends_with("+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"),
        "{text}"
    );
    assert_eq!(text.parse::<VerifierKey>().as_ref(), Ok(key.public()));
    let fingerprint = key.public().fingerprint().to_string();
    assert_eq!(
        fingerprint,
        "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9"
    );
    // A key published elsewhere in this form is read as it stands.
    let foreign = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(
        foreign.parse::<VerifierKey>().map(|key| key.to_string()),
        Ok(foreign.to_owned())
    );
    assert_eq!(
        foreign.replace("c74f", "c74e").parse::<VerifierKey>(),
        Err(KeyError::Id)
    );
    for wrong in [
        "",
        "a+b",
        "a b+00000000+AQ==",
        "+00000000+AQ==",
        "a+00000000+AQ==",
    ] {
        assert!(wrong.parse::<VerifierKey>().is_err(), "{wrong}");
    }
    for name in ["", "a b", "a+b", "a/b", "ä"] {
        assert!(SigningKey::from_seed(name, &SEED).is_err(), "{name}");
    }
}
