//! WebP, chunk by chunk: only chunks that make the picture come along.

use bytes::Bytes;
use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, codecs::webp::WebPDecoder};

use super::{CleanImage, Frames, ImageError, check_pixels, photo};

const EXTENDED: &[u8; 4] = b"VP8X";
const FRAME: &[u8; 4] = b"ANMF";
/// Chunks of a picture, and of a frame inside an animation.
const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ICCP", EXTENDED, FRAME];
const KEPT_IN_FRAME: [&[u8; 4]; 3] = [b"VP8 ", b"VP8L", b"ALPH"];
/// Bytes of a frame before its own chunks begin.
const FRAME_HEAD: usize = 16;
const FLAG_EXIF: u8 = 0x08;
const FLAG_XMP: u8 = 0x04;

pub(super) fn clean(bytes: &[u8]) -> Result<CleanImage, ImageError> {
    let decoder = WebPDecoder::new(std::io::Cursor::new(bytes)).map_err(|_| ImageError::Damaged)?;
    let (width, height) = decoder.dimensions();
    check_pixels(width, height)?;
    let turned = photo::orientation(bytes, ImageFormat::WebP)? != Orientation::NoTransforms;
    if turned && !decoder.has_animation() {
        return photo::clean(bytes, ImageFormat::WebP);
    }
    count_frames(bytes)?;
    let chunks = copy_chunks(bytes.get(12..).unwrap_or(&[]), &KEPT).ok_or(ImageError::Damaged)?;
    let length = u32::try_from(chunks.len() + 4).map_err(|_| ImageError::Damaged)?;
    let mut clean = Vec::with_capacity(chunks.len() + 12);
    clean.extend_from_slice(b"RIFF");
    clean.extend_from_slice(&length.to_le_bytes());
    clean.extend_from_slice(b"WEBP");
    clean.extend_from_slice(&chunks);
    // A frame may have held nothing but chunks that were left out: then it is no picture any more.
    let again = WebPDecoder::new(std::io::Cursor::new(&clean));
    if again.map_err(|_| ImageError::Damaged)?.dimensions() != (width, height) {
        return Err(ImageError::Damaged);
    }
    Ok(CleanImage {
        bytes: Bytes::from(clean),
        mime: "image/webp",
        width,
        height,
    })
}

/// A still one that must be turned is decoded; everything else is copied.
pub(super) fn cost(bytes: &[u8]) -> Result<u64, ImageError> {
    let decoder = WebPDecoder::new(std::io::Cursor::new(bytes)).map_err(|_| ImageError::Damaged)?;
    let turned = photo::orientation(bytes, ImageFormat::WebP)? != Orientation::NoTransforms;
    if turned && !decoder.has_animation() {
        photo::cost(bytes, ImageFormat::WebP)
    } else {
        Ok(bytes.len() as u64)
    }
}

fn count_frames(bytes: &[u8]) -> Result<(), ImageError> {
    let mut frames = Frames::default();
    let mut rest = bytes.get(12..).unwrap_or(&[]);
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let length = usize::try_from(length).map_err(|_| ImageError::Damaged)?;
        if head.starts_with(FRAME) {
            let sides = after.get(6..12).ok_or(ImageError::Damaged)?;
            let side = |at: usize| u32::from_le_bytes([sides[at], sides[at + 1], sides[at + 2], 0]);
            frames.add(side(0) + 1, side(3) + 1)?;
        }
        rest = after.get(length + length % 2..).unwrap_or(&[]);
    }
    Ok(())
}

/// `None` when a chunk is longer than what is left.
fn copy_chunks(mut rest: &[u8], kept: &[&[u8; 4]]) -> Option<Vec<u8>> {
    let mut clean = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let (head, after) = rest.split_first_chunk::<8>()?;
        let name = [head[0], head[1], head[2], head[3]];
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let (body, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
        // Odd chunks are padded; the last one's padding is sometimes left out.
        rest = after.get(body.len() % 2..).unwrap_or(&[]);
        if kept.contains(&&name) {
            push_chunk(&mut clean, name, &clean_body(name, body)?)?;
        }
    }
    Some(clean)
}

fn clean_body(name: [u8; 4], body: &[u8]) -> Option<Vec<u8>> {
    if &name == EXTENDED {
        let mut body = body.to_vec();
        *body.first_mut()? &= !(FLAG_EXIF | FLAG_XMP);
        return Some(body);
    }
    if &name == FRAME {
        let (head, chunks) = body.split_at_checked(FRAME_HEAD)?;
        let mut body = head.to_vec();
        body.extend_from_slice(&copy_chunks(chunks, &KEPT_IN_FRAME)?);
        return Some(body);
    }
    Some(body.to_vec())
}

fn push_chunk(clean: &mut Vec<u8>, name: [u8; 4], body: &[u8]) -> Option<()> {
    clean.extend_from_slice(&name);
    clean.extend_from_slice(&u32::try_from(body.len()).ok()?.to_le_bytes());
    clean.extend_from_slice(body);
    if body.len() % 2 == 1 {
        clean.push(0);
    }
    Some(())
}
