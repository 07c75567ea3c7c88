//! What a contact told the platform it wants: the button that stops or resumes marketing.

use super::json::Value;
use domain::inbound::{InboundEvent, PreferenceDecision};

use super::Found;
use super::identity;
use super::wire::{text, time, word};

pub(super) fn event(value: &Value<'_>, item: &Value<'_>) -> Found {
    let named = text(item, "value").ok_or("preference_without_value")?;
    let decision = match named.as_str() {
        "stop" => PreferenceDecision::Stop,
        "resume" | "signup" => PreferenceDecision::Resume,
        other => return Err(format!("unknown_preference:{}", word(other))),
    };
    let sender = identity::person(value, item, &["user_id", "parent_user_id", "wa_id"]);
    if sender.addresses.is_empty() {
        return Err("preference_without_sender".to_owned());
    }
    let category = text(item, "category").ok_or("preference_without_category")?;
    Ok(InboundEvent::Preference {
        sender,
        category: word(&category).to_owned(),
        decision,
        at: time(item, "timestamp").ok_or("preference_without_time")?,
    })
}
