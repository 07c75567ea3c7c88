//! The master key: one file, made at the first start, never inside the database.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::sealed::{DataKey, KeyEncryptionKey, Place, SealError};

const HEADER: &str = "tresen-master-key-1:";

#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    #[error("the master key {} is missing. The data was sealed with it and cannot be read without it: put the key back, or start with an empty data directory", path.display())]
    Missing { path: PathBuf },
    #[error("the master key {} cannot be used: {reason}. Put back the key this data was sealed with", path.display())]
    Unusable { path: PathBuf, reason: &'static str },
    #[error("the master key {} is readable by others (mode {mode:o}). Run: chmod 400 {}", path.display(), path.display())]
    TooOpen { path: PathBuf, mode: u32 },
    #[error("the master key {} cannot be read or written: {source}", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
}

/// A word as the search index knows it.
pub type BlindWord = [char; 10];

/// The root of all keys. Lives in memory only while the process runs.
pub struct MasterKey {
    wrapping: KeyEncryptionKey,
    lookup: hmac::Key,
    search: hmac::Key,
    parcels: DataKey,
    fingerprint: [u8; 16],
}

impl MasterKey {
    /// # Errors
    /// [`MasterKeyError`] when the file is missing, open to others or no master key.
    pub fn load(path: &Path) -> Result<Self, MasterKeyError> {
        let io = |source| MasterKeyError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(MasterKeyError::Missing {
                    path: path.to_owned(),
                });
            }
            Err(error) => return Err(io(error)),
        };
        let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::TooOpen {
                path: path.to_owned(),
                mode,
            });
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(io)?;
        let unusable = |reason| MasterKeyError::Unusable {
            path: path.to_owned(),
            reason,
        };
        let digits = text
            .trim()
            .strip_prefix(HEADER)
            .ok_or_else(|| unusable("it is no master key file"))?;
        let bytes = from_hex(digits).ok_or_else(|| unusable("it is damaged"))?;
        Ok(Self::derive(&bytes))
    }

    /// Writes a new master key (mode 0400) from 32 random bytes; never replaces a file.
    ///
    /// # Errors
    /// [`MasterKeyError::Io`] when the file exists or cannot be written.
    pub fn create(path: &Path, secret: [u8; 32]) -> Result<Self, MasterKeyError> {
        let secret = Zeroizing::new(secret);
        let io = |source| MasterKeyError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o400)
            .open(path)
            .map_err(io)?;
        let mut text = Zeroizing::new(String::from(HEADER));
        for byte in secret.iter() {
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 15)]));
        }
        text.push('\n');
        file.write_all(text.as_bytes()).map_err(io)?;
        file.sync_all().map_err(io)?;
        if let Some(folder) = path.parent() {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(io)?;
        }
        Ok(Self::derive(&secret))
    }

    fn derive(secret: &[u8; 32]) -> Self {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"tresen/master/1");
        let root = salt.extract(secret);
        let expand = |purpose: &[u8]| {
            let mut key = Zeroizing::new([0; 32]);
            root.expand(&[purpose], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(key.as_mut_slice()))
                .expect("32 bytes are a valid HKDF output length");
            key
        };
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&expand(b"fingerprint")[..16]);
        Self {
            wrapping: KeyEncryptionKey::new(0, &expand(b"wrapping")),
            lookup: hmac::Key::new(hmac::HMAC_SHA256, expand(b"lookup").as_slice()),
            search: hmac::Key::new(hmac::HMAC_SHA256, expand(b"search").as_slice()),
            parcels: DataKey::new([0xbb; 16], &expand(b"parcels")),
            fingerprint,
        }
    }

    /// The same for the same key, and useless for finding it.
    #[must_use]
    pub const fn fingerprint(&self) -> [u8; 16] {
        self.fingerprint
    }

    /// A keyed hash of a value: equal values of the same kind meet, and nobody without the key
    /// can try out values.
    #[must_use]
    pub fn lookup(&self, kind: &str, value: &str) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.lookup);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(value.as_bytes());
        let tag = context.sign();
        let mut short = [0; 16];
        short.copy_from_slice(&tag.as_ref()[..16]);
        short
    }

    /// A word as the search index knows it: equal words meet, and nobody without the key can read
    /// or try out words. Ten small letters, so that both engines take it for a word; forty bits,
    /// because a hit is opened and looked at anyway.
    #[must_use]
    pub fn blind_word(&self, word: &str) -> BlindWord {
        let tag = hmac::sign(&self.search, word.as_bytes());
        let mut letters = ['a'; 10];
        for (pair, byte) in letters.chunks_exact_mut(2).zip(tag.as_ref()) {
            pair[0] = char::from(b'a' + (byte >> 4));
            pair[1] = char::from(b'a' + (byte & 15));
        }
        letters
    }

    pub(crate) fn wrap_parcel(
        &self,
        id: [u8; 16],
        outside: &[u8],
        secret: &[u8; 32],
    ) -> Result<Vec<u8>, SealError> {
        let row = [&id, outside].concat();
        let column = "parcel.key";
        self.parcels.seal(Place { column, row: &row }, secret)
    }

    pub(crate) fn unwrap_parcel(
        &self,
        id: [u8; 16],
        outside: &[u8],
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let row = [&id, outside].concat();
        let column = "parcel.key";
        let open = self.parcels.open(Place { column, row: &row }, wrapped)?;
        let mut secret = Zeroizing::new([0; 32]);
        if open.len() != secret.len() {
            return Err(SealError::Open);
        }
        secret.copy_from_slice(&open);
        Ok(secret)
    }

    /// Wraps the secret of a new generation for the key store.
    ///
    /// # Errors
    /// [`SealError`] when the cipher fails.
    pub fn wrap_generation(
        &self,
        generation: i64,
        secret: &[u8; 32],
    ) -> Result<Vec<u8>, SealError> {
        self.wrapping.wrap(generation_subject(generation), secret)
    }

    /// # Errors
    /// [`SealError`] when this master key did not wrap it.
    pub fn unwrap_generation(
        &self,
        generation: i64,
        wrapped: &[u8],
    ) -> Result<KeyEncryptionKey, SealError> {
        let secret = self
            .wrapping
            .unwrap_secret(generation_subject(generation), wrapped)?;
        Ok(KeyEncryptionKey::new(generation, &secret))
    }
}

fn generation_subject(generation: i64) -> [u8; 16] {
    let mut subject = [0xee; 16];
    subject[8..].copy_from_slice(&generation.to_be_bytes());
    subject
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn from_hex(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    if digits.len() != 64 {
        return None;
    }
    for (place, pair) in digits.as_bytes().chunks(2).enumerate() {
        let high = HEX.iter().position(|digit| *digit == pair[0])?;
        let low = HEX.iter().position(|digit| *digit == pair[1])?;
        bytes[place] = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}
