//! Durable ingest of signed callbacks, 64 in flight, beside the bare writer thread that commits the
//! same rows.

use serde::Serialize;

use super::Settings;
use crate::bare::{Committed, Rows};
use crate::bodies::Writers;
use crate::error::Result;
use crate::history::{self, Plan};
use crate::house::{DataDirectory, Server};
use crate::load::{self, Order, Outcome, Pace};
use crate::moment;
use crate::report::{Goal, Report};
use crate::wire::metric;

const NAME: &str = "ingest";
pub const IN_FLIGHT: usize = 64;
/// Contacts that write while it is measured.
pub const ACTIVE: u64 = 2_000;

/// What ingest cost in one round.
#[derive(Debug, Clone, Serialize)]
pub struct Ingested {
    #[serde(flatten)]
    pub outcome: Outcome,
    pub per_second: f64,
    pub cpu_us: f64,
    pub per_commit: f64,
}

/// New callbacks for a running server, in a closed loop.
#[must_use]
pub fn order(server: &Server, data: &DataDirectory, requests: u64) -> Order {
    Order {
        address: server.address,
        path: data.callback_path(),
        pace: Pace::InFlight(IN_FLIGHT),
        requests,
        warm_up: requests / 10,
        writers: Writers {
            contacts: data.contents.contacts,
            active: ACTIVE,
        },
        run: format!("{:x}", moment::unix_ms()),
        at: moment::unix_ms() / 1_000,
        server: server.process,
    }
}

/// Sends them.
///
/// # Errors
/// When one is refused.
pub async fn ingest(server: &Server, data: &DataDirectory, requests: u64) -> Result<Ingested> {
    ingest_by(server, &order(server, data, requests)).await
}

/// The same with an order of one's own.
///
/// # Errors
/// When one is refused.
pub async fn ingest_by(server: &Server, order: &Order) -> Result<Ingested> {
    let batches = |at| metric(at, "tresen_db_batches_total", "committed");
    let commits = |at| metric(at, "tresen_db_commits_total", "");
    let before = (
        batches(server.address).await?,
        commits(server.address).await?,
    );
    let outcome = load::order(order).await?;
    let after = (
        batches(server.address).await?,
        commits(server.address).await?,
    );
    Ok(Ingested {
        per_second: outcome.per_second(),
        cpu_us: outcome.cpu_per_message(),
        per_commit: (after.0 - before.0) / (after.1 - before.1).max(1.0),
        outcome,
    })
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let plan = Plan::of(settings.size(1_000_000, 2_000));
    let data = history::directory(&settings.directory("history-1m"), &plan).await?;
    let requests = settings.size(20_000, 500);
    let (mut ours, mut bare): (Vec<Ingested>, Vec<Committed>) = (Vec::new(), Vec::new());
    for number in 0..settings.rounds {
        let server = Server::start(&settings.program, &data).await?;
        let work = ingest(&server, &data, requests);
        ours.push(
            settings
                .round(report, (NAME, "tresen", number), work)
                .await?,
        );
        server.end().await?;
        let rows = Rows::newest(&data.path.join("tresen.db"), requests)?;
        let work = async { rows.commit(&settings.cache, IN_FLIGHT) };
        bare.push(settings.round(report, (NAME, "bare", number), work).await?);
    }
    let ratios: Vec<f64> = ours
        .iter()
        .zip(&bare)
        .map(|(ours, bare)| ours.per_second / bare.per_second())
        .collect();
    let each = |read: fn(&Ingested) -> f64| ours.iter().map(read).collect::<Vec<_>>();
    report.row(
        NAME,
        "messages a second, against the bare writer thread",
        "×",
        Some(Goal::AtLeast(0.6)),
        &ratios,
    );
    report.row(
        NAME,
        "CPU of the server a message",
        "µs",
        Some(Goal::AtMost(120.0)),
        &each(|round| round.cpu_us),
    );
    report.row(
        NAME,
        "messages a commit",
        "",
        Some(Goal::AtLeast(30.0)),
        &each(|round| round.per_commit),
    );
    report.row(
        NAME,
        "messages a second",
        "1/s",
        None,
        &each(|round| round.per_second),
    );
    let bare: Vec<f64> = bare.iter().map(Committed::per_second).collect();
    report.row(NAME, "bare writer, messages a second", "1/s", None, &bare);
    let load = |round: &Ingested| round.outcome.load_cpu * 1e6 / round.outcome.requests as f64;
    report.row(
        NAME,
        "CPU of the load a message",
        "µs",
        None,
        &ours.iter().map(load).collect::<Vec<_>>(),
    );
    Ok(())
}
