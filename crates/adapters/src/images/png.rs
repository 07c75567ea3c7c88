//! PNG without anything that is no picture, before a decoder sees it: texts and profiles may be
//! small in the file and huge when they are inflated.

use super::ImageError;

const SIGNATURE: usize = 8;
/// Chunks of the picture itself, of its colours, and of how it is turned. An animation keeps its
/// first picture.
const KEPT: [&[u8; 4]; 8] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB",
];
/// At most one of each, and none that is larger than any honest one.
const KEPT_SMALL: [&[u8; 4]; 2] = [b"iCCP", b"eXIf"];
const SMALL_BYTES_MAX: usize = 16 * 1024;
/// Name, length and checksum.
const FRAME: usize = 12;

/// # Errors
/// [`ImageError::Damaged`] when a chunk is longer than what is left, or there is no end.
pub(super) fn bare(bytes: &[u8]) -> Result<Vec<u8>, ImageError> {
    copy(bytes).ok_or(ImageError::Damaged)
}

fn copy(bytes: &[u8]) -> Option<Vec<u8>> {
    let (signature, mut rest) = bytes.split_at_checked(SIGNATURE)?;
    let mut bare = Vec::with_capacity(bytes.len());
    bare.extend_from_slice(signature);
    let mut seen_small = [false; KEPT_SMALL.len()];
    loop {
        let head = rest.first_chunk::<8>()?;
        let name = &[head[4], head[5], head[6], head[7]];
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let length = usize::try_from(length).ok()?;
        let (chunk, after) = rest.split_at_checked(length.checked_add(FRAME)?)?;
        rest = after;
        let small = KEPT_SMALL.iter().position(|small| *small == name);
        let is_kept = match small.and_then(|place| seen_small.get_mut(place)) {
            Some(seen) => length <= SMALL_BYTES_MAX && !std::mem::replace(seen, true),
            None => KEPT.contains(&name),
        };
        if is_kept {
            bare.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(bare);
        }
    }
}
