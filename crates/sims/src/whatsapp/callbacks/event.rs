//! The values of callbacks: what stands behind `changes[].field`.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::whatsapp::graph::error::GraphError;
use crate::whatsapp::world::{Message, Phone, Stage, User, World};

/// One thing to tell the receiver about.
#[derive(Debug, Clone)]
pub struct Event {
    pub id: u64,
    pub waba_id: String,
    pub phone_id: Option<String>,
    pub field: String,
    pub value: Value,
    /// Message id, template id or whatever the event is about; for the ledger.
    pub subject: String,
    pub entered_ms: i64,
}

/// What the ledger remembers of an event.
#[derive(Debug, Clone, Serialize)]
pub struct EventNote {
    pub id: u64,
    pub subject: String,
}

impl EventNote {
    pub fn of(event: &Event) -> Self {
        Self {
            id: event.id,
            subject: event.subject.clone(),
        }
    }
}

pub fn metadata(phone: &Phone) -> Value {
    json!({"display_phone_number": phone.number, "phone_number_id": phone.id})
}

/// A user in `contacts[]`.
pub fn contact(user: &User) -> Value {
    let mut profile = json!({"name": user.name});
    if let Some(username) = &user.username {
        profile["username"] = json!(username);
    }
    let mut contact = json!({"profile": profile, "user_id": user.user_id});
    set(&mut contact, "wa_id", user.visible_wa_id());
    set(
        &mut contact,
        "parent_user_id",
        user.parent_user_id.as_deref(),
    );
    set(
        &mut contact,
        "identity_key_hash",
        user.identity_hash.as_deref(),
    );
    contact
}

/// The sender fields of an inbound message.
pub fn sender(user: &User) -> Map<String, Value> {
    let mut fields = json!({"from_user_id": user.user_id});
    set(&mut fields, "from", user.visible_wa_id());
    set(
        &mut fields,
        "from_parent_user_id",
        user.parent_user_id.as_deref(),
    );
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

pub fn set(target: &mut Value, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        target[key] = json!(text);
    }
}

/// A `messages` value with one inbound message; system messages carry no contacts.
pub fn message_value(
    phone: &Phone,
    contact: Option<Value>,
    message: Value,
    errors: Option<Value>,
) -> Value {
    let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata(phone)});
    if let Some(contact) = contact {
        value["contacts"] = json!([contact]);
    }
    if let Some(errors) = errors {
        value["errors"] = errors;
    }
    value["messages"] = json!([message]);
    value
}

/// A `messages` value with one status. Failed statuses carry no contacts, and name the user only
/// by what the sender wrote; this is how the platform does it.
pub fn status_value(
    phone: &Phone,
    user: Option<&User>,
    message: &Message,
    stage: Stage,
    error: Option<&GraphError>,
    at_ms: i64,
) -> Value {
    let mut status = json!({
        "id": message.id,
        "status": stage.as_str(),
        "timestamp": seconds(at_ms),
    });
    let by_number = !crate::whatsapp::world::is_business_scoped(&message.input);
    let number = user
        .and_then(User::visible_wa_id)
        .map(str::to_owned)
        .or_else(|| by_number.then(|| crate::whatsapp::world::digits_of(&message.input)));
    set(&mut status, "recipient_id", number.as_deref());
    if let Some(user) = user
        && !(stage == Stage::Failed && by_number)
    {
        status["recipient_user_id"] = json!(user.user_id);
        set(
            &mut status,
            "recipient_parent_user_id",
            user.parent_user_id.as_deref(),
        );
    }
    set(
        &mut status,
        "biz_opaque_callback_data",
        message.opaque.as_deref(),
    );
    if let Some(pricing) = message.pricing.as_ref().filter(|_| stage != Stage::Failed) {
        status["pricing"] = json!({
            "billable": pricing.billable,
            "pricing_model": "PMP",
            "type": pricing.kind,
            "category": pricing.category,
        });
    }
    if let Some(error) = error {
        status["errors"] = json!([error.callback_item()]);
    }
    let mut value = json!({"messaging_product": "whatsapp", "metadata": metadata(phone)});
    if let Some(user) = user
        && stage != Stage::Failed
    {
        value["contacts"] = json!([contact(user)]);
    }
    value["statuses"] = json!([status]);
    value
}

/// A status event for a message, or `None` when its number is gone.
pub fn status_event(
    world: &World,
    message: &Message,
    stage: Stage,
    error: Option<&GraphError>,
    at_ms: i64,
) -> Option<Event> {
    let phone = world.phones.get(&message.phone_id)?;
    let user = message
        .user_key
        .as_deref()
        .and_then(|key| world.users.get(key));
    Some(Event {
        id: 0,
        waba_id: phone.waba_id.clone(),
        phone_id: Some(phone.id.clone()),
        field: "messages".into(),
        value: status_value(phone, user, message, stage, error, at_ms),
        subject: message.id.clone(),
        entered_ms: at_ms,
    })
}

/// Unix seconds as text, the platform's form of a time.
pub fn seconds(at_ms: i64) -> String {
    at_ms.div_euclid(1000).to_string()
}
