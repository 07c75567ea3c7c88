//! What `cargo xtask test` does, in order. A step whose subject is not there yet is left out.

mod deny;
mod instructions;
mod machine;
mod tools;

use std::process::{Command, ExitCode};

use crate::counts::{Counts, Runner, count};
use crate::place::Place;
use crate::process::{self, Failure};
use crate::schedule::{self, Log, Step, Verdict};
use crate::{absent, drill, once, reference, simulate, tidy, web};

const RUST: &str = "rust";
const TOOLS: &str = "tools";

/// Runs the named steps with what they need, or all of them.
pub fn test(place: &Place, wanted: &[String], list: bool) -> ExitCode {
    let started = schedule::start();
    let mut steps = all(place);
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !steps.iter().any(|step| step.name == **name))
    {
        eprintln!("xtask: there is no step {unknown}; `cargo xtask test --list` names them");
        return ExitCode::FAILURE;
    }
    if !wanted.is_empty() {
        keep_with_needs(&mut steps, wanted);
    }
    if list {
        for step in &steps {
            println!("{}", step.name);
        }
        return ExitCode::SUCCESS;
    }
    let summary = schedule::run(&steps, place.cache.join("logs"));
    println!("\nAll steps took {}.", schedule::since(started));
    if !summary.failed.is_empty() {
        println!("Failed: {}", summary.failed.join(", "));
    }
    let Counts { passed, failed } = summary.counts;
    println!("{passed} passed, {failed} failed");
    if summary.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn keep_with_needs(steps: &mut Vec<Step<'_>>, wanted: &[String]) {
    let mut kept: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let mut looked_at = 0;
    while let Some(name) = kept.get(looked_at).copied() {
        looked_at += 1;
        let needs = steps.iter().filter(|step| step.name == name);
        kept.extend(needs.flat_map(|step| step.needs).copied());
    }
    steps.retain(|step| kept.contains(&step.name));
}

fn all(place: &Place) -> Vec<Step<'_>> {
    let mut steps = rust_steps(place);
    if place.web().join("package.json").is_file() {
        steps.extend(web_steps(place));
    }
    steps.extend(outer_steps(place));
    // What a step needs may have been left out with its subject; the schedule ignores such needs.
    steps
}

fn rust_steps(place: &Place) -> Vec<Step<'_>> {
    vec![
        step("machine", &[], "machine", |log| {
            machine::install(place, log)
        }),
        step("format", &[], TOOLS, |log| {
            checked(place.cargo().args(["fmt", "--all", "--check"]), log)
        }),
        step("tidy", &[], TOOLS, |log| tidied(place, log)),
        step("one-build", &[], TOOLS, |_| {
            once::check(place).map(|()| Verdict::Checked)
        }),
        step("page-folders", &[], "folders", |_| {
            web::make_page_folders(place).map(|()| Verdict::Checked)
        }),
        // The lints are told here: our own crates are compiled by the compiler that also lints.
        step("build", &["page-folders"], RUST, |log| {
            checked(
                place
                    .linting_cargo()?
                    .args(["build", "--workspace", "--bins", "--locked"])
                    .args(drill::FEATURES),
                log,
            )
        }),
        step(
            "rust-tests",
            &["machine", "build", "web-build"],
            RUST,
            |log| {
                let tests = ["test", "--workspace", "--locked", "--no-fail-fast"];
                let mut compile = place.patient_linting_cargo()?;
                compile.args(tests).args(drill::FEATURES).arg("--no-run");
                process::run_by_line(&mut compile, |line| log.line(line))?;
                let mut command = place.linting_cargo()?;
                command
                    .args(tests)
                    .args(drill::FEATURES)
                    .env("TRESEN_BIN", place.binary("tresen"))
                    .env("SIMS_BIN", place.binary("sims"))
                    .env("TRESEN_LEDGER", place.binary("ledger.json"))
                    .env("TRESEN_PACKAGES", place.binary("packages"))
                    .env("TRESEN_PAPERS", place.binary("papers"));
                counted(&mut command, Runner::Cargo, log)
            },
        ),
        step("references", &["build", "web-install"], RUST, |_| {
            reference::check_all(place).map(|()| Verdict::Checked)
        }),
        step("tools", &[], TOOLS, |log| tools::install(place, log)),
        step(
            "instructions",
            &["machine", "build", "tools"],
            RUST,
            |log| instructions::check(place, log),
        ),
        step("faults", &["build"], TOOLS, |_| {
            absent::check_asked(place).map(|()| Verdict::Checked)
        }),
        // Case: OP02
        step("dependencies", &["tools"], TOOLS, |log| {
            deny::check(place, log)
        }),
        // Case: OP01
        step("advisories", &["dependencies"], TOOLS, |log| {
            deny::check_advisories(place, log)
        }),
    ]
}

fn web_steps(place: &Place) -> Vec<Step<'_>> {
    const WEB: &str = "web";
    vec![
        step("web-install", &[], WEB, |log| {
            if !web::is_installed(place) {
                process::run_by_line(&mut web::install_command(place), |line| log.line(line))?;
                web::mark_installed(place)?;
            }
            Ok(Verdict::Checked)
        }),
        step("web-build", &["web-install", "page-folders"], WEB, |log| {
            process::run_by_line(&mut web::build_command(place), |line| log.line(line))?;
            web::mark_built(place)?;
            Ok(Verdict::Checked)
        }),
        step("web-size", &["web-build"], WEB, |log| {
            checked(&mut place.npm(&["run", "size"]), log)
        }),
        step("web-check", &["web-install"], WEB, |log| {
            checked(&mut place.npm(&["run", "check"]), log)
        }),
        step("web-tests", &["machine", "web-install"], WEB, |log| {
            counted(&mut place.npm(&["test"]), Runner::Vitest, log)
        }),
    ]
}

const OUTER: &str = "outer";
// What mostly waits has a lane of its own.
const SLOW: &str = "slow";

/// The finished programs, seen from outside.
fn outer_steps(place: &Place) -> Vec<Step<'_>> {
    let mut steps = vec![step("drills", &["machine", "build"], SLOW, |log| {
        counted(&mut drill::command(place), Runner::Plain, log)
    })];
    // First of its lane, so that it runs beside the compiler, which gives way, and is over before
    // the Rust tests do the same to each other.
    if place.web().join("e2e").is_dir() {
        steps.push(step(
            "e2e",
            &["machine", "build", "web-build"],
            OUTER,
            |log| {
                let mut command = place.npm(&["run", "e2e"]);
                command
                    .env("TRESEN_BIN", place.binary("tresen"))
                    .env("SIMS_BIN", place.binary("sims"));
                counted(&mut command, Runner::Plain, log)
            },
        ));
    }
    if place.root.join("judges/run").is_file() {
        steps.extend(judges_of_wires(place));
        steps.extend(judges_of_papers(place));
    }
    // Nobody waits for one of its worlds, so it takes what the others leave.
    steps.push(step("simulation", &["build"], SLOW, |log| {
        let mut command = place.patient(place.binary(simulate::BINARY));
        counted(&mut command, Runner::Plain, log)
    }));
    steps
}

/// What goes over the wire, before clients and tools that are not ours.
fn judges_of_wires(place: &Place) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    steps.push(step("judges", &["machine", "build"], OUTER, |log| {
        let mut command = place.command(place.root.join("judges/run"));
        command.env("SIMS_BIN", place.binary("sims"));
        counted(&mut command, Runner::Plain, log)
    }));
    // What our own connector sent in the stories, judged by the same foreign clients.
    steps.push(step("ledger", &["judges", "rust-tests"], OUTER, |log| {
        let mut command = place.command(place.root.join("judges/run"));
        command.arg("--ledger").arg(place.binary("ledger.json"));
        counted(&mut command, Runner::Plain, log)
    }));
    steps.push(step(
        "api",
        &["machine", "build", "web-build"],
        OUTER,
        |log| {
            let mut command = place.command(place.root.join("judges/api"));
            command.env("TRESEN_BIN", place.binary("tresen"));
            counted(&mut command, Runner::Plain, log)
        },
    ));
    // Case: DO01
    steps.push(step(
        "slow",
        &["machine", "build", "web-build"],
        SLOW,
        |log| {
            let mut command = place.command(place.root.join("judges/slow"));
            command.env("TRESEN_BIN", place.binary("tresen"));
            counted(&mut command, Runner::Plain, log)
        },
    ));
    steps
}

/// What is handed out as evidence, before readers and verifiers that share no code with ours.
fn judges_of_papers(place: &Place) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    // The sheets of the stories, before readers that are not ours.
    steps.push(step("papers", &["judges", "rust-tests"], OUTER, |log| {
        let mut command = place.command(place.root.join("judges/run"));
        command.arg("--papers").arg(place.binary("papers"));
        counted(&mut command, Runner::Plain, log)
    }));
    // The packages our own judge takes and refuses, before a second one that shares no code with it.
    steps.push(step("proof", &["rust-tests"], OUTER, |log| {
        let mut command = place.command(place.root.join("judges/proof/run"));
        command.arg(place.binary("packages"));
        counted(&mut command, Runner::Plain, log)
    }));
    // The same packages before the verifier of the page, which was written from the format alone.
    steps.push(step(
        "proof-page",
        &["rust-tests", "web-build"],
        OUTER,
        |log| {
            let mut command = place.command("node");
            command.arg(place.root.join("judges/proof/browser.mjs"));
            command.arg(place.binary("packages"));
            counted(&mut command, Runner::Plain, log)
        },
    ));
    steps
}

fn step<'a>(
    name: &'static str,
    needs: &'static [&'static str],
    lane: &'static str,
    work: impl Fn(&Log) -> Result<Verdict, Failure> + Sync + 'a,
) -> Step<'a> {
    Step {
        name,
        needs,
        lane,
        work: Box::new(work),
    }
}

fn checked(command: &mut Command, log: &Log) -> Result<Verdict, Failure> {
    process::run_by_line(command, |line| log.line(line))?;
    Ok(Verdict::Checked)
}

/// A runner that fails without a failed test (it did not compile, it was killed) failed as well.
fn counted(command: &mut Command, runner: Runner, log: &Log) -> Result<Verdict, Failure> {
    let ended = process::run_by_line(command, |line| log.line(line));
    let counts = count(runner, &log.lines());
    match ended {
        Err(failure) if counts.failed == 0 => Err(failure),
        _ => Ok(Verdict::Tests(counts)),
    }
}

fn tidied(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    let findings = tidy::check(&place.root)?;
    for finding in &findings {
        log.line(&finding.to_string());
    }
    if findings.is_empty() {
        Ok(Verdict::Checked)
    } else {
        Err(Failure(format!("{} findings", findings.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wanted_step_brings_what_it_needs() {
        let nothing = |_: &Log| Ok(Verdict::Checked);
        let mut steps = vec![
            step("a", &[], "x", nothing),
            step("b", &["a"], "x", nothing),
            step("c", &["b", "left-out"], "x", nothing),
            step("d", &[], "x", nothing),
        ];
        keep_with_needs(&mut steps, &["c".to_owned()]);
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }
}
