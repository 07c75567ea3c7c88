//! Instructions of the way in, counted by valgrind through `gungraun`: a gate that a busy machine
//! does not move. It is counted on the development build, which is there already: what matters is
//! that a number grew, and compiling everything a third time took longer than all the counting.

use std::path::PathBuf;

use crate::drill;
use crate::place::Place;
use crate::process::{self, Failure};
use crate::schedule::{Log, Verdict};

/// As in `crates/bench/Cargo.toml`: the runner and the library must be of one version.
const VERSION: &str = "0.20.0";

pub fn check(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    let mut command = place.linting_cargo()?;
    command
        .args([
            "bench",
            "--workspace",
            "--bench",
            "hot_path",
            "--profile",
            "dev",
            "--locked",
        ])
        .args(drill::FEATURES)
        .env("GUNGRAUN_RUNNER", runner(place))
        .env("GUNGRAUN_COLOR", "never");
    process::run_by_line(&mut command, |line| log.line(line))?;
    Ok(Verdict::Checked)
}

fn runner(place: &Place) -> PathBuf {
    place.cache.join("bin/gungraun-runner")
}

/// Built once and kept in the cache; its own target directory keeps it out of cargo's way.
pub fn install(place: &Place, log: &Log) -> Result<(), Failure> {
    let listed = process::output(
        place
            .cargo()
            .args(["install", "--list", "--root"])
            .arg(&place.cache),
    )?;
    if runner(place).is_file() && listed.contains(&format!("gungraun-runner v{VERSION}:")) {
        return Ok(());
    }
    let build = place.cache.join("tools-target");
    let mut command = place.cargo();
    command
        .args([
            "install",
            "gungraun-runner",
            "--locked",
            // It only starts valgrind and reads what that wrote; optimising it would take minutes.
            "--debug",
            "--version",
            VERSION,
        ])
        .arg("--root")
        .arg(&place.cache)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", &build);
    process::run_by_line(&mut command, |line| log.line(line))?;
    // Nobody needs it again; if it stays, that is no failure.
    _ = std::fs::remove_dir_all(&build);
    Ok(())
}
