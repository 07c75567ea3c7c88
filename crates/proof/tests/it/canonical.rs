//! Canonical documents: the samples of RFC 8785 that hold whole numbers, and everything refused.

use proof::canonical::{CanonicalError, read, write};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn names_are_sorted_by_utf_16_units_as_the_standard_shows() {
    let document = json!({
        "\u{20ac}": "Euro Sign",
        "\r": "Carriage Return",
        "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\u{1f600}": "Emoji: Grinning Face",
        "\u{80}": "Control",
        "\u{f6}": "Latin Small Letter O With Diaeresis",
    });
    let bytes = write(&document).expect("canonical");
    let text = String::from_utf8(bytes).expect("text");
    let order = [
        "Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew",
    ];
    let places: Vec<_> = order.iter().map(|word| text.find(word)).collect();
    assert!(
        places.is_sorted() && places.iter().all(Option::is_some),
        "{text}"
    );
}

#[test]
fn text_is_escaped_as_the_standard_shows() {
    let document =
        json!({"string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/", "literals": [null, true, false]});
    let bytes = write(&document).expect("canonical");
    assert_eq!(
        String::from_utf8(bytes).expect("text"),
        "{\"literals\":[null,true,false],\"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
    );
}

#[test]
fn co_22_what_is_not_the_one_spelling_is_refused() {
    let not_canonical = [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"b":1,"a":2}"#,
        r#"{"a": 1}"#,
        "{\"a\":1}\n",
        r#"{"a":"\u0041"}"#,
        r#"{"a":"\/"}"#,
        r#"{"a":"\u000F"}"#,
        "[-0]",
    ];
    for text in not_canonical {
        let found = read::<Value>(text.as_bytes());
        assert!(found.is_err(), "{text}");
    }
    for text in ["1.5", "1e3", "1.0", "9007199254740992", "-9007199254740992"] {
        assert_eq!(
            read::<Value>(text.as_bytes()),
            Err(CanonicalError::Number),
            "{text}"
        );
    }
    assert!(read::<Value>(b"9007199254740991").is_ok());
    for bytes in [
        &b""[..],
        b"\xef\xbb\xbf{}",
        b"\"\\ud800\"",
        b"\"\xff\"",
        b"{} {}",
    ] {
        assert!(matches!(
            read::<Value>(bytes),
            Err(CanonicalError::NoJson(_))
        ));
    }
    let deep = "[".repeat(100_000);
    assert!(read::<Value>(deep.as_bytes()).is_err());
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(document in documents()) {
        let bytes = write(&document).expect("whole numbers only");
        prop_assert_eq!(read::<Value>(&bytes), Ok(document));
    }
}
