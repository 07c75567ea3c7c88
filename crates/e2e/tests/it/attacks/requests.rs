//! Requests that are too much, or mean two things.

use domain::time::MINUTE_MS;
use futures_util::future::join_all;
use serde_json::json;
use testkit::{Auth, Engine, SLUG, World};

fn bearer(world_token: &Auth) -> [(&'static str, String); 1] {
    let Auth::Bearer(token) = world_token else {
        panic!("a token");
    };
    [("authorization", format!("Bearer {token}"))]
}

// Case: XS11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_signs_are_refused_from_people_and_left_out_of_calls() {
    let world = World::start(Engine::Sqlite).await;
    let customer = world.visitor().await;
    customer.write("c-1", "Zeile\r\n\tZeile").await.expect(201);
    let id = world.only_conversation().await;
    let conversation = format!("/conversations/{id}");
    let shown = world.owner.get(&conversation).await.expect(200);
    let contact = format!(
        "/contacts/{}",
        shown["contact"]["id"].as_str().expect("an id")
    );
    for (number, sign) in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{9b}']
        .into_iter()
        .enumerate()
    {
        let odd = format!("vor{sign}nach");
        let refused = [
            customer.write(&format!("o-{number}"), &odd).await,
            world
                .owner
                .post(&format!("{conversation}/messages"), json!({ "text": odd }))
                .await,
            world
                .owner
                .post(&format!("{conversation}/notes"), json!({ "text": odd }))
                .await,
            world
                .owner
                .patch(&conversation, json!({ "tags": [odd] }))
                .await,
            world.owner.patch(&contact, json!({ "name": odd })).await,
        ];
        for (place, answer) in refused.iter().enumerate() {
            assert_eq!(answer.status, 422, "{place} {sign:?}: {}", answer.text());
            assert!(
                answer.text().contains("field-signs")
                    || answer.text().contains("Steuerzeichen")
                    || answer.text().contains("Control"),
                "{}",
                answer.text()
            );
        }
    }
    // A provider is never refused for what it carries.
    world.connect_whatsapp().await;
    world.sim.anna_says("vor\0mitte\u{1b}nach\nZeile").await;
    world.settle().await;
    let all = world.owner.conversations("").await;
    let texts: Vec<&str> = all
        .iter()
        .filter_map(|c| c["last_message"]["text"].as_str())
        .collect();
    assert!(texts.contains(&"vormittenach Zeile"), "{texts:?}");
}

// Case: DO03, IN10, IN13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_and_queries_that_are_too_much() {
    let world = World::start(Engine::Sqlite).await;
    let customer = world.visitor().await;
    customer.write("c-1", "Guten Tag").await.expect(201);
    let id = world.only_conversation().await;
    let token = world.token(World::owner_credentials().0, &[], None).await;
    let headers = bearer(&token.auth);
    let path = format!("/api/v1/conversations/{id}/notes");
    let post = async |body: String| {
        let body = Some(("application/json", body.into_bytes()));
        world.ask("POST", &path, &headers, body).await.status
    };
    let deep = |n: usize| format!("{{\"text\":{}{}}}", "[".repeat(n), "]".repeat(n));
    let wide: String = (0..20_000).map(|n| format!("\"k{n}\":0,")).collect();
    let digits = "9".repeat(200_000);
    for (body, status) in [
        (deep(1_000), 400),
        (deep(100_000), 400),
        ("[".repeat(200_000), 400),
        (format!("{{\"text\":{digits}}}"), 400),
        ("{\"text\":1e999999}".to_owned(), 400),
        ("{\"text\":NaN}".to_owned(), 400),
        ("{\"text\":\"\\ud800\"}".to_owned(), 400),
        ("{\"text\":\"a\",\"text\":\"b\"}".to_owned(), 400),
        ("{\"text\":\"a\"} {\"text\":\"b\"}".to_owned(), 400),
        // What has no meaning here means nothing.
        (format!("{{{wide}\"text\":\"breit\"}}"), 201),
        (
            "{\"__proto__\":{\"x\":1},\"constructor\":{},\"text\":\"p\"}".to_owned(),
            201,
        ),
    ] {
        let begins: String = body.chars().take(60).collect();
        assert_eq!(post(body).await, status, "{begins}");
    }
    for seq in [
        "-1",
        "9223372036854775807",
        "9223372036854775808",
        "1e3",
        "0.5",
        "\"1\"",
    ] {
        let path = format!("/api/v1/conversations/{id}/read");
        let body = Some((
            "application/json",
            format!("{{\"seq\":{seq}}}").into_bytes(),
        ));
        let status = world.ask("POST", &path, &headers, body).await.status;
        assert!(status < 500, "{seq}: {status}");
    }
    let pairs = |n: usize| (0..n).map(|n| format!("a{n}=1&")).collect::<String>();
    let list = "/api/v1/conversations";
    for (query, most) in [
        (pairs(3_000), 400),
        (format!("cursor={}", "f".repeat(20_000)), 400),
        (format!("status={}", "open,".repeat(3_000)), 499),
        ("limit=99999999999999999999".to_owned(), 400),
        ("limit=-9223372036854775808".to_owned(), 422),
        (
            "cursor=7fffffffffffffff.ffffffffffffffffffffffffffffffff".to_owned(),
            200,
        ),
        ("cursor=-1.-1".to_owned(), 499),
        ("cursor=%27%20OR%201%3D1--".to_owned(), 400),
        ("assignee=%27%3BDROP%20TABLE%20message".to_owned(), 422),
    ] {
        let answer = world
            .ask("GET", &format!("{list}?{query}"), &headers, None)
            .await;
        let begins: String = query.chars().take(40).collect();
        assert!(
            answer.status <= most.max(200),
            "{begins}: {}",
            answer.status
        );
    }
    let too_long = format!("{list}?{}", pairs(5_000));
    let status = world.ask("GET", &too_long, &headers, None).await.status;
    assert!(matches!(status, 414 | 431), "{status}");
    // Nothing of it harmed anybody.
    customer.write("c-2", "Und jetzt?").await.expect(201);
}

// Case: DO06, DO05
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_is_no_way_around_the_rates() {
    let world = World::start(Engine::Sqlite).await;
    let start = async |path: String, address: String| {
        let headers = [
            ("x-forwarded-for", address),
            ("x-real-ip", "192.0.2.9".to_owned()),
            ("forwarded", "for=192.0.2.9".to_owned()),
            ("true-client-ip", "192.0.2.9".to_owned()),
        ];
        let body = json!({ "entry": SLUG }).to_string().into_bytes();
        let body = Some(("application/json", body));
        world.ask("POST", &path, &headers, body).await.status
    };
    let sessions = || "/chat/v1/sessions".to_owned();
    // All at once, from all neighbours in one network.
    let all = join_all((0..60).map(|n| start(sessions(), format!("2001:db8:1:1::{n:x}")))).await;
    let made = all.iter().filter(|status| **status == 201).count();
    assert_eq!(made, 20, "{all:?}");
    assert!(
        all.iter().all(|status| matches!(status, 201 | 429)),
        "{all:?}"
    );
    for address in [
        "2001:db8:1:1:ffff::1".to_owned(),
        "192.0.2.77, 2001:db8:1:1::5".to_owned(),
        "2001:0DB8:0001:0001:0000:0000:0000:0001".to_owned(),
    ] {
        assert_eq!(start(sessions(), address.clone()).await, 429, "{address}");
    }
    // Other spellings of the path are no other door.
    for path in [
        "/chat/v1/sessions/",
        "/chat/v1//sessions",
        "/CHAT/v1/sessions",
        "/chat/v1/sessions;a",
        "/chat/v1/%73essions%2f",
    ] {
        let status = start(path.to_owned(), "2001:db8:1:1::1".to_owned()).await;
        assert!(matches!(status, 404 | 405), "{path}: {status}");
    }
    let query = "/chat/v1/sessions?a=1".to_owned();
    assert_eq!(start(query, "2001:db8:1:1::1".to_owned()).await, 429);
    assert_eq!(start(sessions(), "2001:db8:1:2::1".to_owned()).await, 201);
    world.advance_ms(MINUTE_MS).await;
    assert_eq!(start(sessions(), "2001:db8:1:1::1".to_owned()).await, 201);
}

// Case: PR02, PR03
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_and_paths_have_one_spelling() {
    let world = World::start_under(Engine::Sqlite, "https://chat.laden.example").await;
    let customer = world.visitor().await;
    customer.write("c-1", "Kanarienwort").await.expect(201);
    let token = world.token(World::owner_credentials().0, &[], None).await;
    let [bearer] = bearer(&token.auth);
    for host in [
        "evil.example",
        "chat.laden.example.evil.example",
        "evil.chat.laden.example",
        "chat.laden.example@evil.example",
        "evil.example#chat.laden.example",
        "chat.laden.example:80:80",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "0x7f.1",
        "[::1].evil.example",
        "chat-laden.example",
    ] {
        let headers = [("host", host.to_owned()), bearer.clone()];
        let answer = world.ask("GET", "/api/v1/session", &headers, None).await;
        assert!(
            matches!(answer.status, 400 | 421),
            "{host}: {}",
            answer.status
        );
    }
    for host in [
        "chat.laden.example",
        "CHAT.laden.example:443",
        "127.0.0.1:1",
    ] {
        let headers = [("host", host.to_owned()), bearer.clone()];
        let answer = world.ask("GET", "/api/v1/session", &headers, None).await;
        assert_eq!(answer.status, 200, "{host}");
    }
    let id = token.conversations("").await[0]["id"].clone();
    let id = id.as_str().expect("an id");
    for path in [
        "/api/v1/session/".to_owned(),
        "/api/v1//session".to_owned(),
        "/api/v1/session;x=1".to_owned(),
        "/api%2fv1/session".to_owned(),
        "/api/v1%2fsession".to_owned(),
        "/api/V1/session".to_owned(),
        "/api/v1/sessio%6e%00".to_owned(),
        "/api/v1/%EF%BC%8Fsession".to_owned(),
        "/_desk/%2e%2e%2fapi/v1/session".to_owned(),
        format!("/api/v1/conversations/{}", id.to_uppercase()),
        format!("/api/v1/conversations/{id}%20"),
        format!("/api/v1/conversations/{id}%2ftimeline"),
        format!("/api/v1/conversations/{id}/../{id}%00"),
        format!("/api/v1/conversations/%20{id}"),
    ] {
        let headers = [bearer.clone()];
        let answer = world.ask("GET", &path, &headers, None).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(!answer.text().contains("Kanarien"), "{path}");
    }
    // Files are found by their name in the build, and nowhere on the disk.
    for path in [
        "..%2f..%2fCargo.toml",
        "%2fetc%2fpasswd",
        "..%5c..%5cx",
        "assets%2f..%2findex.htm",
    ] {
        for room in ["_desk", "_chat"] {
            let answer = world
                .ask("GET", &format!("/{room}/{path}"), &[], None)
                .await;
            assert_eq!(answer.status, 404, "{room} {path}");
        }
    }
}

// Case: PR07
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_is_what_it_says() {
    let world = World::start(Engine::Sqlite).await;
    let token = world.token(World::owner_credentials().0, &[], None).await;
    let tokens = world.owner.get("/tokens").await.expect(200);
    let id = tokens["items"][0]["id"].as_str().expect("an id").to_owned();
    let Auth::Cookie { cookie, csrf } = &world.owner.auth else {
        panic!("a session");
    };
    let own = [
        ("cookie", format!("tresen_session={cookie}")),
        ("x-csrf-token", csrf.clone()),
    ];
    let path = format!("/api/v1/tokens/{id}");
    for (name, value) in [
        ("x-http-method-override", "DELETE"),
        ("x-http-method", "DELETE"),
        ("x-method-override", "DELETE"),
    ] {
        for method in ["GET", "POST"] {
            let mut headers = own.to_vec();
            headers.push((name, value.to_owned()));
            let body = (method == "POST").then(|| ("application/json", b"{}".to_vec()));
            let answer = world.ask(method, &path, &headers, body).await;
            assert_eq!(answer.status, 405, "{method} {name}");
        }
    }
    let form = (
        "application/x-www-form-urlencoded",
        b"_method=DELETE".to_vec(),
    );
    let asked = world
        .ask("POST", &format!("{path}?_method=DELETE"), &own, Some(form))
        .await;
    assert_eq!(asked.status, 405);
    token.get("/session").await.expect(200);
    for method in [
        "TRACE", "TRACK", "PROPFIND", "QUERY", "OPTIONS", "get", "PATCH",
    ] {
        for path in [
            "/",
            "/api/v1/session",
            "/chat/v1/messages",
            "/c/laden",
            "/healthz",
        ] {
            let mut headers = own.to_vec();
            headers.push(("x-canary", "Kanarienwort".to_owned()));
            headers.push(("origin", "https://evil.example".to_owned()));
            let answer = world.ask(method, path, &headers, None).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let told = format!("{:?} {}", answer.headers, answer.text());
            assert!(
                !told.contains("Kanarienwort"),
                "{method} {path} repeats: {told}"
            );
            assert!(!told.contains("access-control"), "{method} {path}: {told}");
        }
    }
}
