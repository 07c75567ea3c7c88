//! PostgreSQL is stopped, stopped at once, and killed under load: the house says so meanwhile and
//! goes on by itself when the database is back.

use testkit::postgres::Cluster;

use super::{Drill, Held, POSTGRES};
use crate::error::{Result, failed};
use crate::found::Found;
use crate::moment;
use crate::plan::Plan;
use crate::promise::Promise;
use crate::round::{Round, Setup};

/// From the start of the database to the first good answer of the house.
const RECOVERY_MS_MAX: u64 = 10_000;

pub static DRILL: Drill = Drill {
    name: "database-down",
    about: "PostgreSQL is stopped, stopped at once and killed under load, and started again; the \
            server is left alone",
    promises: &[
        Promise::P1,
        Promise::P2,
        Promise::P3,
        Promise::P4,
        Promise::P5,
        Promise::P7,
        Promise::P18,
    ],
    engines: POSTGRES,
    short_on: POSTGRES,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

#[derive(Debug, Clone, Copy)]
enum End {
    Stopped,
    StoppedAtOnce,
    Killed,
}

async fn hold(plan: &Plan) -> Result<Found> {
    let cluster = Cluster::start();
    let database = cluster.database();
    let setup = Setup {
        database: Some(database.url.clone()),
        ..Setup::default()
    };
    let mut dice = plan.dice("database-down");
    let mut round = Round::begin(plan, "database-down", setup).await?;
    for turn in 0..plan.times(3, 60) {
        round.until_acked(40).await?;
        moment::pause(dice.below(300)).await;
        let end = match turn % 3 {
            0 => End::Stopped,
            1 => End::StoppedAtOnce,
            _ => End::Killed,
        };
        take_away(&cluster, end).await?;
        round.found.faults += 1;
        moment::pause(dice.between(200, 1_500)).await;
        tell_that_it_is_down(&mut round, end).await;
        cluster.restart();
        recover(&mut round).await?;
    }
    round.until_acked(40).await?;
    let mut found = round.finish().await?;
    let slowest = found.recovery_ms_max;
    found.must(
        slowest <= RECOVERY_MS_MAX,
        format!("the house needed {slowest} ms after its database was back"),
    );
    Ok(found)
}

async fn take_away(cluster: &Cluster, end: End) -> Result<()> {
    match end {
        End::Stopped => cluster.stop(),
        End::StoppedAtOnce => cluster.crash(),
        End::Killed => {
            cluster.kill();
            for _ in 0..1_000 {
                if cluster.clear_away() {
                    return Ok(());
                }
                moment::pause(10).await;
            }
            return Err(failed("killing PostgreSQL", "processes of it go on"));
        }
    }
    Ok(())
}

/// While the database is away, the process lives and says that it does not serve.
async fn tell_that_it_is_down(round: &mut Round<'_>, end: End) {
    let nobody = crate::client::Who::Nobody;
    let alive = round.client.get("/healthz", &nobody).await.status();
    let ready = round.client.get("/readyz", &nobody).await.status();
    round
        .found
        .must(alive == Some(200), format!("{end:?}: not alive: {alive:?}"));
    round
        .found
        .must(ready == Some(503), format!("{end:?}: ready: {ready:?}"));
}

async fn recover(round: &mut Round<'_>) -> Result<()> {
    let begun = moment::now();
    let who = round.teammate(0);
    for _ in 0..4_000 {
        let told = round
            .client
            .get("/api/v1/conversations?limit=1", &who)
            .await;
        if told.status() == Some(200) {
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            round.found.recovered_after(took);
            return Ok(());
        }
        moment::pause(5).await;
    }
    Err(failed(
        "coming back",
        "the house does not find its database",
    ))
}
