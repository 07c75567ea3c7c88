//! A COMMIT of which nobody knows whether it happened: the client asks again with the same id,
//! and there is one message.

use super::{BOTH, Drill, Held};
use crate::error::Result;
use crate::found::Found;
use crate::ledger::{Entry, Outcome};
use crate::plan::Plan;
use crate::promise::Promise;
use crate::round::{Round, Setup};

pub static DRILL: Drill = Drill {
    name: "commits",
    about: "each n-th COMMIT has no known end; the retry with the same id gives one message",
    promises: &[Promise::P1, Promise::P2, Promise::P4],
    engines: BOTH,
    short_on: BOTH,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let mut all = Found::default();
    // In the one case it had happened, in the other it had not; nobody can tell them apart.
    for fault in ["commit_answer_lost@9", "commit_lost@9"] {
        let setup = Setup::default().with_fault(fault);
        let mut round = Round::begin(plan, "commits", setup).await?;
        round.until_acked(plan.times(250, 5_000)).await?;
        round.launch.unset("TRESEN_FAULT");
        round.kill().await?;
        round.start().await?;
        let (mut found, record) = round.finish_with_record().await?;
        let unknown = record.ledger.iter().filter(|entry| {
            matches!(
                entry,
                Entry::Outcome {
                    outcome: Outcome::Unknown { .. },
                    ..
                }
            )
        });
        let unknown = unknown.count() as u64;
        found.faults += unknown;
        found.must(
            unknown > 0,
            format!("{fault}: every answer was known, which proves nothing"),
        );
        all.add(found);
    }
    Ok(all)
}
