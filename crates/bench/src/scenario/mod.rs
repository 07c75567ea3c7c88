//! The scenarios. Each alternates its sides round by round and probes the disk around each side.

mod copies;
mod duplicates;
mod fan_out;
mod growth;
mod idle;
mod ingest;
mod pace;
mod postgres;
mod reading;
mod rewrap;

use std::path::PathBuf;

use serde::Serialize;

use crate::error::{Result, failed};
use crate::history::{self, Plan};
use crate::house::DataDirectory;
use crate::limits;
use crate::report::{Report, Round, probe};

/// What all scenarios are told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The release binary under test.
    pub program: PathBuf,
    /// Where filled data directories are kept between runs, on the disk that is measured.
    pub cache: PathBuf,
    pub quick: bool,
    pub rounds: usize,
    /// Conversations of the largest history.
    pub conversations: u64,
    /// Messages of each of them.
    pub messages_each: u64,
}

impl Settings {
    /// A size, and what is left of it in a quick run.
    #[must_use]
    pub const fn size(&self, full: u64, quick: u64) -> u64 {
        if self.quick { quick } else { full }
    }

    /// Where a history of this name lies.
    #[must_use]
    pub fn directory(&self, name: &str) -> PathBuf {
        let kind = if self.quick { "quick" } else { "full" };
        self.cache.join(format!("{kind}-{name}"))
    }

    /// Runs one side of a round between two probes of the disk, and notes it.
    ///
    /// # Errors
    /// What the side says.
    pub async fn round<T: Serialize>(
        &self,
        report: &mut Report,
        (scenario, side, number): (&str, &str, usize),
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let disk_before = limits::fdatasync(&self.cache, probe(self.quick))?;
        let found = work.await?;
        let disk_after = limits::fdatasync(&self.cache, probe(self.quick))?;
        report.rounds.push(Round {
            scenario: scenario.to_owned(),
            side: side.to_owned(),
            number,
            disk_before,
            disk_after,
            found: serde_json::to_value(&found).map_err(|error| failed("noting a round", error))?,
        });
        Ok(found)
    }
}

impl Settings {
    fn largest_plan(&self) -> Plan {
        let contacts = self.size(self.conversations, 1_000);
        Plan {
            contacts,
            long: self.size(10_000, 200),
            ..Plan::of(contacts * self.messages_each)
        }
    }

    /// How many messages the largest history holds, in words.
    #[must_use]
    pub fn largest_in_words(&self) -> String {
        let Plan {
            messages, contacts, ..
        } = self.largest_plan();
        format!(
            "{} stored in {} conversations",
            in_words(messages),
            in_words(contacts)
        )
    }
}

fn in_words(count: u64) -> String {
    match count {
        many if many >= 1_000_000 => format!("{} M", many as f64 / 1e6),
        some if some >= 1_000 => format!("{} k", some as f64 / 1e3),
        few => few.to_string(),
    }
}

/// The largest history: a million conversations unless said otherwise, and one of ten thousand
/// messages.
///
/// # Errors
/// When it cannot be filled.
pub async fn largest(settings: &Settings) -> Result<DataDirectory> {
    let directory = settings.directory("history-largest");
    history::directory(&directory, &settings.largest_plan()).await
}

/// Their names, in the order in which they run.
pub const NAMES: [&str; 10] = [
    "idle",
    "ingest",
    "pace",
    "duplicates",
    "growth",
    "reading",
    "fan-out",
    "postgres",
    "rewrap",
    "copies",
];

/// Runs one scenario.
///
/// # Errors
/// When it cannot be measured, or there is none of this name.
pub async fn run(name: &str, settings: &Settings, report: &mut Report) -> Result<()> {
    println!("── {name}");
    match name {
        "idle" => idle::run(settings, report).await,
        "ingest" => ingest::run(settings, report).await,
        "pace" => pace::run(settings, report).await,
        "duplicates" => duplicates::run(settings, report).await,
        "growth" => growth::run(settings, report).await,
        "reading" => reading::run(settings, report).await,
        "fan-out" => fan_out::run(settings, report).await,
        "postgres" => postgres::run(settings, report).await,
        "rewrap" => rewrap::run(settings, report).await,
        "copies" => copies::run(settings, report).await,
        _ => Err(failed("choosing a scenario", format!("there is no {name}"))),
    }
}
