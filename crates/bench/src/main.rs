//! `tresen-bench`: measures, or is one of the processes that a measurement needs.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use bench::error::{Result, While, failed};
use bench::report::Report;
use bench::scenario::{self, Settings};
use bench::{history, load, moment, page, sockets};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "tresen-bench", about = "Measure a release binary of Tresen")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run scenarios
    Run(Run),
    /// Write the page from what was found
    Page { found: PathBuf, page: PathBuf },
    /// Fill a data directory
    Fill { path: PathBuf, messages: u64 },
    /// One of our own processes: reads an order, sends it, writes what it found
    #[command(hide = true)]
    Load,
    #[command(hide = true)]
    Sockets { order: String },
    #[command(hide = true)]
    Sink { order: String },
}

#[derive(clap::Args)]
struct Run {
    /// The release binary
    #[arg(long)]
    program: PathBuf,
    /// Where filled data directories are kept
    #[arg(long)]
    cache: PathBuf,
    /// Where the rounds are written to
    #[arg(long)]
    out: PathBuf,
    /// Tiny sizes, to see that everything works
    #[arg(long)]
    quick: bool,
    /// Only this scenario; may be repeated
    #[arg(long)]
    only: Vec<String>,
    #[arg(long)]
    rounds: Option<usize>,
    /// Conversations of the largest history
    #[arg(long, default_value_t = 1_000_000)]
    conversations: u64,
    /// Messages of each of them
    #[arg(long, default_value_t = 5)]
    messages_each: u64,
}

fn main() -> ExitCode {
    let done =
        match Arguments::parse().task {
            Task::Run(run) => blocking(measure(&run)),
            Task::Page { found, page: to } => {
                Report::read(&found).and_then(|report| page::write(&report, &to))
            }
            Task::Fill { path, messages } => {
                let plan = history::Plan::of(messages);
                blocking(async move { history::directory(&path, &plan).await.map(|_| ()) })
            }
            Task::Load => answer(load::run),
            Task::Sockets { order } => one_thread(async move {
                say(&sockets::run(understand(&order)?, tokio::io::stdin()).await?)
            }),
            Task::Sink { order } => {
                one_thread(async move { say(&sockets::sink(understand(&order)?).await?) })
            }
        };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tresen-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn blocking(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .doing("starting")?
        .block_on(work)
}

fn one_thread(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .doing("starting")?;
    let done = runtime.block_on(work);
    // The thread that reads the input would be waited for otherwise.
    runtime.shutdown_background();
    done
}

fn understand<O: serde::de::DeserializeOwned>(text: &str) -> Result<O> {
    serde_json::from_str(text).map_err(|error| failed("reading an order", error))
}

fn say(found: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string(found).map_err(|error| failed("answering", error))?;
    println!("{text}");
    Ok(())
}

/// Reads an order from the input, does it, writes what came of it.
fn answer<O: serde::de::DeserializeOwned, A: serde::Serialize>(
    work: impl FnOnce(&O) -> Result<A>,
) -> Result<()> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .doing("reading an order")?;
    say(&work(&understand(&text)?)?)
}

async fn measure(run: &Run) -> Result<()> {
    let settings = Settings {
        program: run.program.canonicalize().doing("finding the program")?,
        cache: run.cache.clone(),
        quick: run.quick,
        rounds: run.rounds.unwrap_or(if run.quick { 1 } else { 5 }),
        conversations: run.conversations.max(1),
        messages_each: run.messages_each.max(1),
    };
    std::fs::create_dir_all(&settings.cache).doing("making the cache")?;
    // A run of one scenario leaves what is known of the others.
    let mut report = match Report::read(&run.out) {
        Ok(kept) if kept.quick == run.quick => kept,
        _ => Report {
            quick: run.quick,
            ..Report::default()
        },
    };
    let chosen = |name: &str| run.only.is_empty() || run.only.iter().any(|only| only == name);
    for name in scenario::NAMES.iter().filter(|name| chosen(name)) {
        report.begin(name, moment::unix_ms());
        scenario::run(name, &settings, &mut report).await?;
        report.keep(&run.out)?;
    }
    if report.rows.is_empty() {
        return Err(failed("choosing scenarios", "there is none of this name"));
    }
    println!(
        "{} figures, {} rounds: {}",
        report.rows.len(),
        report.rounds.len(),
        run.out.display()
    );
    Ok(())
}
