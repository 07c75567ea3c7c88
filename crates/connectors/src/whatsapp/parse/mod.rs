//! From a callback's bytes to neutral events: total, in order, one result an item. Entries,
//! changes and items are all walked; whatever is not understood becomes a [`ParseIssue`] beside
//! the others and never takes them along.

mod account;
mod cards;
mod choice;
mod content;
mod history;
mod identity;
mod json;
mod message;
mod preference;
mod receipt;
mod wire;

use self::json::Value;
use domain::inbound::{InboundEvent, Origin, ParseIssue};
use domain::limits::CALLBACK_ITEMS_MAX;
use ports::Settings;

use wire::{items, said, word};

pub(super) use content::is_media_reference;
pub(super) use identity::{AddressForm, classify};

/// Lists that hold items, in the order in which they are read: a message before what became of
/// others, so that a receipt never overtakes its contact's words.
const LISTS: [&str; 7] = [
    "messages",
    "message_echoes",
    "history",
    "statuses",
    "user_preferences",
    "user_id_update",
    "errors",
];

/// Members of a change that say where it comes from and are no items.
const SURROUNDINGS: [&str; 3] = ["messaging_product", "metadata", "contacts"];

pub(super) fn parse(settings: &Settings, body: &[u8]) -> Vec<Result<InboundEvent, ParseIssue>> {
    let ours = Ours {
        phone_number_id: settings.first("phone_number_id"),
        business_account_id: settings.first("business_account_id"),
    };
    let mut found = Findings::default();
    wire::decoded(body, |root| match root {
        Some(root) => callback(&ours, root, &mut found),
        None => found.issue("not_json"),
    });
    found.results
}

/// Which number and account this channel stands for.
struct Ours<'a> {
    phone_number_id: Option<&'a str>,
    business_account_id: Option<&'a str>,
}

impl Ours<'_> {
    fn is_other_account(&self, entry: &Value<'_>) -> bool {
        said(entry, "id")
            .zip(self.business_account_id)
            .is_some_and(|(theirs, ours)| theirs != ours)
    }
}

/// What one item turned out to be; `Err` says what was not understood.
type Found = Result<InboundEvent, String>;

/// Results in order, with the running number of the item they belong to.
#[derive(Default)]
struct Findings {
    results: Vec<Result<InboundEvent, ParseIssue>>,
    item: usize,
}

impl Findings {
    /// One item. Beyond the limit nothing is read any more, and that is said once.
    fn item(&mut self, read: impl FnOnce() -> Found) {
        let item = self.item;
        if item > CALLBACK_ITEMS_MAX {
            return;
        }
        self.item += 1;
        let result = if item == CALLBACK_ITEMS_MAX {
            Err("too_many_items".to_owned())
        } else {
            read()
        };
        self.results
            .push(result.map_err(|what| ParseIssue { item, what }));
    }

    const fn item_count(&self) -> usize {
        self.item
    }

    fn issue(&mut self, what: &str) {
        self.item(|| Err(what.to_owned()));
    }

    /// Something more that the last item said.
    fn also(&mut self, event: Option<InboundEvent>) {
        if self.item <= CALLBACK_ITEMS_MAX {
            self.results.extend(event.map(Ok));
        }
    }
}

fn callback(ours: &Ours<'_>, root: &Value<'_>, found: &mut Findings) {
    if let Some(object) = said(root, "object").filter(|o| o != "whatsapp_business_account") {
        found.issue(&format!("unknown_object:{}", word(&object)));
        return;
    }
    let entries = items(root, "entry");
    if entries.is_empty() {
        found.issue("no_entries");
    }
    for entry in entries {
        let changes = items(entry, "changes");
        if changes.is_empty() {
            found.issue("no_changes");
        }
        for each in changes {
            change(ours, entry, each, found);
        }
    }
}

fn change(ours: &Ours<'_>, entry: &Value<'_>, change: &Value<'_>, found: &mut Findings) {
    let Some(field) = said(change, "field") else {
        found.issue("change_without_field");
        return;
    };
    let value = change.get("value").unwrap_or(&Value::Null);
    match field.as_ref() {
        "messages" | "smb_message_echoes" | "history" | "user_preferences" | "user_id_update" => {
            conversation(ours, &field, (entry, value), found);
        }
        known if account::knows(known) => {
            let foreign = ours.is_other_account(entry);
            found.item(|| {
                if foreign {
                    Err("other_account".to_owned())
                } else {
                    account::event(known, entry, value)
                }
            });
        }
        unknown => found.issue(&format!("unknown_field:{}", word(unknown))),
    }
}

/// A change about conversations: every list in it, whatever the field is called.
fn conversation(
    ours: &Ours<'_>,
    field: &str,
    (entry, value): (&Value<'_>, &Value<'_>),
    found: &mut Findings,
) {
    let other_number = value
        .get("metadata")
        .and_then(|metadata| said(metadata, "phone_number_id"))
        .zip(ours.phone_number_id)
        .is_some_and(|(theirs, ours)| theirs != ours);
    let foreign = if other_number {
        Some("other_number")
    } else {
        ours.is_other_account(entry).then_some("other_account")
    };
    let before = found.item_count();
    for name in LISTS {
        if value
            .get(name)
            .is_some_and(|list| list.as_array().is_none())
        {
            found.issue(&format!("no_list:{name}"));
        }
        for each in items(value, name) {
            if let Some(foreign) = foreign {
                found.issue(foreign);
            } else {
                list_item(name, value, each, found);
            }
        }
    }
    for (name, _) in value.members() {
        if !LISTS.contains(&name.as_ref()) && !SURROUNDINGS.contains(&name.as_ref()) {
            found.issue(&format!("unknown_field:{}.{}", word(field), word(name)));
        }
    }
    if found.item_count() == before {
        found.issue(&format!("empty_change:{}", word(field)));
    }
}

fn list_item(list: &str, value: &Value<'_>, each: &Value<'_>, found: &mut Findings) {
    match list {
        "messages" => found.item(|| message::event(value, each, Origin::Contact)),
        "message_echoes" => found.item(|| message::event(value, each, Origin::Echo)),
        "history" => history::chunk(value, each, found),
        "statuses" => {
            found.item(|| receipt::event(each));
            found.also(receipt::link(each));
        }
        "user_preferences" => found.item(|| preference::event(value, each)),
        "user_id_update" => found.item(|| identity::user_id_update(value, each)),
        _ => found.item(|| account::out_of_band(each)),
    }
}
