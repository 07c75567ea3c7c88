//! Pictures without what they tell about their makers: place, camera, names, previews.
//!
//! Photos (JPEG, PNG) are decoded, turned the way they are meant to be seen, and written anew; an
//! animated PNG keeps its first picture. GIF and WebP are copied block by block instead, and only
//! known picture blocks come along: that keeps animations and stickers exactly as they are. A
//! still WebP that must be turned is written anew. Colour profiles stay, because without them
//! photos of phones look pale, and they say nothing about a person.

mod gif;
mod photo;
mod png;
mod turned;
mod webp;

use bytes::Bytes;
use domain::limits::{
    ANIMATION_FRAMES_MAX, ANIMATION_PIXELS_MAX, IMAGE_MEMORY_MAX, IMAGE_PIXELS_MAX,
};
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

/// Cleans pictures with a bounded amount of memory for all together: small ones beside each
/// other, a large one alone.
#[derive(Debug)]
pub struct Images {
    /// In steps of [`STEP`].
    memory: Semaphore,
    hands: Semaphore,
}

const STEP: u64 = 1024 * 1024;
#[expect(
    clippy::cast_possible_truncation,
    reason = "the bound is a constant of some hundred steps"
)]
const STEPS: u32 = (IMAGE_MEMORY_MAX / STEP) as u32;

impl Images {
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self {
            memory: Semaphore::new(STEPS as usize),
            hands: Semaphore::new(at_once.max(1)),
        }
    }

    /// # Errors
    /// See [`ImageError`].
    pub async fn clean(&self, bytes: Bytes) -> Result<CleanImage, ImageError> {
        let steps = u32::try_from(cost(&bytes)?.div_ceil(STEP)).unwrap_or(u32::MAX);
        let _hand = self
            .hands
            .acquire()
            .await
            .expect("the hands are never closed");
        let _memory = self
            .memory
            .acquire_many(steps.min(STEPS))
            .await
            .expect("the memory is never closed");
        // A decoder that panics on a hostile file has shown that the file is damaged.
        tokio::task::spawn_blocking(move || clean(&bytes))
            .await
            .unwrap_or(Err(ImageError::Damaged))
    }
}

/// Bytes of memory that cleaning takes, by what the head says.
fn cost(bytes: &[u8]) -> Result<u64, ImageError> {
    match sniff(bytes) {
        Some("image/jpeg") => photo::cost(bytes, image::ImageFormat::Jpeg),
        Some("image/png" | "image/apng") => photo::cost(bytes, image::ImageFormat::Png),
        Some("image/webp") => webp::cost(bytes),
        Some("image/gif") => Ok(bytes.len() as u64),
        _ => Err(ImageError::Unsupported),
    }
}

/// Counts the frames of an animation: each is small in the file, and all are decoded where they
/// are shown.
#[derive(Default)]
struct Frames {
    count: u64,
    pixels: u64,
}

impl Frames {
    fn add(&mut self, width: u32, height: u32) -> Result<(), ImageError> {
        self.count += 1;
        self.pixels += u64::from(width) * u64::from(height);
        if self.count > ANIMATION_FRAMES_MAX || self.pixels > ANIMATION_PIXELS_MAX {
            return Err(ImageError::TooManyPixels);
        }
        Ok(())
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
