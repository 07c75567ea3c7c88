//! `cargo xtask bench`: builds the release binary and the harness, and lets the harness measure.

use std::path::PathBuf;

use crate::place::Place;
use crate::process::{self, Failure};

/// What a full run found, and what the page is made of.
const FOUND: &str = "docs/performance/rounds.json";

const PAGE: &str = "docs/performance.md";

/// What was found in the browser; the page beside it is written from it.
const PAGES: &str = "docs/performance/pages.json";

#[derive(clap::Args)]
pub struct Options {
    /// Tiny sizes, to see that everything works
    #[arg(long)]
    quick: bool,
    /// Only this scenario; may be repeated
    #[arg(long)]
    only: Vec<String>,
    /// Only the pages in the browser: the chat by Lighthouse, the desk with a full house
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    pages: bool,
    /// Rounds of each scenario
    #[arg(long)]
    rounds: Option<usize>,
    /// Conversations of the largest history; a million unless said otherwise
    #[arg(long)]
    conversations: Option<u64>,
    /// Messages of each of them; five unless said otherwise
    #[arg(long)]
    messages_each: Option<u64>,
}

/// Measures `program`, the release binary with both pages.
pub fn run(place: &Place, options: &Options, program: &PathBuf) -> Result<(), Failure> {
    if options.pages {
        return pages(place, options, program);
    }
    println!("▶ cargo build --release --package bench");
    process::run(
        place
            .cargo()
            .args(["build", "--release", "--package", "bench"]),
    )?;
    let cache = place.target.join("bench");
    let out = if options.quick {
        cache.join("quick.json")
    } else {
        place.root.join(FOUND)
    };
    let mut harness = place.command(place.target.join("release/tresen-bench"));
    harness.arg("run").arg("--program").arg(program);
    harness.arg("--cache").arg(&cache).arg("--out").arg(&out);
    if options.quick {
        harness.arg("--quick");
    }
    for name in &options.only {
        harness.arg("--only").arg(name);
    }
    if let Some(rounds) = options.rounds {
        harness.arg("--rounds").arg(rounds.to_string());
    }
    for (name, count) in [
        ("--conversations", options.conversations),
        ("--messages-each", options.messages_each),
    ] {
        if let Some(count) = count {
            harness.arg(name).arg(count.to_string());
        }
    }
    process::run(&mut harness)?;
    if options.quick {
        return Ok(());
    }
    let mut page = place.command(place.target.join("release/tresen-bench"));
    process::run(page.arg("page").arg(&out).arg(place.root.join(PAGE)))
}

/// What people wait for in the browser; it writes `pages.json` and `pages.md`.
fn pages(place: &Place, options: &Options, program: &PathBuf) -> Result<(), Failure> {
    println!("▶ cargo build --release --package sims");
    process::run(
        place
            .cargo()
            .args(["build", "--release", "--package", "sims"]),
    )?;
    // Lighthouse is large, and only this needs it.
    println!("▶ npm ci in web/measure");
    let mut install = place.npm(&["ci", "--ignore-scripts"]);
    process::run(install.current_dir(place.web().join("measure")))?;
    let mut measure = place.npm(&["run", "measures", "--workspace", "e2e"]);
    measure
        .env("TRESEN_BIN", program)
        .env("SIMS_BIN", place.target.join("release/sims"))
        .env("E2E_MEASURES", place.root.join(PAGES));
    if let Some(rounds) = options.rounds {
        measure.env("E2E_ROUNDS", rounds.to_string());
    }
    process::run(&mut measure)
}
