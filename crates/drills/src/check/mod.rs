//! The checker: reads what was seen from outside and says which promise was broken, with the
//! operations it takes to see it. It knows nothing of the house's inside.

mod delivery;
mod live;
mod order;
mod presence;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ledger::{Entry, Intent, Kind, Outcome};
use crate::record::{Item, Reader, Record, View};

/// A promise as the checker asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// What was acknowledged is in every view.
    AckedIsThere,
    /// Nothing is shown twice.
    ShownOnce,
    /// What was refused is nowhere.
    RefusedIsAbsent,
    /// What nobody knows is there or not, the same for everybody.
    UnknownIsTheSame,
    /// Nothing is shown that nobody said.
    NothingInvented,
    /// What is shown is what was said.
    WordsAreTheSame,
    /// It is shown where it was said.
    InItsConversation,
    /// A note is shown to no customer.
    NotesStayInside,
    /// Numbers begin with one and have no gaps.
    NumbersHaveNoGaps,
    /// The number is the one that was acknowledged, however often it was asked for.
    NumberAsAcked,
    /// What one author did is in the order in which it was done.
    AuthorsOrder,
    /// Two readings never disagree about the past.
    PastStaysTheSame,
    /// What was acknowledged before a reading began is in it.
    ReadingIsNotStale,
    /// All readers see the same.
    ViewsAgree,
    /// The states of a delivery never fall.
    StatesOnlyGrow,
    /// The provider was given a message once, and once more for each time a person asked.
    SentOnce,
    /// The provider was given nothing that is not in the house.
    SentIsKept,
    /// What is shown as sent was taken by the provider, and the other way round.
    StateIsTrue,
    /// Nothing waits for ever.
    NothingIsStuck,
    /// What the provider reported is known.
    ReceiptIsKnown,
    /// The events of the house come in order, each once, none left out.
    EventsAreWhole,
    /// What a client made of its events is what there is.
    AppliedIsFetched,
    /// Counters are what can be counted.
    CountersAreTrue,
}

/// What a broken rule means for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    Lost,
    Doubled,
    Reordered,
    Corrupt,
}

impl Rule {
    #[must_use]
    pub const fn harm(self) -> Harm {
        match self {
            Self::AckedIsThere
            | Self::ReadingIsNotStale
            | Self::NothingIsStuck
            | Self::ReceiptIsKnown
            | Self::EventsAreWhole
            | Self::AppliedIsFetched => Harm::Lost,
            Self::ShownOnce | Self::SentOnce => Harm::Doubled,
            Self::NumbersHaveNoGaps
            | Self::NumberAsAcked
            | Self::AuthorsOrder
            | Self::PastStaysTheSame
            | Self::StatesOnlyGrow => Harm::Reordered,
            Self::RefusedIsAbsent
            | Self::UnknownIsTheSame
            | Self::NothingInvented
            | Self::WordsAreTheSame
            | Self::InItsConversation
            | Self::NotesStayInside
            | Self::ViewsAgree
            | Self::SentIsKept
            | Self::StateIsTrue
            | Self::CountersAreTrue => Harm::Corrupt,
        }
    }
}

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    pub rule: Rule,
    /// The operations or conversations it takes to see it.
    pub about: Vec<String>,
    pub told: String,
}

/// What the ledger says about one operation in the end.
#[derive(Debug, Clone)]
pub(crate) struct Op<'a> {
    pub intent: &'a Intent,
    pub acks: Vec<Acked>,
    pub refused: bool,
    pub unknown: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acked {
    pub seq: Option<i64>,
    pub id: Option<String>,
    pub at_us: u64,
}

impl Op<'_> {
    pub fn is_acked(&self) -> bool {
        !self.acks.is_empty()
    }

    /// Refused each time it was asked for.
    pub fn is_refused(&self) -> bool {
        self.refused && !self.unknown && self.acks.is_empty()
    }

    pub fn seq(&self) -> Option<i64> {
        self.acks.iter().find_map(|ack| ack.seq)
    }
}

/// The record with its ledger read.
pub(crate) struct Case<'a> {
    pub record: &'a Record,
    pub ops: BTreeMap<&'a str, Op<'a>>,
}

impl<'a> Case<'a> {
    fn of(record: &'a Record) -> Self {
        let mut ops: BTreeMap<&str, Op<'_>> = BTreeMap::new();
        let mut open: BTreeMap<&str, i64> = BTreeMap::new();
        for entry in &record.ledger {
            match entry {
                Entry::Intent(intent) => {
                    *open.entry(&intent.op).or_default() += 1;
                    ops.entry(&intent.op).or_insert(Op {
                        intent,
                        acks: Vec::new(),
                        refused: false,
                        unknown: false,
                    });
                }
                Entry::Outcome { op, at_us, outcome } => {
                    *open.entry(op).or_default() -= 1;
                    let Some(known) = ops.get_mut(op.as_str()) else {
                        continue;
                    };
                    match outcome {
                        Outcome::Ack { seq, id } => known.acks.push(Acked {
                            seq: *seq,
                            id: id.clone(),
                            at_us: *at_us,
                        }),
                        Outcome::Refused { .. } => known.refused = true,
                        Outcome::Unknown { .. } => known.unknown = true,
                    }
                }
            }
        }
        // An intent without an outcome: whoever sent it died before it heard.
        for (op, _) in open.iter().filter(|(_, open)| **open > 0) {
            if let Some(known) = ops.get_mut(op) {
                known.unknown = true;
            }
        }
        Self { record, ops }
    }

    pub fn place(&self, op: &Op<'_>) -> Option<&'a str> {
        let place = self.record.places.get(&op.intent.place);
        place.map(String::as_str)
    }

    pub fn teammates(&self) -> impl Iterator<Item = &'a View> {
        let views = self.record.views.iter();
        views.filter(|view| view.reader == Reader::Teammate)
    }

    /// What was said, as somebody sees it: everything that names an operation.
    pub fn said(view: &View) -> impl Iterator<Item = (&str, &Item)> {
        view.threads.iter().flat_map(|(conversation, thread)| {
            let items = thread.items.iter();
            items
                .filter(|item| !item.op.is_empty())
                .map(move |item| (conversation.as_str(), item))
        })
    }

    /// Whether this reader should see it if it is there.
    pub fn is_for(&self, view: &View, op: &Op<'_>) -> bool {
        match view.reader {
            Reader::Teammate => true,
            Reader::Customer => {
                op.intent.kind != Kind::Note
                    && self
                        .place(op)
                        .is_some_and(|place| view.threads.contains_key(place))
            }
        }
    }
}

pub(crate) fn found(rule: Rule, about: &[&str], told: impl Into<String>) -> Violation {
    Violation {
        rule,
        about: about.iter().map(|text| (*text).to_owned()).collect(),
        told: told.into(),
    }
}

/// Every promise that was broken, with the smallest account of it.
#[must_use]
pub fn check(record: &Record) -> Vec<Violation> {
    let case = Case::of(record);
    let mut violations = presence::check(&case);
    violations.extend(order::check(&case));
    violations.extend(delivery::check(&case));
    violations.extend(live::check(&case));
    violations.sort();
    violations.dedup();
    violations
}

/// How often something was acknowledged, counting each operation once.
#[must_use]
pub fn acked(record: &Record) -> u64 {
    let case = Case::of(record);
    case.ops.values().filter(|op| op.is_acked()).count() as u64
}

/// Violations by what they mean for people.
#[must_use]
pub fn harms(violations: &[Violation]) -> BTreeMap<Harm, u64> {
    let mut harms = BTreeMap::new();
    for violation in violations {
        *harms.entry(violation.rule.harm()).or_default() += 1;
    }
    harms
}
