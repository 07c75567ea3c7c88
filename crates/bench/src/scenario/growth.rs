//! Whether a message costs more when many lie behind it.

use std::path::Path;

use super::Settings;
use super::ingest::{Ingested, ingest, order};
use crate::bodies::Writers;
use crate::error::{Result, While};
use crate::history::{self, Plan};
use crate::house::{DataDirectory, Server};
use crate::report::{Goal, Report};

const NAME: &str = "growth";

/// A copy, for a history that measuring would make longer by a multiple.
fn copy(data: &DataDirectory, to: &Path) -> Result<DataDirectory> {
    let doing = "copying a history";
    let mut folders = vec![(data.path.clone(), to.to_owned())];
    while let Some((from, to)) = folders.pop() {
        std::fs::create_dir_all(&to).doing(doing)?;
        for entry in std::fs::read_dir(&from).doing(doing)? {
            let entry = entry.doing(doing)?;
            let target = to.join(entry.file_name());
            if entry.file_type().doing(doing)?.is_dir() {
                folders.push((entry.path(), target));
            } else {
                std::fs::copy(entry.path(), &target).doing(doing)?;
            }
        }
    }
    Ok(DataDirectory {
        path: to.to_owned(),
        contents: data.contents.clone(),
    })
}

async fn once(settings: &Settings, data: &DataDirectory, everybody: bool) -> Result<Ingested> {
    let server = Server::start(&settings.program, data).await?;
    let requests = settings.size(20_000, 500);
    let found = if everybody {
        let mut order = order(&server, data, requests);
        order.writers = Writers {
            contacts: data.contents.contacts,
            active: data.contents.contacts,
        };
        super::ingest::ingest_by(&server, &order).await?
    } else {
        ingest(&server, data, requests).await?
    };
    server.end().await?;
    Ok(found)
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let small = Plan::of(settings.size(10_000, 1_000));
    let small = history::directory(&settings.directory("history-10k"), &small).await?;
    let middle = Plan::of(settings.size(1_000_000, 2_000));
    let middle = history::directory(&settings.directory("history-1m"), &middle).await?;
    let large = super::largest(settings).await?;
    let mut cost: [Vec<f64>; 4] = Default::default();
    for number in 0..settings.rounds {
        let place = tempfile::tempdir_in(&settings.cache).doing("making a directory")?;
        let fresh = copy(&small, &place.path().join("history"))?;
        for (at, (side, data, everybody)) in [
            ("10k", &fresh, false),
            ("1m", &middle, false),
            ("largest", &large, false),
            ("largest, everybody writes", &large, true),
        ]
        .into_iter()
        .enumerate()
        {
            let work = once(settings, data, everybody);
            let found = settings.round(report, (NAME, side, number), work).await?;
            cost[at].push(found.cpu_us);
        }
    }
    let [small, middle, large, everybody] = &cost;
    let ratio = |of: &[f64]| -> Vec<f64> { of.iter().zip(small).map(|(a, b)| a / b).collect() };
    let goal = Some(Goal::AtMost(1.25));
    let name = "CPU a message";
    report.row(
        NAME,
        &format!("{name}, 1 M stored ÷ 10 k"),
        "×",
        goal,
        &ratio(middle),
    );
    let most = settings.largest_in_words();
    report.row(
        NAME,
        &format!("{name}, {most} ÷ 10 k"),
        "×",
        goal,
        &ratio(large),
    );
    report.row(NAME, &format!("{name}, 10 k stored"), "µs", None, small);
    report.row(NAME, &format!("{name}, 1 M stored"), "µs", None, middle);
    report.row(NAME, &format!("{name}, {most}"), "µs", None, large);
    report.row(
        NAME,
        &format!("{name}, {most}, any contact writes"),
        "µs",
        None,
        everybody,
    );
    Ok(())
}
