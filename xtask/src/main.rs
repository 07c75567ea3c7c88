//! What a checkout is asked to do: `cargo xtask run`, `build`, `test`, `bench`, `fuzz`, and the checks that `test`
//! is made of.

mod absent;
mod bench;
mod counts;
mod drill;
mod fuzz;
mod once;
mod place;
mod process;
mod reference;
mod schedule;
mod security;
mod simulate;
mod steps;
mod tidy;
mod web;

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};

use place::Place;
use process::Failure;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Work on Tresen")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the pages and the release binary, then run `tresen serve` with these arguments
    Run {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build the pages and the release binary: target/release/tresen
    Build,
    /// Install what the checks need and run them all
    Test {
        /// Only these steps, and what they need
        steps: Vec<String>,
        /// Name the steps instead of running them
        #[arg(long)]
        list: bool,
    },
    /// Measure the release binary; docs/performance.md says how and why
    Bench(bench::Options),
    /// Fuzz what reads bytes of strangers; fuzz/README.md says what must hold
    Fuzz(fuzz::Options),
    /// Break a running server on purpose and judge it; docs/guarantees.md says how and why
    Drill(drill::Options),
    /// Let seeded worlds happen: `--seeds N` many of them, `--seed N` one to read
    Simulate {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check limits, layers and words of the source text
    Tidy,
    /// Write web/packages/api/openapi.json
    Openapi {
        /// Only say whether it is up to date
        #[arg(long)]
        check: bool,
    },
    /// Write docs/security-cases.md
    SecurityCases {
        /// Only say whether it is up to date
        #[arg(long)]
        check: bool,
    },
    /// Write docs/privacy-checks.md
    PrivacyChecks {
        /// Only say whether it is up to date
        #[arg(long)]
        check: bool,
    },
    /// Write docs/configuration.md
    ConfigReference {
        /// Only say whether it is up to date
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let place = Place::here();
    let done = match Arguments::parse().task {
        Task::Run { arguments } => run(&place, &arguments),
        Task::Build => build(&place).map(|_| ()),
        Task::Test { steps, list } => return steps::test(&place, &steps, list),
        Task::Bench(options) => {
            build(&place).and_then(|binary| bench::run(&place, &options, &binary))
        }
        Task::Fuzz(options) => fuzz::run(&place, &options),
        Task::Drill(options) => drill::run(&place, &options),
        Task::Simulate { arguments } => simulate::run(&place, &arguments),
        Task::Tidy => tidy::check_or_fail(&place.root),
        Task::Openapi { check } => reference::openapi(&place, check),
        Task::SecurityCases { check } => security::cases(&place, check),
        Task::PrivacyChecks { check } => security::checks(&place, check),
        Task::ConfigReference { check } => reference::configuration(&place, check),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Pages first, because the binary embeds them.
fn build(place: &Place) -> Result<std::path::PathBuf, Failure> {
    web::build_if_changed(place)?;
    println!("▶ cargo build --release");
    process::run(
        place
            .cargo()
            .args(["build", "--release", "--package", "tresen"]),
    )?;
    let built = place.target.join("release/tresen");
    absent::check(place, &built)?;
    let promised = place.root.join("target/release/tresen");
    if built != promised {
        copy_binary(&built, &promised)?;
    }
    println!("✓ target/release/tresen");
    Ok(promised)
}

/// The binary may be running at the place it is copied to, so it is replaced and not overwritten.
fn copy_binary(from: &std::path::Path, to: &std::path::Path) -> Result<(), Failure> {
    let failed = |error| Failure::io("copying the binary", &error);
    let folder = to.parent().unwrap_or(to);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let draft = folder.join(".tresen.new");
    std::fs::copy(from, &draft).map_err(failed)?;
    std::fs::rename(&draft, to).map_err(failed)
}

/// Becomes the server: signals and the exit code are its own.
fn run(place: &Place, arguments: &[String]) -> Result<(), Failure> {
    let binary = build(place)?;
    let error = Command::new(binary).arg("serve").args(arguments).exec();
    Err(Failure::io("starting tresen", &error))
}
