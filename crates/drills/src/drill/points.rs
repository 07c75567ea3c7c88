//! The process ends at each named place once, in the middle of work, and is started again.

use std::time::Duration;

use super::{BOTH, Drill, Held, SQLITE};
use crate::error::{Result, failed};
use crate::found::Found;
use crate::plan::{Engine, Plan};
use crate::promise::Promise;
use crate::round::{Round, Setup};
use crate::server::was_aborted;

/// Places, and at which visit the process ends. Their meaning stands in `crates/db/src/faults.rs`.
const POINTS: [(&str, u64); 11] = [
    ("mid_group", 25),
    ("before_commit", 15),
    ("after_commit_before_ack", 15),
    ("before_callback_answer", 9),
    ("before_chat_answer", 7),
    ("after_claim", 5),
    ("before_send", 2),
    ("after_provider_ack", 2),
    ("mid_ingest", 2),
    ("before_ingest_close", 2),
    ("before_socket_flush", 12),
];
/// A place that is not reached by then is not reached at all.
const REACHED_WITHIN: Duration = Duration::from_secs(25);

pub static DRILL: Drill = Drill {
    name: "points",
    about: "the process ends at each named place of its own, and is started again",
    promises: &[
        Promise::P1,
        Promise::P2,
        Promise::P3,
        Promise::P4,
        Promise::P5,
        Promise::P7,
        Promise::P9,
    ],
    engines: BOTH,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let mut dice = plan.dice("points");
    let mut round = Round::begin(plan, "points", Setup::default()).await?;
    round.until_acked(30).await?;
    let mut points = POINTS.to_vec();
    if plan.engine == Engine::Sqlite && plan.times(0, 1) == 1 {
        points.push(("before_checkpoint", 1));
    }
    for time in 0..plan.times(1, 20) {
        for (name, visit) in &points {
            // In the short form always the same visit, in the long one another each time.
            let visit = if time == 0 {
                *visit
            } else {
                dice.between(1, 3 * visit)
            };
            end_at(&mut round, name, visit).await?;
        }
    }
    round.launch.unset("TRESEN_FAULT");
    round.kill().await?;
    round.start().await?;
    round.until_acked(20).await?;
    let mut found = round.finish().await?;
    found.figure("places", points.len() as f64);
    Ok(found)
}

/// Starts the server with a place armed, and waits until it has ended there.
async fn end_at(round: &mut Round<'_>, name: &str, visit: u64) -> Result<()> {
    if let Some(server) = round.server.take() {
        server.kill().await?;
    }
    round.launch.set("TRESEN_FAULT", &format!("{name}@{visit}"));
    // It may end before its first good answer: that is no recovery to be measured.
    let started = round.launch.try_start().await?;
    let status = match started {
        Err(status) => Some(status),
        Ok(mut server) => {
            let ended = server.ended_within(REACHED_WITHIN).await?;
            if ended.is_none() {
                round.server = Some(server);
            }
            ended
        }
    };
    let reached = status.is_some_and(was_aborted);
    round.found.faults += u64::from(reached);
    round
        .found
        .must(reached, format!("{name} was never reached: {status:?}"));
    match status {
        Some(status) if !was_aborted(status) => {
            Err(failed(name, format!("the server ended with {status:?}")))
        }
        _ => Ok(()),
    }
}
