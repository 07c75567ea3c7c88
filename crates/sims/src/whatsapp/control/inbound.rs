//! `POST /_sim/inbound`: a user does something. Builds the message object of every inbound type.

use axum::Json;
use axum::extract::State as Shared;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::{Failure, Reply, body_object, user_or_new};
use crate::whatsapp::callbacks::event::{self, Event, seconds};
use crate::whatsapp::graph::media::{issue_url, sha256};
use crate::whatsapp::policy;
use crate::whatsapp::samples;
use crate::whatsapp::seed;
use crate::whatsapp::sim::{Sim, State};
use crate::whatsapp::world::{Direction, Media, Message, Phone, Stage, User};

/// Types whose content stands under the type's own name and is passed on as given.
const PLAIN: &[&str] = &[
    "text",
    "location",
    "contacts",
    "interactive",
    "button",
    "reaction",
    "order",
    "edit",
    "revoke",
    "request_welcome",
    "unsupported",
];
const MEDIA: &[&str] = &["image", "video", "audio", "voice", "document", "sticker"];
/// Requests at once.
const MOST: usize = 10_000;

/// One message, or `{"messages": [...]}` for many in one call.
pub async fn inbound(Shared(sim): Shared<Arc<Sim>>, Json(body): Json<Value>) -> Reply {
    let items = match body.get("messages").and_then(Value::as_array) {
        Some(items) => items.clone(),
        None => vec![body],
    };
    if items.len() > MOST {
        return Err(Failure::bad(format!("at most {MOST} messages a call")));
    }
    let mut results = Vec::new();
    {
        let mut state = sim.state();
        for item in &items {
            results.push(receive(&mut state, &sim, item)?);
        }
    }
    sim.wake.notify_one();
    Ok(Json(if results.len() == 1 {
        results.remove(0)
    } else {
        json!({ "messages": results })
    }))
}

fn receive(state: &mut State, sim: &Sim, body: &Value) -> Result<Value, Failure> {
    if !state.outbox.has_room() {
        return Err(Failure::bad("the queue is full"));
    }
    let input = body_object(body)?;
    let phone = super::phone_of(state, input)?;
    let user = user_or_new(state, input, "from")?;
    let now_ms = sim.clock.now_ms();
    let at_ms = match input.get("timestamp_ms") {
        Some(at) => at
            .as_i64()
            .ok_or_else(|| Failure::bad("timestamp_ms is a number"))?,
        None => now_ms,
    };
    if phone.blocked.contains(&user.key) {
        return Ok(json!({"blocked": true, "user": user.key}));
    }
    let given = input.get("type").and_then(Value::as_str);
    let kind = given
        .map(str::to_owned)
        .or_else(|| {
            [PLAIN, MEDIA]
                .concat()
                .iter()
                .find(|k| input.contains_key(**k))
                .map(|k| (*k).to_owned())
        })
        .unwrap_or_else(|| "text".to_owned());
    if kind == "call" {
        return Ok(call(state, &phone, &user, input, at_ms, now_ms));
    }
    let id = match input.get("id").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => state.world.new_wamid(),
    };
    let mut message = event::sender(&user);
    message.insert("id".into(), json!(id));
    message.insert("timestamp".into(), json!(seconds(at_ms)));
    let media_id = content(state, sim, &phone, input, &kind, &mut message, now_ms)?;
    extras(state, &phone, input, &mut message);
    let with_contact = kind != "system";
    let errors = input.get("value_errors").cloned();
    let contact = with_contact.then(|| event::contact(&user));
    let value = event::message_value(&phone, contact, Value::Object(message.clone()), errors);
    if with_contact {
        let from_ad = message.contains_key("referral");
        policy::open_window(&mut state.world, &phone.id, &user.key, at_ms, from_ad);
        policy::count_inbound(&mut state.world, &phone.id, now_ms);
    }
    remember(state, &phone, &user, &id, &kind, message, at_ms);
    let event_id = emit(state, &phone, value, &id, now_ms);
    let mut reply = json!({"message_id": id, "event_id": event_id, "user": user.key,
        "user_id": user.user_id});
    event::set(&mut reply, "wa_id", user.visible_wa_id());
    event::set(&mut reply, "media_id", media_id.as_deref());
    Ok(reply)
}

/// A user calls: the `calls` callback with an SDP offer. A call opens the window as a message does.
fn call(
    state: &mut State,
    phone: &Phone,
    user: &User,
    input: &Map<String, Value>,
    at_ms: i64,
    now_ms: i64,
) -> Value {
    let id = format!("wacid.{}", state.world.new_graph_id());
    let sdp = input
        .get("sdp")
        .and_then(Value::as_str)
        .unwrap_or("v=0\r\n");
    let mut call = json!({
        "id": id,
        "from_user_id": user.user_id,
        "to": phone.number,
        "event": "connect",
        "timestamp": seconds(at_ms),
        "direction": "USER_INITIATED",
        "session": {"sdp_type": "offer", "sdp": sdp},
    });
    event::set(&mut call, "from", user.visible_wa_id());
    policy::open_window(&mut state.world, &phone.id, &user.key, at_ms, false);
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": event::metadata(phone),
        "contacts": [event::contact(user)],
        "calls": [call],
    });
    let event = Event {
        id: 0,
        waba_id: phone.waba_id.clone(),
        phone_id: Some(phone.id.clone()),
        field: "calls".into(),
        value,
        subject: id.clone(),
        entered_ms: now_ms,
    };
    let event_id = state.outbox.schedule_event(now_ms, event);
    json!({"call_id": id, "event_id": event_id, "user": user.key, "user_id": user.user_id})
}

fn emit(state: &mut State, phone: &Phone, value: Value, subject: &str, now_ms: i64) -> u64 {
    let event = Event {
        id: 0,
        waba_id: phone.waba_id.clone(),
        phone_id: Some(phone.id.clone()),
        field: "messages".into(),
        value,
        subject: subject.to_owned(),
        entered_ms: now_ms,
    };
    state.outbox.schedule_event(now_ms, event)
}

fn remember(
    state: &mut State,
    phone: &Phone,
    user: &User,
    id: &str,
    kind: &str,
    content: Map<String, Value>,
    at_ms: i64,
) {
    let message = Message {
        id: id.to_owned(),
        phone_id: phone.id.clone(),
        user_key: Some(user.key.clone()),
        input: user.user_id.clone(),
        direction: Direction::FromUser,
        kind: kind.to_owned(),
        content: Value::Object(content),
        at_ms,
        stage: Stage::Received,
        opaque: None,
        pricing: None,
        error_code: None,
    };
    state.world.messages.insert(id.to_owned(), message);
}

/// Fills in the part that depends on the type. Returns the media id, when there is one.
fn content(
    state: &mut State,
    sim: &Sim,
    phone: &Phone,
    input: &Map<String, Value>,
    kind: &str,
    message: &mut Map<String, Value>,
    now_ms: i64,
) -> Result<Option<String>, Failure> {
    let given = input.get(kind).cloned();
    if MEDIA.contains(&kind) {
        let (object, id) = media_object(state, sim, phone, input, kind, given, now_ms)?;
        let shown = if kind == "voice" { "audio" } else { kind };
        message.insert("type".into(), json!(shown));
        message.insert(shown.into(), object);
        return Ok(Some(id));
    }
    message.insert("type".into(), json!(kind));
    let value = match (kind, given) {
        ("text", Some(Value::String(body))) => Some(json!({ "body": body })),
        ("text", None) => Some(json!({"body": "Hallo"})),
        ("reaction", Some(mut reaction)) => {
            // Both forms exist for a removed reaction: an empty emoji and none at all.
            if reaction.get("emoji").is_some_and(Value::is_null) {
                reaction
                    .as_object_mut()
                    .map(|reaction| reaction.remove("emoji"));
            }
            Some(reaction)
        }
        ("location", None) => Some(json!({"latitude": 52.5163, "longitude": 13.3777})),
        ("contacts", None) => Some(json!([{"name": {"formatted_name": "Berta Beispiel",
            "first_name": "Berta"}, "phones": [{"phone": "+49 30 23125 099", "type": "HOME"}]}])),
        ("request_welcome", given) => given,
        ("unsupported", given) => {
            message.insert(
                "errors".into(),
                json!([{"code": 131_051, "title": "Message type unknown",
                "message": "Message type unknown",
                "error_data": {"details": "Message type is currently not supported."}}]),
            );
            Some(given.unwrap_or_else(|| json!({"type": "poll_creation"})))
        }
        (_, Some(given)) => Some(given),
        (kind, None) if PLAIN.contains(&kind) => {
            return Err(Failure::bad(format!(
                "a message of type {kind} needs the object {kind}"
            )));
        }
        (_, None) => None,
    };
    if let Some(value) = value {
        message.insert(kind.to_owned(), value);
    }
    Ok(None)
}

fn media_object(
    state: &mut State,
    sim: &Sim,
    phone: &Phone,
    input: &Map<String, Value>,
    kind: &str,
    given: Option<Value>,
    now_ms: i64,
) -> Result<(Value, String), Failure> {
    let given = given.unwrap_or_else(|| json!({}));
    let id = match input
        .get("media_id")
        .or_else(|| given.get("id"))
        .and_then(Value::as_str)
    {
        Some(id) if state.world.media.contains_key(id) => id.to_owned(),
        Some(id) => return Err(Failure::bad(format!("no media {id}"))),
        None => place_sample(state, phone, kind, now_ms)?,
    };
    let media = &state.world.media[&id];
    let mut object = json!({
        "id": id,
        "mime_type": media.mime,
        "sha256": STANDARD.encode(sha256(&media.bytes).as_ref()),
    });
    let filename = given
        .get("filename")
        .and_then(Value::as_str)
        .or(media.filename.as_deref());
    if kind == "document" {
        event::set(&mut object, "filename", filename);
    }
    event::set(
        &mut object,
        "caption",
        given.get("caption").and_then(Value::as_str),
    );
    match kind {
        "sticker" => object["animated"] = json!(given.get("animated") == Some(&json!(true))),
        "voice" => object["voice"] = json!(true),
        "audio" => object["voice"] = json!(given.get("voice") == Some(&json!(true))),
        _ => {}
    }
    if input.get("with_url") == Some(&json!(true)) {
        let url = issue_url(state, &sim.base_url, &id, now_ms);
        event::set(&mut object, "url", url.as_deref());
    }
    Ok((object, id))
}

/// Stores a generated file as if a user had sent it.
pub fn place_sample(
    state: &mut State,
    phone: &Phone,
    kind: &str,
    now_ms: i64,
) -> Result<String, Failure> {
    let seed = u32::try_from(state.world.next_number % u64::from(u32::MAX)).unwrap_or(0);
    let sample = samples::for_kind(kind, seed)
        .ok_or_else(|| Failure::bad(format!("no generated file for {kind}")))?;
    Ok(place(
        state,
        phone,
        sample.mime,
        Some(sample.filename),
        sample.bytes,
        now_ms,
    ))
}

/// Stores a file of a user under a fresh media id, alive for as long as received media is.
pub fn place(
    state: &mut State,
    phone: &Phone,
    mime: &str,
    filename: Option<&str>,
    bytes: Vec<u8>,
    now_ms: i64,
) -> String {
    let id = state.world.new_graph_id();
    let media = Media {
        id: id.clone(),
        phone_id: phone.id.clone(),
        mime: mime.to_owned(),
        filename: filename.map(str::to_owned),
        bytes,
        expires_ms: now_ms + state.world.limits.media_received_ms,
        url: None,
        received: true,
    };
    state.world.media.insert(id.clone(), media);
    id
}

/// Context, forwarding, referral, errors, and anything a test wants to put in or take out.
fn extras(
    state: &State,
    phone: &Phone,
    input: &Map<String, Value>,
    message: &mut Map<String, Value>,
) {
    let mut context = match input.get("context") {
        Some(Value::Object(context)) => context.clone(),
        _ => Map::new(),
    };
    if let Some(id) = input.get("reply_to").and_then(Value::as_str) {
        let from_business = state
            .world
            .messages
            .get(id)
            .is_none_or(|quoted| quoted.direction == Direction::FromBusiness);
        if from_business {
            context.insert("from".into(), json!(phone.number));
        }
        context.insert("id".into(), json!(id));
    }
    for flag in ["forwarded", "frequently_forwarded"] {
        if let Some(value) = input.get(flag) {
            context.insert(flag.into(), value.clone());
        }
    }
    if !context.is_empty() {
        message.insert("context".into(), Value::Object(context));
    }
    for key in ["referral", "errors", "group_id", "identity"] {
        if let Some(value) = input.get(key) {
            message.insert(key.into(), value.clone());
        }
    }
    if let Some(Value::Object(raw)) = input.get("raw") {
        for (key, value) in raw {
            if value.is_null() {
                message.remove(key);
            } else {
                message.insert(key.clone(), value.clone());
            }
        }
    }
}

/// What a person writes when a test does not care: used for users made on the fly.
pub fn new_user(state: &mut State, address: &str, name: Option<&str>) -> User {
    let key = state.world.new_user_key();
    let by_id = crate::whatsapp::world::is_business_scoped(address);
    let digits = crate::whatsapp::world::digits_of(address);
    let user_id = if by_id {
        address.to_owned()
    } else {
        state.world.new_user_id("DE")
    };
    let phone = (!by_id).then_some(digits.as_str());
    let user = seed::user(&key, phone, &user_id, name.unwrap_or("Gast"));
    state.world.users.insert(key, user.clone());
    user
}
