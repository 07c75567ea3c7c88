//! What was given can be taken back, and then it is gone at once.

use domain::teammate::Role;
use domain::time::{HOUR_MS, MINUTE_MS};
use serde_json::{Value, json};
use testkit::{Auth, Desk, Engine, World, on_both_engines};

use crate::session::{session_of, sign_in};

on_both_engines! {
    a_token_is_no_person,
    rights_are_taken_back_at_once,
    a_person_looks_after_its_sign_in,
    company_and_notice_change,
    writing_without_reading,
    secrets_stay_with_their_address,
}

const GONE: u16 = 4401;

async fn signed_in(world: &World, email: &str) -> Desk {
    let (_, password) = World::owner_credentials();
    session_of(world, &sign_in(world, email, password).await)
}

async fn id_of(desk: &Desk) -> String {
    let session = desk.get("/session").await.expect(200);
    session["teammate"]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

// Case: AZ09
pub(crate) async fn a_token_is_no_person(engine: Engine) {
    let world = World::start(engine).await;
    let (email, _) = World::owner_credentials();
    for scopes in [&["channels:read"][..], &[]] {
        let token = world.token(email, scopes, None).await;
        let credential = json!({ "challenge_id": "pkq_x", "credential": {} });
        for (method, path, body) in [
            ("POST", "/passkeys/start", json!({})),
            ("POST", "/passkeys/finish", credential),
            ("GET", "/passkeys", Value::Null),
            ("GET", "/tokens", Value::Null),
            ("DELETE", "/session/others", Value::Null),
            ("POST", "/session/confirm", json!({ "password": "x" })),
            (
                "PUT",
                "/session/password",
                json!({ "password": "x", "new_password": "y" }),
            ),
        ] {
            let body = (!body.is_null()).then_some(&body);
            let answer = token.call(method, path, body).await;
            assert_eq!(answer.problem(403), "forbidden", "{method} {path}");
        }
        let shown = token.get("/session").await.expect(200);
        assert!(
            shown["teammate"]["email"].is_null(),
            "no address for a program"
        );
    }
}

// Case: AZ09, AZ10, AZ11
pub(crate) async fn rights_are_taken_back_at_once(engine: Engine) {
    let world = World::start(engine).await;
    let (email, _) = World::owner_credentials();
    let owner = signed_in(&world, email).await;
    let program = world.teammate(Role::Teammate, "Erika").await;
    let erika = signed_in(&world, "erika@laden.example").await;
    let id = id_of(&erika).await;
    let customer = world.visitor().await;
    customer.write("a", "Hallo").await.expect(201);

    // A token that is taken back, and one that ends by itself.
    let short = world.token(email, &[], Some(MINUTE_MS)).await;
    let (by_token, ending) = (program.watch(None).await, short.watch(None).await);
    by_token.ready().await;
    ending.ready().await;
    let tokens = owner.get("/tokens").await.expect(200);
    let tokens = tokens["items"].as_array().expect("a list");
    let hers = tokens
        .iter()
        .find(|t| t["teammate_id"] == id.as_str())
        .expect("hers");
    let path = format!("/tokens/{}", hers["id"].as_str().expect("an id"));
    assert_eq!(
        erika.get("/tokens").await.expect(200)["items"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    owner.call("DELETE", &path, None).await.expect(204);
    by_token.until("its end", |s| s.closed == Some(GONE)).await;
    assert_eq!(
        program.get("/conversations").await.problem(401),
        "token_wrong"
    );
    assert_eq!(owner.call("DELETE", &path, None).await.status, 404);
    world.clock.advance_ms(MINUTE_MS);
    customer.write("b", "Noch etwas").await.expect(201);
    let end = ending.until("its end", |s| s.closed == Some(GONE)).await;
    assert!(
        !json!(end.events).to_string().contains("Noch etwas"),
        "nothing after the end"
    );

    // Another role: what it no longer covers ends.
    let watching = erika.watch(None).await;
    watching.ready().await;
    let answer = owner
        .patch(&format!("/teammates/{id}"), json!({ "role": "dpo" }))
        .await;
    assert_eq!(answer.expect(200)["role"], "dpo");
    watching.until("its end", |s| s.closed == Some(GONE)).await;
    assert_eq!(erika.get("/conversations").await.problem(403), "forbidden");

    // Signing out ends what watches, and nobody else's.
    let other = signed_in(&world, email).await;
    let (leaving, staying) = (other.watch(None).await, owner.watch(None).await);
    leaving.ready().await;
    staying.ready().await;
    other.call("DELETE", "/session", None).await.expect(204);
    leaving.until("its end", |s| s.closed == Some(GONE)).await;
    customer.write("c", "Und noch etwas").await.expect(201);
    staying
        .until("a message", |s| !s.of_kind("message.created").is_empty())
        .await;

    // Shut out, and let in again with nothing of before.
    owner
        .patch(&format!("/teammates/{id}"), json!({ "disabled": true }))
        .await
        .expect(200);
    assert_eq!(erika.get("/session").await.problem(401), "session_over");
    let (_, password) = World::owner_credentials();
    let refused = sign_in(&world, "erika@laden.example", password).await;
    assert_eq!(refused.problem(401), "wrong_credentials");
    assert_eq!(owner.pages("/teammates", "").await.len(), 1);
    assert_eq!(owner.pages("/teammates", "disabled=true").await.len(), 2);
    owner
        .patch(
            &format!("/teammates/{id}"),
            json!({ "disabled": false, "role": "admin" }),
        )
        .await
        .expect(200);
    let erika = signed_in(&world, "erika@laden.example").await;

    // Nobody climbs: an administrator touches no owner and makes none, and nobody changes itself.
    let owner_id = id_of(&owner).await;
    for (who, whom, change, status, code) in [
        (
            &erika,
            &owner_id,
            json!({ "role": "teammate" }),
            403,
            "forbidden",
        ),
        (
            &erika,
            &owner_id,
            json!({ "disabled": true }),
            403,
            "forbidden",
        ),
        (&erika, &id, json!({ "role": "owner" }), 409, "own_rights"),
        (
            &owner,
            &owner_id,
            json!({ "role": "teammate" }),
            409,
            "own_rights",
        ),
        (&owner, &id, json!({ "role": "king" }), 422, "invalid"),
    ] {
        let answer = who
            .patch(&format!("/teammates/{whom}"), change.clone())
            .await;
        assert_eq!(answer.problem(status), code, "{change}");
    }
    world.teammate(Role::Teammate, "Max").await;
    let max = id_of(&signed_in(&world, "max@laden.example").await).await;
    let answer = erika
        .patch(&format!("/teammates/{max}"), json!({ "role": "owner" }))
        .await;
    assert_eq!(answer.problem(403), "forbidden");
}

// Case: AU14, WI03
pub(crate) async fn a_person_looks_after_its_sign_in(engine: Engine) {
    let world = World::start(engine).await;
    let (email, password) = World::owner_credentials();
    let here = signed_in(&world, email).await;
    let there = signed_in(&world, email).await;
    let watching = there.watch(None).await;
    watching.ready().await;
    // A while later a passkey needs the password again.
    world.clock.advance_ms(HOUR_MS);
    let start = async || here.post("/passkeys/start", json!({})).await;
    assert_eq!(start().await.problem(409), "confirm_needed");
    let wrong = here
        .post("/session/confirm", json!({ "password": "falsch" }))
        .await;
    assert_eq!(wrong.problem(422), "invalid");
    here.post("/session/confirm", json!({ "password": password }))
        .await
        .expect(204);
    assert_ne!(start().await.json()["code"], "confirm_needed");

    let change = async |old: &str, new: &str| {
        let body = json!({ "password": old, "new_password": new });
        here.call("PUT", "/session/password", Some(&body)).await
    };
    assert_eq!(
        change("falsch", "Ein neues Kennwort 1").await.problem(422),
        "invalid"
    );
    assert_eq!(change(password, "kurz").await.problem(422), "invalid");
    there.get("/session").await.expect(200);
    change(password, "Ein neues Kennwort 1").await.expect(204);
    watching.until("its end", |s| s.closed == Some(GONE)).await;
    assert_eq!(there.get("/session").await.problem(401), "session_over");
    here.get("/session").await.expect(200);
    assert_eq!(
        sign_in(&world, email, password).await.problem(401),
        "wrong_credentials"
    );
    let again = session_of(
        &world,
        &sign_in(&world, email, "Ein neues Kennwort 1").await,
    );
    again
        .call("DELETE", "/session/others", None)
        .await
        .expect(204);
    assert_eq!(here.get("/session").await.problem(401), "session_over");

    // A customer can leave a browser that is not its own.
    let customer = world.visitor().await;
    customer.write("a", "Vom Gerät im Café").await.expect(201);
    let left = customer.call_with("DELETE", "/session", None, &[]).await;
    left.expect(204);
    assert_eq!(customer.get("/session").await.status, 401);
    assert_eq!(
        again.conversations("").await.len(),
        1,
        "what was written stays"
    );
}

/// Customers find it at the entry, and it makes no new version of what they read.
async fn the_imprint_stands_beside_the_notice(world: &World) {
    let customer = world.customer();
    let entry = async || {
        let path = format!("/entries/{}", testkit::SLUG);
        customer.get(&path).await.expect(200)
    };
    let before = entry().await;
    assert!(before["imprint_url"].is_null());
    let address = "https://laden.example/impressum";
    let named = json!({ "imprint_url": format!(" {address} ") });
    let facts = world.owner.patch("/company", named).await.expect(200);
    assert_eq!(facts["imprint_url"], address);
    let after = entry().await;
    assert_eq!(after["imprint_url"], address);
    assert_eq!(after["notice"], before["notice"]);
    let taken = json!({ "imprint_url": "" });
    world.owner.patch("/company", taken).await.expect(200);
    assert_eq!(entry().await, before);
}

pub(crate) async fn company_and_notice_change(engine: Engine) {
    let world = World::start(engine).await;
    let before = world.owner.get("/company").await.expect(200);
    let asks = world.customer();
    let notice = async || {
        let entry = asks
            .get(&format!("/entries/{}", testkit::SLUG))
            .await
            .expect(200);
        entry["notice"].clone()
    };
    let first = notice().await;
    let body = json!({ "name": "Laden & Söhne", "privacy": { "retention_days": 30 } });
    let changed = world
        .owner
        .patch("/company", body.clone())
        .await
        .expect(200);
    assert_eq!(changed["name"], "Laden & Söhne");
    assert_eq!(changed["privacy"]["retention_days"], 30);
    assert_eq!(
        changed["privacy"]["controller"],
        before["privacy"]["controller"]
    );
    let second = notice().await;
    assert_eq!(
        second["version"].as_i64(),
        first["version"].as_i64().map(|v| v + 1)
    );
    world.owner.patch("/company", body).await.expect(200);
    assert_eq!(
        notice().await["version"],
        second["version"],
        "the same is no new version"
    );
    the_imprint_stands_beside_the_notice(&world).await;
    for (body, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "imprint_url": "www.laden.example" }), "imprint_url"),
        (
            json!({ "imprint_url": "https://ich:geheim@laden.example/" }),
            "imprint_url",
        ),
        (
            json!({ "privacy": { "retention_days": 0 } }),
            "privacy.retention_days",
        ),
        (
            json!({ "privacy": { "contact_email": "x" } }),
            "privacy.contact_email",
        ),
    ] {
        let answer = world.owner.patch("/company", body).await;
        assert_eq!(answer.problem(422), "invalid");
        assert!(answer.json()["fields"][field].is_string());
    }
    let erika = world.teammate(Role::Teammate, "Erika").await;
    erika.get("/company").await.expect(200);
    let answer = erika.patch("/company", json!({ "name": "Meins" })).await;
    assert_eq!(answer.problem(403), "forbidden");
}

pub(crate) async fn writing_without_reading(engine: Engine) {
    let world = World::start(engine).await;
    let (email, _) = World::owner_credentials();
    let customer = world.visitor().await;
    customer
        .write("a", "Nur für die Lesenden")
        .await
        .expect(201);
    let id = world.only_conversation().await;
    let theirs = world.owner.timeline(&id).await;
    let theirs = theirs
        .iter()
        .find(|item| item["type"] == "message")
        .expect("one");
    let message = theirs["id"].as_str().expect("an id");
    let writer = world.token(email, &["conversations:write"], None).await;
    let said = writer
        .send(&id, json!({ "text": "Aus dem Programm" }))
        .await
        .expect(201);
    assert_eq!(said["text"], "Aus dem Programm");
    let note = json!({ "text": "Notiz" });
    writer
        .post(&format!("/conversations/{id}/notes"), note)
        .await
        .expect(201);
    // What would show the contact's own words or facts is refused before it is done.
    let contact = world.owner.conversation(&id).await["contact"]["id"].clone();
    let contact = format!("/contacts/{}", contact.as_str().expect("an id"));
    let before = world.owner.get(&contact).await.expect(200);
    let react = format!("/messages/{message}/reaction");
    for (method, path, body) in [
        ("PATCH", contact.as_str(), json!({ "name": "Umbenannt" })),
        ("PUT", react.as_str(), json!({ "emoji": "👍" })),
    ] {
        let answer = writer.call(method, path, Some(&body)).await;
        assert_eq!(answer.problem(403), "forbidden");
    }
    let quoting = json!({ "text": "x", "quote": message });
    assert_eq!(writer.send(&id, quoting).await.problem(403), "forbidden");
    assert_eq!(world.owner.get(&contact).await.expect(200), before);
    assert_eq!(
        world
            .owner
            .timeline(&id)
            .await
            .iter()
            .filter(|i| i["type"] == "message")
            .count(),
        2
    );
    assert!(matches!(writer.auth, Auth::Bearer(_)));
}

// Case: SS07
pub(crate) async fn secrets_stay_with_their_address(engine: Engine) {
    let world = World::start(engine).await;
    let channel = world.connect_whatsapp().await;
    let path = format!("/channels/{}", channel["id"].as_str().expect("an id"));
    let elsewhere = json!({ "settings": { "api_base": "https://graph.example.com" } });
    let answer = world.owner.patch(&path, elsewhere).await;
    assert_eq!(answer.problem(422), "invalid");
    assert!(answer.json()["fields"]["settings.access_token"].is_string());
    let version = json!({ "settings": { "graph_version": "v25.0" } });
    world.owner.patch(&path, version).await.expect(200);
    let both = json!({ "settings": {
        "api_base": "https://graph.example.com", "access_token": "EAAneu",
    } });
    world.owner.patch(&path, both).await.expect(200);
}
