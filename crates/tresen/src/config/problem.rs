//! Why the program does not start, in one sentence that says what to change.

/// The exit code of a wrong configuration.
const WRONG: i32 = 2;

/// Something in the configuration is wrong. The text never holds a secret value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{place} is {shown}, which does not work: give {expected}")]
    Value {
        /// Where the value stands: a flag, a variable or a line of the file.
        place: String,
        /// The value in quotes, or "set to a secret value".
        shown: String,
        expected: String,
    },
    #[error("{file}, line {line}: {what}")]
    File {
        file: String,
        line: usize,
        what: String,
    },
    #[error("the configuration file {file} cannot be read: {why}")]
    Unreadable { file: String, why: String },
    #[error("{0}")]
    CommandLine(String),
}

/// Why there is nothing to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// Help or the version, for stdout.
    Show(String),
    /// For stderr.
    Wrong(ConfigError),
}

impl Stop {
    #[must_use]
    pub const fn exit_code(&self) -> i32 {
        match self {
            Self::Show(_) => 0,
            Self::Wrong(_) => WRONG,
        }
    }

    pub(super) fn from_clap(error: clap::Error) -> Self {
        use clap::error::ErrorKind;
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Self::Show(error.render().to_string())
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                Self::Wrong(ConfigError::CommandLine(error.render().to_string()))
            }
            _ => Self::Wrong(ConfigError::CommandLine(one_line(
                &error.render().to_string(),
            ))),
        }
    }
}

/// The sentences of an error without the usage that follows them.
fn one_line(rendered: &str) -> String {
    rendered
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .trim_start_matches("error: ")
        .to_owned()
}

impl From<ConfigError> for Stop {
    fn from(error: ConfigError) -> Self {
        Self::Wrong(error)
    }
}
