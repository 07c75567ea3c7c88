//! A house under test: its data directory, and the real program on it as a process of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::error::{Result, While, failed};
use crate::moment;

/// How long a start may take before the measurement gives up.
const START_MAX: Duration = Duration::from_secs(120);
const END_MAX: Duration = Duration::from_secs(60);

/// What a filled data directory holds, written beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Which migrations made its tables.
    pub schema: String,
    pub channel: String,
    /// An API token with all rights.
    pub token: String,
    /// Those of teammates who only look on: one may have few sockets.
    pub watchers: Vec<String>,
    pub contacts: u64,
    /// Messages when it was filled; measuring adds some.
    pub messages: u64,
    /// The conversation that holds many messages.
    pub long_conversation: Option<String>,
    pub database: Option<String>,
}

/// A data directory and what lies in it.
#[derive(Debug, Clone)]
pub struct DataDirectory {
    pub path: PathBuf,
    pub contents: Contents,
}

impl DataDirectory {
    fn note(path: &Path) -> PathBuf {
        path.with_extension("json")
    }

    /// What was filled earlier, if it is there.
    #[must_use]
    pub fn open(path: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(Self::note(path)).ok()?;
        Some(Self {
            path: path.to_owned(),
            contents: serde_json::from_str(&text).ok()?,
        })
    }

    /// # Errors
    /// When the note cannot be written.
    pub fn keep(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.contents)
            .map_err(|error| failed("noting what a directory holds", error))?;
        std::fs::write(Self::note(&self.path), text).doing("noting what a directory holds")
    }

    /// Where callbacks of its channel go.
    #[must_use]
    pub fn callback_path(&self) -> String {
        format!("/callbacks/{}", self.contents.channel)
    }
}

/// A running `tresen serve`.
pub struct Server {
    pub address: SocketAddr,
    pub process: u32,
    /// From the start of the process until it says that it is ready.
    pub ready_after: Duration,
    child: Child,
    // Kept open, so that the program never writes into a closed pipe.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts the program on a directory, with the settings it has by itself.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn start(program: &Path, data: &DataDirectory) -> Result<Self> {
        let log = data.path.with_extension("log");
        let doing = format!("starting {}", program.display());
        let log = std::fs::File::create(&log).doing("making a log")?;
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name
                .to_str()
                .is_some_and(|name| name.starts_with("TRESEN_"))
            {
                command.env_remove(name);
            }
        }
        command
            .arg("serve")
            .arg("--data")
            .arg(&data.path)
            .args(["--listen", "127.0.0.1:0"]);
        if let Some(url) = &data.contents.database {
            command.args(["--database", url]);
        }
        command
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let started = moment::now();
        let mut child = command.spawn().doing(&doing)?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| failed(&doing, "it has no output"))?;
        let mut lines = BufReader::new(stdout).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(base) = line.strip_prefix("ready http://") {
                    return Ok(Some(base.to_owned()));
                }
            }
            Ok::<_, std::io::Error>(None)
        };
        let base = tokio::time::timeout(START_MAX, ready).await;
        let ready_after = started.elapsed();
        let base = match base {
            Ok(base) => base.doing(&doing)?,
            Err(_) => None,
        };
        let address = base
            .as_deref()
            .and_then(|base| base.parse().ok())
            .ok_or_else(|| {
                failed(
                    &doing,
                    "it did not become ready; its log lies beside its data",
                )
            })?;
        Ok(Self {
            address,
            process: child.id().unwrap_or(0),
            ready_after,
            child,
            _stdout: lines,
        })
    }

    /// Asks it to end and waits for that.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn end(mut self) -> Result<()> {
        let process = i32::try_from(self.process)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .ok_or_else(|| failed("ending the server", "it has no process"))?;
        rustix::process::kill_process(process, rustix::process::Signal::TERM)
            .map_err(std::io::Error::from)
            .doing("ending the server")?;
        match tokio::time::timeout(END_MAX, self.child.wait()).await {
            Ok(ended) => ended.doing("ending the server").map(|_| ()),
            Err(_) => Err(failed("ending the server", "it goes on")),
        }
    }
}
