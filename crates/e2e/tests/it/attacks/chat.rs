//! Customers who claim to be somebody else, and reach for what is not theirs.

use serde_json::{Value, json};
use testkit::{Engine, SLUG, World, on_both_engines};

use super::text;
use crate::dump::Looker;

on_both_engines! {
    nobody_becomes_somebody_by_saying_so,
    ids_of_others_in_bodies,
}

// Case: WI01, DO07
pub(crate) async fn nobody_becomes_somebody_by_saying_so(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    world.sim.anna_says("Nur für die Firma").await;
    world.settle().await;
    let mut victim = world.customer();
    let started = victim.start(SLUG).await;
    victim.write("c-1", "Mein Geheimnis").await.expect(201);
    let before = world.owner.pages("/contacts", "").await.len();
    let anna = &world.owner.conversations("").await[1]["contact"]["id"];
    for (claim, value) in [
        ("contact_id", started["contact_id"].clone()),
        ("contact_id", anna.clone()),
        (
            "conversation_id",
            json!(world.owner.conversations("").await[0]["id"]),
        ),
        ("external_id", json!("4711")),
        ("email", json!("anna@example.com")),
        ("phone", json!(testkit::Simulator::ANNA)),
        ("wa_id", json!(testkit::Simulator::ANNA)),
        ("name", json!("Anna Beispiel")),
        ("verified", json!(true)),
        (
            "identity",
            json!({ "id": started["contact_id"], "signature": "x" }),
        ),
    ] {
        let mut body = json!({ "entry": SLUG });
        body[claim] = value.clone();
        let liar = world.customer();
        let shown = text(&json!(value.to_string()));
        let headers = [
            ("x-contact-id", shown.as_str()),
            ("x-forwarded-user", "anna"),
        ];
        let answer = liar
            .call_with("POST", "/sessions", Some(&body), &headers)
            .await;
        let session = answer.expect(201);
        assert_ne!(session["contact_id"], started["contact_id"], "{claim}");
        assert_ne!(&session["contact_id"], anna, "{claim}");
        assert_eq!(session["conversation_id"], Value::Null, "{claim}");
        let line = answer.header("set-cookie").expect("a session");
        let mut liar = liar;
        liar.cookie = line
            .strip_prefix("tresen_chat=")
            .and_then(|rest| rest.split(';').next())
            .map(str::to_owned);
        assert_eq!(liar.timeline().await, Vec::<Value>::new(), "{claim}");
        let mut written = json!({ "client_id": "c-1", "text": "Ich bin es" });
        written[claim] = value;
        liar.post("/messages", written).await.expect(201);
        let texts = liar
            .timeline()
            .await
            .iter()
            .map(|i| i["text"].clone())
            .collect::<Vec<_>>();
        assert_eq!(texts, ["Ich bin es"], "{claim}");
    }
    let contacts = world.owner.pages("/contacts", "").await;
    assert_eq!(contacts.len(), before + 10, "each is somebody new");
    assert_eq!(
        victim.timeline().await.len(),
        1,
        "and the victim heard nothing of it"
    );
}

// Case: AZ03, AZ13, AZ15, FI11
pub(crate) async fn ids_of_others_in_bodies(engine: Engine) {
    let world = World::start(engine).await;
    let (one, two) = (world.visitor().await, world.visitor().await);
    let upload = async |customer: &testkit::Customer| {
        let file = customer
            .upload("a.txt", "text/plain", b"Inhalt".to_vec())
            .await;
        text(&file.expect(201)["id"])
    };
    let (mine, theirs) = (upload(&one).await, upload(&two).await);
    let teams = world
        .owner
        .upload("t.txt", "text/plain", b"Team".to_vec())
        .await;
    let teams = text(&teams.expect(201)["id"]);
    let looker = Looker::at(&world).await;
    let before = looker.dump().await;
    let random = "att_01k9zzzzzzzzzzzzzzzzzzzzzz".to_owned();
    let mut told = Vec::new();
    // One that is not there spoils the message, and one's own stays unsent.
    for foreign in [&theirs, &teams, &random] {
        for list in [vec![foreign], vec![&mine, foreign], vec![foreign, &mine]] {
            let body = json!({ "client_id": "m", "text": "x", "attachments": list });
            let answer = one.post("/messages", body).await;
            assert_eq!(answer.problem(422), "invalid");
            told.push(answer.text().replace(".1\"", ".0\""));
        }
    }
    assert!(
        told.iter().all(|text| text == &told[0]),
        "all are answered alike: {told:?}"
    );
    // The neighbours of an id that exists: the same moment, another chance.
    let (stem, end) = theirs.split_at(theirs.len() - 2);
    let letters = "0123456789abcdefghjkmnpqrstvwxyz";
    let missing = one
        .load(&format!("/chat/v1/attachments/{random}/content"))
        .await
        .text();
    for a in letters.chars() {
        for b in letters.chars().step_by(3) {
            if end == format!("{a}{b}") {
                continue;
            }
            let path = format!("/chat/v1/attachments/{stem}{a}{b}/content");
            let answer = one.load(&path).await;
            assert_eq!((answer.status, answer.text()), (404, missing.clone()));
        }
    }
    let foreign = one
        .load(&format!("/chat/v1/attachments/{theirs}/content"))
        .await;
    assert_eq!(
        (foreign.status, foreign.text()),
        (404, missing),
        "as if it were not there"
    );
    assert_eq!(before.changed(&looker.dump().await), Vec::<&str>::new());
    let body = json!({ "client_id": "m", "text": "x", "attachments": [mine] });
    one.post("/messages", body).await.expect(201);
    let body = json!({ "client_id": "m", "text": "y", "attachments": [theirs] });
    two.post("/messages", body).await.expect(201);

    // The team quotes, attaches and assigns what belongs together.
    let all = world.owner.conversations("").await;
    let ids: Vec<String> = all.iter().map(|c| text(&c["id"])).collect();
    let there = world.owner.timeline(&ids[1]).await;
    let elsewhere = there.iter().find(|item| item["type"] == "message");
    let elsewhere = &elsewhere.expect("a message")["id"];
    let customers = there
        .iter()
        .find_map(|item| item["attachments"][0]["id"].as_str());
    let customers = customers.expect("a file");
    let before = looker.dump().await;
    for body in [
        json!({ "text": "x", "quote": elsewhere }),
        json!({ "text": "x", "quote": "msg_01k9zzzzzzzzzzzzzzzzzzzzzz" }),
        json!({ "text": "x", "attachments": [customers] }),
        json!({ "text": "x", "attachments": [teams, customers] }),
        json!({ "text": "x", "attachments": [teams, random] }),
    ] {
        let answer = world.owner.send(&ids[0], body.clone()).await;
        assert_eq!(answer.problem(422), "invalid", "{body}");
    }
    assert_eq!(before.changed(&looker.dump().await), Vec::<&str>::new());
}

// Case: AZ07
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_are_not_ones_own() {
    let world = World::start(Engine::Sqlite).await;
    let (one, two) = (world.visitor().await, world.visitor().await);
    one.write("c-1", "Eins").await.expect(201);
    world.clock.advance_ms(1_000);
    two.write("c-1", "Zwei").await.expect(201);
    let all = world.owner.conversations("").await;
    let theirs = &all[0]["id"];
    let (mine, other) = (one.watch(None).await, two.watch(None).await);
    let desk = world.owner.watch(None).await;
    for live in [&mine, &other, &desk] {
        live.ready().await;
    }
    let looker = Looker::at(&world).await;
    let before = looker.dump().await;
    for frame in [
        json!({ "type": "subscribe", "conversation_id": theirs }),
        json!({ "type": "typing", "conversation_id": theirs, "on": true, "by": { "kind": "teammate" } }),
        json!({ "type": "viewing", "conversation_id": theirs }),
        json!({ "type": "message", "conversation_id": theirs, "text": "Kanarienwort" }),
        json!({ "cursor": "1.1", "events": [{ "seq": 1, "kind": "message.created",
            "conversation_id": theirs, "item": { "text": "Kanarienwort" } }] }),
        json!({ "type": "reset" }),
        json!({ "type": { "type": "typing" }, "on": 1 }),
        json!([[[]]]),
        json!("Kanarienwort"),
        json!(null),
    ] {
        mine.try_say(frame).await;
    }
    // Whatever they meant, the next word of everybody arrives, and nothing else did.
    world
        .owner
        .say(theirs.as_str().expect("an id"), "Für die zweite")
        .await;
    let heard = other
        .until("the answer", |seen| {
            !seen.of_kind("message.created").is_empty()
        })
        .await;
    let frames = format!("{:?}", heard.frames);
    assert!(!frames.contains("Kanarienwort"), "{frames}");
    assert_eq!(
        heard.signals,
        Vec::<Value>::new(),
        "no sign in another's name"
    );
    let at_the_desk = desk
        .until("the answer", |seen| {
            !seen.of_kind("message.created").is_empty()
        })
        .await;
    assert!(!format!("{:?}", at_the_desk.frames).contains("Kanarienwort"));
    for sign in &at_the_desk.signals {
        assert_ne!(&sign["conversation_id"], theirs, "{sign}");
        assert_ne!(sign["by"]["kind"], "teammate", "{sign}");
    }
    assert!(!format!("{:?}", mine.seen().frames).contains("Für die zweite"));
    let after = looker.dump().await;
    let changed = before.changed(&after);
    assert!(
        changed.contains(&"message"),
        "the answer itself: {changed:?}"
    );
    let texts = two
        .timeline()
        .await
        .iter()
        .map(|i| i["text"].clone())
        .collect::<Vec<_>>();
    assert_eq!(texts, ["Zwei", "Für die zweite"]);
}
