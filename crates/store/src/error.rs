//! What can go wrong below the use cases.

use db::{CommitError, DbError};
use ports::KeyStoreError;

/// A promise a unit was built on. When it no longer holds the unit is rolled back, and the use
/// case reads again and decides again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// Nothing special: any mismatch means "read again".
    Plain,
    /// This inbound item was not seen before.
    Unseen,
    /// This client id was not used before.
    ClientId,
    /// The conversation is as it was read.
    Conversation,
    /// Who wrote is who it was, and the conversation goes on where it did.
    Known,
    /// The address belongs to nobody yet.
    AddressFree,
    /// The slug is free.
    SlugFree,
    /// The e-mail address is free.
    EmailFree,
    /// The job is still ours.
    Lease,
    /// No owner exists yet.
    SetupOpen,
    /// Somebody who may everything is left.
    OwnerRemains,
    /// The consent stands where it was read.
    Consent,
    /// The tree is as long as it was read.
    Tree,
    /// Nobody answered the question yet.
    Challenge,
    /// Nobody else published meanwhile.
    Notice,
    /// The contact's data may be used.
    Unrestricted,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The world changed between reading and writing.
    #[error("the data changed meanwhile ({0:?})")]
    Stale(Guard),
    /// The queue is full: try later.
    #[error("too much is waiting to be written")]
    Busy,
    /// It may have been written, or not. Only idempotent writes may be repeated.
    #[error("it is not known whether the change was written")]
    Unknown,
    #[error("the database cannot be reached")]
    Unavailable,
    /// Nothing was written: there is no room for it.
    #[error("the disk that holds the database is full")]
    Full,
    #[error(
        "the data was sealed with another master key. Put back the key it was sealed with, or start with an empty data directory"
    )]
    WrongKey,
    #[error(
        "the key store is not the one this database was sealed with. Put back the key store (keys.db, or its PostgreSQL database) from a backup"
    )]
    OtherKeys,
    /// A sealed value that does not open: damaged, or its key is gone.
    #[error("a stored value cannot be opened ({0})")]
    Sealed(&'static str),
    /// A stored value this version does not understand.
    #[error("a stored value is not understood ({0})")]
    Corrupt(&'static str),
    #[error(transparent)]
    Keys(KeyStoreError),
    #[error("the database did not work: {0}")]
    Engine(DbError),
}

impl From<KeyStoreError> for StoreError {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::Full => Self::Full,
            KeyStoreError::Unavailable(_) => Self::Unavailable,
            other @ (KeyStoreError::Outdated | KeyStoreError::Failed(_)) => Self::Keys(other),
        }
    }
}

impl From<DbError> for StoreError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Busy => Self::Busy,
            // Another server took the database over while this one was cut off from it.
            DbError::Unavailable(_) | DbError::Closed | DbError::Claimed { .. } => {
                Self::Unavailable
            }
            DbError::DiskFull => Self::Full,
            other => Self::Engine(other),
        }
    }
}

impl StoreError {
    pub(crate) fn of_commit(error: CommitError, guards: &[Guard]) -> Self {
        let guard = |statement: usize| guards.get(statement).copied().unwrap_or(Guard::Plain);
        match error {
            CommitError::Conflict { statement, .. } | CommitError::Unique { statement } => {
                Self::Stale(guard(statement))
            }
            CommitError::Busy => Self::Busy,
            CommitError::Unknown(_) => Self::Unknown,
            CommitError::Closed => Self::Unavailable,
            CommitError::Engine(error) => error.into(),
        }
    }

    /// The database had a bad moment, and nothing is wrong with what was to be read or written.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Stale(_)
            | Self::Busy
            | Self::Unknown
            | Self::Unavailable
            | Self::Full
            | Self::Keys(_) => true,
            Self::Engine(error) => matches!(error, DbError::Storage(_)),
            Self::WrongKey | Self::OtherKeys | Self::Sealed(_) | Self::Corrupt(_) => false,
        }
    }

    /// Nobody is served at the moment, whatever is asked.
    #[must_use]
    pub const fn is_away(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable)
    }

    /// Reading again and deciding again may help.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        matches!(self, Self::Stale(_))
    }
}
