//! Bearer secrets: shown once, stored only as a digest.

use aws_lc_rs::digest::{SHA256, digest as sha};

/// A secret that opens a session, an API or the set-up page. Only its digest is stored.
#[derive(Clone)]
pub struct Token(String);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl Token {
    /// 256 random bits behind a prefix that says what the token is for.
    #[must_use]
    pub fn from_secret(prefix: &str, secret: [u8; 32]) -> Self {
        let mut text = String::with_capacity(prefix.len() + 53);
        text.push_str(prefix);
        text.push('_');
        // Five bits a character, most significant first.
        let mut held: u32 = 0;
        let mut bits = 0;
        for byte in secret {
            held = (held << 8) | u32::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                text.push(char::from(ALPHABET[((held >> bits) & 31) as usize]));
            }
            held &= 0xff;
        }
        text.push(char::from(ALPHABET[((held << (5 - bits)) & 31) as usize]));
        Self(text)
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// SHA-256: right for secrets with full entropy, never for passwords.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(sha(&SHA256, bytes).as_ref());
    out
}

/// Comparison whose time does not depend on where the difference is.
#[must_use]
pub fn constant_time_equal(a: &[u8], b: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// SHA-256 of what comes piece by piece.
pub struct Hasher(aws_lc_rs::digest::Context);

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    #[must_use]
    pub fn new() -> Self {
        Self(aws_lc_rs::digest::Context::new(&SHA256))
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.finish().as_ref());
        out
    }
}
