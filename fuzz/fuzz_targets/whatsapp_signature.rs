//! Any header value over any body: without the secret nothing is ever right.
#![no_main]

use std::sync::LazyLock;

use connectors::Whatsapp;
use libfuzzer_sys::fuzz_target;
use ports::{Connector as _, Settings};

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let mut settings = Settings::default();
    let secrets = ["first", "second"].map(str::to_owned);
    settings.set("app_secret", secrets.to_vec());
    settings
});

fuzz_target!(|input: &[u8]| {
    let (value, body) = match input.iter().position(|byte| *byte == 0) {
        Some(place) => (&input[..place], &input[place + 1..]),
        None => (input, &[][..]),
    };
    let value = String::from_utf8_lossy(value).into_owned();
    let headers = [("x-hub-signature-256".to_owned(), value)];
    assert!(
        Whatsapp.verify(&SETTINGS, &headers, body).is_err(),
        "a signature without the secret was taken"
    );
});
