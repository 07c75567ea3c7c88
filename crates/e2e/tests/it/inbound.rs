//! What comes in through WhatsApp: every kind of message, in any order, any number of times.

use domain::limits;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testkit::{Engine, Simulator, World, on_both_engines, signature};

use crate::whatsapp::{messages, post_callback};

on_both_engines! {
    every_kind_of_message,
    a_thousand_at_once,
    changes_overtake_their_messages,
    what_came_first_stands_first,
    people_change_their_addresses,
    who_wrote_a_moment_ago,
    files_that_do_not_come,
}

fn kept(text: &str) -> f64 {
    let lines = text.lines().filter(|line| {
        line.starts_with("tresen_callback_items_total") && line.contains("result=\"kept\"")
    });
    lines
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        .sum()
}

pub(crate) async fn every_kind_of_message(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let from = Simulator::ANNA;
    let say = async |message: Value| {
        let mut message = message;
        message["from"] = json!(from);
        let told = world.sim.inbound(message).await;
        told["message_id"].as_str().expect("an id").to_owned()
    };
    let text = say(json!({ "text": "Guten Tag ☕" })).await;
    for (kind, given) in [
        ("image", json!({ "caption": "Unser Hof" })),
        ("video", json!({})),
        ("voice", json!({})),
        (
            "document",
            json!({ "filename": "../Rechnung 7.pdf", "caption": "Anbei" }),
        ),
        ("sticker", json!({})),
        (
            "location",
            json!({ "latitude": 51.34, "longitude": 12.37, "name": "Laden" }),
        ),
        (
            "interactive",
            json!({ "type": "button_reply", "button_reply": { "id": "ja", "title": "Passt" } }),
        ),
        ("button", json!({ "payload": "ja", "text": "Gern" })),
        (
            "order",
            json!({ "catalog_id": "1", "text": "Bitte bald", "product_items": [
            { "product_retailer_id": "tee-1", "quantity": 2, "item_price": 4.5, "currency": "EUR" }] }),
        ),
    ] {
        say(json!({ "type": kind, kind: given })).await;
    }
    say(json!({ "type": "contacts" })).await;
    say(json!({ "type": "unsupported" })).await;
    say(json!({ "type": "ganz_neu", "ganz_neu": { "inhalt": 1 } })).await;
    let answer = json!({ "text": "Dazu noch etwas", "reply_to": text });
    say(answer).await;
    world.sim.flush().await;

    let id = world.only_conversation().await;
    let shown = messages(&world.owner, &id).await;
    assert_eq!(shown.len(), 14);
    let card = |place: usize| shown[place]["card"]["kind"].as_str().unwrap_or("");
    let file = |place: usize| {
        shown[place]["attachments"][0]["kind"]
            .as_str()
            .unwrap_or("")
    };
    assert_eq!(shown[0]["text"], "Guten Tag ☕");
    assert_eq!(
        (1..=5).map(file).collect::<Vec<_>>(),
        ["image", "video", "voice", "file", "sticker"]
    );
    assert_eq!(shown[1]["text"], "Unser Hof");
    assert_eq!(shown[4]["attachments"][0]["name"], "Rechnung 7.pdf");
    let cards: Vec<&str> = (6..=12).map(card).collect();
    assert_eq!(
        cards,
        [
            "location",
            "choice",
            "choice",
            "order",
            "contacts",
            "unsupported",
            "unsupported"
        ]
    );
    assert_eq!(shown[13]["quote"]["message_id"], shown[0]["id"]);
    assert_eq!(shown[13]["quote"]["text"], "Guten Tag ☕");
    // Shown at once; the files follow.
    let states = |items: &[Value]| -> Vec<Value> {
        items
            .iter()
            .flat_map(|m| m["attachments"].as_array().expect("files"))
            .map(|f| f["state"].clone())
            .collect()
    };
    assert_eq!(states(&shown), vec![json!("pending"); 5]);
    let pending = shown[1]["attachments"][0]["url"]
        .as_str()
        .expect("a path")
        .to_owned();
    assert_eq!(world.owner.outside(&pending).await.status, 404);
    world.settle().await;
    let shown = messages(&world.owner, &id).await;
    assert_eq!(states(&shown), vec![json!("stored"); 5]);
    for message in &shown[1..=5] {
        let file = &message["attachments"][0];
        let served = world
            .owner
            .outside(file["url"].as_str().expect("a path"))
            .await;
        assert_eq!(served.status, 200);
        assert_eq!(
            served.bytes.len(),
            usize::try_from(file["size"].as_i64().expect("a size")).expect("small")
        );
        assert!(!served.bytes.is_empty());
    }
    reactions_edits_and_the_unknown(&world, &id, &text).await;
}

async fn reactions_edits_and_the_unknown(world: &World, id: &str, first: &str) {
    let from = Simulator::ANNA;
    let count = messages(&world.owner, id).await.len();
    let react = |emoji: Value| json!({ "from": from, "type": "reaction", "reaction": { "message_id": first, "emoji": emoji } });
    world.sim.inbound(react(json!("👍"))).await;
    world.settle().await;
    assert_eq!(messages(&world.owner, id).await[0]["reaction"], "👍");
    world.advance_ms(1_000).await;
    world.sim.inbound(react(Value::Null)).await;
    let edit = json!({ "from": from, "type": "edit", "edit": { "original_message_id": first,
        "message": { "type": "text", "text": { "body": "Guten Abend" } } } });
    world.sim.inbound(edit).await;
    world.settle().await;
    let shown = messages(&world.owner, id).await;
    assert_eq!(
        (&shown[0]["reaction"], &shown[0]["text"]),
        (&Value::Null, &json!("Guten Abend"))
    );
    assert_eq!(shown[0]["edited_at"], world.now());
    let before = kept(&world.owner.outside("/metrics").await.text());
    let unknown =
        json!({ "field": "ganz_neues_feld", "value": { "metadata": true, "neu": [1, 2] } });
    world.sim.control("/events", unknown).await;
    world.settle().await;
    let after = kept(&world.owner.outside("/metrics").await.text());
    assert!(after > before, "the unknown is counted: {before} {after}");
    let revoke =
        json!({ "from": from, "type": "revoke", "revoke": { "original_message_id": first } });
    world.sim.inbound(revoke).await;
    world.settle().await;
    let shown = messages(&world.owner, id).await;
    assert_eq!(shown[0]["text"], Value::Null);
    assert_eq!(shown[0]["deleted_at"], world.now());
    assert_eq!(shown.len(), count, "none of these is a message of its own");
    assert_eq!(world.owner.conversation(id).await["unread"], count);
}

// Case: WH03, WH09
async fn a_thousand_at_once(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let watching = world.owner.watch(None).await;
    let cursor = watching.ready().await;
    world.sim.control("/faults", json!({
        "duplicate": 1, "duplicate_items": 1, "reorder": true, "batch": 1_000, "parallel": 4, "linger_ms": 0,
    })).await;
    let people = 250;
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut all = Vec::new();
    for number in 0..1_000 {
        let person = format!("DE.90000000000{:05}", number % people);
        let text = format!("Nachricht {number}");
        expected
            .entry(person.clone())
            .or_default()
            .insert(text.clone());
        all.push(
            json!({ "from": person, "text": text, "name": format!("Gast {}", number % people),
            "timestamp_ms": testkit::START_MS + (number % 7) as i64 * 1_000 }),
        );
    }
    world
        .sim
        .control("/inbound", json!({ "messages": all }))
        .await;
    world.settle().await;
    let list = world.owner.conversations("limit=200").await;
    assert_eq!(list.len(), people);
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for conversation in &list {
        let id = conversation["id"].as_str().expect("an id");
        let texts: Vec<String> = messages(&world.owner, id)
            .await
            .iter()
            .map(|m| m["text"].as_str().expect("a text").to_owned())
            .collect();
        assert_eq!(conversation["unread"], texts.len(), "exactly once");
        let person = conversation["address"]["display"]
            .as_str()
            .expect("an address")
            .to_owned();
        assert_eq!(texts.len(), texts.iter().collect::<BTreeSet<_>>().len());
        seen.insert(person, texts.into_iter().collect());
    }
    assert_eq!(seen, expected);
    // Who watched all the time has seen each of them, in the order of the feed, once.
    let told = watching
        .until("every message", |s| {
            s.of_kind("message.created").len() >= 1_000
        })
        .await;
    assert_eq!(told.of_kind("message.created").len(), 1_000);
    assert_eq!(told.conversations.len(), people);
    let seqs: Vec<i64> = told
        .events
        .iter()
        .map(|e| e["seq"].as_i64().expect("a number"))
        .collect();
    assert_eq!(
        seqs.len(),
        seqs.iter().collect::<BTreeSet<_>>().len(),
        "no event twice"
    );
    // Who comes back after that much is told to read afresh.
    for (text, status) in [("x", 400), ("1", 400), ("-1.2", 400)] {
        assert_eq!(world.owner.try_watch(Some(text)).await.err(), Some(status));
    }
    world.sim.control("/faults", json!({ "reset": true })).await;
    let more: Vec<Value> = (0..600)
        .map(|number| json!({ "from": format!("DE.91000000000{number:05}"), "text": "Neu" }))
        .collect();
    world
        .sim
        .control("/faults", json!({ "batch": 1_000, "linger_ms": 0 }))
        .await;
    world
        .sim
        .control("/inbound", json!({ "messages": more }))
        .await;
    world.settle().await;
    let late = world.owner.watch(Some(&cursor)).await;
    let late = late.until("a reset", |s| s.reset).await;
    assert!(late.events.is_empty());
    let foreign = world.owner.watch(Some("7fffffff.7fffffff")).await;
    foreign.until("a reset", |s| s.reset).await;
}

// Case: WH09
pub(crate) async fn changes_overtake_their_messages(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let from = Simulator::ANNA;
    let at = testkit::START_MS;
    // Each callback on its own, the last word first.
    let revoke = json!({ "from": from, "type": "revoke", "timestamp_ms": at + 2_000, "revoke": { "original_message_id": "wamid.A" } });
    let edit = json!({ "from": from, "type": "edit", "timestamp_ms": at + 1_000, "edit": { "original_message_id": "wamid.B",
        "message": { "type": "text", "text": { "body": "Dienstag" } } } });
    let back = json!({ "from": from, "type": "reaction", "timestamp_ms": at + 3_000, "reaction": { "message_id": "wamid.C", "emoji": null } });
    let thumb = json!({ "from": from, "type": "reaction", "timestamp_ms": at + 1_000, "reaction": { "message_id": "wamid.C", "emoji": "👍" } });
    for change in [revoke, edit, back] {
        world.sim.inbound(change).await;
        world.settle().await;
    }
    for (id, text) in [
        ("wamid.A", "Vertippt"),
        ("wamid.B", "Montag"),
        ("wamid.C", "Danke"),
    ] {
        world
            .sim
            .inbound(json!({ "from": from, "id": id, "text": text, "timestamp_ms": at }))
            .await;
        world.settle().await;
    }
    world.advance_ms(10 * 60_000).await;
    world.settle().await;
    world.sim.inbound(thumb).await;
    world.settle().await;
    let id = world.only_conversation().await;
    let shown = messages(&world.owner, &id).await;
    assert_eq!(shown.len(), 3);
    assert_eq!(shown[0]["text"], Value::Null, "what was taken back is gone");
    assert!(shown[0]["deleted_at"].is_string());
    assert_eq!(shown[1]["text"], "Dienstag");
    let list = world.owner.conversations("").await;
    assert_eq!(list[0]["last_message"]["text"], "Danke");
    // What the list shows of a message goes with it.
    let now = at + 10 * 60_000;
    for (id, change) in [
        (
            "wamid.X",
            json!({ "type": "edit", "edit": { "original_message_id": "wamid.X",
            "message": { "type": "text", "text": { "body": "Der Code ist geheim" } } } }),
        ),
        (
            "wamid.Y",
            json!({ "type": "revoke", "revoke": { "original_message_id": "wamid.Y" } }),
        ),
    ] {
        let said =
            json!({ "from": from, "id": id, "text": "Der Code ist 1234", "timestamp_ms": now });
        world.sim.inbound(said).await;
        world.settle().await;
        let mut change = change;
        change["from"] = json!(from);
        change["timestamp_ms"] = json!(now + 1_000);
        world.sim.inbound(change).await;
        world.settle().await;
        let all = world.owner.get("/conversations").await.expect(200);
        assert!(!all.to_string().contains("1234"), "{id}");
    }
    let list = world.owner.conversations("").await;
    assert_eq!(list[0]["last_message"]["deleted"], true);
    assert_eq!(
        shown[2]["reaction"],
        Value::Null,
        "a reaction that was taken back stays away"
    );
    // A message and its change in one callback, from somebody new.
    world
        .sim
        .control("/faults", json!({ "batch": 10, "linger_ms": 0 }))
        .await;
    let bela = Simulator::BELA_ID;
    let both = json!({ "messages": [
        { "from": bela, "id": "wamid.D", "text": "Falsch", "timestamp_ms": at },
        { "from": bela, "type": "edit", "timestamp_ms": at + 1_000, "edit": { "original_message_id": "wamid.D",
            "message": { "type": "text", "text": { "body": "Richtig" } } } },
    ] });
    world.sim.control("/inbound", both).await;
    world.settle().await;
    let list = world.owner.conversations("").await;
    let theirs = list
        .iter()
        .find(|c| c["contact"]["name"] == "Bela Muster")
        .expect("a conversation");
    let shown = messages(&world.owner, theirs["id"].as_str().expect("an id")).await;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["text"], "Richtig");
}

pub(crate) async fn what_came_first_stands_first(engine: Engine) {
    let mut world = World::start(engine).await;
    world.connect_whatsapp().await;
    let say = |from: &str, texts: &[&str]| -> Value {
        let messages: Vec<Value> = texts
            .iter()
            .map(|text| json!({ "from": from, "text": text }))
            .collect();
        json!({ "messages": messages })
    };
    world
        .sim
        .control("/faults", json!({ "batch": 3, "linger_ms": 0 }))
        .await;
    // Two callbacks that hold several things wait to be understood, and so does what follows.
    for texts in [&["1", "2", "3"][..], &["4", "5"], &["6"]] {
        world
            .sim
            .control("/inbound", say(Simulator::ANNA, texts))
            .await;
        assert_eq!(world.sim.flush().await, 1);
    }
    // Somebody else does not wait behind them.
    world
        .sim
        .inbound(json!({ "from": Simulator::BELA_ID, "text": "Dazwischen" }))
        .await;
    world.sim.flush().await;
    let list = world.owner.conversations("").await;
    assert_eq!(list.len(), 1, "only Bela's message was understood at once");
    assert_eq!(list[0]["contact"]["name"], "Bela Muster");
    // A process that starts anew does not know whose messages wait: everything queues.
    world.restart().await;
    world.sim.anna_says("7").await;
    world.sim.flush().await;
    assert_eq!(world.owner.conversations("").await.len(), 1);
    world.settle().await;
    world.sim.anna_says("8").await;
    world.sim.flush().await;
    let list = world.owner.conversations("").await;
    let anna = list
        .iter()
        .find(|c| c["contact"]["name"] != "Bela Muster")
        .expect("her conversation");
    let shown = messages(&world.owner, anna["id"].as_str().expect("an id")).await;
    let texts: Vec<&str> = shown.iter().filter_map(|m| m["text"].as_str()).collect();
    assert_eq!(texts, ["1", "2", "3", "4", "5", "6", "7", "8"]);
}

pub(crate) async fn people_change_their_addresses(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    // Somebody who is known by an id alone can be answered.
    world
        .sim
        .inbound(json!({ "from": Simulator::BELA_ID, "text": "Ohne Nummer" }))
        .await;
    world.settle().await;
    let bela = world.only_conversation().await;
    world.owner.say(&bela, "Geht auch.").await;
    world.settle().await;
    let accepted = world.sim.accepted().await;
    assert_eq!(accepted.len(), 1);
    assert!(accepted[0]["body"].to_string().contains(Simulator::BELA_ID));

    world.sim.anna_says("Noch die alte Nummer").await;
    world.settle().await;
    let list = world.owner.conversations("").await;
    let anna = list
        .iter()
        .find(|c| c["id"] != bela.as_str())
        .expect("a second one");
    let (id, contact) = (
        anna["id"].as_str().expect("an id"),
        anna["contact"]["id"].as_str().expect("an id"),
    );
    world.advance_ms(1_000).await;
    world
        .sim
        .control("/faults", json!({ "duplicate": 2 }))
        .await;
    let device = format!("/users/{}/change", Simulator::ANNA);
    world
        .sim
        .control(&device, json!({ "identity": true }))
        .await;
    world.settle().await;
    world.advance_ms(1_000).await;
    let new = "4917139200077";
    world
        .sim
        .control(
            &format!("/users/{}/change", Simulator::ANNA),
            json!({ "phone": new }),
        )
        .await;
    world.settle().await;
    world.advance_ms(1_000).await;
    world
        .sim
        .inbound(json!({ "from": new, "text": "Die neue Nummer" }))
        .await;
    world.settle().await;
    assert_eq!(
        world.owner.conversations("").await.len(),
        2,
        "the same person"
    );
    let items = world.owner.timeline(id).await;
    let causes: Vec<&str> = items
        .iter()
        .filter(|i| i["kind"] == "identity_changed")
        .map(|i| i["data"]["cause"].as_str().expect("a cause"))
        .collect();
    let distinct: BTreeSet<&&str> = causes.iter().collect();
    assert_eq!(
        causes.len(),
        distinct.len(),
        "each is told once: {causes:?}"
    );
    assert!(
        distinct.contains(&"changed_number") && distinct.contains(&"changed_device"),
        "{causes:?}"
    );
    assert_eq!(items.iter().filter(|i| i["type"] == "message").count(), 2);
    let view = world
        .owner
        .get(&format!("/contacts/{contact}"))
        .await
        .expect(200);
    let current: Vec<&str> = view["addresses"]
        .as_array()
        .expect("addresses")
        .iter()
        .filter(|a| a["kind"] == "phone" && a["ended_at"].is_null())
        .map(|a| a["display"].as_str().expect("text"))
        .collect();
    assert_eq!(current.len(), 1, "{view}");
    assert!(current[0].ends_with("77"), "{current:?}");
    let ended = view["addresses"]
        .as_array()
        .expect("addresses")
        .iter()
        .filter(|a| a["ended_at"].is_string())
        .count();
    assert!(ended >= 1, "the old number keeps its history");

    // A wish against advertising is kept, also of somebody who never wrote.
    world
        .sim
        .control("/users/usr_clara/marketing", json!({ "value": "stop" }))
        .await;
    world.settle().await;
    let list = world.owner.conversations("").await;
    let clara = list
        .iter()
        .find(|c| c["contact"]["name"] == "Clara Probe")
        .expect("a contact");
    let items = world
        .owner
        .timeline(clara["id"].as_str().expect("an id"))
        .await;
    let wishes: Vec<&Value> = items
        .iter()
        .filter(|i| i["kind"] == "preference_changed")
        .collect();
    assert_eq!(wishes.len(), 1, "told once");
    assert_eq!(wishes[0]["data"]["decision"], "stop");
}

/// One callback with one text of a number, or with the number's change to another one.
fn told_by(from: &str, number: u32, more: Value) -> Vec<u8> {
    let mut message = json!({
        "from": from, "id": format!("wamid.M{number}"),
        "timestamp": (1_795_300_000 + number).to_string(),
    });
    let object = message.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "phone_number_id": Simulator::PHONE_ID },
        "messages": [message],
    });
    json!({ "object": "whatsapp_business_account", "entry": [{
        "id": Simulator::WABA_ID, "changes": [{ "field": "messages", "value": value }],
    }] })
    .to_string()
    .into_bytes()
}

/// What is remembered of a sender is checked by every commit that relies on it.
async fn who_wrote_a_moment_ago(engine: Engine) {
    let world = World::start(engine).await;
    let channel = world.connect_whatsapp().await;
    let post = async |body: Vec<u8>| {
        let proof = signature(Simulator::APP_SECRET, &body);
        let answer = post_callback(&world, &channel, &body, Some(&proof)).await;
        assert_eq!(answer.status, 200);
    };
    let text = |from: &str, number: u32| {
        let words = json!({ "type": "text", "text": { "body": format!("Nachricht {number}") } });
        told_by(from, number, words)
    };
    let (old, new) = (Simulator::ANNA, "4917139200077");
    // A repetition makes forget what is remembered, so new words follow it: she is known again.
    for number in [1, 2, 3, 2, 1, 3, 8, 9] {
        post(text(old, number)).await;
    }
    let annas = world.only_conversation().await;
    assert_eq!(messages(&world.owner, &annas).await.len(), 5);

    let change = json!({ "type": "system", "system": {
        "type": "user_changed_number", "wa_id": new, "body": "A new number",
    } });
    post(told_by(old, 4, change)).await;
    world.settle().await;
    post(text(new, 5)).await;
    assert_eq!(world.only_conversation().await, annas);
    assert_eq!(messages(&world.owner, &annas).await.len(), 6);

    // Her old number is somebody else's now, whatever is remembered of it.
    post(text(old, 6)).await;
    post(text(old, 7)).await;
    let list = world.owner.conversations("").await;
    assert_eq!(list.len(), 2, "{list:?}");
    let other = list.iter().find(|c| c["id"] != annas.as_str());
    let other = other.and_then(|c| c["id"].as_str()).expect("a second one");
    assert_eq!(messages(&world.owner, other).await.len(), 2);
    assert_eq!(messages(&world.owner, &annas).await.len(), 6);
}

// Case: WH10, FI02, FI07
pub(crate) async fn files_that_do_not_come(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let image = |_: usize| json!({ "from": Simulator::ANNA, "type": "image", "image": {} });
    world.sim.inbound(image(0)).await;
    world.sim.flush().await;
    let id = world.only_conversation().await;
    world
        .sim
        .control("/faults", json!({ "expire_media": "ids" }))
        .await;
    world.settle().await;
    let state = async |place: usize| {
        messages(&world.owner, &id).await[place]["attachments"][0]["state"].clone()
    };
    assert_eq!(state(0).await, "gone");
    // Damaged bytes are not shown as the file; they are fetched again.
    world
        .sim
        .control("/faults", json!({ "corrupt_media": 1 }))
        .await;
    world.sim.inbound(image(1)).await;
    world.settle().await;
    assert_eq!(state(1).await, "pending");
    world.advance_ms(5_000).await;
    world.settle().await;
    assert_eq!(state(1).await, "stored");
    // What never comes whole is given up in the end.
    let image_to_lose = json!({ "corrupt_media": 100 });
    world.sim.control("/faults", image_to_lose).await;
    world.sim.inbound(image(2)).await;
    world.settle().await;
    let mut tries = 1;
    while state(2).await == "pending" && tries <= 2 * limits::JOB_ATTEMPTS_MAX {
        world.advance_ms(16 * 60_000).await;
        world.settle().await;
        tries += 1;
    }
    assert_eq!(state(2).await, "gone");
    assert_eq!(tries, limits::JOB_ATTEMPTS_MAX);
    world.sim.control("/faults", json!({ "reset": true })).await;
    // A picture that is a bomb is refused, and its message stays.
    let bomb = world
        .sim
        .place_media("image/png", "b.png", testkit::bomb_png())
        .await;
    world.sim.inbound(json!({ "from": Simulator::ANNA, "type": "image", "image": { "id": bomb, "caption": "Bumm" } })).await;
    world.settle().await;
    assert_eq!(state(3).await, "refused");
    // What a photograph tells about its maker does not come in either.
    let photo = testkit::photo_with_place("Kamera Geheim 3000");
    let photo = world.sim.place_media("image/jpeg", "f.jpg", photo).await;
    world
        .sim
        .inbound(json!({ "from": Simulator::ANNA, "type": "image", "image": { "id": photo } }))
        .await;
    world.settle().await;
    let file = messages(&world.owner, &id).await[4]["attachments"][0].clone();
    let served = world
        .owner
        .outside(file["url"].as_str().expect("a path"))
        .await;
    assert_eq!(served.header("content-type"), Some("image/jpeg"));
    assert!(!served.text().contains("Kamera Geheim"));
}
