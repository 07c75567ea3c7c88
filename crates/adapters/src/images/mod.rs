//! Pictures without what they tell about their makers: place, camera, names, previews.
//!
//! Photos (JPEG, PNG) are decoded, turned the way they are meant to be seen, and written anew; an
//! animated PNG keeps its first picture. GIF and WebP are copied block by block instead, and only
//! known picture blocks come along: that keeps animations and stickers exactly as they are. A
//! still WebP that must be turned is written anew. Colour profiles stay, because without them
//! photos of phones look pale, and they say nothing about a person.

mod gif;
mod photo;
mod webp;

use bytes::Bytes;
use domain::limits::IMAGE_PIXELS_MAX;
use tokio::sync::Semaphore;

/// A picture as it may be kept and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanImage {
    pub bytes: Bytes,
    pub mime: &'static str,
    /// As it is seen, after turning.
    pub width: u32,
    pub height: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Keep it as a file; it is not shown inline.
    #[error("this is not a picture of a kind that can be cleaned")]
    Unsupported,
    #[error("the picture has more than {IMAGE_PIXELS_MAX} pixels")]
    TooManyPixels,
    #[error("the picture is damaged")]
    Damaged,
}

/// What a file is by its first bytes, whatever its name or header claims.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    infer::get(bytes).map(|kind| kind.mime_type())
}

/// Cleans pictures, a bounded number at a time: a decoded photo takes up to 200 MB for a moment.
#[derive(Debug)]
pub struct Images {
    slots: Semaphore,
}

impl Images {
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self {
            slots: Semaphore::new(at_once.max(1)),
        }
    }

    /// # Errors
    /// See [`ImageError`].
    pub async fn clean(&self, bytes: Bytes) -> Result<CleanImage, ImageError> {
        let _slot = self
            .slots
            .acquire()
            .await
            .expect("the slots are never closed");
        // A decoder that panics on a hostile file has shown that the file is damaged.
        tokio::task::spawn_blocking(move || clean(&bytes))
            .await
            .unwrap_or(Err(ImageError::Damaged))
    }
}

/// As [`Images::clean`], on this thread.
///
/// # Errors
/// See [`ImageError`].
pub fn clean(bytes: &[u8]) -> Result<CleanImage, ImageError> {
    match sniff(bytes) {
        Some("image/jpeg") => photo::clean(bytes, image::ImageFormat::Jpeg),
        Some("image/png" | "image/apng") => photo::clean(bytes, image::ImageFormat::Png),
        Some("image/gif") => gif::clean(bytes),
        Some("image/webp") => webp::clean(bytes),
        _ => Err(ImageError::Unsupported),
    }
}

fn check_pixels(width: u32, height: u32) -> Result<(), ImageError> {
    if u64::from(width) * u64::from(height) > IMAGE_PIXELS_MAX {
        return Err(ImageError::TooManyPixels);
    }
    Ok(())
}
