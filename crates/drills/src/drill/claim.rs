//! Two servers on one installation: the second is refused and harms nothing.

use super::{BOTH, Drill, Held, SQLITE};
use crate::error::Result;
use crate::found::Found;
use crate::plan::Plan;
use crate::promise::Promise;
use crate::round::{Round, Setup};
use crate::server::free_port;

pub static DRILL: Drill = Drill {
    name: "two-servers",
    about: "a second server on the same installation is refused, and the first goes on",
    promises: &[Promise::P1, Promise::P3],
    engines: BOTH,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let mut round = Round::begin(plan, "two-servers", Setup::default()).await?;
    for _ in 0..plan.times(2, 50) {
        round.until_acked(20).await?;
        let mut second = round.launch.clone();
        second.listen.set_port(free_port()?);
        round.found.faults += 1;
        match second.try_start().await? {
            Err(status) => {
                let code = status.code();
                round.found.must(
                    code == Some(2),
                    format!("the second server ended with {code:?} and not with 2"),
                );
            }
            Ok(server) => {
                server.kill().await?;
                round.found.must(false, "a second server was let in");
            }
        }
    }
    round.until_acked(20).await?;
    round.finish().await
}
