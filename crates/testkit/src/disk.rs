//! A disk that can be full when a story wants it, whatever room this machine has.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adapters::DirectoryBlobs;
use async_trait::async_trait;
use bytes::Bytes;
use ports::{BlobError, BlobName, Blobs, Parts, Space};

pub(crate) struct Disk {
    blobs: DirectoryBlobs,
    is_full: Arc<AtomicBool>,
}

impl Disk {
    pub(crate) const fn new(blobs: DirectoryBlobs, is_full: Arc<AtomicBool>) -> Self {
        Self { blobs, is_full }
    }

    fn is_full(&self) -> bool {
        self.is_full.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Blobs for Disk {
    async fn put_parts(&self, name: &BlobName, parts: Parts) -> Result<(), BlobError> {
        if self.is_full() {
            return Err(BlobError::Full);
        }
        self.blobs.put_parts(name, parts).await
    }

    async fn size(&self, name: &BlobName) -> Result<u64, BlobError> {
        self.blobs.size(name).await
    }

    async fn read(&self, name: &BlobName, from: u64, length: usize) -> Result<Bytes, BlobError> {
        self.blobs.read(name, from, length).await
    }

    async fn remove(&self, name: &BlobName) -> Result<(), BlobError> {
        self.blobs.remove(name).await
    }

    async fn space(&self) -> Result<Space, BlobError> {
        let total = 100 << 30;
        let free = if self.is_full() { 1 << 30 } else { 50 << 30 };
        Ok(Space { free, total })
    }
}
