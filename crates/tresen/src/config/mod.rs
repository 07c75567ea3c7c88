//! The configuration: flags, `TRESEN_…` variables and `tresen.toml`, in this order of strength,
//! parsed into types once at start. Nothing later reads the environment.
//!
//! [`OPTIONS`](options::OPTIONS) is the one list of options; the command line, the look-ups and
//! the reference page all come from it, so they cannot disagree.

mod command;
mod options;
mod problem;
mod reference;
mod sources;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use http_edge::MetricsAccess;
use http_edge::peer::Network;
use telemetry::{LogFilter, LogFormat};

pub use command::{Command, TokenIssue, UserAdd, UserChange};
pub use options::DATA_DEFAULT;
pub use problem::{ConfigError, Stop};
pub use reference::markdown as reference_markdown;
pub use values::{HostPort, Listen, PostgresUrl, PublicUrl};

/// The file that is read when none is named and it exists.
pub const DEFAULT_FILE: &str = "tresen.toml";

/// Where rows are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// `tresen.db` in the data directory.
    Sqlite,
    Postgres(PostgresUrl),
}

/// Where keys are kept, apart from what they open.
#[derive(Clone, PartialEq, Eq)]
pub enum Keys {
    /// `keys` in the data directory.
    DataDirectory,
    /// Another directory, for example on a volume that the backup of the data leaves out.
    Directory(PathBuf),
    /// A second PostgreSQL database with a backup rule of its own; the master key stays a file.
    Postgres(PostgresUrl),
}

/// Where files are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Blobs {
    /// `blobs` in the data directory.
    DataDirectory,
    Directory(PathBuf),
}

/// How processes wake each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bus {
    /// One process; nothing to wake outside.
    Local,
}

/// Everything that can be set. It may hold passwords, therefore no `Debug`.
#[derive(Clone)]
pub struct Config {
    pub data: PathBuf,
    pub listen: Listen,
    /// `None` until a person names it: then it follows from where the server listens.
    pub public_url: Option<PublicUrl>,
    pub database: Database,
    pub keys: Keys,
    pub blobs: Blobs,
    pub bus: Bus,
    pub log_format: LogFormat,
    pub log_level: LogFilter,
    /// Private hosts that channels may be reached at (a simulator, a gateway in the house).
    pub allow_private_net: Vec<HostPort>,
    /// Proxies that are believed when they say who asks.
    pub trusted_proxies: Vec<Network>,
    pub metrics: MetricsAccess,
}

impl Config {
    /// The file of the SQLite database.
    #[must_use]
    pub fn sqlite_file(&self) -> PathBuf {
        self.data.join("tresen.db")
    }

    /// The directory of the master key, and of `keys.db` unless PostgreSQL keeps the keys.
    #[must_use]
    pub fn keys_directory(&self) -> PathBuf {
        match &self.keys {
            Keys::DataDirectory | Keys::Postgres(_) => self.data.join("keys"),
            Keys::Directory(directory) => directory.clone(),
        }
    }

    #[must_use]
    pub fn blobs_directory(&self) -> PathBuf {
        match &self.blobs {
            Blobs::DataDirectory => self.data.join("blobs"),
            Blobs::Directory(directory) => directory.clone(),
        }
    }

    /// The address people use, once the real port is known (`--listen 127.0.0.1:0`).
    #[must_use]
    pub fn public_url_at(&self, bound: std::net::SocketAddr) -> PublicUrl {
        self.public_url
            .clone()
            .unwrap_or_else(|| PublicUrl::of_listener(bound))
    }
}

/// What a person asked for: one command with its configuration.
#[derive(Clone)]
pub struct Invocation {
    pub command: Command,
    pub config: Config,
}

/// Reads the command line, the environment and the file. `read_file` gives the text of a file;
/// it is asked for the named file, or for [`DEFAULT_FILE`], which may be missing.
///
/// # Errors
/// [`Stop::Show`] when help or the version was asked for, [`Stop::Wrong`] with one sentence that
/// says what to change.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    environment: &BTreeMap<String, String>,
    read_file: &dyn Fn(&Path) -> std::io::Result<String>,
) -> Result<Invocation, Stop> {
    let matches = command::command_line()
        .try_get_matches_from(arguments)
        .map_err(Stop::from_clap)?;
    let (command, scope, flags) = command::understand(&matches)?;
    let file = sources::file(&flags, environment, read_file)?;
    let layers = sources::Layers {
        flags,
        environment,
        file,
        scope,
    };
    Ok(Invocation {
        command,
        config: config(&layers)?,
    })
}

fn config(layers: &sources::Layers<'_>) -> Result<Config, ConfigError> {
    let config = Config {
        data: layers.one("data", values::directory)?,
        listen: layers.one("listen", values::listen)?,
        public_url: layers.maybe("public_url", values::public_url)?,
        database: layers.one("database", values::database)?,
        keys: layers.one("keys", values::keys)?,
        blobs: layers.one("blobs", values::blobs)?,
        bus: layers.one("bus", values::bus)?,
        log_format: layers.one("log_format", values::log_format)?,
        log_level: layers.one("log_level", values::log_level)?,
        allow_private_net: layers.many("allow_private_net", values::host_port)?,
        metrics: layers.one("metrics", values::metrics)?,
        trusted_proxies: layers.many("trusted_proxies", values::network)?,
    };
    if let (Database::Postgres(rows), Keys::Postgres(keys)) = (&config.database, &config.keys)
        && rows == keys
    {
        // One dump would hold what is sealed and what opens it.
        return Err(layers.refuse("keys"));
    }
    Ok(config)
}
