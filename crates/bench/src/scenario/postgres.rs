//! The same messages on PostgreSQL, with its own processes counted.

use std::path::PathBuf;

use serde::Serialize;

use super::Settings;
use super::ingest::{Ingested, ingest};
use crate::accounting;
use crate::error::{Result, While, failed};
use crate::history::{self, Plan};
use crate::house::{DataDirectory, Server};
use crate::report::{Goal, Report};

const NAME: &str = "postgres";

/// Where a throw-away cluster of the test kit lies: its address names the directory.
fn cluster(url: &str) -> Result<PathBuf> {
    let directory = url
        .split_once('@')
        .and_then(|(_, rest)| rest.split_once('/'))
        .map(|(host, _)| host.replace("%2F", "/"));
    directory
        .filter(|directory| directory.starts_with('/'))
        .map(PathBuf::from)
        .ok_or_else(|| failed("finding PostgreSQL", "it does not listen at a directory"))
}

/// CPU seconds of a PostgreSQL: its first process and all that it started.
fn used(url: &str) -> Result<f64> {
    let doing = "counting PostgreSQL's processes";
    let file = cluster(url)?.join("data/postmaster.pid");
    let text = std::fs::read_to_string(file).doing(doing)?;
    let first = text.lines().next().and_then(|line| line.parse().ok());
    let first: u32 = first.ok_or_else(|| failed(doing, "it has no process"))?;
    accounting::family(first)
}

#[derive(Debug, Clone, Serialize)]
struct Both {
    #[serde(flatten)]
    server: Ingested,
    postgres_cpu_us: f64,
}

async fn on_postgres(
    settings: &Settings,
    data: &DataDirectory,
    url: &str,
    requests: u64,
) -> Result<Both> {
    let server = Server::start(&settings.program, data).await?;
    let before = used(url)?;
    let found = ingest(&server, data, requests).await?;
    let after = used(url)?;
    server.end().await?;
    // The warm-up is counted with it.
    let all = requests + requests / 10;
    Ok(Both {
        server: found,
        postgres_cpu_us: (after - before) * 1e6 / all as f64,
    })
}

async fn on_sqlite(settings: &Settings, data: &DataDirectory, requests: u64) -> Result<Ingested> {
    let server = Server::start(&settings.program, data).await?;
    let found = ingest(&server, data, requests).await?;
    server.end().await?;
    Ok(found)
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let doing = "starting PostgreSQL";
    let database = tokio::task::spawn_blocking(testkit::postgres::database);
    let database = database.await.map_err(|error| failed(doing, error))?;
    let plan = Plan::of(settings.size(20_000, 500));
    let sqlite = history::directory(&settings.directory("history-20k"), &plan).await?;
    let place = tempfile::tempdir_in(&settings.cache).doing("making a directory")?;
    let plan = Plan {
        database: Some(database.url.clone()),
        ..plan
    };
    let postgres = history::directory(&place.path().join("history"), &plan).await?;
    let requests = settings.size(10_000, 300);
    let (mut ours, mut theirs): (Vec<f64>, Vec<Both>) = (Vec::new(), Vec::new());
    for number in 0..settings.rounds {
        let work = on_sqlite(settings, &sqlite, requests);
        let found = settings
            .round(report, (NAME, "sqlite", number), work)
            .await?;
        ours.push(found.cpu_us);
        let work = on_postgres(settings, &postgres, &database.url, requests);
        theirs.push(
            settings
                .round(report, (NAME, "postgres", number), work)
                .await?,
        );
    }
    let all: Vec<f64> = theirs
        .iter()
        .map(|both| both.server.cpu_us + both.postgres_cpu_us)
        .collect();
    let ratios: Vec<f64> = all.iter().zip(&ours).map(|(a, b)| a / b).collect();
    let goal = Some(Goal::AtMost(3.0));
    report.row(
        NAME,
        "CPU a message with PostgreSQL's own ÷ on SQLite",
        "×",
        goal,
        &ratios,
    );
    report.row(NAME, "CPU a message, both processes", "µs", None, &all);
    report.row(NAME, "CPU a message on SQLite", "µs", None, &ours);
    let rate: Vec<f64> = theirs.iter().map(|both| both.server.per_second).collect();
    report.row(NAME, "messages a second on PostgreSQL", "1/s", None, &rate);
    let groups: Vec<f64> = theirs.iter().map(|both| both.server.per_commit).collect();
    report.row(NAME, "messages a commit on PostgreSQL", "", None, &groups);
    Ok(())
}
