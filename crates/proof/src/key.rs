//! The key an installation signs its heads and packages with: Ed25519, kept outside the database.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::hash::Hash;

/// The signature type of c2sp.org/signed-note for plain Ed25519.
const ED25519_TYPE: u8 = 1;
const NAME_BYTES_MAX: usize = 200;
pub(crate) const SIGNATURE_BYTES: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error(
        "a key's name is 1 to {NAME_BYTES_MAX} visible ASCII characters without plus and slash"
    )]
    Name,
    #[error("the key cannot be made from this secret")]
    Secret,
    #[error("not a public key, written as name+id+key")]
    Format,
    #[error("the public key's short id does not belong to it")]
    Id,
}

/// The host an installation is reached at, such as `chat.example.com`: it names the key.
fn check_name(name: &str) -> Result<(), KeyError> {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'+' && byte != b'/';
    let fits = (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(plain);
    fits.then_some(()).ok_or(KeyError::Name)
}

/// The private half.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: VerifierKey,
}

impl SigningKey {
    /// The key of an installation from 32 random bytes.
    ///
    /// # Errors
    /// When the name cannot stand in a note.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Secret)?;
        let mut bytes = [0; 32];
        bytes.copy_from_slice(pair.public_key().as_ref());
        let name = name.to_owned();
        let public = VerifierKey { name, bytes };
        Ok(Self { pair, public })
    }

    #[must_use]
    pub const fn public(&self) -> &VerifierKey {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let mut out = [0; SIGNATURE_BYTES];
        out.copy_from_slice(self.pair.sign(message).as_ref());
        out
    }
}

/// The public half and whose it is. Written `name+id+key` as c2sp.org/signed-note readers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    bytes: [u8; 32],
}

impl VerifierKey {
    /// Whose it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people compare: the SHA-256 of the 32 bytes of the key.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        Hash::of(&[&self.bytes])
    }

    /// Four bytes that tell signatures under one name apart. The same key has another id under
    /// another name, so a head of one tree is never taken for one of another.
    pub(crate) fn id_under(&self, name: &str) -> [u8; 4] {
        let Hash(hash) = Hash::of(&[name.as_bytes(), b"\n", &[ED25519_TYPE], &self.bytes]);
        [hash[0], hash[1], hash[2], hash[3]]
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.bytes);
        key.verify(message, signature).is_ok()
    }

    /// The key as others write it for one tree, whose origin is the name of the key there.
    #[must_use]
    pub fn written_under(&self, name: &str) -> String {
        let id = u32::from_be_bytes(self.id_under(name));
        let mut typed = vec![ED25519_TYPE];
        typed.extend(self.bytes);
        format!("{name}+{id:08x}+{}", STANDARD.encode(typed))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written_under(&self.name))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        // The key itself may hold plus signs: name and id come first.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Format);
        };
        check_name(name)?;
        let typed = STANDARD.decode(key).map_err(|_| KeyError::Format)?;
        let bytes = match typed.split_first() {
            Some((&ED25519_TYPE, bytes)) => bytes.try_into().map_err(|_| KeyError::Format)?,
            _ => return Err(KeyError::Format),
        };
        let name = name.to_owned();
        let key = Self { name, bytes };
        (key.to_string() == text).then_some(key).ok_or(KeyError::Id)
    }
}
