//! `tresen-drills`: holds drills, or is one of the processes that a drill needs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use drills::drill::{ALL, Drill};
use drills::error::{Result, While, failed};
use drills::found::{self, Outcome};
use drills::plan::{Engine, Form, Plan};
use drills::{computer, load, moment, page};

#[derive(Parser)]
#[command(
    name = "tresen-drills",
    about = "Break a running Tresen on purpose, and judge it"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Hold drills
    Run(Run),
    /// Write the table of docs/guarantees.md from results
    Page { results: PathBuf, page: PathBuf },
    /// Name the drills
    List,
    /// One of our own processes: becomes a computer that runs the server
    #[command(hide = true)]
    Computer {
        /// Where its disk lies
        place: PathBuf,
        /// Where its kernel is kept
        cache: PathBuf,
        /// `NAME=VALUE` for the server inside
        variables: Vec<String>,
        #[arg(last = true)]
        words: Vec<String>,
    },
    /// One of our own processes: reads an order, writes a ledger, says what it did
    #[command(hide = true)]
    Load,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    Sqlite,
    Postgres,
}

#[derive(clap::Args)]
struct Run {
    /// `tresen`, built with the feature `faults`
    #[arg(long)]
    program: PathBuf,
    /// Where results are kept
    #[arg(long)]
    results: PathBuf,
    /// Where houses stand meanwhile
    #[arg(long)]
    scratch: PathBuf,
    /// As often as it takes, and drills that need long
    #[arg(long)]
    long: bool,
    /// Only this drill; may be repeated
    #[arg(long)]
    only: Vec<String>,
    /// Only on this engine; without it, each on those that it is meant for
    #[arg(long, value_enum)]
    engine: Option<EngineName>,
    /// Everything that is left to chance comes from it; without it, from the clock
    #[arg(long)]
    seed: Option<u64>,
    /// Leave the houses of drills that did not hold
    #[arg(long)]
    keep: bool,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Run(run) => return blocking(hold_all(run)).unwrap_or_else(|error| end(&error)),
        Task::Page { results, page: to } => {
            found::read_all(&results).and_then(|results| page::write(&results, &to))
        }
        Task::List => {
            for drill in ALL {
                println!("{}: {}", drill.name, drill.about);
            }
            Ok(())
        }
        Task::Computer {
            place,
            cache,
            variables,
            words,
        } => computer::become_computer(&place, &cache, &variables, &words),
        Task::Load => blocking(async {
            let summary = load::run(tokio::io::BufReader::new(tokio::io::stdin())).await?;
            let text = serde_json::to_string(&summary)
                .map_err(|error| failed("telling what was done", error))?;
            println!("{text}");
            Ok(())
        }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => end(&error),
    }
}

fn end(error: &drills::error::DrillError) -> ExitCode {
    eprintln!("tresen-drills: {error}");
    ExitCode::FAILURE
}

fn blocking<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .doing("starting")?;
    let done = runtime.block_on(work);
    // The thread that reads the input would be waited for otherwise.
    runtime.shutdown_background();
    done
}

async fn hold_all(run: Run) -> Result<ExitCode> {
    let form = if run.long { Form::Long } else { Form::Short };
    let engine = run.engine.map(|engine| match engine {
        EngineName::Sqlite => Engine::Sqlite,
        EngineName::Postgres => Engine::Postgres,
    });
    if let Some(unknown) = run
        .only
        .iter()
        .find(|name| !ALL.iter().any(|drill| drill.name == **name))
    {
        return Err(failed("choosing drills", format!("there is no {unknown}")));
    }
    let seed = run.seed.unwrap_or_else(|| moment::unix_us() % 1_000_000);
    let program = run.program.canonicalize().doing("finding the program")?;
    let plans = [Engine::Sqlite, Engine::Postgres].map(|engine| {
        let name = format!("{}-{seed}-{}", std::process::id(), engine.as_str());
        let scratch = run.scratch.join(name);
        Plan::new(form, engine, seed, program.clone(), scratch)
    });
    println!("seed {seed}");
    let (mut passed, mut broken, mut skipped) = (0, 0, 0);
    for drill in ALL {
        let is_named = run.only.iter().any(|name| name == drill.name);
        if !is_named && !run.only.is_empty() {
            continue;
        }
        let held_on = drill.held_on(form, is_named, engine);
        for plan in plans.iter().filter(|plan| held_on.contains(&plan.engine)) {
            let outcome = hold(drill, plan).await;
            tell(&outcome);
            outcome.keep(&run.results)?;
            match &outcome.found {
                found if found.skipped.is_some() => skipped += 1,
                found if found.holds() => passed += 1,
                _ => broken += 1,
            }
        }
    }
    for plan in plans.iter().filter(|plan| plan.scratch.is_dir()) {
        if broken == 0 || !run.keep {
            std::fs::remove_dir_all(&plan.scratch).doing("clearing up")?;
        } else {
            println!("the houses stand in {}", plan.scratch.display());
        }
    }
    match skipped {
        0 => println!("{passed} passed, {broken} failed"),
        skipped => println!("{passed} passed, {broken} failed, {skipped} skipped"),
    }
    Ok(if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A drill that could not be held did not hold.
async fn hold(drill: &Drill, plan: &Plan) -> Outcome {
    let begun = moment::now();
    let found = match (drill.hold)(plan).await {
        Ok(found) => found,
        Err(error) => {
            let mut found = found::Found::default();
            found.must(false, error.to_string());
            found
        }
    };
    Outcome {
        drill: drill.name.to_owned(),
        engine: plan.engine,
        form: plan.form,
        promises: drill.promises.to_vec(),
        seed: plan.seed,
        date: found::date_of(moment::unix_s()),
        seconds: begun.elapsed().as_secs_f64(),
        found,
    }
}

fn tell(outcome: &Outcome) {
    let found = &outcome.found;
    let sign = match (&found.skipped, found.holds()) {
        (Some(_), _) => "–",
        (None, true) => "✓",
        (None, false) => "✗",
    };
    println!(
        "{sign} {} on {} ({:.1} s): {} acked, {} faults, {} lost, {} doubled, {} reordered, {} corrupt{}",
        outcome.drill,
        outcome.engine.as_str(),
        outcome.seconds,
        found.acked,
        found.faults,
        found.lost,
        found.doubled,
        found.reordered,
        found.corrupt,
        recovery(found),
    );
    if let Some(why) = &found.skipped {
        println!("    {why}");
    }
    for complaint in &found.complaints {
        println!("    {complaint}");
    }
    for violation in &found.violations {
        let about = violation.about.join(", ");
        println!("    {:?} [{about}]: {}", violation.rule, violation.told);
    }
}

fn recovery(found: &found::Found) -> String {
    if found.recoveries == 0 {
        return String::new();
    }
    let mean = found.recovery_ms_sum / found.recoveries;
    format!(
        ", recovered in {mean} ms ({} at most)",
        found.recovery_ms_max
    )
}
