//! A text as words: where each stands, how it sounds without case and umlauts, and where
//! sentences end. One pass, and every later look is at a bounded number of words.

use std::ops::Range;

/// A shorter word before a full stop is taken for an abbreviation.
const ABBREVIATION_MAX: usize = 3;

/// One word of a text.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Where it stands in the text, in bytes.
    pub span: Range<usize>,
    /// Where its folded form stands among all of them.
    folded: Range<usize>,
    /// It begins with a capital letter.
    pub capital: bool,
    /// A hyphen ties it to the word before.
    pub tied: bool,
    /// The number of the sentence it stands in.
    pub sentence: u32,
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
        let mut sentence = 0;
        let mut tied = false;
        let mut begun: Option<usize> = None;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if is_part(c) {
                begun.get_or_insert(at);
                continue;
            }
            if let Some(start) = begun.take() {
                words.push(text, start..at, tied, sentence);
            }
            let ends = match c {
                // Not inside of a number, and not behind an abbreviation.
                '.' => {
                    let spoken = words.list.last().map_or(0, |word| words.folded(word).len());
                    spoken > ABBREVIATION_MAX
                        && chars.peek().is_none_or(|(_, next)| next.is_whitespace())
                }
                '!' | '?' | '\n' | ';' => true,
                _ => false,
            };
            sentence += u32::from(ends);
            tied = is_hyphen(c) && !words.list.is_empty() && text[..at].ends_with(is_part);
        }
        if let Some(start) = begun {
            words.push(text, start..text.len(), tied, sentence);
        }
        words
    }

    fn push(&mut self, text: &str, span: Range<usize>, tied: bool, sentence: u32) {
        let written = &text[span.clone()];
        let start = self.folded.len();
        fold_into(written, &mut self.folded);
        let mut letters = written.chars().filter(|c| c.is_alphabetic());
        let capital = letters.next().is_some_and(char::is_uppercase);
        self.list.push(Word {
            span,
            folded: start..self.folded.len(),
            capital,
            tied,
            sentence,
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
