//! Starts what the command line asks for.

use std::process::ExitCode;

use ports::Clock;
use telemetry::LogFilter;
use tresen::config::{self, Command, Config, Stop};
use tresen::{backup, demo, doctor, house, memory, people, serve, verify};

fn main() -> ExitCode {
    memory::give_back_early();
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
    match &invocation.command {
        Command::ConfigReference => {
            print!("{}", config::reference_markdown());
            ExitCode::SUCCESS
        }
        Command::Openapi => {
            print!("{}", http_edge::openapi::text());
            ExitCode::SUCCESS
        }
        Command::Verify(request) => match verify::run(request) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => fail(&error, 2),
        },
        command => {
            let runtime = match tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
            {
                Ok(runtime) => runtime,
                Err(error) => return fail(&error, 1),
            };
            runtime.block_on(work(command, &invocation.config))
        }
    }
}

/// Bad configuration ends with 2, everything else that goes wrong with 1.
fn fail(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    eprintln!("tresen: {error}");
    ExitCode::from(code)
}

fn done<E: std::fmt::Display>(result: Result<(), E>, code: impl Fn(&E) -> u8) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, code(&error)),
    }
}

/// The example company's past is told on a clock that is put again and again; unless somebody
/// chose a level, nobody is warned of it.
fn heard(command: &Command, chosen: &LogFilter) -> LogFilter {
    let quiet = match command {
        Command::Demo if Some(chosen) == LogFilter::parse("info").as_ref() => {
            LogFilter::parse("info,app::jobs=error")
        }
        _ => None,
    };
    quiet.unwrap_or_else(|| chosen.clone())
}

async fn work(command: &Command, config: &Config) -> ExitCode {
    if matches!(command, Command::Serve | Command::Demo) {
        let level = heard(command, &config.log_level);
        let started = telemetry::init(config.log_format, &level, || ports::SystemClock.now().0);
        if let Err(error) = started {
            return fail(&error, 1);
        }
    }
    match command {
        Command::Serve => done(serve::run(config).await, serve::ServeError::exit_code),
        Command::UserAdd(_)
        | Command::UserList
        | Command::UserChange(_)
        | Command::UserPassword(_)
        | Command::TokenIssue(_)
        | Command::TokenList
        | Command::TokenRevoke(_) => done(people::run(command, config).await, |error| {
            if error.is_input() { 2 } else { 1 }
        }),
        Command::Doctor => match doctor::run(config).await {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        },
        Command::Backup(request) => done(backup::make(config, request).await, backup_code),
        Command::Restore(request) => done(backup::restore(config, request).await, backup_code),
        Command::BackupVerify(request) => done(backup::verify(config, request).await, backup_code),
        Command::Migrate => done(migrate(config).await, |_| 2),
        Command::Demo => done(demo::run(config).await, |_| 2),
        Command::Openapi | Command::ConfigReference | Command::Verify(_) => ExitCode::FAILURE,
    }
}

fn backup_code(error: &backup::BackupError) -> u8 {
    if error.is_input() { 2 } else { 1 }
}

async fn migrate(config: &Config) -> Result<(), house::OpenError> {
    house::check_place(config)?;
    let made = !house::exists(config);
    let store = house::open_store(config, house::Claim::Beside).await?;
    store.close().await;
    if made {
        println!(
            "a new, empty installation was made in {}",
            config.data.display()
        );
    } else {
        println!("the database is up to date");
    }
    Ok(())
}
