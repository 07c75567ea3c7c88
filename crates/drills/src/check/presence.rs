//! What was promised is there, once, where and as it was said; nothing else is.

use std::collections::BTreeMap;

use super::{Case, Op, Rule, Violation, found};
use crate::ledger::Kind;
use crate::record::{Item, ItemKind, Reader, View};

pub(super) fn check(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for view in &case.record.views {
        let mut shown: BTreeMap<&str, Vec<(&str, &Item)>> = BTreeMap::new();
        for (conversation, item) in Case::said(view) {
            shown
                .entry(&item.op)
                .or_default()
                .push((conversation, item));
        }
        for (op, places) in &shown {
            match case.ops.get(op) {
                None => violations.push(found(
                    Rule::NothingInvented,
                    &[op],
                    format!("{} sees it, and nobody said it", view.name),
                )),
                Some(known) => compare(case, view, known, places, &mut violations),
            }
        }
        let missing = case.ops.values().filter(|op| {
            op.is_acked() && case.is_for(view, op) && !shown.contains_key(op.intent.op.as_str())
        });
        violations.extend(missing.map(|op| {
            let told = format!("it was acknowledged, and {} does not see it", view.name);
            found(Rule::AckedIsThere, &[&op.intent.op], told)
        }));
    }
    violations.extend(unknown(case));
    violations.extend(agree(case));
    violations
}

fn compare(
    case: &Case<'_>,
    view: &View,
    op: &Op<'_>,
    places: &[(&str, &Item)],
    violations: &mut Vec<Violation>,
) {
    let name = op.intent.op.as_str();
    if places.len() > 1 {
        let told = format!("{} sees it {} times", view.name, places.len());
        violations.push(found(Rule::ShownOnce, &[name], told));
    }
    if op.is_refused() {
        let told = format!("it was refused, and {} sees it", view.name);
        violations.push(found(Rule::RefusedIsAbsent, &[name], told));
    }
    for (conversation, item) in places {
        if item.sha256 != op.intent.sha256 {
            let told = format!("{} sees other words than were said", view.name);
            violations.push(found(Rule::WordsAreTheSame, &[name], told));
        }
        if case.place(op).is_some_and(|place| place != *conversation) {
            let told = format!("{} sees it in {conversation}", view.name);
            violations.push(found(Rule::InItsConversation, &[name], told));
        }
        let note = item.kind == ItemKind::Note;
        if note != (op.intent.kind == Kind::Note) || (note && view.reader == Reader::Customer) {
            let told = format!("{} sees a note or what should be one", view.name);
            violations.push(found(Rule::NotesStayInside, &[name], told));
        }
        let inbound = item.kind == ItemKind::Message && item.inbound;
        if inbound != op.intent.kind.is_inbound() {
            let told = format!("{} sees it from the wrong side", view.name);
            violations.push(found(Rule::WordsAreTheSame, &[name], told));
        }
    }
}

/// Nobody knows whether it was kept; but it either was or was not.
fn unknown(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for op in case.ops.values().filter(|op| !op.is_acked() && op.unknown) {
        let name = op.intent.op.as_str();
        let views: Vec<(&str, usize)> = case
            .record
            .views
            .iter()
            .filter(|view| case.is_for(view, op))
            .map(|view| {
                let times = Case::said(view).filter(|(_, item)| item.op == name).count();
                (view.name.as_str(), times)
            })
            .collect();
        if let Some((first, times)) = views.first()
            && let Some((other, others)) = views.iter().find(|(_, others)| others != times)
        {
            let told = format!("{first} sees it {times} times, {other} {others} times");
            violations.push(found(Rule::UnknownIsTheSame, &[name], told));
        }
    }
    violations
}

/// What two readers see of one conversation is the same, as far as both may see it.
fn agree(case: &Case<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let Some(first) = case.teammates().next() else {
        return violations;
    };
    for other in case
        .record
        .views
        .iter()
        .filter(|view| view.name != first.name)
    {
        let customer = other.reader == Reader::Customer;
        for (conversation, thread) in &other.threads {
            let own = first.threads.get(conversation);
            let own = own.map_or(&[][..], |thread| &thread.items);
            let seen = |items: &[Item]| -> Vec<(i64, String, String)> {
                let items = items.iter();
                items
                    .filter(|item| !customer || item.kind == ItemKind::Message)
                    .map(|item| (item.seq, item.id.clone(), item.sha256.clone()))
                    .collect()
            };
            if seen(own) != seen(&thread.items) {
                let told = format!("{} and {} see different things", first.name, other.name);
                violations.push(found(Rule::ViewsAgree, &[conversation], told));
            }
        }
        if !customer && first.threads.len() != other.threads.len() {
            let told = format!("{} and {} see different lists", first.name, other.name);
            violations.push(found(Rule::ViewsAgree, &[], told));
        }
    }
    violations
}
