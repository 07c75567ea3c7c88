//! Who somebody is: business-scoped user ids, parent ids and phone numbers. The user id comes
//! first because the number may be absent; either may stand where the other is expected.

use super::json::Value;
use domain::Pii;
use domain::channel::AddressKind;
use domain::inbound::{ExternalAddress, IdentityCause, InboundEvent, Sender};
use domain::limits::NAME_CHARS_MAX;
use domain::naming::plain_line;

use super::Found;
use super::wire::{items, text, time};

/// What a text is as an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum AddressForm {
    UserId,
    ParentUserId,
    /// Digits only, as the platform writes numbers.
    Phone,
}

const SCOPED_ID_CHARS_MAX: usize = 128;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 5..=15;

/// Tells the forms apart by the text alone: `CC.` or `CC.ENT.` and letters or digits is a user
/// id wherever it stands, and no number normaliser may touch it.
pub(in super::super) fn classify(text: &str) -> Option<AddressForm> {
    let scoped = |rest: &str| {
        (1..=SCOPED_ID_CHARS_MAX).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if let Some((country, rest)) = text.split_once('.') {
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        return match rest.strip_prefix("ENT.") {
            Some(parent) if scoped(parent) => Some(AddressForm::ParentUserId),
            None if scoped(rest) => Some(AddressForm::UserId),
            _ => None,
        };
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    (PHONE_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(AddressForm::Phone)
}

fn address(text: &str) -> Option<ExternalAddress> {
    let (kind, value) = match classify(text)? {
        AddressForm::UserId => (AddressKind::WhatsappUserId, text.to_owned()),
        AddressForm::ParentUserId => (AddressKind::WhatsappParentUserId, text.to_owned()),
        AddressForm::Phone => (
            AddressKind::Phone,
            format!("+{}", text.strip_prefix('+').unwrap_or(text)),
        ),
    };
    Some(ExternalAddress {
        kind,
        value: Pii::new(value),
    })
}

/// The addresses that stand in these members: each once, the most durable kind first.
pub(super) fn addresses(value: &Value<'_>, names: &[&str]) -> Vec<ExternalAddress> {
    let mut found = Vec::new();
    for name in names {
        // As it stands: an address that becomes one by leaving signs out is somebody else's.
        let read = match value.get(name) {
            Some(Value::String(text)) => address(text),
            _ => text(value, name).and_then(|text| address(&text)),
        };
        if let Some(read) = read.filter(|read| !found.contains(read)) {
            found.push(read);
        }
    }
    sort(&mut found);
    found
}

fn sort(addresses: &mut [ExternalAddress]) {
    addresses.sort_by_key(|address| match address.kind {
        AddressKind::WhatsappUserId => 0,
        AddressKind::WhatsappParentUserId => 1,
        _ => 2,
    });
}

pub(super) const FROM: [&str; 3] = ["from_user_id", "from_parent_user_id", "from"];
pub(super) const TO: [&str; 3] = ["to_user_id", "to_parent_user_id", "to"];
const CONTACT: [&str; 3] = ["user_id", "parent_user_id", "wa_id"];

/// Something stands where the sender's address should be, and it is none.
pub(super) fn is_odd(item: &Value<'_>, names: &[&str]) -> bool {
    let written = |name: &&str| {
        item.get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    addresses(item, names).is_empty() && names.iter().any(written)
}

/// The person an item names, completed by its entry in the change's `contacts`.
pub(super) fn person(value: &Value<'_>, item: &Value<'_>, names: &[&str]) -> Sender {
    complete(value, addresses(item, names))
}

/// Adds name, user name and further addresses from the change's `contacts`.
pub(super) fn complete(value: &Value<'_>, mut known: Vec<ExternalAddress>) -> Sender {
    let contacts = items(value, "contacts");
    let Some((contact, theirs)) = matching(value, contacts, &known) else {
        return Sender {
            addresses: known,
            ..Sender::default()
        };
    };
    for address in theirs {
        if !known.contains(&address) {
            known.push(address);
        }
    }
    sort(&mut known);
    let profile = contact.get("profile").unwrap_or(&Value::Null);
    let shown = |name| {
        text(profile, name)
            .and_then(|text| plain_line(&text, NAME_CHARS_MAX))
            .map(Pii::new)
    };
    Sender {
        addresses: known,
        name: shown("name"),
        username: shown("username"),
    }
}

/// The entry that shares an address. When the only message names nobody, the only entry is its
/// sender; anything bolder would mix people up.
fn matching<'a>(
    value: &Value<'_>,
    contacts: &'a [Value<'a>],
    known: &[ExternalAddress],
) -> Option<(&'a Value<'a>, Vec<ExternalAddress>)> {
    for contact in contacts {
        let theirs = addresses(contact, &CONTACT);
        if theirs.iter().any(|address| known.contains(address)) {
            return Some((contact, theirs));
        }
    }
    let ([only], [_]) = (contacts, items(value, "messages")) else {
        return None;
    };
    known.is_empty().then(|| (only, addresses(only, &CONTACT)))
}

/// A `system` message about an identity; `None` when it is about something else.
pub(super) fn system(message: &Value<'_>, mut sender: Sender) -> Option<InboundEvent> {
    let system = message.get("system")?;
    let cause = match text(system, "type")?.as_str() {
        "user_changed_number" | "customer_changed_number" => IdentityCause::ChangedNumber,
        "user_changed_user_id" => IdentityCause::ChangedUserId,
        "customer_identity_changed" | "user_identity_changed" => IdentityCause::ChangedDevice,
        _ => return None,
    };
    for before in addresses(system, &["customer"]) {
        if !sender.addresses.contains(&before) {
            sender.addresses.push(before);
        }
    }
    let mut known_as = addresses(system, &["user_id", "parent_user_id", "new_wa_id", "wa_id"]);
    known_as.retain(|address| !sender.addresses.contains(address));
    let complete = !sender.addresses.is_empty()
        && (!known_as.is_empty() || cause == IdentityCause::ChangedDevice);
    let at = time(message, "timestamp")?;
    complete.then_some(InboundEvent::Identity {
        sender,
        known_as,
        cause,
        at,
    })
}

/// An item of the field `user_id_update`. Its exact form is not published where we could read
/// it, so old and new ids are taken from every form seen in neighbouring objects.
pub(super) fn user_id_update(value: &Value<'_>, item: &Value<'_>) -> Found {
    const BEFORE: [&str; 4] = ["previous", "old", "previous_user_id", "old_user_id"];
    const AFTER: [&str; 4] = ["current", "new", "current_user_id", "new_user_id"];
    let mut before = addresses(item, &BEFORE);
    let mut after = addresses(item, &AFTER);
    for name in ["user_id", "parent_user_id"] {
        match item.get(name) {
            Some(pair @ Value::Object(_)) => {
                before.extend(addresses(pair, &BEFORE));
                after.extend(addresses(pair, &AFTER));
            }
            Some(_) => after.extend(addresses(item, &[name])),
            None => {}
        }
    }
    before.extend(addresses(item, &["wa_id"]));
    after.retain(|address| !before.contains(address));
    sort(&mut before);
    sort(&mut after);
    if before.is_empty() || after.is_empty() {
        return Err("user_id_update_without_ids".to_owned());
    }
    let at = time(item, "timestamp").ok_or("user_id_update_without_time")?;
    let mut sender = complete(value, before);
    sender.addresses.retain(|address| !after.contains(address));
    Ok(InboundEvent::Identity {
        sender,
        known_as: after,
        cause: IdentityCause::ChangedUserId,
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart_by_the_text_alone() {
        let long = format!("DE.{}", "a".repeat(128));
        for (text, form) in [
            ("DE.13491208655302741918", Some(AddressForm::UserId)),
            ("DE.77aa", Some(AddressForm::UserId)),
            (long.as_str(), Some(AddressForm::UserId)),
            ("DE.ENT", Some(AddressForm::UserId)),
            ("DE.ENT.506847293015824", Some(AddressForm::ParentUserId)),
            ("491713920010", Some(AddressForm::Phone)),
            ("+49 171 3920010", None),
            ("+491713920010", Some(AddressForm::Phone)),
            ("de.77aa", None),
            ("DEU.77aa", None),
            ("DE.", None),
            ("DE.ENT.", None),
            ("DE.7-7", None),
            ("1234", None),
            ("", None),
        ] {
            assert_eq!(classify(text), form, "{text}");
        }
        assert_eq!(classify(&format!("{long}a")), None);
    }
}
