//! How long an answer takes at a fixed rate: an open loop, so that a slow answer is not hidden by
//! the requests that wait behind it.

use super::Settings;
use super::ingest::order;
use crate::error::{Result, failed};
use crate::history::{self, Plan};
use crate::house::{DataDirectory, Server};
use crate::load::{self, Order, Outcome, Pace};
use crate::report::{Goal, Report, Round};

const NAME: &str = "pace";
const RATES: [u32; 3] = [200, 1_000, 2_000];

async fn at_rate(
    settings: &Settings,
    server: &Server,
    data: &DataDirectory,
    rate: u32,
) -> Result<Outcome> {
    let seconds = settings.size(10, 1);
    let order = Order {
        pace: Pace::PerSecond(rate),
        warm_up: u64::from(rate) * seconds / 10,
        ..order(server, data, u64::from(rate) * seconds)
    };
    load::order(&order).await
}

/// Median and 99th percentile of the disk around a round, in microseconds.
fn disk(round: &Round) -> (f64, f64) {
    let mean = |a: u32, b: u32| f64::midpoint(f64::from(a), f64::from(b));
    let (before, after) = (round.disk_before, round.disk_after);
    (mean(before.p50, after.p50), mean(before.p99, after.p99))
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let plan = Plan::of(settings.size(1_000_000, 2_000));
    let data = history::directory(&settings.directory("history-1m"), &plan).await?;
    let server = Server::start(&settings.program, &data).await?;
    let mut found: Vec<(u32, Outcome, (f64, f64))> = Vec::new();
    for number in 0..settings.rounds {
        for rate in RATES {
            let side = format!("{rate}/s");
            let work = at_rate(settings, &server, &data, rate);
            let outcome = settings.round(report, (NAME, &side, number), work).await?;
            let noted = report.rounds.last();
            let noted = noted.ok_or_else(|| failed("reading a round", "it was not noted"))?;
            found.push((rate, outcome, disk(noted)));
        }
    }
    server.end().await?;
    for rate in RATES {
        let of = |read: fn(&Outcome, (f64, f64)) -> f64| -> Vec<f64> {
            let own = found.iter().filter(|(at, _, _)| *at == rate);
            own.map(|(_, outcome, disk)| read(outcome, *disk)).collect()
        };
        report.row(
            NAME,
            &format!("{rate}/s: (median answer − median fdatasync) ÷ median fdatasync"),
            "×",
            Some(Goal::AtMost(1.0)),
            &of(|outcome, (p50, _)| (f64::from(outcome.answers.p50) - p50) / p50),
        );
        report.row(
            NAME,
            &format!("{rate}/s: 99th percentile ÷ that of fdatasync"),
            "×",
            (rate == 1_000).then_some(Goal::AtMost(3.0)),
            &of(|outcome, (_, p99)| f64::from(outcome.answers.p99) / p99),
        );
        for (name, read) in [
            (
                "median answer",
                (|o, _| f64::from(o.answers.p50) / 1e3) as fn(&Outcome, _) -> f64,
            ),
            ("99th percentile", |o, _| f64::from(o.answers.p99) / 1e3),
            ("99.9th percentile", |o, _| f64::from(o.answers.p999) / 1e3),
        ] {
            report.row(NAME, &format!("{rate}/s: {name}"), "ms", None, &of(read));
        }
        report.row(
            NAME,
            &format!("{rate}/s: CPU of the server a message"),
            "µs",
            None,
            &of(|outcome, _| outcome.cpu_per_message()),
        );
    }
    Ok(())
}
