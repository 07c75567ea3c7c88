//! GIF, block by block: frames, their timing and the loop come along; comments, plain texts and
//! other programs' extensions (XMP among them) do not.

use bytes::Bytes;

use super::{CleanImage, Frames, ImageError, check_pixels};

const EXTENSION: u8 = 0x21;
const FRAME: u8 = 0x2c;
const TRAILER: u8 = 0x3b;
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;
/// Programs whose extension says how often an animation repeats.
const LOOPS: [&[u8]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];

pub(super) fn clean(bytes: &[u8]) -> Result<CleanImage, ImageError> {
    copy(bytes).ok_or(ImageError::Damaged)?
}

/// `None` when the file ends where it must not.
fn copy(bytes: &[u8]) -> Option<Result<CleanImage, ImageError>> {
    let mut source = Source { rest: bytes };
    let mut clean = Vec::with_capacity(bytes.len());
    let head = source.take(13)?;
    let width = u16::from_le_bytes([head[6], head[7]]);
    let height = u16::from_le_bytes([head[8], head[9]]);
    if let Err(error) = check_pixels(width.into(), height.into()) {
        return Some(Err(error));
    }
    clean.extend_from_slice(head);
    clean.extend_from_slice(source.take(table_bytes(head[10]))?);
    let mut frames = Frames::default();
    loop {
        match *source.take(1)?.first()? {
            TRAILER => break,
            FRAME => {
                let descriptor = source.take(9)?;
                let side = |at: usize| u16::from_le_bytes([descriptor[at], descriptor[at + 1]]);
                if let Err(error) = frames.add(side(4).into(), side(6).into()) {
                    return Some(Err(error));
                }
                clean.push(FRAME);
                clean.extend_from_slice(descriptor);
                clean.extend_from_slice(source.take(table_bytes(descriptor[8]))?);
                clean.extend_from_slice(source.take(1)?);
                clean.extend_from_slice(source.take_sub_blocks()?);
            }
            EXTENSION => {
                let label = *source.take(1)?.first()?;
                let blocks = source.take_sub_blocks()?;
                if is_kept(label, blocks) {
                    clean.extend_from_slice(&[EXTENSION, label]);
                    clean.extend_from_slice(blocks);
                }
            }
            _ => return None,
        }
    }
    clean.push(TRAILER);
    (frames.count > 0).then_some(Ok(CleanImage {
        bytes: Bytes::from(clean),
        mime: "image/gif",
        width: width.into(),
        height: height.into(),
    }))
}

fn is_kept(label: u8, blocks: &[u8]) -> bool {
    match label {
        GRAPHIC_CONTROL => true,
        APPLICATION => {
            // One block of eleven letters, one of three bytes, and the end: nothing else fits in.
            blocks.len() == 17
                && blocks
                    .get(1..12)
                    .is_some_and(|program| LOOPS.contains(&program))
        }
        _ => false,
    }
}

/// Bytes of the colour table that these flags announce.
fn table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 0x07) + 1)
    }
}

struct Source<'a> {
    rest: &'a [u8],
}

impl<'a> Source<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Sub-blocks up to and with the empty one that ends them.
    fn take_sub_blocks(&mut self) -> Option<&'a [u8]> {
        let mut length = 0;
        loop {
            let size = usize::from(*self.rest.get(length)?);
            length += 1 + size;
            if size == 0 {
                return self.take(length);
            }
        }
    }
}
