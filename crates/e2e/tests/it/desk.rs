//! The desk: lists, and what a team does with a conversation.

use std::collections::BTreeSet;

use domain::teammate::Role;
use domain::time::{DAY_MS, HOUR_MS};
use serde_json::{Value, json};
use testkit::{Customer, Engine, World, on_both_engines, plain_png};

on_both_engines! {
    lists_filters_and_pages,
    a_conversation_is_worked_on,
    notes_are_never_seen_outside,
    what_the_notice_promises,
}

fn ids(items: &[Value]) -> Vec<String> {
    let ids = items
        .iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned());
    ids.collect()
}

pub(crate) async fn lists_filters_and_pages(engine: Engine) {
    let world = World::start(engine).await;
    let channel = world.connect_whatsapp().await;
    let channel = channel["id"].as_str().expect("an id");
    world
        .sim
        .control("/faults", json!({ "batch": 1_000, "linger_ms": 0 }))
        .await;
    // Many share a moment: the order must not depend on the time alone.
    let all: Vec<Value> = (0..250)
        .map(|number| {
            json!({
                "from": format!("DE.92000000000{number:05}"), "text": format!("Nummer {number}"),
                "timestamp_ms": testkit::START_MS + i64::from(number % 9) * 1_000,
            })
        })
        .collect();
    world
        .sim
        .control("/inbound", json!({ "messages": all }))
        .await;
    world.settle().await;
    // The newest of all, in the own chat.
    world.clock.advance_ms(HOUR_MS);
    let customer = world.visitor().await;
    customer.write("c-1", "Im eigenen Chat").await.expect(201);

    let whole = world.owner.conversations("limit=200").await;
    assert_eq!(whole.len(), 251);
    assert_eq!(whole[0]["channel_kind"], "webchat");
    let key = |c: &Value| {
        (
            c["last_message_at"].as_str().expect("a time").to_owned(),
            c["id"].as_str().expect("an id").to_owned(),
        )
    };
    let keys: Vec<_> = whole.iter().map(key).collect();
    assert!(
        keys.is_sorted_by(|a, b| a > b),
        "newest first, without repetition"
    );
    for limit in [7, 50, 125] {
        let paged = world.owner.conversations(&format!("limit={limit}")).await;
        assert_eq!(ids(&paged), ids(&whole), "pages of {limit}");
    }
    for (query, status, code) in [
        ("limit=0", 422, "invalid"),
        ("limit=201", 422, "invalid"),
        ("status=closed", 422, "invalid"),
        ("assignee=jemand", 422, "invalid"),
        ("channel_id=x", 422, "invalid"),
        ("cursor=x", 400, "cursor_invalid"),
        ("limit=viele", 400, "malformed"),
    ] {
        let answer = world.owner.get(&format!("/conversations?{query}")).await;
        assert_eq!(answer.problem(status), code, "{query}");
    }
    let erika = world.teammate(Role::Teammate, "Erika").await;
    let me = erika.get("/session").await.expect(200)["teammate"]["id"].clone();
    for id in &ids(&whole)[..30] {
        erika
            .change(id, json!({ "assignee_id": me }))
            .await
            .expect(200);
    }
    for id in &ids(&whole)[20..40] {
        erika
            .change(id, json!({ "status": "done" }))
            .await
            .expect(200);
    }
    let later = http_time(&world, HOUR_MS);
    for id in &ids(&whole)[40..45] {
        erika
            .change(id, json!({ "snoozed_until": later }))
            .await
            .expect(200);
    }
    for id in &ids(&whole)[..3] {
        erika.say(id, "Gern").await;
    }
    let counts = erika.get("/conversations/counts").await.expect(200);
    assert_eq!(counts["mine"], 20);
    assert_eq!(counts["unread_mine"], 17);
    assert_eq!(counts["queue"], 251 - 45);
    assert_eq!(
        (&counts["waiting"], &counts["snoozed"], &counts["done"]),
        (&json!(3), &json!(5), &json!(20))
    );
    let mine = me.as_str().expect("an id");
    for (query, count) in [
        ("".to_owned(), 231),
        ("status=open".into(), 223),
        ("status=waiting".into(), 3),
        ("status=open,waiting".into(), 226),
        ("status=snoozed".into(), 5),
        ("status=done".into(), 20),
        ("status=open,waiting,snoozed,done".into(), 251),
        ("assignee=me".into(), 20),
        (format!("assignee={mine}"), 20),
        ("assignee=me&status=done".into(), 10),
        ("assignee=none".into(), 211),
        ("assignee=none&status=open,waiting".into(), 206),
        (format!("channel_id={channel}"), 230),
        (format!("channel_id={channel}&assignee=me"), 19),
    ] {
        let found = erika.conversations(&format!("limit=11&{query}")).await;
        assert_eq!(found.len(), count, "{query}");
        assert_eq!(
            ids(&found).iter().collect::<BTreeSet<_>>().len(),
            found.len(),
            "{query}"
        );
    }
    let people = world.owner.pages("/contacts", "limit=100").await;
    assert_eq!(people.len(), 251);
    assert_eq!(ids(&people).iter().collect::<BTreeSet<_>>().len(), 251);
}

fn http_time(world: &World, in_ms: i64) -> String {
    use ports::Clock;
    let at = world.clock.now().plus_ms(in_ms);
    testkit::moment(at)
}

// Case: AZ03, BL05
pub(crate) async fn a_conversation_is_worked_on(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let id = world.only_conversation().await;
    let erika = world.teammate(Role::Teammate, "Erika").await;
    let olaf = world.teammate(Role::Teammate, "Olaf").await;
    let me = async |desk: &testkit::Desk| {
        desk.get("/session").await.expect(200)["teammate"]["id"].clone()
    };
    let (erika_id, olaf_id) = (me(&erika).await, me(&olaf).await);
    let status = async || world.owner.conversation(&id).await["status"].clone();
    assert_eq!(status().await, "open");
    erika
        .change(&id, json!({ "assignee_id": erika_id }))
        .await
        .expect(200);
    let moved = olaf
        .change(&id, json!({ "assignee_id": olaf_id }))
        .await
        .expect(200);
    assert_eq!(moved["assignee"], json!({ "id": olaf_id, "name": "Olaf" }));
    // The same again changes nothing and tells nothing.
    let version = moved["version"].clone();
    let same = olaf
        .change(&id, json!({ "assignee_id": olaf_id }))
        .await
        .expect(200);
    assert_eq!(same["version"], version);
    assert_eq!(
        olaf.change(&id, json!({ "assignee_id": null }))
            .await
            .expect(200)["assignee"],
        Value::Null
    );
    let dpo = world.teammate(Role::Dpo, "Dora").await;
    let dora = me(&dpo).await;
    for wrong in [dora, json!("tmt_00000000000000000000000000"), json!("x")] {
        let answer = erika.change(&id, json!({ "assignee_id": wrong })).await;
        assert_eq!(answer.problem(422), "invalid");
    }
    // Who answers takes it, and it is the customer's turn.
    erika.say(&id, "Guten Tag, gern.").await;
    let now = world.owner.conversation(&id).await;
    assert_eq!(
        (&now["status"], &now["assignee"]["name"]),
        (&json!("waiting"), &json!("Erika"))
    );
    assert_eq!(now["unread"], 0);
    erika
        .change(&id, json!({ "status": "done" }))
        .await
        .expect(200);
    assert_eq!(status().await, "done");
    customer.write("b", "Noch eine Frage").await.expect(201);
    let again = world.owner.conversation(&id).await;
    assert_eq!(
        (
            &again["status"],
            &again["assignee"]["name"],
            &again["unread"]
        ),
        (&json!("open"), &json!("Erika"), &json!(1))
    );
    // Snoozing, and waking by the clock.
    for wrong in [
        "gestern".to_owned(),
        http_time(&world, 0),
        http_time(&world, -HOUR_MS),
    ] {
        assert_eq!(
            erika
                .change(&id, json!({ "snoozed_until": wrong }))
                .await
                .problem(422),
            "invalid"
        );
    }
    assert_eq!(
        erika
            .change(&id, json!({ "status": "snoozed" }))
            .await
            .problem(422),
        "invalid"
    );
    let until = http_time(&world, HOUR_MS);
    let asleep = erika
        .change(&id, json!({ "snoozed_until": until }))
        .await
        .expect(200);
    assert_eq!(
        (&asleep["status"], &asleep["snoozed_until"]),
        (&json!("snoozed"), &json!(until))
    );
    world.clock.advance_ms(HOUR_MS - 1);
    world.run_jobs().await;
    assert_eq!(status().await, "snoozed");
    world.clock.advance_ms(1);
    world.run_jobs().await;
    let woken = world.owner.conversation(&id).await;
    assert_eq!(
        (&woken["status"], &woken["snoozed_until"]),
        (&json!("open"), &Value::Null)
    );
    // A customer who writes wakes it earlier.
    erika
        .change(&id, json!({ "snoozed_until": http_time(&world, HOUR_MS) }))
        .await
        .expect(200);
    customer.write("c", "Doch heute").await.expect(201);
    assert_eq!(status().await, "open");
    // Tags.
    let tagged = erika
        .change(&id, json!({ "tags": ["Rechnung", "Größe"] }))
        .await
        .expect(200);
    assert_eq!(tagged["tags"], json!(["Rechnung", "Größe"]));
    let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    for wrong in [json!(many), json!([""]), json!(["x".repeat(61)])] {
        assert_eq!(
            erika
                .change(&id, json!({ "tags": wrong }))
                .await
                .problem(422),
            "invalid"
        );
    }
    // Reading.
    let last = world.owner.conversation(&id).await["last_seq"]
        .as_i64()
        .expect("a number");
    erika
        .post(&format!("/conversations/{id}/read"), json!({ "seq": last }))
        .await
        .expect(204);
    let read = world.owner.conversation(&id).await;
    assert_eq!(
        (&read["unread"], &read["team_read_seq"]),
        (&json!(0), &json!(last))
    );
    two_at_once(&world, &erika, &olaf, &customer, &id).await;
}

async fn two_at_once(
    world: &World,
    erika: &testkit::Desk,
    olaf: &testkit::Desk,
    customer: &Customer,
    id: &str,
) {
    let before = world.owner.timeline(id).await.len() as i64;
    let mut all = Vec::new();
    for number in 0..10 {
        all.push(tokio::join!(
            async {
                erika
                    .send(id, json!({ "text": format!("E{number}") }))
                    .await
                    .status
            },
            async {
                olaf.send(id, json!({ "text": format!("O{number}") }))
                    .await
                    .status
            },
            async {
                customer
                    .write(&format!("k{number}"), &format!("K{number}"))
                    .await
                    .status
            },
        ));
    }
    assert!(
        all.iter().all(|statuses| *statuses == (201, 201, 201)),
        "{all:?}"
    );
    let items = world.owner.timeline(id).await;
    let seqs: Vec<i64> = items
        .iter()
        .map(|i| i["seq"].as_i64().expect("a number"))
        .collect();
    assert_eq!(
        seqs,
        (1..=before + 30).collect::<Vec<_>>(),
        "numbers have no gap"
    );
    let theirs: Vec<&str> = items
        .iter()
        .filter_map(|i| i["text"].as_str())
        .filter(|t| t.starts_with('E') && t.len() == 2)
        .collect();
    assert_eq!(
        theirs,
        (0..10).map(|n| format!("E{n}")).collect::<Vec<_>>(),
        "each keeps its own order"
    );
}

// Case: AZ07
pub(crate) async fn notes_are_never_seen_outside(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let id = world.only_conversation().await;
    world.sim.anna_says("Auch hier").await;
    world.settle().await;
    let list = world.owner.conversations("").await;
    let other = list
        .iter()
        .find(|c| c["id"] != id.as_str())
        .expect("a second one");
    let other = other["id"].as_str().expect("an id").to_owned();
    let live = customer.watch(None).await;
    live.ready().await;
    let secret = "Streng vertraulich 4711";
    for conversation in [&id, &other] {
        let note = world.owner.note(conversation, secret).await;
        assert_eq!(note["type"], "note");
        assert_eq!(note["author"]["name"], "Ida Inhaberin");
        let body = json!({ "text": "Zweimal", "client_id": "n-1" });
        let path = format!("/conversations/{conversation}/notes");
        // The same id in another conversation is another note.
        if conversation == &id {
            let first = world.owner.post(&path, body.clone()).await.expect(201);
            assert_eq!(
                world.owner.post(&path, body).await.expect(200)["id"],
                first["id"]
            );
        }
        let changed = json!({ "text": "Anders", "client_id": "n-1" });
        assert_eq!(
            world.owner.post(&path, changed).await.problem(409),
            "client_id_reused"
        );
        let listed = world.owner.conversation(conversation).await;
        assert_eq!(listed["last_message"]["type"], "note");
        assert_eq!(listed["status"], "open", "a note is no answer");
        assert_eq!(listed["unread"], 1);
    }
    world
        .owner
        .change(&id, json!({ "tags": ["geheime-marke"], "status": "done" }))
        .await
        .expect(200);
    world.owner.say(&id, "Das dürfen Sie sehen").await;
    world.owner.say(&other, "Das auch").await;
    world.settle().await;
    let seen = live
        .until("the answer", |s| {
            s.items
                .values()
                .any(|i| i["text"] == "Das dürfen Sie sehen")
        })
        .await;
    let heard = format!("{:?}", seen.frames);
    let read = customer.get("/timeline").await.text();
    let session = customer.get("/session").await.text();
    let catching_up = customer.watch(Some("0.0")).await;
    let missed = catching_up
        .until("the answer again", |s| {
            s.items
                .values()
                .any(|i| i["text"] == "Das dürfen Sie sehen")
        })
        .await;
    let missed = format!("{:?}", missed.frames);
    for text in [&heard, &read, &session, &missed] {
        for inside in [
            secret,
            "Zweimal",
            "geheime-marke",
            "\"note",
            "activity",
            "tmt_",
        ] {
            assert!(!text.contains(inside), "{inside} in {text}");
        }
    }
    let provider = world.sim.ask("/ledger").await.to_string();
    assert!(provider.contains("Das auch") && !provider.contains(secret));
    // A note is no message: neither in its place nor by its id.
    let items = world.owner.timeline(&id).await;
    let note = items
        .iter()
        .find(|i| i["type"] == "note")
        .expect("the note");
    let as_message = note["id"]
        .as_str()
        .expect("an id")
        .replacen("nte_", "msg_", 1);
    for (method, path, body) in [
        ("POST", format!("/messages/{as_message}/retry"), json!({})),
        (
            "PUT",
            format!("/messages/{as_message}/reaction"),
            json!({ "emoji": "👍" }),
        ),
    ] {
        assert_eq!(
            world.owner.call(method, &path, Some(&body)).await.status,
            404
        );
    }
    let quoted = world
        .owner
        .send(&id, json!({ "text": "Zitat", "quote": as_message }))
        .await;
    assert_eq!(quoted.problem(422), "invalid");
}

// Case: FI05, PL02
/// The notice says that a conversation is erased so many days after its last message.
pub(crate) async fn what_the_notice_promises(engine: Engine) {
    let mut world = World::start(engine).await;
    world.connect_whatsapp().await;
    let (email, _) = World::owner_credentials();
    world.owner = world.token(email, &[], None).await;
    let old = world.visitor().await;
    let photo = old
        .upload("a.png", "image/png", plain_png(9))
        .await
        .expect(201);
    let url = photo["url"].as_str().expect("a path").to_owned();
    let body = json!({ "client_id": "a", "text": "Bald vergessen", "attachments": [photo["id"]] });
    old.post("/messages", body).await.expect(201);
    let id = world.only_conversation().await;
    world.owner.note(&id, "Auch das").await;
    world.owner.say(&id, "Gern").await;
    world.run_jobs().await;
    let contact = world.owner.conversation(&id).await["contact"]["id"].clone();
    let contact = format!("/contacts/{}", contact.as_str().expect("an id"));
    // Somebody who only looked leaves nothing either.
    let mut silent = world.visitor().await;
    assert_eq!(silent.get("/session").await.status, 200);
    assert_eq!(world.owner.pages("/contacts", "").await.len(), 2);
    // Somebody who goes on writing stays.
    world.sim.anna_says("Ich bleibe").await;
    world.settle().await;
    let loose = old
        .upload("nie gesendet.png", "image/png", plain_png(7))
        .await
        .expect(201);
    let blobs = || walk(&world.blobs()).len();
    assert_eq!(blobs(), 2);
    world.advance_ms(DAY_MS + 1).await;
    world.run_jobs().await;
    assert_eq!(blobs(), 1, "an upload that was never sent goes after a day");
    assert_eq!(
        old.load(loose["url"].as_str().expect("a path"))
            .await
            .status,
        404
    );
    world.advance_ms(88 * DAY_MS).await;
    world.sim.anna_says("Noch da").await;
    world.settle().await;
    assert_eq!(world.owner.conversation(&id).await["status"], "waiting");
    world.advance_ms(DAY_MS).await;
    world.settle().await;
    assert_eq!(
        world
            .owner
            .get(&format!("/conversations/{id}"))
            .await
            .status,
        404
    );
    assert_eq!(
        world
            .owner
            .get(&format!("/conversations/{id}/timeline"))
            .await
            .status,
        404
    );
    assert_eq!(world.owner.get(&contact).await.status, 404);
    assert_eq!(
        old.load(&url).await.status,
        401,
        "the session went with the contact"
    );
    assert_eq!(blobs(), 0);
    let left = world
        .owner
        .conversations("status=open,waiting,snoozed,done")
        .await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["contact"]["name"], "Anna Beispiel");
    assert_eq!(world.owner.pages("/contacts", "").await.len(), 1);
    assert_eq!(silent.get("/session").await.status, 401);
    silent.cookie = None;
    // Whoever comes back is somebody new.
    let mut again = old.clone();
    assert_eq!(again.get("/session").await.status, 401);
    again.cookie = None;
    again.start(testkit::SLUG).await;
    again.write("a", "Wieder da").await.expect(201);
    assert_eq!(world.owner.pages("/contacts", "").await.len(), 2);
    // A socket that comes back from before that is told to read afresh.
    let live = world.owner.watch(Some("0.1")).await;
    live.until("a reset", |s| s.reset).await;
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}
