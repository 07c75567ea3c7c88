//! The two proofs of the platform: the handshake when an address is registered, and the
//! signature over the raw bytes of every callback. Both fail closed and compare in constant time.

use aws_lc_rs::{constant_time, hmac};
use ports::{Rejected, Settings};

const SIGNATURE_HEADER: &str = "x-hub-signature-256";
/// The platform's challenges are short numbers.
const CHALLENGE_BYTES_MAX: usize = 256;

/// The challenge, when the question names one of our verify tokens.
pub(super) fn handshake(settings: &Settings, query: &[(String, String)]) -> Option<String> {
    let value = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let token = value("hub.verify_token")?;
    let challenge = value("hub.challenge")?;
    let ours = non_empty(settings, "verify_token").any(|ours| {
        constant_time::verify_slices_are_equal(ours.as_bytes(), token.as_bytes()).is_ok()
    });
    let well_formed = !challenge.is_empty()
        && challenge.len() <= CHALLENGE_BYTES_MAX
        && challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    (value("hub.mode") == Some("subscribe") && ours && well_formed).then(|| challenge.to_owned())
}

/// The one signature of the headers.
pub(super) fn signature(headers: &[(String, String)]) -> Result<[u8; 32], Rejected> {
    let mut signatures = headers
        .iter()
        .filter(|(name, _)| name == SIGNATURE_HEADER)
        .map(|(_, value)| value.as_str());
    let signature = signatures.next().ok_or(Rejected::SignatureMissing)?;
    // Two signatures would let a proxy and us look at different ones.
    if signatures.next().is_some() {
        return Err(Rejected::SignatureWrong);
    }
    signature
        .strip_prefix("sha256=")
        .and_then(decode_hex)
        .ok_or(Rejected::SignatureWrong)
}

/// The body must be signed with one of our secrets. The bytes count, not the JSON: the same
/// JSON written again differs as soon as there is an umlaut.
pub(super) fn verify(
    settings: &Settings,
    headers: &[(String, String)],
    body: &[u8],
) -> Result<(), Rejected> {
    let tag = signature(headers)?;
    let signed = non_empty(settings, "app_secret").any(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        hmac::verify(&key, body, &tag).is_ok()
    });
    if signed {
        Ok(())
    } else {
        Err(Rejected::SignatureWrong)
    }
}

/// An empty secret would make everybody's signature right.
fn non_empty<'a>(settings: &'a Settings, name: &str) -> impl Iterator<Item = &'a str> {
    settings.all(name).filter(|value| !value.is_empty())
}

/// 32 bytes in hexadecimal, in small letters as the platform writes them: one proof has one form.
pub(super) fn decode_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? * 16 + digit(pair[1])?;
    }
    Some(bytes)
}

const fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}
