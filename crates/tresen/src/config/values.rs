//! The types a value is parsed into. A parser gives `None` for what is wrong; the option's
//! `expected` text says what would be right.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use http_edge::MetricsAccess;
use http_edge::peer::Network;
use telemetry::{LogFilter, LogFormat};

use super::{Blobs, Bus, Database, Keys};

/// Where the server listens.
pub type Listen = SocketAddr;

/// A PostgreSQL address with its password, therefore no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

impl PostgresUrl {
    /// The whole address with its password: for the driver alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The same database, seen from a schema of its own.
    #[must_use]
    pub fn in_schema(&self, schema: &str) -> Self {
        let mark = if self.0.contains('?') { '&' } else { '?' };
        Self(format!(
            "{}{mark}options=-c%20search_path%3D{schema}",
            self.0
        ))
    }
}

/// A host and a port, the host in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPort {
    pub host: String,
    pub port: u16,
}

/// The address people use: scheme, host and port, never a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
    secure: bool,
}

impl PublicUrl {
    /// The address of a server that nobody named. Browsers accept passkeys for `localhost`, but
    /// not for an IP address, so loopback is called by its name.
    #[must_use]
    pub fn of_listener(bound: SocketAddr) -> Self {
        let host = if bound.ip().is_loopback() || bound.ip().is_unspecified() {
            "localhost".to_owned()
        } else {
            match bound.ip() {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("[{address}]"),
            }
        };
        Self {
            origin: format!("http://{host}:{}", bound.port()),
            host,
            secure: false,
        }
    }

    /// `https://chat.example.com`, without a slash at the end: what browsers send as `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host without its port, for passkeys.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether cookies can be marked `Secure` and HSTS makes sense.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

pub(super) fn directory(text: &str) -> Option<PathBuf> {
    (!text.trim().is_empty() && !text.contains("://")).then(|| PathBuf::from(text))
}

pub(super) fn listen(text: &str) -> Option<Listen> {
    text.parse().ok()
}

pub(super) fn public_url(text: &str) -> Option<PublicUrl> {
    let url = url::Url::parse(text).ok()?;
    let secure = match url.scheme() {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let plain = url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none();
    plain.then_some(PublicUrl {
        origin: url.origin().ascii_serialization(),
        host: url.host_str()?.to_owned(),
        secure,
    })
}

fn postgres(text: &str) -> Option<PostgresUrl> {
    let url = url::Url::parse(text).ok()?;
    let named = url.path().len() > 1;
    (matches!(url.scheme(), "postgres" | "postgresql") && named)
        .then(|| PostgresUrl(text.to_owned()))
}

pub(super) fn database(text: &str) -> Option<Database> {
    match text {
        "sqlite" => Some(Database::Sqlite),
        _ => postgres(text).map(Database::Postgres),
    }
}

pub(super) fn keys(text: &str) -> Option<Keys> {
    match text {
        "data" => Some(Keys::DataDirectory),
        _ if text.contains("://") => postgres(text).map(Keys::Postgres),
        _ => named_directory(text).map(Keys::Directory),
    }
}

pub(super) fn blobs(text: &str) -> Option<Blobs> {
    match text {
        "data" => Some(Blobs::DataDirectory),
        _ => named_directory(text).map(Blobs::Directory),
    }
}

/// A directory beside a keyword must look like a path, so that a misspelt keyword does not become
/// a directory of that name.
fn named_directory(text: &str) -> Option<PathBuf> {
    text.contains('/').then(|| directory(text)).flatten()
}

pub(super) fn bus(text: &str) -> Option<Bus> {
    (text == "local").then_some(Bus::Local)
}

pub(super) fn log_format(text: &str) -> Option<LogFormat> {
    LogFormat::parse(text)
}

pub(super) fn log_level(text: &str) -> Option<LogFilter> {
    LogFilter::parse(text)
}

pub(super) fn metrics(text: &str) -> Option<MetricsAccess> {
    match text {
        "off" => Some(MetricsAccess::Nobody),
        "loopback" => Some(MetricsAccess::ThisMachine),
        "public" => Some(MetricsAccess::Everybody),
        _ => None,
    }
}

pub(super) fn network(text: &str) -> Option<Network> {
    text.trim().parse().ok()
}

pub(super) fn host_port(text: &str) -> Option<HostPort> {
    let (host, port) = text.rsplit_once(':')?;
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let acceptable = match bare {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        }
    };
    let port = port.parse().ok().filter(|port| *port != 0)?;
    acceptable.then(|| HostPort {
        host: bare.unwrap_or(host).to_ascii_lowercase(),
        port,
    })
}
