//! What takes as long tells as little: refusals of one kind cost the house the same work, counted and
//! not measured, so that a busy machine decides nothing.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use domain::AttachmentId;
use domain::teammate::Role;
use domain::time::MINUTE_MS;
use serde_json::{Value, json};
use testkit::{Answer, Auth, Engine, World, on_both_engines, plain_png};

use super::{almost, text};

on_both_engines! {
    a_name_that_is_known_costs_what_an_unknown_one_costs,
    a_secret_that_is_nearly_right_costs_what_any_other_costs,
    what_is_somebody_elses_costs_what_never_was,
}

/// Questions to the database, batches that were written, passwords that were hashed.
type Effort = (u64, u64, u64);

fn effort(world: &World) -> Effort {
    let stats = world.app().store().engine_stats();
    let batches = stats.batches + stats.refused;
    (stats.queries, batches, world.app().passwords_hashed())
}

/// What one request costs, and its answer. Whoever watches the feed may read beside it, so it is
/// asked three times, and the least counts.
async fn costs(world: &World, ask: impl AsyncFn() -> Answer) -> (Effort, Answer) {
    let mut least = None;
    for _ in 0..3 {
        let before = effort(world);
        let answer = ask().await;
        let after = effort(world);
        let cost = (after.0 - before.0, after.1 - before.1, after.2 - before.2);
        if least.as_ref().is_none_or(|(known, _)| cost < *known) {
            least = Some((cost, answer));
        }
    }
    least.expect("it was asked")
}

// Case: DO07, AU18
pub(crate) async fn a_name_that_is_known_costs_what_an_unknown_one_costs(engine: Engine) {
    let world = World::start(engine).await;
    let gone = world.teammate(Role::Teammate, "Weg").await;
    let id = gone.get("/session").await.expect(200)["teammate"]["id"].clone();
    let path = format!("/teammates/{}", text(&id));
    let shut = json!({ "disabled": true });
    world.owner.patch(&path, shut).await.expect(200);
    let (known, password) = World::owner_credentials();
    let token = format!("{}{}", "0".repeat(32), "1".repeat(32));
    // The first comparison with nobody's password makes that one.
    let mut costs_of_all = BTreeSet::new();
    for (number, (email, password)) in [
        ("noch.niemand@laden.example", "falsches Kennwort"),
        (known, "falsches Kennwort"),
        ("niemand@laden.example", "falsches Kennwort"),
        ("NIEMAND@laden.example ", ""),
        ("keine Adresse", "falsches Kennwort"),
        ("", "falsches Kennwort"),
        ("weg@laden.example", password),
        ("weg@laden.example", "falsches Kennwort"),
        (known, &password[1..]),
        (known, &password[..password.len() - 1]),
    ]
    .into_iter()
    .enumerate()
    {
        for device in [None, Some(&token)] {
            let mut headers = vec![("x-forwarded-for", format!("2001:db8:{number:x}::1"))];
            headers.extend(device.map(|token| ("cookie", format!("tresen_device={token}"))));
            let body = json!({ "email": email, "password": password });
            let body = body.to_string().into_bytes();
            let ask = async || {
                let body = Some(("application/json", body.clone()));
                world.ask("POST", "/api/v1/session", &headers, body).await
            };
            // What other parts of the house do meanwhile counts too, so a dearer one is asked
            // again: what is really its own would stay.
            let (mut cost, mut answer) = costs(&world, ask).await;
            for _ in 0..4 {
                world.clock.advance_ms(16 * MINUTE_MS);
                if costs_of_all.contains(&cost) {
                    break;
                }
                let (again, answered) = costs(&world, ask).await;
                (cost, answer) = (cost.min(again), answered);
            }
            assert_eq!(answer.problem(401), "wrong_credentials", "{email}");
            if number > 0 {
                assert_eq!(cost.2, 1, "{email}: one password is compared");
                costs_of_all.insert(cost);
            }
        }
    }
    assert_eq!(costs_of_all.len(), 1, "{costs_of_all:?}");
}

// Case: AU18, AZ13
pub(crate) async fn a_secret_that_is_nearly_right_costs_what_any_other_costs(engine: Engine) {
    let world = World::start(engine).await;
    let token = world.token(World::owner_credentials().0, &[], None).await;
    let (Auth::Bearer(token), Auth::Cookie { cookie, .. }) = (token.auth, world.owner.auth.clone())
    else {
        panic!("a token and a session");
    };
    let chat = world.visitor().await.cookie.expect("a session");
    for (secret, path, name, begins) in [
        (&token, "/api/v1/session", "authorization", "Bearer "),
        (&cookie, "/api/v1/session", "cookie", "tresen_session="),
        (&chat, "/chat/v1/session", "cookie", "tresen_chat="),
    ] {
        let ask = async |secret: &str| {
            let headers = [(name, format!("{begins}{secret}"))];
            costs(&world, async || {
                world.ask("GET", path, &headers, None).await
            })
            .await
        };
        let (right, answer) = ask(secret).await;
        assert_eq!(answer.status, 200);
        // Wrong from the first sign on, from the last one on, and anywhere between: it is looked up
        // by its digest, which says nothing about where it is wrong.
        let mut wrong = BTreeSet::new();
        let nearly = almost(secret);
        let other = format!("{}{}", &secret[..4], "x".repeat(secret.len() - 4));
        for secret in nearly.iter().filter(|wrong| wrong.len() == secret.len()) {
            let (cost, answer) = ask(secret).await;
            assert_eq!(answer.status, 401);
            wrong.insert(cost);
        }
        wrong.insert(ask(&other).await.0);
        assert_eq!(wrong.len(), 1, "{begins}: {wrong:?}");
        assert!(wrong.first() < Some(&right), "{begins}: {right:?}");
    }
}

// Case: AZ13
pub(crate) async fn what_is_somebody_elses_costs_what_never_was(engine: Engine) {
    let world = World::start(engine).await;
    let erika = world.teammate(Role::Teammate, "Erika").await;
    let mine = world.visitor().await;
    mine.write("a", "Guten Tag").await.expect(201);
    let other = world.visitor().await;
    let sent = other.upload("a.png", "image/png", plain_png(9)).await;
    let sent = text(&sent.expect(201)["id"]);
    let body = json!({ "client_id": "b", "attachments": [sent] });
    other.post("/messages", body).await.expect(201);
    let unsent = other.upload("b.png", "image/png", plain_png(9)).await;
    let unsent = text(&unsent.expect(201)["id"]);
    let own = world.owner.upload("c.png", "image/png", plain_png(9)).await;
    let own = text(&own.expect(201)["id"]);
    let known = AttachmentId::from_str(&unsent).expect("an id").bytes();
    let never = AttachmentId::from_bytes(known.map(|byte| byte ^ 1)).to_string();
    let all = [&sent, &unsent, &own, &never];

    let mut costs_of_all = BTreeSet::new();
    for id in all {
        let path = format!("/chat/v1/attachments/{id}/content");
        let (cost, answer) = costs(&world, async || mine.load(&path).await).await;
        assert_eq!(answer.status, 404, "{path}");
        costs_of_all.insert(cost);
    }
    assert_eq!(costs_of_all.len(), 1, "a customer's look: {costs_of_all:?}");

    costs_of_all.clear();
    for (number, id) in all.into_iter().enumerate() {
        let body = json!({ "client_id": format!("c-{number}"), "attachments": [id] });
        let ask = async || mine.post("/messages", body.clone()).await;
        let (cost, answer) = costs(&world, ask).await;
        assert_eq!(answer.problem(422), "invalid", "{id}");
        costs_of_all.insert(cost);
    }
    assert_eq!(
        costs_of_all.len(),
        1,
        "a customer's message: {costs_of_all:?}"
    );

    // What a teammate brought and has not sent is nobody else's.
    costs_of_all.clear();
    for id in [&unsent, &own, &never] {
        let path = format!("/attachments/{id}/content");
        let (cost, answer) = costs(&world, async || erika.get(&path).await).await;
        assert_eq!(answer.status, 404, "{path}");
        costs_of_all.insert(cost);
    }
    assert_eq!(costs_of_all.len(), 1, "a teammate's look: {costs_of_all:?}");
    let left = mine.timeline().await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_ne!(Value::Null, left[0]["id"]);
}
