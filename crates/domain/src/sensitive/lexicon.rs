//! Lists of words, found by their first or last letters: what one word costs does not grow with
//! the list.

use super::words::fold_into;

const KEY: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Whole,
    Start,
    End,
}

#[derive(Clone)]
struct Entry<T> {
    key: [u8; KEY],
    stem: String,
    place: Place,
    /// Only where it is written as a noun.
    cased: bool,
    meaning: T,
}

/// Words with a meaning. `diabet~` stands for all words that begin so, `~krebs` for all that end
/// so, `adhs` for itself; with a capital letter only for what is written with one.
#[derive(Clone)]
pub(super) struct Lexicon<T> {
    starts: Vec<Entry<T>>,
    ends: Vec<Entry<T>>,
}

impl<T: Copy> Lexicon<T> {
    /// Of groups of words, separated by spaces.
    pub fn of<'a>(groups: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut lexicon = Self {
            starts: Vec::new(),
            ends: Vec::new(),
        };
        for (words, meaning) in groups {
            for word in words.split_whitespace() {
                lexicon.add(word, meaning);
            }
        }
        lexicon.starts.sort_by_key(|entry| entry.key);
        lexicon.ends.sort_by_key(|entry| entry.key);
        lexicon
    }

    fn add(&mut self, word: &str, meaning: T) {
        let place = match (word.starts_with('~'), word.ends_with('~')) {
            (true, _) => Place::End,
            (_, true) => Place::Start,
            _ => Place::Whole,
        };
        let bare = word.trim_matches('~');
        let mut stem = String::new();
        fold_into(bare, &mut stem);
        debug_assert!(
            place == Place::Whole || stem.len() >= KEY,
            "{word} is too short to stand for others"
        );
        let key = match place {
            Place::End => last(&stem),
            _ => first(&stem),
        };
        let entry = Entry {
            key,
            cased: bare.starts_with(char::is_uppercase),
            stem,
            place,
            meaning,
        };
        match place {
            Place::End => self.ends.push(entry),
            _ => self.starts.push(entry),
        }
    }

    /// The meanings of a folded word, and how many entries were looked at.
    pub fn meanings(&self, folded: &str, capital: bool, steps: &mut usize) -> Vec<T> {
        let mut meanings = Vec::new();
        let lists = [(&self.starts, first(folded)), (&self.ends, last(folded))];
        for (list, key) in lists {
            let begin = list.partition_point(|entry| entry.key < key);
            for entry in list[begin..].iter().take_while(|entry| entry.key == key) {
                *steps += 1;
                let fits = match entry.place {
                    Place::Whole => folded == entry.stem,
                    Place::Start => folded.starts_with(&entry.stem),
                    Place::End => folded.ends_with(&entry.stem),
                };
                if fits && (capital || !entry.cased) {
                    meanings.push(entry.meaning);
                }
            }
        }
        meanings
    }
}

fn first(text: &str) -> [u8; KEY] {
    let mut key = [0; KEY];
    for (place, byte) in key.iter_mut().zip(text.bytes()) {
        *place = byte;
    }
    key
}

fn last(text: &str) -> [u8; KEY] {
    let mut key = [0; KEY];
    for (place, byte) in key.iter_mut().zip(text.bytes().rev()) {
        *place = byte;
    }
    key
}
