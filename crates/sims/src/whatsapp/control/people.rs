//! Numbers, users, their changes, and media placed by hand.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State as Shared};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Failure, Reply, body_object, inbound, phone_of};
use crate::whatsapp::callbacks::event::{self, Event, seconds};
use crate::whatsapp::handshake;
use crate::whatsapp::seed;
use crate::whatsapp::sim::{Sim, State};
use crate::whatsapp::world::{App, Token, User, Webhook, World, digits_of};

/// Body of `POST /_sim/numbers`. Everything has a default; the built-in ids make the built-in
/// number the one that is changed.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NumberRequest {
    app_id: String,
    app_secret: Option<String>,
    business_account_id: String,
    phone_number_id: String,
    display_phone_number: Option<String>,
    verified_name: Option<String>,
    access_token: Option<String>,
    webhook_url: Option<String>,
    verify_token: String,
    /// `false` stores the address without asking the receiver first.
    handshake: bool,
}

impl Default for NumberRequest {
    fn default() -> Self {
        Self {
            app_id: seed::APP_ID.into(),
            app_secret: None,
            business_account_id: seed::WABA_ID.into(),
            phone_number_id: seed::PHONE_ID.into(),
            display_phone_number: None,
            verified_name: None,
            access_token: None,
            webhook_url: None,
            verify_token: seed::VERIFY_TOKEN.into(),
            handshake: true,
        }
    }
}

pub async fn register_number(
    Shared(sim): Shared<Arc<Sim>>,
    Json(request): Json<NumberRequest>,
) -> Reply {
    if let Some(url) = request.webhook_url.as_ref().filter(|_| request.handshake) {
        handshake::verify(&sim, url, &request.verify_token)
            .await
            .map_err(Failure::bad)?;
    }
    let stored = store_number(&mut sim.state().world, &request);
    Ok(Json(json!({
        "app_id": request.app_id,
        "app_secret": stored.app_secret,
        "business_account_id": request.business_account_id,
        "phone_number_id": request.phone_number_id,
        "display_phone_number": stored.number,
        "access_token": stored.token,
        "verify_token": request.verify_token,
        "api_base": sim.base_url,
    })))
}

/// What a number ended up with after the defaults were applied.
struct StoredNumber {
    app_secret: String,
    number: String,
    token: String,
}

fn store_number(world: &mut World, request: &NumberRequest) -> StoredNumber {
    let app = world
        .apps
        .entry(request.app_id.clone())
        .or_insert_with(|| App {
            id: request.app_id.clone(),
            secret: seed::APP_SECRET.into(),
            webhook: None,
        });
    if let Some(secret) = &request.app_secret {
        app.secret.clone_from(secret);
    }
    let app_secret = app.secret.clone();
    let waba_id = &request.business_account_id;
    let name = request.verified_name.as_deref().unwrap_or("Haus Beispiel");
    if !world.wabas.contains_key(waba_id) {
        seed::add_account(world, &request.app_id, waba_id, name);
    }
    let phone = world
        .phones
        .entry(request.phone_number_id.clone())
        .or_insert_with(|| {
            seed::phone(&request.phone_number_id, waba_id, seed::PHONE_NUMBER, name)
        });
    if let Some(number) = &request.display_phone_number {
        phone.number = digits_of(number);
    }
    if let Some(name) = &request.verified_name {
        phone.verified_name.clone_from(name);
    }
    if let Some(url) = request.webhook_url.clone() {
        phone.webhook = Some(Webhook {
            url,
            verify_token: request.verify_token.clone(),
        });
    }
    let (number, webhook) = (phone.number.clone(), phone.webhook.clone());
    // Account events (templates, restrictions) do not follow the override of a number.
    if let Some(waba) = world.wabas.get_mut(waba_id) {
        waba.webhook = waba.webhook.take().or(webhook);
    }
    let token = request
        .access_token
        .clone()
        .unwrap_or_else(|| seed::ACCESS_TOKEN.into());
    let rights = world.tokens.entry(token.clone()).or_insert(Token {
        waba_ids: BTreeSet::new(),
        revoked: false,
    });
    rights.waba_ids.insert(waba_id.clone());
    StoredNumber {
        app_secret,
        number,
        token,
    }
}

/// `POST /_sim/users`: creates a user or changes the one with this `key`.
pub async fn put_user(Shared(sim): Shared<Arc<Sim>>, Json(body): Json<Value>) -> Reply {
    let mut state = sim.state();
    let mut input = body_object(&body)?.clone();
    let key = match input.get("key").and_then(Value::as_str) {
        Some(key) => key.to_owned(),
        None => state.world.new_user_key(),
    };
    let mut merged = match state.world.users.get(&key) {
        Some(user) => json!(user),
        None => {
            let user_id = state.world.new_user_id("DE");
            let phone = input.get("phone").and_then(Value::as_str).map(digits_of);
            json!(seed::user(&key, phone.as_deref(), &user_id, "Gast"))
        }
    };
    if let Some(phone) = input.get("phone").and_then(Value::as_str) {
        input.insert("phone".into(), json!(digits_of(phone)));
    }
    input.insert("key".into(), json!(key));
    for (name, value) in input {
        if merged.get(&name).is_none() {
            return Err(Failure::bad(format!("a user has no field {name}")));
        }
        merged[name] = value;
    }
    let user: User =
        serde_json::from_value(merged).map_err(|error| Failure::bad(error.to_string()))?;
    let taken = state.world.users.values().any(|other| {
        other.key != key
            && (other.user_id == user.user_id
                || (user.phone.is_some() && other.phone == user.phone))
    });
    if taken {
        return Err(Failure::bad("another user has this phone or user_id"));
    }
    state.world.users.insert(key, user.clone());
    Ok(Json(json!(user)))
}

pub async fn list_users(Shared(sim): Shared<Arc<Sim>>) -> Reply {
    let state = sim.state();
    Ok(Json(
        json!({"items": state.world.users.values().collect::<Vec<_>>()}),
    ))
}

fn user_by(state: &State, address: &str) -> Result<User, Failure> {
    let found = state.world.find_user(address).cloned();
    found.ok_or_else(|| Failure::not_found(format!("no user {address}")))
}

/// `POST /_sim/users/{user}/marketing {value: stop|resume}`: the user's own switch.
pub async fn marketing(
    Shared(sim): Shared<Arc<Sim>>,
    Path(address): Path<String>,
    Json(body): Json<Value>,
) -> Reply {
    let now_ms = sim.clock.now_ms();
    let mut state = sim.state();
    let user = user_by(&state, &address)?;
    let input = body_object(&body)?;
    let phone = phone_of(&state, input)?;
    let value = input.get("value").and_then(Value::as_str).unwrap_or("stop");
    let stopped = match value {
        "stop" => true,
        "resume" | "signup" => false,
        other => {
            return Err(Failure::bad(format!(
                "value is stop, resume or signup, not {other}"
            )));
        }
    };
    if let Some(own) = state.world.users.get_mut(&user.key) {
        if stopped {
            own.marketing_stopped.insert(phone.waba_id.clone());
        } else {
            own.marketing_stopped.remove(&phone.waba_id);
        }
    }
    let mut preference = json!({
        "user_id": user.user_id,
        "detail": format!("User requested to {value} marketing messages"),
        "category": "marketing_messages",
        "value": value,
        "timestamp": now_ms.div_euclid(1000),
    });
    event::set(&mut preference, "wa_id", user.visible_wa_id());
    event::set(
        &mut preference,
        "signup_id",
        input.get("signup_id").and_then(Value::as_str),
    );
    let event = Event {
        id: 0,
        waba_id: phone.waba_id.clone(),
        phone_id: Some(phone.id.clone()),
        field: "user_preferences".into(),
        value: json!({
            "messaging_product": "whatsapp",
            "metadata": event::metadata(&phone),
            "contacts": [event::contact(&user)],
            "user_preferences": [preference],
        }),
        subject: user.key,
        entered_ms: now_ms,
    };
    let id = state.outbox.schedule_event(now_ms, event);
    drop(state);
    sim.wake.notify_one();
    Ok(Json(json!({"event_id": id})))
}

/// Body of `POST /_sim/users/{user}/change`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeRequest {
    phone_number_id: Option<String>,
    /// New number; a new business-scoped id comes with it.
    phone: Option<String>,
    /// New business-scoped id alone (`true` makes one up).
    user_id: Option<Value>,
    /// New device: emits `customer_identity_changed`.
    identity: bool,
    username: Option<String>,
    name: Option<String>,
}

/// Number, id, device or name of a user change; the platform reports the first three.
pub async fn change(
    Shared(sim): Shared<Arc<Sim>>,
    Path(address): Path<String>,
    Json(request): Json<ChangeRequest>,
) -> Reply {
    let now_ms = sim.clock.now_ms();
    let mut state = sim.state();
    let before = user_by(&state, &address)?;
    let mut target = serde_json::Map::new();
    if let Some(id) = &request.phone_number_id {
        target.insert("phone_number_id".into(), json!(id));
    }
    let phone = phone_of(&state, &target)?;
    let mut after = before.clone();
    after.username = request.username.or(after.username);
    after.name = request.name.unwrap_or(after.name);
    if let Some(number) = &request.phone {
        after.phone = Some(digits_of(number));
        after.wa_id = None;
    }
    match &request.user_id {
        Some(Value::String(id)) => after.user_id = id.clone(),
        Some(_) => after.user_id = state.world.new_user_id("DE"),
        None if request.phone.is_some() => after.user_id = state.world.new_user_id("DE"),
        None => {}
    }
    if request.identity {
        after.identity_hash = Some(format!("hash{}", state.world.new_graph_id()));
    }
    state.world.users.insert(after.key.clone(), after.clone());
    let mut ids = Vec::new();
    for (field, value) in change_values(&mut state, &phone, &before, &after, now_ms) {
        let event = Event {
            id: 0,
            waba_id: phone.waba_id.clone(),
            phone_id: Some(phone.id.clone()),
            field: field.into(),
            value,
            subject: after.key.clone(),
            entered_ms: now_ms,
        };
        ids.push(state.outbox.schedule_event(now_ms, event));
    }
    drop(state);
    sim.wake.notify_one();
    Ok(Json(json!({"event_ids": ids, "user": after})))
}

fn change_values(
    state: &mut State,
    phone: &crate::whatsapp::world::Phone,
    before: &User,
    after: &User,
    now_ms: i64,
) -> Vec<(&'static str, Value)> {
    let mut values = Vec::new();
    let mut system = |state: &mut State, contact: Option<Value>, object: Value, more: Value| {
        let mut message = event::sender(before);
        message.insert("id".into(), json!(state.world.new_wamid()));
        message.insert("timestamp".into(), json!(seconds(now_ms)));
        message.insert("type".into(), json!("system"));
        message.insert("system".into(), object);
        if let Value::Object(more) = more {
            message.extend(more);
        }
        values.push((
            "messages",
            event::message_value(phone, contact, Value::Object(message), None),
        ));
    };
    if before.phone != after.phone {
        let mut object = json!({
            "body": format!("{} changed from {} to {}", after.name,
                before.any_wa_id().unwrap_or("-"), after.any_wa_id().unwrap_or("-")),
            "type": "user_changed_number",
            "user_id": after.user_id,
        });
        event::set(&mut object, "wa_id", after.any_wa_id());
        system(state, None, object, Value::Null);
    } else if before.user_id != after.user_id {
        let object = json!({
            "body": format!("{} has a new user id", after.name),
            "type": "user_changed_user_id",
            "user_id": after.user_id,
        });
        system(state, None, object, Value::Null);
    }
    if before.identity_hash != after.identity_hash {
        let object = json!({
            "body": format!("{} uses a new device", after.name),
            "type": "customer_identity_changed",
            "identity": after.identity_hash,
        });
        let identity = json!({"identity": {
            "acknowledged": false,
            "created_timestamp": seconds(now_ms),
            "hash": after.identity_hash,
        }});
        system(state, Some(event::contact(after)), object, identity);
    }
    if before.user_id != after.user_id {
        let update = json!({
            "previous_user_id": before.user_id,
            "user_id": after.user_id,
            "timestamp": seconds(now_ms),
        });
        values.push((
            "user_id_update",
            json!({
                "messaging_product": "whatsapp",
                "metadata": event::metadata(phone),
                "user_id_update": [update],
            }),
        ));
    }
    values
}

/// Query of `POST /_sim/media`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MediaQuery {
    phone_number_id: Option<String>,
    /// `image`, `voice`, `sticker`, `video` or `document`: what to generate when the body is empty.
    kind: Option<String>,
    name: Option<String>,
}

/// Places a file a user sends: the raw body with its `Content-Type`, or a generated one.
pub async fn place_media(
    Shared(sim): Shared<Arc<Sim>>,
    Query(query): Query<MediaQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let now_ms = sim.clock.now_ms();
    let mut state = sim.state();
    let mut target = serde_json::Map::new();
    if let Some(id) = &query.phone_number_id {
        target.insert("phone_number_id".into(), json!(id));
    }
    let phone = phone_of(&state, &target)?;
    let id = if body.is_empty() {
        let kind = query.kind.as_deref().unwrap_or("image");
        inbound::place_sample(&mut state, &phone, kind, now_ms)?
    } else {
        let mime = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("application/octet-stream");
        inbound::place(
            &mut state,
            &phone,
            mime,
            query.name.as_deref(),
            body.to_vec(),
            now_ms,
        )
    };
    Ok(Json(show_media(&state, &id)?))
}

/// `GET /_sim/media/{id}`: what is stored, also for media the business uploaded.
pub async fn get_media(Shared(sim): Shared<Arc<Sim>>, Path(id): Path<String>) -> Reply {
    Ok(Json(show_media(&sim.state(), &id)?))
}

fn show_media(state: &State, id: &str) -> Result<Value, Failure> {
    let media = state
        .world
        .media
        .get(id)
        .ok_or_else(|| Failure::not_found(format!("no media {id}")))?;
    let digest = crate::whatsapp::graph::media::sha256(&media.bytes);
    Ok(json!({
        "id": media.id,
        "mime_type": media.mime,
        "filename": media.filename,
        "size": media.bytes.len(),
        "sha256": crate::whatsapp::callbacks::body::hex(digest.as_ref()),
        "base64": STANDARD.encode(&media.bytes),
        "received": media.received,
    }))
}
