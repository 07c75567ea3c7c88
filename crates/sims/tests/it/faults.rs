//! What can be made to go wrong, and that it does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{ANNA, Answer, PHONE, Stage, code, list, message_id};

fn many(count: usize) -> Value {
    let messages: Vec<Value> = (0..count)
        .map(|n| json!({"from": ANNA, "text": format!("Nachricht {n}")}))
        .collect();
    json!({ "messages": messages })
}

fn texts(stage: &Stage) -> Vec<String> {
    let messages = stage.receiver.items("messages");
    messages
        .iter()
        .filter_map(|m| m["text"]["body"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn duplicates_are_byte_identical() {
    let stage = Stage::open().await;
    stage.sim("faults", json!({"duplicate": 2})).await;
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Hallo"}))
        .await;
    stage.flush().await;
    let received = stage.receiver.received();
    assert_eq!(received.len(), 3);
    assert!(
        received
            .iter()
            .all(|callback| callback.raw == received[0].raw)
    );
    let callbacks = list(&stage.look("ledger").await, "callbacks");
    assert_eq!(callbacks[1]["copy_of"], callbacks[0]["id"]);
}

#[tokio::test]
async fn one_thousand_messages_fit_one_callback_in_three_shapes() {
    for shape in ["value", "changes", "entries"] {
        let stage = Stage::open().await;
        stage
            .sim("faults", json!({"batch": 1000, "batch_shape": shape}))
            .await;
        stage.sim("inbound", many(1000)).await;
        stage.flush().await;
        let received = stage.receiver.received();
        assert_eq!(received.len(), 1, "{shape}");
        let body = &received[0].body;
        let (entries, changes) = (list(body, "entry").len(), stage.receiver.changes().len());
        match shape {
            "value" => assert_eq!((entries, changes), (1, 1)),
            "changes" => assert_eq!((entries, changes), (1, 1000)),
            _ => assert_eq!((entries, changes), (1000, 1000)),
        }
        let wanted: Vec<String> = (0..1000).map(|n| format!("Nachricht {n}")).collect();
        assert_eq!(texts(&stage), wanted, "{shape}");
    }
}

#[tokio::test]
async fn batches_respect_their_size() {
    let stage = Stage::open().await;
    stage.sim("faults", json!({"batch": 40})).await;
    stage.sim("inbound", many(100)).await;
    stage.flush().await;
    let sizes: Vec<usize> = stage
        .receiver
        .values()
        .iter()
        .map(|value| list(value, "messages").len())
        .collect();
    assert_eq!(sizes.iter().sum::<usize>(), 100);
    assert!(sizes.iter().all(|size| *size <= 40), "{sizes:?}");
}

#[tokio::test]
async fn reordering_changes_the_order_and_loses_nothing() {
    let stage = Stage::open().await;
    stage
        .sim("faults", json!({"reorder": true, "duplicate_items": 1}))
        .await;
    stage.sim("inbound", many(50)).await;
    stage.flush().await;
    let arrived = texts(&stage);
    let in_order: Vec<String> = (0..50)
        .flat_map(|n| [format!("Nachricht {n}"), format!("Nachricht {n}")])
        .collect();
    assert_ne!(arrived, in_order);
    assert_eq!(arrived.len(), 100);
    assert_eq!(arrived.iter().collect::<BTreeSet<_>>().len(), 50);
}

#[tokio::test]
async fn bodies_stay_below_three_megabytes() {
    let stage = Stage::open().await;
    stage.sim("faults", json!({"batch": 1000})).await;
    let messages: Vec<Value> = (0..1000)
        .map(|_| json!({"from": ANNA, "text": "x".repeat(4096)}))
        .collect();
    stage.sim("inbound", json!({ "messages": messages })).await;
    stage.flush().await;
    let received = stage.receiver.received();
    assert!(received.len() > 1);
    assert!(
        received
            .iter()
            .all(|callback| callback.raw.len() <= 3 * 1024 * 1024)
    );
    assert_eq!(texts(&stage).len(), 1000);
}

#[tokio::test]
async fn a_dropped_answer_still_sends_the_message() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage
        .sim("faults", json!({"drop_answer_after_accept": 1}))
        .await;
    let body = json!({"messaging_product": "whatsapp", "to": ANNA, "type": "text",
        "text": {"body": "Einmal"}, "biz_opaque_callback_data": "m:7"});
    let request = stage
        .request("POST", &format!("/v25.0/{PHONE}/messages"))
        .json(&body);
    let error = request
        .send()
        .await
        .expect_err("the connection closes without an answer");
    assert!(!error.is_status(), "{error}");
    stage.flush().await;
    let statuses = stage.receiver.items("statuses");
    assert_eq!(statuses[0]["biz_opaque_callback_data"], "m:7");
    let ledger = stage.look("ledger").await;
    assert_eq!(ledger["requests"][0]["answer_dropped"], true);
    assert_eq!(ledger["requests"][0]["message_id"], statuses[0]["id"]);
    // The next call is answered again.
    message_id(&stage.send_text(ANNA, "Zweimal").await);
}

#[tokio::test]
async fn graph_calls_can_be_refused_without_effect() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage
        .sim(
            "faults",
            json!({"http_429": 1, "http_502": 1, "http_503": 1,
            "graph_error": {"code": 131_016, "count": 1}, "on": "messages"}),
        )
        .await;
    let (status, _) = stage.graph("GET", PHONE, None).await;
    assert_eq!(status, 200, "only calls to messages are refused");
    let mut seen: Vec<Answer> = Vec::new();
    for _ in 0..4 {
        seen.push(stage.send_text(ANNA, "Versuch").await);
    }
    assert_eq!((seen[0].0, code(&seen[0])), (429, 4));
    assert_eq!(seen[1].0, 502);
    assert!(
        seen[1]
            .1
            .as_str()
            .is_some_and(|text| text.starts_with("<html>"))
    );
    assert_eq!((seen[2].0, code(&seen[2])), (503, 131_016));
    assert_eq!(code(&seen[3]), 131_016);
    message_id(&stage.send_text(ANNA, "Jetzt").await);
    stage.flush().await;
    assert_eq!(stage.receiver.items("statuses").len(), 2);
}

#[tokio::test]
async fn a_revoked_token_is_refused_until_restored() {
    let stage = Stage::open().await;
    stage.greet(ANNA).await;
    stage.sim("faults", json!({"revoke_token": true})).await;
    let refused = stage.send_text(ANNA, "Hallo").await;
    assert_eq!((refused.0, code(&refused)), (401, 190));
    stage.sim("faults", json!({"restore_token": true})).await;
    message_id(&stage.send_text(ANNA, "Hallo").await);
}

#[tokio::test]
async fn delayed_callbacks_wait_for_the_clock() {
    let stage = Stage::open().await;
    stage.sim("faults", json!({"delay_ms": 60_000})).await;
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Später"}))
        .await;
    assert_eq!(stage.receiver.received().len(), 0);
    assert_eq!(stage.look("ledger").await["pending"], 1);
    stage.flush().await;
    assert_eq!(stage.receiver.received().len(), 1);
}

#[tokio::test]
async fn impossible_faults_are_refused_and_change_nothing() {
    let stage = Stage::open().await;
    for wrong in [
        json!({"batch": 0}),
        json!({"batch": 1001}),
        json!({"parallel": 0}),
    ] {
        let (status, answer) = stage.control("faults", wrong).await;
        assert_eq!(status, 400, "{answer}");
    }
    let (status, _) = stage.control("faults", json!({"no_such_fault": 1})).await;
    assert!((400..500).contains(&status));
    assert_eq!(stage.look("faults").await["batch"], 1);
}

#[tokio::test]
async fn a_lost_callback_counts_as_unanswered_and_comes_again() {
    let stage = Stage::open().await;
    stage.sim("faults", json!({"lose_callbacks": 1})).await;
    stage
        .sim("inbound", json!({"from": ANNA, "text": "Hallo"}))
        .await;
    stage.flush().await;
    assert_eq!(stage.receiver.received().len(), 0);
    let attempts = list(&stage.look("ledger").await["callbacks"][0], "attempts");
    assert_eq!(attempts[0]["error"], "lost on purpose");
    stage.flush().await;
    assert_eq!(texts(&stage), ["Hallo"]);
}
