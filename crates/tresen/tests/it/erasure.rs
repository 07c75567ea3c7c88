//! Erasure by the real program: what of it survives a restore, a copy of the key store, and the
//! end of the process at any place.

#![expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]

use serde_json::{Value, json};
use testkit::{Customer, Desk, Engine, Process, SLUG, on_both_engines, until};

use crate::backup::{arguments, database, files_of, shown, well};
use crate::process::{program, refused, set_up, temporary};

on_both_engines! {
    an_erased_contact_does_not_come_back,
}

#[cfg(feature = "faults")]
on_both_engines! {
    killed_at_every_step_it_goes_on,
}

/// The contact and the conversation in which this was said last.
async fn found(desk: &Desk, text: &str) -> Option<(String, String)> {
    let all = desk.conversations("status=open,waiting,snoozed,done").await;
    let one = all
        .into_iter()
        .find(|one| one["last_message"]["text"] == text)?;
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    Some((id(&one["contact"]["id"]), id(&one["id"])))
}

async fn two_customers(process: &Process) {
    for (name, text) in [("gone", "Kanarienvogel"), ("stays", "Spatzenlied")] {
        let mut customer = Customer::new(&process.base);
        customer.start(SLUG).await;
        let file = customer
            .upload("a.txt", "text/plain", text.as_bytes().to_vec())
            .await;
        let file = file.expect(201)["id"].clone();
        let body = json!({ "client_id": name, "text": text, "attachments": [file] });
        customer.post("/messages", body).await.expect(201);
    }
}

async fn begin(desk: &Desk, contact: &str) -> String {
    let asked = json!({ "contact_id": contact, "confirm": "ERASE" });
    let begun = desk.post("/erasures", asked).await.expect(201);
    begun["id"].as_str().expect("an id").to_owned()
}

async fn done(desk: &Desk, erasure: &str) -> Value {
    until("the end of the erasure", async || {
        let now = desk.get(&format!("/erasures/{erasure}")).await.expect(200);
        (now["step"] == "done").then_some(now)
    })
    .await
}

// Check: ER-03, ER-04, ER-05, ER-06
async fn an_erased_contact_does_not_come_back(engine: Engine) {
    let (_held, data) = temporary();
    let held = database(engine).await;
    let here = arguments(held.as_ref());
    let process = Process::serve(program(), &data, &here).await;
    let desk = set_up(&process, &data, &here).await;
    two_customers(&process).await;
    let (contact, _) = found(&desk, "Kanarienvogel").await.expect("it wrote");
    let shelf = tempfile::tempdir().expect("a shelf");
    let take = async |name: &str| {
        let to = shelf.path().join(name);
        let told = well(
            &["backup"],
            &data,
            &[&["--to", shown(&to)], &here[..]].concat(),
        )
        .await;
        files_of(&told)
    };
    let (old, _) = take("old").await;
    let keys = data.join("keys");
    let copied = shelf.path().join("keys.db of before");
    let process = {
        process.ask_to_end().await;
        assert_eq!(process.ended().await, Some(0));
        std::fs::copy(keys.join("keys.db"), &copied).expect("copied");
        Process::serve(program(), &data, &here).await
    };
    let desk = Desk::new(&process.base, desk.auth.clone());
    let erasure = begin(&desk, &contact).await;
    done(&desk, &erasure).await;
    assert!(found(&desk, "Kanarienvogel").await.is_none());
    assert!(
        !keys.join("generation-1.key").exists(),
        "the old generation is destroyed"
    );
    assert!(keys.join("generation-2.key").exists());
    let (_, new_keys) = take("new").await;
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));

    // The key store of before, with the generation of now: it opens nothing.
    let away = shelf.path().join("keys.db of now");
    std::fs::rename(keys.join("keys.db"), &away).expect("moved");
    std::fs::copy(&copied, keys.join("keys.db")).expect("copied");
    let reason = refused(&data, &here).await;
    assert!(reason.contains("generation-1.key"), "{reason}");
    for end in ["-wal", "-shm"] {
        _ = std::fs::remove_file(keys.join(format!("keys.db{end}")));
    }
    std::fs::rename(&away, keys.join("keys.db")).expect("moved");

    // The content of before with the keys of now: the other one is there, and only that one.
    let (_other_held, other) = temporary();
    let other_database = database(engine).await;
    let there = arguments(other_database.as_ref());
    let master = keys.join("master.key");
    let from = ["--from", shown(&old), "--key-file", shown(&new_keys)];
    let from = [&from[..], &["--master-key", shown(&master)], &there[..]].concat();
    well(&["restore"], &other, &from).await;
    let process = Process::serve(program(), &other, &there).await;
    let restored = Desk::new(&process.base, desk.auth.clone());
    assert!(found(&restored, "Kanarienvogel").await.is_none());
    restored
        .get(&format!("/contacts/{contact}"))
        .await
        .expect(404);
    let (_, conversation) = found(&restored, "Spatzenlied")
        .await
        .expect("the other one");
    let timeline = restored.timeline(&conversation).await;
    let url = timeline
        .iter()
        .find_map(|item| item["attachments"][0]["url"].as_str());
    let file = restored.outside(url.expect("a file")).await;
    assert_eq!((file.status, &file.bytes[..]), (200, &b"Spatzenlied"[..]));
    let list = restored
        .conversations("status=open,waiting,snoozed,done")
        .await;
    assert_eq!(list.len(), 1, "not even an empty place is left: {list:?}");
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
}

#[cfg(feature = "faults")]
async fn killed_at_every_step_it_goes_on(engine: Engine) {
    let (_held, data) = temporary();
    let held = database(engine).await;
    let here = arguments(held.as_ref());
    let process = Process::serve(program(), &data, &here).await;
    let desk = set_up(&process, &data, &here).await;
    two_customers(&process).await;
    let (contact, _) = found(&desk, "Kanarienvogel").await.expect("it wrote");
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));

    let fault = ["TRESEN_FAULT=after_erasure_step"];
    let process = Process::serve_with(program(), &data, &here, &fault).await;
    let desk = Desk::new(&process.base, desk.auth.clone());
    // Its answer may not come any more.
    let asked = json!({ "contact_id": contact, "confirm": "ERASE" });
    _ = desk.try_call("POST", "/erasures", Some(&asked)).await;
    assert_ne!(
        process.ended().await,
        Some(0),
        "it dies behind the first step"
    );
    // Every further life does the step again at which the one before died, and dies at the next.
    let mut words = vec!["serve", "--data", shown(&data), "--listen", "127.0.0.1:0"];
    words.extend(&here);
    for _ in 1..8 {
        let fault = ["TRESEN_FAULT=after_erasure_step@2"];
        let ended = Process::run_with(program(), &words, "", &fault).await;
        assert_ne!(ended.code, Some(0), "{}", ended.stderr);
    }
    let process = Process::serve(program(), &data, &here).await;
    let desk = Desk::new(&process.base, desk.auth.clone());
    let begun = desk.get("/erasures").await.expect(200);
    let erasure = begun["items"][0]["id"].as_str().expect("an id");
    let end = done(&desk, erasure).await;
    assert!(
        end["certificate"]
            .as_str()
            .is_some_and(|text| text.contains("tresen.erasure"))
    );
    assert!(found(&desk, "Kanarienvogel").await.is_none());
    let (_, conversation) = found(&desk, "Spatzenlied").await.expect("the other one");
    let timeline = desk.timeline(&conversation).await;
    let url = timeline
        .iter()
        .find_map(|item| item["attachments"][0]["url"].as_str());
    assert_eq!(desk.outside(url.expect("a file")).await.status, 200);
    assert_eq!(
        desk.get("/tombstones").await.expect(200)["items"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
}
