//! What the detectors find, overlook and mistake.

mod numbers;
mod random;

use super::{Confidence, Finding, Guard, Rule, SectorMode};

/// What is found in an installation without a sector.
fn found(text: &str) -> Vec<Finding> {
    Guard::new(SectorMode::Standard).scan(text).findings
}

/// The rules that found something, with how sure they are.
fn rules(text: &str) -> Vec<(Rule, Confidence)> {
    found(text)
        .iter()
        .map(|finding| (finding.rule, finding.confidence))
        .collect()
}
