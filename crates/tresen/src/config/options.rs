//! The one list of options.

/// Which commands take an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every command that touches the installation.
    Installation,
    /// `serve` and `demo`.
    Server,
    /// Every command.
    Everywhere,
}

/// What a command lets a person set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandScope {
    Serve,
    /// A throw-away installation: nothing of the real one may reach it, however it was set.
    Demo,
    Installation,
    /// Commands that print something and touch nothing.
    Nothing,
}

impl CommandScope {
    #[must_use]
    pub const fn takes(self, scope: Scope) -> bool {
        match self {
            Self::Serve => true,
            Self::Demo => matches!(scope, Scope::Server | Scope::Everywhere),
            Self::Installation => matches!(scope, Scope::Installation | Scope::Everywhere),
            Self::Nothing => false,
        }
    }
}

/// One option: `--listen`, `TRESEN_LISTEN` and `listen` in the file.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec {
    /// The key in the file; flag and variable follow from it.
    pub key: &'static str,
    pub value_name: &'static str,
    pub default: Option<&'static str>,
    pub scope: Scope,
    pub repeatable: bool,
    /// Error texts never show a value that may hold a password.
    pub secret: bool,
    pub help: &'static str,
    /// What a right value looks like; the second half of every error text.
    pub expected: &'static str,
}

impl OptionSpec {
    #[must_use]
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    #[must_use]
    pub fn variable(&self) -> String {
        format!("TRESEN_{}", self.key.to_uppercase())
    }
}

/// The flag that names the file; it cannot stand in the file itself.
pub const CONFIG_FLAG: &str = "config";
pub const CONFIG_VARIABLE: &str = "TRESEN_CONFIG";

/// Where everything is kept when nobody says so.
pub const DATA_DEFAULT: &str = "./data";

pub const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        key: "data",
        value_name: "DIRECTORY",
        default: Some(DATA_DEFAULT),
        scope: Scope::Installation,
        repeatable: false,
        secret: false,
        help: "Directory that holds everything this installation keeps",
        expected: "the path of a directory",
    },
    OptionSpec {
        key: "listen",
        value_name: "ADDRESS",
        default: Some("127.0.0.1:8080"),
        scope: Scope::Server,
        repeatable: false,
        secret: false,
        help: "Address and port to listen at; port 0 takes a free one",
        expected: "an IP address and a port, such as 127.0.0.1:8080 or [::]:8080",
    },
    OptionSpec {
        key: "public_url",
        value_name: "URL",
        default: None,
        scope: Scope::Server,
        repeatable: false,
        secret: false,
        help: "Address that teammates and customers use; with https, cookies are secure. Without \
               it: http://localhost and the port",
        expected: "http or https, a host and no path, such as https://chat.example.com",
    },
    OptionSpec {
        key: "database",
        value_name: "sqlite|URL",
        default: Some("sqlite"),
        scope: Scope::Installation,
        repeatable: false,
        secret: true,
        help: "The embedded database in the data directory, or a PostgreSQL server",
        expected: "sqlite, or postgres://user:password@host:5432/name",
    },
    OptionSpec {
        key: "keys",
        value_name: "data|DIRECTORY|URL",
        default: Some("data"),
        scope: Scope::Installation,
        repeatable: false,
        secret: true,
        help: "Where keys are kept: in the data directory, in a directory of their own, or in a \
               second PostgreSQL database",
        expected: "data, the path of a directory (./keys, /var/lib/keys), or a postgres:// URL \
                   that is not the one of --database",
    },
    OptionSpec {
        key: "blobs",
        value_name: "data|DIRECTORY",
        default: Some("data"),
        scope: Scope::Installation,
        repeatable: false,
        secret: false,
        help: "Where files are kept: in the data directory or in a directory of their own",
        expected: "data, or the path of a directory (./files, /srv/files); s3:// comes with a \
                   later version",
    },
    OptionSpec {
        key: "bus",
        value_name: "local",
        default: Some("local"),
        scope: Scope::Server,
        repeatable: false,
        secret: false,
        help: "How several processes wake each other; one process needs nothing",
        expected: "local; nats:// comes with a later version",
    },
    OptionSpec {
        key: "allow_private_net",
        value_name: "HOST:PORT",
        default: None,
        scope: Scope::Server,
        repeatable: true,
        secret: false,
        help: "Host in a private network that channels may call, such as a gateway in the house; \
               all other private addresses are refused",
        expected: "a host and a port, such as 127.0.0.1:9000 or gateway.internal:443",
    },
    OptionSpec {
        key: "trusted_proxies",
        value_name: "NETWORK",
        default: Some("127.0.0.1, ::1"),
        scope: Scope::Server,
        repeatable: true,
        secret: false,
        help: "Address or network of a proxy in front of Tresen. Only such a proxy is believed \
               when it says in X-Forwarded-For who asks; limits by address count that address",
        expected: "an IP address or a network, such as 10.0.0.2 or 10.0.0.0/8",
    },
    OptionSpec {
        key: "metrics",
        value_name: "off|loopback|public",
        default: Some("loopback"),
        scope: Scope::Server,
        repeatable: false,
        secret: false,
        help: "Who may read the figures at /metrics: nobody, programs on this machine that ask \
               without a proxy, or everybody",
        expected: "off, loopback or public",
    },
    OptionSpec {
        key: "log_format",
        value_name: "human|json",
        default: Some("human"),
        scope: Scope::Everywhere,
        repeatable: false,
        secret: false,
        help: "Log lines for people, or one JSON object a line",
        expected: "human or json",
    },
    OptionSpec {
        key: "log_level",
        value_name: "LEVEL",
        default: Some("info"),
        scope: Scope::Everywhere,
        repeatable: false,
        secret: false,
        help: "How much is logged; a crate may have its own level",
        expected: "error, warn, info, debug or trace, or a list such as info,app=debug",
    },
];

/// The option of this key.
#[must_use]
pub fn lookup(key: &str) -> Option<&'static OptionSpec> {
    OPTIONS.iter().find(|option| option.key == key)
}
