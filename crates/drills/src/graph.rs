//! What the provider says in its callbacks, written from its documentation and not from our
//! connector.

use serde_json::{Value, json};

pub const PHONE_NUMBER_ID: &str = "106540352242922";
pub const BUSINESS_ACCOUNT_ID: &str = "102290129340398";
pub const ACCESS_TOKEN: &str = "a-token-that-is-only-used-in-drills";
pub const APP_SECRET: &str = "a-secret-that-is-only-used-in-drills";
pub const VERIFY_TOKEN: &str = "a-word-that-is-only-used-in-drills";

/// The provider's name for a customer: there are not enough reserved telephone numbers.
#[must_use]
pub fn customer_id(number: u32) -> String {
    format!("DE.{}", 1_000_000_000_000_000_u64 + u64::from(number))
}

/// The customer's name on its profile, and in the ledger.
#[must_use]
pub fn customer_name(number: u32) -> String {
    format!("w{number}")
}

/// One text of one customer.
#[derive(Debug, Clone)]
pub struct Text {
    pub customer: u32,
    /// The provider's id of the message.
    pub id: String,
    pub at_s: u64,
    pub text: String,
}

fn value(fields: &Value) -> Value {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "493023125000",
            "phone_number_id": PHONE_NUMBER_ID,
        },
    });
    if let (Some(all), Some(more)) = (value.as_object_mut(), fields.as_object()) {
        all.extend(more.clone());
    }
    value
}

fn callback(values: Vec<Value>) -> Vec<u8> {
    let changes: Vec<Value> = values
        .into_iter()
        .map(|value| json!({ "field": "messages", "value": value }))
        .collect();
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": BUSINESS_ACCOUNT_ID, "changes": changes }],
    })
    .to_string()
    .into_bytes()
}

/// A callback that tells of these messages, in this order.
#[must_use]
pub fn messages(texts: &[Text]) -> Vec<u8> {
    let change = |text: &Text| {
        let user = customer_id(text.customer);
        value(&json!({
            "contacts": [{ "profile": { "name": customer_name(text.customer) }, "user_id": user }],
            "messages": [{
                "from_user_id": user,
                "id": text.id,
                "timestamp": text.at_s.to_string(),
                "type": "text",
                "text": { "body": text.text },
            }],
        }))
    };
    callback(texts.iter().map(change).collect())
}

/// A receipt for a message that the provider took.
#[must_use]
pub fn receipt(id: &str, reference: Option<&str>, to: &str, state: &str, at_s: u64) -> Vec<u8> {
    let mut status = json!({
        "id": id,
        "status": state,
        "timestamp": at_s.to_string(),
        "recipient_user_id": to,
    });
    if let Some(reference) = reference {
        status["biz_opaque_callback_data"] = reference.into();
    }
    callback(vec![value(&json!({ "statuses": [status] }))])
}
