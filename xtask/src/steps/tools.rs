//! Checkers that cargo builds from their published sources, once, into the cache.

use std::path::PathBuf;

use crate::place::Place;
use crate::process::{self, Failure};
use crate::schedule::{Log, Verdict};

/// Name of the package and of its program, and the version.
type Tool = (&'static str, &'static str, &'static str);

const DENY: Tool = ("cargo-deny", "cargo-deny", "0.20.2");
/// As in `crates/bench/Cargo.toml`: the runner and the library must be of one version.
const COUNTER: Tool = ("gungraun-runner", "gungraun-runner", "0.20.0");
const ALL: [Tool; 2] = [DENY, COUNTER];

pub fn deny(place: &Place) -> PathBuf {
    program(place, DENY)
}

pub fn counter(place: &Place) -> PathBuf {
    program(place, COUNTER)
}

fn program(place: &Place, (_, program, _): Tool) -> PathBuf {
    place.cache.join("bin").join(program)
}

/// Built together, so that what both stand on is built once; its own target directory keeps them
/// out of cargo's way.
pub fn install(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    let listed = process::output(
        place
            .cargo()
            .args(["install", "--list", "--root"])
            .arg(&place.cache),
    )?;
    let is_there = |tool: &Tool| {
        let (package, _, version) = tool;
        program(place, *tool).is_file() && listed.contains(&format!("{package} v{version}:"))
    };
    if ALL.iter().all(is_there) {
        return Ok(Verdict::Checked);
    }
    let build = place.cache.join("tools-target");
    let mut command = place.cargo();
    command
        // They run for seconds; optimising them would take minutes.
        .args(["install", "--locked", "--debug", "--root"])
        .arg(&place.cache)
        .args(ALL.map(|(package, _, version)| format!("{package}@{version}")))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", "false")
        .env("CARGO_PROFILE_DEV_OVERFLOW_CHECKS", "false")
        .env("CARGO_TARGET_DIR", &build);
    process::run_by_line(&mut command, |line| log.line(line))?;
    // Half a gigabyte that nobody needs again; if it stays, that is no failure.
    _ = std::fs::remove_dir_all(&build);
    Ok(Verdict::Checked)
}
