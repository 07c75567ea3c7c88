//! Starts what the command line asks for.

use std::process::ExitCode;

use tresen::config::{self, Command, Stop};

fn main() -> ExitCode {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let read_file = |path: &std::path::Path| std::fs::read_to_string(path);
    match config::parse(std::env::args_os(), &environment, &read_file) {
        Ok(invocation) => run(&invocation),
        Err(stop) => end(&stop),
    }
}

fn end(stop: &Stop) -> ExitCode {
    match stop {
        Stop::Show(text) => print!("{text}"),
        Stop::Wrong(error) => eprintln!("tresen: {error}"),
    }
    ExitCode::from(u8::try_from(stop.exit_code()).unwrap_or(u8::MAX))
}

fn run(invocation: &config::Invocation) -> ExitCode {
    match invocation.command {
        Command::ConfigReference => {
            print!("{}", config::reference_markdown());
            ExitCode::SUCCESS
        }
        _ => ExitCode::FAILURE,
    }
}
