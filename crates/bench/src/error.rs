//! Why a measurement could not be made. None of these says that something is slow.

/// A measurement that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error("{doing}: {source}")]
    Io {
        doing: String,
        source: std::io::Error,
    },
    #[error("{doing}: {reason}")]
    Failed { doing: String, reason: String },
}

pub type Result<T> = std::result::Result<T, BenchError>;

/// Says what was tried when something fails.
pub trait While<T> {
    /// # Errors
    /// The same failure, with what was being done.
    fn doing(self, doing: impl Into<String>) -> Result<T>;
}

impl<T> While<T> for std::io::Result<T> {
    fn doing(self, doing: impl Into<String>) -> Result<T> {
        self.map_err(|source| BenchError::Io {
            doing: doing.into(),
            source,
        })
    }
}

/// A failure of anything that can say what is wrong.
pub fn failed(doing: impl Into<String>, reason: impl std::fmt::Display) -> BenchError {
    BenchError::Failed {
        doing: doing.into(),
        reason: reason.to_string(),
    }
}
