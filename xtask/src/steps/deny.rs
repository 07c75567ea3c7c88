//! Licences, bans, sources and advisories of all dependencies, by `cargo-deny`.

use std::path::PathBuf;

use crate::place::Place;
use crate::process::{self, Failure};
use crate::schedule::{Log, Verdict};

const VERSION: &str = "0.20.2";

/// Everything that needs no network.
pub fn check(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    install(place, log)?;
    deny(
        place,
        log,
        &["--locked", "check", "bans", "licenses", "sources"],
    )?;
    Ok(Verdict::Checked)
}

/// The advisories live in a repository of their own. Where it cannot be reached, that is said and
/// everything else still counts; a public CI reaches it.
pub fn check_advisories(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    if deny(place, log, &["fetch", "db"]).is_err() {
        return Ok(Verdict::Skipped(
            "the advisory database cannot be reached from here".to_owned(),
        ));
    }
    deny(
        place,
        log,
        &["--locked", "check", "--disable-fetch", "advisories"],
    )?;
    Ok(Verdict::Checked)
}

fn tool(place: &Place) -> PathBuf {
    place.cache.join("bin/cargo-deny")
}

fn deny(place: &Place, log: &Log, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = place.command(tool(place));
    process::run_by_line(command.args(arguments), |line| log.line(line))
}

/// Built once and kept in the cache; its own target directory keeps it out of cargo's way.
fn install(place: &Place, log: &Log) -> Result<(), Failure> {
    let version = process::output(place.command(tool(place)).arg("--version"));
    if version.is_ok_and(|version| version.trim().ends_with(VERSION)) {
        return Ok(());
    }
    let build = place.cache.join("tools-target");
    process::run_by_line(
        place
            .cargo()
            .args([
                "install",
                "cargo-deny",
                "--locked",
                "--version",
                VERSION,
                "--root",
            ])
            .arg(&place.cache)
            .env("CARGO_TARGET_DIR", &build),
        |line| log.line(line),
    )?;
    // Half a gigabyte that nobody needs again; if it stays, that is no failure.
    _ = std::fs::remove_dir_all(&build);
    Ok(())
}
