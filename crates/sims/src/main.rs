//! The program `sims`: starts one simulated provider and prints where it listens.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use sims::whatsapp;
use tokio::net::TcpListener;

#[derive(Parser)]
#[command(
    name = "sims",
    about = "Simulated messaging providers for tests on loopback"
)]
struct Cli {
    #[command(subcommand)]
    provider: Provider,
}

#[derive(Subcommand)]
enum Provider {
    /// The WhatsApp Cloud API: Graph calls, signed callbacks, faults on request.
    Whatsapp(Whatsapp),
}

#[derive(clap::Args)]
struct Whatsapp {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// World to start from and to save on a clean stop. Without it the built-in world is used.
    #[arg(long)]
    state: Option<PathBuf>,
    /// Freeze the simulated clock at this Unix time in milliseconds; it then moves only by
    /// `POST /_sim/clock`. Without it the clock follows the machine.
    #[arg(long)]
    clock_ms: Option<i64>,
    /// Seed of every shuffled order.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Send callbacks only on `POST /_sim/flush`.
    #[arg(long)]
    manual: bool,
}

fn main() -> ExitCode {
    let Provider::Whatsapp(options) = Cli::parse().provider;
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail("the runtime did not start", &error),
    };
    match runtime.block_on(run_whatsapp(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail("the simulator stopped", &error),
    }
}

fn fail(what: &str, error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("{what}: {error}");
    ExitCode::FAILURE
}

async fn run_whatsapp(arguments: Whatsapp) -> std::io::Result<()> {
    let world = match &arguments.state {
        Some(path) if path.exists() => Some(whatsapp::read_world(path)?),
        _ => None,
    };
    let clock = match arguments.clock_ms {
        Some(at_ms) => whatsapp::Clock::frozen(at_ms),
        None => whatsapp::Clock::following_the_machine(),
    };
    let options = whatsapp::Options {
        clock,
        seed: arguments.seed,
        world,
        pump: !arguments.manual,
    };
    let listener = TcpListener::bind(arguments.listen).await?;
    let handle = whatsapp::serve(listener, options)?;
    println!("ready {}", handle.url());
    wait_for_stop().await?;
    if let Some(path) = &arguments.state {
        handle.save_world(path)?;
    }
    handle.stop().await;
    Ok(())
}

/// Returns on Ctrl-C or SIGTERM, so that a supervised simulator can save its state.
async fn wait_for_stop() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}
