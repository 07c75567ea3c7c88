//! Signed notes as c2sp.org/signed-note describes them: a text, an empty line, and lines with
//! signatures. Foreign signatures (witnesses, a timestamp) may stand beside ours and are kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::key::{SIGNATURE_BYTES, SigningKey, VerifierKey};

const SIGNATURES_MAX: usize = 16;
pub const NOTE_BYTES_MAX: usize = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("longer than {NOTE_BYTES_MAX} bytes")]
    TooLong,
    #[error("not a signed note: text, an empty line, lines with signatures")]
    Format,
    #[error("no signature of this key")]
    Unsigned,
    #[error("the signature does not belong to this text")]
    Forged,
}

/// Signs a text under a name; the text ends with a line's end.
#[must_use]
pub(crate) fn sign(key: &SigningKey, name: &str, text: &str) -> String {
    let mut signature = key.public().id_under(name).to_vec();
    signature.extend(key.sign(text.as_bytes()));
    format!("{text}\n— {name} {}\n", STANDARD.encode(signature))
}

/// The text of a note that this key signed under this name.
pub(crate) fn open<'a>(
    note: &'a [u8],
    key: &VerifierKey,
    name: &str,
) -> Result<&'a str, NoteError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(NoteError::TooLong);
    }
    let (text, signatures) = split(note).ok_or(NoteError::Format)?;
    let id = key.id_under(name);
    let mut verdict = Err(NoteError::Unsigned);
    for (signer, signature) in signatures {
        // A foreign key may carry our name, or have our id: only both make it ours.
        let Some((found, signature)) = signature.split_first_chunk::<4>() else {
            return Err(NoteError::Format);
        };
        if signer != name || *found != id {
            continue;
        }
        let fits = signature.len() == SIGNATURE_BYTES;
        if !fits || !key.verifies(text.as_bytes(), signature) {
            return Err(NoteError::Forged);
        }
        verdict = Ok(text);
    }
    verdict
}

type Signature<'a> = (&'a str, Vec<u8>);

fn split(note: &[u8]) -> Option<(&str, Vec<Signature<'_>>)> {
    let note = std::str::from_utf8(note).ok()?;
    if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        return None;
    }
    let end = note.rfind("\n\n")?;
    let (text, lines) = (&note[..=end], note[end + 2..].strip_suffix('\n')?);
    let signatures: Option<Vec<_>> = lines.split('\n').map(signature_of).collect();
    let signatures = signatures.filter(|found| found.len() <= SIGNATURES_MAX)?;
    Some((text, signatures))
}

fn signature_of(line: &str) -> Option<Signature<'_>> {
    let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
    let is_plain = !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace());
    let signature = STANDARD.decode(encoded).ok()?;
    is_plain.then_some((name, signature))
}
