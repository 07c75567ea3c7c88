//! The handshake and the signature.

use aws_lc_rs::hmac;
use connectors::Whatsapp;
use ports::{Connector as _, Rejected, Settings};

use crate::stage::{SECRET, fixture, settings};

fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body);
    let hex: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256={hex}")
}

fn verify(settings: &Settings, value: &str, body: &[u8]) -> Result<(), Rejected> {
    let headers = [
        ("content-type".to_owned(), "application/json".to_owned()),
        ("x-hub-signature-256".to_owned(), value.to_owned()),
    ];
    Whatsapp.verify(settings, &headers, body)
}

#[test]
fn a_known_vector_verifies() {
    // RFC 4231, test case 2.
    let mut known = settings();
    known.set("app_secret", vec!["Jefe".to_owned()]);
    let value = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(
        verify(&known, value, b"what do ya want for nothing?"),
        Ok(())
    );
    assert_eq!(
        verify(&known, value, b"what do ya want for nothing!"),
        Err(Rejected::SignatureWrong)
    );
}

// Case: WH01
#[test]
fn a_missing_or_malformed_signature_is_no_signature() {
    let body = fixture("text");
    let good = signature(SECRET, &body);
    assert_eq!(
        Whatsapp.verify(&settings(), &[], &body),
        Err(Rejected::SignatureMissing)
    );
    // The header of the older algorithm proves nothing.
    let old = [("x-hub-signature".to_owned(), good.clone())];
    assert_eq!(
        Whatsapp.verify(&settings(), &old, &body),
        Err(Rejected::SignatureMissing)
    );
    let hex = good.strip_prefix("sha256=").unwrap();
    for wrong in [
        String::new(),
        "sha256=".to_owned(),
        hex.to_owned(),
        format!("sha1={hex}"),
        format!("sha256={}", &hex[..62]),
        format!("sha256={hex}00"),
        format!("sha256={}zz", &hex[..62]),
        format!("sha256={}ü", &hex[..62]),
        signature("another secret", &body),
    ] {
        assert_eq!(
            verify(&settings(), &wrong, &body),
            Err(Rejected::SignatureWrong),
            "{wrong}"
        );
    }
    assert_eq!(verify(&settings(), &good, &body), Ok(()));
    assert_eq!(
        verify(
            &settings(),
            &format!("sha256={}", hex.to_uppercase()),
            &body
        ),
        Err(Rejected::SignatureWrong),
        "one proof has one form"
    );
}

// Case: WH01
#[test]
fn two_signatures_are_refused_even_if_one_is_right() {
    let body = b"{}";
    let header = |value: String| ("x-hub-signature-256".to_owned(), value);
    let headers = [
        header(signature(SECRET, body)),
        header(signature("another secret", body)),
    ];
    assert_eq!(
        Whatsapp.verify(&settings(), &headers, body),
        Err(Rejected::SignatureWrong)
    );
}

#[test]
fn any_of_several_secrets_may_have_signed() {
    let body = fixture("media");
    let mut rotating = settings();
    rotating.set("app_secret", vec!["new".to_owned(), "old".to_owned()]);
    assert_eq!(verify(&rotating, &signature("old", &body), &body), Ok(()));
    assert_eq!(verify(&rotating, &signature("new", &body), &body), Ok(()));
    assert_eq!(
        verify(&rotating, &signature(SECRET, &body), &body),
        Err(Rejected::SignatureWrong)
    );
}

// Case: WH01
#[test]
fn without_a_secret_nothing_is_right() {
    let body = b"{}";
    for values in [vec![], vec![String::new()]] {
        let mut open = settings();
        open.set("app_secret", values);
        assert_eq!(
            verify(&open, &signature("", body), body),
            Err(Rejected::SignatureWrong)
        );
    }
}

// Case: WH02
#[test]
fn the_bytes_are_signed_not_the_json() {
    let body = fixture("text");
    let good = signature(SECRET, &body);
    let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let again = serde_json::to_vec(&value).unwrap();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&again).unwrap(),
        value
    );
    assert_eq!(
        verify(&settings(), &good, &again),
        Err(Rejected::SignatureWrong)
    );
}

// Case: WH05
#[test]
fn the_handshake_answers_only_to_our_token() {
    let ask = |mode: &str, token: &str, challenge: &str| {
        let query: Vec<(String, String)> = [
            ("hub.mode", mode),
            ("hub.challenge", challenge),
            ("hub.verify_token", token),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        Whatsapp.handshake(&settings(), &query)
    };
    assert_eq!(
        ask("subscribe", "verify-me", "1158201444").as_deref(),
        Some("1158201444")
    );
    assert_eq!(ask("subscribe", "verify-you", "1"), None);
    assert_eq!(ask("subscribe", "", "1"), None);
    assert_eq!(ask("unsubscribe", "verify-me", "1"), None);
    assert_eq!(ask("subscribe", "verify-me", ""), None);
    assert_eq!(ask("subscribe", "verify-me", "1\r\nx: y"), None);
    assert_eq!(Whatsapp.handshake(&settings(), &[]), None);
    let mut open = settings();
    open.set("verify_token", vec![String::new()]);
    let query = [
        ("hub.mode".to_owned(), "subscribe".to_owned()),
        ("hub.challenge".to_owned(), "1".to_owned()),
        ("hub.verify_token".to_owned(), String::new()),
    ];
    assert_eq!(Whatsapp.handshake(&open, &query), None);
}
