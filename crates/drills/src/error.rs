//! Why a drill could not be held. None of these says that a promise was broken: that is a
//! [`Violation`](crate::check::Violation).

/// A drill that could not be held.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    #[error("{doing}: {source}")]
    Io {
        doing: String,
        source: std::io::Error,
    },
    #[error("{doing}: {reason}")]
    Failed { doing: String, reason: String },
}

pub type Result<T> = std::result::Result<T, DrillError>;

/// Says what was tried when something fails.
pub trait While<T> {
    /// # Errors
    /// The same failure, with what was being done.
    fn doing(self, doing: impl Into<String>) -> Result<T>;
}

impl<T> While<T> for std::io::Result<T> {
    fn doing(self, doing: impl Into<String>) -> Result<T> {
        self.map_err(|source| DrillError::Io {
            doing: doing.into(),
            source,
        })
    }
}

/// A failure of anything that can say what is wrong.
pub fn failed(doing: impl Into<String>, reason: impl std::fmt::Display) -> DrillError {
    DrillError::Failed {
        doing: doing.into(),
        reason: reason.to_string(),
    }
}
