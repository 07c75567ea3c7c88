//! A text as runs of ASCII letters and digits, and which of them people write as one number:
//! `DE97 9999 9999 …` and `756.9217.0769.85` are several runs and one thing.

use super::words::is_hyphen;

/// Spaces between the groups of one number; more of them set numbers apart.
const SPACES_MAX: usize = 3;

/// What stands between two runs that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    None,
    Space,
    Hyphen,
    Dot,
    /// How the check digit of a document is sometimes told apart.
    Plus,
}

#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub start: usize,
    pub end: usize,
    /// To the run before.
    pub joint: Joint,
    /// A number behind a plus sign is a telephone number, and so is what is joined to it.
    pub telephone: bool,
    /// It is a part of a word that has other letters too.
    pub broken: bool,
    /// A decimal part follows.
    pub decimal: bool,
}

const fn is_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{00a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}'
    )
}

/// Signs nobody sees, which copying leaves inside of numbers.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

fn joint_of(between: &str) -> Joint {
    let mut visible = between.chars().filter(|c| !is_unseen(*c));
    let Some(first) = visible.next() else {
        return Joint::Space;
    };
    let mut more = 0;
    for c in visible {
        more += 1;
        if !is_space(first) || !is_space(c) || more >= SPACES_MAX {
            return Joint::None;
        }
    }
    match first {
        '.' => Joint::Dot,
        '+' => Joint::Plus,
        c if is_hyphen(c) => Joint::Hyphen,
        c if is_space(c) => Joint::Space,
        _ => Joint::None,
    }
}

pub(super) fn atoms_of(text: &str) -> Vec<Atom> {
    let bytes = text.as_bytes();
    let mut atoms: Vec<Atom> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
            at += 1;
        }
        atoms.push(atom(text, start, at, atoms.last()));
    }
    atoms
}

fn atom(text: &str, start: usize, end: usize, previous: Option<&Atom>) -> Atom {
    let bytes = text.as_bytes();
    let is_number = bytes[start..end].iter().all(u8::is_ascii_digit);
    let before = previous.map_or(0, |previous| previous.end);
    let joint = match previous {
        Some(_) => joint_of(&text[before..start]),
        None => Joint::None,
    };
    let part = |c: char| c.is_alphanumeric() || c == '_';
    // Only a digit can follow directly behind a plus sign that means a telephone.
    let dialled = text[before..start].ends_with('+')
        && !(joint == Joint::Plus && bytes[before - 1].is_ascii_alphanumeric());
    let goes_on = joint != Joint::None && previous.is_some_and(|previous| previous.telephone);
    Atom {
        start,
        end,
        joint,
        telephone: is_number && (dialled || goes_on),
        broken: text[before..start].ends_with(part) || text[end..].starts_with(part),
        decimal: bytes.get(end) == Some(&b',')
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit),
    }
}
