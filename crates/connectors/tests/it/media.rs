//! Fetching a contact's file: two steps, and what can go wrong in each.

use connectors::Whatsapp;
use domain::channel::MediaKind;
use domain::inbound::InboundMedia;
use ports::{Connector as _, MediaError, NetError, NetResponse, Settings};
use serde_json::{Value, json};

use crate::stage::{Script, TOKEN, answer, graph_error, raw_answer, settings};

/// SHA-256 of `test`, in the two spellings of the platform.
const SUM_BASE64: &str = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=";
const SUM_HEX: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const OTHER_SUM: &str = "0000000000000000000000000000000000000000000000000000000000000000";

type Answer = Result<NetResponse, NetError>;

fn media(sha256: Option<&str>) -> InboundMedia {
    InboundMedia {
        kind: MediaKind::Image,
        reference: "551".into(),
        mime: Some("image/jpeg".into()),
        sha256: sha256.map(Into::into),
        name: None,
    }
}

fn located(extra: &Value) -> Answer {
    let mut body = json!({"url": "https://files.example/551?token=x", "mime_type": "image/jpeg",
        "id": "551", "messaging_product": "whatsapp"});
    for (name, value) in extra.as_object().expect("an object") {
        body[name] = value.clone();
    }
    answer(200, &body)
}

fn plain() -> Answer {
    located(&json!({}))
}

fn file() -> Answer {
    raw_answer(200, "test")
}

async fn fetch(net: &Script, media: &InboundMedia) -> Result<Vec<u8>, MediaError> {
    let fetched = Whatsapp.fetch_media(net, &settings(), media, 100).await;
    assert!(net.is_used_up());
    fetched.map(|fetched| fetched.bytes.to_vec())
}

async fn outcome(answers: Vec<Answer>) -> Result<Vec<u8>, MediaError> {
    fetch(&Script::of(answers), &media(None)).await
}

fn retry(code: &str) -> Result<Vec<u8>, MediaError> {
    Err(MediaError::Retry { code: code.into() })
}

#[tokio::test]
async fn a_file_is_asked_for_and_then_fetched_with_the_token() {
    let net = Script::of(vec![plain(), file()]);
    let fetched = Whatsapp
        .fetch_media(&net, &settings(), &media(Some(SUM_BASE64)), 100)
        .await
        .unwrap();
    assert_eq!(&fetched.bytes[..], b"test");
    assert_eq!(fetched.mime.as_deref(), Some("image/jpeg"));
    let seen = net.seen();
    assert_eq!(seen[0].url, "https://graph.example/v26.0/551");
    assert_eq!(seen[1].url, "https://files.example/551?token=x");
    assert_eq!(seen[1].response_bytes_max, 100);
    for call in &seen {
        assert_eq!(
            call.header("authorization"),
            Some(format!("Bearer {TOKEN}").as_str())
        );
    }
    assert!(seen[1].header("user-agent").is_some());
}

// Case: WH10
#[tokio::test]
async fn every_checksum_that_was_given_must_match() {
    for (said, also, good) in [
        (None, None, true),
        (Some(SUM_BASE64), None, true),
        (Some(SUM_HEX), Some(SUM_HEX), true),
        (Some("…"), Some(SUM_HEX), true),
        (Some(OTHER_SUM), None, false),
        (None, Some(OTHER_SUM), false),
        (Some(SUM_BASE64), Some(OTHER_SUM), false),
    ] {
        let located = match also {
            Some(sum) => located(&json!({"sha256": sum})),
            None => plain(),
        };
        let net = Script::of(vec![located, file()]);
        let expected = if good {
            Ok(b"test".to_vec())
        } else {
            Err(MediaError::Damaged)
        };
        assert_eq!(
            fetch(&net, &media(said)).await,
            expected,
            "{said:?} {also:?}"
        );
    }
}

// Case: WH10
#[tokio::test]
async fn too_large_a_file_is_not_fetched() {
    let too_large = Err(MediaError::TooLarge { max: 100 });
    for size in [json!(101), json!("101")] {
        assert_eq!(
            outcome(vec![located(&json!({"file_size": size}))]).await,
            too_large
        );
    }
    assert!(
        outcome(vec![located(&json!({"file_size": 100})), file()])
            .await
            .is_ok()
    );
    // The size was not said, or not the truth.
    assert_eq!(
        outcome(vec![plain(), Err(NetError::TooLarge { max: 100 })]).await,
        too_large
    );
    assert_eq!(
        outcome(vec![plain(), raw_answer(200, vec![0; 101])]).await,
        too_large
    );
}

#[tokio::test]
async fn an_expired_address_is_asked_for_once_more() {
    let gone = || raw_answer(404, "");
    assert_eq!(
        outcome(vec![plain(), gone(), plain(), file()]).await,
        Ok(b"test".to_vec())
    );
    assert_eq!(
        outcome(vec![plain(), gone(), plain(), gone()]).await,
        Err(MediaError::Gone)
    );
}

#[tokio::test]
async fn an_expired_id_is_gone_and_a_refused_token_is_the_accounts_matter() {
    let no_object = answer(
        400,
        &json!({"error": {"code": 100, "error_subcode": 33, "message": "x"}}),
    );
    for gone in [no_object, raw_answer(404, ""), graph_error(404, 100)] {
        assert_eq!(outcome(vec![gone]).await, Err(MediaError::Gone));
    }
    for refused in [
        graph_error(401, 190),
        graph_error(400, 10),
        raw_answer(401, ""),
    ] {
        assert_eq!(outcome(vec![refused]).await, Err(MediaError::Account));
    }
}

#[tokio::test]
async fn everything_else_is_tried_again_later() {
    assert_eq!(
        outcome(vec![Err(NetError::NotSent("x".into()))]).await,
        retry("not_sent")
    );
    assert_eq!(
        outcome(vec![Err(NetError::NoAnswer("x".into()))]).await,
        retry("no_answer")
    );
    assert_eq!(
        outcome(vec![graph_error(500, 131_000)]).await,
        retry("131000")
    );
    assert_eq!(outcome(vec![raw_answer(503, "")]).await, retry("http_503"));
    assert_eq!(
        outcome(vec![raw_answer(200, "fine")]).await,
        retry("nonsense")
    );
    assert_eq!(
        outcome(vec![plain(), raw_answer(500, "")]).await,
        retry("http_500")
    );
    assert_eq!(
        outcome(vec![plain(), raw_answer(401, "")]).await,
        retry("http_401")
    );
    assert_eq!(
        outcome(vec![plain(), Err(NetError::NoAnswer("x".into()))]).await,
        retry("no_answer")
    );
}

// Case: WH10, SS03
#[tokio::test]
async fn the_token_never_travels_in_the_clear_or_to_a_bent_path() {
    let clear = located(&json!({"url": "http://files.example/551"}));
    assert_eq!(outcome(vec![clear]).await, retry("no_url"));
    let net = Script::default();
    let mut bent = media(None);
    bent.reference = "../900/message_templates".into();
    assert_eq!(fetch(&net, &bent).await, Err(MediaError::Gone));
    assert!(net.seen().is_empty());
    // A simulator on this machine speaks plain HTTP on both steps.
    let mut simulated = settings();
    simulated.set("api_base", vec!["http://127.0.0.1:9301".to_owned()]);
    let net = Script::of(vec![
        located(&json!({"url": "http://127.0.0.1:9301/files/551"})),
        file(),
    ]);
    let fetched = Whatsapp
        .fetch_media(&net, &simulated, &media(None), 100)
        .await;
    assert!(fetched.is_ok());
}

#[tokio::test]
async fn without_settings_nothing_is_called() {
    let net = Script::default();
    let fetched = Whatsapp
        .fetch_media(&net, &Settings::default(), &media(None), 100)
        .await;
    assert_eq!(fetched.err(), Some(MediaError::Account));
    assert!(net.seen().is_empty());
}
