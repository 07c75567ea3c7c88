//! SIGKILL at random times under load, and a start on the same data.

use super::{BOTH, Drill, Held};
use crate::error::Result;
use crate::found::Found;
use crate::moment;
use crate::plan::Plan;
use crate::promise::Promise;
use crate::round::{Round, Setup};

/// How long a start may take after a kill, to the first good answer.
pub const RECOVERY_MS_MAX: u64 = 2_000;

pub static DRILL: Drill = Drill {
    name: "kills",
    about: "SIGKILL at random times under load, started again on the same data",
    promises: &[
        Promise::P1,
        Promise::P2,
        Promise::P3,
        Promise::P4,
        Promise::P5,
        Promise::P7,
        Promise::P10,
    ],
    engines: BOTH,
    short_on: BOTH,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let mut dice = plan.dice("kills");
    let mut round = Round::begin(plan, "kills", Setup::default()).await?;
    for _ in 0..plan.times(6, 200) {
        round.until_acked(20).await?;
        moment::pause(dice.below(400)).await;
        round.kill().await?;
        round.start().await?;
    }
    round.until_acked(20).await?;
    let mut found = round.finish().await?;
    let slowest = found.recovery_ms_max;
    found.must(
        slowest <= RECOVERY_MS_MAX,
        format!("a start after a kill took {slowest} ms"),
    );
    Ok(found)
}
