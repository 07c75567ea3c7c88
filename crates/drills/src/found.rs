//! What a drill found, and how it is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::check::{Harm, Rule, Violation, harms};
use crate::error::{Result, While, failed};
use crate::plan::{Engine, Form};
use crate::promise::Promise;

/// Violations that are told; more of the same say nothing new.
const TOLD_MAX: usize = 20;

/// What a drill counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Operations that were acknowledged.
    pub acked: u64,
    /// Faults that were injected.
    pub faults: u64,
    pub lost: u64,
    pub doubled: u64,
    pub reordered: u64,
    pub corrupt: u64,
    /// Whatever else did not go as it must, in sentences.
    pub complaints: Vec<String>,
    /// How often each rule was broken.
    pub broken: BTreeMap<Rule, u64>,
    /// The first of the violations.
    pub violations: Vec<Violation>,
    /// Milliseconds from the start of the process to the first good answer, the longest and all
    /// of them together.
    pub recovery_ms_max: u64,
    pub recoveries: u64,
    pub recovery_ms_sum: u64,
    /// Further figures by name.
    pub figures: BTreeMap<String, f64>,
    /// Why it could not be held here, where that is no failure.
    pub skipped: Option<String>,
}

impl Found {
    pub fn judge(&mut self, violations: Vec<Violation>) {
        let harms = harms(&violations);
        let of = |harm: Harm| harms.get(&harm).copied().unwrap_or(0);
        self.lost += of(Harm::Lost);
        self.doubled += of(Harm::Doubled);
        self.reordered += of(Harm::Reordered);
        self.corrupt += of(Harm::Corrupt);
        for violation in &violations {
            *self.broken.entry(violation.rule).or_default() += 1;
        }
        let room = TOLD_MAX.saturating_sub(self.violations.len());
        self.violations.extend(violations.into_iter().take(room));
    }

    pub const fn recovered_after(&mut self, milliseconds: u64) {
        self.recoveries += 1;
        self.recovery_ms_sum += milliseconds;
        if milliseconds > self.recovery_ms_max {
            self.recovery_ms_max = milliseconds;
        }
    }

    /// Something that must hold, beside the rules of the checker.
    pub fn must(&mut self, holds: bool, complaint: impl Into<String>) {
        if !holds {
            self.complaints.push(complaint.into());
        }
    }

    pub fn figure(&mut self, name: &str, value: f64) {
        self.figures.insert(name.to_owned(), value);
    }

    /// Adds what another story of the same drill found.
    pub fn add(&mut self, other: Self) {
        self.acked += other.acked;
        self.faults += other.faults;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
        self.corrupt += other.corrupt;
        self.complaints.extend(other.complaints);
        for (rule, times) in other.broken {
            *self.broken.entry(rule).or_default() += times;
        }
        let room = TOLD_MAX.saturating_sub(self.violations.len());
        self.violations
            .extend(other.violations.into_iter().take(room));
        self.recovery_ms_max = self.recovery_ms_max.max(other.recovery_ms_max);
        self.recoveries += other.recoveries;
        self.recovery_ms_sum += other.recovery_ms_sum;
        self.figures.extend(other.figures);
        self.skipped = self.skipped.take().or(other.skipped);
    }

    #[must_use]
    pub fn holds(&self) -> bool {
        self.lost + self.doubled + self.reordered + self.corrupt == 0 && self.complaints.is_empty()
    }
}

/// One drill's last run, kept for `docs/guarantees.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub drill: String,
    pub engine: Engine,
    pub form: Form,
    pub promises: Vec<Promise>,
    pub seed: u64,
    /// When, as `2026-11-30`.
    pub date: String,
    pub seconds: f64,
    pub found: Found,
}

fn path(results: &Path, drill: &str, engine: Engine, form: Form) -> PathBuf {
    let form = match form {
        Form::Short => "short",
        Form::Long => "long",
    };
    results.join(format!("{drill}.{}.{form}.json", engine.as_str()))
}

impl Outcome {
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, results: &Path) -> Result<()> {
        let doing = "keeping a result";
        std::fs::create_dir_all(results).doing(doing)?;
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(doing, error))?;
        let path = path(results, &self.drill, self.engine, self.form);
        std::fs::write(path, text + "\n").doing(doing)
    }
}

/// All results that are kept.
///
/// # Errors
/// When they cannot be read.
pub fn read_all(results: &Path) -> Result<Vec<Outcome>> {
    let doing = "reading results";
    let mut all = Vec::new();
    for entry in std::fs::read_dir(results).doing(doing)? {
        let path = entry.doing(doing)?.path();
        if path.extension().is_some_and(|end| end == "json") {
            let text = std::fs::read_to_string(&path).doing(doing)?;
            all.push(serde_json::from_str(&text).map_err(|error| failed(doing, error))?);
        }
    }
    Ok(all)
}

/// The day of a moment, in the calendar that everybody uses.
#[must_use]
pub fn date_of(unix_s: u64) -> String {
    let seconds = i64::try_from(unix_s).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_else(|_| "at no time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        for (second, date) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_795_996_800, "2026-11-30"),
            (1_798_761_599, "2026-12-31"),
        ] {
            assert_eq!(date_of(second), date);
        }
    }

    #[test]
    fn results_are_kept_and_read() {
        let place = tempfile::tempdir().unwrap();
        let mut found = Found::default();
        found.recovered_after(200);
        found.recovered_after(100);
        found.must(false, "it did not hold");
        assert!(!found.holds());
        let outcome = Outcome {
            drill: "kills".into(),
            engine: Engine::Sqlite,
            form: Form::Short,
            promises: vec![Promise::P1],
            seed: 7,
            date: date_of(0),
            seconds: 1.5,
            found,
        };
        outcome.keep(place.path()).unwrap();
        assert_eq!(read_all(place.path()).unwrap(), [outcome]);
    }
}
