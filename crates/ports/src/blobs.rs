//! Where the bytes of files lie. They are sealed before they come here.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

/// The name of a blob: lower-case hexadecimal, so that no file system and no URL misreads it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BlobName(String);

impl BlobName {
    #[must_use]
    pub fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(
            bytes
                .iter()
                .fold(String::with_capacity(32), |mut name, byte| {
                    use fmt::Write as _;
                    // Writing to a String cannot fail.
                    _ = write!(name, "{byte:02x}");
                    name
                }),
        )
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the blob {0:?} does not exist")]
    Missing(BlobName),
    #[error("the blob store did not work: {0}")]
    Failed(String),
}

/// A store of immutable blobs.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Durable when it returns. Putting the same name again replaces the blob.
    async fn put(&self, name: &BlobName, bytes: Bytes) -> Result<(), BlobError>;
    async fn get(&self, name: &BlobName) -> Result<Bytes, BlobError>;
    /// Removing what is not there is fine.
    async fn remove(&self, name: &BlobName) -> Result<(), BlobError>;
}
