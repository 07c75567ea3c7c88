//! What became of a message we sent.

use super::json::Value;
use domain::delivery::{Cost, DeliveryState, FailureClass};
use domain::inbound::{IdentityCause, InboundEvent, Receipt, Sender};

use super::Found;
use super::identity::addresses;
use super::wire::{items, provider_id, text, time, word};
use crate::whatsapp::errors::{self, own};

pub(super) fn event(status: &Value<'_>) -> Found {
    if text(status, "recipient_type").as_deref() == Some("group") {
        return Err("group_status".to_owned());
    }
    let provider_id = provider_id(status, "id").ok_or("status_without_id")?;
    let named = text(status, "status").ok_or("status_without_state")?;
    let state = match named.as_str() {
        "sent" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        // A voice message that was played was certainly seen.
        "read" | "played" => DeliveryState::Read,
        "failed" => DeliveryState::Failed,
        other => return Err(format!("unknown_status:{}", word(other))),
    };
    let at = time(status, "timestamp").ok_or("status_without_time")?;
    let error = errors::of_list(&plainly(items(status, "errors"))).or_else(|| {
        (state == DeliveryState::Failed)
            .then(|| errors::own_error(own::UNEXPLAINED, FailureClass::Recipient))
    });
    Ok(InboundEvent::Receipt(Receipt {
        provider_id,
        our_reference: text(status, "biz_opaque_callback_data"),
        state,
        at,
        error,
        cost: cost(status),
    }))
}

/// As answers to our own calls are read, which hold errors of the same form.
fn plainly(errors: &[Value<'_>]) -> Vec<serde_json::Value> {
    let plain = errors.iter().map(serde_json::to_value);
    plain.filter_map(Result::ok).collect()
}

fn cost(status: &Value<'_>) -> Option<Cost> {
    let pricing = status.get("pricing")?;
    Some(Cost {
        billable: pricing.get("billable")?.as_bool()?,
        category: text(pricing, "category").map_or_else(
            || "unknown".to_owned(),
            |category| word(&category).to_owned(),
        ),
    })
}

/// A receipt that names both addresses proves that they are one person. That is worth knowing
/// before the person writes for the first time under an id we never saw; once a message is
/// enough, and `sent` comes once.
pub(super) fn link(status: &Value<'_>) -> Option<InboundEvent> {
    let group = text(status, "recipient_type").is_some_and(|kind| kind == "group");
    if group || text(status, "status").as_deref() != Some("sent") {
        return None;
    }
    let phone = addresses(status, &["recipient_id"]);
    let mut ids = addresses(status, &["recipient_user_id", "recipient_parent_user_id"]);
    ids.retain(|id| !phone.contains(id));
    if phone.is_empty() || ids.is_empty() {
        return None;
    }
    Some(InboundEvent::Identity {
        sender: Sender {
            addresses: phone,
            ..Sender::default()
        },
        known_as: ids,
        cause: IdentityCause::Linked,
        at: time(status, "timestamp")?,
    })
}
