//! The real program as a process of its own: started, killed, stopped, frozen. What stands in
//! front of it (`fiu-run`, `faketime`, a control group, a virtual machine) is only words here.

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::error::{DrillError, Result, While, failed};
use crate::moment;

/// How long an orderly end may take.
const END_MAX: Duration = Duration::from_secs(60);
/// Outside of what the kernel gives to connections: a port that is ours stays free while the
/// program is down.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// How the program is started, again and again on the same data.
#[derive(Debug, Clone)]
pub struct Launch {
    /// `tresen`
    pub program: PathBuf,
    /// Words in front of the program, such as `["fiu-run", "-x", "-c", "…"]`. The whole becomes a
    /// process group, and signals go to all of it.
    pub prefix: Vec<String>,
    /// Further variables. Those that begin with `TRESEN_` are otherwise taken away.
    pub environment: Vec<(String, String)>,
    /// Further words behind `tresen serve --data … --listen …`.
    pub arguments: Vec<String>,
    pub data: PathBuf,
    /// The URL of a database, or the file in the data directory.
    pub database: Option<String>,
    pub listen: SocketAddr,
    /// Where clients of this machine reach it: `http://127.0.0.1:PORT`.
    pub reach: String,
    pub start_max: Duration,
}

/// A port that nobody listens at.
///
/// # Errors
/// When there is none.
pub fn free_port() -> Result<u16> {
    let span = u64::from(PORTS.end - PORTS.start);
    let first = moment::unix_us().wrapping_mul(u64::from(std::process::id())) % span;
    (0..span)
        .filter_map(|step| u16::try_from((first + step * 7) % span).ok())
        .map(|offset| PORTS.start + offset)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or_else(|| failed("looking for a port", "none is free"))
}

impl Launch {
    /// # Errors
    /// When no port is free.
    pub fn new(program: &Path, data: &Path) -> Result<Self> {
        let port = free_port()?;
        Ok(Self {
            program: program.to_owned(),
            prefix: Vec::new(),
            environment: Vec::new(),
            arguments: Vec::new(),
            data: data.to_owned(),
            database: None,
            listen: SocketAddr::from(([127, 0, 0, 1], port)),
            reach: format!("http://127.0.0.1:{port}"),
            start_max: Duration::from_secs(30),
        })
    }

    /// One more variable; a drill arms a fault by `TRESEN_FAULT`.
    pub fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// Where the log of all starts goes.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    /// What it logged over all its starts.
    #[must_use]
    pub fn logged(&self) -> String {
        // A log that cannot be read tells nothing, and nothing depends on it.
        std::fs::read(self.log()).map_or_else(
            |_| String::new(),
            |bytes| String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    fn command(&self, words: &[&str], prefixed: bool) -> Command {
        let mut line: Vec<std::ffi::OsString> = Vec::new();
        if prefixed {
            line.extend(self.prefix.iter().map(Into::into));
        }
        line.push(self.program.clone().into());
        let mut command = Command::new(&line[0]);
        command.args(&line[1..]).args(words);
        for (name, _) in std::env::vars_os() {
            let ours = name
                .to_str()
                .is_some_and(|name| name.starts_with("TRESEN_"));
            if ours {
                command.env_remove(name);
            }
        }
        command.kill_on_drop(true);
        command
    }

    fn place(&self) -> Result<Vec<String>> {
        let data = self
            .data
            .to_str()
            .ok_or_else(|| failed("naming the data directory", "its path is no text"))?;
        let mut words = vec!["--data".to_owned(), data.to_owned()];
        if let Some(url) = &self.database {
            words.extend(["--database".to_owned(), url.clone()]);
        }
        Ok(words)
    }

    fn spawn(&self) -> Result<Child> {
        let doing = "starting the server";
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log())
            .doing(doing)?;
        let mut command = self.command(&["serve"], true);
        command
            .args(self.place()?)
            .args(["--listen", &self.listen.to_string()])
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        command.spawn().doing(doing)
    }

    /// Starts it and waits until it says that it is ready.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn start(&self) -> Result<Server> {
        match self.try_start().await? {
            Ok(server) => Ok(server),
            Err(ended) => {
                let log = self.logged();
                let last = log.lines().last().unwrap_or("nothing");
                Err(failed(
                    "starting the server",
                    format!("it ended with {ended:?} and said last: {last}"),
                ))
            }
        }
    }

    /// Starts it and waits until it is ready, or until it has ended, which may be what a drill
    /// expects.
    ///
    /// # Errors
    /// When neither happens in time.
    pub async fn try_start(&self) -> Result<std::result::Result<Server, ExitStatus>> {
        let doing = "starting the server";
        let begun = moment::now();
        let mut child = self.spawn()?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| failed(doing, "it has no output"))?;
        let mut lines = BufReader::new(stdout).lines();
        let mut setup_token = None;
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, token)) = line.split_once("/setup#") {
                    setup_token = Some(token.to_owned());
                }
                if line.starts_with("ready ") {
                    return Ok(true);
                }
            }
            Ok::<_, std::io::Error>(false)
        };
        let ready = tokio::time::timeout(self.start_max, ready).await;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        match ready {
            Ok(Ok(true)) => Ok(Ok(Server {
                begun,
                ready_after: begun.elapsed(),
                setup_token,
                group: group.ok_or_else(|| failed(doing, "it has no process"))?,
                child,
                _stdout: lines,
            })),
            Ok(Ok(false)) => Ok(Err(child.wait().await.doing(doing)?)),
            Ok(Err(error)) => Err(DrillError::Io {
                doing: doing.to_owned(),
                source: error,
            }),
            Err(_) => {
                if let Some(group) = group {
                    // It may have ended meanwhile, and then there is nothing to kill.
                    _ = kill_process_group(group, Signal::KILL);
                }
                Err(failed(doing, "it did not become ready in time"))
            }
        }
    }

    /// Runs another subcommand on the same installation, without what stands in front; answers
    /// what it printed.
    ///
    /// # Errors
    /// When it fails.
    pub async fn tell(&self, words: &[&str], input: &str) -> Result<String> {
        let doing = format!("tresen {}", words.first().unwrap_or(&""));
        let mut child = self
            .command(words, false)
            .args(self.place()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .doing(&doing)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that does not read closes its end; that is no failure.
            _ = stdin.write_all(input.as_bytes()).await;
        }
        let ended = tokio::time::timeout(END_MAX, child.wait_with_output()).await;
        let output = ended
            .map_err(|_| failed(&doing, "it does not end"))?
            .doing(&doing)?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(failed(doing, told.trim()))
        }
    }
}

/// A running `tresen serve`.
pub struct Server {
    /// When its process was begun.
    pub begun: std::time::Instant,
    pub ready_after: Duration,
    /// The token of the set-up link, while nobody owns the installation.
    pub setup_token: Option<String>,
    group: Pid,
    child: Child,
    // Kept open, so that the program never writes into a closed pipe.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// The number of its process group, which is that of its first process.
    #[must_use]
    pub fn process(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    /// Sends a signal to everything that belongs to it.
    ///
    /// # Errors
    /// When there is nothing (any more).
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process_group(self.group, signal)
            .map_err(std::io::Error::from)
            .doing("sending a signal to the server")
    }

    /// Ends it at once, wherever it is.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn kill(mut self) -> Result<()> {
        // It may have ended by itself a moment ago.
        _ = kill_process_group(self.group, Signal::KILL);
        self.child.wait().await.doing("killing the server")?;
        Ok(())
    }

    /// Asks it to end; answers its exit code.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn end(mut self) -> Result<Option<i32>> {
        self.signal(Signal::TERM)?;
        let ended = self.ended_within(END_MAX).await?;
        ended
            .map(|status| status.code())
            .ok_or_else(|| failed("ending the server", "it goes on"))
    }

    /// How it ended by itself, if it does so in time.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn ended_within(&mut self, most: Duration) -> Result<Option<ExitStatus>> {
        match tokio::time::timeout(most, self.child.wait()).await {
            Ok(status) => Ok(Some(status.doing("waiting for the end of the server")?)),
            Err(_) => Ok(None),
        }
    }
}

/// Whether a process was ended by the signal with which a process ends itself in a fault.
#[must_use]
pub fn was_aborted(status: ExitStatus) -> bool {
    status.signal() == Some(Signal::ABORT.as_raw())
}

/// Reads what a process of ours prints to its end.
///
/// # Errors
/// When it cannot be read.
pub async fn read_all(mut from: impl tokio::io::AsyncRead + Unpin) -> Result<String> {
    let mut text = String::new();
    from.read_to_string(&mut text)
        .await
        .doing("reading what a process printed")?;
    Ok(text)
}
