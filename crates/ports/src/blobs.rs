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
    /// The disk takes no more.
    #[error("the blob store is full")]
    Full,
    #[error("the blob store did not work: {0}")]
    Failed(String),
}

/// The pieces of a blob in their order, made while they are written.
pub type Parts = Box<dyn Iterator<Item = Result<Bytes, BlobError>> + Send>;

/// Bytes of the disk that blobs lie on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    pub free: u64,
    pub total: u64,
}

/// A store of immutable blobs.
#[async_trait]
pub trait Blobs: Send + Sync + 'static {
    /// Durable when it returns. Putting the same name again replaces the blob. A piece that fails
    /// ends it, and nothing is kept.
    async fn put_parts(&self, name: &BlobName, parts: Parts) -> Result<(), BlobError>;
    /// Bytes of the whole blob.
    async fn size(&self, name: &BlobName) -> Result<u64, BlobError>;
    /// A stretch of the blob that lies wholly inside of it.
    async fn read(&self, name: &BlobName, from: u64, length: usize) -> Result<Bytes, BlobError>;
    /// Removing what is not there is fine.
    async fn remove(&self, name: &BlobName) -> Result<(), BlobError>;
    async fn space(&self) -> Result<Space, BlobError>;

    /// As [`Blobs::put_parts`], in one piece.
    async fn put(&self, name: &BlobName, bytes: Bytes) -> Result<(), BlobError> {
        self.put_parts(name, Box::new(std::iter::once(Ok(bytes))))
            .await
    }
}
