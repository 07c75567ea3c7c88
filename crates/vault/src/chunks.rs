//! Files, sealed in pieces: a piece opens by itself, so a long file is read with the memory of one
//! piece, and a part of it without the rest.
//!
//! A sealed file is `version (1)` and then one piece after the other, each `nonce (12) ‖
//! ciphertext ‖ tag (16)`. The piece's number and whether it is the last one are associated data:
//! pieces that are moved, left out, doubled or cut off do not open.

use zeroize::Zeroizing;

use crate::sealed::{DataKey, NONCE, Place, SealError, Sealed, TAG, associated};

/// Bytes of a file in one piece; only the last piece may have fewer.
pub const CHUNK: usize = 64 * 1024;
/// The first byte of a file that is sealed in pieces.
pub const CHUNKS_VERSION: u8 = 2;

const SEALED_CHUNK: u64 = (NONCE + CHUNK + TAG) as u64;
const HEAD: u64 = 1;

/// How a file of so many bytes lies in its pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunks {
    plain: u64,
}

impl Chunks {
    #[must_use]
    pub const fn of(plain: u64) -> Self {
        Self { plain }
    }

    /// At least one: a file without bytes has an empty piece.
    #[must_use]
    pub const fn count(self) -> u64 {
        let full = self.plain.div_ceil(CHUNK as u64);
        if full == 0 { 1 } else { full }
    }

    #[must_use]
    pub const fn is_last(self, number: u64) -> bool {
        number + 1 == self.count()
    }

    /// Bytes of the whole sealed file.
    #[must_use]
    pub const fn sealed_bytes(self) -> u64 {
        HEAD + self.plain + self.count() * (NONCE + TAG) as u64
    }

    /// Where a sealed piece begins, and its length.
    #[must_use]
    pub const fn place(self, number: u64) -> (u64, usize) {
        let begins = HEAD + number * SEALED_CHUNK;
        let length = if self.is_last(number) {
            self.sealed_bytes().saturating_sub(begins)
        } else {
            SEALED_CHUNK
        };
        // At most one piece, which is far below the size of any memory.
        (begins, length as usize)
    }

    /// The bytes of the file that lie in this piece: its first, and the one behind its last.
    #[must_use]
    pub const fn range(self, number: u64) -> (u64, u64) {
        let first = number * CHUNK as u64;
        let end = first + CHUNK as u64;
        (first, if end < self.plain { end } else { self.plain })
    }
}

fn chunk_data(subject: [u8; 16], place: Place<'_>, number: u64, last: bool) -> Vec<u8> {
    let mut data = associated(subject, place);
    data.push(0);
    data.extend_from_slice(&number.to_be_bytes());
    data.push(u8::from(last));
    data
}

impl DataKey {
    /// # Errors
    /// [`SealError::Seal`] when the cipher fails.
    pub fn seal_chunk(
        &self,
        place: Place<'_>,
        number: u64,
        last: bool,
        plain: &[u8],
    ) -> Result<Sealed, SealError> {
        let data = chunk_data(self.subject(), place, number, last);
        self.seal_with(&data, plain)
    }

    /// # Errors
    /// [`SealError::Open`] for another key, another place, another number or damaged bytes.
    pub fn open_chunk(
        &self,
        place: Place<'_>,
        number: u64,
        last: bool,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let data = chunk_data(self.subject(), place, number, last);
        self.open_with(&data, sealed)
    }
}
