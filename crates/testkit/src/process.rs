//! The real program as a process of its own: started, stopped, killed.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::wait::DEADLINE;

/// A running `tresen serve`.
pub struct Process {
    /// `http://127.0.0.1:PORT`
    pub base: String,
    /// The token of the set-up link, while nobody owns the installation.
    pub setup_token: Option<String>,
    child: Child,
    // Kept open, so that the program never writes into a closed pipe.
    _stdout: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).kill_on_drop(true);
    // The settings of whoever runs the tests are none of the tests' business.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("TRESEN_"))
        {
            command.env_remove(name);
        }
    }
    command
}

fn with(mut command: Command, environment: &[&str]) -> Command {
    let pairs = environment.iter().filter_map(|pair| pair.split_once('='));
    command.envs(pairs);
    command
}

impl Process {
    /// Starts `tresen serve` on a data directory and waits until it is ready. Its log goes to
    /// `log` beside the data directory.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn serve(program: &Path, data: &Path, arguments: &[&str]) -> Self {
        Self::serve_with(program, data, arguments, &[]).await
    }

    /// The same, with `NAME=value` in its environment.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn serve_with(
        program: &Path,
        data: &Path,
        arguments: &[&str],
        environment: &[&str],
    ) -> Self {
        let log = data.with_extension("log");
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log");
        let directory = data.to_str().expect("a path");
        let mut all = vec!["serve", "--data", directory, "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let mut child = with(command(program, &all), environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut setup_token = None;
        let ready = async {
            while let Some(line) = stdout.next_line().await.expect("lines") {
                if let Some((_, token)) = line.split_once("/setup#") {
                    setup_token = Some(token.to_owned());
                }
                if let Some(base) = line.strip_prefix("ready ") {
                    return Some(base.to_owned());
                }
            }
            None
        };
        let base = tokio::time::timeout(DEADLINE, ready).await.ok().flatten();
        let Some(base) = base else {
            let told = std::fs::read_to_string(&log).expect("a log");
            panic!("the program did not become ready: {told}");
        };
        Self {
            base,
            setup_token,
            child,
            _stdout: stdout,
            log,
        }
    }

    /// Runs a command to its end, with something on its standard input.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn run(program: &Path, arguments: &[&str], input: &str) -> Ended {
        Self::run_with(program, arguments, input, &[]).await
    }

    /// The same, with `NAME=value` in its environment.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn run_with(
        program: &Path,
        arguments: &[&str],
        input: &str,
        environment: &[&str],
    ) -> Ended {
        use tokio::io::AsyncWriteExt;
        let mut child = with(command(program, arguments), environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A program that refuses before it reads closes its end; that is no failure.
        _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let mut out = child.stdout.take().expect("a pipe");
        let mut err = child.stderr.take().expect("a pipe");
        let ended = async {
            let read = (
                out.read_to_string(&mut stdout),
                err.read_to_string(&mut stderr),
            );
            let (read_out, read_err) = futures_util::future::join(read.0, read.1).await;
            read_out.expect("text");
            read_err.expect("text");
            child.wait().await.expect("it ends")
        };
        let status = tokio::time::timeout(DEADLINE, ended)
            .await
            .expect("the command ends in time");
        Ended {
            code: status.code(),
            stdout,
            stderr,
        }
    }

    /// Ends it as a power cut would.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it is killed");
    }

    /// Asks it to end.
    ///
    /// # Panics
    /// When there is no `kill`.
    pub async fn ask_to_end(&self) {
        let id = self.child.id().expect("it runs").to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(status.expect("kill can be run").success());
    }

    /// Waits for its end; answers the exit code.
    ///
    /// # Panics
    /// When it does not end in time.
    pub async fn ended(mut self) -> Option<i32> {
        let status = tokio::time::timeout(DEADLINE, self.child.wait()).await;
        status
            .expect("it ends in time")
            .expect("it can be waited for")
            .code()
    }

    /// The most memory that was resident at once since it started, in bytes, as the system says.
    ///
    /// # Panics
    /// Where there is no `/proc`.
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        let id = self.child.id().expect("it runs");
        let told = std::fs::read_to_string(format!("/proc/{id}/status")).expect("/proc");
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        1_024
            * number
                .and_then(|kib| kib.parse::<u64>().ok())
                .expect("a number")
    }

    /// What it logged up to now, over all its starts.
    ///
    /// # Panics
    /// When the log cannot be read.
    #[must_use]
    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }
}
