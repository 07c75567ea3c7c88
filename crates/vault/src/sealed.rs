//! Sealing and opening, and the keys that do it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
pub(crate) const NONCE: usize = 12;
pub(crate) const TAG: usize = 16;

/// Bytes that read as noise without the key.
pub type Sealed = Vec<u8>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("the value could not be sealed")]
    Seal,
    /// Wrong key, wrong place or damaged bytes: by design nobody can tell which.
    #[error("the value does not open with this key at this place")]
    Open,
}

/// Where a sealed value stands; it opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// `table.column`
    pub column: &'static str,
    /// The row's id.
    pub row: &'a [u8],
}

pub(crate) fn associated(subject: [u8; 16], place: Place<'_>) -> Vec<u8> {
    let mut data = Vec::with_capacity(17 + place.column.len() + place.row.len());
    data.extend_from_slice(&subject);
    data.extend_from_slice(place.column.as_bytes());
    data.push(0);
    data.extend_from_slice(place.row);
    data
}

fn cipher(secret: &[u8; 32]) -> RandomizedNonceKey {
    RandomizedNonceKey::new(&AES_256_GCM, secret).expect("32 bytes are an AES-256 key")
}

/// `nonce ‖ ciphertext ‖ tag`, behind what already stands in `sealed`.
fn append_sealed(
    key: &RandomizedNonceKey,
    aad: &[u8],
    plain: &[u8],
    sealed: &mut Sealed,
) -> Result<(), SealError> {
    sealed.reserve_exact(NONCE + plain.len() + TAG);
    let begins = sealed.len();
    sealed.extend_from_slice(&[0; NONCE]);
    sealed.extend_from_slice(plain);
    let (head, body) = sealed
        .get_mut(begins..)
        .and_then(|fresh| fresh.split_at_mut_checked(NONCE))
        .ok_or(SealError::Seal)?;
    let (nonce, tag) = key
        .seal_in_place_separate_tag(Aad::from(aad), body)
        .map_err(|_unspecified| SealError::Seal)?;
    head.copy_from_slice(nonce.as_ref());
    sealed.extend_from_slice(tag.as_ref());
    Ok(())
}

fn open_bare(
    key: &RandomizedNonceKey,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    if sealed.len() < NONCE + TAG {
        return Err(SealError::Open);
    }
    let (nonce, body) = sealed.split_at(NONCE);
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Open)?;
    let mut body = Zeroizing::new(body.to_vec());
    let length = key
        .open_in_place(nonce, Aad::from(aad), &mut body)
        .map_err(|_unspecified| SealError::Open)?
        .len();
    body.truncate(length);
    Ok(body)
}

fn seal(key: &RandomizedNonceKey, aad: &[u8], plain: &[u8]) -> Result<Sealed, SealError> {
    let mut sealed = Vec::with_capacity(1 + NONCE + plain.len() + TAG);
    sealed.push(VERSION);
    append_sealed(key, aad, plain, &mut sealed)?;
    Ok(sealed)
}

fn open(
    key: &RandomizedNonceKey,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    match sealed.split_first() {
        Some((&VERSION, rest)) => open_bare(key, aad, rest),
        _ => Err(SealError::Open),
    }
}

/// Wraps data keys. Destroying a generation destroys every key wrapped by it.
pub struct KeyEncryptionKey {
    generation: i64,
    cipher: RandomizedNonceKey,
}

impl KeyEncryptionKey {
    #[must_use]
    pub fn new(generation: i64, secret: &[u8; 32]) -> Self {
        Self {
            generation,
            cipher: cipher(secret),
        }
    }

    #[must_use]
    pub const fn generation(&self) -> i64 {
        self.generation
    }

    /// Wraps by another generation what this one wrapped.
    ///
    /// # Errors
    /// [`SealError`] when this one did not wrap it for this subject.
    pub fn rewrap(
        &self,
        subject: [u8; 16],
        wrapped: &[u8],
        into: &Self,
    ) -> Result<Sealed, SealError> {
        into.wrap(subject, &*self.unwrap_secret(subject, wrapped)?)
    }

    pub(crate) fn wrap(&self, subject: [u8; 16], secret: &[u8; 32]) -> Result<Sealed, SealError> {
        let place = Place {
            column: "key",
            row: &self.generation.to_be_bytes(),
        };
        seal(&self.cipher, &associated(subject, place), secret)
    }

    pub(crate) fn unwrap_secret(
        &self,
        subject: [u8; 16],
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let place = Place {
            column: "key",
            row: &self.generation.to_be_bytes(),
        };
        let plain = open(&self.cipher, &associated(subject, place), wrapped)?;
        let mut secret = Zeroizing::new([0; 32]);
        if plain.len() != secret.len() {
            return Err(SealError::Open);
        }
        secret.copy_from_slice(&plain);
        Ok(secret)
    }
}

/// The key of one subject.
pub struct DataKey {
    subject: [u8; 16],
    cipher: RandomizedNonceKey,
}

impl DataKey {
    /// A key from its secret, for a file with a secret of its own or after unwrapping.
    #[must_use]
    pub fn new(subject: [u8; 16], secret: &[u8; 32]) -> Self {
        Self {
            subject,
            cipher: cipher(secret),
        }
    }

    #[must_use]
    pub const fn subject(&self) -> [u8; 16] {
        self.subject
    }

    pub(crate) fn seal_with(&self, data: &[u8], plain: &[u8]) -> Result<Sealed, SealError> {
        let mut sealed = Vec::new();
        append_sealed(&self.cipher, data, plain, &mut sealed)?;
        Ok(sealed)
    }

    pub(crate) fn open_with(
        &self,
        data: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open_bare(&self.cipher, data, sealed)
    }

    /// # Errors
    /// [`SealError::Seal`] when the cipher fails.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Sealed, SealError> {
        seal(&self.cipher, &associated(self.subject, place), plain)
    }

    /// # Errors
    /// [`SealError::Open`] for another key, another place or damaged bytes.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open(&self.cipher, &associated(self.subject, place), sealed)
    }
}

impl DataKey {
    /// A fresh data key and its wrapped form.
    ///
    /// # Errors
    /// [`SealError`] when the cipher fails.
    pub fn create(
        subject: [u8; 16],
        secret: &[u8; 32],
        kek: &KeyEncryptionKey,
    ) -> Result<(Self, Vec<u8>), SealError> {
        Ok((Self::new(subject, secret), kek.wrap(subject, secret)?))
    }

    /// # Errors
    /// [`SealError`] when `kek` did not wrap it for this subject.
    pub fn unwrap(
        subject: [u8; 16],
        wrapped: &[u8],
        kek: &KeyEncryptionKey,
    ) -> Result<Self, SealError> {
        Ok(Self::new(subject, &*kek.unwrap_secret(subject, wrapped)?))
    }

    /// The secret itself, for a key that signs and never seals.
    ///
    /// # Errors
    /// [`SealError`] when `kek` did not wrap it for this subject.
    pub fn unwrap_seed(
        subject: [u8; 16],
        wrapped: &[u8],
        kek: &KeyEncryptionKey,
    ) -> Result<Zeroizing<[u8; 32]>, SealError> {
        kek.unwrap_secret(subject, wrapped)
    }

    /// Seals the secret of a file's own key, so that the file moves to another subject by
    /// sealing thirty-two bytes again.
    ///
    /// # Errors
    /// [`SealError`] when the cipher fails.
    pub fn wrap_file_secret(&self, row: &[u8], secret: &[u8; 32]) -> Result<Sealed, SealError> {
        self.seal(
            Place {
                column: "attachment.file_key",
                row,
            },
            secret,
        )
    }

    /// # Errors
    /// [`SealError`] when this key did not seal it.
    pub fn file_key(&self, row: &[u8], sealed: &[u8]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let open = self.open(
            Place {
                column: "attachment.file_key",
                row,
            },
            sealed,
        )?;
        let mut secret = Zeroizing::new([0; 32]);
        if open.len() != secret.len() {
            return Err(SealError::Open);
        }
        secret.copy_from_slice(&open);
        Ok(secret)
    }
}
