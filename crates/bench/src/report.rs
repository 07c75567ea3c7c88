//! What a run found: every round as it was, and the figures that were read off. `docs/performance.md`
//! is made of this and of nothing else.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Result, While, failed};
use crate::figures::{Spread, Times};

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    #[must_use]
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

/// One figure: the median of its rounds, with what it should be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub scenario: String,
    pub name: String,
    pub unit: String,
    pub goal: Option<Goal>,
    pub value: Spread,
    pub rounds: Vec<f64>,
}

/// One round with the limits around it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Round {
    pub scenario: String,
    /// Which of the alternated sides, such as `tresen` or `bare`.
    pub side: String,
    pub number: usize,
    pub disk_before: Times,
    pub disk_after: Times,
    pub found: Value,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Machine {
    pub cores: usize,
    pub processor: String,
    pub memory_gib: f64,
    pub kernel: String,
    /// Load average when the run began: what else ran.
    pub load: String,
}

impl Machine {
    /// This machine.
    #[must_use]
    pub fn here() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_else(|_| String::new());
        let processor = read("/proc/cpuinfo")
            .lines()
            .find_map(|line| {
                Some(
                    line.strip_prefix("model name")?
                        .split_once(':')?
                        .1
                        .trim()
                        .to_owned(),
                )
            })
            .unwrap_or_else(String::new);
        let kib: f64 = read("/proc/meminfo")
            .split_whitespace()
            .nth(1)
            .and_then(|text| text.parse().ok())
            .unwrap_or(0.0);
        Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor,
            memory_gib: (kib / 1_048_576.0 * 10.0).round() / 10.0,
            // What follows the version is the builder's business.
            kernel: read("/proc/sys/kernel/osrelease")
                .trim()
                .split('-')
                .next()
                .map_or_else(String::new, str::to_owned),
            load: read("/proc/loadavg")
                .split_whitespace()
                .take(3)
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

/// When and where a scenario was run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    pub scenario: String,
    /// Milliseconds since 1970.
    pub at: i64,
    pub machine: Machine,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// Tiny sizes: the figures mean nothing.
    pub quick: bool,
    pub runs: Vec<Run>,
    pub rows: Vec<Row>,
    pub rounds: Vec<Round>,
}

impl Report {
    /// Begins a scenario anew: what an earlier run found is forgotten.
    pub fn begin(&mut self, scenario: &str, at: i64) {
        self.runs.retain(|run| run.scenario != scenario);
        self.rows.retain(|row| row.scenario != scenario);
        self.rounds.retain(|round| round.scenario != scenario);
        self.runs.push(Run {
            scenario: scenario.to_owned(),
            at,
            machine: Machine::here(),
        });
    }

    /// Adds a figure; one without a round is left out.
    pub fn row(
        &mut self,
        scenario: &str,
        name: &str,
        unit: &str,
        goal: Option<Goal>,
        rounds: &[f64],
    ) {
        let rounded: Vec<f64> = rounds.iter().map(|value| significant(*value)).collect();
        let Some(value) = Spread::of(&rounded) else {
            return;
        };
        let met = match goal {
            None => "",
            Some(goal) if goal.is_met(value.median) => " ✓",
            Some(_) => " ✗",
        };
        println!(
            "{scenario:<11} {name}: {} {unit} ({} … {}){met}",
            value.median, value.min, value.max
        );
        self.rows.push(Row {
            scenario: scenario.to_owned(),
            name: name.to_owned(),
            unit: unit.to_owned(),
            goal,
            value,
            rounds: rounded,
        });
    }

    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, file: &Path) -> Result<()> {
        let doing = format!("writing {}", file.display());
        let text = serde_json::to_string(self).map_err(|error| failed(&doing, error))?;
        // One round a line: a change to one is a change to one line.
        let text = text
            .replace("\"rows\":[{", "\n\"rows\":[\n{")
            .replace("\"rounds\":[{", "\n\"rounds\":[\n{")
            .replace("},{\"scenario\"", "},\n{\"scenario\"");
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).doing(&doing)?;
        }
        std::fs::write(file, text + "\n").doing(&doing)
    }

    /// # Errors
    /// When it is not there or of another form.
    pub fn read(file: &Path) -> Result<Self> {
        let doing = format!("reading {}", file.display());
        let text = std::fs::read_to_string(file).doing(&doing)?;
        serde_json::from_str(&text).map_err(|error| failed(doing, error))
    }
}

/// Four digits say enough and keep the files small.
fn significant(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// How long a probe of the disk takes.
#[must_use]
pub const fn probe(quick: bool) -> Duration {
    Duration::from_millis(if quick { 50 } else { 1_000 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_survives_its_file() {
        let mut report = Report::default();
        report.row(
            "ingest",
            "messages",
            "1/s",
            Some(Goal::AtLeast(1.0)),
            &[3.0, 1.234_567, 2.0],
        );
        report.row("ingest", "nothing", "1/s", None, &[]);
        report.rounds.push(Round {
            scenario: "ingest".to_owned(),
            side: "bare".to_owned(),
            number: 0,
            disk_before: Times::default(),
            disk_after: Times::default(),
            found: serde_json::json!({ "scenario": "x" }),
        });
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("report.json");
        report.keep(&file).unwrap();
        let back = Report::read(&file).unwrap();
        assert_eq!(back.rows, report.rows);
        assert_eq!(back.rows[0].rounds, [3.0, 1.235, 2.0]);
        assert_eq!(back.rounds[0].found, report.rounds[0].found);
    }

    #[test]
    fn goals_have_a_direction() {
        assert!(Goal::AtMost(2.0).is_met(2.0) && !Goal::AtMost(2.0).is_met(2.1));
        assert!(Goal::AtLeast(2.0).is_met(2.0) && !Goal::AtLeast(2.0).is_met(1.9));
    }
}
