//! The server has 256 MB and no more: load, uploads of pictures and many live sockets must fit.

use std::path::{Path, PathBuf};

use futures_util::future::join_all;

use super::{Drill, Held, SQLITE};
use crate::client::Told;
use crate::error::{Result, While, failed};
use crate::found::Found;
use crate::plan::Plan;
use crate::promise::Promise;
use crate::round::{Round, Setup};
use crate::uploads;

const LIMIT_BYTES: u64 = 256 << 20;

pub static DRILL: Drill = Drill {
    name: "memory",
    about: "256 MB for the server under load with uploads and customers who watch: nobody is \
            killed for memory",
    promises: &[Promise::P1, Promise::P12],
    engines: SQLITE,
    short_on: &[],
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let group = match Group::new(LIMIT_BYTES) {
        Ok(group) => group,
        Err(error) => {
            return Ok(Found {
                skipped: Some(error.to_string()),
                ..Found::default()
            });
        }
    };
    let words = group.words();
    let setup = Setup {
        launch: Box::new(move |launch| launch.prefix = words),
        ..Setup::default()
    };
    let mut round = Round::begin(plan, "memory", setup).await?;
    round.until_acked(40).await?;
    let crowd = uploads::watchers(&round, plan.times(200, 1_000)).await?;
    for _ in 0..plan.times(3, 60) {
        let at_once = (0..6).map(|number| uploads::picture(&round, number));
        let answers = join_all(at_once).await;
        let taken = answers.iter().filter(|told| told.status() == Some(201));
        let taken = taken.count();
        let shed = answers
            .iter()
            .filter(|told| matches!(told.status(), Some(429 | 503 | 507 | 409)));
        let shed = shed.count();
        let statuses: Vec<_> = answers.iter().map(Told::status).collect();
        round.found.must(
            taken + shed == answers.len(),
            format!("pictures were neither taken nor put off: {statuses:?}"),
        );
        round.found.faults += 1;
        round.until_acked(100).await?;
    }
    let (killed, most) = (group.killed()?, group.most()?);
    round
        .found
        .must(killed == 0, "the server was killed for memory");
    round
        .found
        .figure("memory MB at most", most as f64 / f64::from(1 << 20));
    round
        .found
        .figure("customers who watch", crowd.len() as f64);
    let found = round.finish().await?;
    drop(crowd);
    Ok(found)
}

/// A control group with a limit; of either version, whichever is there.
struct Group {
    at: PathBuf,
    unified: bool,
}

impl Group {
    fn new(bytes: u64) -> Result<Self> {
        let doing = "limiting memory";
        let name = format!("tresen-drill-{}", std::process::id());
        let old = Path::new("/sys/fs/cgroup/memory");
        let new = Path::new("/sys/fs/cgroup");
        let unified = !old.join("memory.limit_in_bytes").is_file();
        let at = if unified { new } else { old }.join(name);
        std::fs::create_dir(&at).doing(doing)?;
        let group = Self { at, unified };
        let limit = if unified {
            "memory.max"
        } else {
            "memory.limit_in_bytes"
        };
        std::fs::write(group.at.join(limit), bytes.to_string()).doing(doing)?;
        Ok(group)
    }

    /// Joins the group and becomes what stands behind.
    fn words(&self) -> Vec<String> {
        let join = format!(
            "echo $$ > {}/cgroup.procs && exec \"$@\"",
            self.at.display()
        );
        ["sh", "-c", &join, "sh"].map(str::to_owned).to_vec()
    }

    fn killed(&self) -> Result<u64> {
        let name = if self.unified {
            "memory.events"
        } else {
            "memory.oom_control"
        };
        let text = self.read(name)?;
        text.lines()
            .find_map(|line| line.strip_prefix("oom_kill "))
            .and_then(|number| number.trim().parse().ok())
            .ok_or_else(|| failed("asking who was killed", "it is not told"))
    }

    fn most(&self) -> Result<u64> {
        let name = if self.unified {
            "memory.peak"
        } else {
            "memory.max_usage_in_bytes"
        };
        let text = self.read(name)?;
        let number = text.trim().parse();
        number.map_err(|error| failed("asking how much was used", error))
    }

    fn read(&self, name: &str) -> Result<String> {
        std::fs::read_to_string(self.at.join(name)).doing("reading about memory")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Empty when the server has ended; if not, it stays, and there is nobody to tell.
        _ = std::fs::remove_dir(&self.at);
    }
}
