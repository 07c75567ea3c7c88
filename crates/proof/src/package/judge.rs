//! What a package holds, judged file by file and then together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::layout::{FileKind, ProvenEvent, Step, head_path, record_path};
use super::verdict::{Check, CheckKind, Finding, RecordSummary};
use crate::canonical;
use crate::event::{ConsentEvent, ConsentState, EventKind};
use crate::hash::Hash;
use crate::head::{SignedHead, TreeHead};
use crate::key::VerifierKey;
use crate::merkle::{verify_consistency, verify_inclusion};
use crate::notice::Notice;
use crate::record::{Notices, record, record_id};
use crate::tree::{TreeClass, TreeName};

/// A check says no more than this; the rest would only be more of the same.
const FINDINGS_MAX: usize = 20;

/// The files of a package that have a place in it.
pub(super) type Files<'a> = Vec<(FileKind, (&'a str, &'a [u8]))>;

/// A check while it is made.
pub(super) struct Found(Check);

impl Found {
    pub(super) fn new(kind: CheckKind) -> Self {
        Self(Check {
            kind,
            count: 0,
            findings: Vec::new(),
        })
    }

    pub(super) fn count(&mut self) {
        self.0.count += 1;
    }

    pub(super) fn say(&mut self, path: Option<&str>, reason: impl Display) {
        if self.0.findings.len() < FINDINGS_MAX {
            self.0.findings.push(Finding {
                path: path.map(str::to_owned),
                reason: reason.to_string(),
            });
        }
    }

    /// Counts one thing; what is wrong with it becomes a finding.
    pub(super) fn take<T, E: Display>(
        &mut self,
        path: Option<&str>,
        result: Result<T, E>,
    ) -> Option<T> {
        self.count();
        result.map_err(|error| self.say(path, error)).ok()
    }

    pub(super) fn done(self) -> Check {
        self.0
    }
}

type Heads = BTreeMap<(TreeName, u64), TreeHead>;
type Records<'a> = BTreeMap<Hash, Vec<&'a ProvenEvent>>;

/// The checks from heads to sheets.
pub(super) fn contents(
    files: &Files<'_>,
    key: &VerifierKey,
    anchors: &[Vec<u8>],
) -> (Vec<Check>, Vec<RecordSummary>) {
    let (heads_check, heads) = heads(files, key);
    let history = history(files, &heads);
    let anchors = check_anchors(anchors, key, &heads);
    let (notices_check, notices) = read_notices(files);
    let (events_check, events) = events(files, &heads, &notices);
    let notices_check = unused_texts(notices_check, files, &events, &notices);
    let mut records: Records<'_> = BTreeMap::new();
    for event in &events {
        if let Ok(id) = record_id(&event.payload) {
            records.entry(id).or_default().push(event);
        }
    }
    for events in records.values_mut() {
        events.sort_by_key(|event| event.order());
    }
    let summaries = records
        .iter()
        .filter_map(|(id, events)| summary(*id, events));
    let summaries = summaries.collect();
    let checks = vec![
        heads_check,
        history,
        anchors,
        notices_check.done(),
        events_check,
        chain(&records),
        evidence(&events),
        check_records(files, &records, &notices),
        sheets(files, &records),
    ];
    (checks, summaries)
}

fn heads(files: &Files<'_>, key: &VerifierKey) -> (Check, Heads) {
    let mut found = Found::new(CheckKind::Heads);
    let mut heads = Heads::new();
    for (kind, (path, bytes)) in files {
        let FileKind::Head(tree, size) = kind else {
            continue;
        };
        let Some(head) = found.take(Some(path), SignedHead::open(bytes, key, *tree)) else {
            continue;
        };
        if head.head().size == *size {
            heads.insert((*tree, *size), *head.head());
        } else {
            found.say(Some(path), "the head of a tree of another size");
        }
    }
    (found.done(), heads)
}

/// Between each head of a tree and the next there is the proof, and nothing else.
fn history(files: &Files<'_>, heads: &Heads) -> Check {
    let mut found = Found::new(CheckKind::History);
    let mut wanted: BTreeMap<(TreeName, u64, u64), (&TreeHead, &TreeHead)> = BTreeMap::new();
    for (old, new) in heads.values().zip(heads.values().skip(1)) {
        if old.tree == new.tree {
            wanted.insert((old.tree, old.size, new.size), (old, new));
        }
    }
    for (kind, (path, bytes)) in files {
        let FileKind::Step(tree, old, new) = kind else {
            continue;
        };
        let Some(step) = found.take(Some(path), canonical::read::<Step>(bytes)) else {
            continue;
        };
        if (step.tree, step.old, step.new) != (*tree, *old, *new) {
            found.say(Some(path), "the proof of something else");
            continue;
        }
        let Some((old, new)) = wanted.remove(&(*tree, *old, *new)) else {
            found.say(Some(path), "does not lead from one head to the next");
            continue;
        };
        let verdict = verify_consistency(old.size, new.size, &step.proof, &old.root, &new.root);
        if let Err(error) = verdict {
            found.say(Some(path), error);
        }
        if old.at > new.at {
            found.say(Some(path), "the later head claims an earlier moment");
        }
    }
    for (tree, old, new) in wanted.keys() {
        let path = format!("history/{tree}/{old}-{new}.json");
        found.say(Some(&path), "is missing");
    }
    found.done()
}

/// A head kept elsewhere must be one of this package's: then the history binds it to the others.
fn check_anchors(anchors: &[Vec<u8>], key: &VerifierKey, heads: &Heads) -> Check {
    let mut found = Found::new(CheckKind::Anchors);
    let trees: BTreeSet<TreeName> = heads.keys().map(|(tree, _)| *tree).collect();
    for anchor in anchors {
        found.count();
        let opened = trees
            .iter()
            .find_map(|tree| SignedHead::open(anchor, key, *tree).ok());
        let Some(kept) = opened else {
            found.say(
                None,
                "a head kept elsewhere is not of this key and these trees",
            );
            continue;
        };
        let TreeHead {
            tree, size, root, ..
        } = *kept.head();
        match heads.get(&(tree, size)) {
            Some(head) if head.root == root => {}
            Some(_) => {
                let path = head_path(tree, size);
                found.say(
                    Some(&path),
                    "was signed with another root before: the tree was rewritten",
                );
            }
            None => found.say(
                None,
                format!("the package does not reach back to the head of {tree} with {size} leaves"),
            ),
        }
    }
    found.done()
}

fn read_notices(files: &Files<'_>) -> (Found, Notices) {
    let mut found = Found::new(CheckKind::Notices);
    let mut notices = Notices::new();
    for (kind, (path, bytes)) in files {
        match kind {
            FileKind::Notice(hash) => {
                let Some(notice) = found.take(Some(path), Notice::read(bytes)) else {
                    continue;
                };
                if Hash::of(&[bytes]) == *hash {
                    notices.insert(hash.address(), notice);
                } else {
                    found.say(Some(path), "another text than its name says");
                }
            }
            FileKind::Screen(hash) => {
                found.count();
                if Hash::of(&[bytes]) != *hash {
                    found.say(Some(path), "another form than its name says");
                }
            }
            _ => {}
        }
    }
    (found, notices)
}

/// Texts and forms are there because an event needs them, and what it needs is there.
fn unused_texts(
    mut found: Found,
    files: &Files<'_>,
    events: &[ProvenEvent],
    notices: &Notices,
) -> Found {
    let used: BTreeSet<&str> = events.iter().map(|e| &e.payload.notice[..]).collect();
    let mut wanted: BTreeSet<Hash> = BTreeSet::new();
    for (address, notice) in notices {
        wanted.extend(notice.screens.iter().map(|screen| screen.sha256));
        if !used.contains(&address[..]) {
            found.say(None, format!("no event speaks of notice {address}"));
        }
    }
    let there: BTreeSet<Hash> = files
        .iter()
        .filter_map(|(kind, _)| match kind {
            FileKind::Screen(hash) => Some(*hash),
            _ => None,
        })
        .collect();
    for hash in wanted.difference(&there) {
        found.say(Some(&format!("screens/{hash}")), "is missing");
    }
    for hash in there.difference(&wanted) {
        let path = format!("screens/{hash}");
        found.say(Some(&path), "no notice shows it");
    }
    found
}

fn events(files: &Files<'_>, heads: &Heads, notices: &Notices) -> (Check, Vec<ProvenEvent>) {
    let mut found = Found::new(CheckKind::Events);
    let mut events: Vec<ProvenEvent> = Vec::new();
    for (kind, (path, bytes)) in files {
        let FileKind::Event(tree, seq) = kind else {
            continue;
        };
        let Some(event) = found.take(Some(path), canonical::read::<ProvenEvent>(bytes)) else {
            continue;
        };
        if (event.tree, event.leaf.seq) != (*tree, *seq) {
            found.say(Some(path), "the event of another place");
        }
        let wrong = wrong_leaf(&event)
            .or_else(|| wrong_proof(&event, heads))
            .or_else(|| wrong_notice(&event.payload, notices));
        if let Some(reason) = wrong {
            found.say(Some(path), reason);
        }
        events.push(event);
    }
    if events.is_empty() {
        found.say(None, "there is no event");
    }
    let tenants: BTreeSet<&str> = events.iter().map(|event| &event.leaf.tenant[..]).collect();
    if tenants.len() > 1 {
        found.say(None, "the events are of different installations");
    }
    (found.done(), events)
}

fn wrong_leaf(event: &ProvenEvent) -> Option<String> {
    let ProvenEvent {
        leaf,
        payload,
        salt,
        tree,
        ..
    } = event;
    if tree.class() != TreeClass::Consent {
        return Some(format!("{tree} holds no consent events"));
    }
    let Ok(bytes) = payload.bytes() else {
        return Some("not canonical".to_owned());
    };
    if salt.commit(&bytes) != leaf.commit {
        return Some("event and salt are not what the leaf commits to".to_owned());
    }
    if leaf.kind != payload.leaf_kind() || leaf.at != payload.at {
        return Some("the leaf says another kind or time than the event".to_owned());
    }
    None
}

fn wrong_proof(event: &ProvenEvent, heads: &Heads) -> Option<String> {
    let ProvenEvent {
        leaf,
        proof,
        size,
        tree,
        ..
    } = event;
    let Some(head) = heads.get(&(*tree, *size)) else {
        return Some(format!("there is no head of {tree} with {size} leaves"));
    };
    let hash = match leaf.hash() {
        Ok(hash) => hash,
        Err(error) => return Some(error.to_string()),
    };
    verify_inclusion(&hash, leaf.seq, *size, proof, &head.root)
        .err()
        .map(|error| error.to_string())
}

fn wrong_notice(event: &ConsentEvent, notices: &Notices) -> Option<String> {
    let ConsentEvent {
        notice: address, ..
    } = event;
    let Some(notice) = notices.get(address) else {
        return Some(format!("notice {address} is not there"));
    };
    let fits = notice.locale == event.locale
        && notice.channels.contains(&event.channel)
        && notice.purpose(&event.purpose).is_some();
    (!fits).then(|| format!("notice {address} speaks of another language, channel or purpose"))
}

/// Each consent's events point to the one before, and each begins where that one ended.
fn chain(records: &Records<'_>) -> Check {
    let mut found = Found::new(CheckKind::Chain);
    for events in records.values() {
        let mut before: Option<&ProvenEvent> = None;
        for event in events {
            found.count();
            if let Some(reason) = broken_link(before, event) {
                found.say(Some(&event.path()), reason);
            }
            before = Some(event);
        }
    }
    found.done()
}

fn broken_link(before: Option<&ProvenEvent>, event: &ProvenEvent) -> Option<&'static str> {
    let payload = &event.payload;
    let previous = before.and_then(|before| before.leaf.hash().ok());
    if payload.follows != previous {
        return Some("does not follow the event before it: one is missing, or was put in");
    }
    let began = before.map_or(Some(ConsentState::None), |before| before.payload.to);
    if payload.from != began {
        return Some("does not begin where the event before it ended");
    }
    let from = payload.from.unwrap_or(ConsentState::None);
    let to = payload.to.unwrap_or(ConsentState::None);
    use ConsentState::{Granted, Outdated, Paused, Pending, Requested, Unverified, Withdrawn};
    let lawful = match payload.event {
        EventKind::Confirmed => to == Granted && matches!(from, Requested | Pending),
        EventKind::Renewed => {
            to == Granted && matches!(from, Granted | Outdated | Paused | Unverified)
        }
        EventKind::Resumed => to == Granted && from == Paused,
        EventKind::Used => to == Granted && from == Granted,
        EventKind::Withdrawn | EventKind::Objected => to == Withdrawn,
        _ => to != Granted,
    };
    (!lawful).then_some("leads to a state it cannot lead to")
}

fn evidence(events: &[ProvenEvent]) -> Check {
    let mut found = Found::new(CheckKind::Evidence);
    for event in events {
        found.count();
        let missing = event.payload.missing();
        if !missing.is_empty() {
            let reason = format!("says nothing of {}", missing.join(", "));
            found.say(Some(&event.path()), reason);
        }
    }
    found.done()
}

/// Each record is made again from its events.
fn check_records(files: &Files<'_>, records: &Records<'_>, notices: &Notices) -> Check {
    let mut found = Found::new(CheckKind::Records);
    let mut there: BTreeMap<Hash, &[u8]> = BTreeMap::new();
    for (kind, (path, bytes)) in files {
        if let FileKind::Record(id) = kind {
            there.insert(*id, bytes);
            if !records.contains_key(id) {
                found.say(Some(path), "there is no event of this consent");
            }
        }
    }
    for (id, events) in records {
        let path = record_path(id);
        let Some(made) = found.take(Some(&path), record(events, notices)) else {
            continue;
        };
        match there.get(id) {
            None => found.say(Some(&path), "is missing"),
            Some(bytes) if *bytes != made => {
                found.say(Some(&path), "says something else than the events");
            }
            Some(_) => {}
        }
    }
    found.done()
}

fn sheets(files: &Files<'_>, records: &Records<'_>) -> Check {
    let mut found = Found::new(CheckKind::Sheets);
    for (kind, (path, _)) in files {
        if let FileKind::Sheet(id, _) = kind {
            found.count();
            if !records.contains_key(id) {
                found.say(Some(path), "there is no record of this consent");
            }
        }
    }
    found.done()
}

fn summary(id: Hash, events: &[&ProvenEvent]) -> Option<RecordSummary> {
    let last = &events.last()?.payload;
    Some(RecordSummary {
        id,
        purpose: last.purpose.clone(),
        channel: last.channel.clone(),
        events: events.len(),
        state: last.to,
        since: last.at,
    })
}
