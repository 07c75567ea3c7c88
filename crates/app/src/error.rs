//! What a use case answers when it cannot do what it was asked.

use domain::access::Denied;
use domain::gate::Reason;
use ports::KeyStoreError;
use store::{Guard, StoreError};

/// One input that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name as it was sent, dotted for inner fields.
    pub field: String,
    /// Catalogue key of the explanation.
    pub key: &'static str,
    pub arguments: Vec<(&'static str, String)>,
}

impl FieldProblem {
    #[must_use]
    pub fn new(field: impl Into<String>, key: &'static str) -> Self {
        Self {
            field: field.into(),
            key,
            arguments: Vec::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }
}

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// It does not exist, or its existence is none of the asker's business.
    #[error("there is no such thing")]
    NotFound,
    /// Nobody is signed in, or the proof is wrong.
    #[error("the asker is not known ({0})")]
    Unauthorized(&'static str),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("the input cannot be used")]
    Invalid(Vec<FieldProblem>),
    /// The contact's data is kept, and nothing else may be done with it (Art. 18 GDPR).
    #[error("the processing of this contact's data is restricted")]
    Restricted,
    /// First a code has to be typed that was sent to where the person writes from.
    #[error("a code is needed")]
    CodeNeeded,
    /// The send gate refused.
    #[error("the gate refused")]
    Refused(Vec<Reason>),
    /// It contradicts what is already there; the code says how.
    #[error("it contradicts what is there ({0})")]
    Conflict(&'static str),
    #[error("more than {max_bytes} bytes")]
    TooLarge { max_bytes: usize },
    #[error("too many attempts")]
    RateLimited,
    /// Too many others ask for the same just now; it says nothing about the asker.
    #[error("too many ask at once")]
    Crowded,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Files need the room that messages must keep.
    #[error("the disk is full")]
    StorageFull,
    #[error("the file store did not work: {0}")]
    Files(String),
    #[error("a part of the house did not work: {0}")]
    Internal(String),
}

impl AppError {
    #[must_use]
    pub fn invalid(field: impl Into<String>, key: &'static str) -> Self {
        Self::Invalid(vec![FieldProblem::new(field, key)])
    }

    /// Whether the guard that failed was this one.
    #[must_use]
    pub fn is_guard(&self, guard: Guard) -> bool {
        matches!(self, Self::Store(StoreError::Stale(found)) if *found == guard)
    }
}

impl From<KeyStoreError> for AppError {
    fn from(error: KeyStoreError) -> Self {
        Self::Store(error.into())
    }
}

impl From<ports::BlobError> for AppError {
    fn from(error: ports::BlobError) -> Self {
        match error {
            ports::BlobError::Missing(_) => Self::NotFound,
            ports::BlobError::Full => Self::StorageFull,
            ports::BlobError::Failed(reason) => Self::Files(reason),
        }
    }
}
