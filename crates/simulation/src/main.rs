//! `cargo xtask simulate`: many worlds, or one to read.

use std::process::ExitCode;

use clap::Parser;
use simulation::{Failure, Mutant, Template, find, replay, script, simulate};

#[derive(Parser)]
#[command(about = "Let seeded worlds happen and hold the house to its promises")]
struct Arguments {
    /// Only the world of this seed, as a story to read
    #[arg(long)]
    seed: Option<u64>,
    /// Of that world only these inputs, by their numbers
    #[arg(long, value_delimiter = ',')]
    only: Option<Vec<usize>>,
    /// How many worlds
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Go on after a failure, and only name the seeds that fail
    #[arg(long)]
    all: bool,
    /// With a planted fault
    #[arg(long)]
    mutant: Option<Mutant>,
}

/// Worlds between two signs of life.
const SIGN_OF_LIFE: u64 = 1_000;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let template = match Template::make() {
        Ok(template) => template,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(seed) = arguments.seed {
        return one(&template, seed, &arguments);
    }
    let seeds = arguments.from..arguments.from.saturating_add(arguments.seeds);
    if arguments.all {
        return all(&template, seeds, arguments.mutant);
    }
    let report = find(&template, seeds, arguments.mutant, |done| {
        if done % SIGN_OF_LIFE == 0 {
            println!("{done} seeds");
        }
    });
    let counts = report.counts;
    println!(
        "{} seeds: {} inputs, {} steps, {} commits ({} batches shared one), {} deaths, \
         {} failed commits, {} messages at the provider, {} writes answered, {} watched to the end",
        report.seeds,
        counts.inputs,
        counts.steps,
        counts.groups,
        counts.shared,
        counts.deaths,
        counts.failed_commits,
        counts.sent,
        counts.written,
        counts.ended,
    );
    match report.failure {
        None => {
            println!("1 passed, 0 failed");
            ExitCode::SUCCESS
        }
        Some(failure) => {
            tell(&template, &failure, arguments.mutant);
            println!("0 passed, 1 failed");
            ExitCode::FAILURE
        }
    }
}

fn all(template: &Template, seeds: std::ops::Range<u64>, mutant: Option<Mutant>) -> ExitCode {
    let mut failed = 0;
    for seed in seeds {
        let outcome = simulate(template, seed, &script(seed), mutant, false);
        if let Some(violation) = outcome.violation {
            failed += 1;
            println!("seed {seed}: {}: {}", violation.rule, violation.what);
        }
    }
    println!("{failed} seeds fail");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn numbers(inputs: &[usize]) -> String {
    let inputs: Vec<String> = inputs.iter().map(usize::to_string).collect();
    inputs.join(",")
}

fn tell(template: &Template, failure: &Failure, mutant: Option<Mutant>) {
    let Failure {
        seed,
        violation,
        inputs,
    } = failure;
    let story = replay(template, *seed, Some(inputs), mutant);
    for line in &story.lines {
        println!("{line}");
    }
    println!("seed {seed}: {}: {}", violation.rule, violation.what);
    let only = numbers(inputs);
    println!("cargo xtask simulate --seed {seed} --only {only}");
}

fn one(template: &Template, seed: u64, arguments: &Arguments) -> ExitCode {
    let outcome = replay(template, seed, arguments.only.as_deref(), arguments.mutant);
    for line in &outcome.lines {
        println!("{line}");
    }
    println!("trace {:016x}", outcome.hash);
    match outcome.violation {
        None => {
            println!("seed {seed}: every promise holds");
            ExitCode::SUCCESS
        }
        Some(violation) => {
            println!("seed {seed}: {}: {}", violation.rule, violation.what);
            ExitCode::FAILURE
        }
    }
}
