//! Whatever arrives: no panic, no lost item, and no item that takes its neighbours along.

use connectors::Whatsapp;
use domain::inbound::{InboundEvent, ParseIssue};
use domain::limits::CALLBACK_ITEMS_MAX;
use ports::{Connector as _, Rejected};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::rendered::lines;
use crate::stage::{FIXTURES, fixture, settings};

fn parse(value: &Value) -> Vec<Result<InboundEvent, ParseIssue>> {
    Whatsapp.parse(&settings(), value.to_string().as_bytes())
}

fn callback(messages: &[Value]) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "900", "changes": [{
        "field": "messages",
        "value": {"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "493023125010", "phone_number_id": "111"},
            "messages": messages}}]}]})
}

fn good(number: usize) -> Value {
    json!({"from_user_id": "DE.77aa", "id": format!("wamid.good{number}"),
        "timestamp": "1795300000", "type": "text", "text": {"body": "Hallo"}})
}

/// Any JSON, with the words of this platform mixed in.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "messages",
            "text",
            "DE.77aa",
            "491713920010",
            "1795300000"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let word = prop_oneof![
            prop::sample::select(vec![
                "id",
                "type",
                "from",
                "from_user_id",
                "timestamp",
                "text",
                "body",
                "image",
                "interactive",
                "reaction",
                "edit",
                "message",
                "system",
                "context",
                "referral",
                "contacts",
                "order",
                "product_items",
                "errors",
                "code",
                "group_id",
            ])
            .prop_map(str::to_owned),
            ".{0,6}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Every place in a document, as pointers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{here}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(member, &format!("{here}/{name}"), found);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    // Case: WH07
    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let results = Whatsapp.parse(&settings(), &bytes);
        prop_assert!(!results.is_empty());
    }

    #[test]
    fn no_unsigned_bytes_are_taken(
        bytes in prop::collection::vec(any::<u8>(), 0..100),
        header in ".{0,80}",
    ) {
        let headers = [("x-hub-signature-256".to_owned(), header)];
        prop_assert_eq!(
            Whatsapp.verify(&settings(), &headers, &bytes),
            Err(Rejected::SignatureWrong)
        );
    }

    #[test]
    fn any_json_gives_an_answer(value in any_json()) {
        prop_assert!(!parse(&value).is_empty());
    }

    // Case: WH07
    /// Arbitrary items among good ones: each gives a result, and the good ones come through.
    #[test]
    fn a_bad_item_never_stops_the_rest(bad in prop::collection::vec(any_json(), 1..6)) {
        let mut messages = Vec::new();
        for (number, item) in bad.iter().enumerate() {
            messages.push(good(number));
            messages.push(item.clone());
        }
        let results = parse(&callback(&messages));
        prop_assert_eq!(results.len(), messages.len());
        for number in 0..bad.len() {
            let line = &lines(&results)[2 * number];
            let start = format!("message wamid.good{number} Contact [whatsapp_user_id:DE.77aa]");
            prop_assert!(line.starts_with(&start), "{}", line);
        }
    }

    /// A fixture with one place turned into something else never panics, and the parts of the
    /// callback that were not touched read as before.
    #[test]
    fn a_changed_place_spoils_at_most_its_own_change(
        name in prop::sample::select(FIXTURES.to_vec()),
        place in any::<prop::sample::Index>(),
        other in any_json(),
    ) {
        let mut value: Value = serde_json::from_slice(&fixture(name)).unwrap();
        let witness = json!({"id": "900", "changes": callback(&[good(0)])["entry"][0]["changes"]});
        value["entry"].as_array_mut().unwrap().push(witness);
        let mut found = Vec::new();
        places(&value, "", &mut found);
        let last = value["entry"].as_array().unwrap().len() - 1;
        // The witness, the list it stands in and the marks of the callback stay as they are.
        found.retain(|place| {
            place.starts_with("/entry/") && !place.starts_with(&format!("/entry/{last}"))
        });
        *value.pointer_mut(place.get(&found).as_str()).unwrap() = other;
        let lines = lines(&parse(&value));
        let witness = lines.last().unwrap();
        prop_assert!(witness.starts_with("message wamid.good0 "), "{}", witness);
    }
}

#[test]
fn every_item_of_a_large_batch_is_read() {
    let messages: Vec<Value> = (0..1_000).map(good).collect();
    let results = parse(&callback(&messages));
    let ids: Vec<String> = results
        .iter()
        .filter_map(|result| match result {
            Ok(InboundEvent::Message(message)) => Some(message.provider_id.expose().clone()),
            _ => None,
        })
        .collect();
    let expected: Vec<String> = (0..1_000).map(|n| format!("wamid.good{n}")).collect();
    assert_eq!(ids, expected);
}

// Case: WH07
#[test]
fn beyond_the_limit_it_is_said_once() {
    let messages = vec![json!(0); CALLBACK_ITEMS_MAX + 50];
    let results = parse(&callback(&messages));
    assert_eq!(results.len(), CALLBACK_ITEMS_MAX + 1);
    let last = results.last().unwrap().as_ref().err().unwrap();
    assert_eq!(last.what, "too_many_items");
    assert_eq!(last.item, CALLBACK_ITEMS_MAX);
}

// Case: WH07, DO03
#[test]
fn deep_nesting_is_refused_without_harm() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let results = Whatsapp.parse(&settings(), deep.as_bytes());
    assert_eq!(lines(&results), ["issue 0 not_json"]);
}

#[test]
fn a_broken_character_in_one_name_costs_only_that_character() {
    let body = callback(&[good(1), good(2)])
        .to_string()
        .replacen("Hallo", "Hal\\ud83dlo", 1);
    let lines = lines(&Whatsapp.parse(&settings(), body.as_bytes()));
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains("text=\"Hal\u{fffd}lo\""), "{}", lines[0]);
    assert!(lines[1].contains("wamid.good2"), "{}", lines[1]);
}
