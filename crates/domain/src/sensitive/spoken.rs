//! What people say in words: about health and other protected things, and that somebody is in
//! danger. German nouns are heard by their capital letter, weak words only in pairs, and what
//! somebody says of themselves weighs more.

use std::ops::Range;
use std::sync::LazyLock;

use super::lexicon::Lexicon;
use super::vocabulary::{EMERGENCIES, Sense, UNREAL, VOCABULARY};
use super::words::{Word, Words};
use super::{Confidence, Finding, Rule};

/// How far apart the words of one phrase may stand.
const PHRASE_WORDS: usize = 8;

static SENSES: LazyLock<Lexicon<Sense>> = LazyLock::new(|| Lexicon::of(VOCABULARY.iter().copied()));

/// Which phrase, and which word of it.
type Part = (usize, usize);

static PARTS: LazyLock<Lexicon<Part>> = LazyLock::new(|| {
    Lexicon::of(EMERGENCIES.iter().enumerate().flat_map(|(phrase, words)| {
        let words = words.split_whitespace().enumerate();
        words.map(move |(part, word)| (word, (phrase, part)))
    }))
});

/// What one sentence says.
#[derive(Default)]
struct Sentence {
    number: u32,
    senses: Vec<(Sense, usize)>,
}

impl Sentence {
    fn has(&self, sense: Sense) -> bool {
        self.senses.iter().any(|(other, _)| *other == sense)
    }
}

pub(super) fn find(words: &Words, steps: &mut usize) -> Vec<Finding> {
    let sentences = sentences_of(words, steps);
    let mut findings = emergencies(words, steps);
    for (at, sentence) in sentences.iter().enumerate() {
        let beside = |other: Option<&Sentence>| {
            other.is_some_and(|other| {
                other.number.abs_diff(sentence.number) <= 1 && other.has(Sense::Own)
            })
        };
        let before = at.checked_sub(1).and_then(|at| sentences.get(at));
        let own = sentence.has(Sense::Own) || beside(before) || beside(sentences.get(at + 1));
        judge(sentence, own, words, &mut findings);
    }
    findings
}

fn sentences_of(words: &Words, steps: &mut usize) -> Vec<Sentence> {
    // Who never writes a capital letter writes nouns without one, too.
    let lazy = !words.list.iter().any(|word| word.capital);
    let mut sentences: Vec<Sentence> = Vec::new();
    for (at, word) in words.list.iter().enumerate() {
        *steps += 1;
        // Except the one that is a verb people use all day.
        let noun = word.capital || lazy && words.folded(word) != "sucht";
        for sense in SENSES.meanings(words.folded(word), noun, steps) {
            // In a German compound the last part says what it is: a diagnosis lamp is a lamp.
            let is_head = words.list.get(at + 1).is_none_or(|next| !next.tied);
            if matches!(sense, Sense::Pair | Sense::Doubtful) && !is_head {
                continue;
            }
            match sentences.last_mut() {
                Some(last) if last.number == word.sentence => last.senses.push((sense, at)),
                _ => sentences.push(Sentence {
                    number: word.sentence,
                    senses: vec![(sense, at)],
                }),
            }
        }
    }
    sentences
}

fn judge(sentence: &Sentence, own: bool, words: &Words, findings: &mut Vec<Finding>) {
    let elsewhere = sentence.has(Sense::Elsewhere);
    let of = |sense: Sense| {
        let hits = sentence
            .senses
            .iter()
            .filter(move |(other, _)| *other == sense);
        hits.map(|(_, at)| *at)
    };
    let mut pairs: Vec<&str> = of(Sense::Pair)
        .map(|at| words.folded(&words.list[at]))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    let doubtful = of(Sense::Doubtful).next().is_some();
    let paired = !elsewhere && pairs.len() + usize::from(doubtful) > 1 && !pairs.is_empty();
    let mut add = |rule: Rule, sure: bool, at: usize| {
        findings.push(Finding {
            rule,
            confidence: if sure {
                Confidence::High
            } else {
                Confidence::Medium
            },
            span: words.list[at].span.clone(),
        });
    };
    for (sense, at) in &sentence.senses {
        match sense {
            Sense::Clear => add(Rule::HealthWord, own, *at),
            Sense::Doubtful if !elsewhere && (own || paired) => add(Rule::HealthWord, own, *at),
            Sense::Pair if paired => add(Rule::HealthPair, own, *at),
            Sense::Protected if own && !elsewhere => add(Rule::ProtectedWord, true, *at),
            _ => {}
        }
    }
}

fn emergencies(words: &Words, steps: &mut usize) -> Vec<Finding> {
    // The last place of every part of every phrase.
    let mut heard: Vec<Vec<Option<usize>>> = EMERGENCIES
        .iter()
        .map(|words| vec![None; words.split_whitespace().count()])
        .collect();
    let mut findings = Vec::new();
    let lazy = !words.list.iter().any(|word| word.capital);
    for (at, word) in words.list.iter().enumerate() {
        let noun = word.capital || lazy;
        for (phrase, part) in PARTS.meanings(words.folded(word), noun, steps) {
            let places = &mut heard[phrase];
            places[part] = Some(at);
            *steps += places.len();
            if let Some(span) = phrase_span(places, at, words)
                && !is_unreal(words, at, word)
            {
                findings.push(Finding {
                    rule: Rule::EmergencyWord,
                    confidence: Confidence::High,
                    span,
                });
            }
        }
    }
    findings
}

/// Where the phrase stands whose parts were last heard here, if it is close together.
fn phrase_span(places: &[Option<usize>], at: usize, words: &Words) -> Option<Range<usize>> {
    let mut first = at;
    for place in places {
        first = first.min((*place)?);
    }
    let near = at - first <= PHRASE_WORDS;
    let (start, end) = (&words.list[first], &words.list[at]);
    (near && start.sentence == end.sentence).then_some(start.span.start..end.span.end)
}

/// "Im Notfall" speaks of a case that has not happened.
fn is_unreal(words: &Words, at: usize, word: &Word) -> bool {
    let before = at.checked_sub(1).map(|before| &words.list[before]);
    let tied = words.list.get(at + 1).is_some_and(|next| next.tied);
    words.folded(word) == "notfall"
        && (tied || before.is_some_and(|before| UNREAL.contains(&words.folded(before))))
}
