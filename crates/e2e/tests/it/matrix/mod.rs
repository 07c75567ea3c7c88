//! The matrix: every operation of the interface, for everybody who may come, with every kind of
//! object. The operations come from the interface's own document, and one without a row fails.

mod cast;
mod rows;

use std::collections::BTreeSet;
use std::path::Path;

use domain::teammate::{Right, Role};
use testkit::{Answer, Engine, World, on_both_engines};

use crate::dump::Looker;
use cast::{Actor, As, Object, Stage};
use rows::{For, Kind, ROWS, Row};

on_both_engines! {
    everybody_everywhere,
}

/// What the team calls the first customer.
const NAME: &str = "Kanarienfrau";
/// Live sockets; their frames are described, and they are asked for by hand here.
const SOCKETS: [&str; 2] = ["/api/v1/live", "/chat/v1/live"];

/// What this one should be answered.
fn expected(row: &Row, actor: &Actor, object: Object) -> u16 {
    let there = matches!(object, Object::None | Object::Own);
    let found = |ok| if there { ok } else { 404 };
    match row.whom {
        // Whoever has a chat already keeps it.
        For::All if row.path.ends_with("/sessions") && actor.who == As::Customer(0) => 200,
        // A handshake without the right word is refused, whatever the channel.
        For::All if row.path.starts_with("/callbacks") && object == Object::Foreign => {
            if row.reads() { row.ok } else { 404 }
        }
        For::All => found(row.ok),
        For::Customer if matches!(actor.who, As::Customer(_)) => found(row.ok),
        For::Customer => 401,
        _ if !actor.is_team() => 401,
        // What is no id names nothing, whoever asks.
        _ if matches!(object, Object::Odd | Object::OtherKind) => 404,
        For::Team(needed) if needed.iter().all(|right| actor.has(*right)) => found(row.ok),
        For::Person if matches!(actor.who, As::Session(_)) => {
            let manages = actor.has(Right::ManageTeammates);
            let theirs = row.kind() == Some(Kind::Token) && object == Object::Foreign;
            if theirs && manages {
                row.ok
            } else {
                found(row.ok)
            }
        }
        For::Team(_) | For::Person => 403,
    }
}

/// Objects worth asking for: all of them for who may have one, the rest learn nothing anyway.
fn objects(row: &Row, actor: &Actor) -> Vec<Object> {
    use Object::{Foreign, Gone, Odd, OtherKind, Own, Random};
    if row.kind().is_none() {
        return vec![Object::None];
    }
    if matches!(expected(row, actor, Own), 401 | 403) && row.whom != For::All {
        return vec![Own, Random, Odd];
    }
    vec![Own, Foreign, Random, Gone, OtherKind, Odd]
}

async fn ask(stage: &Stage, row: &Row, actor: &Actor, id: Option<&str>) -> Answer {
    let mut headers: Vec<(&str, String)> = actor.headers.clone();
    // From an address of its own each time, so that nobody has asked too often.
    let number = stage.number();
    let address = format!("2001:db8:{:x}:{:x}::1", number / 65_536, number % 65_536);
    // Figures are for who asks without a proxy.
    if row.path != "/metrics" {
        headers.push(("x-forwarded-for", address));
    }
    let body = row.body(stage);
    stage
        .world
        .ask(row.method, &row.path_of(id), &headers, body)
        .await
}

/// What is for everybody is asked for by one of each kind.
fn is_asked(row: &Row, actor: &Actor) -> bool {
    let one_of_a_kind =
        actor.name == "nobody" || matches!(actor.who, As::Session(Role::Owner) | As::Customer(0));
    row.whom != For::All || one_of_a_kind
}

/// One cell of the matrix; what is wrong with it, if anything.
async fn cell(stage: &Stage, row: &Row, actor: &Actor, object: Object) -> Option<String> {
    let id = match row.kind() {
        Some(kind) => Some(stage.id(kind, object, actor).await?),
        None => None,
    };
    let wanted = expected(row, actor, object);
    let ends_a_session = row.method == "DELETE" && row.path.ends_with("/session");
    let actor = if ends_a_session && wanted != 401 {
        &stage.with_a_session_to_lose(actor).await
    } else {
        actor
    };
    let answer = ask(stage, row, actor, id.as_deref()).await;
    let place = || format!("{} {} {object:?} by {}", row.method, row.path, actor.name);
    if answer.status != wanted {
        let text = answer.text();
        return Some(format!(
            "{}: {} and not {wanted}: {text}",
            place(),
            answer.status
        ));
    }
    let text = answer.text();
    // The copy is all of it, for who answers the request.
    if row.path.ends_with("/exports/{id}/content") {
        return None;
    }
    // The first customer's own name is its own, on the page about what is kept of it.
    let is_its_own =
        |word: &str| row.path == "/me/v1/data" && actor.who == As::Customer(0) && word == NAME;
    let mut hidden = actor.hidden().iter().filter(|word| !is_its_own(word));
    let told = hidden.find(|word| text.contains(*word))?;
    Some(format!("{}: tells {told}: {text}", place()))
}

/// The operations of the document.
async fn operations(world: &World) -> BTreeSet<(String, String)> {
    let document = world.owner.get("/openapi.json").await.expect(200);
    let paths = document["paths"].as_object().expect("paths");
    let named = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("methods").keys();
        methods.map(|method| (method.to_uppercase(), path.clone()))
    });
    named.collect()
}

/// Paths of the interface, as its routers name them.
fn routed() -> BTreeSet<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../http/src");
    let mut paths = BTreeSet::new();
    for (file, prefix) in [
        ("api/mod.rs", "/api/v1"),
        ("chat/mod.rs", "/chat/v1"),
        ("me/mod.rs", "/me/v1"),
    ] {
        let text = std::fs::read_to_string(sources.join(file)).expect("a router");
        for part in text.split(".route(").skip(1) {
            let path = part.split('"').nth(1).expect("a path");
            paths.insert(format!("{prefix}{path}"));
        }
    }
    assert!(paths.len() > 30, "{paths:?}");
    paths
}

async fn every_operation_has_a_row(world: &World) {
    let rows: BTreeSet<(String, String)> = ROWS
        .iter()
        .map(|row| (row.method.to_owned(), row.path.to_owned()))
        .collect();
    assert_eq!(rows.len(), ROWS.len(), "a row stands twice");
    let missing: Vec<_> = operations(world).await.difference(&rows).cloned().collect();
    assert!(missing.is_empty(), "operations without a row: {missing:?}");
    let unknown = routed().into_iter().filter(|path| {
        !SOCKETS.contains(&path.as_str()) && !ROWS.iter().any(|row| row.path == path)
    });
    let unknown: Vec<String> = unknown.collect();
    assert!(
        unknown.is_empty(),
        "routes outside the document: {unknown:?}"
    );
}

// Case: AZ01, AZ02, AZ05, AZ09, AZ11, FI05, PL10, WI03
pub(crate) async fn everybody_everywhere(engine: Engine) {
    let stage = Stage::set(engine).await;
    every_operation_has_a_row(&stage.world).await;
    let looker = Looker::at(&stage.world).await;
    let (mut wrong, mut cells) = (Vec::new(), 0);
    for row in &ROWS {
        // Refused ones first: nothing may be different after them.
        let actors = stage.actors.iter().filter(|actor| is_asked(row, actor));
        let (mut refused, mut taken) = (Vec::new(), Vec::new());
        for actor in actors {
            for object in objects(row, actor) {
                let list = match expected(row, actor, object) {
                    401 | 403 | 404 => &mut refused,
                    _ => &mut taken,
                };
                list.push((actor, object));
            }
        }
        cells += refused.len() + taken.len();
        // Tokens are made for the question, not by it.
        let makes_its_objects = row.kind() == Some(Kind::Token);
        let before = looker.dump().await;
        for (actor, object) in refused {
            wrong.extend(cell(&stage, row, actor, object).await);
        }
        let after = looker.dump().await;
        let changed = before.changed(&after);
        let changed: Vec<_> = changed
            .into_iter()
            .filter(|table| !(makes_its_objects && *table == "api_token"))
            .collect();
        if !changed.is_empty() {
            let place = format!("{} {}", row.method, row.path);
            wrong.push(format!("{place}: refused, and changed {changed:?}"));
        }
        for (actor, object) in taken {
            wrong.extend(cell(&stage, row, actor, object).await);
        }
    }
    wrong.extend(sockets(&stage).await);
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(cells > 1_500, "only {cells} cells");
}

async fn sockets(stage: &Stage) -> Vec<String> {
    let mut wrong = Vec::new();
    let upgrade = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for path in SOCKETS {
        for actor in &stage.actors {
            let wanted = match actor.who {
                As::Customer(_) if path == SOCKETS[1] => 101,
                _ if path == SOCKETS[1] || !actor.is_team() => 401,
                _ if actor.has(Right::ReadConversations) => 101,
                _ => 403,
            };
            let upgrade = upgrade.map(|(name, value)| (name, value.to_owned()));
            let headers = [actor.headers.clone(), upgrade.to_vec()].concat();
            let status = stage.world.ask("GET", path, &headers, None).await.status;
            if status != wanted {
                let name = &actor.name;
                wrong.push(format!("{path} by {name}: {status} and not {wanted}"));
            }
        }
    }
    wrong
}

/// The owner in a browser for what is the team's, the first customer for what is a customer's.
fn right_one<'a>(stage: &'a Stage, row: &Row) -> &'a Actor {
    let who = match row.whom {
        For::Customer => As::Customer(0),
        _ => As::Session(Role::Owner),
    };
    let mut actors = stage.actors.iter();
    actors.find(|actor| actor.who == who).expect("it is there")
}

/// Writes that a foreign page may cause, because they change nothing.
const HARMLESS: [&str; 2] = [
    // Asks a question that only the browser that asked can answer.
    "/api/v1/session/passkey/start",
    // Providers are foreign; they sign.
    "/callbacks/{channel_id}",
];

// Case: AU15, AU17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_pages_write_nothing() {
    let stage = Stage::set(Engine::Sqlite).await;
    let looker = Looker::at(&stage.world).await;
    let mut wrong = Vec::new();
    let writes = ROWS.iter().filter(|row| !row.reads());
    for row in writes.filter(|row| !HARMLESS.contains(&row.path)) {
        let actor = right_one(&stage, row);
        let id = match row.kind() {
            Some(kind) => {
                let own = stage.id(kind, Object::Own, actor).await;
                own.or(stage.id(kind, Object::Random, actor).await)
            }
            None => None,
        };
        let path = row.path_of(id.as_deref());
        let body = row.body(&stage);
        let before = looker.dump().await;
        for (what, headers, mime, status) in attempts(actor, body.is_some(), row) {
            let mime = mime.or(body.as_ref().map(|(mime, _)| *mime));
            let body = body.as_ref().map(|(_, bytes)| bytes.clone());
            let body = mime.zip(body);
            let answer = stage.world.ask(row.method, &path, &headers, body).await;
            if answer.status != status {
                let got = answer.status;
                wrong.push(format!(
                    "{} {path}, {what}: {got} and not {status}",
                    row.method
                ));
            }
        }
        let after = looker.dump().await;
        let changed = before.changed(&after);
        if !changed.is_empty() {
            wrong.push(format!("{} {path} changed {changed:?}", row.method));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

type Attempt = (
    &'static str,
    Vec<(&'static str, String)>,
    Option<&'static str>,
    u16,
);

/// What a foreign page can make a browser send, and the answer to it.
fn attempts(actor: &Actor, has_body: bool, row: &Row) -> Vec<Attempt> {
    let with = |name: &'static str, value: &str| {
        let mut headers = actor.headers.clone();
        headers.push((name, value.to_owned()));
        headers
    };
    let mut all: Vec<Attempt> = vec![
        (
            "another origin",
            with("origin", "https://evil.example"),
            None,
            403,
        ),
        ("no origin to name", with("origin", "null"), None, 403),
        (
            "another site",
            with("sec-fetch-site", "cross-site"),
            None,
            403,
        ),
        (
            "a neighbour",
            with("sec-fetch-site", "same-site"),
            None,
            403,
        ),
    ];
    let own_token = |(name, _): &(&str, String)| *name != "x-csrf-token";
    let bare: Vec<_> = actor
        .headers
        .iter()
        .filter(|h| own_token(h))
        .cloned()
        .collect();
    if matches!(row.whom, For::Team(_) | For::Person) {
        all.push(("no token", bare, None, 403));
    }
    if has_body && !row.path.ends_with("/attachments") {
        for form in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            all.push(("a form", actor.headers.clone(), Some(form), 415));
        }
    }
    all
}

// Case: AU15, PR07
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_changes_nothing() {
    let stage = Stage::set(Engine::Sqlite).await;
    let looker = Looker::at(&stage.world).await;
    let mut wrong = Vec::new();
    for row in ROWS.iter().filter(|row| row.reads()) {
        let actor = right_one(&stage, row);
        let id = match row.kind() {
            Some(kind) => match stage.id(kind, Object::Own, actor).await {
                // There is none without a code.
                None => continue,
                own => own,
            },
            None => None,
        };
        let path = row.path_of(id.as_deref());
        for method in ["GET", "HEAD"] {
            let before = looker.dump().await;
            let answer = stage.world.ask(method, &path, &actor.headers, None).await;
            if answer.status != row.ok {
                let status = answer.status;
                wrong.push(format!("{method} {path}: {status} and not {}", row.ok));
            }
            let after = looker.dump().await;
            // Who read what is itself written down.
            let mut changed = before.changed(&after);
            changed.retain(|table| *table != "read_log");
            if !changed.is_empty() {
                wrong.push(format!("{method} {path} changed {changed:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
