//! What a house costs that nobody uses: memory, time to start, size of the binary.

use std::time::Duration;

use serde::Serialize;

use super::Settings;
use crate::accounting;
use crate::error::{Result, While};
use crate::history::{self, Plan};
use crate::house::{DataDirectory, Server};
use crate::report::{Goal, Report};

const NAME: &str = "idle";
const MIB: f64 = 1_048_576.0;
/// Memory is read when what the start left behind has settled.
const SETTLES: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Serialize)]
struct Started {
    ready_ms: f64,
    resident_mib: f64,
}

async fn start(settings: &Settings, data: &DataDirectory) -> Result<Started> {
    let server = Server::start(&settings.program, data).await?;
    let wait = if settings.quick {
        SETTLES / 10
    } else {
        SETTLES
    };
    tokio::time::sleep(wait).await;
    let memory = accounting::memory(server.process)?;
    let ready_ms = server.ready_after.as_secs_f64() * 1e3;
    server.end().await?;
    Ok(Started {
        ready_ms,
        resident_mib: memory.resident as f64 / MIB,
    })
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let empty = Plan {
        messages: 0,
        ..Plan::of(0)
    };
    let empty = history::directory(&settings.directory("empty"), &empty).await?;
    let full = super::largest(settings).await?;
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for number in 0..settings.rounds {
        let work = start(settings, &empty);
        small.push(
            settings
                .round(report, (NAME, "empty", number), work)
                .await?,
        );
        let work = start(settings, &full);
        large.push(
            settings
                .round(report, (NAME, "largest", number), work)
                .await?,
        );
    }
    let each = |rounds: &[Started], read: fn(&Started) -> f64| -> Vec<f64> {
        rounds.iter().map(read).collect()
    };
    let most_stored = settings.largest_in_words();
    let most = |value| Some(Goal::AtMost(value));
    report.row(
        NAME,
        "start to ready, no message",
        "ms",
        most(100.0),
        &each(&small, |round| round.ready_ms),
    );
    report.row(
        NAME,
        &format!("start to ready, {most_stored}"),
        "ms",
        most(200.0),
        &each(&large, |round| round.ready_ms),
    );
    report.row(
        NAME,
        "memory, no message",
        "MiB",
        most(20.0),
        &each(&small, |round| round.resident_mib),
    );
    report.row(
        NAME,
        &format!("memory, {most_stored}"),
        "MiB",
        None,
        &each(&large, |round| round.resident_mib),
    );
    let size = std::fs::metadata(&settings.program).doing("looking at the binary")?;
    let size = size.len() as f64 / MIB;
    report.row(
        NAME,
        "the binary, with both pages",
        "MiB",
        most(25.0),
        &[size],
    );
    Ok(())
}
