//! What the send endpoint accepts and refuses.

use serde_json::{Value, json};

use crate::harness::{ANNA, Stage, code, message_id};

fn interactive(kind: &str, action: Value) -> Value {
    json!({"to": ANNA, "type": "interactive",
        "interactive": {"type": kind, "body": {"text": "Bitte wählen"}, "action": action}})
}

fn buttons(titles: &[&str]) -> Value {
    let buttons: Vec<Value> = titles
        .iter()
        .enumerate()
        .map(
            |(n, title)| json!({"type": "reply", "reply": {"id": format!("b{n}"), "title": title}}),
        )
        .collect();
    interactive("button", json!({ "buttons": buttons }))
}

fn rows(count: usize) -> Value {
    let rows: Vec<Value> = (0..count)
        .map(|n| json!({"id": format!("r{n}"), "title": format!("Zeile {n}")}))
        .collect();
    let (left, right) = rows.split_at(count / 2);
    interactive(
        "list",
        json!({"button": "Termine", "sections": [
        {"title": "A", "rows": left}, {"title": "B", "rows": right}]}),
    )
}

#[tokio::test]
async fn good_messages_of_every_type_are_accepted() {
    let stage = Stage::open().await;
    let quoted = stage.greet(ANNA).await;
    let good = vec![
        json!({"to": ANNA, "type": "text", "text": {"body": "x".repeat(4096), "preview_url": true}}),
        json!({"to": ANNA, "text": {"body": "ohne type"}, "context": {"message_id": quoted}}),
        json!({"to": ANNA, "type": "image", "image": {"link": "https://shop.example/a.jpg", "caption": "Bild"}}),
        json!({"to": ANNA, "type": "document", "document": {"link": "https://shop.example/a.pdf", "filename": "a.pdf"}}),
        json!({"to": ANNA, "type": "audio", "audio": {"link": "https://shop.example/a.ogg", "voice": true}}),
        json!({"to": ANNA, "type": "location", "location": {"latitude": 52.5, "longitude": 13.4, "name": "Laden"}}),
        json!({"to": ANNA, "type": "contacts", "contacts": [{"name": {"formatted_name": "B. Beispiel", "first_name": "B."}, "phones": [{"phone": "+49 30 23125 099"}]}]}),
        json!({"to": ANNA, "type": "reaction", "reaction": {"message_id": quoted, "emoji": "👍🏽"}}),
        json!({"to": ANNA, "type": "reaction", "reaction": {"message_id": quoted, "emoji": ""}}),
        buttons(&["Ja", "Nein", "Vielleicht"]),
        rows(10),
        interactive(
            "cta_url",
            json!({"name": "cta_url", "parameters": {"display_text": "Öffnen", "url": "https://shop.example"}}),
        ),
        interactive("location_request_message", json!({"name": "send_location"})),
        interactive(
            "request_contact_info",
            json!({"name": "request_contact_info"}),
        ),
        interactive(
            "flow",
            json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Start", "flow_token": "t", "flow_action": "navigate", "flow_action_payload": {"screen": "A"}}}),
        ),
    ];
    for message in good {
        let sent = stage.send(message.clone()).await;
        assert_eq!(sent.0, 200, "{message}: {}", sent.1);
    }
}

#[tokio::test]
async fn bad_envelopes_and_texts_are_refused_with_the_right_code() {
    refuses(vec![
        (
            131_008,
            json!({"to": ANNA, "type": "text", "text": {"body": ""}}),
        ),
        (131_008, json!({"to": ANNA, "type": "text"})),
        (
            100,
            json!({"to": ANNA, "type": "text", "text": {"body": "x".repeat(4097)}}),
        ),
        (
            100,
            json!({"to": ANNA, "type": "text", "text": {"body": 7}}),
        ),
        (
            100,
            json!({"to": ANNA, "type": "text", "text": {"body": "x", "colour": "red"}}),
        ),
        (
            100,
            json!({"to": ANNA, "type": "text", "text": {"body": "x"}, "urgent": true}),
        ),
        (100, json!({"to": ANNA, "type": "telegram", "telegram": {}})),
        (100, json!({"type": "text", "text": {"body": "x"}})),
        (
            131_009,
            json!({"to": "Anna", "type": "text", "text": {"body": "x"}}),
        ),
        (
            131_009,
            json!({"recipient": ANNA, "type": "text", "text": {"body": "x"}}),
        ),
        (
            131_021,
            json!({"to": "+49 30 23125001", "type": "text", "text": {"body": "x"}}),
        ),
        (
            131_009,
            json!({"to": ANNA, "type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "x".repeat(513)}),
        ),
        (
            131_009,
            json!({"to": ANNA, "type": "text", "text": {"body": "x"}, "context": {"message_id": "wamid.unknown"}}),
        ),
    ])
    .await;
}

#[tokio::test]
async fn bad_media_places_and_people_are_refused_with_the_right_code() {
    refuses(vec![
        (
            131_008,
            json!({"to": ANNA, "type": "image", "image": {"caption": "x"}}),
        ),
        (
            131_009,
            json!({"to": ANNA, "type": "image", "image": {"id": "1", "link": "https://shop.example/a.jpg"}}),
        ),
        (
            131_009,
            json!({"to": ANNA, "type": "image", "image": {"link": "ftp://shop.example/a.jpg"}}),
        ),
        (
            100,
            json!({"to": ANNA, "type": "audio", "audio": {"link": "https://shop.example/a.ogg", "caption": "x"}}),
        ),
        (
            100,
            json!({"to": ANNA, "type": "location", "location": {"latitude": "52.5", "longitude": 13.4}}),
        ),
        (
            131_009,
            json!({"to": ANNA, "type": "location", "location": {"latitude": 91, "longitude": 13.4}}),
        ),
        (
            131_009,
            json!({"to": ANNA, "type": "contacts", "contacts": [{"name": {"formatted_name": "B"}}]}),
        ),
        (
            131_009,
            json!({"to": ANNA, "type": "reaction", "reaction": {"message_id": "x", "emoji": "👍"}}),
        ),
    ])
    .await;
}

#[tokio::test]
async fn bad_choices_are_refused_with_the_right_code() {
    refuses(vec![
        (131_009, buttons(&["1", "2", "3", "4"])),
        (131_009, buttons(&["Ja", "Ja"])),
        (131_009, buttons(&["Ein viel zu langer Titel"])),
        (131_009, rows(11)),
        (
            131_008,
            interactive(
                "list",
                json!({"button": "x", "sections": [{"rows": [{"id": "a", "title": "t"}]}, {"title": "B", "rows": []}]}),
            ),
        ),
        (
            131_009,
            interactive(
                "cta_url",
                json!({"name": "cta_url", "parameters": {"display_text": "x", "url": "nowhere"}}),
            ),
        ),
        (131_009, interactive("dance", json!({}))),
        (
            131_009,
            json!({"to": ANNA, "recipient_type": "group", "type": "text", "text": {"body": "x"}}),
        ),

    ])
    .await;
}

/// Sends each message and wants its code; nothing refused may have an effect.
async fn refuses(bad: Vec<(i64, Value)>) {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    for (wanted, message) in bad {
        let refused = stage.send(message.clone()).await;
        assert_ne!(refused.0, 200, "{message}");
        assert_eq!(code(&refused), wanted, "{message}: {}", refused.1);
    }
    stage.flush().await;
    assert_eq!(
        stage.receiver.received().len(),
        0,
        "nothing refused has an effect"
    );
}

#[tokio::test]
async fn the_product_is_required_and_bodies_are_objects() {
    let stage = Stage::open().await;
    let path = format!("{}/messages", crate::harness::PHONE);
    let bare = json!({"to": ANNA, "type": "text", "text": {"body": "x"}});
    assert_eq!(code(&stage.graph("POST", &path, Some(bare)).await), 100);
    assert_eq!(
        code(&stage.graph("POST", &path, Some(json!([1]))).await),
        100
    );
}

#[tokio::test]
async fn objects_may_come_as_text_and_texts_stay_texts() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    let contacts =
        json!([{"name": {"formatted_name": "B. Beispiel", "first_name": "B."}}]).to_string();
    let opaque = r#"{"m":1}"#;
    let sent = stage
        .send(json!({"to": ANNA, "type": "contacts", "contacts": contacts, "biz_opaque_callback_data": opaque}))
        .await;
    message_id(&sent);
    stage.flush().await;
    assert_eq!(
        stage.receiver.items("statuses")[0]["biz_opaque_callback_data"],
        opaque
    );
}

#[tokio::test]
async fn the_ledger_keeps_whole_bodies_and_no_tokens() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    let id = message_id(&stage.send_text(ANNA, "Steht im Buch").await);
    let ledger = stage.look("ledger").await;
    let request = &ledger["requests"][0];
    assert_eq!(request["body"]["text"]["body"], "Steht im Buch");
    assert_eq!(request["message_id"], json!(id));
    assert_eq!(request["status"], 200);
    assert!(!ledger.to_string().contains("sim-access-token"));
}
