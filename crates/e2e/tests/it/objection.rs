//! What may be an objection is somebody's task: advertising rests, a teammate clears it up, and
//! whoever waits too long has decided against advertising.

use domain::teammate::Role;
use domain::time::HOUR_MS;
use serde_json::{Value, json};
use testkit::{Engine, on_both_engines};

use crate::consent::{Scene, text};

on_both_engines! {
    co_12_what_may_be_an_objection_is_cleared_up_at_the_desk,
}

const WISH: &str = "Ich möchte bitte keinen Newsletter mehr von Ihnen";

async fn open(scene: &Scene) -> Value {
    let path = format!("/conversations/{}/composer", scene.conversation);
    scene.world.owner.get(&path).await.expect(200)["objection"].clone()
}

async fn tasks(scene: &Scene) -> Vec<Value> {
    let list = scene.world.owner.get("/objections").await.expect(200);
    list["items"].as_array().expect("items").clone()
}

async fn settle(scene: &Scene, decision: &str, words: &str) -> testkit::Answer {
    let path = format!("/contacts/{}/objections", scene.contact);
    let found = json!({ "channel_id": scene.channel, "decision": decision, "words": words });
    scene.world.owner.post(&path, found).await
}

pub(crate) async fn co_12_what_may_be_an_objection_is_cleared_up_at_the_desk(engine: Engine) {
    let scene = Scene::set(engine).await;
    scene.anna_agrees().await;
    assert_eq!(open(&scene).await, Value::Null);
    assert_eq!(
        settle(&scene, "lift", "nachgefragt").await.problem(409),
        "objection_settled"
    );

    // She meant somebody else's newsletter: her consent holds as before.
    scene.anna_says(WISH).await;
    let task = open(&scene).await;
    assert_eq!(task["clarity"], "soft");
    assert_eq!(tasks(&scene).await.len(), 1);
    assert_eq!(
        tasks(&scene).await[0]["conversation_id"],
        scene.conversation
    );
    assert_eq!(tasks(&scene).await[0]["final_at"], task["final_at"]);
    // Whoever watches over data protection sees that it waits.
    let officer = scene.world.teammate(Role::Dpo, "Dora").await;
    let seen = officer.get("/objections").await.expect(200);
    assert_eq!(seen["items"].as_array().map(Vec::len), Some(1));
    assert!(
        scene
            .reasons()
            .await
            .contains(&"marketing_paused".to_owned())
    );
    for (decision, words) in [("lift", " "), ("vielleicht", "nachgefragt")] {
        settle(&scene, decision, words).await.expect(422);
    }
    settle(&scene, "lift", "sie meinte eine andere Firma")
        .await
        .expect(204);
    assert_eq!(
        (open(&scene).await, tasks(&scene).await),
        (Value::Null, Vec::new())
    );
    assert_eq!(scene.state().await, "granted");
    scene.advertise().await.expect(201);
    scene.world.settle().await;
    assert_eq!(
        settle(&scene, "withdraw", "doch").await.problem(409),
        "objection_settled"
    );
    assert!(scene.withdrawals_confirmed().await.is_empty());

    // A bare word that may mean anything rests, and never ends a consent by itself.
    scene.anna_says("Widerruf").await;
    let task = open(&scene).await;
    assert_eq!(
        (&task["clarity"], &task["final_at"]),
        (&json!("ask"), &Value::Null)
    );
    settle(&scene, "lift", "sie meint den Kauf")
        .await
        .expect(204);

    // The same words again, and this time she means it: it is over at once, and she is told.
    scene.anna_says(WISH).await;
    settle(&scene, "withdraw", "am Telefon gefragt")
        .await
        .expect(204);
    scene.world.settle().await;
    assert_eq!(scene.state().await, "withdrawn");
    assert_eq!(scene.withdrawals_confirmed().await.len(), 1);
    let consents = scene.consents().await;
    let events = consents[0]["events"].as_array().expect("events");
    let last = events.last().expect("an event");
    assert_eq!(
        (text(&last["kind"]), text(&last["words"])),
        ("objected".to_owned(), "am Telefon gefragt".to_owned())
    );
    assert!(text(&last["actor"]).starts_with("tmt_"), "{last}");
    assert!(scene.reasons().await.contains(&"objected".to_owned()));
    scene.world.advance_ms(73 * HOUR_MS).await;
    scene.world.settle().await;
    assert_eq!(
        scene.kinds().await.len(),
        events.len(),
        "time adds nothing to it"
    );
}
