//! Faults, policies, clock, limits, raw events, and the ledger.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State as Shared};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Failure, Reply, body_object, phone_of};
use crate::whatsapp::callbacks::event::Event;
use crate::whatsapp::callbacks::outbox::Task;
use crate::whatsapp::callbacks::{self, outbox};
use crate::whatsapp::faults::{Expiry, FailRule, FaultsChange, OneOrAll, StatusPolicy};
use crate::whatsapp::graph::error::GraphError;
use crate::whatsapp::graph::templates::announce;
use crate::whatsapp::sim::{Sim, State};
use crate::whatsapp::world::{Stage, TemplateStatus};

pub async fn set_faults(Shared(sim): Shared<Arc<Sim>>, Json(change): Json<FaultsChange>) -> Reply {
    let mut state = sim.state();
    state.faults.apply(&change).map_err(Failure::bad)?;
    match &change.expire_media {
        None | Some(Expiry::Switch(false)) => {}
        Some(Expiry::Switch(true)) => expire_urls(&mut state),
        Some(Expiry::Word(word)) if word == "urls" => expire_urls(&mut state),
        Some(Expiry::Word(word)) if word == "ids" => {
            state
                .world
                .media
                .values_mut()
                .for_each(|media| media.expires_ms = i64::MIN);
        }
        Some(Expiry::Word(id)) => {
            let media = state.world.media.get_mut(id);
            media
                .ok_or_else(|| Failure::not_found(format!("no media {id}")))?
                .expires_ms = i64::MIN;
        }
    }
    switch_tokens(&mut state, change.revoke_token.as_ref(), true)?;
    switch_tokens(&mut state, change.restore_token.as_ref(), false)?;
    let shown = json!(state.faults);
    drop(state);
    sim.wake.notify_one();
    Ok(Json(shown))
}

fn expire_urls(state: &mut State) {
    state
        .world
        .media
        .values_mut()
        .for_each(|media| media.url = None);
}

fn switch_tokens(
    state: &mut State,
    which: Option<&OneOrAll>,
    revoked: bool,
) -> Result<(), Failure> {
    match which {
        None | Some(OneOrAll::All(false)) => {}
        Some(OneOrAll::All(true)) => {
            state
                .world
                .tokens
                .values_mut()
                .for_each(|token| token.revoked = revoked);
        }
        Some(OneOrAll::One(token)) => {
            let known = state.world.tokens.get_mut(token);
            known
                .ok_or_else(|| Failure::not_found("no such token"))?
                .revoked = revoked;
        }
    }
    Ok(())
}

pub async fn get_faults(Shared(sim): Shared<Arc<Sim>>) -> Reply {
    Ok(Json(json!(sim.state().faults)))
}

/// Body of `POST /_sim/status`: only what is named changes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyChange {
    reset: bool,
    auto: Option<bool>,
    sent_ms: Option<i64>,
    #[serde(deserialize_with = "present")]
    delivered_ms: Option<Option<i64>>,
    #[serde(deserialize_with = "present")]
    read_ms: Option<Option<i64>>,
    #[serde(deserialize_with = "present")]
    played_ms: Option<Option<i64>>,
    answer_codes: Option<Vec<i64>>,
    fail: Option<Vec<FailRule>>,
}

/// Tells a JSON null (switch off) from an absent field (leave as it is).
#[expect(
    clippy::option_option,
    reason = "absent and null mean different things here"
)]
fn present<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::<i64>::deserialize(d).map(Some)
}

pub async fn set_policy(Shared(sim): Shared<Arc<Sim>>, Json(change): Json<PolicyChange>) -> Reply {
    let mut state = sim.state();
    let mut policy = if change.reset {
        StatusPolicy::default()
    } else {
        state.policy.clone()
    };
    policy.auto = change.auto.unwrap_or(policy.auto);
    policy.sent_ms = change.sent_ms.unwrap_or(policy.sent_ms);
    policy.delivered_ms = change.delivered_ms.unwrap_or(policy.delivered_ms);
    policy.read_ms = change.read_ms.unwrap_or(policy.read_ms);
    policy.played_ms = change.played_ms.unwrap_or(policy.played_ms);
    policy.answer_codes = change.answer_codes.unwrap_or(policy.answer_codes);
    policy.fail = change.fail.unwrap_or(policy.fail);
    state.policy = policy;
    Ok(Json(json!(state.policy)))
}

/// `POST /_sim/messages/{id}/status {status, code?, details?}`: one status now, in any order.
pub async fn one_status(
    Shared(sim): Shared<Arc<Sim>>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Reply {
    let input = body_object(&body)?;
    let word = input.get("status").and_then(Value::as_str).unwrap_or("");
    let stage = Stage::parse(word)
        .ok_or_else(|| Failure::bad("status is sent, delivered, read, played or failed"))?;
    let now_ms = sim.clock.now_ms();
    let mut state = sim.state();
    if !state.world.messages.contains_key(&id) {
        return Err(Failure::not_found(format!("no message {id}")));
    }
    let error = (stage == Stage::Failed).then(|| {
        let code = input.get("code").and_then(Value::as_i64).unwrap_or(131_000);
        let details = input
            .get("details")
            .and_then(Value::as_str)
            .unwrap_or("Asked for by a test");
        GraphError::new(code, details)
    });
    state.outbox.schedule(
        now_ms,
        Task::Status {
            wamid: id.clone(),
            stage,
            error,
        },
    );
    drop(state);
    sim.wake.notify_one();
    Ok(Json(json!({"message_id": id, "status": word})))
}

pub async fn get_message(Shared(sim): Shared<Arc<Sim>>, Path(id): Path<String>) -> Reply {
    let state = sim.state();
    let message = state.world.messages.get(&id);
    Ok(Json(json!(message.ok_or_else(|| Failure::not_found(
        format!("no message {id}")
    ))?)))
}

/// Body of `POST /_sim/clock`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockRequest {
    advance_ms: i64,
    set_ms: Option<i64>,
}

pub async fn set_clock(Shared(sim): Shared<Arc<Sim>>, Json(request): Json<ClockRequest>) -> Reply {
    if let Some(at_ms) = request.set_ms {
        sim.clock.set(at_ms);
    }
    sim.clock.advance(request.advance_ms);
    sim.wake.notify_one();
    get_clock(Shared(sim)).await
}

pub async fn get_clock(Shared(sim): Shared<Arc<Sim>>) -> Reply {
    Ok(Json(
        json!({"now_ms": sim.clock.now_ms(), "frozen": sim.clock.is_frozen()}),
    ))
}

/// `POST /_sim/limits`: named limits change, see `world::Limits`.
pub async fn set_limits(Shared(sim): Shared<Arc<Sim>>, Json(body): Json<Value>) -> Reply {
    let mut state = sim.state();
    let mut merged = json!(state.world.limits);
    for (key, value) in body_object(&body)? {
        if merged.get(key).is_none() {
            return Err(Failure::bad(format!("no limit {key}")));
        }
        merged[key] = value.clone();
    }
    state.world.limits =
        serde_json::from_value(merged).map_err(|error| Failure::bad(error.to_string()))?;
    Ok(Json(json!(state.world.limits)))
}

/// `POST /_sim/templates/{id or name}`: a review or quality decision about a template.
pub async fn set_template(
    Shared(sim): Shared<Arc<Sim>>,
    Path(which): Path<String>,
    Json(body): Json<Value>,
) -> Reply {
    let input = body_object(&body)?;
    let word = input
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or("APPROVED")
        .to_uppercase();
    let status: TemplateStatus =
        serde_json::from_value(json!(word)).map_err(|error| Failure::bad(error.to_string()))?;
    let now_ms = sim.clock.now_ms();
    let mut state = sim.state();
    let mut events = Vec::new();
    let mut touched = Vec::new();
    for template in state.world.templates.values_mut() {
        if template.id == which || template.name == which {
            template.status = status;
            if let Some(reason) = input.get("reason").and_then(Value::as_str) {
                template.rejected_reason = Some(reason.to_owned());
            }
            touched.push(template.clone());
        }
    }
    if touched.is_empty() {
        return Err(Failure::not_found(format!("no template {which}")));
    }
    for template in &touched {
        events.push(announce(&mut state, template, &word, now_ms));
    }
    drop(state);
    sim.wake.notify_one();
    Ok(Json(json!({"event_ids": events})))
}

/// `POST /_sim/events {field, value, phone_number_id?}`: any change object, as given. Metadata is
/// added when the value asks for it with `"metadata": true`.
pub async fn raw_event(Shared(sim): Shared<Arc<Sim>>, Json(body): Json<Value>) -> Reply {
    let input = body_object(&body)?;
    let field = input.get("field").and_then(Value::as_str);
    let field = field
        .ok_or_else(|| Failure::bad("field is missing"))?
        .to_owned();
    let mut value = input.get("value").cloned().unwrap_or_else(|| json!({}));
    let now_ms = sim.clock.now_ms();
    let mut state = sim.state();
    let phone = phone_of(&state, input)?;
    if value.get("metadata") == Some(&json!(true)) {
        value["metadata"] = crate::whatsapp::callbacks::event::metadata(&phone);
    }
    let event = Event {
        id: 0,
        waba_id: phone.waba_id.clone(),
        phone_id: Some(phone.id),
        field,
        value,
        subject: String::new(),
        entered_ms: now_ms,
    };
    let id = state.outbox.schedule_event(now_ms, event);
    drop(state);
    sim.wake.notify_one();
    Ok(Json(json!({"event_id": id})))
}

pub async fn flush(Shared(sim): Shared<Arc<Sim>>) -> Reply {
    let posted = callbacks::flush(&sim).await;
    let state = sim.state();
    let count = |wanted| {
        state
            .outbox
            .posts
            .values()
            .filter(|post| post.state == wanted)
            .count()
    };
    Ok(Json(json!({
        "posted": posted,
        "acknowledged": count(outbox::PostState::Acknowledged),
        "pending": state.outbox.pending(),
        "given_up": count(outbox::PostState::GivenUp),
    })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LedgerQuery {
    /// Only requests after this sequence number.
    after: u64,
}

pub async fn get_ledger(Shared(sim): Shared<Arc<Sim>>, Query(query): Query<LedgerQuery>) -> Reply {
    let state = sim.state();
    Ok(Json(state.ledger.to_json(&state.outbox, query.after)))
}

/// `DELETE /_sim/ledger`: forgets requests and finished callbacks.
pub async fn clear_ledger(Shared(sim): Shared<Arc<Sim>>) -> Reply {
    let mut state = sim.state();
    state.ledger.clear();
    state
        .outbox
        .posts
        .retain(|_, post| post.state == outbox::PostState::Pending);
    Ok(Json(json!({"cleared": true})))
}

pub async fn get_world(Shared(sim): Shared<Arc<Sim>>) -> Reply {
    Ok(Json(json!(sim.state().world)))
}
