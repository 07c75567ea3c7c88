//! What a callback costs that came before: providers repeat themselves.

use super::Settings;
use super::ingest::{Ingested, ingest_by, order};
use crate::error::Result;
use crate::history::{self, Plan};
use crate::house::Server;
use crate::report::{Goal, Report};

const NAME: &str = "duplicates";

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let plan = Plan::of(settings.size(1_000_000, 2_000));
    let data = history::directory(&settings.directory("history-1m"), &plan).await?;
    let server = Server::start(&settings.program, &data).await?;
    let (mut new, mut again): (Vec<Ingested>, Vec<Ingested>) = (Vec::new(), Vec::new());
    for number in 0..settings.rounds {
        let order = order(&server, &data, settings.size(20_000, 500));
        let work = ingest_by(&server, &order);
        new.push(settings.round(report, (NAME, "new", number), work).await?);
        let work = ingest_by(&server, &order);
        again.push(
            settings
                .round(report, (NAME, "again", number), work)
                .await?,
        );
    }
    server.end().await?;
    let ratios: Vec<f64> = again
        .iter()
        .zip(&new)
        .map(|(again, new)| again.cpu_us / new.cpu_us)
        .collect();
    report.row(
        NAME,
        "CPU of a repeated callback ÷ CPU of a new one",
        "×",
        Some(Goal::AtMost(0.6)),
        &ratios,
    );
    let cpu: Vec<f64> = again.iter().map(|round| round.cpu_us).collect();
    report.row(NAME, "CPU of a repeated callback", "µs", None, &cpu);
    let rate: Vec<f64> = again.iter().map(|round| round.per_second).collect();
    report.row(NAME, "repeated callbacks a second", "1/s", None, &rate);
    Ok(())
}
