//! Callbacks that lie about who sends them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::DAY_MS;
use serde_json::{Value, json};
use testkit::{Engine, Simulator, World, on_both_engines, signature};

use super::text;
use crate::dump::Looker;
use crate::whatsapp::messages;

on_both_engines! {
    the_same_callback_a_hundred_times,
}

/// One message of Anna's, to this number.
fn message(id: &str, number: &str, text: &Value) -> Vec<u8> {
    let value = json!({ "object": "whatsapp_business_account", "entry": [{
        "id": Simulator::WABA_ID,
        "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "493023125001", "phone_number_id": number },
            "contacts": [{ "profile": { "name": "Anna Beispiel" }, "wa_id": Simulator::ANNA }],
            "messages": [{ "from": Simulator::ANNA, "id": id, "timestamp": "1795300000",
                "type": "text", "text": { "body": text } }],
        } }],
    }] });
    serde_json::to_vec(&value).expect("JSON")
}

fn hello(id: &str) -> Vec<u8> {
    message(id, Simulator::PHONE_ID, &json!("Hallo"))
}

const HEADER: &str = "x-hub-signature-256";

// Case: WH01, WH02, WH05
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signatures_that_prove_nothing() {
    let world = World::start(Engine::Sqlite).await;
    let channel = world.connect_whatsapp().await;
    let path = text(&channel["callback_path"]);
    let mut second = testkit::whatsapp(&world.sim.url);
    second["settings"]["phone_number_id"] = json!("109999999999999");
    second["settings"]["app_secret"] = json!("AndereAppGeheim4711");
    let second = world.owner.post("/channels", second).await.expect(201);
    world.settle().await;
    let body = hello("wamid.WH01");
    let good = signature(Simulator::APP_SECRET, &body);
    let hex = good.strip_prefix("sha256=").expect("hex").to_owned();
    let bytes: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
        .collect();
    let other = signature("AndereAppGeheim4711", &body);
    let looker = Looker::at(&world).await;
    let before = looker.dump().await;
    let lies: Vec<Vec<(&str, String)>> = vec![
        vec![],
        vec![(HEADER, String::new())],
        vec![(HEADER, "sha256=".to_owned())],
        vec![(HEADER, hex.clone())],
        vec![(HEADER, format!("sha256={}", hex.to_uppercase()))],
        vec![(HEADER, format!("SHA256={hex}"))],
        vec![(HEADER, format!("sha256={}", &hex[..62]))],
        vec![(HEADER, format!("sha256={hex}00"))],
        vec![(HEADER, format!("sha256 = {hex}"))],
        vec![(HEADER, format!("sha256={}", STANDARD.encode(&bytes)))],
        vec![(HEADER, format!("sha1={}", &hex[..40]))],
        vec![("x-hub-signature", format!("sha1={}", &hex[..40]))],
        vec![("x-hub-signature", good.clone())],
        vec![(HEADER, signature("", &body))],
        vec![(HEADER, other.clone())],
        vec![(HEADER, other.clone()), (HEADER, good.clone())],
        vec![(HEADER, format!("{good}, {good}"))],
        vec![("authorization", format!("Bearer {hex}"))],
    ];
    let post = async |path: &str, headers: &[(&str, String)], body: &[u8]| {
        let body = Some(("application/json", body.to_vec()));
        world.ask("POST", path, headers, body).await
    };
    for lie in &lies {
        assert_eq!(
            post(&path, lie, &body).await.problem(401),
            "signature",
            "{lie:?}"
        );
    }
    // The right proof of one channel is none of another.
    let right = [(HEADER, good.clone())];
    let elsewhere = text(&second["callback_path"]);
    assert_eq!(
        post(&elsewhere, &right, &body).await.problem(401),
        "signature"
    );
    // The bytes are signed, and nothing that means the same.
    let value: Value = serde_json::from_slice(&body).expect("JSON");
    let mut changed = body.clone();
    let last = changed.len() - 1;
    changed[last] = b' ';
    let again = serde_json::to_vec_pretty(&value).expect("JSON");
    let spaced = [&body[..], b"\n"].concat();
    let marked = [&b"\xef\xbb\xbf"[..], &body].concat();
    let wide: Vec<u8> = String::from_utf8_lossy(&body)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for other in [
        changed,
        again,
        spaced,
        marked,
        wide,
        Vec::new(),
        body[1..].to_vec(),
    ] {
        assert_eq!(post(&path, &right, &other).await.problem(401), "signature");
    }
    // Who asks for the handshake is repeated nothing but what a challenge looks like.
    for odd in [
        "%3Cscript%3E",
        "a%0d%0ab",
        "%00",
        "x%20y",
        "",
        &"1".repeat(257),
    ] {
        let token = Simulator::VERIFY_TOKEN;
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge={odd}");
        let answer = world
            .ask("GET", &format!("{path}?{query}"), &[], None)
            .await;
        assert_eq!(answer.problem(403), "forbidden", "{odd}");
    }
    world.settle().await;
    assert_eq!(before.changed(&looker.dump().await), Vec::<&str>::new());
    assert_eq!(post(&path, &right, &body).await.status, 200);
}

// Case: WH03, WH06
pub(crate) async fn the_same_callback_a_hundred_times(engine: Engine) {
    let world = World::start(engine).await;
    let channel = world.connect_whatsapp().await;
    let path = text(&channel["callback_path"]);
    let post = async |body: &[u8]| {
        let right = [(HEADER, signature(Simulator::APP_SECRET, body))];
        let body = Some(("application/json", body.to_vec()));
        assert_eq!(world.ask("POST", &path, &right, body).await.status, 200);
        world.settle().await;
    };
    let body = hello("wamid.WH03");
    for _ in 0..100 {
        post(&body).await;
    }
    let id = world.only_conversation().await;
    assert_eq!(messages(&world.owner, &id).await.len(), 1);
    let before = world.owner.conversation(&id).await;
    world.advance_ms(8 * DAY_MS).await;
    world.settle().await;
    post(&body).await;
    let token = world.token(World::owner_credentials().0, &[], None).await;
    assert_eq!(messages(&token, &id).await.len(), 1);
    assert_eq!(token.conversation(&id).await["unread"], before["unread"]);
    // Rightly signed, and for a number that is not this channel's.
    post(&message("wamid.WH06", "109999999999999", &json!("Verirrt"))).await;
    let all = token
        .conversations("status=open,waiting,snoozed,done")
        .await;
    assert_eq!(all.len(), 1);
    assert_eq!(messages(&token, &id).await.len(), 1, "nothing was guessed");
}

// Case: WH07, WH09
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_without_bounds() {
    let world = World::start(Engine::Sqlite).await;
    let channel = world.connect_whatsapp().await;
    let path = text(&channel["callback_path"]);
    let post = async |body: Vec<u8>| {
        let right = [(HEADER, signature(Simulator::APP_SECRET, &body))];
        let body = Some(("application/json", body));
        world.ask("POST", &path, &right, body).await.status
    };
    let deep = |n: usize| format!("{{\"entry\":{}{}}}", "[".repeat(n), "]".repeat(n));
    let many = |item: &str, n: usize| {
        let items = vec![item; n].join(",");
        format!("{{\"entry\":[{{\"id\":\"1\",\"changes\":[{items}]}}]}}")
    };
    let statuses = json!({ "entry": [{ "id": Simulator::WABA_ID, "changes": [{ "field": "messages",
        "value": { "metadata": { "phone_number_id": Simulator::PHONE_ID },
            "statuses": [{ "id": "wamid.NIE", "status": "read", "timestamp": "1795300000",
                "recipient_id": Simulator::ANNA }, null, 7, {}] } }, null] }, null] });
    for (body, expected) in [
        (deep(10_000), &[200, 400][..]),
        (deep(1_000_000), &[200, 400]),
        (many("null", 1_000_000), &[200, 400]),
        (many("{}", 100_000), &[200, 400]),
        ("{\"entry\":NaN}".to_owned(), &[400]),
        ("{\"entry\":[],\"entry\":{}}".to_owned(), &[200]),
        ("{\"entry\":\"\\ud800\"}".to_owned(), &[200, 400]),
        ("{\"entry\":1e999999}".to_owned(), &[200, 400]),
        ("[]".to_owned(), &[200]),
        ("null".to_owned(), &[200]),
        (statuses.to_string(), &[200]),
    ] {
        let begins: String = body.chars().take(50).collect();
        let status = post(body.into_bytes()).await;
        assert!(expected.contains(&status), "{begins}: {status}");
        world.settle().await;
    }
    assert_eq!(world.owner.conversations("").await.len(), 0);
    assert_eq!(post(hello("wamid.WH07")).await, 200);
    world.settle().await;
    let id = world.only_conversation().await;
    assert_eq!(messages(&world.owner, &id).await[0]["text"], "Hallo");
}
