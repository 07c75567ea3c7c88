//! Setting up, signing in, and who may do what.

use domain::teammate::Role;
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use serde_json::{Value, json};
use testkit::{Auth, Desk, Engine, SLUG, World, cookie_of, on_both_engines, setup_body};

on_both_engines! {
    setting_up_by_link,
    signing_in_and_out,
    what_a_role_may_do,
}

// Case: AU06, AU19
// Check: CR-04
pub(crate) async fn setting_up_by_link(engine: Engine) {
    let world = World::empty(engine).await;
    let nobody = world.desk(Auth::Nobody);
    assert_eq!(nobody.get("/setup").await.expect(200)["needed"], true);
    let first = world.setup_token().await;
    let token = world.setup_token().await;

    for wrong in ["", "setup_wrong", first.as_str()] {
        let answer = nobody.post("/setup", setup_body(wrong)).await;
        assert_eq!(answer.problem(401), "setup_token_wrong", "{wrong}");
        assert_eq!(answer.header("set-cookie"), None);
    }
    let mut body = setup_body(&token);
    body["company"]["name"] = json!(" ");
    body["company"]["imprint_url"] = json!("javascript:alert(1)");
    body["owner"] = json!({ "name": "", "email": "keine Adresse", "password": "kurz" });
    body["chat"] = json!({ "slug": "Groß & Schräg", "title": "" });
    body["privacy"] = json!({ "controller": "", "contact_email": "x", "retention_days": 0 });
    let answer = nobody.post("/setup", body).await;
    let problem = answer.expect(422);
    let named: Vec<&String> = problem["fields"]
        .as_object()
        .expect("fields")
        .keys()
        .collect();
    assert_eq!(
        named,
        [
            "chat.slug",
            "chat.title",
            "company.imprint_url",
            "company.name",
            "owner.email",
            "owner.name",
            "owner.password",
            "privacy.contact_email",
            "privacy.controller",
            "privacy.retention_days",
        ]
    );
    assert!(
        !answer.text().contains("keine Adresse"),
        "input is not repeated"
    );
    assert_eq!(nobody.get("/setup").await.expect(200)["needed"], true);

    // Two people use the link at once: one of them owns the house.
    let (one, other) = tokio::join!(
        nobody.post("/setup", setup_body(&token)),
        nobody.post("/setup", setup_body(&token))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", one.text(), other.text());
    let done = if one.status == 201 { one } else { other };
    let body = done.expect(201);
    assert_eq!(body["entry"]["slug"], SLUG);
    assert_eq!(body["session"]["teammate"]["role"], "owner");
    assert_eq!(nobody.get("/setup").await.expect(200)["needed"], false);
    let again = nobody.post("/setup", setup_body(&token)).await;
    assert_eq!(again.problem(409), "setup_done");
    let cookie = cookie_of(done.header("set-cookie").expect("a session"));
    let csrf = body["session"]["csrf_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let owner = world.desk(Auth::Cookie { cookie, csrf });
    let teammates = owner.get("/teammates").await.expect(200);
    assert_eq!(teammates["items"].as_array().expect("items").len(), 1);
}

pub(crate) async fn sign_in(world: &World, email: &str, password: &str) -> testkit::Answer {
    let body = json!({ "email": email, "password": password });
    world.desk(Auth::Nobody).post("/session", body).await
}

pub(crate) fn session_of(world: &World, answer: &testkit::Answer) -> Desk {
    let cookie = cookie_of(answer.header("set-cookie").expect("a session"));
    let csrf = answer.json()["csrf_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    world.desk(Auth::Cookie { cookie, csrf })
}

// Case: AU01, AU15
pub(crate) async fn signing_in_and_out(engine: Engine) {
    let world = World::start(engine).await;
    let (email, password) = World::owner_credentials();
    let answer = sign_in(&world, &email.to_uppercase(), password).await;
    answer.expect(200);
    let line = answer.header("set-cookie").expect("a session").to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(line.contains(attribute), "{line}");
    }
    assert!(!line.contains("Secure"), "plain http: {line}");
    let desk = session_of(&world, &answer);
    let shown = desk.get("/session").await.expect(200);
    assert_eq!(shown["teammate"]["email"], email);
    assert_eq!(shown["csrf_token"], answer.json()["csrf_token"]);

    let ready = desk.outside("/readyz").await;
    assert_eq!((ready.status, ready.text()), (200, "ready\n".to_owned()));
    writes_need_the_token(&world, &desk).await;
    the_session_ends(&world, &desk).await;
    guessing_is_slowed_down(&world).await;
    tokens_have_scopes_and_an_end(&world).await;
}

async fn writes_need_the_token(world: &World, desk: &Desk) {
    let Auth::Cookie { cookie, csrf } = desk.auth.clone() else {
        panic!("a session");
    };
    let body = json!({ "kind": "webchat", "name": "Zweiter Laden", "settings": {} });
    let with = |csrf: &str| {
        desk.as_somebody(Auth::Cookie {
            cookie: cookie.clone(),
            csrf: csrf.to_owned(),
        })
    };
    for wrong in ["", "x", &csrf[..csrf.len() - 1], &csrf.to_uppercase()] {
        let answer = with(wrong).post("/channels", body.clone()).await;
        assert_eq!(answer.problem(403), "csrf", "{wrong}");
    }
    let foreign = [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    for header in foreign {
        let answer = desk
            .call_with("POST", "/channels", Some(&body), &[header])
            .await;
        assert_eq!(answer.problem(403), "csrf");
    }
    assert_eq!(
        world.owner.pages("/channels", "").await.len(),
        1,
        "nothing changed"
    );
    desk.post("/channels", body).await.expect(201);
    assert_eq!(world.owner.pages("/channels", "").await.len(), 2);
}

async fn the_session_ends(world: &World, desk: &Desk) {
    let (email, password) = World::owner_credentials();
    let other = session_of(world, &sign_in(world, email, password).await);
    other.call("DELETE", "/session", None).await.expect(204);
    assert_eq!(other.get("/session").await.problem(401), "session_over");
    assert_eq!(other.try_watch(None).await.err(), Some(401));
    desk.get("/session").await.expect(200);
    world.clock.advance_ms(12 * HOUR_MS - 1);
    desk.get("/session").await.expect(200);
    world.clock.advance_ms(1);
    assert_eq!(desk.get("/session").await.problem(401), "session_over");
    assert_eq!(world.desk(Auth::Nobody).get("/session").await.status, 401);
}

async fn guessing_is_slowed_down(world: &World) {
    let (email, password) = World::owner_credentials();
    for guess in 0..10 {
        let answer = sign_in(world, email, &format!("falsches Kennwort {guess}")).await;
        assert_eq!(answer.problem(401), "wrong_credentials");
    }
    let limited = sign_in(world, email, password).await;
    assert_eq!(limited.problem(429), "rate_limited");
    assert!(limited.header("retry-after").is_some());
    let stranger = sign_in(world, "niemand@laden.example", "irgendein Kennwort").await;
    assert_eq!(
        stranger.problem(401),
        "wrong_credentials",
        "others are not locked out"
    );
    world.clock.advance_ms(15 * MINUTE_MS);
    sign_in(world, email, password).await.expect(200);
}

async fn tokens_have_scopes_and_an_end(world: &World) {
    let (email, _) = World::owner_credentials();
    let reader = world
        .token(email, &["conversations:read"], Some(DAY_MS))
        .await;
    reader.get("/conversations").await.expect(200);
    let nowhere = format!("/conversations/{}/notes", "cnv_00000000000000000000000000");
    assert_eq!(
        reader
            .post(&nowhere, json!({ "text": "x" }))
            .await
            .problem(403),
        "forbidden"
    );
    assert_eq!(reader.get("/channels").await.problem(403), "forbidden");
    let all = world.token(email, &[], None).await;
    assert_eq!(all.post(&nowhere, json!({ "text": "x" })).await.status, 404);
    world.clock.advance_ms(DAY_MS - 1);
    reader.get("/conversations").await.expect(200);
    world.clock.advance_ms(1);
    assert_eq!(
        reader.get("/conversations").await.problem(401),
        "token_wrong"
    );
    all.get("/conversations").await.expect(200);
    for wrong in ["", "tresen_x", "Bearer"] {
        let desk = world.desk(Auth::Bearer(wrong.to_owned()));
        assert_eq!(desk.get("/conversations").await.status, 401, "{wrong}");
    }
}

// Case: AZ01, PL10
async fn what_a_role_may_do(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a1", "Guten Tag").await.expect(201);
    world.run_jobs().await;
    let id = world.only_conversation().await;
    let conversation = world.owner.conversation(&id).await;
    let contact = conversation["contact"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let message = world.owner.timeline(&id).await;
    let message = message
        .iter()
        .find(|i| i["type"] == "message")
        .expect("a message");
    let message = message["id"].as_str().expect("an id").to_owned();
    let file = world
        .owner
        .upload("a.txt", "text/plain", b"inhalt".to_vec())
        .await
        .expect(201);
    let file = file["id"].as_str().expect("an id").to_owned();

    let content: Vec<(&str, String, Option<Value>)> = vec![
        ("GET", "/conversations".into(), None),
        ("GET", "/conversations/counts".into(), None),
        ("GET", format!("/conversations/{id}"), None),
        ("GET", format!("/conversations/{id}/timeline"), None),
        ("GET", format!("/conversations/{id}/composer"), None),
        (
            "POST",
            format!("/conversations/{id}/messages"),
            Some(json!({ "text": "x" })),
        ),
        (
            "POST",
            format!("/conversations/{id}/notes"),
            Some(json!({ "text": "x" })),
        ),
        (
            "POST",
            format!("/conversations/{id}/read"),
            Some(json!({ "seq": 1 })),
        ),
        (
            "PATCH",
            format!("/conversations/{id}"),
            Some(json!({ "status": "done" })),
        ),
        (
            "PUT",
            format!("/messages/{message}/reaction"),
            Some(json!({ "emoji": "👍" })),
        ),
        (
            "POST",
            format!("/messages/{message}/retry"),
            Some(json!({})),
        ),
        ("POST", "/attachments".into(), Some(json!({}))),
        ("GET", format!("/attachments/{file}/content"), None),
        ("GET", "/contacts".into(), None),
        ("GET", format!("/contacts/{contact}"), None),
        (
            "PATCH",
            format!("/contacts/{contact}"),
            Some(json!({ "name": "X" })),
        ),
    ];
    let before = world.owner.conversation(&id).await;
    for role in [Role::Admin, Role::Dpo, Role::WorksCouncil] {
        let desk = world.teammate(role, role.as_str()).await;
        for (method, path, body) in &content {
            let answer = desk.call(method, path, body.as_ref()).await;
            assert_eq!(answer.problem(403), "forbidden", "{role:?} {method} {path}");
        }
        assert_eq!(desk.try_watch(None).await.err(), Some(403), "{role:?}");
    }
    assert_eq!(
        world.owner.conversation(&id).await,
        before,
        "nothing changed"
    );
    let admin = world.teammate(Role::Admin, "adam").await;
    let channel = json!({ "kind": "webchat", "name": "Zweiter", "settings": {} });
    admin.post("/channels", channel.clone()).await.expect(201);
    for role in [Role::Lead, Role::Teammate] {
        let desk = world.teammate(role, role.as_str()).await;
        desk.timeline(&id).await;
        desk.say(&id, "Gern!").await;
        desk.watch(None).await.ready().await;
        assert_eq!(
            desk.post("/channels", channel.clone()).await.problem(403),
            "forbidden"
        );
        let listed = desk.get("/teammates").await.expect(200);
        let emails = listed["items"].as_array().expect("items").iter();
        assert_eq!(emails.filter(|t| t.get("email").is_some()).count(), 0);
        // A file that is part of nothing is only for who brought it.
        assert_eq!(
            desk.get(&format!("/attachments/{file}/content"))
                .await
                .status,
            404
        );
    }
}
