//! The provider is slow, silent, refuses, breaks: nothing is lost, nothing is sent twice, and the
//! own chat goes on meanwhile.

use super::{BOTH, Drill, Held, SQLITE};
use crate::error::Result;
use crate::found::Found;
use crate::load::Shape;
use crate::plan::Plan;
use crate::promise::Promise;
use crate::provider::Behaviour;
use crate::round::{Round, Setup};

pub static DRILL: Drill = Drill {
    name: "provider",
    about: "the provider is slow, answers 429 and 5xx, breaks connections, takes messages and \
            does not say so",
    promises: &[Promise::P5, Promise::P9, Promise::P10, Promise::P18],
    engines: BOTH,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

pub static SILENCE: Drill = Drill {
    name: "silence",
    about: "the provider is a black hole: the house waits for its answers to the end, and goes on",
    promises: &[Promise::P5, Promise::P9, Promise::P18],
    engines: BOTH,
    short_on: &[],
    hold: |plan: &Plan| -> Held<'_> { Box::pin(silence(plan)) },
};

/// Many customers of the provider, so that many messages go out within its pace.
fn lively() -> Shape {
    Shape {
        contacts: 24,
        customers: 4,
        ..Shape::default()
    }
}

async fn hold(plan: &Plan) -> Result<Found> {
    let setup = Setup::default().with_shape(lively());
    let mut round = Round::begin(plan, "provider", setup).await?;
    round.until_acked(40).await?;
    for _ in 0..plan.times(1, 20) {
        for behaviour in [
            Behaviour::Slow { ms: 700 },
            Behaviour::Status(429),
            Behaviour::Status(503),
            Behaviour::Breaks,
            Behaviour::TakesAndBreaks,
        ] {
            round.provider.next(&[behaviour; 4]);
            // The own chat and the callbacks do not wait for the provider.
            round.until_acked(60).await?;
        }
    }
    round.provider.behave(Behaviour::Good);
    finish(round).await
}

async fn silence(plan: &Plan) -> Result<Found> {
    let setup = Setup::default().with_shape(lively());
    let mut round = Round::begin(plan, "silence", setup).await?;
    round.until_acked(40).await?;
    for behaviour in [Behaviour::BlackHole, Behaviour::TakesSilently] {
        round.provider.next(&[behaviour; 8]);
        round.until_acked(400).await?;
    }
    round.provider.behave(Behaviour::Good);
    finish(round).await
}

async fn finish(round: Round<'_>) -> Result<Found> {
    let (mut found, record) = round.finish_with_record().await?;
    found.figure("taken by the provider", record.taken.len() as f64);
    Ok(found)
}
