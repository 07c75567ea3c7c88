//! A file that leaves the house: a backup. Everything in it is sealed under a key of its own, and
//! that key under the master key, which is in no backup.
//!
//! `magic (8) ‖ version (1) ‖ kind (1) ‖ id (16) ‖ made at (8) ‖ master's fingerprint (16) ‖
//! wrapped key (61)` and then pieces as in a sealed file (`chunks.rs`). Everything before the
//! wrapped key is associated data of it, and every piece is bound to its number and to whether it
//! is the last: a file that is torn, cut, swapped or changed in one bit is not read to its end.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use crate::chunks::CHUNK;
use crate::master::MasterKey;
use crate::sealed::{DataKey, NONCE, Place, TAG};

const MAGIC: &[u8; 8] = b"TRESENBK";
const VERSION: u8 = 1;
const HEAD: usize = 50;
const WRAPPED: usize = 61;
const SEALED_CHUNK: usize = NONCE + CHUNK + TAG;

/// What a parcel holds. The two lie apart: neither is of use without the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParcelKind {
    Content,
    Keys,
}

impl ParcelKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Content => b'C',
            Self::Keys => b'K',
        }
    }

    /// What it is, in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content file",
            Self::Keys => "key file",
        }
    }
}

/// What is written on the outside, and cannot be changed without being noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    pub kind: ParcelKind,
    pub id: [u8; 16],
    pub made_at_ms: i64,
}

/// Why a parcel is not opened, in words for whoever wants it opened.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError {
    #[error("it is no backup of Tresen")]
    Foreign,
    #[error("a newer version of Tresen made it")]
    Newer,
    #[error("it is a {}, and a {} is wanted here", found.as_str(), wanted.as_str())]
    Swapped {
        found: ParcelKind,
        wanted: ParcelKind,
    },
    #[error("it was sealed with another master key")]
    OtherMaster,
    #[error("it ends too early: it was cut off")]
    Cut,
    #[error("it is damaged, or was cut off, {0} bytes from its beginning")]
    Damaged(u64),
    #[error("it holds more than its own list names")]
    TooLong,
    #[error("it cannot be sealed")]
    Seal,
    #[error("{0}")]
    Io(#[from] io::Error),
}

const PLACE: Place<'_> = Place {
    column: "parcel.piece",
    row: &[],
};

fn head(label: Label, master: &MasterKey) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(MAGIC);
    head[8] = VERSION;
    head[9] = label.kind.byte();
    head[10..26].copy_from_slice(&label.id);
    head[26..34].copy_from_slice(&label.made_at_ms.to_be_bytes());
    head[34..].copy_from_slice(&master.fingerprint());
    head
}

/// Seals what is written into it.
pub struct ParcelWriter<W> {
    file: W,
    key: DataKey,
    held: Zeroizing<Vec<u8>>,
    number: u64,
}

impl<W: Write> ParcelWriter<W> {
    /// Begins a parcel; `secret` is 32 fresh random bytes.
    ///
    /// # Errors
    /// [`ParcelError::Io`] when the file takes nothing.
    pub fn begin(
        mut file: W,
        master: &MasterKey,
        label: Label,
        secret: [u8; 32],
    ) -> Result<Self, ParcelError> {
        let secret = Zeroizing::new(secret);
        let head = head(label, master);
        let wrapped = master.wrap_parcel(label.id, &head, &secret);
        let wrapped = wrapped.map_err(|_| ParcelError::Seal)?;
        file.write_all(&head)?;
        file.write_all(&wrapped)?;
        Ok(Self {
            file,
            key: DataKey::new(label.id, &secret),
            held: Zeroizing::new(Vec::with_capacity(CHUNK)),
            number: 0,
        })
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let sealed = self.key.seal_chunk(PLACE, self.number, last, &self.held);
        let sealed = sealed.map_err(|_| io::Error::other(ParcelError::Seal))?;
        self.file.write_all(&sealed)?;
        self.number += 1;
        self.held.clear();
        Ok(())
    }

    /// Writes the last piece; without it the parcel counts as cut off.
    ///
    /// # Errors
    /// What the file says.
    pub fn finish(mut self) -> Result<W, ParcelError> {
        self.seal(true)?;
        self.file.flush()?;
        Ok(self.file)
    }
}

impl<W: Write> Write for ParcelWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full piece waits until it is known that it is not the last.
        if self.held.len() == CHUNK {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.held.len());
        self.held.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Opens what is read out of it; not one byte of a piece that was changed comes out.
pub struct ParcelReader<R> {
    file: R,
    key: DataKey,
    label: Label,
    open: Zeroizing<Vec<u8>>,
    used: usize,
    /// The sealed piece behind the open one.
    next: Vec<u8>,
    number: u64,
    at: u64,
    has_ended: bool,
}

impl<R: Read> ParcelReader<R> {
    /// Reads the outside and checks that this is what is wanted, and that the master key is the
    /// one it was sealed with.
    ///
    /// # Errors
    /// [`ParcelError`] with the reason.
    pub fn begin(mut file: R, master: &MasterKey, wanted: ParcelKind) -> Result<Self, ParcelError> {
        let mut outside = [0; HEAD];
        let found = fill(&mut file, &mut outside)?;
        if !outside[..found].starts_with(&MAGIC[..found.min(MAGIC.len())]) || found == 0 {
            return Err(ParcelError::Foreign);
        }
        if found < HEAD {
            return Err(ParcelError::Cut);
        }
        if outside[8] != VERSION {
            return Err(ParcelError::Newer);
        }
        let mut kinds = [ParcelKind::Content, ParcelKind::Keys].into_iter();
        let kind = kinds.find(|kind| kind.byte() == outside[9]);
        let kind = kind.ok_or(ParcelError::Damaged(9))?;
        if kind != wanted {
            return Err(ParcelError::Swapped {
                found: kind,
                wanted,
            });
        }
        let mut label = Label {
            kind,
            id: [0; 16],
            made_at_ms: 0,
        };
        label.id.copy_from_slice(&outside[10..26]);
        let mut made_at = [0; 8];
        made_at.copy_from_slice(&outside[26..34]);
        label.made_at_ms = i64::from_be_bytes(made_at);
        if outside[34..] != master.fingerprint() {
            return Err(ParcelError::OtherMaster);
        }
        let mut wrapped = [0; WRAPPED];
        if fill(&mut file, &mut wrapped)? < WRAPPED {
            return Err(ParcelError::Cut);
        }
        let secret = master.unwrap_parcel(label.id, &outside, &wrapped);
        let secret = secret.map_err(|_| ParcelError::Damaged(0))?;
        let mut reader = Self {
            file,
            key: DataKey::new(label.id, &secret),
            label,
            open: Zeroizing::new(Vec::new()),
            used: 0,
            next: Vec::new(),
            number: 0,
            at: (HEAD + WRAPPED) as u64,
            has_ended: false,
        };
        reader.next = reader.sealed_piece()?;
        Ok(reader)
    }

    /// What is written on the outside.
    #[must_use]
    pub const fn label(&self) -> Label {
        self.label
    }

    /// Everything was read: nothing may follow.
    ///
    /// # Errors
    /// [`ParcelError`] when something does, or when the end is not whole.
    pub fn finish(mut self) -> Result<(), ParcelError> {
        let mut more = [0];
        match self.read(&mut more) {
            Ok(0) => Ok(()),
            Ok(_) => Err(ParcelError::TooLong),
            Err(error) => Err(of_io(error)),
        }
    }

    fn sealed_piece(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = vec![0; SEALED_CHUNK];
        let length = fill(&mut self.file, &mut piece)?;
        piece.truncate(length);
        Ok(piece)
    }

    fn advance(&mut self) -> io::Result<()> {
        let behind = self.sealed_piece()?;
        let sealed = std::mem::replace(&mut self.next, behind);
        self.has_ended = self.next.is_empty();
        let open = self
            .key
            .open_chunk(PLACE, self.number, self.has_ended, &sealed);
        self.open = open.map_err(|_| io::Error::other(ParcelError::Damaged(self.at)))?;
        self.used = 0;
        self.number += 1;
        self.at += sealed.len() as u64;
        Ok(())
    }
}

impl<R: Read> Read for ParcelReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.used == self.open.len() {
            if self.has_ended || out.is_empty() {
                return Ok(0);
            }
            self.advance()?;
        }
        let taken = out.len().min(self.open.len() - self.used);
        out[..taken].copy_from_slice(&self.open[self.used..self.used + taken]);
        self.used += taken;
        Ok(taken)
    }
}

/// The reason that a reader of this module put into an error of the file's.
#[must_use]
pub fn of_io(error: io::Error) -> ParcelError {
    match error.downcast::<ParcelError>() {
        Ok(reason) => reason,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => ParcelError::Cut,
        Err(error) => ParcelError::Io(error),
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
