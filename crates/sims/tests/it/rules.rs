//! Windows, rates, tokens, versions, forced failures.

use serde_json::json;

use crate::harness::{ANNA, PHONE, Stage, answer, code, message_id};

#[tokio::test]
async fn the_window_is_open_for_twenty_four_hours() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage
        .sim("clock", json!({"advance_ms": 24 * 3_600_000 - 1}))
        .await;
    message_id(&stage.send_text(ANNA, "Noch offen").await);
    stage.sim("clock", json!({"advance_ms": 1})).await;
    message_id(&stage.send_text(ANNA, "Zu").await);
    stage.flush().await;
    let statuses = stage.receiver.items("statuses");
    let codes: Vec<_> = statuses
        .iter()
        .map(|s| (s["status"].clone(), s["errors"][0]["code"].clone()))
        .collect();
    assert!(
        codes.contains(&(json!("failed"), json!(131_047))),
        "{codes:?}"
    );
    assert_eq!(codes.iter().filter(|c| c.0 == json!("sent")).count(), 1);
}

#[tokio::test]
async fn a_call_opens_the_window_too() {
    let stage = Stage::open().await;
    stage
        .sim("inbound", json!({"from": ANNA, "type": "call"}))
        .await;
    message_id(&stage.send_text(ANNA, "Wir rufen zurück").await);
    stage.flush().await;
    let call = stage.receiver.items("calls").remove(0);
    assert_eq!(
        (call["event"].as_str(), call["from"].as_str()),
        (Some("connect"), Some(ANNA))
    );
    assert_eq!(stage.receiver.items("statuses")[0]["status"], "sent");
}

#[tokio::test]
async fn a_closed_window_can_be_refused_in_the_answer() {
    let stage = Stage::open().await;
    stage
        .sim("status", json!({"answer_codes": [131_047]}))
        .await;
    let refused = stage.send_text(ANNA, "Zu").await;
    assert_eq!((refused.0, code(&refused)), (400, 131_047));
    assert_eq!(
        refused.1["error"]["error_data"]["messaging_product"],
        "whatsapp"
    );
}

#[tokio::test]
async fn an_ad_opens_the_free_entry_period() {
    let stage = Stage::open().await;
    let ad = json!({"source_id": "ad1", "source_type": "ad"});
    stage
        .sim(
            "inbound",
            json!({"from": ANNA, "text": "Hallo", "referral": ad}),
        )
        .await;
    stage.flush().await;
    stage.receiver.forget();
    stage
        .sim("clock", json!({"advance_ms": 71 * 3_600_000}))
        .await;
    message_id(&stage.send_text(ANNA, "Noch da").await);
    stage.flush().await;
    let status = stage.receiver.items("statuses").remove(0);
    assert_eq!(status["pricing"]["type"], "free_entry_point");
    assert_eq!(status["pricing"]["billable"], false);
}

#[tokio::test]
async fn the_pair_rate_allows_a_burst_and_then_one_in_six_seconds() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    for n in 0..45 {
        message_id(&stage.send_text(ANNA, &format!("Nummer {n}")).await);
    }
    assert_eq!(code(&stage.send_text(ANNA, "Zu viel").await), 131_056);
    stage.sim("clock", json!({"advance_ms": 6_000})).await;
    message_id(&stage.send_text(ANNA, "Wieder").await);
    assert_eq!(code(&stage.send_text(ANNA, "Zu viel").await), 131_056);
}

#[tokio::test]
async fn the_throughput_counts_both_directions() {
    let stage = Stage::open().await;
    stage
        .sim("limits", json!({"per_second": 3, "pair_interval_ms": 0}))
        .await;
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Hallo"}))
        .await;
    message_id(&stage.send_text(ANNA, "1").await);
    message_id(&stage.send_text(ANNA, "2").await);
    let refused = stage.send_text(ANNA, "3").await;
    assert_eq!((refused.0, code(&refused)), (429, 130_429));
    stage.sim("clock", json!({"advance_ms": 1_000})).await;
    message_id(&stage.send_text(ANNA, "3").await);
}

#[tokio::test]
async fn service_messages_cost_after_the_free_ones() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage
        .sim("limits", json!({"free_service_messages": 1}))
        .await;
    stage.send_text(ANNA, "frei").await;
    stage.send_text(ANNA, "bezahlt").await;
    stage.flush().await;
    let billable: Vec<_> = stage
        .receiver
        .items("statuses")
        .iter()
        .filter(|s| s["status"] == "sent")
        .map(|s| s["pricing"]["billable"].clone())
        .collect();
    assert_eq!(billable, [json!(false), json!(true)]);
}

#[tokio::test]
async fn forced_failures_hit_whom_they_name() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage
        .sim(
            "status",
            json!({"fail": [{"code": 131_049, "to": ANNA, "next": 1}]}),
        )
        .await;
    stage.send_text(ANNA, "scheitert").await;
    stage.send_text(ANNA, "geht").await;
    stage.flush().await;
    let statuses = stage.receiver.items("statuses");
    let failed: Vec<_> = statuses
        .iter()
        .filter(|s| s["status"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["errors"][0]["code"], 131_049);
}

#[tokio::test]
async fn people_without_whatsapp_are_undeliverable() {
    let stage = Stage::open().await;
    message_id(&stage.send_text("4917139200077", "Hallo").await);
    stage.flush().await;
    let status = stage.receiver.items("statuses").remove(0);
    assert_eq!(status["errors"][0]["code"], 131_026);
    assert_eq!(status["recipient_id"], "4917139200077");
}

#[tokio::test]
async fn failed_is_final_and_late_statuses_say_nothing() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage.sim("status", json!({"auto": false})).await;
    let id = message_id(&stage.send_text(ANNA, "x").await);
    let path = format!("messages/{id}/status");
    stage.sim(&path, json!({"status": "delivered"})).await;
    stage
        .sim(&path, json!({"status": "failed", "code": 131_053}))
        .await;
    stage.sim(&path, json!({"status": "read"})).await;
    stage.flush().await;
    let words: Vec<_> = stage
        .receiver
        .items("statuses")
        .iter()
        .map(|s| s["status"].clone())
        .collect();
    assert_eq!(words, [json!("delivered"), json!("failed")]);
}

#[tokio::test]
async fn versions_and_tokens_are_checked() {
    let stage = Stage::open().await;
    for version in ["v17.0", "v26.0"] {
        let response = stage
            .request("GET", &format!("/{version}/{PHONE}"))
            .send()
            .await;
        assert_eq!(
            answer(response.expect("an answer")).await.0,
            200,
            "{version}"
        );
    }
    for version in ["v16.0", "v27.0"] {
        let response = stage
            .request("GET", &format!("/{version}/{PHONE}"))
            .send()
            .await;
        assert_eq!(
            code(&answer(response.expect("an answer")).await),
            2500,
            "{version}"
        );
    }
    let path = format!("/v25.0/{PHONE}?access_token=nobody");
    let mut request = stage.request("GET", &path).build().expect("a request");
    request.headers_mut().remove("authorization");
    let stranger = answer(stage.execute(request).await).await;
    assert_eq!((stranger.0, code(&stranger)), (401, 190));
    assert_eq!(code(&stage.graph("GET", "404404404", None).await), 100);
}
