//! Restriction of processing: what is there of a person is kept, and nothing else is done with it.

use domain::teammate::Role;
use domain::time::{DAY_MS, HOUR_MS};
use serde_json::{Value, json};
use testkit::{Answer, Desk, Engine, World, on_both_engines};

on_both_engines! {
    ds_09_nobody_reads_finds_or_answers_whose_data_is_only_kept,
    what_was_queued_before_does_not_leave,
    neither_time_nor_a_wish_erases_what_is_to_be_kept,
}

/// A word that stands in everything of this person, and nowhere else.
const CANARY: &str = "kanarie";

async fn contact_of(desk: &Desk, conversation: &str) -> String {
    let shown = desk.conversation(conversation).await;
    shown["contact"]["id"].as_str().expect("an id").to_owned()
}

async fn restrict(desk: &Desk, contact: &str) -> Value {
    let reason = json!({ "reason": "Bestreitet die Richtigkeit" });
    desk.post(&format!("/contacts/{contact}/restrictions"), reason)
        .await
        .expect(201)
}

async fn lift(desk: &Desk, contact: &str) -> Answer {
    let reason = json!({ "reason": "Geklärt am Telefon" });
    desk.post(&format!("/contacts/{contact}/restrictions/lift"), reason)
        .await
}

/// Nothing in it says anything of the person.
fn says_nothing(place: &str, told: &str) {
    let told = told.to_lowercase();
    assert!(!told.contains(CANARY), "{place}: {told}");
    assert!(!told.contains("1713920"), "{place}: {told}");
}

/// Every reading and writing that a teammate has, and what it is answered now.
async fn nothing_is_shown(
    (desk, proves): (&Desk, bool),
    (contact, conversation): (&str, &str),
    file: &str,
) {
    for path in [
        format!("/conversations/{conversation}"),
        "/conversations?status=open,waiting,snoozed,done".to_owned(),
        format!("/contacts/{contact}"),
        "/contacts".to_owned(),
        format!("/conversations/{conversation}/composer"),
        "/conversations?q=kanarienvogel".to_owned(),
        "/conversations?q=kanariennotiz".to_owned(),
        "/conversations?q=%2B4917139200".to_owned(),
    ] {
        let answer = desk.get(&path).await;
        says_nothing(&path, &answer.expect(200).to_string());
    }
    for question in ["kanarienvogel", "kanariennotiz", "kanarienfrau"] {
        let found = desk.pages("/conversations", &format!("q={question}")).await;
        assert!(found.is_empty(), "{question}: {found:?}");
    }
    let closed = [
        desk.get(&format!("/conversations/{conversation}/timeline"))
            .await,
        desk.get(&format!("/attachments/{file}/content")).await,
        desk.get(&format!("/contacts/{contact}/consents")).await,
        desk.get(&format!("/contacts/{contact}/consents/package"))
            .await,
        desk.post(
            &format!("/conversations/{conversation}/notes"),
            json!({ "text": "x" }),
        )
        .await,
        desk.change(conversation, json!({ "tags": ["x"] })).await,
        desk.patch(&format!("/contacts/{contact}"), json!({ "name": "x" }))
            .await,
    ];
    for (place, answer) in closed.iter().enumerate() {
        says_nothing("an answer", &answer.text());
        match place {
            // Whoever answers requests proves what was agreed to.
            2 if proves => assert_eq!(answer.expect(200)["items"], json!([])),
            // Nobody agreed to anything, so there is nothing to prove either.
            3 => assert_eq!(answer.problem(404), "not_found"),
            _ => assert_eq!(answer.problem(403), "restricted", "{place}"),
        }
    }
}

// Check: DS-09, SG-09
pub(crate) async fn ds_09_nobody_reads_finds_or_answers_whose_data_is_only_kept(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    let file = customer
        .upload("kanarienbrief.txt", "text/plain", b"Kanarienbrief".to_vec())
        .await
        .expect(201)["id"]
        .clone();
    let sent = json!({ "client_id": "a", "text": "Kanarienvogel", "attachments": [file] });
    customer.post("/messages", sent).await.expect(201);
    let id = world.only_conversation().await;
    let file = file.as_str().expect("an id").to_owned();
    let lead = world.teammate(Role::Lead, "Lea").await;
    let officer = world.teammate(Role::Dpo, "Dora").await;
    let contact = contact_of(&lead, &id).await;
    lead.note(&id, "Kanariennotiz").await;
    lead.change(&id, json!({ "tags": ["Kanarienmarke"] }))
        .await
        .expect(200);
    lead.patch(
        &format!("/contacts/{contact}"),
        json!({ "name": "Kanarienfrau" }),
    )
    .await
    .expect(200);
    let before = lead.timeline(&id).await;
    assert_eq!(
        lead.pages("/conversations", "q=kanarienfrau").await.len(),
        1
    );

    // Whoever answers requests may do it, with a reason.
    let place = format!("/contacts/{contact}/restrictions");
    let reason = json!({ "reason": "Bestreitet die Richtigkeit" });
    lead.post(&place, reason).await.expect(403);
    lead.get(&place).await.expect(403);
    for reason in ["", "   ", &"x".repeat(501), "a\u{0}b"] {
        let answer = officer.post(&place, json!({ "reason": reason })).await;
        assert_eq!(answer.problem(422), "invalid", "{reason:?}");
    }
    assert_eq!(
        lift(&officer, &contact).await.problem(409),
        "not_restricted"
    );
    let watching = lead.watch(None).await;
    watching.ready().await;
    let begun = restrict(&officer, &contact).await;
    assert_eq!(
        restrict(&officer, &contact).await["id"],
        begun["id"],
        "once"
    );
    assert_eq!(begun["lifted_at"], Value::Null);

    let row = lead.conversation(&id).await;
    assert_eq!(row["restricted_since"], begun["asked_at"]);
    assert_eq!(row["last_message"], Value::Null);
    nothing_is_shown((&lead, false), (&contact, &id), &file).await;
    nothing_is_shown((&world.owner, true), (&contact, &id), &file).await;
    let refused = lead.send(&id, json!({ "text": "Gern" })).await.expect(409);
    assert_eq!(refused["reasons"][0]["code"], "restricted");
    let composer = lead.get(&format!("/conversations/{id}/composer")).await;
    let composer = composer.expect(200);
    assert_eq!(composer["free_text"], false);
    assert_eq!(composer["reasons"][0]["code"], "restricted");
    // Who answers requests still proves what was agreed to.
    officer
        .get(&format!("/contacts/{contact}/consents"))
        .await
        .expect(200);

    // What comes meanwhile is kept too: the team learns that there is something, and not what.
    customer.write("b", "Kanarienfrage").await.expect(201);
    assert_eq!(customer.timeline().await.len(), 2, "it sees its own words");
    let unread = lead.conversation(&id).await["unread"].clone();
    assert!(unread.as_i64() > row["unread"].as_i64());
    // A slow watcher is told of the first message too, so counting them says nothing.
    let told = watching
        .until("the restriction and the new message", |seen| {
            let arrived = seen.of_kind("message.created");
            let restricted = seen.of_kind("contact.updated");
            arrived
                .iter()
                .any(|event| event["conversation"]["unread"] == unread)
                && restricted
                    .iter()
                    .any(|event| event["contact"]["restricted_since"].is_string())
        })
        .await;
    // What was told before may come late, and is filled with what may be shown when it comes.
    let since = told.events.iter().position(|event| {
        event["conversation"]["restricted_since"].is_string()
            || event["contact"]["restricted_since"].is_string()
    });
    let events = &told.events[since.expect("the restriction is told")..];
    assert!(
        events
            .iter()
            .any(|event| event["kind"] == "contact.updated")
    );
    for event in events {
        says_nothing("a live frame", &event.to_string());
        assert_eq!(event["item"], Value::Null);
    }

    // It is lifted, and everything is there again, with the lines that tell of it.
    let lifted = lift(&officer, &contact).await.expect(200);
    assert_eq!(lifted["lifted_reason"], "Geklärt am Telefon");
    assert_eq!(
        lift(&officer, &contact).await.problem(409),
        "not_restricted"
    );
    let after = lead.timeline(&id).await;
    assert_eq!(after[..before.len()], before[..]);
    let kinds: Vec<&Value> = after[before.len()..]
        .iter()
        .map(|item| {
            if item["type"] == "activity" {
                &item["kind"]
            } else {
                &item["text"]
            }
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "processing_restricted",
            "Kanarienfrage",
            "restriction_lifted"
        ]
    );
    assert_eq!(
        lead.pages("/conversations", "q=kanarienfrage").await.len(),
        1
    );
    lead.send(&id, json!({ "text": "Gern" })).await.expect(201);
    let all = officer.get(&place).await.expect(200);
    assert_eq!(all["items"].as_array().expect("a list").len(), 1);
    assert_eq!(all["items"][0]["reason"], "Bestreitet die Richtigkeit");
}

// Check: SG-09
pub(crate) async fn what_was_queued_before_does_not_leave(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    world.sim.anna_says("Hallo").await;
    world.settle().await;
    let anna = world.only_conversation().await;
    let contact = contact_of(&world.owner, &anna).await;
    let message = world.owner.timeline(&anna).await;
    let message = message
        .iter()
        .find(|item| item["type"] == "message")
        .expect("a message")["id"]
        .clone();
    world.owner.say(&anna, "Kommt sofort").await;
    let react = json!({ "emoji": "👍" });
    let path = format!("/messages/{}/reaction", message.as_str().expect("an id"));
    world
        .owner
        .call("PUT", &path, Some(&react))
        .await
        .expect(200);
    let seen = json!({ "seq": 1 });
    restrict(&world.owner, &contact).await;
    world
        .owner
        .post(&format!("/conversations/{anna}/read"), seen)
        .await
        .expect(204);
    world.settle().await;
    assert!(world.sim.accepted().await.is_empty(), "nothing left");
    let again = world.owner.call("PUT", &path, Some(&react)).await;
    assert!(matches!(again.status, 403 | 409), "{}", again.text());
    lift(&world.owner, &contact).await.expect(200);
    let items = world.owner.timeline(&anna).await;
    let failed = items.iter().find(|item| item["text"] == "Kommt sofort");
    let delivery = &failed.expect("the answer")["delivery"];
    assert_eq!(delivery["state"], "failed");
    assert_eq!(delivery["error"]["code"], "gate_restricted");
}

// Check: ER-10
pub(crate) async fn neither_time_nor_a_wish_erases_what_is_to_be_kept(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Mein Auftrag").await.expect(201);
    let conversation = world.only_conversation().await;
    let (email, _) = World::owner_credentials();
    let desk = &world.token(email, &[], None).await;
    let contact = contact_of(desk, &conversation).await;
    // A wish that was begun stops, as long as nothing is gone.
    let asked = json!({ "contact_id": contact, "confirm": "ERASE" });
    let begun = desk.post("/erasures", asked.clone()).await.expect(201);
    restrict(desk, &contact).await;
    world.settle().await;
    let id = begun["id"].as_str().expect("an id");
    desk.get(&format!("/erasures/{id}")).await.expect(404);
    let preview = desk.get(&format!("/contacts/{contact}/erasure")).await;
    assert_ne!(preview.expect(200)["restricted_since"], Value::Null);
    let refused = desk.post("/erasures", asked.clone()).await;
    assert_eq!(refused.problem(409), "restricted_first");
    // Its time is over, and nothing is erased either.
    world.advance_ms(100 * DAY_MS).await;
    world.settle().await;
    desk.conversation(&conversation).await;
    // It is lifted, and time has its way.
    lift(desk, &contact).await.expect(200);
    world.advance_ms(HOUR_MS).await;
    world.settle().await;
    desk.get(&format!("/conversations/{conversation}"))
        .await
        .expect(404);
}
