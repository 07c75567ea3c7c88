//! Users: sending to them by number and id, their changes, their wishes.

use serde_json::{Value, json};

use sims::whatsapp::{Clock, Options};

use crate::harness::{ANNA, BELA_ID, PHONE, START_MS, Stage, answer, code, message_id};

#[tokio::test]
async fn a_user_id_goes_into_recipient() {
    let stage = Stage::open().await;
    stage.greet(BELA_ID).await;
    let sent = stage
        .send(json!({"recipient": BELA_ID, "type": "text", "text": {"body": "Gern"}}))
        .await;
    message_id(&sent);
    assert_eq!(
        sent.1["contacts"][0],
        json!({"input": BELA_ID, "user_id": BELA_ID})
    );
    stage.flush().await;
    let statuses = stage.receiver.items("statuses");
    assert_eq!(statuses.len(), 2);
    assert_eq!(statuses[0]["recipient_user_id"], BELA_ID);
    assert!(statuses[0].get("recipient_id").is_none());
}

#[tokio::test]
async fn a_user_id_in_to_is_answered_and_silently_dropped() {
    let stage = Stage::open().await;
    stage.greet(BELA_ID).await;
    let sent = stage.send_text(BELA_ID, "Niemand liest das").await;
    let id = message_id(&sent);
    stage.flush().await;
    assert_eq!(stage.receiver.received().len(), 0);
    let message = stage.look(&format!("messages/{id}")).await;
    assert_eq!(message["stage"], "dropped");
}

#[tokio::test]
async fn to_wins_when_both_are_given() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    let sent = stage
        .send(json!({"to": format!("+{ANNA}"), "recipient": BELA_ID, "type": "text", "text": {"body": "x"}}))
        .await;
    assert_eq!(
        sent.1["contacts"][0],
        json!({"input": format!("+{ANNA}"), "wa_id": ANNA})
    );
}

#[tokio::test]
async fn a_new_number_brings_a_new_id_and_three_events() {
    let stage = Stage::open().await;
    let changed = stage
        .sim(
            "users/usr_anna/change",
            json!({"phone": "+49 171 39200 09", "identity": true}),
        )
        .await;
    let new_id = changed["user"]["user_id"].clone();
    stage.flush().await;
    let changes = stage.receiver.changes();
    let number = &changes[0]["value"]["messages"][0];
    assert_eq!(number["system"]["type"], "user_changed_number");
    assert_eq!(number["from"], ANNA);
    assert_eq!(number["system"]["wa_id"], "491713920009");
    assert_eq!(number["system"]["user_id"], new_id);
    assert!(changes[0]["value"].get("contacts").is_none());
    assert_eq!(
        changes[1]["value"]["messages"][0]["system"]["type"],
        "customer_identity_changed"
    );
    assert_eq!(changes[2]["field"], "user_id_update");
    assert_eq!(changes[2]["value"]["user_id_update"][0]["user_id"], new_id);
}

#[tokio::test]
async fn stopping_marketing_is_reported_and_obeyed() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage
        .sim("users/usr_anna/marketing", json!({"value": "stop"}))
        .await;
    stage.flush().await;
    let preference = stage.receiver.items("user_preferences").remove(0);
    assert_eq!(
        (
            preference["value"].as_str(),
            preference["category"].as_str()
        ),
        (Some("stop"), Some("marketing_messages"))
    );
    let offer = || {
        json!({"to": ANNA, "type": "template", "template": {"name": "spring_voucher",
        "language": {"code": "en"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ann"}]},
            {"type": "button", "sub_type": "copy_code", "index": "0",
             "parameters": [{"type": "coupon_code", "coupon_code": "TEA25"}]}]}})
    };
    stage.receiver.forget();
    message_id(&stage.send(offer()).await);
    stage.flush().await;
    assert_eq!(
        stage.receiver.items("statuses")[0]["errors"][0]["code"],
        131_050
    );
    stage
        .sim("users/usr_anna/marketing", json!({"value": "resume"}))
        .await;
    stage.flush().await;
    stage.receiver.forget();
    message_id(&stage.send(offer()).await);
    stage.flush().await;
    assert_eq!(stage.receiver.items("statuses")[0]["status"], "sent");
}

#[tokio::test]
async fn blocked_users_do_not_reach_the_business() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    let path = format!("{PHONE}/block_users");
    let block = json!({"messaging_product": "whatsapp", "block_users": [{"user": ANNA}]});
    let (_, answer) = stage.graph("POST", &path, Some(block.clone())).await;
    assert_eq!(answer["block_users"]["added_users"][0]["wa_id"], ANNA);
    let silent = stage
        .sim("inbound", json!({"from": ANNA, "text": "Hallo?"}))
        .await;
    assert_eq!(silent["blocked"], true);
    let (_, listed) = stage.graph("GET", &path, None).await;
    assert_eq!(listed["data"][0]["wa_id"], ANNA);
    stage.graph("DELETE", &path, Some(block)).await;
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Hallo!"}))
        .await;
    stage.flush().await;
    let texts: Vec<Value> = stage.receiver.items("messages");
    assert_eq!(texts.len(), 1);
}

#[tokio::test]
async fn read_marks_name_a_received_message() {
    let stage = Stage::open().await;
    let id = stage.greet(ANNA).await;
    let path = format!("{PHONE}/messages");
    let mark = |id: &str| {
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": id,
        "typing_indicator": {"type": "text"}})
    };
    let (status, answer) = stage.graph("POST", &path, Some(mark(&id))).await;
    assert_eq!((status, answer), (200, json!({"success": true})));
    assert_eq!(stage.look(&format!("messages/{id}")).await["stage"], "read");
    assert_eq!(
        code(&stage.graph("POST", &path, Some(mark("wamid.none"))).await),
        131_009
    );
}

#[tokio::test]
async fn a_saved_world_starts_again_as_it_was() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    let media = stage
        .sim("inbound", json!({"from": ANNA, "type": "voice"}))
        .await;
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("world.json");
    stage.save_world(&path);
    let world = sims::whatsapp::read_world(&path).expect("a saved world reads");
    let options = Options {
        clock: Clock::frozen(START_MS),
        world: Some(world),
        ..Options::default()
    };
    let again = Stage::open_with(options).await;
    // The window Anna opened is still open, and her voice note is still there.
    again
        .sim("status", json!({"answer_codes": [131_047]}))
        .await;
    message_id(&again.send_text(ANNA, "Weiter").await);
    let id = media["media_id"].as_str().expect("an id");
    assert_eq!(
        again.look(&format!("media/{id}")).await,
        stage.look(&format!("media/{id}")).await
    );
}

#[tokio::test]
async fn numbers_are_separate_in_window_token_and_receiver() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    let second = crate::harness::Receiver::start().await;
    let number = stage
        .sim(
            "numbers",
            json!({"phone_number_id": "940000000000002", "business_account_id": "950000000000002",
            "display_phone_number": "+49 30 23125 002", "access_token": "second-token",
            "webhook_url": second.url}),
        )
        .await;
    assert_eq!(number["display_phone_number"], "493023125002");
    let body =
        json!({"messaging_product": "whatsapp", "to": ANNA, "type": "text", "text": {"body": "x"}});
    let path = "/v25.0/940000000000002/messages";
    let foreign = stage
        .request("POST", path)
        .json(&body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        code(&answer(foreign).await),
        100,
        "the first token does not open the second number"
    );
    let own = stage
        .request_as("second-token", "POST", path)
        .json(&body)
        .send()
        .await;
    message_id(&answer(own.expect("an answer")).await);
    stage.flush().await;
    assert_eq!(stage.receiver.received().len(), 0);
    let status = second.items("statuses").remove(0);
    assert_eq!(
        status["errors"][0]["code"], 131_047,
        "the window of the first number does not count"
    );
}
