//! The Graph side: one entry for every path that is not ours, dispatched by the id it starts with.

mod account;
mod call;
mod calls;
mod check;
mod content;
pub mod error;
mod interactive;
pub mod media;
mod page;
mod phone;
mod send;
mod template_send;
pub mod templates;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::response::{Html, IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

pub use call::{BODY_LIMIT, Call};
use check::Check;
use error::GraphError;

use super::ledger;
use super::sim::Sim;
use super::world::{Token, World};

/// Graph versions that answer; the first is the oldest still alive, the last the newest seen.
pub const VERSIONS: std::ops::RangeInclusive<u32> = 17..=26;

/// Marks a response that must never reach the caller; the connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub struct DropConnection;

/// A successful answer, and the message it made.
#[derive(Debug)]
pub struct Answer {
    body: Value,
    message_id: Option<String>,
}

impl Answer {
    fn json(body: Value) -> Self {
        Self {
            body,
            message_id: None,
        }
    }

    fn accepted(body: Value, message_id: String) -> Self {
        Self {
            body,
            message_id: Some(message_id),
        }
    }
}

/// The token of a call, if it is one that opens anything.
fn authenticate(world: &World, call: &Call) -> Check<Token> {
    let Some(token) = &call.token else {
        return Err(GraphError::new(
            190,
            "An access token is required to request this resource.",
        ));
    };
    match world.tokens.get(token) {
        Some(known) if known.revoked => Err(GraphError::new(
            190,
            "Error validating access token: The session has been invalidated.",
        )),
        Some(known) => Ok(known.clone()),
        None => account::app_token_rights(world, token).ok_or_else(|| {
            GraphError::new(
                190,
                "Invalid OAuth access token - Cannot parse access token",
            )
        }),
    }
}

/// Answers one Graph call, with the faults that are switched on, and notes it in the ledger.
pub async fn handle(Shared(sim): Shared<Arc<Sim>>, request: Request) -> Response {
    let (call, outcome) = match Call::read(request).await {
        Ok(call) => {
            let outcome = refused_or_routed(&sim, &call).await;
            (call, outcome)
        }
        Err((call, error)) => (*call, Outcome::from(Err(error))),
    };
    let (slow_ms, dropped) = {
        let mut state = sim.state();
        let dropped = outcome.message_id.is_some() && state.faults.drop_answer_after_accept > 0;
        if dropped {
            state.faults.drop_answer_after_accept -= 1;
        }
        let request = note(&call, &outcome, dropped, sim.clock.now_ms());
        state.ledger.add(request);
        (state.faults.slow_ms, dropped)
    };
    sim.wake.notify_one();
    if slow_ms > 0 {
        tokio::time::sleep(Duration::from_millis(slow_ms)).await;
    }
    let mut response = outcome.into_response();
    if dropped {
        response.extensions_mut().insert(DropConnection);
    }
    response
}

/// The second step of a media download.
pub async fn download(Shared(sim): Shared<Arc<Sim>>, request: Request) -> Response {
    match Call::read(request).await {
        Ok(call) => media::download(&sim, &call),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

struct Outcome {
    status: StatusCode,
    /// `Null` stands for an HTML page.
    body: Value,
    message_id: Option<String>,
}

impl From<Check<Answer>> for Outcome {
    fn from(result: Check<Answer>) -> Self {
        match result {
            Ok(answer) => Self {
                status: StatusCode::OK,
                body: answer.body,
                message_id: answer.message_id,
            },
            Err(error) => Self {
                status: error.status,
                body: error.envelope("AsimTraceId"),
                message_id: None,
            },
        }
    }
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        if self.body.is_null() {
            return (
                self.status,
                Html("<html><body><h1>Bad Gateway</h1></body></html>"),
            )
                .into_response();
        }
        Response::builder()
            .status(self.status)
            .header(header::CONTENT_TYPE, "application/json; charset=UTF-8")
            .header("facebook-api-version", "v26.0")
            .body(Body::from(self.body.to_string()))
            .expect("status and headers are valid constants")
    }
}

async fn refused_or_routed(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let refusal = sim.state().faults.take_refusal(&call.path);
    if let Some(refusal) = refusal {
        return match refusal.error() {
            Some(error) => Outcome::from(Err(error)),
            None => Outcome {
                status: StatusCode::BAD_GATEWAY,
                body: Value::Null,
                message_id: None,
            },
        };
    }
    Outcome::from(route(sim, call).await)
}

async fn route(sim: &Arc<Sim>, call: &Call) -> Check<Answer> {
    if call
        .version
        .is_some_and(|version| !VERSIONS.contains(&version))
    {
        return Err(GraphError::unknown_path(call.path.trim_start_matches('/')));
    }
    if call.segment(0) == "oauth" {
        return account::app_token(&sim.state(), call);
    }
    {
        let state = sim.state();
        let token = authenticate(&state.world, call)?;
        visible(&state.world, &token, call)?;
    }
    if let Some(result) = account::subscribe(sim, call).await {
        return result;
    }
    dispatch(sim, call)
}

/// Objects of accounts the token does not open look as if they did not exist.
fn visible(world: &World, token: &Token, call: &Call) -> Check<()> {
    let id = call.segment(0);
    let waba_id = if let Some(phone) = world.phones.get(id) {
        Some(&phone.waba_id)
    } else if let Some(template) = world.templates.get(id) {
        Some(&template.waba_id)
    } else if let Some(media) = world.media.get(id) {
        world
            .phones
            .get(&media.phone_id)
            .map(|phone| &phone.waba_id)
    } else {
        world.wabas.get(id).map(|waba| &waba.id)
    };
    match waba_id {
        Some(waba_id) if !token.waba_ids.contains(waba_id) => {
            Err(GraphError::unknown_object(id, call.method.as_str()))
        }
        _ => Ok(()),
    }
}

fn dispatch(sim: &Arc<Sim>, call: &Call) -> Check<Answer> {
    let mut state = sim.state();
    let state = &mut *state;
    let now_ms = sim.clock.now_ms();
    let id = call.segment(0);
    if state.world.phones.contains_key(id) {
        phone::handle(state, call, &sim.base_url, now_ms)
    } else if state.world.wabas.contains_key(id) {
        account::handle(state, call, &sim.base_url, now_ms)
    } else if state.world.templates.contains_key(id) {
        templates::by_id(state, call, now_ms)
    } else if state.world.media.contains_key(id) {
        media::by_id(state, &sim.base_url, call, now_ms)
    } else if id.starts_with("upload:") {
        media::resume_upload(state, call)
    } else if state.world.apps.contains_key(id) && call.segment(1) == "uploads" {
        media::open_upload(state, call)
    } else if id.is_empty() {
        Err(GraphError::unknown_path(""))
    } else {
        Err(GraphError::unknown_object(id, call.method.as_str()))
    }
}

fn note(call: &Call, outcome: &Outcome, dropped: bool, at_ms: i64) -> ledger::Request {
    let files: Vec<Value> = call
        .files
        .iter()
        .map(|(name, file)| {
            json!({"field": name, "filename": file.filename, "mime": file.mime, "bytes": file.bytes.len()})
        })
        .collect();
    let mut query = call.query.clone();
    query.remove("access_token");
    ledger::Request {
        seq: 0,
        at_ms,
        method: call.method.to_string(),
        path: call.path.clone(),
        query: json!(query),
        content_type: call.content_type.clone(),
        body: Value::Object(call.body.clone()),
        files: Value::Array(files),
        status: outcome.status.as_u16(),
        response: outcome.body.clone(),
        message_id: outcome.message_id.clone(),
        answer_dropped: dropped,
    }
}
