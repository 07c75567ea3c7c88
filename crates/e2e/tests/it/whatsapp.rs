//! WhatsApp, through the simulated provider.

use serde_json::{Value, json};
use testkit::{Answer, Desk, Engine, Simulator, World, on_both_engines, signature};

on_both_engines! {
    callbacks_prove_where_they_come_from,
    an_answer_and_its_receipts,
}

/// Posts raw bytes to the channel's callback address.
pub(crate) async fn post_callback(
    world: &World,
    channel: &Value,
    body: &[u8],
    header: Option<&str>,
) -> Answer {
    let path = channel["callback_path"].as_str().expect("a path");
    let signature = header.map(|value| ("x-hub-signature-256", value));
    world
        .post_raw(path, body.to_vec(), signature.as_slice())
        .await
}

pub(crate) async fn messages(desk: &Desk, conversation: &str) -> Vec<Value> {
    let items = desk.timeline(conversation).await;
    let seqs: Vec<i64> = items
        .iter()
        .map(|i| i["seq"].as_i64().expect("a number"))
        .collect();
    assert_eq!(
        seqs,
        (1..=seqs.len() as i64).collect::<Vec<_>>(),
        "numbers have no gap"
    );
    items
        .into_iter()
        .filter(|item| item["type"] == "message")
        .collect()
}

// Case: WH01, WH02, WH03, WH05
async fn callbacks_prove_where_they_come_from(engine: Engine) {
    let world = World::start(engine).await;
    let channel = world.connect_whatsapp().await;
    let shown = world.owner.get("/channels").await.text();
    for secret in [
        Simulator::APP_SECRET,
        Simulator::ACCESS_TOKEN,
        Simulator::VERIFY_TOKEN,
    ] {
        assert!(!shown.contains(secret), "{secret} came back");
    }
    let path = channel["callback_path"].as_str().expect("a path");
    let ask = |token: &str| {
        format!("{path}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=4711")
    };
    let nobody = world.desk(testkit::Auth::Nobody);
    let right = nobody.outside(&ask(Simulator::VERIFY_TOKEN)).await;
    assert_eq!((right.status, right.text()), (200, "4711".to_owned()));
    assert_eq!(
        nobody.outside(&ask("falsch")).await.problem(403),
        "forbidden"
    );
    assert_eq!(
        nobody
            .outside("/callbacks/chn_00000000000000000000000000")
            .await
            .status,
        404
    );

    let body = json!({ "object": "whatsapp_business_account", "entry": [{
        "id": Simulator::WABA_ID,
        "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "493023125001", "phone_number_id": Simulator::PHONE_ID },
            "contacts": [{ "profile": { "name": "Anna Beispiel" }, "wa_id": Simulator::ANNA }],
            "messages": [{ "from": Simulator::ANNA, "id": "wamid.TEST1", "timestamp": "1795300000",
                "type": "text", "text": { "body": "Hallo aus WhatsApp" } }],
        } }],
    }] });
    let body = serde_json::to_vec(&body).expect("JSON");
    let good = signature(Simulator::APP_SECRET, &body);
    let wrong = signature("another secret", &body);
    let other = signature(Simulator::APP_SECRET, b"another body");
    for header in [
        None,
        Some(""),
        Some("sha256="),
        Some(wrong.as_str()),
        Some(other.as_str()),
        Some(&good[..70]),
    ] {
        let answer = post_callback(&world, &channel, &body, header).await;
        assert_eq!(answer.problem(401), "signature", "{header:?}");
    }
    let broken = b"{\"entry\": [";
    let answer = post_callback(
        &world,
        &channel,
        broken,
        Some(&signature(Simulator::APP_SECRET, broken)),
    )
    .await;
    assert_eq!(answer.problem(400), "malformed");
    world.settle().await;
    assert_eq!(
        world.owner.conversations("").await.len(),
        0,
        "nothing was stored"
    );
    assert_eq!(
        post_callback(&world, &channel, &body, Some(&good))
            .await
            .status,
        200
    );
    let id = world.only_conversation().await;
    assert_eq!(
        messages(&world.owner, &id).await[0]["text"],
        "Hallo aus WhatsApp"
    );
    assert_eq!(
        post_callback(&world, &channel, &body, Some(&good))
            .await
            .status,
        200
    );
    world.settle().await;
    assert_eq!(messages(&world.owner, &id).await.len(), 1, "once");
}

// Case: WH09
async fn an_answer_and_its_receipts(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let by_hand = json!({ "auto": false });
    world.sim.control("/status", by_hand).await;
    let said = world.sim.anna_says("Ist mein Paket da?").await;
    world.settle().await;
    let id = world.only_conversation().await;
    let conversation = world.owner.conversation(&id).await;
    assert_eq!(conversation["contact"]["name"], "Anna Beispiel");
    assert_eq!(conversation["reply_window"]["state"], "open");
    assert_eq!(conversation["unread"], 1);
    let answer = world.owner.say(&id, "Ja, seit heute.").await;
    assert_eq!(answer["delivery"]["state"], "queued");
    world.settle().await;
    let last = async || messages(&world.owner, &id).await.pop().expect("a message");
    let state = async || last().await["delivery"]["state"].clone();
    assert_eq!(state().await, "sent");
    let accepted = world.sim.accepted().await;
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0]["body"]["text"]["body"], "Ja, seit heute.");
    let wamid = accepted[0]["message_id"].as_str().expect("an id");
    // Every order of receipts, with repetitions, ends in the same state, and what the provider
    // calls failed stays failed.
    let path = format!("/messages/{wamid}/status");
    for (status, shown) in [
        ("delivered", "delivered"),
        ("sent", "delivered"),
        ("read", "read"),
        ("delivered", "read"),
        ("sent", "read"),
        ("read", "read"),
        ("failed", "failed"),
        ("read", "failed"),
        ("delivered", "failed"),
    ] {
        let told = json!({ "status": status, "code": 131_026 });
        world.sim.control(&path, told).await;
        world.settle().await;
        assert_eq!(state().await, shown, "{status}");
    }
    assert_eq!(last().await["delivery"]["error"]["code"], "whatsapp_131026");
    assert_eq!(world.sim.accepted().await.len(), 1, "sent once");
    assert!(said["message_id"].is_string());
}
