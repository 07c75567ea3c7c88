//! What went out: once, truly told, and its receipts joined.

use std::collections::BTreeMap;

use super::{Case, Rule, Violation, found};
use crate::ledger::Kind;
use crate::provider::times_taken;
use crate::record::Item;

/// States in the order in which they may follow each other.
fn rank(state: &str) -> i64 {
    match state {
        "queued" => 0,
        "unknown" => 1,
        "sent" => 2,
        "delivered" => 3,
        "read" => 4,
        _ => 5,
    }
}

fn was_taken(state: &str) -> bool {
    matches!(state, "sent" | "delivered" | "read")
}

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = sent_once(case);
    violations.extend(told_truly(case));
    violations.extend(receipts(case));
    violations.extend(only_grow(case));
    violations
}

fn sent_once(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (op, times) in times_taken(&case.record.taken) {
        let approved = case.record.approved.get(op).copied().unwrap_or(0);
        if times > 1 + approved {
            let told = format!("the provider took it {times} times");
            violations.push(found(Rule::SentOnce, &[op], told));
        }
    }
    for taken in &case.record.taken {
        let op = case.ops.get(taken.op.as_str());
        let kept = op.is_some_and(|op| op.intent.kind == Kind::Send && !op.is_refused());
        let told = match op {
            _ if !kept => "the provider was given what is not in the house",
            Some(op) if op.intent.sha256 != taken.sha256 => "the provider was given other words",
            _ => continue,
        };
        violations.push(found(Rule::SentIsKept, &[&taken.op], told));
    }
    violations
}

/// The outbound messages of the first teammate's view.
fn outbound<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (Kind, &'a Item)> {
    let view = case.teammates().next();
    let items = view.into_iter().flat_map(Case::said);
    items.filter_map(|(_, item)| {
        let kind = case.ops.get(item.op.as_str())?.intent.kind;
        matches!(kind, Kind::Send | Kind::Answer).then_some((kind, item))
    })
}

fn told_truly(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let taken = times_taken(&case.record.taken);
    for (kind, item) in outbound(case) {
        let state = item.state.as_deref().unwrap_or("none");
        if matches!(state, "queued" | "none") {
            let told = format!("its delivery is still {state}");
            violations.push(found(Rule::NothingIsStuck, &[&item.op], told));
        }
        let was_given = taken.contains_key(item.op.as_str());
        // `unknown` says that it may have arrived or not, and both are true.
        if kind == Kind::Send && state != "unknown" && was_taken(state) != was_given {
            let told = format!("it is shown as {state}; taken by the provider: {was_given}");
            violations.push(found(Rule::StateIsTrue, &[&item.op], told));
        }
    }
    violations
}

/// A receipt that was answered 200 is known.
fn receipts(case: &Case<'_>) -> Vec<Violation> {
    let mut told: BTreeMap<&str, i64> = BTreeMap::new();
    for taken in &case.record.taken {
        let highest = taken.receipts.iter().map(|state| rank(state)).max();
        let known = told.entry(&taken.op).or_default();
        *known = (*known).max(highest.unwrap_or(0));
    }
    outbound(case)
        .filter_map(|(_, item)| {
            let reported = *told.get(item.op.as_str())?;
            let state = item.state.as_deref().unwrap_or("none");
            (rank(state) < reported).then(|| {
                let text = format!("it is shown as {state}, and the provider said more");
                found(Rule::ReceiptIsKnown, &[&item.op], text)
            })
        })
        .collect()
}

/// Over all readings in their order, and to the end.
fn only_grow(case: &Case<'_>) -> Vec<Violation> {
    let mut readings: Vec<_> = case.record.readings.iter().collect();
    readings.sort_by_key(|reading| reading.ended_us);
    let read = readings
        .iter()
        .flat_map(|reading| reading.items.iter())
        .filter(|item| !item.op.is_empty());
    let last = case.teammates().next().into_iter();
    let last = last.flat_map(|view| Case::said(view).map(|(_, item)| item));
    let watched = case.record.watches.iter().map(|watch| {
        let items = watch.events.iter().filter_map(|event| event.item.as_ref());
        items.collect::<Vec<_>>()
    });
    let mut violations = growing(read.chain(last));
    for items in watched {
        violations.extend(growing(items.into_iter()));
    }
    // Who asks for another try wants it to begin again.
    violations.retain(|violation| {
        !violation
            .about
            .iter()
            .any(|op| case.record.approved.contains_key(op))
    });
    violations
}

fn growing<'a>(items: impl Iterator<Item = &'a Item>) -> Vec<Violation> {
    let mut highest: BTreeMap<&str, i64> = BTreeMap::new();
    let mut violations = Vec::new();
    for item in items {
        let Some(state) = item.state.as_deref() else {
            continue;
        };
        let known = highest.entry(&item.op).or_insert(-1);
        if rank(state) < *known {
            let told = format!("its delivery fell back to {state}");
            violations.push(found(Rule::StatesOnlyGrow, &[&item.op], told));
        }
        *known = (*known).max(rank(state));
    }
    violations
}
