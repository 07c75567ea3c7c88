//! Erasing a contact: everything of it goes, here and in what is left of the past, and nothing of
//! anybody else.

#![expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]

use std::path::Path;

use db::{Config, Database, Value as Stored};
use domain::teammate::Role;
use serde_json::{Value, json};
use testkit::{Customer, Desk, Engine, World, on_both_engines, postgres};

on_both_engines! {
    an_erased_contact_is_found_nowhere,
    what_must_be_kept_is_not_erased,
}

/// Every byte below a directory.
fn bytes_below(directory: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(bytes_below(&path));
        } else {
            all.extend(path.to_string_lossy().as_bytes());
            all.extend(std::fs::read(&path).expect("a file"));
        }
    }
    all
}

fn holds(all: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && all.windows(wanted.len()).any(|bytes| bytes == wanted)
}

/// The database of the house, seen by somebody who has only that.
async fn raw(world: &World) -> Database {
    let config = match world.database_url() {
        None => Config::sqlite(world.data().join("tresen.db")),
        Some(url) => Config::postgres(url),
    };
    Database::open(config).await.expect("opens")
}

async fn blobs(db: &Database, sql: &'static str, id: &[u8]) -> Vec<Vec<u8>> {
    let rows = db.query(sql, vec![Stored::from(id.to_vec())]).await;
    let rows = rows.expect("rows");
    rows.iter()
        .map(|row| row.blob(0).expect("bytes").to_vec())
        .collect()
}

/// All that is kept anywhere, as bytes: the data directory, and a dump of PostgreSQL as text.
fn everything(world: &World) -> Vec<u8> {
    let mut all = bytes_below(world.data());
    if let Some(url) = world.database_url() {
        all.extend(postgres::dump(url));
    }
    all
}

/// As a dump writes it, and as it lies in a file.
fn both_ways(bytes: &[u8]) -> [Vec<u8>; 2] {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [bytes.to_vec(), hex.into_bytes()]
}

async fn contact_of(desk: &Desk, text: &str) -> (String, String) {
    let all = desk.conversations("status=open,waiting,snoozed,done").await;
    let found = all.iter().find(|one| one["last_message"]["text"] == text);
    let found = found.expect("its conversation");
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    (id(&found["contact"]["id"]), id(&found["id"]))
}

async fn erased(world: &World, desk: &Desk, contact: &str) -> Value {
    let asked = json!({ "contact_id": contact, "confirm": "ERASE" });
    let begun = desk.post("/erasures", asked).await.expect(201);
    world.settle().await;
    let id = begun["id"].as_str().expect("an id");
    desk.get(&format!("/erasures/{id}")).await.expect(200)
}

// Check: ER-02, ER-05, ER-07, ER-13, ER-14
// Case: PL02
pub(crate) async fn an_erased_contact_is_found_nowhere(engine: Engine) {
    let world = World::start(engine).await;
    let file = b"Kanarienbrief, lang genug".to_vec();
    let gone: Customer = world.visitor().await;
    let attached = gone.upload("brief.txt", "text/plain", file.clone()).await;
    let attached = attached.expect(201)["id"].clone();
    let unsent = gone.upload("nie.txt", "text/plain", file.clone()).await;
    unsent.expect(201);
    let sent = json!({ "client_id": "a", "text": "Kanarienvogel", "attachments": [attached] });
    gone.post("/messages", sent).await.expect(201);
    let stays = world.visitor().await;
    let same = stays
        .upload("brief.txt", "text/plain", file)
        .await
        .expect(201)["id"]
        .clone();
    let sent = json!({ "client_id": "b", "text": "Spatzenlied", "attachments": [same] });
    stays.post("/messages", sent).await.expect(201);
    world.settle().await;
    let desk = &world.owner;
    let (contact, conversation) = contact_of(desk, "Kanarienvogel").await;
    let (other, other_conversation) = contact_of(desk, "Spatzenlied").await;
    desk.note(&conversation, "Kanariennotiz").await;
    desk.say(&conversation, "Gern geschehen").await;
    let before = desk.timeline(&other_conversation).await;

    // What is left of it if one has only the bytes.
    let db = raw(&world).await;
    let id: domain::ContactId = contact.parse().expect("an id");
    let room: domain::ConversationId = conversation.parse().expect("an id");
    let keys = Database::open(Config::sqlite(world.data().join("keys.db"))).await;
    let keys = keys.expect("opens");
    let wrapped = blobs(
        &keys,
        "SELECT wrapped FROM data_key WHERE subject = $1",
        &id.bytes(),
    )
    .await;
    let others: domain::ContactId = other.parse().expect("an id");
    let kept = blobs(
        &keys,
        "SELECT wrapped FROM data_key WHERE subject = $1",
        &others.bytes(),
    )
    .await;
    let mut traces = wrapped.clone();
    traces.extend(
        blobs(
            &db,
            "SELECT sealed FROM message WHERE conversation_id = $1",
            &room.bytes(),
        )
        .await,
    );
    traces.extend(
        blobs(
            &db,
            "SELECT sealed FROM note WHERE conversation_id = $1",
            &room.bytes(),
        )
        .await,
    );
    traces.extend(
        blobs(
            &db,
            "SELECT sealed FROM address WHERE contact_id = $1",
            &id.bytes(),
        )
        .await,
    );
    traces.extend(blobs(&db, "SELECT sealed FROM contact WHERE id = $1", &id.bytes()).await);
    let files = blobs(
        &db,
        "SELECT a.id FROM attachment a JOIN message m ON m.id = a.message_id \
         WHERE m.conversation_id = $1",
        &room.bytes(),
    )
    .await;
    traces.extend(files.iter().map(|file| both_ways(file)[1].clone()));
    assert!(traces.len() >= 7, "{}", traces.len());
    let generation = std::fs::read(world.data().join("generation-1.key")).expect("a generation");
    traces.push(generation);
    let master = vault::MasterKey::load(&world.data().join("master.key")).expect("a key");
    // The index keeps beginnings that words have in common only once.
    let token: String = master.blind_word("kanarienvogel")[4..].iter().collect();
    let token = token.into_bytes();
    let all = everything(&world);
    let found = |all: &[u8], trace: &[u8]| both_ways(trace).iter().any(|way| holds(all, way));
    for trace in &traces {
        assert!(
            found(&all, trace),
            "it is there before, or the search would find nothing ever"
        );
    }
    assert!(holds(&all, &token), "its words are in the index");
    drop(all);

    // Asked without the word, and by whom it does not concern.
    let asked = json!({ "contact_id": contact, "confirm": "erase" });
    desk.post("/erasures", asked).await.expect(422);
    let admin = world.teammate(Role::Admin, "Adam").await;
    let asked = json!({ "contact_id": contact, "confirm": "ERASE" });
    admin.post("/erasures", asked.clone()).await.expect(403);
    let officer = world.teammate(Role::Dpo, "Dora").await;
    let preview = officer
        .get(&format!("/contacts/{contact}/erasure"))
        .await
        .expect(200);
    assert_eq!(preview["goes"]["messages"], 2);
    assert_eq!(preview["goes"]["notes"], 1);
    assert_eq!(preview["goes"]["files"], 1);
    assert_eq!(preview["held_until"], json!([]));
    desk.get(&format!("/conversations/{conversation}"))
        .await
        .expect(200);

    let done = erased(&world, &officer, &contact).await;
    assert_eq!(done["step"], "done", "{done}");
    assert_eq!(done["contact_id"], Value::Null);
    assert_eq!(done["erased"]["messages"], 2);
    // Asked once more: it is done.
    let again = officer.post("/erasures", asked).await.expect(201);
    assert_eq!(again["id"], done["id"]);
    desk.get(&format!("/conversations/{conversation}"))
        .await
        .expect(404);
    desk.get(&format!("/contacts/{contact}")).await.expect(404);
    gone.get("/timeline").await.expect(401);

    // The certificate and the tombstone name nobody.
    let certificate = done["certificate"].as_str().expect("a certificate");
    for word in ["Kanarien", contact.as_str(), conversation.as_str()] {
        assert!(!certificate.contains(word), "{certificate}");
    }
    let stones = officer.get("/tombstones").await.expect(200);
    assert_eq!(stones["items"][0]["digest"], done["digest"]);
    assert_eq!(stones["items"].as_array().expect("a list").len(), 1);

    // Not one trace is left anywhere, and nothing of the other one is missing.
    let all = everything(&world);
    for (number, trace) in traces.iter().enumerate() {
        assert!(!found(&all, trace), "trace {number} is left");
    }
    assert!(!holds(&all, &token), "its words are gone from the index");
    assert_eq!(desk.timeline(&other_conversation).await, before);
    let url = before
        .iter()
        .find_map(|item| item["attachments"][0]["url"].as_str());
    let url = url.expect("a file");
    let file = desk.outside(url).await;
    assert_eq!(
        (file.status, &file.bytes[..13]),
        (200, &b"Kanarienbrief"[..])
    );
    let now = blobs(
        &keys,
        "SELECT wrapped FROM data_key WHERE subject = $1",
        &others.bytes(),
    )
    .await;
    assert_ne!(now, kept, "the other key is wrapped anew");
    assert!(!holds(&all, &kept[0]));
    // Who comes again is somebody else.
    let mut back = world.customer();
    back.start(testkit::SLUG).await;
    back.write("c", "Kanarienvogel").await.expect(201);
    let (fresh, _) = contact_of(desk, "Kanarienvogel").await;
    assert_ne!(fresh, contact);
    keys.close().await;
    db.close().await;
}

// Check: ER-10
pub(crate) async fn what_must_be_kept_is_not_erased(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Mein Auftrag").await.expect(201);
    let desk = &world.owner;
    let (contact, conversation) = contact_of(desk, "Mein Auftrag").await;
    let officer = world.teammate(Role::Dpo, "Dora").await;
    let wanted = json!({
        "contact_id": contact,
        "matter": "LG Musterstadt 3 O 17/26",
        "reason": "Klage wegen der Lieferung",
        "review_at": "2027-06-30T00:00:00Z",
    });
    let lead = world.teammate(Role::Lead, "Lea").await;
    lead.post("/holds", wanted.clone()).await.expect(403);
    let hold = officer.post("/holds", wanted).await.expect(201);
    let hold = hold["id"].as_str().expect("an id").to_owned();
    // Two persons; and it stands already.
    officer
        .post(&format!("/holds/{hold}/agree"), json!({}))
        .await
        .expect(409);
    let standing = officer.get("/holds").await.expect(200);
    assert_eq!(standing["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(standing["items"][0]["id"], json!(hold));
    assert_eq!(standing["items"][0]["matter"], "LG Musterstadt 3 O 17/26");
    assert_eq!(standing["items"][0]["agreed_by"], Value::Null);
    assert_eq!(standing["next_cursor"], Value::Null);
    let before = officer.get(&format!("/holds?cursor={hold}")).await;
    assert_eq!(before.expect(200)["items"], json!([]));
    officer.get("/holds?cursor=gestern").await.expect(400);
    let asked = json!({ "contact_id": contact, "confirm": "ERASE" });
    let refused = officer.post("/erasures", asked.clone()).await.expect(409);
    assert_eq!(refused["code"], "held");
    let agreed = desk
        .post(&format!("/holds/{hold}/agree"), json!({}))
        .await
        .expect(200);
    assert_ne!(agreed["agreed_by"], Value::Null);
    let preview = officer
        .get(&format!("/contacts/{contact}/erasure"))
        .await
        .expect(200);
    assert_eq!(preview["held_until"], json!(["2027-06-30T00:00:00.000Z"]));
    // Its time is over, and nothing is erased either.
    world.advance_ms(100 * domain::time::DAY_MS).await;
    world.settle().await;
    lead.get(&format!("/conversations/{conversation}"))
        .await
        .expect(200);
    // The hold ends, and the time has its way.
    officer
        .call("DELETE", &format!("/holds/{hold}"), None)
        .await
        .expect(204);
    let standing = officer.get("/holds").await.expect(200);
    assert_eq!(standing["items"], json!([]));
    world.advance_ms(domain::time::HOUR_MS).await;
    world.settle().await;
    lead.get(&format!("/conversations/{conversation}"))
        .await
        .expect(404);
}
