//! Handshake, signature, retries, and the content of callbacks.

use serde_json::{Value, json};

use sims::whatsapp::Options;

use crate::harness::{ANNA, BELA_ID, PHONE, Stage, WABA, message_id, signature_fits};

#[tokio::test]
async fn a_callback_address_is_taken_only_after_the_handshake() {
    let stage = Stage::open().await;
    assert_eq!(stage.receiver.handshakes(), 1);

    let wrong = json!({"override_callback_uri": stage.receiver.url, "verify_token": "wrong"});
    let path = format!("{WABA}/subscribed_apps");
    let refused = stage.graph("POST", &path, Some(wrong)).await;
    assert_eq!(refused.0, 400);
    assert_eq!(refused.1["error"]["code"], 2200);

    let right =
        json!({"override_callback_uri": stage.receiver.url, "verify_token": "sim-verify-token"});
    let taken = stage.graph("POST", &path, Some(right)).await;
    assert_eq!(taken, (200, json!({"success": true})));
    assert_eq!(stage.receiver.handshakes(), 2);
    let (_, apps) = stage.graph("GET", &path, None).await;
    assert_eq!(
        apps["data"][0]["override_callback_uri"],
        json!(stage.receiver.url)
    );
}

#[tokio::test]
async fn signatures_cover_the_raw_bytes_which_are_escaped() {
    let stage = Stage::open().await;
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Grüße 👍 a/b"}))
        .await;
    stage.flush().await;
    let callback = stage.receiver.received().remove(0);
    assert!(callback.raw.is_ascii());
    assert!(String::from_utf8_lossy(&callback.raw).contains(r"Gr\u00fc\u00dfe \ud83d\udc4d a\/b"));
    assert!(signature_fits(
        "sim-app-secret",
        &callback.raw,
        &callback.signature
    ));
    assert!(!signature_fits("other", &callback.raw, &callback.signature));
    let again = serde_json::to_vec(&callback.body).expect("JSON");
    assert!(!signature_fits(
        "sim-app-secret",
        &again,
        &callback.signature
    ));
}

#[tokio::test]
async fn unanswered_callbacks_come_again_with_the_same_bytes() {
    let stage = Stage::open().await;
    stage.receiver.answer_next(&[500, 204]);
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Hallo"}))
        .await;
    stage.flush().await;
    let ledger = stage.look("ledger").await;
    assert_eq!(ledger["callbacks"][0]["state"], "pending");
    assert_eq!(ledger["callbacks"][0]["attempts"][0]["status"], 500);
    // 204 is not 200: the platform only takes 200.
    stage.flush().await;
    assert_eq!(
        stage.look("ledger").await["callbacks"][0]["state"],
        "pending"
    );
    stage.flush().await;
    assert_eq!(
        stage.look("ledger").await["callbacks"][0]["state"],
        "acknowledged"
    );
    let received = stage.receiver.received();
    assert_eq!(received.len(), 3);
    assert!(
        received
            .iter()
            .all(|callback| callback.raw == received[0].raw)
    );
}

#[tokio::test]
async fn the_pump_sends_and_retries_by_itself() {
    let stage = Stage::open_with(Options::default()).await;
    stage.sim("faults", json!({"retry_base_ms": 5})).await;
    stage.receiver.answer_next(&[503]);
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Hallo"}))
        .await;
    stage.receiver.wait_for(2).await;
    message_id(&stage.send_text(ANNA, "Gern").await);
    stage.receiver.wait_for(4).await;
    let words: Vec<_> = stage.receiver.items("statuses");
    assert_eq!(
        (&words[0]["status"], &words[1]["status"]),
        (&json!("sent"), &json!("delivered"))
    );
}

#[tokio::test]
async fn retries_are_bounded() {
    let stage = Stage::open().await;
    stage.sim("faults", json!({"retry_limit": 2})).await;
    stage.receiver.answer_next(&[500; 10]);
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Hallo"}))
        .await;
    for _ in 0..5 {
        stage.flush().await;
    }
    assert_eq!(stage.receiver.received().len(), 3);
    assert_eq!(
        stage.look("ledger").await["callbacks"][0]["state"],
        "given_up"
    );
}

#[tokio::test]
async fn statuses_carry_price_echo_and_contact() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage.sim("status", json!({"read_ms": 5})).await;
    let sent = stage
        .send(json!({"to": ANNA, "type": "text", "text": {"body": "Gern"},
            "biz_opaque_callback_data": "m:1"}))
        .await;
    let id = message_id(&sent);
    stage.flush().await;
    let statuses = stage.receiver.items("statuses");
    let words: Vec<&str> = statuses
        .iter()
        .filter_map(|s| s["status"].as_str())
        .collect();
    assert_eq!(words, ["sent", "delivered", "read"]);
    for status in &statuses {
        assert_eq!(status["id"], json!(id));
        assert_eq!(status["biz_opaque_callback_data"], "m:1");
        assert_eq!(status["recipient_id"], ANNA);
        assert_eq!(status["recipient_user_id"], "DE.13491208655300001");
        assert_eq!(status["pricing"]["category"], "service");
        assert_eq!(status["pricing"]["billable"], false);
        assert_eq!(status["pricing"]["type"], "free_customer_service");
    }
    for value in stage.receiver.values() {
        assert_eq!(value["contacts"][0]["user_id"], "DE.13491208655300001");
    }
}

#[tokio::test]
async fn failed_statuses_have_no_contacts() {
    let stage = Stage::open().await;
    let sent = stage.send_text(ANNA, "Zu spät").await;
    message_id(&sent);
    stage.flush().await;
    let value = stage.receiver.values().remove(0);
    assert!(value.get("contacts").is_none(), "{value}");
    let status = &value["statuses"][0];
    assert_eq!(status["status"], "failed");
    assert_eq!(status["errors"][0]["code"], 131_047);
    assert!(status.get("recipient_user_id").is_none(), "{status}");
    assert!(status.get("pricing").is_none(), "{status}");
}

#[tokio::test]
async fn users_without_a_visible_number_are_only_an_id() {
    let stage = Stage::open().await;
    stage
        .sim(
            "inbound",
            json!({"from": BELA_ID, "image": {"caption": "Dieser Schuh"}}),
        )
        .await;
    stage.flush().await;
    let value = stage.receiver.values().remove(0);
    let (contact, message) = (&value["contacts"][0], &value["messages"][0]);
    assert!(
        contact.get("wa_id").is_none() && message.get("from").is_none(),
        "{value}"
    );
    assert_eq!(contact["user_id"], BELA_ID);
    assert_eq!(contact["profile"]["username"], "bela.m");
    assert_eq!(message["from_user_id"], BELA_ID);
    assert_eq!(message["image"]["mime_type"], "image/jpeg");
    assert_eq!(message["image"]["caption"], "Dieser Schuh");
}

#[tokio::test]
async fn every_inbound_type_arrives_as_itself() {
    let stage = Stage::open().await;
    let quoted = stage.greet(ANNA).await;
    let inputs: Vec<(&str, Value)> = vec![
        ("text", json!({"text": "Hallo"})),
        ("image", json!({"type": "image"})),
        ("video", json!({"type": "video"})),
        ("audio", json!({"type": "voice"})),
        ("document", json!({"type": "document"})),
        ("sticker", json!({"type": "sticker"})),
        ("location", json!({"type": "location"})),
        ("contacts", json!({"type": "contacts"})),
        (
            "interactive",
            json!({"interactive": {"type": "button_reply", "button_reply": {"id": "ja", "title": "Ja"}}}),
        ),
        (
            "interactive",
            json!({"interactive": {"type": "list_reply", "list_reply": {"id": "t1", "title": "Di", "description": "10 Uhr"}}}),
        ),
        (
            "interactive",
            json!({"interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "{\"a\":1}"}}}),
        ),
        (
            "button",
            json!({"button": {"payload": "p", "text": "Passt"}}),
        ),
        (
            "reaction",
            json!({"reaction": {"message_id": quoted, "emoji": "👍"}}),
        ),
        (
            "reaction",
            json!({"reaction": {"message_id": quoted, "emoji": null}}),
        ),
        (
            "order",
            json!({"order": {"catalog_id": "1", "text": "bitte", "product_items": [{"product_retailer_id": "s", "quantity": 1, "item_price": 9.5, "currency": "EUR"}]}}),
        ),
        (
            "edit",
            json!({"edit": {"original_message_id": quoted, "message": {"type": "text", "text": {"body": "neu"}}}}),
        ),
        ("revoke", json!({"revoke": {"original_message_id": quoted}})),
        ("request_welcome", json!({"type": "request_welcome"})),
        ("unsupported", json!({"type": "unsupported"})),
        (
            "hologram",
            json!({"type": "hologram", "hologram": {"any": "thing"}}),
        ),
    ];
    for (_, input) in &inputs {
        let mut input = input.clone();
        input["from"] = json!(ANNA);
        stage.sim("inbound", input).await;
    }
    stage.flush().await;
    let messages = stage.receiver.items("messages");
    let kinds: Vec<&str> = messages.iter().filter_map(|m| m["type"].as_str()).collect();
    let wanted: Vec<&str> = inputs.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, wanted);
    assert_eq!(messages[3]["audio"]["voice"], true);
    assert!(messages[13]["reaction"].get("emoji").is_none());
    assert_eq!(messages[18]["errors"][0]["code"], 131_051);
    assert_eq!(messages[19]["hologram"]["any"], "thing");
}

#[tokio::test]
async fn quotes_referrals_and_raw_fields_are_passed_on() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    let ours = message_id(&stage.send_text(ANNA, "Wann passt es?").await);
    stage.flush().await;
    stage.receiver.forget();
    stage
        .sim(
            "inbound",
            json!({"from": ANNA, "text": "Morgen", "reply_to": ours, "forwarded": true,
            "referral": {"source_id": "ad", "source_type": "ad", "ctwa_clid": "x"},
            "raw": {"from": null, "future_field": 1}}),
        )
        .await;
    stage.flush().await;
    let message = stage.receiver.items("messages").remove(0);
    assert_eq!(
        message["context"],
        json!({"from": "493023125001", "id": ours, "forwarded": true})
    );
    assert_eq!(message["referral"]["ctwa_clid"], "x");
    assert_eq!(message["future_field"], 1);
    assert!(message.get("from").is_none());
}

#[tokio::test]
async fn unknown_fields_and_account_events_can_be_emitted() {
    let stage = Stage::open().await;
    stage
        .sim(
            "events",
            json!({"field": "account_update", "value": {"event": "ACCOUNT_RESTRICTION"}}),
        )
        .await;
    stage
        .sim(
            "events",
            json!({"field": "brand_new", "value": {"metadata": true}}),
        )
        .await;
    stage.flush().await;
    let changes = stage.receiver.changes();
    assert_eq!(changes[0]["field"], "account_update");
    assert_eq!(changes[1]["value"]["metadata"]["phone_number_id"], PHONE);
}
