//! What providers send us.

use std::sync::LazyLock;

use connectors::Whatsapp;
use ports::{Connector as _, Settings};

use crate::{halves, text};

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let mut settings = Settings::default();
    for (name, values) in [
        ("phone_number_id", &["111"][..]),
        ("business_account_id", &["900"]),
        ("app_secret", &["first", "second"]),
        ("verify_token", &["a token nobody guesses"]),
    ] {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        settings.set(name, values);
    }
    settings
});

/// A body: every item is understood or counted, and in order.
pub fn whatsapp_callback(body: &[u8]) {
    let results = Whatsapp.parse(&SETTINGS, body);
    assert!(!results.is_empty(), "a callback without any result");
    let mut last = 0;
    for issue in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(issue.item >= last, "items out of order");
        assert!(issue.item < results.len(), "an item was lost");
        last = issue.item;
    }
}

/// A header's value over a body: without the secret nothing is ever right.
pub fn whatsapp_signature(input: &[u8]) {
    let (value, body) = halves(input);
    let headers = [("x-hub-signature-256".to_owned(), text(value))];
    assert!(
        Whatsapp.verify(&SETTINGS, &headers, body).is_err(),
        "a signature without the secret was taken"
    );
    // What is turned away before the body is read would not have been taken after it.
    _ = Whatsapp.precheck(&headers);
}

/// A question for the registration: nobody without the token is answered.
pub fn whatsapp_handshake(query: &[u8]) {
    let query = http_edge::request::query_pairs(Some(&text(query)));
    let answer = Whatsapp.handshake(&SETTINGS, &query);
    assert_eq!(answer, None, "a handshake without the token");
    // With the token, what comes back is nothing a browser could read as a page.
    let mut known = query;
    known.insert(0, ("hub.mode".into(), "subscribe".into()));
    known.insert(
        0,
        ("hub.verify_token".into(), "a token nobody guesses".into()),
    );
    if let Some(challenge) = Whatsapp.handshake(&SETTINGS, &known) {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        assert!(challenge.len() <= 256 && challenge.bytes().all(plain));
    }
}
