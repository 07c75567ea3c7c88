//! Faults on purpose are for drills. What is released holds none, and that is looked at and not
//! believed.

use std::path::Path;

use crate::drill;
use crate::place::Place;
use crate::process::{self, Failure};

/// Where all names of faults stand.
const NAMES: &str = "crates/db/src/faults.rs";
/// Names are at least so long; shorter words stand in any program.
const NAME_BYTES_MIN: usize = 8;

/// The names, and the variable by which one is armed.
fn names(place: &Place) -> Result<Vec<String>, Failure> {
    let path = place.root.join(NAMES);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::io("reading the faults", &error))?;
    let names = names_in(&text);
    if names.is_empty() {
        return Err(Failure(format!("{NAMES} names no fault any more")));
    }
    Ok(names)
}

/// What stands in quotation marks behind `=>` or `=`.
fn names_in(text: &str) -> Vec<String> {
    let mut names: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| line.contains("=> \"") || line.starts_with("const VARIABLE"))
        .filter_map(|line| line.split('"').nth(1))
        .filter(|name| name.len() >= NAME_BYTES_MIN)
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

fn held(bytes: &[u8], names: &[String]) -> Vec<String> {
    let holds = |name: &&String| {
        let name = name.as_bytes();
        bytes.windows(name.len()).any(|part| part == name)
    };
    names.iter().filter(holds).cloned().collect()
}

/// Fails when a program that is released holds the name of a fault.
pub fn check(place: &Place, program: &Path) -> Result<(), Failure> {
    let names = names(place)?;
    let bytes =
        std::fs::read(program).map_err(|error| Failure::io("reading the program", &error))?;
    let held = held(&bytes, &names);
    if held.is_empty() {
        Ok(())
    } else {
        Err(Failure(format!(
            "{} holds faults on purpose: {}",
            program.display(),
            held.join(", ")
        )))
    }
}

/// The development binary has every name, which shows that they would be found in a release; and
/// the library that holds the faults gets its feature only from who asks for it. The release
/// itself is looked at by [`check`] when one is built: building one here would take minutes.
pub fn check_asked(place: &Place) -> Result<(), Failure> {
    let names = names(place)?;
    let armed = place.binary("tresen");
    let bytes =
        std::fs::read(&armed).map_err(|error| Failure::io("reading the program", &error))?;
    let known = held(&bytes, &names);
    if known != names {
        return Err(Failure(format!(
            "{} should hold every fault, and holds {} of {}",
            armed.display(),
            known.len(),
            names.len()
        )));
    }
    let asked = is_armed(&resolved(place, &drill::FEATURES)?);
    let unasked = is_armed(&resolved(place, &[])?);
    match (asked, unasked) {
        (Some(true), Some(false)) => Ok(()),
        (_, Some(true)) => Err(Failure(
            "a release would hold faults on purpose: some crate turns them on".to_owned(),
        )),
        _ => Err(Failure(
            "it cannot be told whether a release holds faults on purpose".to_owned(),
        )),
    }
}

/// What cargo would build into the program: a line `NAME vVERSION (PATH) FEATURES` for each crate.
fn resolved(place: &Place, features: &[&str]) -> Result<String, Failure> {
    let mut tree = place.cargo();
    tree.args([
        "tree",
        "--locked",
        "--package",
        "tresen",
        "--edges",
        "normal",
    ])
    .args(["--prefix", "none", "--format", "{p} {f}"])
    .args(features);
    process::output(&mut tree)
}

/// Whether the library with the faults is built with them; nothing if it is not built at all.
fn is_armed(tree: &str) -> Option<bool> {
    let mut lines = tree
        .lines()
        .filter(|line| line.starts_with("db v"))
        .peekable();
    lines.peek()?;
    let features = |line: &str| line.rsplit(')').next().unwrap_or_default().to_owned();
    Some(lines.any(|line| features(&line.replace("(*)", "")).contains("faults")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_source_and_found_in_programs() {
        let text = "const VARIABLE: &str = \"THE_VARIABLE\";\n\
            Self::A => \"before_commit\",\n// a \"comment here\"\nSelf::B => \"short\",\n";
        let names = names_in(text);
        assert_eq!(names, ["THE_VARIABLE", "before_commit"]);
        assert_eq!(held(b"..before_commit..", &names), ["before_commit"]);
        assert!(held(b"..before_commi..", &names).is_empty());
    }

    #[test]
    fn faults_are_seen_in_what_cargo_would_build() {
        let armed = "tresen v0.1.0 (/place) faults\ndb v0.1.0 (/place/db) faults (*)\n";
        assert_eq!(is_armed(armed), Some(true));
        assert_eq!(is_armed("db v0.1.0 (/faults/db) \n"), Some(false));
        assert_eq!(is_armed("dbus v0.1.0 (/place/dbus) faults\n"), None);
    }

    /// No crate turns faults on by itself, and none asks another for them but the one that hands
    /// the feature on.
    #[test]
    fn no_manifest_turns_faults_on() {
        let place = Place::here();
        let crates = std::fs::read_dir(place.root.join("crates")).unwrap();
        let manifests = crates.map(|entry| entry.unwrap().path().join("Cargo.toml"));
        let mut found = Vec::new();
        for manifest in manifests.filter(|manifest| manifest.is_file()) {
            let text = std::fs::read_to_string(manifest).unwrap();
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            found.extend(
                lines
                    .filter(|line| line.contains("faults"))
                    .map(str::to_owned),
            );
        }
        found.sort();
        assert_eq!(found, ["faults = [\"db/faults\"]", "faults = []"]);
    }
}
