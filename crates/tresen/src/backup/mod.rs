//! `tresen backup`, `tresen restore` and `tresen backup verify`.
//!
//! A backup is two files. The content file holds the database of one moment and the files of
//! messages; the key file holds the wrapped keys. Each is sealed as a whole, and the master key,
//! which opens both, is in neither. The content comes first and the keys after it, so that the
//! keys of everything in the content are there.

mod archive;
mod keys;
mod listing;
mod make;
mod restore;
mod verify;

use std::path::{Path, PathBuf};

use vault::{MasterKeyError, ParcelError};

use crate::config::Config;
use crate::house::OpenError;

/// Where the two files go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeRequest {
    pub to: PathBuf,
    /// `None`: beside the content.
    pub keys_to: Option<PathBuf>,
}

/// Where a backup is, and the key that opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeRequest {
    pub from: PathBuf,
    /// `None`: beside the content, by its name.
    pub key_file: Option<PathBuf>,
    /// `None`: the one of the installation.
    pub master_key: Option<PathBuf>,
    /// Where a copy is made for a look at it, and removed after it. `None`: beside the content.
    pub scratch: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    #[error("{} exists already; a backup never overwrites anything", path.display())]
    Exists { path: PathBuf },
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} cannot be used: {reason}", path.display())]
    Parcel { path: PathBuf, reason: ParcelError },
    #[error("{} cannot be used: {reason}", path.display())]
    Inside { path: PathBuf, reason: String },
    #[error("the data cannot be copied: {0}")]
    Store(#[from] store::StoreError),
    #[error("the keys cannot be copied: {0}")]
    Keys(#[from] ports::KeyStoreError),
    #[error("the database cannot be filled: {0}")]
    Database(#[from] db::DbError),
    #[error("{what} is not empty: a restore needs an empty place")]
    NotEmpty { what: String },
    #[error("this is a backup of {found}, and the database is to be {wanted}: {hint}")]
    OtherEngine {
        found: &'static str,
        wanted: &'static str,
        hint: &'static str,
    },
    #[error(
        "the key file does not hold the keys of {count} of {all} contacts: it is older than the content. Give the key file of this backup, or a newer one"
    )]
    OlderKeys { count: u64, all: u64 },
    #[error("the copy differs from what was taken: {0}")]
    Differs(String),
    #[error("the copy does not start: {0}")]
    Boot(String),
    #[error("a task of the backup failed")]
    Task,
}

impl BackupError {
    /// Something a person gave and can correct.
    #[must_use]
    pub const fn is_input(&self) -> bool {
        matches!(
            self,
            Self::Open(OpenError::Missing { .. })
                | Self::MasterKey(_)
                | Self::Exists { .. }
                | Self::NotEmpty { .. }
                | Self::OtherEngine { .. }
        )
    }
}

/// Does what one of the commands says.
///
/// # Errors
/// [`BackupError`] with the reason; nothing is left behind then.
pub async fn make(config: &Config, request: &MakeRequest) -> Result<(), BackupError> {
    make::run(config, request).await
}

/// Puts a backup in an empty place.
///
/// # Errors
/// [`BackupError`] with the reason; nothing is left behind then.
pub async fn restore(config: &Config, request: &TakeRequest) -> Result<(), BackupError> {
    restore::run(config, request).await
}

/// Brings a backup to life beside everything, looks at it, and removes it again.
///
/// # Errors
/// [`BackupError`] with the reason.
pub async fn verify(config: &Config, request: &TakeRequest) -> Result<(), BackupError> {
    verify::run(config, request).await
}

/// `NAME.content` goes with `NAME.keys`, and any other name with itself and `.keys`.
fn keys_beside(content: &Path) -> PathBuf {
    if content.extension().is_some_and(|end| end == "content") {
        return content.with_extension("keys");
    }
    let mut name = content.as_os_str().to_owned();
    name.push(".keys");
    name.into()
}

/// Where the master key lies.
fn master_file(config: &Config, request: &TakeRequest) -> PathBuf {
    let own = || config.keys_directory().join("master.key");
    request.master_key.clone().unwrap_or_else(own)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| BackupError::Task)?
}
