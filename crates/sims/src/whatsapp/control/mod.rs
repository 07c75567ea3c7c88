//! The control interface under `/_sim`: what a test tells the simulator to be, do or break.

mod inbound;
mod people;
mod tuning;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::sim::{Sim, State};
use super::world::{Phone, User};

/// Answer of a control call.
pub type Reply = Result<Json<Value>, Failure>;

/// A control call that made no sense; the text is for the author of the test.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    detail: String,
}

impl Failure {
    pub fn bad(detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            detail: detail.into(),
        }
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            detail: detail.into(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"detail": self.detail}))).into_response()
    }
}

pub fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/_sim/numbers", post(people::register_number))
        .route(
            "/_sim/users",
            get(people::list_users).post(people::put_user),
        )
        .route("/_sim/users/{user}/marketing", post(people::marketing))
        .route("/_sim/users/{user}/change", post(people::change))
        .route("/_sim/media", post(people::place_media))
        .route("/_sim/media/{id}", get(people::get_media))
        .route("/_sim/inbound", post(inbound::inbound))
        .route("/_sim/events", post(tuning::raw_event))
        .route("/_sim/status", post(tuning::set_policy))
        .route("/_sim/messages/{id}", get(tuning::get_message))
        .route("/_sim/messages/{id}/status", post(tuning::one_status))
        .route("/_sim/templates/{which}", post(tuning::set_template))
        .route(
            "/_sim/faults",
            get(tuning::get_faults).post(tuning::set_faults),
        )
        .route("/_sim/limits", post(tuning::set_limits))
        .route(
            "/_sim/clock",
            get(tuning::get_clock).post(tuning::set_clock),
        )
        .route("/_sim/flush", post(tuning::flush))
        .route(
            "/_sim/ledger",
            get(tuning::get_ledger).delete(tuning::clear_ledger),
        )
        .route("/_sim/state", get(tuning::get_world))
}

fn body_object(body: &Value) -> Result<&Map<String, Value>, Failure> {
    body.as_object()
        .ok_or_else(|| Failure::bad("the body is a JSON object"))
}

/// The number a control call is about: the one it names, else the first.
fn phone_of(state: &State, input: &Map<String, Value>) -> Result<Phone, Failure> {
    let id = match input.get("phone_number_id").and_then(Value::as_str) {
        Some(id) => Some(id.to_owned()),
        None => state.world.first_phone_id(),
    };
    id.and_then(|id| state.world.phones.get(&id).cloned())
        .ok_or_else(|| Failure::not_found("no such phone_number_id"))
}

/// The user at an address; an address nobody has makes a new user.
fn user_or_new(state: &mut State, input: &Map<String, Value>, key: &str) -> Result<User, Failure> {
    let address = input.get(key).and_then(Value::as_str).unwrap_or("usr_anna");
    if let Some(user) = state.world.find_user(address) {
        return Ok(user.clone());
    }
    let plausible = super::world::is_business_scoped(address)
        || (5..=20).contains(&super::world::digits_of(address).len());
    if !plausible {
        return Err(Failure::not_found(format!("no user {address}")));
    }
    let name = input.get("name").and_then(Value::as_str);
    Ok(inbound::new_user(state, address, name))
}
