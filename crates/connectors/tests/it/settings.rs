use connectors::Whatsapp;
use ports::{Connector as _, Presented, SettingError, Settings};

use crate::stage::{SECRET, TOKEN, settings};

fn complaints(settings: &Settings) -> Vec<(String, &'static str)> {
    let errors = Whatsapp.check_settings(settings).err();
    errors
        .into_iter()
        .flatten()
        .map(|SettingError { name, key }| (name, key))
        .collect()
}

fn with(name: &str, values: &[&str]) -> Settings {
    let mut changed = settings();
    changed.set(
        name,
        values.iter().map(|value| (*value).to_owned()).collect(),
    );
    changed
}

#[test]
fn complete_settings_pass_and_defaults_need_not_be_given() {
    assert!(complaints(&settings()).is_empty());
    let mut few = Settings::default();
    for (name, values) in settings().iter() {
        if !["api_base", "graph_version"].contains(&name) {
            few.set(
                name,
                values.iter().map(|value| (*value).to_owned()).collect(),
            );
        }
    }
    assert!(complaints(&few).is_empty());
    let shown = Whatsapp.present_settings(&few);
    let plain = |name: &str| shown.iter().find(|(known, _)| known == name).map(|s| &s.1);
    assert_eq!(
        plain("api_base"),
        Some(&Presented::Plain("https://graph.facebook.com".into()))
    );
    assert_eq!(
        plain("graph_version"),
        Some(&Presented::Plain("v26.0".into()))
    );
}

#[test]
fn everything_wrong_is_said_at_once() {
    let mut wrong = Settings::default();
    wrong.set("phone_number_id", vec!["11a".to_owned()]);
    wrong.set("app_secret", vec![String::new()]);
    wrong.set("colour", vec!["blue".to_owned()]);
    assert_eq!(
        complaints(&wrong),
        [
            ("phone_number_id".to_owned(), "setting-malformed"),
            ("business_account_id".to_owned(), "setting-missing"),
            ("access_token".to_owned(), "setting-missing"),
            ("app_secret".to_owned(), "setting-missing"),
            ("verify_token".to_owned(), "setting-missing"),
            ("colour".to_owned(), "setting-unknown"),
        ]
    );
}

// Case: IN05, SS01
#[test]
fn no_value_can_bend_a_url_or_a_header() {
    for (name, value) in [
        ("phone_number_id", "111/../222"),
        ("phone_number_id", "+49"),
        ("business_account_id", "9 00"),
        ("access_token", "token\r\nx-evil: 1"),
        ("access_token", "two words"),
        ("app_secret", "geheim\n"),
        ("api_base", "ftp://graph.example"),
        ("api_base", "https://"),
        ("api_base", "https:///x"),
        ("api_base", "https://user:pass@graph.example"),
        ("api_base", "https://graph.example?x=1"),
        ("api_base", "https://graph.example#x"),
        ("api_base", "graph.example"),
        ("graph_version", "26"),
        ("graph_version", "v26"),
        ("graph_version", "v26.0/me"),
        ("graph_version", "vx.0"),
    ] {
        assert_eq!(
            complaints(&with(name, &[value])),
            [(name.to_owned(), "setting-malformed")],
            "{name}={value}"
        );
    }
    for base in [
        "http://127.0.0.1:9301",
        "http://[::1]:9301",
        "https://waba.example/sub/",
    ] {
        assert!(complaints(&with("api_base", &[base])).is_empty(), "{base}");
    }
}

#[test]
fn secrets_may_be_several_but_not_many() {
    assert!(complaints(&with("app_secret", &["old", "new"])).is_empty());
    assert_eq!(
        complaints(&with("app_secret", &["1", "2", "3", "4", "5"])),
        [("app_secret".to_owned(), "setting-malformed")]
    );
    assert_eq!(
        complaints(&with("access_token", &["one", "two"])),
        [("access_token".to_owned(), "setting-malformed")]
    );
}

// Case: OP05
#[test]
fn no_secret_ever_comes_back() {
    let shown = Whatsapp.present_settings(&settings());
    for name in ["access_token", "app_secret", "verify_token"] {
        assert!(
            shown.contains(&(name.to_owned(), Presented::Secret)),
            "{name}"
        );
    }
    assert!(shown.contains(&("phone_number_id".to_owned(), Presented::Plain("111".into()))));
    let text = format!("{shown:?}");
    for secret in [TOKEN, SECRET, "verify-me"] {
        assert!(!text.contains(secret));
    }
}
