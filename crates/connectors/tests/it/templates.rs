//! The list of templates: pages, parameters, headers and buttons.

use connectors::Whatsapp;
use domain::channel::MediaKind;
use domain::content::{Template, TemplateCategory, TemplateHeader};
use ports::{Connector as _, NetError, NetResponse, TemplateError};
use serde_json::{Value, json};

use crate::stage::{Script, answer, graph_error, raw_answer, settings};

type Answer = Result<NetResponse, NetError>;

async fn list(answers: Vec<Answer>) -> Result<Vec<Template>, TemplateError> {
    let net = Script::of(answers);
    let templates = Whatsapp.templates(&net, &settings()).await;
    assert!(net.is_used_up());
    templates
}

async fn one(template: Value) -> Template {
    let page = json!({"data": [template], "summary": {"total_count": 1}});
    let mut templates = list(vec![answer(200, &page)]).await.expect("a list");
    assert_eq!(templates.len(), 1);
    templates.remove(0)
}

#[tokio::test]
async fn a_positional_template_is_read_whole() {
    let template = one(
        json!({"name": "versand", "language": "de", "status": "APPROVED",
        "category": "UTILITY", "parameter_format": "POSITIONAL", "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Haus {{1}}"},
            {"type": "BODY", "text": "Sendung {{2}} von {{1}} kommt {{3}}."},
            {"type": "FOOTER", "text": "Danke"},
            {"type": "BUTTONS", "buttons": [
                {"type": "QUICK_REPLY", "text": "Stopp"},
                {"type": "URL", "text": "Verfolgen", "url": "https://shop.example/{{1}}"},
                {"type": "URL", "text": "Laden", "url": "https://shop.example/"},
                {"type": "PHONE_NUMBER", "text": "Anrufen", "phone_number": "493023125010"},
                {"type": "COPY_CODE", "text": "Code", "example": ["X"]}]}]}),
    )
    .await;
    assert_eq!(template.name, "versand");
    assert_eq!(template.language, "de");
    assert_eq!(template.category, TemplateCategory::Utility);
    assert!(template.is_approved());
    assert!(!template.named);
    assert_eq!(template.body, "Sendung {{2}} von {{1}} kommt {{3}}.");
    assert_eq!(template.body_parameters, ["1", "2", "3"]);
    assert_eq!(template.footer.as_deref(), Some("Danke"));
    assert_eq!(
        template.header,
        Some(TemplateHeader::Text {
            text: "Haus {{1}}".into(),
            parameters: vec!["1".into()]
        })
    );
    let buttons: Vec<(&str, bool)> = template
        .buttons
        .iter()
        .map(|button| (button.kind.as_str(), button.takes_parameter))
        .collect();
    assert_eq!(
        buttons,
        [
            ("quick_reply", false),
            ("url", true),
            ("url", false),
            ("phone_number", false),
            ("copy_code", true)
        ]
    );
}

#[tokio::test]
async fn a_named_template_with_a_picture_is_read_whole() {
    let template = one(
        json!({"name": "gruss", "language": "en_US", "status": "APPROVED",
        "category": "MARKETING", "parameter_format": "NAMED", "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["x"]}},
            {"type": "BODY", "text": "Hi {{name}}, order {{nr}}. Bye {{name}}"}]}),
    )
    .await;
    assert!(template.named);
    assert_eq!(template.body_parameters, ["name", "nr"]);
    assert_eq!(template.category, TemplateCategory::Marketing);
    assert_eq!(
        template.header,
        Some(TemplateHeader::Media(MediaKind::Image))
    );
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_listed_but_not_approved() {
    let with = |components: Value| {
        json!({"name": "x", "language": "de", "status": "APPROVED", "category": "MARKETING",
            "components": components})
    };
    for components in [
        json!([{"type": "CAROUSEL", "cards": []}]),
        json!([{"type": "HEADER", "format": "LOCATION"}]),
        json!([{"type": "HEADER", "format": "PRODUCT"}]),
        json!([{"type": "BUTTONS", "buttons": [{"type": "MPM", "text": "Ansehen"}]}]),
    ] {
        let template = one(with(components.clone())).await;
        assert_eq!(template.status, "unsupported", "{components}");
        assert!(!template.is_approved());
    }
    // A state that already forbids sending is kept as it is.
    let mut paused = with(json!([{"type": "CAROUSEL"}]));
    paused["status"] = "PAUSED".into();
    assert_eq!(one(paused).await.status, "paused");
    // An unknown category is treated as the strictest one.
    let mut odd = with(json!([]));
    odd["category"] = "NEW_KIND".into();
    assert_eq!(one(odd).await.category, TemplateCategory::Marketing);
}

fn page(name: &str, next: Option<&str>) -> Value {
    let mut page = json!({"data": [{"name": name, "language": "de", "status": "APPROVED",
        "category": "UTILITY", "components": []}]});
    if let Some(after) = next {
        page["paging"] = json!({"cursors": {"after": after},
            "next": "https://evil.example/?access_token=x"});
    } else {
        page["paging"] = json!({"cursors": {"after": "end"}});
    }
    page
}

// Case: SS01
#[tokio::test]
async fn all_pages_are_read_from_our_own_address() {
    let net = Script::of(vec![
        answer(200, &page("a", Some("c/1="))),
        answer(200, &page("b", Some("c2"))),
        answer(200, &page("c", None)),
    ]);
    let templates = Whatsapp.templates(&net, &settings()).await.unwrap();
    let names: Vec<&str> = templates.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    let start = "https://graph.example/v26.0/900/message_templates?limit=100&fields=\
        name,language,status,category,parameter_format,components";
    let urls: Vec<String> = net.seen().into_iter().map(|seen| seen.url).collect();
    assert_eq!(
        urls,
        [
            start.to_owned(),
            format!("{start}&after=c%2F1%3D"),
            format!("{start}&after=c2")
        ]
    );
}

#[tokio::test]
async fn pages_that_never_end_are_an_error_not_half_a_list() {
    let circle = vec![
        answer(200, &page("a", Some("same"))),
        answer(200, &page("b", Some("same"))),
    ];
    assert_eq!(
        list(circle).await.err(),
        Some(TemplateError::Retry {
            code: "endless_pages".into()
        })
    );
    let endless = (0..100)
        .map(|n| answer(200, &page("a", Some(&format!("c{n}")))))
        .collect();
    assert_eq!(
        list(endless).await.err(),
        Some(TemplateError::Retry {
            code: "endless_pages".into()
        })
    );
}

#[tokio::test]
async fn errors_tell_the_account_from_the_moment() {
    for refused in [
        graph_error(401, 190),
        graph_error(403, 200),
        raw_answer(403, ""),
    ] {
        assert_eq!(
            list(vec![refused]).await.err(),
            Some(TemplateError::Account)
        );
    }
    for (given, code) in [
        (Err(NetError::NoAnswer("x".into())), "no_answer"),
        (graph_error(400, 80_007), "80007"),
        (raw_answer(500, ""), "http_500"),
        (answer(200, &json!({})), "no_data"),
    ] {
        assert_eq!(
            list(vec![given]).await.err(),
            Some(TemplateError::Retry { code: code.into() })
        );
    }
    let nameless = json!({"data": [{"language": "de"}, 7, {"name": "a", "language": "de"}]});
    let templates = list(vec![answer(200, &nameless)]).await.unwrap();
    assert_eq!(templates.len(), 1);
    assert!(!templates[0].is_approved());
}
