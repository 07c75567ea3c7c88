//! A kept file, opened piece by piece: a download needs the memory of one piece, a range only the
//! pieces it lies in.

use std::sync::Arc;

use bytes::Bytes;
use domain::AttachmentId;
use ports::{BlobError, BlobName, Blobs, Parts};
use store::{FileKey, StoredAttachment};
use vault::{CHUNK, CHUNKS_VERSION, Chunks};

use crate::{App, AppError};

/// Reads one file.
#[derive(Clone)]
pub struct FileReader {
    blobs: Arc<dyn Blobs>,
    name: BlobName,
    key: Arc<FileKey>,
    chunks: Chunks,
    bytes: u64,
}

impl FileReader {
    /// Bytes of the whole file.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The stretch of `[from, end)` that lies in the same piece as `from`.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the file was removed meanwhile; what the blob store and the
    /// vault say.
    pub async fn read(&self, from: u64, end: u64) -> Result<Bytes, AppError> {
        let number = from / CHUNK as u64;
        let (first, last) = self.chunks.range(number);
        let (place, length) = self.chunks.place(number);
        let sealed = self.blobs.read(&self.name, place, length).await?;
        let plain = self
            .key
            .open(number, self.chunks.is_last(number), &sealed)?;
        let cut = |at: u64| usize::try_from(at.clamp(first, last) - first).unwrap_or(usize::MAX);
        let plain = Bytes::from(plain);
        let end = cut(end).min(plain.len());
        Ok(plain.slice(cut(from).min(end)..end))
    }

    /// The whole file at once, for providers who take it in one piece.
    pub(crate) async fn whole(&self) -> Result<Bytes, AppError> {
        let mut whole = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or(0));
        let mut at = 0;
        while at < self.bytes {
            let piece = self.read(at, self.bytes).await?;
            at += piece.len().max(1) as u64;
            whole.extend_from_slice(&piece);
        }
        Ok(Bytes::from(whole))
    }
}

impl App {
    /// Opens a file whose right to be read was asked for already.
    pub(crate) async fn open_file(
        &self,
        attachment: &StoredAttachment,
    ) -> Result<FileReader, AppError> {
        let name = BlobName::of_bytes(attachment.id.bytes());
        let bytes = u64::try_from(attachment.size).unwrap_or(0);
        let chunks = Chunks::of(bytes);
        let key = Arc::new(self.store.file_opener(attachment).await?);
        let whole = self.blobs.size(&name).await? == chunks.sealed_bytes();
        if !whole || *self.blobs.read(&name, 0, 1).await? != [CHUNKS_VERSION] {
            return Err(AppError::Files("a file was cut or changed".into()));
        }
        Ok(FileReader {
            blobs: Arc::clone(&self.blobs),
            name,
            key,
            chunks,
            bytes,
        })
    }

    /// Seals and stores bytes; answers the secret that opens them.
    pub(crate) async fn keep_file(
        &self,
        id: AttachmentId,
        bytes: Bytes,
    ) -> Result<[u8; 32], AppError> {
        let secret = self.store.ids().secret();
        let key = self.store.file_sealer(id, &secret);
        let parts = sealed_parts(key, bytes);
        let name = BlobName::of_bytes(id.bytes());
        self.blobs.put_parts(&name, parts).await?;
        Ok(secret)
    }
}

/// The version, and then each piece when it is asked for.
fn sealed_parts(key: FileKey, bytes: Bytes) -> Parts {
    let chunks = Chunks::of(bytes.len() as u64);
    let pieces = (0..chunks.count()).map(move |number| {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let (first, end) = chunks.range(number);
        let plain = bytes.get(place(first)..place(end)).unwrap_or_default();
        key.seal(number, chunks.is_last(number), plain)
            .map(Bytes::from)
            .map_err(|error| BlobError::Failed(error.to_string()))
    });
    let head = Ok(Bytes::from_static(&[CHUNKS_VERSION]));
    Box::new(std::iter::once(head).chain(pieces))
}
