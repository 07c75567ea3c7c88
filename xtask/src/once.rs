//! What the tests need changes nothing that the program is built from. Cargo compiles a library again
//! for each set of features, and with it everything that stands on it: one feature that only a test
//! asks of a runtime or of a serializer had half the house compiled twice.

use std::collections::BTreeSet;

use crate::drill;
use crate::place::Place;
use crate::process::{self, Failure};

pub fn check(place: &Place) -> Result<(), Failure> {
    let alone = resolved(place, "normal,build")?;
    let tested = resolved(place, "normal,build,dev")?;
    let again = again(&alone, &tested);
    if again.is_empty() {
        return Ok(());
    }
    Err(Failure(format!(
        "the tests ask other features of what the program is built from, so these and all that \
         stand on them are compiled twice: {}. Name the features in crates/testkit/Cargo.toml.",
        again.join(", ")
    )))
}

/// A line `NAME vVERSION FEATURES` for each library of the workspace.
fn resolved(place: &Place, edges: &str) -> Result<String, Failure> {
    let mut tree = place.cargo();
    tree.args(["tree", "--locked", "--workspace", "--edges", edges])
        .args(["--prefix", "none", "--format", "{p} {f}"])
        .args(drill::FEATURES);
    process::output(&mut tree)
}

/// What stands in the first and not in the second.
fn again(alone: &str, tested: &str) -> Vec<String> {
    let lines = |text: &str| -> BTreeSet<String> {
        text.lines()
            .map(|line| line.trim_end_matches("(*)").trim().to_owned())
            .collect()
    };
    lines(alone).difference(&lines(tested)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_only_a_test_asks_for_is_told() {
        let alone = "serde v1.0.0 std (*)\ntokio v1.0.0 net\n";
        let tested = "serde v1.0.0 std\ntokio v1.0.0 net,test-util (*)\nproptest v1.0.0 std\n";
        assert_eq!(again(alone, tested), ["tokio v1.0.0 net"]);
        assert!(again(alone, alone).is_empty());
    }
}
