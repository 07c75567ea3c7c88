//! The fixed words that call a customer into the own chat, and the proof that a text is nothing
//! but them.

/// Signs of the one-time word at the end of the link.
const TOKEN_CHARS_MIN: usize = 8;
const TOKEN_CHARS_MAX: usize = 64;

/// One language's sentence, split where its link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doorbell {
    before: String,
    behind: String,
}

impl Doorbell {
    /// The sentence was put together with `link` in it, which begins with the address of the own
    /// chat and ends where the one-time word would stand. `None` when the link is not in it once.
    #[must_use]
    pub fn new(sentence: &str, link: &str) -> Option<Self> {
        let (before, behind) = sentence.split_once(link)?;
        (!link.is_empty() && !behind.contains(link)).then(|| Self {
            before: format!("{before}{link}"),
            behind: behind.to_owned(),
        })
    }

    /// The text with this one-time word in its link.
    #[must_use]
    pub fn text(&self, token: &str) -> String {
        format!("{}{token}{}", self.before, self.behind)
    }

    /// Whether a text is this sentence word for word, with nothing but a one-time word in it. That
    /// the word was given out is for whoever keeps them to know.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        let token = text
            .strip_prefix(self.before.as_str())
            .and_then(|rest| rest.strip_suffix(self.behind.as_str()));
        token.is_some_and(|token| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            (TOKEN_CHARS_MIN..=TOKEN_CHARS_MAX).contains(&token.len()) && token.bytes().all(plain)
        })
    }
}
