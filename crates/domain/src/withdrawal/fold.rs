//! One spelling for everything that looks or is meant the same: letters without marks, small,
//! single spaces, no courtesy around it.

use std::sync::LazyLock;

use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::latin::Folding;

/// Words before a withdrawal that change nothing about it.
const BEFORE: [&str; 8] = [
    "bitte", "please", "pls", "hallo", "hello", "hi", "hey", "ok",
];
/// And after it.
const AFTER: [&str; 13] = [
    "bitte", "danke", "please", "pls", "thanks", "merci", "grazie", "gracias", "por", "favor",
    "sofort", "jetzt", "now",
];

/// The normal form of a message. Normalising it again changes nothing.
#[must_use]
pub fn normal(text: &str) -> String {
    without_courtesy(&spaced(text)).to_owned()
}

/// The words of a text, folded, with a single space before, between and behind them.
pub(super) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 2);
    spaced.push(' ');
    FOLDING.fold(text, |folded| {
        let folded = if folded == COMMA { ' ' } else { folded };
        if folded != ' ' || !spaced.ends_with(' ') {
            spaced.push(folded);
        }
    });
    if !spaced.ends_with(' ') {
        spaced.push(' ');
    }
    spaced
}

/// The words without courtesy around them, and without the spaces at both ends.
pub(super) fn without_courtesy(spaced: &str) -> &str {
    let mut words = spaced.trim_matches(' ');
    while let Some((first, rest)) = words.split_once(' ')
        && BEFORE.contains(&first)
    {
        words = rest;
    }
    while let Some((rest, last)) = words.rsplit_once(' ')
        && AFTER.contains(&last)
    {
        words = rest;
    }
    words
}

/// The clauses of a sentence, each folded.
pub(super) fn clauses(sentence: &str) -> Vec<String> {
    let mut folded = String::with_capacity(sentence.len());
    FOLDING.fold(sentence, |c| folded.push(c));
    folded
        .split(COMMA)
        .map(|clause| clause.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|clause| !clause.is_empty())
        .collect()
}

/// What a sign that parts clauses is folded to; what parts words is folded to a space.
const COMMA: char = ',';

/// Small letters and digits, and what separates them; what shows nothing or is a picture vanishes.
pub(super) static FOLDING: LazyLock<Folding> = LazyLock::new(|| Folding::by(fold));

fn fold(text: &str, keep: &mut dyn FnMut(char)) {
    let shown = without_keycaps(text).filter(|c| !is_picture(*c) && !is_invisible(*c));
    let normalizer = DecomposingNormalizerBorrowed::new_nfkd();
    for c in normalizer.normalize_iter(shown) {
        if is_mark(c) || is_invisible(c) || is_apostrophe(c) {
            continue;
        }
        if c.is_alphanumeric() {
            c.to_lowercase().flat_map(letters).for_each(&mut *keep);
        } else if is_comma(c) {
            keep(COMMA);
        } else if c.is_whitespace() || is_punctuation(c) {
            keep(' ');
        }
    }
}

/// Signs between clauses. All of them are punctuation.
const fn is_comma(c: char) -> bool {
    matches!(c, ',' | ':' | '\u{2013}' | '\u{2014}' | '(' | ')')
}

/// A digit in a box is a picture: the digit, a variation selector and the box.
fn without_keycaps(text: &str) -> impl Iterator<Item = char> {
    let mut characters = text.chars();
    std::iter::from_fn(move || {
        loop {
            let c = characters.next()?;
            let rest = characters.as_str();
            let boxed = rest.trim_start_matches('\u{fe0f}').starts_with('\u{20e3}');
            if !(boxed && (c.is_ascii_digit() || c == '#' || c == '*')) {
                return Some(c);
            }
        }
    })
}

/// Letters that are written in two ways without being marked.
fn letters(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'ı' => ('i', None),
        'ł' => ('l', None),
        'ς' => ('σ', None),
        // What small letters are made of may be a mark again.
        c if is_mark(c) => return [None, None].into_iter().flatten(),
        c => (c, None),
    };
    [Some(first), second].into_iter().flatten()
}

const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Characters that take no room, among them some that count as letters.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Pictures that count as letters, or would become letters.
const fn is_picture(c: char) -> bool {
    matches!(
        c,
        '\u{a9}'
            | '\u{ae}'
            | '\u{2122}'
            | '\u{2139}'
            | '\u{24c2}'
            | '\u{3297}'
            | '\u{3299}'
            | '\u{1f150}'..='\u{1f251}'
    )
}

const fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}' | '`'
    )
}

/// Signs between words, as opposed to pictures.
const fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c,
            '\u{a1}'..='\u{bf}' | '\u{2010}'..='\u{205e}' | '\u{3001}'..='\u{303f}')
}
