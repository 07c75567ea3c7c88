//! How much is logged and in which form.

use tracing_subscriber::EnvFilter;

/// For whom log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people; with colour when stderr is a terminal.
    Human,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "human" => Some(Self::Human),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Which lines are written: a level, or levels by crate (`info,app=debug`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// `None` for what is not a level or a list of levels. Only levels and names are accepted: a
    /// directive of `tracing` could also select by field values, which may be personal.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let level =
            |level: &str| matches!(level, "off" | "error" | "warn" | "info" | "debug" | "trace");
        let name = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-'))
        };
        text.split(',')
            .all(|part| match part.trim().split_once('=') {
                Some((target, wanted)) => name(target) && level(wanted),
                None => level(part.trim()),
            })
            .then(|| Self(text.to_owned()))
    }

    pub(crate) fn to_env_filter(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_names_only() {
        for right in ["info", "warn,app=debug", "info, tower_http::trace=off"] {
            assert!(LogFilter::parse(right).is_some(), "{right}");
        }
        for wrong in [
            "",
            "loud",
            "info,",
            "app=",
            "=info",
            "info,[span{name=ada}]=trace",
        ] {
            assert!(LogFilter::parse(wrong).is_none(), "{wrong}");
        }
    }
}
