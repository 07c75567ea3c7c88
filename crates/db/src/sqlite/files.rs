//! The database file as a file: who may read it, who claims it, when it is on the disk.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::config::SqliteConfig;
use crate::error::DbError;

/// Takes the lock file beside the database if the configuration asks for it. The lock ends with
/// the returned file, also when the process dies.
pub fn claim(config: &SqliteConfig) -> Result<Option<File>, DbError> {
    if !config.exclusive {
        return Ok(None);
    }
    let mut path = config.path.clone().into_os_string();
    path.push(".lock");
    let path = PathBuf::from(path);
    let unusable = |error| unusable(&path, &error);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut content = String::new();
            // The process id is only a hint for the reader of the error.
            let process = match file.read_to_string(&mut content) {
                Ok(_) => content.trim().parse().ok(),
                Err(_) => None,
            };
            return Err(DbError::InUse { path, process });
        }
        Err(TryLockError::Error(error)) => return Err(unusable(error)),
    }
    file.set_len(0).map_err(unusable)?;
    file.rewind().map_err(unusable)?;
    writeln!(file, "{}", std::process::id()).map_err(unusable)?;
    Ok(Some(file))
}

/// Makes an empty file that only its owner may read; SQLite gives the log the same rights.
///
/// # Errors
/// [`DbError::Setup`] when it exists.
pub fn create_private(path: &Path) -> Result<(), DbError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(DbError::Setup(format!("{} exists already", path.display())))
        }
        Err(error) => Err(unusable(path, &error)),
    }
}

/// Waits until a file and its entry in the directory are on the disk.
pub fn make_durable(path: &Path) -> Result<(), DbError> {
    let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    sync(path).map_err(|error| unusable(path, &error))?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => {
            sync(parent).map_err(|error| unusable(parent, &error))
        }
        _ => sync(Path::new(".")).map_err(|error| unusable(path, &error)),
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> DbError {
    DbError::Storage(format!("{}: {error}", path.display()))
}
