//! The key of one file, for its bytes in the blob store.

use domain::AttachmentId;
use vault::{DataKey, Place};

use crate::error::StoreError;

/// Seals and opens the pieces of one file.
pub struct FileKey {
    id: [u8; 16],
    key: DataKey,
}

impl FileKey {
    pub(crate) fn new(id: AttachmentId, secret: &[u8; 32]) -> Self {
        let id = id.bytes();
        Self {
            id,
            key: DataKey::new(id, secret),
        }
    }

    const fn place(&self) -> Place<'_> {
        Place {
            column: "file",
            row: &self.id,
        }
    }

    /// # Errors
    /// [`StoreError::Sealed`] when the cipher fails.
    pub fn seal(&self, number: u64, last: bool, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.key
            .seal_chunk(self.place(), number, last, plain)
            .map_err(|_| StoreError::Sealed("file"))
    }

    /// # Errors
    /// [`StoreError::Sealed`] when the piece is damaged, or is not this one.
    pub fn open(&self, number: u64, last: bool, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.key
            .open_chunk(self.place(), number, last, sealed)
            .map(|plain| plain.to_vec())
            .map_err(|_| StoreError::Sealed("file"))
    }
}
