//! The checker is checked: a server with a planted mistake must be found out, each time. A run
//! in which one is not seen proves nothing about all the others.

use super::{Drill, Held, SQLITE};
use crate::check::Rule;
use crate::error::Result;
use crate::found::Found;
use crate::load::Shape;
use crate::moment;
use crate::plan::Plan;
use crate::round::{Round, Setup};

/// A planted mistake, and the rules of which at least one must see it.
struct Mutant {
    name: &'static str,
    seen_by: &'static [Rule],
    /// What else must happen for it to show.
    with: With,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum With {
    Nothing,
    /// Those who watch come and go.
    Leaving,
}

const fn mutant(name: &'static str, seen_by: &'static [Rule]) -> Mutant {
    Mutant {
        name,
        seen_by,
        with: With::Nothing,
    }
}

const MUTANTS: [Mutant; 18] = [
    mutant("ack_before_commit", &[Rule::AckedIsThere]),
    mutant("dedup_dropped", &[Rule::ShownOnce]),
    mutant("client_id_dropped", &[Rule::ShownOnce]),
    mutant("number_reused", &[Rule::NumbersHaveNoGaps]),
    mutant("number_skipped", &[Rule::NumbersHaveNoGaps]),
    mutant("feed_gap", &[Rule::AppliedIsFetched]),
    Mutant {
        name: "resume_loses_event",
        seen_by: &[Rule::EventsAreWhole],
        with: With::Leaving,
    },
    mutant(
        "status_falls",
        &[Rule::StatesOnlyGrow, Rule::ReceiptIsKnown],
    ),
    mutant("words_changed", &[Rule::WordsAreTheSame]),
    mutant("receipt_lost", &[Rule::ReceiptIsKnown]),
    mutant("reordered_read", &[Rule::NumberAsAcked, Rule::AuthorsOrder]),
    mutant("delivery_forgotten", &[Rule::NothingIsStuck]),
    mutant("unread_miscounted", &[Rule::CountersAreTrue]),
    mutant("sent_twice", &[Rule::SentOnce]),
    mutant("send_skipped", &[Rule::StateIsTrue]),
    mutant("callback_dropped", &[Rule::AckedIsThere]),
    mutant("refused_yet_kept", &[Rule::RefusedIsAbsent]),
    mutant("note_leaks", &[Rule::NotesStayInside]),
];

/// Promises that a mutant hears before it is judged for the first time.
const ACKED: u64 = 260;
/// A mistake that shows in one of many messages can hide in a short story by chance; it gets longer
/// ones before anybody says that it cannot be seen.
const TRIES: u64 = 4;

pub static DRILL: Drill = Drill {
    name: "mutants",
    about: "eighteen mistakes planted in the server, each of which the checker must see",
    promises: &[],
    engines: SQLITE,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let mut all = Found::default();
    for mutant in &MUTANTS {
        let is_seen = |found: &Found| {
            let mut rules = mutant.seen_by.iter();
            rules.any(|rule| found.broken.contains_key(rule))
        };
        let mut found = live(plan, mutant, ACKED).await?;
        for longer in 2..=TRIES {
            if is_seen(&found) {
                break;
            }
            found = live(plan, mutant, ACKED * longer).await?;
        }
        let seen = is_seen(&found);
        all.faults += 1;
        all.must(
            seen,
            format!(
                "nobody saw {}; what was seen instead: {:?} {:?}",
                mutant.name, found.broken, found.complaints
            ),
        );
    }
    all.figure("mutants", MUTANTS.len() as f64);
    Ok(all)
}

async fn live(plan: &Plan, mutant: &Mutant, acked: u64) -> Result<Found> {
    let setup = Setup {
        give_up_ms: 2_000,
        rest_ms: 1_500,
        ..Setup::default()
    };
    let shape = Shape {
        pause_ms: 5,
        doubled_percent: 40,
        ..Shape::default()
    };
    let setup = setup.with_fault(mutant.name).with_shape(shape);
    let name = format!("{}-{acked}", mutant.name);
    let mut round = Round::begin(plan, &name, setup).await?;
    match mutant.with {
        With::Nothing => {}
        With::Leaving => {
            round.until_acked(acked / 2).await?;
            round.watchers_leave();
            moment::pause(500).await;
        }
    }
    round.until_acked(acked).await?;
    round.finish().await
}
