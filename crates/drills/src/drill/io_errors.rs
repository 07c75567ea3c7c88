//! The disk fails: flushing and writing answer EIO, now and then or each time. What nobody knows
//! is asked for again with the same id, and is there once.

use super::{Drill, Held, SQLITE};
use crate::dice::Dice;
use crate::error::Result;
use crate::found::Found;
use crate::integrity;
use crate::moment;
use crate::plan::Plan;
use crate::preload::{Calls, EIO, FLUSH, WRITE};
use crate::promise::Promise;
use crate::round::{Round, Setup};

pub static DRILL: Drill = Drill {
    name: "io-errors",
    about: "fsync and writing fail with EIO under load, now and then or each time, also across a \
            kill; what nobody knows is asked for again",
    promises: &[Promise::P1, Promise::P2, Promise::P4],
    engines: SQLITE,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

pub static SEEN: Drill = Drill {
    name: "io-errors-are-seen",
    about: "the same with a server that acknowledges what it could not flush: the loss must be seen",
    promises: &[Promise::P1],
    engines: SQLITE,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(must_be_seen(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let calls = Calls::new(&plan.directory("calls")?)?;
    let mut dice = plan.dice("io-errors");
    let before = calls.clone();
    let setup = Setup {
        launch: Box::new(move |launch| before.stand_before(launch)),
        ..Setup::default()
    };
    let mut round = Round::begin(plan, "io-errors", setup).await?;
    round.until_acked(40).await?;
    for turn in 0..plan.times(8, 200) {
        fail_for_a_while(&mut round, &calls, &mut dice, turn).await?;
    }
    let (launch, log) = (round.launch.clone(), round.launch.logged());
    let mut found = round.finish().await?;
    let unknown = log.matches("COMMIT failed").count();
    found.figure("commits of which nobody knew", unknown as f64);
    found.must(unknown > 0, "no COMMIT failed: nothing was drilled");
    integrity::check(&launch.data, &mut found)?;
    Ok(found)
}

async fn must_be_seen(plan: &Plan) -> Result<Found> {
    let calls = Calls::new(&plan.directory("calls")?)?;
    let before = calls.clone();
    let setup = Setup {
        launch: Box::new(move |launch| {
            before.stand_before(launch);
            launch.set("TRESEN_FAULT", "failed_commit_acked");
        }),
        give_up_ms: 2_000,
        rest_ms: 1_500,
        ..Setup::default()
    };
    let mut round = Round::begin(plan, "io-errors-are-seen", setup).await?;
    round.until_acked(40).await?;
    for _ in 0..plan.times(3, 20) {
        calls.fail(round.process(), FLUSH, EIO, 1.0)?;
        moment::pause(300).await;
        calls.heal(round.process(), FLUSH)?;
        moment::pause(300).await;
    }
    let seen = round.finish().await?;
    let mut found = Found {
        acked: seen.acked,
        faults: plan.times(3, 20),
        ..Found::default()
    };
    found.figure("lost by the server that lies", seen.lost as f64);
    found.must(seen.lost > 0, "nobody saw what was acknowledged and lost");
    Ok(found)
}

async fn fail_for_a_while(
    round: &mut Round<'_>,
    calls: &Calls,
    dice: &mut Dice,
    turn: u64,
) -> Result<()> {
    let failing = if turn.is_multiple_of(2) { FLUSH } else { WRITE };
    let probability = *dice.pick(&[0.05, 0.3, 1.0]).unwrap_or(&1.0);
    let process = round.process();
    calls.fail(process, failing, EIO, probability)?;
    round.found.faults += 1;
    moment::pause(dice.between(200, 700)).await;
    if turn % 4 == 2 {
        // Whatever such errors left in the files, a start must be able to read it.
        round.kill().await?;
        round.start().await?;
    } else {
        calls.heal(process, failing)?;
    }
    round.until_acked(30).await
}
