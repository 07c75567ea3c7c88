//! A company's own list: the names of a pharmacy's products say what somebody suffers from
//! (CJEU C-21/23), and only the pharmacy knows them.

use thiserror::Error;

use super::lexicon::Lexicon;
use super::words::Words;
use super::{Confidence, Finding, Rule};
use crate::limits::{OWN_WORD_CHARS_MAX, OWN_WORDS_MAX};

/// So long a word is also found at the beginning of a longer one.
const COMPOUND_CHARS_MIN: usize = 5;
const PHRASE_WORDS_MAX: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OwnWordsError {
    #[error("a list holds at most {} words", OWN_WORDS_MAX)]
    TooMany,
    /// The place in the list, from one.
    #[error("entry {0} has no letter or digit, or is too long")]
    Unusable(usize),
}

/// Words and names of up to six words, found whatever their case.
#[derive(Clone)]
pub struct OwnWords {
    firsts: Lexicon<usize>,
    phrases: Vec<Vec<String>>,
}

impl Default for OwnWords {
    fn default() -> Self {
        Self {
            firsts: Lexicon::of([]),
            phrases: Vec::new(),
        }
    }
}

impl OwnWords {
    /// # Errors
    /// When the list or one of its entries is beyond the limits.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, OwnWordsError> {
        let mut phrases: Vec<Vec<String>> = Vec::new();
        for entry in entries {
            if phrases.len() == OWN_WORDS_MAX {
                return Err(OwnWordsError::TooMany);
            }
            let words = Words::of(entry);
            let folded = words.list.iter().map(|word| words.folded(word).to_owned());
            let folded: Vec<String> = folded.filter(|word| !word.is_empty()).collect();
            let fits = (1..=PHRASE_WORDS_MAX).contains(&folded.len());
            if !fits || entry.chars().count() > OWN_WORD_CHARS_MAX {
                return Err(OwnWordsError::Unusable(phrases.len() + 1));
            }
            phrases.push(folded);
        }
        let firsts: Vec<(String, usize)> = phrases
            .iter()
            .enumerate()
            .map(|(at, words)| {
                let open = words.len() == 1 && words[0].len() >= COMPOUND_CHARS_MIN;
                (format!("{}{}", words[0], if open { "~" } else { "" }), at)
            })
            .collect();
        Ok(Self {
            firsts: Lexicon::of(firsts.iter().map(|(word, at)| (word.as_str(), *at))),
            phrases,
        })
    }

    pub(super) fn find(&self, words: &Words, steps: &mut usize) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (at, word) in words.list.iter().enumerate() {
            for phrase in self.firsts.meanings(words.folded(word), true, steps) {
                let rest = &self.phrases[phrase][1..];
                *steps += rest.len();
                let Some(behind) = words.list.get(at + 1..=at + rest.len()) else {
                    continue;
                };
                if behind
                    .iter()
                    .zip(rest)
                    .all(|(word, part)| words.folded(word) == part)
                {
                    let last = behind.last().unwrap_or(word);
                    findings.push(Finding {
                        rule: Rule::OwnWord,
                        confidence: Confidence::High,
                        span: word.span.start..last.span.end,
                    });
                }
            }
        }
        findings
    }
}
