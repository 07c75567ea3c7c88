//! The stream of events: whole, in order, and enough to know what there is.

use std::collections::BTreeMap;

use super::{Case, Rule, Violation, found, order};
use crate::record::{Item, ItemKind, Reader, Thread, Watch};

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for watch in &case.record.watches {
        whole(case, watch, &mut violations);
        if watch.resets == 0 {
            applied(case, watch, &mut violations);
        }
    }
    violations.extend(counters(case));
    violations
}

fn whole(case: &Case<'_>, watch: &Watch, violations: &mut Vec<Violation>) {
    // Only a teammate sees every event; a customer sees its own.
    let counts = case.record.gapless_events && watch.reader == Reader::Teammate;
    for pair in watch.events.windows(2) {
        let (before, after) = (pair[0].number, pair[1].number);
        let wrong = if case.record.gapless_events {
            after <= before || (counts && watch.resets == 0 && after != before + 1)
        } else {
            after == before
        };
        if wrong {
            let told = format!("after event {before} came {after}");
            violations.push(found(Rule::EventsAreWhole, &[&watch.name], told));
        }
    }
}

/// Items as a client compares them: a later version may be shown by either side.
fn shown(items: &[Item], messages_only: bool) -> BTreeMap<i64, (&str, &str, Option<&str>)> {
    let items = items.iter();
    items
        .filter(|item| !messages_only || item.kind == ItemKind::Message)
        .map(|item| {
            let state = item.state.as_deref();
            (item.seq, (item.id.as_str(), item.sha256.as_str(), state))
        })
        .collect()
}

fn applied(case: &Case<'_>, watch: &Watch, violations: &mut Vec<Violation>) {
    let customer = watch.reader == Reader::Customer;
    let Some(view) = case.teammates().next() else {
        return;
    };
    let empty = Thread::default();
    for (conversation, fetched) in &view.threads {
        if customer && !watch.threads.contains_key(conversation) {
            continue;
        }
        let applied = watch.threads.get(conversation).unwrap_or(&empty);
        let (own, there) = (
            shown(&applied.items, customer),
            shown(&fetched.items, customer),
        );
        let other = there
            .iter()
            .find(|(seq, item)| own.get(seq) != Some(item))
            .map(|(seq, _)| *seq)
            .or_else(|| own.keys().find(|seq| !there.contains_key(seq)).copied());
        if let Some(seq) = other {
            let told = format!(
                "{} has something else under {seq} than there is",
                watch.name
            );
            violations.push(found(Rule::AppliedIsFetched, &[conversation], told));
        }
        if !customer && applied.line.unread != fetched.line.unread {
            let told = format!("{} counts other unread messages", watch.name);
            violations.push(found(Rule::AppliedIsFetched, &[conversation], told));
        }
    }
}

fn counters(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for view in case.teammates() {
        for (conversation, thread) in &view.threads {
            let unread = order::unread(&thread.items);
            let last = thread.items.last().map(|item| item.seq);
            if unread != thread.line.unread || last != thread.line.last_seq {
                let told = format!(
                    "{} sees unread {} and last {:?}; there are {unread} and {last:?}",
                    view.name, thread.line.unread, thread.line.last_seq
                );
                violations.push(found(Rule::CountersAreTrue, &[conversation], told));
            }
        }
    }
    violations
}
