//! Any bytes as a callback's body.
#![no_main]

use std::sync::LazyLock;

use connectors::Whatsapp;
use libfuzzer_sys::fuzz_target;
use ports::{Connector as _, Settings};

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let mut settings = Settings::default();
    settings.set("phone_number_id", vec!["111".to_owned()]);
    settings.set("business_account_id", vec!["900".to_owned()]);
    settings
});

fuzz_target!(|body: &[u8]| {
    let results = Whatsapp.parse(&SETTINGS, body);
    assert!(!results.is_empty(), "a callback without any result");
    let mut last = 0;
    for issue in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(issue.item >= last, "items out of order");
        assert!(issue.item < results.len(), "an item was lost");
        last = issue.item;
    }
});
