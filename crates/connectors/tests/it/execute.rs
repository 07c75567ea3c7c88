//! One attempt and its outcome. Each answer is sorted by whether something may have been
//! accepted.

use bytes::Bytes;
use connectors::Whatsapp;
use domain::channel::MediaKind;
use domain::outbound::{Outbound, OutboundBody, Outcome, Signal};
use ports::{Connector as _, Method, NetError, NetResponse, Refusal, Settings};
use serde_json::json;

use crate::stage::{
    Files, Script, TOKEN, answer, attachment_id, graph_error, hello, outbound, phone, raw_answer,
    settings, with_header,
};

type Answer = Result<NetResponse, NetError>;

fn not_sent() -> Answer {
    Err(NetError::NotSent("no connection".into()))
}

fn no_answer() -> Answer {
    Err(NetError::NoAnswer("time is up".into()))
}

fn picture() -> (Outbound, Files) {
    let body = OutboundBody::Media {
        attachment: attachment_id(),
        kind: MediaKind::Image,
        mime: "image/jpeg".into(),
        name: "Schuh.jpg".into(),
        caption: None,
    };
    let file = ("Schuh.jpg", "image/jpeg", Bytes::from_static(b"picture"));
    (outbound(phone(), body), Files(Some(file)))
}

/// An outcome in words, without anything personal but the provider's id.
fn words(outcome: Result<Outcome, Refusal>) -> String {
    match outcome {
        Ok(Outcome::Accepted { provider_id }) => format!("accepted {}", provider_id.expose()),
        Ok(Outcome::Retry { after_ms, error }) => {
            format!("retry {} {:?} {after_ms:?}", error.code, error.class)
        }
        Ok(Outcome::Refused(error)) => format!("refused {} {:?}", error.code, error.class),
        Ok(Outcome::Unknown) => "unknown".to_owned(),
        Err(Refusal(error)) => format!("impossible {} {:?}", error.code, error.class),
    }
}

async fn send_text(answer: Answer) -> String {
    let net = Script::of(vec![answer]);
    let outcome = Whatsapp
        .execute(&net, &settings(), &Files::NONE, &hello())
        .await;
    assert!(net.is_used_up());
    words(outcome)
}

async fn send_picture(answers: Vec<Answer>) -> String {
    let (outbound, files) = picture();
    let net = Script::of(answers);
    let outcome = Whatsapp.execute(&net, &settings(), &files, &outbound).await;
    assert!(net.is_used_up());
    words(outcome)
}

#[tokio::test]
async fn an_id_means_accepted() {
    let body = json!({"messaging_product": "whatsapp",
        "contacts": [{"input": "491713920010", "wa_id": "491713920010"}],
        "messages": [{"id": "wamid.A", "message_status": "held_for_quality_assessment"}]});
    assert_eq!(send_text(answer(200, &body)).await, "accepted wamid.A");
}

#[tokio::test]
async fn whatever_may_have_been_accepted_is_unknown() {
    for (name, given) in [
        ("no answer", no_answer()),
        ("cut off", Err(NetError::TooLarge { max: 1 })),
        ("no id", answer(200, &json!({"messages": []}))),
        ("empty id", answer(200, &json!({"messages": [{"id": ""}]}))),
        ("no json", raw_answer(200, "<html>fine</html>")),
        ("gateway", raw_answer(502, "<html>bad gateway</html>")),
        ("gateway with json", answer(504, &json!({"status": "late"}))),
    ] {
        assert_eq!(send_text(given).await, "unknown", "{name}");
    }
}

#[tokio::test]
async fn what_was_certainly_not_accepted_is_tried_again_or_refused() {
    for (given, expected) in [
        (not_sent(), "retry whatsapp_not_connected Transient None"),
        (
            raw_answer(408, ""),
            "retry whatsapp_not_connected Transient None",
        ),
        (raw_answer(429, ""), "retry whatsapp_too_fast Pace None"),
        (
            with_header(raw_answer(429, ""), "retry-after", "30"),
            "retry whatsapp_too_fast Pace Some(30000)",
        ),
        (
            with_header(raw_answer(429, ""), "retry-after", "soon"),
            "retry whatsapp_too_fast Pace None",
        ),
        (
            with_header(raw_answer(429, ""), "retry-after", "99999999999"),
            "retry whatsapp_too_fast Pace Some(86400000)",
        ),
        (
            raw_answer(401, ""),
            "refused whatsapp_refused_access Account",
        ),
        (raw_answer(404, "nothing"), "refused whatsapp_other Request"),
        (raw_answer(302, ""), "refused whatsapp_other Request"),
    ] {
        assert_eq!(send_text(given).await, expected);
    }
}

#[tokio::test]
async fn the_code_of_an_error_decides_not_its_status() {
    for (status, code, expected) in [
        (400, 4, "retry whatsapp_4 Pace Some(60000)"),
        (400, 130_429, "retry whatsapp_130429 Pace Some(5000)"),
        (400, 131_056, "retry whatsapp_131056 Pace Some(6000)"),
        (400, 131_048, "retry whatsapp_131048 Pace Some(3600000)"),
        (500, 1, "retry whatsapp_1 Transient None"),
        (500, 131_000, "retry whatsapp_131000 Transient None"),
        (400, 131_016, "retry whatsapp_131016 Transient None"),
        (400, 131_047, "refused whatsapp_131047 Window"),
        (400, 131_026, "refused whatsapp_131026 Recipient"),
        (400, 131_049, "refused whatsapp_131049 Recipient"),
        (400, 131_050, "refused whatsapp_131050 OptedOut"),
        (404, 132_001, "refused whatsapp_132001 Template"),
        (400, 132_015, "refused whatsapp_132015 Template"),
        (400, 100, "refused whatsapp_100 Request"),
        (400, 131_062, "refused whatsapp_131062 Request"),
        (401, 190, "refused whatsapp_190 Account"),
        (500, 3, "refused whatsapp_3 Account"),
        (403, 294, "refused whatsapp_294 Account"),
        (503, 999_999, "retry whatsapp_999999 Transient None"),
        (400, 999_999, "refused whatsapp_999999 Request"),
    ] {
        assert_eq!(send_text(graph_error(status, code)).await, expected);
    }
    let patient = with_header(graph_error(400, 130_429), "retry-after", "120");
    assert_eq!(
        send_text(patient).await,
        "retry whatsapp_130429 Pace Some(120000)"
    );
    let odd = answer(200, &json!({"error": {"code": 131_047}}));
    assert_eq!(send_text(odd).await, "refused whatsapp_131047 Window");
}

#[tokio::test]
async fn an_upload_is_repeated_without_harm() {
    let uploaded = || answer(200, &json!({"id": "media1"}));
    let accepted = || answer(200, &json!({"messages": [{"id": "wamid.P"}]}));
    assert_eq!(
        send_picture(vec![uploaded(), accepted()]).await,
        "accepted wamid.P"
    );
    assert_eq!(send_picture(vec![uploaded(), no_answer()]).await, "unknown");
    let again = "retry whatsapp_no_answer Transient None";
    for failed in [
        no_answer(),
        raw_answer(502, ""),
        answer(200, &json!({"id": ""})),
        raw_answer(200, "fine"),
    ] {
        assert_eq!(send_picture(vec![failed]).await, again);
    }
    assert_eq!(
        send_picture(vec![not_sent()]).await,
        "retry whatsapp_not_connected Transient None"
    );
    assert_eq!(
        send_picture(vec![graph_error(400, 131_053)]).await,
        "retry whatsapp_131053 Transient None"
    );
    assert_eq!(
        send_picture(vec![graph_error(401, 190)]).await,
        "refused whatsapp_190 Account"
    );
}

#[tokio::test]
async fn calls_go_to_the_number_with_the_token_and_nothing_else_carries_it() {
    let (outbound, files) = picture();
    let net = Script::of(vec![
        answer(200, &json!({"id": "media1"})),
        answer(200, &json!({"messages": [{"id": "wamid.P"}]})),
    ]);
    let outcome = Whatsapp.execute(&net, &settings(), &files, &outbound).await;
    assert_eq!(words(outcome), "accepted wamid.P");
    let seen = net.seen();
    let urls: Vec<&str> = seen.iter().map(|seen| seen.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "https://graph.example/v26.0/111/media",
            "https://graph.example/v26.0/111/messages"
        ]
    );
    for call in &seen {
        assert_eq!(call.method, Method::Post);
        assert_eq!(
            call.header("authorization"),
            Some(format!("Bearer {TOKEN}").as_str())
        );
        assert!(!call.url.contains(TOKEN));
    }
    let part = |name: &str, body: &str| (name.to_owned(), body.to_owned());
    assert_eq!(
        seen[0].parts,
        [
            part("messaging_product", "whatsapp"),
            part("type", "image/jpeg"),
            part("file", "Schuh.jpg|image/jpeg|7"),
        ]
    );
}

#[tokio::test]
async fn a_file_that_is_gone_stops_before_any_call() {
    let (outbound, _) = picture();
    let net = Script::default();
    let outcome = Whatsapp
        .execute(&net, &settings(), &Files::NONE, &outbound)
        .await;
    assert_eq!(words(outcome), "impossible whatsapp_file_missing Request");
    assert!(net.seen().is_empty());
}

#[tokio::test]
async fn without_settings_nothing_is_called() {
    let net = Script::default();
    let outcome = Whatsapp
        .execute(&net, &Settings::default(), &Files::NONE, &hello())
        .await;
    assert_eq!(words(outcome), "impossible whatsapp_settings Account");
    assert!(net.seen().is_empty());
}

#[tokio::test]
async fn signals_name_the_message_they_answer() {
    let net = Script::of(vec![answer(200, &json!({"success": true})), no_answer()]);
    for signal in [
        Signal::Read {
            provider_id: "wamid.T1".into(),
        },
        Signal::Typing {
            provider_id: "wamid.T1".into(),
        },
    ] {
        Whatsapp.signal(&net, &settings(), &phone(), &signal).await;
    }
    let seen = net.seen();
    assert_eq!(
        seen[0].json,
        Some(json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.T1"}))
    );
    assert_eq!(
        seen[1].json,
        Some(
            json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.T1",
            "typing_indicator": {"type": "text"}})
        )
    );
    assert_eq!(seen[1].url, "https://graph.example/v26.0/111/messages");
}
