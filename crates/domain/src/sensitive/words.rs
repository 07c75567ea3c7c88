//! A text as words: where each stands, how it sounds without case and umlauts. One pass, and every
//! later look is at a bounded number of words.

use std::ops::Range;

/// One word of a text.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Where it stands in the text, in bytes.
    pub span: Range<usize>,
    /// Where its folded form stands among all of them.
    folded: Range<usize>,
    /// It begins with a capital letter.
    pub capital: bool,
}

/// All words of a text, in order.
pub(super) struct Words {
    folded: String,
    pub list: Vec<Word>,
}

impl Words {
    pub fn of(text: &str) -> Self {
        let mut words = Self {
            folded: String::with_capacity(text.len()),
            list: Vec::new(),
        };
        let mut begun: Option<usize> = None;
        for (at, c) in text.char_indices() {
            if is_part(c) {
                begun.get_or_insert(at);
            } else if let Some(start) = begun.take() {
                words.push(text, start..at);
            }
        }
        if let Some(start) = begun {
            words.push(text, start..text.len());
        }
        words
    }

    fn push(&mut self, text: &str, span: Range<usize>) {
        let written = &text[span.clone()];
        let start = self.folded.len();
        fold_into(written, &mut self.folded);
        let mut letters = written.chars().filter(|c| c.is_alphabetic());
        self.list.push(Word {
            capital: letters.next().is_some_and(char::is_uppercase),
            folded: start..self.folded.len(),
            span,
        });
    }

    pub fn folded(&self, word: &Word) -> &str {
        &self.folded[word.folded.clone()]
    }
}

fn is_part(c: char) -> bool {
    // A soft hyphen and what decomposed umlauts are made with are inside of words.
    c.is_alphanumeric() || matches!(c, '\u{00ad}' | '\u{0300}'..='\u{036f}')
}

pub(super) const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

/// Lower case, umlauts as two letters, no other marks.
pub(super) fn fold_into(word: &str, folded: &mut String) {
    for c in word.chars() {
        match c {
            'ä' | 'Ä' | 'æ' | 'Æ' => folded.push_str("ae"),
            'ö' | 'Ö' | 'œ' | 'Œ' => folded.push_str("oe"),
            'ü' | 'Ü' => folded.push_str("ue"),
            'ß' | 'ẞ' => folded.push_str("ss"),
            'à'..='å' | 'À'..='Å' => folded.push('a'),
            'è'..='ë' | 'È'..='Ë' => folded.push('e'),
            'ò'..='õ' | 'Ò'..='Õ' => folded.push('o'),
            '\u{0308}' => folded.push('e'),
            '\u{00ad}' | '\u{0300}'..='\u{036f}' => {}
            _ => folded.extend(c.to_lowercase()),
        }
    }
}
