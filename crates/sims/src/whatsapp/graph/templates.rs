//! Template management: list with summary and cursors, create, edit, delete, and single templates.

use serde_json::{Value, json};

use super::Answer;
use super::call::Call;
use super::check::{Check, Node};
use super::error::GraphError;
use super::page;
use super::template_send::variables;
use crate::whatsapp::callbacks::event::Event;
use crate::whatsapp::sim::State;
use crate::whatsapp::world::{Template, TemplateStatus};

const TEMPLATE_LIMIT: usize = 6_000;

/// `GET|POST|DELETE /{waba}/message_templates`.
pub fn collection(
    state: &mut State,
    waba_id: &str,
    call: &Call,
    base_url: &str,
    now_ms: i64,
) -> Check<Answer> {
    match call.method.as_str() {
        "GET" => list(state, waba_id, call, base_url),
        "POST" => create(state, waba_id, call, now_ms),
        "DELETE" => delete(state, waba_id, call, now_ms),
        method => Err(GraphError::unknown_object(waba_id, method)),
    }
}

/// A template as Graph shows it.
pub fn show(template: &Template) -> Value {
    let mut shown = json!({
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "parameter_format": template.parameter_format,
        "components": template.components,
        "rejected_reason": template.rejected_reason.as_deref().unwrap_or("NONE"),
        "quality_score": {"score": "UNKNOWN", "date": 0},
    });
    if let Some(ttl) = template.ttl_seconds {
        shown["message_send_ttl_seconds"] = json!(ttl);
    }
    shown
}

fn list(state: &State, waba_id: &str, call: &Call, base_url: &str) -> Check<Answer> {
    let own = || {
        state
            .world
            .templates
            .values()
            .filter(|t| t.waba_id == waba_id)
    };
    let matches = |template: &Template| {
        let shown = show(template);
        ["status", "category", "language"].iter().all(|key| {
            call.query.get(*key).is_none_or(|wanted| {
                wanted
                    .trim_matches(['[', ']'])
                    .split(',')
                    .any(|word| shown[*key].as_str() == Some(word.trim().trim_matches('"')))
            })
        }) && call
            .query
            .get("name")
            .is_none_or(|name| template.name.contains(name.as_str()))
            && call
                .query
                .get("content")
                .is_none_or(|text| shown["components"].to_string().contains(text.as_str()))
    };
    let fields = call.query.get("fields").map(String::as_str);
    let items: Vec<Value> = own()
        .filter(|t| matches(t))
        .map(|t| page::select(show(t), fields))
        .collect();
    let count = items.len();
    let mut answer = page::page(items, call, base_url)?;
    if call.query.contains_key("summary") {
        answer["summary"] = json!({
            "total_count": count,
            "message_template_count": own().count(),
            "message_template_limit": TEMPLATE_LIMIT,
            "are_translations_complete": true,
        });
    }
    Ok(Answer::json(answer))
}

fn create(state: &mut State, waba_id: &str, call: &Call, now_ms: i64) -> Check<Answer> {
    let body = Node::root(&call.body);
    let name = body.text_within("name", 512)?;
    if !name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        return Err(GraphError::shape(
            "name",
            "lower-case letters, digits and underscores",
        ));
    }
    let language = body.text("language")?;
    let category = body.text("category")?.to_uppercase();
    if !["AUTHENTICATION", "MARKETING", "UTILITY"].contains(&category.as_str()) {
        return Err(GraphError::shape(
            "category",
            "one of {AUTHENTICATION, MARKETING, UTILITY}",
        ));
    }
    if state.world.find_template(waba_id, name, language).is_some() {
        return Err(GraphError::new(
            2_388_024,
            format!("There is already {language} content for this template"),
        ));
    }
    let format = body
        .opt_text("parameter_format")?
        .unwrap_or("POSITIONAL")
        .to_uppercase();
    let components = body.list("components")?.to_vec();
    check_components(&body, &format)?;
    let id = state.world.new_graph_id();
    let template = Template {
        id: id.clone(),
        waba_id: waba_id.into(),
        name: name.into(),
        language: language.into(),
        category: category.clone(),
        status: TemplateStatus::Pending,
        parameter_format: format,
        components,
        rejected_reason: None,
        ttl_seconds: body.get("message_send_ttl_seconds").and_then(Value::as_i64),
    };
    announce(state, &template, "PENDING", now_ms);
    state.world.templates.insert(id.clone(), template);
    Ok(Answer::json(
        json!({"id": id, "status": "PENDING", "category": category}),
    ))
}

fn check_components(body: &Node, format: &str) -> Check<()> {
    let mut has_body = false;
    for component in body.objects("components", 1, 10)? {
        match component.text("type")?.to_uppercase().as_str() {
            "HEADER"
                if component
                    .opt_text("format")?
                    .is_some_and(|f| f.eq_ignore_ascii_case("TEXT")) =>
            {
                let text = component.text_within("text", 60)?;
                if variables(text).len() > 1 {
                    return Err(GraphError::value("header", "takes one variable at most"));
                }
            }
            "BODY" => {
                has_body = true;
                // Authentication bodies are fixed and may be sent without text.
                if component.has("text") {
                    check_variables(component.text_within("text", 1024)?, format)?;
                }
            }
            "FOOTER" => {
                component.opt_text_within("text", 60)?;
            }
            "BUTTONS" => {
                for button in component.objects("buttons", 1, 10)? {
                    button.text("type")?;
                    button.opt_text_within("text", 25)?;
                }
            }
            _ => {}
        }
    }
    if has_body {
        Ok(())
    } else {
        Err(GraphError::missing("components.BODY"))
    }
}

fn check_variables(text: &str, format: &str) -> Check<()> {
    let trimmed = text.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        return Err(GraphError::new(
            2_388_299,
            "Variables can't be at the start or end of the template.",
        ));
    }
    let names = variables(text);
    let positional = names
        .iter()
        .enumerate()
        .all(|(at, name)| *name == (at + 1).to_string());
    if format == "POSITIONAL" && !positional {
        return Err(GraphError::value(
            "body",
            "variables must count up from {{1}}",
        ));
    }
    if text.contains("}}{{") || text.contains("}} {{") {
        return Err(GraphError::new(
            2_388_293,
            "Two variables need words between them.",
        ));
    }
    Ok(())
}

fn delete(state: &mut State, waba_id: &str, call: &Call, now_ms: i64) -> Check<Answer> {
    let (name, id) = (call.param("name"), call.param("hsm_id"));
    if name.is_none() && id.is_none() {
        return Err(GraphError::missing("name"));
    }
    let gone: Vec<String> = state
        .world
        .templates
        .values()
        .filter(|t| t.waba_id == waba_id)
        .filter(|t| name.as_ref().is_none_or(|name| t.name == *name))
        .filter(|t| id.as_ref().is_none_or(|id| t.id == *id))
        .map(|t| t.id.clone())
        .collect();
    if gone.is_empty() {
        return Err(GraphError::new(2_593_002, "Message Template Not Found"));
    }
    for id in gone {
        if let Some(template) = state.world.templates.remove(&id) {
            announce(state, &template, "DELETED", now_ms);
        }
    }
    Ok(Answer::json(json!({"success": true})))
}

/// `GET|POST|DELETE /{template_id}` and its `unpause`.
pub fn by_id(state: &mut State, call: &Call, now_ms: i64) -> Check<Answer> {
    let id = call.segment(0);
    let unknown = || GraphError::unknown_object(id, call.method.as_str());
    let template = state.world.templates.get_mut(id).ok_or_else(unknown)?;
    match (call.method.as_str(), call.segment(1)) {
        ("GET", "") => {
            let fields = call.query.get("fields").map(String::as_str);
            Ok(Answer::json(page::select(show(template), fields)))
        }
        ("POST", "unpause") => {
            template.status = TemplateStatus::Approved;
            Ok(Answer::json(json!({"success": true})))
        }
        ("POST", "") => {
            let body = Node::root(&call.body);
            if let Some(category) = body.opt_text("category")? {
                template.category = category.to_uppercase();
            }
            if body.has("components") {
                check_components(&body, &template.parameter_format)?;
                template.components = body.list("components")?.to_vec();
                template.status = TemplateStatus::Pending;
            }
            let answer = json!({
                "success": true,
                "id": template.id,
                "name": template.name,
                "category": template.category,
            });
            let template = template.clone();
            announce(state, &template, "PENDING", now_ms);
            Ok(Answer::json(answer))
        }
        _ => Err(unknown()),
    }
}

/// Emits `message_template_status_update`.
pub fn announce(state: &mut State, template: &Template, event: &str, now_ms: i64) -> u64 {
    let mut value = json!({
        "event": event,
        "message_template_id": template.id.parse::<u64>().unwrap_or(0),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_category": template.category,
        "reason": template.rejected_reason.as_deref().unwrap_or("NONE"),
    });
    if event == "REJECTED" {
        value["rejection_info"] = json!({
            "reason": "The text asks for something the policy does not allow.",
            "recommendation": "Change the text and send it for review again.",
        });
    }
    if event == "PAUSED" {
        value["other_info"] = json!({
            "title": "FIRST_PAUSE",
            "description": "Paused after negative feedback; it resumes by itself.",
        });
    }
    let event = Event {
        id: 0,
        waba_id: template.waba_id.clone(),
        phone_id: None,
        field: "message_template_status_update".into(),
        value,
        subject: template.id.clone(),
        entered_ms: now_ms,
    };
    state.outbox.schedule_event(now_ms, event)
}
