//! Files in a directory. A blob is written beside its place, flushed, and renamed into it, so a
//! reader and a power cut see the old bytes or the new ones, never a half.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use ports::{BlobError, BlobName, Blobs, Parts, Space};

const INCOMING: &str = "incoming";

/// Blobs below one directory, spread over 256 folders by the end of their names (the beginning is
/// a time and would put all new ones into one folder).
#[derive(Debug, Clone)]
pub struct DirectoryBlobs {
    root: PathBuf,
    /// Tells apart two writers of the same blob in this process.
    writes: Arc<AtomicU64>,
}

impl DirectoryBlobs {
    /// Opens the directory, and makes it if it is not there. Several processes may have it open.
    ///
    /// # Errors
    /// [`BlobError::Failed`] when it cannot be made or written.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, BlobError> {
        let root = root.into();
        make_directory(&root.join(INCOMING)).map_err(failed)?;
        Ok(Self {
            root,
            writes: Arc::default(),
        })
    }

    /// Removes what a crash left half-written. Only for the one process that writes: another
    /// one's half-written blobs would go too.
    ///
    /// # Errors
    /// [`BlobError::Failed`] when the directory cannot be read or a file cannot be removed.
    pub fn remove_leftovers(&self) -> Result<usize, BlobError> {
        let mut removed = 0;
        for entry in fs::read_dir(self.root.join(INCOMING)).map_err(failed)? {
            fs::remove_file(entry.map_err(failed)?.path()).map_err(failed)?;
            removed += 1;
        }
        Ok(removed)
    }

    fn folder(&self, name: &BlobName) -> PathBuf {
        let name = name.as_str();
        self.root.join(&name[name.len().saturating_sub(2)..])
    }

    fn place(&self, name: &BlobName) -> PathBuf {
        self.folder(name).join(name.as_str())
    }

    fn put_now(&self, name: &BlobName, parts: Parts) -> Result<(), BlobError> {
        let folder = self.folder(name);
        if !folder.is_dir() {
            make_directory(&folder)
                .and_then(|()| sync_directory(&self.root))
                .map_err(failed)?;
        }
        let write = self.writes.fetch_add(1, Ordering::Relaxed);
        let draft = self.root.join(INCOMING).join(format!(
            "{}.{}.{write}",
            name.as_str(),
            std::process::id()
        ));
        let written = write_durably(&draft, parts).and_then(|()| {
            fs::rename(&draft, self.place(name))
                .and_then(|()| sync_directory(&folder))
                .map_err(failed)
        });
        if written.is_err() {
            // It may not even exist; the error that matters is the first one.
            _ = fs::remove_file(&draft);
        }
        written
    }

    fn remove_now(&self, name: &BlobName) -> std::io::Result<()> {
        match fs::remove_file(self.place(name)) {
            Ok(()) => sync_directory(&self.folder(name)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The path is left out: it says nothing that the blob's name does not.
fn failed(error: std::io::Error) -> BlobError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => BlobError::Full,
        _ => BlobError::Failed(error.to_string()),
    }
}

fn failed_at(name: BlobName, error: std::io::Error) -> BlobError {
    match error.kind() {
        ErrorKind::NotFound => BlobError::Missing(name),
        _ => failed(error),
    }
}

fn make_directory(path: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn write_durably(path: &Path, parts: Parts) -> Result<(), BlobError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(failed)?;
    for part in parts {
        file.write_all(&part?).map_err(failed)?;
    }
    file.sync_all().map_err(failed)
}

/// A rename survives a power cut only when the directory was flushed too.
fn sync_directory(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| BlobError::Failed("the work was stopped".to_owned()))?
}

#[async_trait]
impl Blobs for DirectoryBlobs {
    async fn put_parts(&self, name: &BlobName, parts: Parts) -> Result<(), BlobError> {
        let (blobs, name) = (self.clone(), name.clone());
        off_the_runtime(move || blobs.put_now(&name, parts)).await
    }

    async fn size(&self, name: &BlobName) -> Result<u64, BlobError> {
        let (blobs, name) = (self.clone(), name.clone());
        off_the_runtime(move || {
            fs::metadata(blobs.place(&name))
                .map(|facts| facts.len())
                .map_err(|error| failed_at(name, error))
        })
        .await
    }

    async fn read(&self, name: &BlobName, from: u64, length: usize) -> Result<Bytes, BlobError> {
        let (blobs, name) = (self.clone(), name.clone());
        off_the_runtime(move || {
            let mut bytes = vec![0; length];
            File::open(blobs.place(&name))
                .and_then(|file| file.read_exact_at(&mut bytes, from))
                .map_err(|error| failed_at(name, error))?;
            Ok(Bytes::from(bytes))
        })
        .await
    }

    async fn remove(&self, name: &BlobName) -> Result<(), BlobError> {
        let (blobs, name) = (self.clone(), name.clone());
        off_the_runtime(move || blobs.remove_now(&name).map_err(failed)).await
    }

    async fn space(&self) -> Result<Space, BlobError> {
        let root = self.root.clone();
        off_the_runtime(move || {
            let disk = rustix::fs::statvfs(&root).map_err(|error| failed(error.into()))?;
            Ok(Space {
                free: disk.f_bavail.saturating_mul(disk.f_frsize),
                total: disk.f_blocks.saturating_mul(disk.f_frsize),
            })
        })
        .await
    }
}
