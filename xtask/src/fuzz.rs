//! `cargo xtask fuzz`: the fuzzer's programs on the stable compiler. Coverage is counted by a pass
//! that stable rustc can be asked for; only sanitizers need a nightly one, and those watch `unsafe`
//! code, of which we have none.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::place::Place;
use crate::process::{self, Failure};

/// What makes the compiler count coverage for libFuzzer.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];
/// Naming the machine keeps the flags away from build scripts, which run without a fuzzer.
const MACHINE: &str = if cfg!(target_arch = "aarch64") {
    "aarch64-unknown-linux-gnu"
} else {
    "x86_64-unknown-linux-gnu"
};
const INPUT_BYTES_MAX: usize = 64 * 1024;
/// A hang is a find as well.
const SECONDS_OF_ONE_INPUT: u32 = 10;

#[derive(Args)]
pub struct Options {
    /// Only these targets; all of them otherwise
    targets: Vec<String>,
    /// How long each is fuzzed
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

pub fn run(place: &Place, options: &Options) -> Result<(), Failure> {
    let known = targets(place)?;
    if let Some(unknown) = options.targets.iter().find(|name| !known.contains(name)) {
        let known = known.join(", ");
        return Err(Failure(format!(
            "there is no target {unknown}; there are {known}"
        )));
    }
    let wanted = if options.targets.is_empty() {
        &known
    } else {
        &options.targets
    };
    let built = build(place)?;
    let mut broken = Vec::new();
    for name in wanted {
        println!("▶ {name}, {} s", options.seconds);
        if let Err(failure) = process::run(&mut fuzzer(place, &built, name, options.seconds)?) {
            println!("✗ {failure}");
            broken.push(name.as_str());
        }
    }
    let passed = wanted.len() - broken.len();
    println!("{passed} passed, {} failed", broken.len());
    if broken.is_empty() {
        Ok(())
    } else {
        let broken = broken.join(", ");
        Err(Failure(format!(
            "{broken}: the inputs are in fuzz/artifacts"
        )))
    }
}

/// Names of the programs, which are those of the targets in `crates/noise`.
fn targets(place: &Place) -> Result<Vec<String>, Failure> {
    let failed = |error| Failure::io("reading fuzz/fuzz_targets", &error);
    let mut names = Vec::new();
    for file in std::fs::read_dir(place.root.join("fuzz/fuzz_targets")).map_err(failed)? {
        let name = file.map_err(failed)?.file_name();
        let name = name.to_string_lossy();
        names.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

fn build(place: &Place) -> Result<PathBuf, Failure> {
    println!("▶ cargo build in fuzz/");
    let target = place.cache.join("fuzz-target");
    let mut command = place.cargo();
    command
        .current_dir(place.root.join("fuzz"))
        .args(["build", "--release", "--bins", "--target", MACHINE])
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    process::run(&mut command)?;
    Ok(target.join(MACHINE).join("release"))
}

/// New inputs go to the cache; the corpus in the checkout is only read.
fn fuzzer(
    place: &Place,
    built: &std::path::Path,
    name: &str,
    seconds: u32,
) -> Result<Command, Failure> {
    let failed = |error| Failure::io("making a folder for the fuzzer", &error);
    let found = place.cache.join("fuzz-corpus").join(name);
    let artifacts = place.root.join("fuzz/artifacts").join(name);
    for folder in [&found, &artifacts] {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut command = place.command(built.join(name));
    command
        .arg(&found)
        .arg(place.root.join("fuzz/corpus").join(name))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-timeout={SECONDS_OF_ONE_INPUT}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-print_final_stats=1", "-verbosity=0"]);
    Ok(command)
}
