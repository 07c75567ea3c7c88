//! Certificates: a statement of the house about itself, signed in the form of a signed note.

use crate::key::{SigningKey, VerifierKey};
use crate::note::{self, NoteError};

/// Under this name the key signs certificates, so that none is ever taken for a head of a tree.
fn name_of(key: &VerifierKey) -> String {
    format!("{}/certificate", key.name())
}

/// Signs a statement of one line.
#[must_use]
pub fn sign(key: &SigningKey, statement: &str) -> String {
    note::sign(key, &name_of(key.public()), &format!("{statement}\n"))
}

/// The statement that this key signed.
///
/// # Errors
/// [`NoteError`] when it did not, or another word stands in it now.
pub fn open<'a>(certificate: &'a [u8], key: &VerifierKey) -> Result<&'a str, NoteError> {
    let text = note::open(certificate, key, &name_of(key))?;
    Ok(text.trim_end())
}
