//! The header gate: the exact values, on every document and on every kind of answer.

use serde_json::json;
use testkit::{Answer, Auth, Engine, SLUG, World, plain_png};

const EVERYWHERE: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
         magnetometer=(), microphone=(self), midi=(), payment=(), usb=()",
    ),
];

/// A document loads from here and nowhere else, runs nothing it did not come with, and makes
/// markup and script addresses only through the policies that are named.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
    media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    worker-src 'self'; form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; ";
const DESK: &str = "trusted-types svelte-trusted-html; frame-ancestors 'none'";
const CHAT: &str = "trusted-types svelte-trusted-html default; frame-ancestors ";
/// What is no document shows nothing.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";
const FILE: &str = "sandbox; default-src 'none'";
const HSTS: &str = "max-age=63072000; includeSubDomains";

#[track_caller]
fn check(answer: &Answer, place: &str, policy: &str, cache: &str) {
    for (name, value) in EVERYWHERE {
        assert_eq!(answer.header(name), Some(value), "{place}: {name}");
    }
    assert_eq!(
        answer.header("content-security-policy"),
        Some(policy),
        "{place}"
    );
    assert_eq!(answer.header("cache-control"), Some(cache), "{place}");
    let policies = answer.headers.get_all("content-security-policy").iter();
    assert_eq!(policies.count(), 1, "{place}: one policy");
    for name in ["server", "x-powered-by", "access-control-allow-origin"] {
        assert_eq!(answer.header(name), None, "{place}: {name}");
    }
}

/// The page that judges proofs runs what is in it, by digest, and reaches nobody, us included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_that_verifies_reaches_nobody() {
    let world = World::start(Engine::Sqlite).await;
    let nobody = world.desk(Auth::Nobody);
    for auth in [&nobody, &world.owner] {
        let page = auth.outside("/verify").await;
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(policy.ends_with("; frame-ancestors 'none'"), "{policy}");
        // A checkout without built pages says so; the built one names its script and its style.
        if page.status == 200 {
            assert!(policy.contains("; script-src 'sha256-"), "{policy}");
            assert!(policy.contains("; style-src 'sha256-"), "{policy}");
            let html = page.text();
            let own = policy.trim_end_matches("; frame-ancestors 'none'");
            assert!(html.contains(own), "also where it is saved");
            for outside in [
                " src=",
                "<link",
                "import(",
                "fetch(",
                "XMLHttpRequest",
                "WebSocket",
                "sendBeacon",
            ] {
                assert!(!html.contains(outside), "{outside}");
            }
        }
        for word in ["'self'", "unsafe", "connect-src", "http"] {
            assert!(!policy.contains(word), "{policy}");
        }
        assert_eq!(page.header("set-cookie"), None);
    }
}

/// An entry's sites can be named later, and the page obeys at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_learns_its_sites() {
    let world = World::start(Engine::Sqlite).await;
    let entries = world.owner.pages("/entries", "").await;
    let path = format!("/entries/{}", entries[0]["id"].as_str().expect("an id"));
    let framing = async || {
        let page = world
            .desk(Auth::Nobody)
            .outside(&format!("/c/{SLUG}"))
            .await;
        page.header("content-security-policy")
            .and_then(|policy| policy.split_once("frame-ancestors "))
            .map(|(_, ancestors)| ancestors.to_owned())
            .expect("who may frame it")
    };
    assert_eq!(framing().await, "'self'");
    let site = "https://www.laden.example";
    let changed = world
        .owner
        .patch(&path, json!({ "allowed_origins": [site] }));
    let changed = changed.await.expect(200);
    assert_eq!(changed["allowed_origins"], json!([site]));
    assert_eq!(changed["title"], entries[0]["title"], "only what is named");
    assert_eq!(framing().await, format!("'self' {site}"));
    for wrong in [
        "https://www.laden.example/kontakt",
        "www.laden.example",
        "https://*",
    ] {
        let body = json!({ "allowed_origins": [site, wrong] });
        let problem = world.owner.patch(&path, body).await.expect(422);
        assert!(problem["fields"]["allowed_origins"].is_string(), "{wrong}");
    }
    let many = vec![site; 51];
    let refused = world.owner.patch(&path, json!({ "allowed_origins": many }));
    refused.await.expect(422);
    let unknown = "/entries/ent_00000000000000000000000000";
    let nowhere = world.owner.patch(unknown, json!({ "title": "Tür" })).await;
    assert_eq!(nowhere.status, 404);
    let renamed = json!({ "title": "Schaufenster", "locale": "en" });
    let renamed = world.owner.patch(&path, renamed).await.expect(200);
    assert_eq!(
        (&renamed["title"], &renamed["locale"]),
        (&json!("Schaufenster"), &json!("en"))
    );
    assert_eq!(framing().await, format!("'self' {site}"), "sites stay");
}

// Case: XS07, XS09
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_document_has_its_policy() {
    let world = World::start(Engine::Sqlite).await;
    let channels = world.owner.pages("/channels", "").await;
    let entry = json!({ "channel_id": channels[0]["id"], "slug": "im-laden", "title": "Laden",
        "allowed_origins": ["https://www.laden.example", "https://shop.laden.example"] });
    world.owner.post("/entries", entry).await.expect(201);
    let nobody = world.desk(Auth::Nobody);
    let desk = format!("{PAGE}{DESK}");
    let framed = format!("{PAGE}{CHAT}'self' https://www.laden.example https://shop.laden.example");
    for (path, policy) in [
        ("/".to_owned(), desk.clone()),
        ("/setup?token=x".to_owned(), desk.clone()),
        ("/inbox/mine".to_owned(), desk.clone()),
        ("/me".to_owned(), desk),
        (format!("/c/{SLUG}"), format!("{PAGE}{CHAT}'self'")),
        (format!("/c/{SLUG}?embed=1"), format!("{PAGE}{CHAT}'self'")),
        ("/c/im-laden".to_owned(), framed),
        ("/c/nirgends".to_owned(), format!("{PAGE}{CHAT}'none'")),
    ] {
        for auth in [&nobody, &world.owner] {
            let answer = auth.outside(&path).await;
            // A checkout without built pages says so, under the same policy.
            let built = answer.header("content-type") == Some("text/html; charset=utf-8");
            check(
                &answer,
                &path,
                &policy,
                if built { "no-cache" } else { "no-store" },
            );
            assert_eq!(answer.header("set-cookie"), None, "{path}");
            assert_eq!(answer.header("strict-transport-security"), None, "{path}");
        }
    }
    let notice = nobody.outside("/notices/1").await;
    check(&notice, "a notice", NOTHING, "no-store");
    assert_eq!(
        notice.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
}

// Case: XS05, XS09, XS13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_answer_is_hardened() {
    let world = World::start(Engine::Sqlite).await;
    let customer = world.visitor().await;
    let photo = customer.upload("a.png", "image/png", plain_png(9)).await;
    let photo = photo.expect(201)["id"].clone();
    let written = json!({ "client_id": "a", "text": "Hallo", "attachments": [photo] });
    let written = customer.post("/messages", written).await;
    let photo = format!("/attachments/{}/content", photo.as_str().expect("an id"));
    let nobody = world.desk(Auth::Nobody);
    let nowhere = "/conversations/cnv_01k9zzzzzzzzzzzzzzzzzzzzzz";
    let large = "x".repeat(20_000);
    let body = json!({ "email": "a@laden.example", "password": "falsch" });
    let body = Some(&body);
    let form = [("content-type", "text/plain".to_owned())];
    let no_token = match &world.owner.auth {
        Auth::Cookie { cookie, .. } => [("cookie", format!("tresen_session={cookie}"))],
        other => panic!("{other:?}"),
    };
    let foreign = [("host", "evil.example".to_owned())];
    let path = "/api/v1/session";
    for (status, answer) in [
        (200, world.owner.get("/session").await),
        (200, nobody.get("/openapi.json").await),
        (200, nobody.outside("/healthz").await),
        (200, nobody.outside("/metrics").await),
        (201, written),
        (204, customer.post("/read", json!({ "seq": 1 })).await),
        (400, nobody.post("/session", json!(["x"])).await),
        (401, nobody.get("/session").await),
        (401, nobody.call("POST", "/session", body).await),
        (
            403,
            world
                .ask("DELETE", "/api/v1/session", &no_token, None)
                .await,
        ),
        (404, world.owner.get(nowhere).await),
        (404, nobody.outside("/_desk/nichts.js").await),
        (404, nobody.outside("/graph/v25.0/x").await),
        (405, world.owner.call("PUT", "/session", None).await),
        (405, world.ask("POST", "/", &[], None).await),
        (409, nobody.post("/setup", testkit::setup_body("x")).await),
        (
            413,
            nobody
                .post("/session", json!({ "email": large, "password": "x" }))
                .await,
        ),
        (
            415,
            world
                .ask("POST", path, &form, Some(("text/plain", vec![b'x'])))
                .await,
        ),
        (
            421,
            world.ask("GET", "/api/v1/session", &foreign, None).await,
        ),
        (422, world.owner.get("/conversations?limit=0").await),
    ] {
        assert_eq!(answer.status, status, "{}", answer.text());
        check(
            &answer,
            &format!("an answer of {status}"),
            NOTHING,
            "no-store",
        );
    }
    for (range, status) in [
        (None, 200),
        (Some("bytes=0-3"), 206),
        (Some("bytes=999999-"), 416),
    ] {
        let range = range.map(|range| ("range", range));
        let answer = world
            .owner
            .call_with("GET", &photo, None, range.as_slice())
            .await;
        assert_eq!(answer.status, status);
        check(&answer, "a file", FILE, "private, no-store");
        assert_eq!(answer.header("set-cookie"), None);
    }
    // Too often.
    let mut tries = 0;
    let limited = loop {
        tries += 1;
        let answer = nobody.call("POST", "/session", body).await;
        if answer.status == 429 || tries > 20 {
            break answer;
        }
    };
    assert_eq!(limited.problem(429), "rate_limited");
    check(&limited, "too often", NOTHING, "no-store");
    // Refused before the house itself has read it.
    let head = [("x-long", "x".repeat(40_000))];
    let refused = world.ask("GET", "/healthz", &head, None).await;
    assert_eq!(refused.status, 431);
    check(&refused, "a head too long", NOTHING, "no-store");
}

// Case: XS09
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_reached_encrypted_stays_so() {
    let world = World::start_under(Engine::Sqlite, "https://chat.laden.example").await;
    let nobody = world.desk(Auth::Nobody);
    for path in ["/", "/c/laden", "/healthz", "/api/v1/session", "/_desk/x"] {
        let answer = nobody.outside(path).await;
        assert_eq!(
            answer.header("strict-transport-security"),
            Some(HSTS),
            "{path}"
        );
    }
    let foreign = [("host", "evil.example".to_owned())];
    let answer = world.ask("GET", "/", &foreign, None).await;
    assert_eq!(
        (answer.status, answer.header("strict-transport-security")),
        (421, Some(HSTS))
    );
    let (email, password) = World::owner_credentials();
    let signed_in = crate::session::sign_in(&world, email, password).await;
    let customer = world.visitor().await;
    let cookies = [
        signed_in.header("set-cookie").map(str::to_owned),
        customer.set_cookie.clone(),
    ];
    for cookie in cookies.map(|cookie| cookie.expect("a cookie")) {
        for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}
