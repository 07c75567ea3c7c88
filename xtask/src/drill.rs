//! `cargo xtask drill`: builds the server with its faults in it, and lets the drills break it.

use std::path::PathBuf;
use std::process::Command;

use crate::place::Place;
use crate::process::{self, Failure};

const PAGE: &str = "docs/guarantees.md";

#[derive(clap::Args)]
pub struct Options {
    /// As often as it takes, and drills that need long
    #[arg(long)]
    long: bool,
    /// Only this drill; may be repeated
    #[arg(long)]
    only: Vec<String>,
    /// Only on this engine: sqlite or postgres
    #[arg(long)]
    engine: Option<String>,
    /// Repeats what an earlier run left to chance
    #[arg(long)]
    seed: Option<u64>,
    /// Leave the houses of drills that did not hold
    #[arg(long)]
    keep: bool,
    /// Hold nothing: write the table of docs/guarantees.md from the results that are kept
    #[arg(long)]
    report: bool,
}

/// What is built for drills, and for everything else that runs the development binary: faults are
/// in it, and without their variable they do nothing.
pub const FEATURES: [&str; 2] = ["--features", "tresen/faults"];

fn results(place: &Place) -> PathBuf {
    place.target.join("drills/results")
}

/// The drills of these options, on what was built already.
pub fn command(place: &Place) -> Command {
    let mut command = place.command(place.binary("tresen-drills"));
    command
        .arg("run")
        .arg("--program")
        .arg(place.binary("tresen"))
        .arg("--results")
        .arg(results(place))
        .arg("--scratch")
        .arg(place.target.join("drills/houses"));
    command
}

pub fn run(place: &Place, options: &Options) -> Result<(), Failure> {
    crate::web::make_page_folders(place)?;
    let mut build = place.cargo();
    build.args(["build", "--package", "tresen", "--package", "drills"]);
    process::run(build.args(FEATURES))?;
    if options.report {
        let mut page = place.command(place.binary("tresen-drills"));
        let page = page
            .arg("page")
            .arg(results(place))
            .arg(place.root.join(PAGE));
        return process::run(page);
    }
    let mut drills = command(place);
    if let Some(engine) = &options.engine {
        drills.args(["--engine", engine]);
    }
    for (wanted, flag) in [(options.long, "--long"), (options.keep, "--keep")] {
        if wanted {
            drills.arg(flag);
        }
    }
    for name in &options.only {
        drills.args(["--only", name]);
    }
    if let Some(seed) = options.seed {
        drills.args(["--seed", &seed.to_string()]);
    }
    process::run(&mut drills)
}
