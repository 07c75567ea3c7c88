//! Messages from before the connection, which a company that also uses the vendor's app may hand
//! over: chunks of threads of messages. What the company wrote then is an echo with an old time.

use super::json::Value;
use domain::inbound::{Origin, Sender};

use super::identity::{self, FROM, TO};
use super::wire::{items, text};
use super::{Findings, account, message};

/// One chunk. Refusing to hand over history comes as a chunk of errors.
pub(super) fn chunk(value: &Value<'_>, chunk: &Value<'_>, found: &mut Findings) {
    let before = found.item_count();
    for error in items(chunk, "errors") {
        found.item(|| account::out_of_band(error));
    }
    for thread in items(chunk, "threads") {
        for each in items(thread, "messages") {
            found.item(|| {
                let (origin, person) = side(value, thread, each);
                message::event_of(value, each, origin, person)
            });
        }
    }
    // A chunk may be empty; it is still counted, so that its progress is not lost silently.
    if found.item_count() == before {
        found.issue("empty_history_chunk");
    }
}

/// Which side wrote this message, and with whom the thread is.
fn side(value: &Value<'_>, thread: &Value<'_>, each: &Value<'_>) -> (Origin, Sender) {
    let ours = value
        .get("metadata")
        .and_then(|metadata| digits(metadata, "display_phone_number"));
    let by_us = ours.is_some() && digits(each, "from") == ours;
    let to_us = ours.is_some() && digits(each, "to") == ours;
    let to = identity::person(value, each, &TO);
    let (origin, named) = if to_us || (to.addresses.is_empty() && !by_us) {
        (Origin::History, identity::person(value, each, &FROM))
    } else {
        (Origin::Echo, to)
    };
    if named.addresses.is_empty() {
        let thread = identity::addresses(thread, &["user_id", "id", "wa_id"]);
        return (origin, identity::complete(value, thread));
    }
    (origin, named)
}

fn digits(value: &Value<'_>, name: &str) -> Option<String> {
    let digits: String = text(value, name)?
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    (!digits.is_empty()).then_some(digits)
}
