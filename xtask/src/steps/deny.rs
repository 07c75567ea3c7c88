//! Licences, bans, sources and advisories of all dependencies, by `cargo-deny`.

use std::path::PathBuf;

use crate::place::Place;
use crate::process::{self, Failure};
use crate::schedule::{Log, Verdict};

const VERSION: &str = "0.20.2";

pub fn check(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    let tool = install(place, log)?;
    let deny = |arguments: &[&str]| {
        process::run_by_line(place.command(&tool).args(arguments), |line| log.line(line))
    };
    deny(&["--locked", "check", "bans", "licenses", "sources"])?;
    // The advisories live in a repository of their own. Where it cannot be reached, that is said
    // and the rest still counts; a public CI reaches it.
    if deny(&["fetch", "db"]).is_err() {
        println!("  the advisory database cannot be reached from here: advisories not checked");
        return Ok(Verdict::Checked);
    }
    deny(&["--locked", "check", "advisories"])?;
    Ok(Verdict::Checked)
}

/// Built once and kept in the cache; its own target directory keeps it out of cargo's way.
fn install(place: &Place, log: &Log) -> Result<PathBuf, Failure> {
    let tool = place.cache.join("bin/cargo-deny");
    let version = process::output(place.command(&tool).arg("--version"));
    if version.is_ok_and(|version| version.trim().ends_with(VERSION)) {
        return Ok(tool);
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
    Ok(tool)
}
