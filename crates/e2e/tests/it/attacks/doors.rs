//! At the doors: sign-in, sessions, tokens, links.

use domain::teammate::Role;
use domain::time::MINUTE_MS;
use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Auth, Engine, World, cookie_of, on_both_engines, setup_body};

use super::almost;
use crate::dump::Looker;
use crate::session::{session_of, sign_in};

on_both_engines! {
    nearly_right_is_wrong,
    a_session_is_never_chosen_by_the_visitor,
}

async fn post(world: &World, path: &str, headers: &[(&str, String)], body: &Value) -> Answer {
    let body = ("application/json", body.to_string().into_bytes());
    world.ask("POST", path, headers, Some(body)).await
}

/// From an address of its own.
async fn sign_in_from(world: &World, number: usize, body: &Value) -> Answer {
    let address = [("x-forwarded-for", format!("2001:db8:{number:x}::1"))];
    post(world, "/api/v1/session", &address, body).await
}

// Case: AU02
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_that_are_none() {
    let world = World::start(Engine::Sqlite).await;
    let (email, password) = World::owner_credentials();
    let looker = Looker::at(&world).await;
    let before = looker.dump().await;
    for (odd, status) in [
        (json!({ "$ne": "" }), 400),
        (json!([password]), 400),
        (json!(null), 400),
        (json!(true), 400),
        (json!(7), 400),
        (json!("x".repeat(20_000)), 413),
        (json!("x".repeat(15_000)), 401),
        (json!(""), 401),
        (json!(format!("{password}\0")), 401),
        (json!(format!("{password} ")), 401),
        (json!(password.to_uppercase()), 401),
    ] {
        let body = json!({ "email": email, "password": odd });
        let answer = post(&world, "/api/v1/session", &[], &body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.header("set-cookie"), None);
    }
    let too_new = [
        json!("kurz"),
        json!("x".repeat(5_000)),
        json!({}),
        json!(null),
    ];
    for odd in too_new {
        let body = json!({ "password": password, "new_password": odd });
        let answer = world
            .owner
            .call("PUT", "/session/password", Some(&body))
            .await;
        assert!(matches!(answer.status, 400 | 422), "{}", answer.text());
    }
    assert_eq!(before.changed(&looker.dump().await), Vec::<&str>::new());
    sign_in(&world, email, password).await.expect(200);
}

// Case: AU03, AZ13
pub(crate) async fn nearly_right_is_wrong(engine: Engine) {
    let world = World::start(engine).await;
    let (email, password) = World::owner_credentials();
    let token = world.token(email, &[], None).await;
    let Auth::Bearer(token) = token.auth else {
        panic!("a token");
    };
    let Auth::Cookie { cookie, csrf } = world.owner.auth.clone() else {
        panic!("a session");
    };
    let customer = world.visitor().await;
    let chat = customer.cookie.clone().expect("a session");
    let looker = Looker::at(&world).await;
    let before = looker.dump().await;
    let session = "/api/v1/session";
    let mut tried = 0;
    for (secret, path, name, begins) in [
        (&token, session, "authorization", "Bearer "),
        (&cookie, session, "cookie", "tresen_session="),
        (&chat, "/chat/v1/session", "cookie", "tresen_chat="),
    ] {
        let right = [(name, format!("{begins}{secret}"))];
        assert_eq!(world.ask("GET", path, &right, None).await.status, 200);
        for wrong in almost(secret) {
            let headers = [(name, format!("{begins}{wrong}"))];
            let answer = world.ask("GET", path, &headers, None).await;
            assert_eq!(answer.status, 401, "{begins}{wrong} for {secret}");
            tried += 1;
        }
    }
    for wrong in almost(&csrf) {
        let headers = [
            ("cookie", format!("tresen_session={cookie}")),
            ("x-csrf-token", wrong),
        ];
        let answer = world.ask("DELETE", session, &headers, None).await;
        assert_eq!(answer.problem(403), "csrf");
        tried += 1;
    }
    assert!(tried > 100, "{tried}");
    for wrong in almost(password).into_iter().step_by(3) {
        let body = json!({ "email": email, "password": wrong });
        let answer = sign_in_from(&world, tried, &body).await;
        assert!(matches!(answer.status, 401 | 429), "{}", answer.text());
    }
    let credential = json!({ "challenge_id": "pkq_x", "credential": { "id": "x" } });
    for path in ["/api/v1/session/passkey/finish", "/api/v1/passkeys/finish"] {
        let answer = post(&world, path, &[], &credential).await;
        assert!(
            matches!(answer.status, 401 | 409 | 422),
            "{}",
            answer.text()
        );
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(before.changed(&looker.dump().await), Vec::<&str>::new());

    // The set-up link of a house that nobody owns yet.
    let empty = World::empty(engine).await;
    let link = empty.setup_token().await;
    for wrong in almost(&link) {
        let answer = post(&empty, "/api/v1/setup", &[], &setup_body(&wrong)).await;
        assert_eq!(answer.problem(401), "setup_token_wrong", "{wrong}");
    }
    post(&empty, "/api/v1/setup", &[], &setup_body(&link))
        .await
        .expect(201);
}

// Case: AU07
pub(crate) async fn a_session_is_never_chosen_by_the_visitor(engine: Engine) {
    let world = World::start(engine).await;
    let (email, password) = World::owner_credentials();
    world.teammate(Role::Teammate, "Erika").await;
    let Auth::Cookie { cookie: owners, .. } = world.owner.auth.clone() else {
        panic!("a session");
    };
    let body = json!({ "email": "erika@laden.example", "password": password });
    for preset in ["vom-angreifer", owners.as_str()] {
        let headers = [("cookie", format!("tresen_session={preset}"))];
        let answer = post(&world, "/api/v1/session", &headers, &body).await;
        answer.expect(200);
        let given = cookie_of(answer.header("set-cookie").expect("a session"));
        assert!(given != preset && given.len() > 30, "{given}");
        let erika = session_of(&world, &answer);
        let me = erika.get("/session").await.expect(200);
        assert_eq!(me["teammate"]["name"], "Erika");
    }
    let me = world.owner.get("/session").await.expect(200);
    assert_eq!(me["teammate"]["email"], email, "nobody else moved in");
    // The customer's door.
    let headers = [("cookie", "tresen_chat=vom-angreifer".to_owned())];
    let entry = json!({ "entry": testkit::SLUG });
    let answer = post(&world, "/chat/v1/sessions", &headers, &entry).await;
    answer.expect(201);
    let line = answer.header("set-cookie").expect("a session");
    assert!(!line.contains("vom-angreifer"), "{line}");
    let mut fixed = world.customer();
    fixed.cookie = Some("vom-angreifer".to_owned());
    assert_eq!(fixed.get("/session").await.status, 401);
}

// Case: AU05
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_name_the_configured_address() {
    let world = World::start_under(Engine::Sqlite, "https://chat.laden.example").await;
    let token = world.token(World::owner_credentials().0, &[], None).await;
    let Auth::Bearer(token) = token.auth else {
        panic!("a token");
    };
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("forwarded", "host=evil.example;proto=http"),
        ("x-original-url", "https://evil.example/"),
        ("x-host", "evil.example"),
        ("origin", "https://evil.example"),
        ("referer", "https://evil.example/"),
    ] {
        let headers = [
            ("authorization", format!("Bearer {token}")),
            (name, value.to_owned()),
        ];
        for path in ["/api/v1/entries", "/api/v1/session", "/api/v1/channels"] {
            let answer = world.ask("GET", path, &headers, None).await;
            let told = answer.expect(200).to_string();
            assert!(!told.contains("evil.example"), "{path} {name}: {told}");
        }
        let entries = world.ask("GET", "/api/v1/entries", &headers, None).await;
        let entry = &entries.json()["items"][0];
        assert_eq!(entry["url"], "https://chat.laden.example/c/laden");
        let script = entry["snippet"].as_str().expect("a snippet");
        assert!(
            script.contains("https://chat.laden.example/chat.js"),
            "{script}"
        );
    }
}

// Case: DO07
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_learns_who_has_an_account() {
    let world = World::start(Engine::Sqlite).await;
    let disabled = world.teammate(Role::Teammate, "Weg").await;
    let id = disabled.get("/session").await.expect(200)["teammate"]["id"].clone();
    let path = format!("/teammates/{}", id.as_str().expect("an id"));
    world
        .owner
        .patch(&path, json!({ "disabled": true }))
        .await
        .expect(200);
    let (known, password) = World::owner_credentials();
    let mut answers = Vec::new();
    for (email, password) in [
        (known, "falsches Kennwort"),
        ("niemand@laden.example", "falsches Kennwort"),
        ("keine Adresse", "falsches Kennwort"),
        ("weg@laden.example", password),
    ] {
        let body = json!({ "email": email, "password": password });
        let answer = sign_in_from(&world, answers.len(), &body).await;
        assert_eq!(answer.problem(401), "wrong_credentials", "{email}");
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        answers.push((answer.text(), names));
    }
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:?}"
    );
}

// Case: DO09
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_passwords_at_once_stop_nobody() {
    let world = World::start(Engine::Sqlite).await;
    let customer = world.visitor().await;
    let flood = join_all((0..120).map(|number| {
        let email = format!("niemand{number}@laden.example");
        let body = json!({ "email": email, "password": "falsches Kennwort" });
        let world = &world;
        async move { sign_in_from(world, number, &body).await }
    }));
    let others = async {
        for number in 0..10 {
            let id = format!("c-{number}");
            customer.write(&id, "Geht das noch?").await.expect(201);
            world.owner.get("/session").await.expect(200);
        }
    };
    let (answers, ()) = tokio::join!(flood, others);
    let mut refused = Vec::new();
    for (number, answer) in answers.iter().enumerate() {
        if answer.status == 429 {
            // Those in front of it are the reason, and they are gone soon.
            assert_eq!(answer.problem(429), "crowded");
            assert_eq!(answer.header("retry-after"), Some("2"));
            refused.push(number);
        } else {
            assert_eq!(answer.problem(401), "wrong_credentials");
        }
    }
    let first = refused
        .first()
        .expect("only so many passwords are worked on");
    let (email, password) = World::owner_credentials();
    sign_in(&world, email, password).await.expect(200);
    // What was not looked at was no guess: all ten are left.
    let body = json!({ "email": format!("niemand{first}@laden.example"), "password": "falsch" });
    for number in 0..10 {
        let answer = sign_in_from(&world, 200 + number, &body).await;
        assert_eq!(answer.problem(401), "wrong_credentials", "{number}");
    }
    let answer = sign_in_from(&world, 210, &body).await;
    assert_eq!(answer.problem(429), "rate_limited");
    assert_eq!(answer.header("retry-after"), Some("900"));
}

/// The device's cookie of an answer to a sign-in.
fn device_of(answer: &Answer) -> String {
    let lines = answer.headers.get_all("set-cookie");
    let lines = lines.iter().map(|line| line.to_str().expect("text"));
    let line = lines
        .filter(|line| line.starts_with("tresen_device="))
        .collect::<String>();
    assert!(
        line.contains("HttpOnly") && line.contains("SameSite=Lax"),
        "{line}"
    );
    assert!(line.contains("Max-Age=31536000"), "{line}");
    let value = line.trim_start_matches("tresen_device=").split(';').next();
    value.expect("a value").to_owned()
}

// Case: AU01
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_lock_nobody_out() {
    let world = World::start(Engine::Sqlite).await;
    let (email, password) = World::owner_credentials();
    world.teammate(Role::Teammate, "Erika").await;
    let right = json!({ "email": email, "password": password });
    let wrong = json!({ "email": email, "password": "falsches Kennwort" });
    let from = |number: usize| ("x-forwarded-for", format!("2001:db8:{number:x}::1"));
    let answer = post(&world, "/api/v1/session", &[from(900)], &right).await;
    answer.expect(200);
    let device = device_of(&answer);
    let erika = json!({ "email": "erika@laden.example", "password": password });
    let answer = post(&world, "/api/v1/session", &[from(901)], &erika).await;
    answer.expect(200);
    let erikas = device_of(&answer);
    for number in 0..12 {
        sign_in_from(&world, number, &wrong).await;
    }
    let at = async |number: usize, device: &str, body: &Value| {
        let headers = [from(number), ("cookie", format!("tresen_device={device}"))];
        post(&world, "/api/v1/session", &headers, body).await.status
    };
    // From somewhere new: strangers, whatever they call their device.
    let mut bent = device.clone();
    bent.replace_range(..1, if device.starts_with('0') { "1" } else { "0" });
    for made_up in ["", "x", &erikas, &bent, &device[..63]] {
        assert_eq!(at(40, made_up, &right).await, 429, "{made_up}");
    }
    // The device is known wherever it is, the address whatever stands there.
    assert_eq!(at(41, &device, &right).await, 200);
    assert_eq!(sign_in_from(&world, 900, &right).await.status, 200);
    world.owner.get("/session").await.expect(200);
    // It opens nothing by itself, and it is no way to guess without end.
    for _ in 0..10 {
        assert_eq!(at(42, &device, &wrong).await, 401);
    }
    assert_eq!(at(42, &device, &right).await, 429);
    let headers = [("cookie", format!("tresen_device={device}"))];
    let answer = world.ask("GET", "/api/v1/session", &headers, None).await;
    assert_eq!(answer.status, 401);
    // With a new password only the device is known on which it was set.
    let answer = post(&world, "/api/v1/session", &[from(900)], &right).await;
    answer.expect(200);
    let before = device_of(&answer);
    let newer = "ein anderes Kennwort 8";
    let change = json!({ "password": password, "new_password": newer });
    let answer = world.owner.call("PUT", "/session/password", Some(&change));
    let answer = answer.await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    let after = device_of(&answer);
    let newer = json!({ "email": email, "password": newer });
    for other in [&before, &device, ""] {
        assert_eq!(at(900, other, &newer).await, 429);
    }
    assert_eq!(at(43, &after, &newer).await, 200);
}

// Case: AU01
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_from_everywhere_is_guessing() {
    let world = World::start(Engine::Sqlite).await;
    let (email, password) = World::owner_credentials();
    let guess = |email: &str| json!({ "email": email, "password": "falsches Kennwort" });
    // One account, from forty networks: ten are looked at.
    let mut statuses = Vec::new();
    for number in 0..40 {
        let answer = sign_in_from(&world, number, &guess(email)).await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses[..10], [401; 10]);
    assert_eq!(statuses[10..], [429; 30]);
    // Many accounts, from one network that gives itself many names.
    let mut looked_at = 0;
    for number in 0..40 {
        let address = format!("192.0.2.{number}, 2001:db8:ffff:1::{number:x}");
        let headers = [("x-forwarded-for", address)];
        let body = guess(&format!("niemand{number}@laden.example"));
        let answer = post(&world, "/api/v1/session", &headers, &body).await;
        looked_at += usize::from(answer.status == 401);
    }
    assert_eq!(looked_at, 30);
    // A passkey or a token is not affected, and a quarter of an hour later neither is the owner.
    world.owner.get("/session").await.expect(200);
    world.clock.advance_ms(15 * MINUTE_MS);
    sign_in(&world, email, password).await.expect(200);
}
