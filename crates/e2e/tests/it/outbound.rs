//! What goes out through WhatsApp, and what does not.

use domain::time::HOUR_MS;
use serde_json::{Value, json};
use testkit::{Desk, Engine, Simulator, World, on_both_engines, plain_png, signature};

use crate::whatsapp::{messages, post_callback};

on_both_engines! {
    a_lost_answer_is_never_sent_twice,
    what_a_crash_left_open_can_be_sent_again,
    a_receipt_waits_for_its_message,
    trouble_passes_or_is_told,
    a_channel_tells_that_nothing_leaves,
    a_failure_belongs_to_its_attempt,
    the_window_and_templates,
    our_access_is_revoked,
    everything_our_connector_sends,
}

/// A world in which Anna has written, and her conversation.
async fn anna_wrote(engine: Engine) -> (World, String) {
    let mut world = World::start(engine).await;
    world.connect_whatsapp().await;
    // A session would end with the day.
    let (email, _) = World::owner_credentials();
    world.owner = world.token(email, &[], None).await;
    world.sim.anna_says("Hallo").await;
    world.settle().await;
    let id = world.only_conversation().await;
    (world, id)
}

/// The delivery states of what we sent, in order.
async fn states(desk: &Desk, id: &str) -> Vec<String> {
    let items = messages(desk, id).await;
    items
        .iter()
        .filter(|m| m["direction"] == "outbound")
        .map(|m| m["delivery"]["state"].as_str().expect("a state").to_owned())
        .collect()
}

async fn sent_texts(world: &World) -> Vec<String> {
    let accepted = world.sim.accepted().await;
    let texts = accepted
        .iter()
        .filter_map(|call| call["body"]["text"]["body"].as_str());
    texts.map(str::to_owned).collect()
}

pub(crate) async fn a_lost_answer_is_never_sent_twice(engine: Engine) {
    let (mut world, id) = anna_wrote(engine).await;
    world
        .sim
        .control("/faults", json!({ "drop_answer_after_accept": 1 }))
        .await;
    world.owner.say(&id, "Kommt an").await;
    world.run_jobs().await;
    assert_eq!(states(&world.owner, &id).await, ["unknown"]);
    world.restart().await;
    world.advance_ms(24 * 60_000).await;
    world.run_jobs().await;
    assert_eq!(
        states(&world.owner, &id).await,
        ["unknown"],
        "nobody sends it again by itself"
    );
    world.settle().await;
    assert_eq!(
        states(&world.owner, &id).await,
        ["delivered"],
        "its receipts tell that it arrived"
    );
    assert_eq!(sent_texts(&world).await, ["Kommt an"]);
    // Read marks now find the message by the provider's id.
    let wamid = world.sim.accepted().await[0]["message_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    world
        .sim
        .control(
            &format!("/messages/{wamid}/status"),
            json!({ "status": "read" }),
        )
        .await;
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["read"]);

    // Receipts that come before the answer to our own request.
    world
        .sim
        .control("/faults", json!({ "slow_ms": 300 }))
        .await;
    world.owner.say(&id, "Schneller als die Antwort").await;
    let early = async {
        testkit::until("a callback before the answer", async || {
            (world.sim.flush().await > 0).then_some(())
        })
        .await;
    };
    tokio::join!(world.run_jobs(), early);
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["read", "delivered"]);
    assert_eq!(sent_texts(&world).await.len(), 2);
    // A person may send what is unknown again, and only a person.
    world
        .sim
        .control(
            "/faults",
            json!({ "reset": true, "http_502": 1, "on": "messages" }),
        )
        .await;
    let third = world.owner.say(&id, "Ungewiss").await;
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await[2], "unknown");
    let message = third["id"].as_str().expect("an id");
    let again = world
        .owner
        .post(&format!("/messages/{message}/retry"), json!({}))
        .await;
    assert_eq!(again.expect(200)["delivery"]["state"], "queued");
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await[2], "delivered");
    let again = world
        .owner
        .post(&format!("/messages/{message}/retry"), json!({}))
        .await;
    assert_eq!(again.problem(409), "not_failed");
    assert_eq!(
        sent_texts(&world).await,
        ["Kommt an", "Schneller als die Antwort", "Ungewiss"]
    );
}

/// The house dies between asking and hearing. Nobody but a person sends it again, and when a
/// person does, it really leaves.
pub(crate) async fn what_a_crash_left_open_can_be_sent_again(engine: Engine) {
    let (mut world, id) = anna_wrote(engine).await;
    world
        .sim
        .control("/faults", json!({ "slow_ms": 60_000 }))
        .await;
    let message = world.owner.say(&id, "Noch da?").await;
    let asked = testkit::until("the request at the provider", async || {
        (world.sim.calls("/messages").await.len() == 1).then_some(())
    });
    tokio::select! {
        _ = world.run_jobs() => panic!("the provider does not answer yet"),
        () = asked => {}
    }
    world.sim.control("/faults", json!({ "reset": true })).await;
    world.restart().await;
    world.advance_ms(HOUR_MS).await;
    world.run_jobs().await;
    assert_eq!(states(&world.owner, &id).await, ["unknown"]);
    let path = format!("/messages/{}/retry", message["id"].as_str().expect("an id"));
    world.owner.post(&path, json!({})).await.expect(200);
    world.run_jobs().await;
    assert_eq!(states(&world.owner, &id).await, ["sent"]);
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["delivered"]);
}

pub(crate) async fn trouble_passes_or_is_told(engine: Engine) {
    let (world, id) = anna_wrote(engine).await;
    // Too fast is certain: nothing was accepted, and the next messages wait for their turn.
    world
        .sim
        .control("/faults", json!({ "http_429": 2, "on": "messages" }))
        .await;
    world.owner.say(&id, "Erste").await;
    world.owner.say(&id, "Zweite").await;
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["queued", "queued"]);
    // What waits says what the latest attempt met; who has not been tried says nothing.
    let waiting = messages(&world.owner, &id).await;
    let [.., first, second] = waiting.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(first["delivery"]["error_class"], "pace");
    assert!(first["delivery"]["error"]["explanation"].is_string());
    assert_eq!(second["delivery"]["error"], Value::Null);
    assert_eq!(second["delivery"]["error_class"], Value::Null);
    for _ in 0..3 {
        world.advance_ms(60_000).await;
        world.settle().await;
    }
    assert_eq!(states(&world.owner, &id).await, ["delivered", "delivered"]);
    assert_eq!(sent_texts(&world).await, ["Erste", "Zweite"]);
    for message in messages(&world.owner, &id).await {
        assert_ne!(message["delivery"]["error_class"], "pace", "it has passed");
    }
    // A refusal that will not change is told with its reason.
    let rule = json!({ "fail": [{ "code": 131_026, "next": 1 }] });
    world.sim.control("/status", rule).await;
    world.owner.say(&id, "Dritte").await;
    world.settle().await;
    let last = messages(&world.owner, &id).await.pop().expect("a message");
    assert_eq!(last["delivery"]["state"], "failed");
    let error = &last["delivery"]["error"];
    assert_eq!(error["code"], "whatsapp_131026");
    assert!(error["explanation"].as_str().expect("words").len() > 20);
    // The pace of one pair: the sixth message of half a minute waits.
    world.advance_ms(60_000).await;
    for number in 0..8 {
        world.owner.say(&id, &format!("Takt {number}")).await;
    }
    world.settle().await;
    let sent = sent_texts(&world).await;
    assert_eq!(
        sent[sent.len() - 5..],
        ["Takt 0", "Takt 1", "Takt 2", "Takt 3", "Takt 4"]
    );
    world.advance_ms(30_000).await;
    world.settle().await;
    let sent = sent_texts(&world).await;
    assert_eq!(
        sent[sent.len() - 3..],
        ["Takt 5", "Takt 6", "Takt 7"],
        "in order"
    );
    // The same client id is one message, also under the header; another body is refused.
    world.advance_ms(60_000).await;
    let body = json!({ "client_id": "k-1", "text": "Einmal" });
    let first = world.owner.send(&id, body.clone()).await.expect(201);
    assert_eq!(
        world.owner.send(&id, body).await.expect(200)["id"],
        first["id"]
    );
    let other = json!({ "client_id": "k-1", "text": "Anders" });
    assert_eq!(
        world.owner.send(&id, other).await.problem(409),
        "client_id_reused"
    );
    world.settle().await;
    assert_eq!(
        sent_texts(&world)
            .await
            .iter()
            .filter(|text| *text == "Einmal")
            .count(),
        1
    );
}

fn template(name: &str, body: &[&str]) -> Value {
    json!({ "template": { "name": name, "language": "de", "parameters": { "body": body } } })
}

fn reasons(problem: &Value) -> Vec<&str> {
    let reasons = problem["reasons"].as_array().expect("reasons");
    reasons
        .iter()
        .map(|reason| reason["code"].as_str().expect("a code"))
        .collect()
}

/// A status, told as the provider tells it.
async fn tell(world: &World, channel: &Value, status: &Value) {
    let callback = json!({ "object": "whatsapp_business_account", "entry": [{
        "id": Simulator::WABA_ID,
        "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "493023125001", "phone_number_id": Simulator::PHONE_ID },
            "statuses": [status],
        } }],
    }] });
    let body = serde_json::to_vec(&callback).expect("JSON");
    let signed = signature(Simulator::APP_SECRET, &body);
    let answer = post_callback(world, channel, &body, Some(&signed)).await;
    assert_eq!(answer.status, 200);
}

/// A receipt that carries no reference of ours, told before we know the provider's id.
pub(crate) async fn a_receipt_waits_for_its_message(engine: Engine) {
    let world = World::start(engine).await;
    let channel = world.connect_whatsapp().await;
    world.sim.anna_says("Hallo").await;
    world.settle().await;
    let id = world.only_conversation().await;
    world
        .sim
        .control("/faults", json!({ "slow_ms": 4_000 }))
        .await;
    world.owner.say(&id, "Gelesen, bevor wir es wissen").await;
    let early = async {
        let sent = testkit::until("the request at the provider", async || {
            world.sim.accepted().await.pop()
        })
        .await;
        let read = json!({
            "id": sent["message_id"], "status": "read", "timestamp": "1795300000",
            "recipient_id": Simulator::ANNA,
        });
        for _ in 0..2 {
            tell(&world, &channel, &read).await;
            world.run_jobs().await;
        }
        assert_eq!(states(&world.owner, &id).await, ["queued"]);
    };
    tokio::join!(world.run_jobs(), early);
    assert_eq!(states(&world.owner, &id).await, ["read"]);
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["read"]);
}

pub(crate) async fn a_failure_belongs_to_its_attempt(engine: Engine) {
    let world = World::start(engine).await;
    let channel = world.connect_whatsapp().await;
    world.sim.anna_says("Hallo").await;
    world.settle().await;
    let id = world.only_conversation().await;
    let rule = json!({ "fail": [{ "code": 131_026, "next": 1 }] });
    world.sim.control("/status", rule).await;
    let message = world.owner.say(&id, "Kommt erst beim zweiten Mal an").await;
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["failed"]);
    let sent = world.sim.accepted().await;
    let reference = sent[0]["body"]["biz_opaque_callback_data"].clone();
    let failed = json!({
        "id": sent[0]["message_id"], "status": "failed", "timestamp": "1795300000",
        "recipient_id": Simulator::ANNA, "biz_opaque_callback_data": reference,
        "errors": [{ "code": 131_026, "title": "Message undeliverable" }],
    });
    let repeat = async || {
        tell(&world, &channel, &failed).await;
        world.run_jobs().await;
    };
    let again = format!("/messages/{}/retry", message["id"].as_str().expect("an id"));
    world.owner.post(&again, json!({})).await.expect(200);
    // The provider repeats the old failure before and after the second attempt.
    tell(&world, &channel, &failed).await;
    assert_eq!(states(&world.owner, &id).await, ["queued"]);
    world.run_jobs().await;
    assert_eq!(states(&world.owner, &id).await, ["sent"]);
    repeat().await;
    world.settle().await;
    repeat().await;
    assert_eq!(states(&world.owner, &id).await, ["delivered"]);
    assert_eq!(sent_texts(&world).await.len(), 2);
}

async fn objections_count_at_once(world: &World, id: &str) {
    let wishes = async || {
        let timeline = world.owner.timeline(id).await;
        let kinds = timeline.iter().filter(|item| {
            item["kind"] == "preference_changed" && item["data"]["category"] == "objection"
        });
        kinds
            .map(|item| {
                item["data"]["decision"]
                    .as_str()
                    .expect("a word")
                    .to_owned()
            })
            .collect::<Vec<_>>()
    };
    let resume = json!({ "value": "resume" });
    let wish = format!("/users/{}/marketing", Simulator::ANNA);
    world.sim.control(&wish, resume.clone()).await;
    world.sim.anna_says("Wann kommt das Paket?").await;
    world.settle().await;
    assert!(wishes().await.is_empty());
    let sent = world.owner.send(id, template("herbstaktion", &[])).await;
    assert!(!reasons(&sent.expect(409)).contains(&"marketing_stopped"));
    // The plainer word counts; the same again says nothing new.
    for said in [
        "Bitte schicken Sie mir keine Werbung mehr, danke",
        "ende",
        "STOPP!",
        "stop",
    ] {
        world.clock.advance_ms(1_000);
        world.sim.anna_says(said).await;
        world.settle().await;
    }
    assert_eq!(wishes().await, ["soft", "hard"]);
    // What the provider tells later lifts nothing.
    world.clock.advance_ms(1_000);
    world.sim.control(&wish, resume).await;
    world.settle().await;
    let sent = world.owner.send(id, template("herbstaktion", &[])).await;
    assert!(reasons(&sent.expect(409)).contains(&"marketing_stopped"));
}

// Check: CO-10
// Check: CO-14
pub(crate) async fn the_window_and_templates(engine: Engine) {
    let (world, id) = anna_wrote(engine).await;
    let composer = async || {
        world
            .owner
            .get(&format!("/conversations/{id}/composer"))
            .await
            .expect(200)
    };
    let open = composer().await;
    assert_eq!(open["free_text"], true);
    assert_eq!(open["recipient"]["channel_name"], "WhatsApp Laden");
    let names: Vec<&str> = open["templates"]
        .as_array()
        .expect("templates")
        .iter()
        .map(|t| t["name"].as_str().expect("a name"))
        .collect();
    assert!(
        names.contains(&"terminerinnerung") && !names.contains(&"gewinnspiel"),
        "{names:?}"
    );
    world.advance_ms(24 * HOUR_MS - 1_000).await;
    world.owner.say(&id, "Gerade noch").await;
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["delivered"]);
    // Written while it was open, dispatched when it was closed: it does not leave.
    world.owner.say(&id, "Zu spät").await;
    world.advance_ms(1_000).await;
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["delivered", "failed"]);
    let closed = composer().await;
    assert_eq!(closed["free_text"], false);
    assert_eq!(closed["reply_window"]["state"], "closed");
    assert_eq!(closed["reasons"][0]["code"], "window_closed");
    let refused = world.owner.send(&id, json!({ "text": "Hallo?" })).await;
    let problem = refused.expect(409);
    assert_eq!(problem["code"], "send_refused");
    assert_eq!(reasons(&problem), ["window_closed"]);
    assert!(
        !problem["reasons"][0]["explanation"]
            .as_str()
            .expect("words")
            .is_empty()
    );

    let wrong = world
        .owner
        .send(&id, template("terminerinnerung", &["Frau Beispiel"]))
        .await;
    assert_eq!(reasons(&wrong.expect(409)), ["template_parameters"]);
    let unknown = world.owner.send(&id, template("gibt_es_nicht", &[])).await;
    assert_eq!(reasons(&unknown.expect(409)), ["template_unknown"]);
    let marketing = world.owner.send(&id, template("herbstaktion", &[])).await;
    assert_eq!(
        reasons(&marketing.expect(409)),
        ["template_not_approved", "consent_missing"]
    );
    world
        .sim
        .control(
            &format!("/users/{}/marketing", Simulator::ANNA),
            json!({ "value": "stop" }),
        )
        .await;
    world.settle().await;
    let stopped = world.owner.send(&id, template("herbstaktion", &[])).await;
    assert_eq!(
        reasons(&stopped.expect(409)),
        [
            "template_not_approved",
            "marketing_stopped",
            "consent_missing"
        ]
    );
    objections_count_at_once(&world, &id).await;
    // Nothing slips out beside a template.
    let file = world
        .owner
        .upload("a.png", "image/png", plain_png(9))
        .await
        .expect(201);
    for beside in [
        json!({ "text": "dazu" }),
        json!({ "attachments": [file["id"]] }),
    ] {
        let mut body = template("terminerinnerung", &["Frau Beispiel", "Dienstag"]);
        body.as_object_mut()
            .expect("a body")
            .extend(beside.as_object().expect("fields").clone());
        assert_eq!(world.owner.send(&id, body).await.problem(422), "invalid");
    }
    let good = world
        .owner
        .send(
            &id,
            template("terminerinnerung", &["Frau Beispiel", "Dienstag um 10"]),
        )
        .await;
    let card = good.expect(201)["card"].clone();
    assert_eq!(card["kind"], "template");
    assert!(card.to_string().contains("Dienstag um 10"));
    world.settle().await;
    // One of them says that her withdrawal was taken in.
    assert_eq!(
        states(&world.owner, &id).await,
        ["delivered", "failed", "delivered", "delivered"]
    );
    let accepted = world.sim.accepted().await;
    assert_eq!(
        accepted.last().expect("a call")["body"]["template"]["name"],
        "terminerinnerung"
    );
    assert_eq!(accepted.len(), 3, "what was refused never left");
    // The person writes again: free text is possible at once.
    world.sim.anna_says("Bin wieder da").await;
    world.settle().await;
    assert_eq!(composer().await["free_text"], true);
}

pub(crate) async fn a_channel_tells_that_nothing_leaves(engine: Engine) {
    let (world, id) = anna_wrote(engine).await;
    let stuck = async || {
        let channels = world.owner.pages("/channels", "").await;
        let told = |kind: &str| {
            let found = channels.iter().find(|channel| channel["kind"] == kind);
            found.expect("a channel")["stuck_since"].clone()
        };
        (told("whatsapp"), told("webchat"))
    };
    world
        .sim
        .control("/faults", json!({ "http_429": 1, "on": "messages" }))
        .await;
    let since = world.now();
    world.owner.say(&id, "Hört uns jemand?").await;
    world.settle().await;
    assert_eq!(stuck().await, (Value::Null, Value::Null), "not yet");
    world.advance_ms(61_000).await;
    assert_eq!(stuck().await, (json!(since), Value::Null));
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["delivered"]);
    assert_eq!(stuck().await, (Value::Null, Value::Null), "it has left");
}

pub(crate) async fn our_access_is_revoked(engine: Engine) {
    let (world, id) = anna_wrote(engine).await;
    let live = world.owner.watch(None).await;
    live.ready().await;
    world
        .sim
        .control("/faults", json!({ "revoke_token": true }))
        .await;
    world.owner.say(&id, "Hört uns jemand?").await;
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["failed"]);
    let channels = world.owner.pages("/channels", "").await;
    let channel = channels
        .iter()
        .find(|c| c["kind"] == "whatsapp")
        .expect("a channel");
    assert_eq!(channel["state"], "broken");
    assert_eq!(channel["trouble"]["code"], "whatsapp_190");
    let words = channel["trouble"]["explanation"].as_str().expect("words");
    assert!(words.contains("Zugangsschlüssel"), "{words}");
    live.until("the broken channel", |s| {
        !s.of_kind("channel.updated").is_empty()
    })
    .await;
    let composer = world
        .owner
        .get(&format!("/conversations/{id}/composer"))
        .await
        .expect(200);
    assert_eq!(composer["free_text"], false);
    assert_eq!(composer["reasons"][0]["code"], "channel_broken");
    let refused = world.owner.send(&id, json!({ "text": "Und jetzt?" })).await;
    assert_eq!(reasons(&refused.expect(409)), ["channel_broken"]);
    // What people write still comes in.
    world.sim.anna_says("Ich höre").await;
    world.settle().await;
    assert_eq!(messages(&world.owner, &id).await.len(), 3);
    // A person repairs it.
    world
        .sim
        .control("/faults", json!({ "restore_token": true }))
        .await;
    let path = format!("/channels/{}", channel["id"].as_str().expect("an id"));
    let fixed =
        json!({ "state": "active", "settings": { "access_token": Simulator::ACCESS_TOKEN } });
    let mended = world.owner.patch(&path, fixed).await.expect(200);
    assert_eq!(mended["state"], "active");
    assert_eq!(mended["trouble"], Value::Null);
    world.owner.say(&id, "Wieder da").await;
    world.settle().await;
    assert_eq!(states(&world.owner, &id).await, ["failed", "delivered"]);
    // Two secrets at once while one is exchanged for the other.
    let both = json!({ "settings": { "app_secret": ["neues-geheimnis", Simulator::APP_SECRET] } });
    world.owner.patch(&path, both).await.expect(200);
    world.sim.anna_says("Unterschrieben mit dem alten").await;
    world.settle().await;
    assert_eq!(messages(&world.owner, &id).await.len(), 5);
    let only_new = json!({ "settings": { "app_secret": "neues-geheimnis" } });
    world.owner.patch(&path, only_new).await.expect(200);
    world.sim.anna_says("Zu spät unterschrieben").await;
    world.sim.flush().await;
    assert_eq!(messages(&world.owner, &id).await.len(), 5);
}

// Case: IN11
/// Sends every kind of thing once and, where `TRESEN_LEDGER` names a file, writes down what the
/// provider got, for the foreign judges: `judges/run --ledger FILE`.
async fn everything_our_connector_sends(engine: Engine) {
    let (world, id) = anna_wrote(engine).await;
    let inbound = messages(&world.owner, &id).await[0].clone();
    let upload = async |name: &str, mime: &str, bytes: Vec<u8>| {
        world.owner.upload(name, mime, bytes).await.expect(201)["id"].clone()
    };
    let picture = upload("hof.png", "image/png", plain_png(32)).await;
    let second = upload("hof2.png", "image/png", plain_png(33)).await;
    let document = upload(
        "Angebot 7.pdf",
        "application/pdf",
        b"%PDF-1.4\n%%EOF\n".to_vec(),
    )
    .await;
    let bodies = [
        json!({ "text": "Nur Text" }),
        json!({ "text": "Mit Zitat", "quote": inbound["id"] }),
        json!({ "text": "Zwei Bilder", "attachments": [picture, second] }),
        json!({ "text": "Das Angebot", "attachments": [document] }),
        json!({ "text": "Passt Dienstag?", "choices": { "kind": "buttons", "items": [
            { "id": "ja", "title": "Ja" }, { "id": "nein", "title": "Nein" }] } }),
        json!({ "text": "Welche Zeit?", "choices": { "kind": "list", "open": "Zeiten", "items": [
            { "id": "1", "title": "9 Uhr", "description": "früh" }, { "id": "2", "title": "12 Uhr" }] } }),
        template("terminerinnerung", &["Frau Beispiel", "Dienstag"]),
        json!({ "template": { "name": "versand_status", "language": "de", "parameters": {
            "header": ["Haus Beispiel"], "body": ["4711", "Dienstag"], "buttons": ["4711"] } } }),
    ];
    for body in bodies {
        world.owner.send(&id, body).await.expect(201);
        world.settle().await;
        world.advance_ms(10_000).await;
    }
    let message = inbound["id"].as_str().expect("an id");
    for emoji in [json!("🙏"), Value::Null] {
        let path = format!("/messages/{message}/reaction");
        let answer = world
            .owner
            .call("PUT", &path, Some(&json!({ "emoji": emoji })))
            .await;
        answer.expect(200);
        world.settle().await;
        world.advance_ms(10_000).await;
    }
    let live = world.owner.watch(None).await;
    live.ready().await;
    live.say(json!({ "type": "typing", "conversation_id": id, "on": true }))
        .await;
    world.sim.anna_says("Danke").await;
    world.settle().await;
    let last = world.owner.conversation(&id).await["last_seq"].clone();
    world
        .owner
        .post(&format!("/conversations/{id}/read"), json!({ "seq": last }))
        .await
        .expect(204);
    testkit::until("read mark and typing", async || {
        let calls = world.sim.calls("/messages").await;
        let signals = calls.iter().filter(|call| call["body"]["status"] == "read");
        let typing = calls
            .iter()
            .filter(|call| call["body"]["typing_indicator"].is_object());
        (signals.count() >= 2 && typing.count() == 1).then_some(())
    })
    .await;
    let calls = world.sim.calls("/messages").await;
    let kinds: Vec<&str> = calls
        .iter()
        .filter_map(|call| call["body"]["type"].as_str())
        .collect();
    let expected = [
        "text",
        "text",
        "image",
        "image",
        "document",
        "interactive",
        "interactive",
        "template",
        "template",
        "reaction",
        "reaction",
    ];
    assert_eq!(kinds, expected);
    assert!(calls.iter().all(|call| call["status"] == 200), "{calls:?}");
    assert_eq!(
        calls[1]["body"]["context"]["message_id"]
            .as_str()
            .map(|id| id.starts_with("wamid.")),
        Some(true)
    );
    assert_eq!(calls[2]["body"]["image"]["caption"], "Zwei Bilder");
    let delivered = states(&world.owner, &id).await;
    assert!(
        delivered.iter().all(|state| state == "delivered"),
        "{delivered:?}"
    );
    if let (Engine::Sqlite, Some(path)) = (engine, std::env::var_os("TRESEN_LEDGER")) {
        let ledger = world.sim.ask("/ledger").await;
        std::fs::write(path, ledger.to_string()).expect("the ledger can be written");
    }
}
