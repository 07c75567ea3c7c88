//! Lies planted in a recorded story: the checker must see each, and nothing where there is none.

use std::collections::BTreeMap;

use super::{Rule, check};
use crate::digest::sha256;
use crate::ledger::{Entry, Intent, Kind, Outcome};
use crate::provider::Taken;
use crate::record::{Event, Item, ItemKind, Line, Reader, Reading, Record, Thread, View, Watch};

/// The conversation in the own chat, and the one through the provider.
const CHAT: &str = "cnv_chat";
const SENT: &str = "cnv_sent";

/// What was said, in its order: operation, kind, place, number. Before each conversation stands
/// the line that it was opened.
const SAID: [(&str, Kind, &str, i64); 9] = [
    ("c0-1", Kind::Chat, "c0", 2),
    ("c0-2", Kind::Chat, "c0", 3),
    ("t0-1", Kind::Answer, "c0", 4),
    ("t0-2", Kind::Note, "c0", 5),
    ("c0-3", Kind::Chat, "c0", 6),
    ("w0-1", Kind::Callback, "w0", 2),
    ("t1-1", Kind::Send, "w0", 3),
    ("t1-2", Kind::Send, "w0", 4),
    ("w0-2", Kind::Callback, "w0", 5),
];

fn text(op: &str) -> String {
    format!("{op} guten Tag")
}

fn intent(op: &str, kind: Kind, place: &str, at_us: u64) -> Entry {
    let (author, number) = op.split_once('-').unwrap();
    Entry::Intent(Intent {
        op: op.into(),
        kind,
        place: place.into(),
        author: author.into(),
        author_seq: number.parse().unwrap(),
        sha256: sha256(&text(op)),
        at_us,
        attempt: 1,
    })
}

fn outcome(op: &str, at_us: u64, outcome: Outcome) -> Entry {
    Entry::Outcome {
        op: op.into(),
        at_us,
        outcome,
    }
}

fn item(op: &str, kind: Kind, seq: i64) -> Item {
    let state = match kind {
        Kind::Send => Some("read".to_owned()),
        Kind::Answer => Some("sent".to_owned()),
        _ => None,
    };
    Item {
        seq,
        id: format!("id_{op}"),
        kind: if kind == Kind::Note {
            ItemKind::Note
        } else {
            ItemKind::Message
        },
        inbound: kind.is_inbound(),
        op: op.into(),
        sha256: sha256(&text(op)),
        state,
        version: 2,
    }
}

fn opened() -> Item {
    Item {
        seq: 1,
        id: "id_opened".into(),
        kind: ItemKind::Activity,
        inbound: false,
        op: String::new(),
        sha256: sha256(""),
        state: None,
        version: 0,
    }
}

fn items(place: &str) -> Vec<Item> {
    let said = SAID.iter().filter(|said| said.2 == place);
    std::iter::once(opened())
        .chain(said.map(|(op, kind, _, seq)| item(op, *kind, *seq)))
        .collect()
}

fn threads() -> BTreeMap<String, Thread> {
    let thread = |place: &str| {
        let items = items(place);
        let last_seq = items.last().map(|item| item.seq);
        Thread {
            items,
            line: Line {
                unread: 1,
                last_seq,
                version: 9,
            },
        }
    };
    BTreeMap::from([(CHAT.into(), thread("c0")), (SENT.into(), thread("w0"))])
}

fn view(name: &str, reader: Reader, threads: BTreeMap<String, Thread>) -> View {
    View {
        name: name.into(),
        reader,
        threads,
    }
}

fn watch() -> Watch {
    let conversation = |place: &str| if place == "c0" { CHAT } else { SENT };
    let events = SAID
        .iter()
        .zip(100_i64..)
        .map(|((op, kind, place, seq), number)| Event {
            number,
            kind: "message.created".into(),
            conversation: conversation(place).into(),
            item: Some(item(op, *kind, *seq)),
            line: None,
        });
    Watch {
        name: "desk".into(),
        reader: Reader::Teammate,
        events: events.collect(),
        threads: threads(),
        sockets: 3,
        resets: 0,
    }
}

fn taken(op: &str) -> Taken {
    Taken {
        id: format!("wamid.{op}"),
        op: op.into(),
        sha256: sha256(&text(op)),
        to: "DE.1".into(),
        reference: None,
        at_us: 50,
        receipts: vec!["sent".into(), "read".into()],
    }
}

/// A story in which every promise was kept: one thing was refused, one was unknown and kept when
/// it was asked for again, one stayed unknown and was not kept.
fn truth() -> Record {
    let mut ledger = Vec::new();
    for ((op, kind, place, seq), at) in SAID.iter().zip((1_u64..).map(|n| n * 10)) {
        ledger.push(intent(op, *kind, place, at));
        if *op == "c0-2" {
            ledger.push(outcome(op, at + 1, Outcome::Unknown { why: "503".into() }));
            ledger.push(intent(op, *kind, place, at + 2));
        }
        let tells = kind.tells_seq();
        let ack = Outcome::Ack {
            seq: tells.then_some(*seq),
            id: tells.then(|| format!("id_{op}")),
        };
        ledger.push(outcome(op, at + 3, ack));
    }
    ledger.push(intent("c0-4", Kind::Chat, "c0", 200));
    ledger.push(outcome("c0-4", 201, Outcome::Refused { status: 409 }));
    ledger.push(intent("c0-5", Kind::Chat, "c0", 210));
    let mut own = threads();
    own.remove(SENT);
    for thread in own.values_mut() {
        thread.items.retain(|item| item.kind == ItemKind::Message);
    }
    Record {
        ledger,
        places: BTreeMap::from([("c0".into(), CHAT.into()), ("w0".into(), SENT.into())]),
        views: vec![
            view("customer", Reader::Customer, own),
            view("one", Reader::Teammate, threads()),
            view("two", Reader::Teammate, threads()),
        ],
        readings: vec![Reading {
            conversation: CHAT.into(),
            begun_us: 45,
            ended_us: 46,
            items: items("c0")[..5].to_vec(),
        }],
        watches: vec![watch()],
        taken: vec![taken("t1-1"), taken("t1-2")],
        approved: BTreeMap::new(),
        gapless_events: true,
    }
}

/// The rules that are broken when this is done to the truth.
fn broken(lie: impl FnOnce(&mut Record)) -> Vec<Rule> {
    let mut record = truth();
    lie(&mut record);
    let mut rules: Vec<Rule> = check(&record).into_iter().map(|v| v.rule).collect();
    rules.dedup();
    rules
}

/// Changes an item in all views of teammates.
fn everywhere(record: &mut Record, op: &str, change: impl Fn(&mut Item)) {
    let threads = record.views.iter_mut().flat_map(|v| v.threads.values_mut());
    let items = threads.flat_map(|thread| thread.items.iter_mut());
    items.filter(|item| item.op == op).for_each(change);
}

fn thread<'a>(record: &'a mut Record, view: usize, conversation: &str) -> &'a mut Thread {
    record.views[view].threads.get_mut(conversation).unwrap()
}

#[test]
fn the_truth_breaks_no_rule() {
    assert_eq!(check(&truth()), []);
    assert_eq!(super::acked(&truth()), 9);
}

#[test]
fn what_was_lost_is_seen() {
    let gone = |place: &'static str, op: &'static str| {
        move |record: &mut Record| {
            for view in 0..3 {
                if let Some(thread) = record.views[view].threads.get_mut(place) {
                    thread.items.retain(|item| item.op != op);
                }
            }
        }
    };
    // A message of the own chat, one of the provider, a note, a whole conversation.
    assert!(broken(gone(CHAT, "c0-3")).contains(&Rule::AckedIsThere));
    assert!(broken(gone(SENT, "w0-2")).contains(&Rule::AckedIsThere));
    assert!(broken(gone(CHAT, "t0-2")).contains(&Rule::AckedIsThere));
    let rules = broken(|record| {
        for view in &mut record.views {
            view.threads.remove(SENT);
        }
    });
    assert!(rules.contains(&Rule::AckedIsThere));
}

#[test]
fn what_was_doubled_is_seen() {
    let rules = broken(|record| {
        for view in 1..3 {
            let thread = thread(record, view, SENT);
            let mut again = thread.items[1].clone();
            (again.seq, again.id) = (6, "id_again".into());
            thread.items.push(again);
        }
    });
    assert!(rules.contains(&Rule::ShownOnce), "{rules:?}");
    let rules = broken(|record| record.taken.push(taken("t1-1")));
    assert_eq!(rules, [Rule::SentOnce]);
    // Unless a person asked for it.
    let rules = broken(|record| {
        record.taken.push(taken("t1-1"));
        record.approved.insert("t1-1".into(), 1);
    });
    assert_eq!(rules, []);
}

#[test]
fn what_was_changed_is_seen() {
    let rules = broken(|r| everywhere(r, "c0-1", |item| item.sha256 = sha256("!")));
    assert!(rules.contains(&Rule::WordsAreTheSame));
    let rules = broken(|r| everywhere(r, "c0-1", |item| item.inbound = false));
    assert!(rules.contains(&Rule::WordsAreTheSame));
    let rules = broken(|r| r.taken[0].sha256 = sha256("!"));
    assert_eq!(rules, [Rule::SentIsKept]);
    let rules = broken(|r| thread(r, 2, CHAT).items[2].id = "id_other".into());
    assert_eq!(rules, [Rule::ViewsAgree]);
}

#[test]
fn what_nobody_may_see_is_seen() {
    let rules = broken(|r| everywhere(r, "c0-3", |item| item.op = "c9-9".into()));
    assert!(rules.contains(&Rule::NothingInvented));
    let rules = broken(|r| everywhere(r, "c0-3", |item| item.op = "c0-4".into()));
    assert!(rules.contains(&Rule::RefusedIsAbsent));
    let rules = broken(|r| thread(r, 1, CHAT).items[5].op = "c0-5".into());
    assert!(rules.contains(&Rule::UnknownIsTheSame), "{rules:?}");
    let rules = broken(|r| {
        let note = item("t0-2", Kind::Note, 5);
        thread(r, 0, CHAT).items.insert(3, note);
    });
    assert!(rules.contains(&Rule::NotesStayInside), "{rules:?}");
    let rules = broken(|r| {
        r.places.insert("c0".into(), SENT.into());
    });
    assert!(rules.contains(&Rule::InItsConversation));
    let rules = broken(|r| r.taken.push(taken("t9-9")));
    assert_eq!(rules, [Rule::SentIsKept]);
}

#[test]
fn disorder_is_seen() {
    let rules = broken(|r| everywhere(r, "c0-3", |item| item.seq = 7));
    assert!(rules.contains(&Rule::NumbersHaveNoGaps) && rules.contains(&Rule::NumberAsAcked));
    let rules = broken(|r| {
        everywhere(r, "c0-1", |item| item.seq = 3);
        everywhere(r, "c0-2", |item| item.seq = 2);
        for view in 0..3 {
            if let Some(thread) = r.views[view].threads.get_mut(CHAT) {
                thread.items.sort_by_key(|item| item.seq);
            }
        }
    });
    for rule in [
        Rule::NumberAsAcked,
        Rule::AuthorsOrder,
        Rule::PastStaysTheSame,
    ] {
        assert!(rules.contains(&rule), "{rule:?} in {rules:?}");
    }
    // The same operation was acknowledged under two numbers.
    let rules = broken(|r| {
        let ack = Outcome::Ack {
            seq: Some(9),
            id: Some("id_c0-1".into()),
        };
        r.ledger.push(outcome("c0-1", 900, ack));
    });
    assert_eq!(rules, [Rule::NumberAsAcked]);
    let rules = broken(|r| {
        r.readings[0].items.remove(3);
    });
    assert!(rules.contains(&Rule::ReadingIsNotStale) && rules.contains(&Rule::NumbersHaveNoGaps));
    let rules = broken(|r| {
        r.readings[0].items.pop();
        r.readings[0].items.pop();
    });
    assert_eq!(rules, [Rule::ReadingIsNotStale]);
}

#[test]
fn untrue_states_are_seen() {
    let state = |op: &'static str, state: &'static str| {
        move |r: &mut Record| everywhere(r, op, |item| item.state = Some(state.into()))
    };
    assert!(broken(state("t1-1", "sent")).contains(&Rule::ReceiptIsKnown));
    assert!(broken(state("t1-1", "queued")).contains(&Rule::NothingIsStuck));
    assert!(broken(state("t1-1", "failed")).contains(&Rule::StateIsTrue));
    let rules = broken(|r| {
        r.taken.remove(0);
    });
    assert_eq!(rules, [Rule::StateIsTrue]);
    let rules = broken(|r| {
        let mut fallen = r.watches[0].events[6].clone();
        fallen.number = 109;
        if let Some(item) = &mut fallen.item {
            item.state = Some("sent".into());
        }
        r.watches[0].events.push(fallen);
    });
    assert_eq!(rules, [Rule::StatesOnlyGrow]);
}

#[test]
fn a_broken_stream_is_seen() {
    let rules = broken(|r| {
        r.watches[0].events.remove(4);
    });
    assert_eq!(rules, [Rule::EventsAreWhole]);
    let rules = broken(|r| r.watches[0].events.swap(2, 3));
    assert_eq!(rules, [Rule::EventsAreWhole]);
    let rules = broken(|r| {
        let again = r.watches[0].events[8].clone();
        r.watches[0].events.push(again);
    });
    assert_eq!(rules, [Rule::EventsAreWhole]);
    let rules = broken(|r| {
        let applied = r.watches[0].threads.get_mut(SENT).unwrap();
        applied.items.pop();
    });
    assert_eq!(rules, [Rule::AppliedIsFetched]);
    let rules = broken(|r| {
        r.watches[0].threads.remove(CHAT);
    });
    assert_eq!(rules, [Rule::AppliedIsFetched]);
    // Who was told to fetch afresh has not applied what came before.
    let rules = broken(|r| {
        r.watches[0].threads.remove(CHAT);
        r.watches[0].resets = 1;
    });
    assert_eq!(rules, []);
}

#[test]
fn untrue_counters_are_seen() {
    for change in [
        |line: &mut Line| line.unread = 3,
        |line: &mut Line| line.last_seq = Some(5),
    ] {
        let rules = broken(|r| {
            for view in 1..3 {
                change(&mut thread(r, view, CHAT).line);
            }
            change(&mut r.watches[0].threads.get_mut(CHAT).unwrap().line);
        });
        assert_eq!(rules, [Rule::CountersAreTrue]);
    }
}
