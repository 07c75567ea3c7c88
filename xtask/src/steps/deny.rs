//! Licences, bans, sources and advisories of all dependencies, by `cargo-deny`.

use std::fs;
use std::path::{Path, PathBuf};

use super::tools;
use crate::place::Place;
use crate::process::{self, Failure};
use crate::schedule::{Log, Verdict};

/// Everything that needs no network.
pub fn check(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    deny(
        place,
        log,
        &["--locked", "check", "bans", "licenses", "sources"],
    )?;
    Ok(Verdict::Checked)
}

/// The advisories live in a repository of their own. Where it cannot be reached, the copy in the
/// checkout counts: `xtask/advisories/README.md` says where it comes from.
pub fn check_advisories(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    if deny(place, log, &["fetch", "db"]).is_ok() {
        deny(place, log, &["--locked", "check", "advisories"])?;
    } else {
        log.line("the advisory database cannot be reached from here; the carried copy is used");
        let config = unpack_carried(place, log)?;
        let config = config.to_string_lossy();
        let check = ["--config", &config, "--frozen", "check", "advisories"];
        deny(place, log, &check)?;
    }
    Ok(Verdict::Checked)
}

/// What cargo-deny calls the folder of the public database, after its address.
const DATABASE: &str = "advisory-db-3157b0e258782691";
const CARRIED: &str = "rustsec-advisories-";
/// Beyond this age the copy no longer counts, and the step fails until it is renewed.
const STALENESS_MAX: &str = "P365D";

/// Lays the carried copy out as cargo-deny expects a clone, and answers with a configuration that
/// points there. It is unpacked anew each time, so that it is always the checkout's.
fn unpack_carried(place: &Place, log: &Log) -> Result<PathBuf, Failure> {
    let failed = |error| Failure::io("unpacking the advisories", &error);
    let (archive, day) = carried(place)?;
    let folder = place.cache.join("advisories");
    let database = folder.join(DATABASE);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&database).map_err(failed)?;
    let run = |program: &str, arguments: &[&str]| {
        let mut command = place.command(program);
        command
            .current_dir(&database)
            .args(arguments)
            // The copy's age is that of its contents.
            .env("GIT_COMMITTER_DATE", format!("{day}T00:00:00Z"))
            .env("GIT_AUTHOR_DATE", format!("{day}T00:00:00Z"));
        process::run_by_line(&mut command, |line| log.line(line))
    };
    run("tar", &["-xzf", &archive.to_string_lossy()])?;
    run("git", &["init", "--quiet"])?;
    run("git", &["add", "--all"])?;
    let author = [
        "-c",
        "user.name=carried",
        "-c",
        "user.email=carried@example.com",
    ];
    let commit = [
        "-c",
        "commit.gpgsign=false",
        "commit",
        "--quiet",
        "--message",
        "Carried copy",
    ];
    run("git", &[&author[..], &commit[..]].concat())?;
    run("touch", &["--date", &day, ".git/FETCH_HEAD"])?;
    let config = folder.join("deny.toml");
    fs::write(&config, pointed_at(place, &folder)?).map_err(failed)?;
    Ok(config)
}

/// The archive, and the day its name tells.
fn carried(place: &Place) -> Result<(PathBuf, String), Failure> {
    let failed = |error| Failure::io("looking for the carried advisories", &error);
    let mut found = None;
    for file in fs::read_dir(place.root.join("xtask/advisories")).map_err(failed)? {
        let file = file.map_err(failed)?;
        let name = file.file_name().to_string_lossy().into_owned();
        if let Some(day) = name
            .strip_prefix(CARRIED)
            .and_then(|rest| rest.strip_suffix(".tar.gz"))
        {
            found = found.max(Some((day.to_owned(), file.path())));
        }
    }
    let (day, archive) = found.ok_or_else(|| Failure("no advisories are carried".to_owned()))?;
    Ok((archive, day))
}

/// Our own rules, with the database in this folder.
fn pointed_at(place: &Place, folder: &Path) -> Result<String, Failure> {
    let failed = |error| Failure::io("reading deny.toml", &error);
    let rules = fs::read_to_string(place.root.join("deny.toml")).map_err(failed)?;
    let section = "[advisories]\n";
    let pointed = format!(
        "{section}db-path = {:?}\nmaximum-db-staleness = {STALENESS_MAX:?}\n",
        folder.to_string_lossy()
    );
    Ok(rules.replacen(section, &pointed, 1))
}

fn deny(place: &Place, log: &Log, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = place.command(tools::deny(place));
    process::run_by_line(command.args(arguments), |line| log.line(line))
}
