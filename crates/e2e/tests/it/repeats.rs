//! Writes that come again under their own id, sooner or much later.

use domain::time::DAY_MS;
use serde_json::{Value, json};
use testkit::{Engine, World, on_both_engines, plain_png};

use crate::dump::Looker;

on_both_engines! {
    a_repeated_write_is_known_as_long_as_what_it_made,
    a_repeated_write_into_what_is_gone_makes_nothing,
}

/// What is remembered of writes.
async fn remembered(looker: &Looker) -> usize {
    looker.dump().await.rows("client_write")
}

/// Lets this many days pass, and the house do what is due.
async fn days(world: &World, days: i64) {
    world.advance_ms(days * DAY_MS).await;
    world.settle().await;
}

pub(crate) async fn a_repeated_write_is_known_as_long_as_what_it_made(engine: Engine) {
    let mut world = World::start(engine).await;
    let (email, _) = World::owner_credentials();
    world.owner = world.token(email, &[], None).await;
    let looker = Looker::at(&world).await;
    let customer = world.visitor().await;
    let first = customer.write("c-1", "Haben Sie offen?").await.expect(201);
    let conversation = world.only_conversation().await;
    let answer = json!({ "client_id": "d-1", "text": "Bis sechs" });
    let answered = world.owner.send(&conversation, answer.clone()).await;
    let answered = answered.expect(201);
    let note = json!({ "client_id": "n-1", "text": "Stammkundin" });
    let path = format!("/conversations/{conversation}/notes");
    let noted = world.owner.post(&path, note.clone()).await.expect(201);
    let key = [("idempotency-key", "e-1")];
    let channel = world.owner.pages("/entries", "").await[0]["channel_id"].clone();
    let entry = json!({ "channel_id": channel, "slug": "zweite", "title": "Zweite Tür" });
    let made = world
        .owner
        .call_with("POST", "/entries", Some(&entry), &key);
    let made = made.await.expect(201);
    assert_eq!(remembered(&looker).await, 4);
    // Half a year, in which the customer comes back now and then: far beyond the shortest time.
    for month in 2..8 {
        days(&world, 30).await;
        let id = format!("c-{month}");
        customer.write(&id, "Noch da").await.expect(201);
    }
    let told = customer.timeline().await.len();
    let again = customer.write("c-1", "Haben Sie offen?").await.expect(200);
    assert_eq!(again["id"], first["id"]);
    let other = customer.write("c-1", "Etwas anderes").await;
    assert_eq!(other.problem(409), "client_id_reused");
    let again = world.owner.send(&conversation, answer).await;
    assert_eq!(again.expect(200)["id"], answered["id"]);
    let again = world.owner.post(&path, note).await.expect(200);
    assert_eq!(again["id"], noted["id"]);
    let again = world
        .owner
        .call_with("POST", "/entries", Some(&entry), &key);
    assert_eq!(again.await.json()["id"], made["id"]);
    assert_eq!(
        customer.timeline().await.len(),
        told,
        "nothing is there twice"
    );
    assert_eq!(remembered(&looker).await, 10);
    // With the contact goes every trace but that of the entry, which is still there.
    days(&world, 91).await;
    assert_eq!(world.owner.conversations("").await, Vec::<Value>::new());
    assert_eq!(remembered(&looker).await, 1);
}

pub(crate) async fn a_repeated_write_into_what_is_gone_makes_nothing(engine: Engine) {
    let mut world = World::start(engine).await;
    let (email, _) = World::owner_credentials();
    world.owner = world.token(email, &[], None).await;
    let looker = Looker::at(&world).await;
    let customer = world.visitor().await;
    customer.write("c-1", "Guten Tag").await.expect(201);
    let conversation = world.only_conversation().await;
    let answer = json!({ "client_id": "d-1", "text": "Guten Tag" });
    world
        .owner
        .send(&conversation, answer.clone())
        .await
        .expect(201);
    let note = json!({ "client_id": "n-1", "text": "Ruft zurück" });
    let path = format!("/conversations/{conversation}/notes");
    world.owner.post(&path, note.clone()).await.expect(201);
    let upload = async || world.owner.upload_once("f-1", plain_png(9)).await;
    let file = upload().await.expect(201);
    assert_eq!(upload().await.json()["id"], file["id"]);
    assert_eq!(remembered(&looker).await, 4);
    // A file that was not sent goes after a day, and whoever repeats the upload brings a new one.
    days(&world, 2).await;
    assert_eq!(remembered(&looker).await, 3);
    assert_ne!(upload().await.expect(201)["id"], file["id"]);
    days(&world, 2).await;
    // The conversation goes with its time, and what is repeated after that has no place to go.
    days(&world, 91).await;
    assert_eq!(remembered(&looker).await, 0);
    let before = looker.dump().await;
    assert_eq!(customer.write("c-1", "Guten Tag").await.status, 401);
    assert_eq!(world.owner.send(&conversation, answer).await.status, 404);
    assert_eq!(world.owner.post(&path, note).await.status, 404);
    assert_eq!(before.changed(&looker.dump().await), Vec::<&str>::new());
}
