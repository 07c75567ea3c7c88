//! Copies of what is kept about somebody: whole, of nobody else, and provably what was handed out.

use std::collections::BTreeMap;

use domain::teammate::Role;
use domain::time::MINUTE_MS;
use proof::VerifierKey;
use serde_json::{Value, json};
use testkit::{Answer, Desk, Engine, World, on_both_engines};

on_both_engines! {
    ds_04_a_copy_holds_everything_of_one_and_nothing_of_another,
    a_copy_is_for_who_asked_and_not_for_long,
    a_long_conversation_goes_out_in_parts,
    whoever_answers_requests_finds_the_person,
}

/// The files of a ZIP whose entries are stored as they are.
pub(crate) fn unpacked(zip: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let two = |at: usize| usize::from(u16::from_le_bytes([zip[at], zip[at + 1]]));
    let four = |at: usize| two(at) | two(at + 2) << 16;
    let end = zip.len() - 22;
    assert_eq!(&zip[end..end + 4], b"PK\x05\x06", "the end of a whole file");
    let mut at = four(end + 16);
    let mut files = BTreeMap::new();
    for _ in 0..two(end + 10) {
        assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
        let (bytes, name, more) = (four(at + 24), two(at + 28), two(at + 30));
        let begin = four(at + 42);
        let path = String::from_utf8(zip[at + 46..at + 46 + name].to_vec()).expect("a name");
        let from = begin + 30 + two(begin + 26) + two(begin + 28);
        let held = zip[from..from + bytes].to_vec();
        let digest = u32::from_le_bytes(zip[at + 16..at + 20].try_into().expect("four"));
        assert_eq!(crc32fast::hash(&held), digest, "{path}");
        assert!(files.insert(path, held).is_none(), "twice");
        at += 46 + name + more;
    }
    files
}

async fn asked(desk: &Desk, contact: &str) -> Value {
    let path = format!("/contacts/{contact}/exports");
    desk.post(&path, json!({})).await.expect(201)
}

async fn fetched(desk: &Desk, export: &Value) -> Answer {
    let id = export["id"].as_str().expect("an id");
    desk.get(&format!("/exports/{id}/content")).await
}

async fn copy(desk: &Desk, contact: &str) -> BTreeMap<String, Vec<u8>> {
    let export = asked(desk, contact).await;
    let answer = fetched(desk, &export).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    unpacked(&answer.bytes)
}

/// The files in which these words stand.
fn places<'a>(files: &'a BTreeMap<String, Vec<u8>>, words: &str) -> Vec<&'a str> {
    let words = words.as_bytes();
    let holds = |bytes: &[u8]| bytes.windows(words.len()).any(|part| part == words);
    let found = files.iter().filter(|(_, bytes)| holds(bytes));
    found.map(|(path, _)| path.as_str()).collect()
}

async fn contact_of(desk: &Desk, conversation: &str) -> String {
    let shown = desk.conversation(conversation).await;
    shown["contact"]["id"].as_str().expect("an id").to_owned()
}

// Check: DS-04, IN-08, IN-09
pub(crate) async fn ds_04_a_copy_holds_everything_of_one_and_nothing_of_another(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let desk = &world.owner;
    let mut people = Vec::new();
    for canary in ["Kanarie", "Spatz"] {
        let customer = world.visitor().await;
        let name = format!("{canary}brief.txt");
        let file = customer
            .upload(&name, "text/plain", format!("{canary}inhalt").into_bytes())
            .await
            .expect(201)["id"]
            .clone();
        let text = format!("{canary}wort <b>&");
        let sent = json!({ "client_id": canary, "text": text, "attachments": [file] });
        customer.post("/messages", sent).await.expect(201);
        let conversation = &desk.conversations("").await[0]["id"];
        let conversation = conversation.as_str().expect("an id").to_owned();
        desk.say(&conversation, &format!("{canary}antwort")).await;
        desk.note(&conversation, &format!("{canary}notiz")).await;
        let contact = contact_of(desk, &conversation).await;
        let called = json!({ "name": format!("{canary}frau") });
        desk.patch(&format!("/contacts/{contact}"), called)
            .await
            .expect(200);
        people.push((contact, conversation));
    }
    world.sim.anna_says("Annas Worte").await;
    world.settle().await;
    let lead = world.teammate(Role::Lead, "Leopoldine").await;
    let (contact, conversation) = &people[0];
    lead.timeline(conversation).await;
    lead.pages("/conversations", "q=kanariewort").await;
    lead.get(&format!("/contacts/{contact}")).await.expect(200);
    let token = world.token(World::owner_credentials().0, &[], None).await;
    token.timeline(conversation).await;

    let officer = world.teammate(Role::Dpo, "Dora").await;
    let files = copy(&officer, contact).await;
    for (words, least) in [
        ("Kanariewort", 2),
        ("Kanarieantwort", 2),
        ("Kanarienotiz", 2),
        ("Kanarieinhalt", 1),
        ("Kanariebrief.txt", 2),
        ("Kanariefrau", 2),
        ("verantwortlich", 1),
        (contact, 2),
    ] {
        let found = places(&files, words);
        assert!(found.len() >= least, "{words}: {found:?}");
    }
    assert!(
        places(&files, "<b>&")
            .iter()
            .all(|path| !path.ends_with(".html"))
    );
    for words in ["Spatz", "Anna", "Leopoldine", &people[1].0, &people[1].1] {
        assert!(places(&files, words).is_empty(), "{words}");
    }
    let data: Value = serde_json::from_slice(&files["data.json"]).expect("JSON");
    assert_eq!(data["notices"].as_array().expect("a list").len(), 1);
    assert!(
        data["notices"][0]["text"]
            .as_str()
            .is_some_and(|text| text.len() > 200)
    );
    assert_eq!(data["channels"][0]["recipients"], json!([]));
    // Who read what: by the part of the company, under signs that stay.
    let readings = data["readings"].as_array().expect("a list");
    let did = |what: &str| {
        let found = readings.iter().filter(|one| one["what"] == what);
        found
            .map(|one| one["by"].as_str().expect("who"))
            .collect::<Vec<_>>()
    };
    assert!(did("timeline").iter().any(|by| by.starts_with("Programm ")));
    // The owner looked at a desk, everybody else through a program.
    assert!(did("timeline").iter().any(|by| by.starts_with("Programm ")));
    assert!(
        did("contact")
            .iter()
            .any(|by| by.starts_with("Kundenservice "))
    );
    let same = did("contact")
        .into_iter()
        .filter(|by| did("search").contains(by));
    assert_eq!(
        same.count(),
        1,
        "one sign for all that one reads: {readings:?}"
    );
    assert!(did("export")[0].starts_with("Programm "));
    proven(&world, &officer, &files).await;

    // What runs on WhatsApp is named with both who learn of it.
    let anna = &desk.conversations("").await[0]["contact"]["id"];
    let files = copy(&officer, anna.as_str().expect("an id")).await;
    let data: Value = serde_json::from_slice(&files["data.json"]).expect("JSON");
    let names = data["channels"][0]["recipients"]
        .as_array()
        .expect("a list");
    let names: Vec<_> = names.iter().map(|one| &one["name"]).collect();
    assert_eq!(
        names,
        ["Meta Platforms Ireland Limited", "WhatsApp Ireland Limited"]
    );
}

/// Every file is the one in the list, and the list is the one that was signed.
async fn proven(world: &World, officer: &Desk, files: &BTreeMap<String, Vec<u8>>) {
    let manifest = &files["manifest.sha256"];
    let text = String::from_utf8(manifest.clone()).expect("text");
    let mut listed = 0;
    for line in text.lines() {
        let (digest, path) = line.split_once("  ").expect("a digest and a name");
        let held = vault::digest(&files[path]);
        let held: String = held.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, held, "{path}");
        listed += 1;
    }
    assert_eq!(
        listed,
        files.len() - 2,
        "all but the list and its signature"
    );
    let key = officer.get("/consents/key").await.expect(200);
    let key: VerifierKey = key["key"].as_str().expect("a key").parse().expect("a key");
    let said = proof::certificate::open(&files["manifest.signed"], &key).expect("signed");
    let said: Value = serde_json::from_str(said).expect("JSON");
    let digest = vault::digest(manifest);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(said["manifest"], format!("sha256:{digest}"));
    assert_eq!(said["made_at"], world.now());
}

pub(crate) async fn a_copy_is_for_who_asked_and_not_for_long(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let conversation = world.only_conversation().await;
    let contact = contact_of(&world.owner, &conversation).await;
    let lead = world.teammate(Role::Lead, "Lea").await;
    let path = format!("/contacts/{contact}/exports");
    lead.post(&path, json!({})).await.expect(403);
    let officer = world.teammate(Role::Dpo, "Dora").await;
    let export = asked(&officer, &contact).await;
    assert_eq!(export["state"], "ready");
    assert_eq!(export["messages"], 1);
    let id = export["id"].as_str().expect("an id");
    lead.get(&format!("/exports/{id}/content"))
        .await
        .expect(403);
    // The owner may ask for one of its own, and does not get this one.
    fetched(&world.owner, &export).await.expect(404);
    let later = asked(&officer, &contact).await;
    let own = officer.get("/exports").await.expect(200);
    let ids: Vec<_> = own["items"].as_array().expect("items").iter().collect();
    let ids: Vec<_> = ids.iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&later["id"], &export["id"]], "the newest first");
    let others = world.owner.get("/exports").await.expect(200);
    assert_eq!(others["items"], json!([]));
    // Also of whom nothing may be read any more: to answer the request is what the law asks for.
    let reason = json!({ "reason": "Bestreitet die Richtigkeit" });
    let restricted = format!("/contacts/{contact}/restrictions");
    officer.post(&restricted, reason).await.expect(201);
    assert_eq!(fetched(&officer, &export).await.status, 200);
    let seen = officer.get(&format!("/exports/{id}")).await.expect(200);
    assert_eq!(seen["state"], "done");
    assert_eq!(seen["messages_done"], 1);
    world.advance_ms(15 * MINUTE_MS).await;
    fetched(&officer, &export).await.expect(404);
    assert_eq!(
        officer.get("/exports").await.expect(200)["items"],
        json!([])
    );
}

async fn found(desk: &Desk, asked: Value) -> Vec<Value> {
    let found = desk.post("/people", asked).await.expect(200);
    found["items"].as_array().expect("items").clone()
}

pub(crate) async fn whoever_answers_requests_finds_the_person(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let desk = &world.owner;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let conversation = world.only_conversation().await;
    let contact = contact_of(desk, &conversation).await;
    let called = json!({ "name": "Jule Größmann" });
    let path = format!("/contacts/{contact}");
    desk.patch(&path, called).await.expect(200);
    world.sim.anna_says("Guten Morgen").await;
    world.settle().await;
    let officer = world.teammate(Role::Dpo, "Dora").await;
    officer.get(&path).await.expect(403);
    let lead = world.teammate(Role::Lead, "Lea").await;
    let question = json!({ "question": "groessmann" });
    lead.post("/people", question.clone()).await.expect(403);

    // By name, by what a colleague passes on, and by number; nobody by a part of a name.
    let page = format!("https://laden.example/inbox/all/{conversation}");
    for asked in [
        question.clone(),
        json!({ "question": contact }),
        json!({ "question": page }),
        json!({ "ids": [contact, contact] }),
    ] {
        let people = found(&officer, asked).await;
        assert_eq!(people.len(), 1);
        assert_eq!(people[0]["id"], json!(contact));
        assert_eq!(people[0]["name"], "Jule Größmann");
        assert_eq!(people[0]["addresses"][0]["kind"], "web_visitor");
    }
    let number = json!({ "question": format!("+{}", testkit::Simulator::ANNA) });
    let anna = found(&officer, number).await;
    assert_eq!(anna.len(), 1);
    assert_ne!(anna[0]["id"], json!(contact));
    for nobody in ["Größ", "", "  ", "Unbekannt"] {
        assert_eq!(
            found(&officer, json!({ "question": nobody })).await.len(),
            0
        );
    }
    assert_eq!(found(&officer, json!({})).await.len(), 0);
    let long = json!({ "question": "x".repeat(201) });
    officer.post("/people", long).await.expect(422);
    let odd = json!({ "ids": ["niemand"] });
    officer.post("/people", odd).await.expect(422);

    // Also whose data is only kept, which the team does not find any more.
    let reason = json!({ "reason": "Bestreitet die Richtigkeit" });
    let restricted = format!("/contacts/{contact}/restrictions");
    officer.post(&restricted, reason).await.expect(201);
    let people = found(&officer, question).await;
    assert_eq!(people[0]["name"], "Jule Größmann");
    assert_ne!(people[0]["restricted_since"], Value::Null);
    // The person sees in its own copy that data protection looked.
    let files = copy(&officer, &contact).await;
    let data: Value = serde_json::from_slice(&files["data.json"]).expect("JSON");
    let readings = data["readings"].as_array().expect("readings");
    assert!(
        readings.iter().any(|one| one["what"] == "request"),
        "{readings:?}"
    );
}

pub(crate) async fn a_long_conversation_goes_out_in_parts(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("first", "Erstes").await.expect(201);
    let conversation = world.only_conversation().await;
    for number in 0..210 {
        world
            .owner
            .note(&conversation, &format!("Notiz {number}"))
            .await;
    }
    let contact = contact_of(&world.owner, &conversation).await;
    let files = copy(&world.owner, &contact).await;
    let mut seqs = Vec::new();
    for part in ["001", "002"] {
        let json: Value = serde_json::from_slice(&files[&format!("conversations/001-{part}.json")])
            .expect("JSON");
        let items = json["items"].as_array().expect("items");
        seqs.extend(
            items
                .iter()
                .map(|item| item["seq"].as_i64().expect("a number")),
        );
    }
    assert_eq!(
        seqs,
        (1..=seqs.len() as i64).collect::<Vec<_>>(),
        "nothing is missing"
    );
    assert!(!files.contains_key("conversations/001-003.json"));
    let ways = places(&files, "001-002.html");
    assert!(ways.contains(&"conversations/001-001.html"), "{ways:?}");
}
