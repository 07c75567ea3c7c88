//! The claim of a server on its database file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::PathBuf;

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
    let unusable = |error| DbError::Storage(format!("the lock file {}: {error}", path.display()));
    let mut options = OpenOptions::new();
    let opened = options.read(true).write(true).create(true).truncate(false);
    let mut file = opened.open(&path).map_err(unusable)?;
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
