//! One message object: what a person wrote, showed, tapped, reacted, changed or took back. The
//! same objects come as echoes of the vendor's app and as history.

use super::json::Value;
use domain::Pii;
use domain::inbound::{InboundEvent, InboundMessage, Origin, Sender};

use super::content::{self, Content};
use super::identity::{self, FROM, TO};
use super::wire::{pii, provider_id, said, time};
use super::{Found, cards};

/// Reads a message; `origin` says on which side of the counter it was written.
pub(super) fn event(value: &Value<'_>, message: &Value<'_>, origin: Origin) -> Found {
    let names = if origin == Origin::Echo { TO } else { FROM };
    if identity::is_odd(message, &names) {
        return Err("sender_is_no_address".to_owned());
    }
    let sender = identity::person(value, message, &names);
    event_of(value, message, origin, sender)
}

pub(super) fn event_of(
    value: &Value<'_>,
    message: &Value<'_>,
    origin: Origin,
    sender: Sender,
) -> Found {
    // A group is no conversation with one contact: shown as one, an answer would go to the
    // wrong place.
    if said(message, "group_id").is_some() {
        return Err("group_message".to_owned());
    }
    let kind = said(message, "type");
    if kind.as_deref() == Some("system")
        && let Some(identity) = identity::system(message, sender.clone())
    {
        return Ok(identity);
    }
    if sender.addresses.is_empty() {
        return Err("message_without_sender".to_owned());
    }
    let special = match kind.as_deref() {
        Some("reaction") => reaction(message, origin, &sender),
        Some("edit") => edit(message, origin, &sender),
        Some("revoke") => revoke(message, origin, &sender),
        _ => None,
    };
    match special {
        Some(event) => Ok(event),
        None => plain(value, message, kind.as_deref(), origin, sender),
    }
}

fn plain(
    value: &Value<'_>,
    message: &Value<'_>,
    kind: Option<&str>,
    origin: Origin,
    sender: Sender,
) -> Found {
    let provider_id = provider_id(message, "id").ok_or("message_without_id")?;
    let at = time(message, "timestamp").ok_or("message_without_time")?;
    let Content { text, media, card } = content::read(value, message, kind);
    let context = message.get("context").unwrap_or(&Value::Null);
    let flag = |name: &str| context.get(name).and_then(Value::as_bool) == Some(true);
    Ok(InboundEvent::Message(InboundMessage {
        provider_id,
        sender,
        at,
        origin,
        text,
        media,
        card,
        quote: quoted(context),
        forwarded: flag("forwarded") || flag("frequently_forwarded"),
        referral: cards::referral(message).or_else(|| cards::referred_product(context)),
    }))
}

fn quoted(context: &Value<'_>) -> Option<Pii<String>> {
    provider_id(context, "id")
}

/// Taken back is written in two ways: an empty emoji or none at all.
fn reaction(message: &Value<'_>, origin: Origin, sender: &Sender) -> Option<InboundEvent> {
    let reaction = message.get("reaction")?;
    Some(InboundEvent::Reaction {
        target: provider_id(reaction, "message_id")?,
        sender: sender.clone(),
        origin,
        emoji: pii(reaction, "emoji"),
        at: time(message, "timestamp")?,
    })
}

fn edit(message: &Value<'_>, origin: Origin, sender: &Sender) -> Option<InboundEvent> {
    let edit = message.get("edit")?;
    let after = edit.get("message")?;
    Some(InboundEvent::Edit {
        target: provider_id(edit, "original_message_id")?,
        provider_id: provider_id(message, "id")?,
        sender: sender.clone(),
        origin,
        text: content::words(after),
        at: time(message, "timestamp")?,
    })
}

fn revoke(message: &Value<'_>, origin: Origin, sender: &Sender) -> Option<InboundEvent> {
    Some(InboundEvent::Delete {
        target: provider_id(message.get("revoke")?, "original_message_id")?,
        sender: sender.clone(),
        origin,
        at: time(message, "timestamp")?,
    })
}
