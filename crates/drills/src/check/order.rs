//! One order in each conversation, the same for everybody and for ever.

use std::collections::BTreeMap;

use super::{Case, Rule, Violation, found};
use crate::record::{Item, ItemKind};

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = numbers(case);
    violations.extend(acknowledged(case));
    violations.extend(authors(case));
    violations.extend(past(case));
    violations.extend(stale(case));
    violations
}

fn numbers(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for view in case.teammates() {
        for (conversation, thread) in &view.threads {
            let expected = 1_i64..;
            let wrong = expected
                .zip(&thread.items)
                .find(|(number, item)| *number != item.seq);
            if let Some((number, item)) = wrong {
                let told = format!("{} sees {} in place of {number}", view.name, item.seq);
                violations.push(found(
                    Rule::NumbersHaveNoGaps,
                    &[conversation, &item.op],
                    told,
                ));
            }
        }
    }
    violations
}

fn acknowledged(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for op in case.ops.values() {
        let known = op.seq();
        let other = op
            .acks
            .iter()
            .find(|ack| ack.seq.is_some() && ack.seq != known);
        let ids: Vec<&String> = op.acks.iter().filter_map(|ack| ack.id.as_ref()).collect();
        if let Some(other) = other {
            let told = format!("it was acknowledged as {known:?} and as {:?}", other.seq);
            violations.push(found(Rule::NumberAsAcked, &[&op.intent.op], told));
        }
        if ids.windows(2).any(|pair| pair[0] != pair[1]) {
            let told = "it was acknowledged under two ids";
            violations.push(found(Rule::NumberAsAcked, &[&op.intent.op], told));
        }
        if op.is_acked() && op.intent.kind.tells_seq() && known.is_none() {
            let told = "it was acknowledged without a number";
            violations.push(found(Rule::NumberAsAcked, &[&op.intent.op], told));
        }
    }
    for view in &case.record.views {
        for (_, item) in Case::said(view) {
            let acked = case.ops.get(item.op.as_str()).and_then(super::Op::seq);
            if acked.is_some_and(|acked| acked != item.seq) {
                let told = format!("{} sees it as {}", view.name, item.seq);
                violations.push(found(Rule::NumberAsAcked, &[&item.op], told));
            }
        }
    }
    violations
}

/// An author waits for each answer, so numbers follow its own order.
fn authors(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let Some(view) = case.teammates().next() else {
        return violations;
    };
    for thread in view.threads.values() {
        let mut last: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
        for item in &thread.items {
            let Some(op) = case.ops.get(item.op.as_str()) else {
                continue;
            };
            let own = (op.intent.author_seq, op.intent.op.as_str());
            if let Some((before, earlier)) = last.insert(&op.intent.author, own)
                && before > own.0
            {
                let told = "its author said it first";
                violations.push(found(Rule::AuthorsOrder, &[own.1, earlier], told));
            }
        }
    }
    violations
}

/// Everything that was ever read under a number is there under this number in the end.
fn past(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let Some(view) = case.teammates().next() else {
        return violations;
    };
    for reading in &case.record.readings {
        let thread = view.threads.get(&reading.conversation);
        let now: BTreeMap<i64, &Item> = thread
            .map(|thread| thread.items.iter().map(|item| (item.seq, item)).collect())
            .unwrap_or_else(BTreeMap::new);
        for item in &reading.items {
            let same = now
                .get(&item.seq)
                .is_some_and(|now| now.id == item.id && now.sha256 == item.sha256);
            if !same {
                let told = format!(
                    "{} was read under {} and is not there any more",
                    item.id, item.seq
                );
                let about = [reading.conversation.as_str(), item.op.as_str()];
                violations.push(found(Rule::PastStaysTheSame, &about, told));
            }
        }
    }
    violations
}

/// Who reads after a promise sees what was promised. Callbacks that tell of several things are
/// understood a moment later, and are not asked for here.
fn stale(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for reading in &case.record.readings {
        let newest = reading.items.iter().map(|item| item.seq).max().unwrap_or(0);
        let missing = case.ops.values().filter(|op| {
            case.place(op) == Some(reading.conversation.as_str())
                && op.acks.iter().any(|ack| ack.at_us < reading.begun_us)
                && op.seq().is_some()
                && !reading.items.iter().any(|item| item.op == op.intent.op)
        });
        violations.extend(missing.map(|op| {
            let told = format!("it was acknowledged before a reading that ends with {newest}");
            found(Rule::ReadingIsNotStale, &[&op.intent.op], told)
        }));
        let whole = (1_i64..)
            .zip(&reading.items)
            .all(|(number, item)| number == item.seq);
        if !whole {
            let told = "a reading has gaps";
            violations.push(found(
                Rule::NumbersHaveNoGaps,
                &[&reading.conversation],
                told,
            ));
        }
    }
    violations
}

/// Unread is what the contact said since a teammate answered last.
pub(super) fn unread(items: &[Item]) -> i64 {
    let messages = items.iter().filter(|item| item.kind == ItemKind::Message);
    messages.fold(0, |unread, item| if item.inbound { unread + 1 } else { 0 })
}
