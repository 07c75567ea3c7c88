//! What the detectors find, overlook and mistake.

mod corpus;
mod decisions;
mod masking;
mod numbers;
mod random;
mod work;

use super::{Confidence, Finding, Guard, Rule, SectorMode, Settings};

/// What is found in an installation without a sector.
fn found(text: &str) -> Vec<Finding> {
    in_mode(SectorMode::Standard).scan(text).findings
}

fn in_mode(mode: SectorMode) -> Guard {
    Guard::new(Settings {
        mode,
        ..Settings::default()
    })
}

/// The rules that found something, with how sure they are.
fn rules(text: &str) -> Vec<(Rule, Confidence)> {
    found(text)
        .iter()
        .map(|finding| (finding.rule, finding.confidence))
        .collect()
}
