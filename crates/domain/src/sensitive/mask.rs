//! The form of a text for places where others may look over somebody's shoulder: lists, banners of
//! the system, mail. What is hidden cannot be told from what stays.

use std::ops::Range;

use super::{Confidence, Finding, Rule};

const HIDDEN: &str = "•••";
/// Country and check digits: enough to see that it is an account, and which country's.
const IBAN_SHOWN: usize = 4;

/// The text with everything hidden that is probably sensitive. A number goes as a whole, but for an
/// account's country; of what was said in words the whole sentence goes, since the rest of it would
/// tell. The findings are those of this very text, in order.
#[must_use]
pub fn mask(text: &str, findings: &[Finding]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for hidden in hidden(text, findings) {
        masked.push_str(&text[at..hidden.span.start]);
        if hidden.account {
            masked.extend(text[hidden.span.clone()].chars().take(IBAN_SHOWN));
            masked.push(' ');
        }
        masked.push_str(HIDDEN);
        at = hidden.span.end;
    }
    masked.push_str(&text[at..]);
    masked
}

struct Hidden {
    span: Range<usize>,
    account: bool,
}

/// What is hidden, in order and without overlaps.
fn hidden(text: &str, findings: &[Finding]) -> Vec<Hidden> {
    let mut sentence = 0..0;
    let mut all: Vec<Hidden> = Vec::new();
    for finding in findings {
        if finding.confidence < Confidence::Medium {
            continue;
        }
        let mut span = finding.span.clone();
        if finding.rule.is_spoken() {
            if span.end > sentence.end {
                sentence = sentence_around(text, sentence.end.min(span.start), &span);
            }
            span = sentence.clone();
        }
        // A sentence swallows the numbers in it, also those that stand before its first word.
        while all.last().is_some_and(|last| last.span.start >= span.start) {
            span.end = span.end.max(all.pop().map_or(0, |last| last.span.end));
        }
        match all.last_mut() {
            Some(last) if span.start < last.span.end => {
                last.span.end = last.span.end.max(span.end);
                last.account &= !finding.rule.is_spoken();
            }
            _ => all.push(Hidden {
                span,
                account: finding.rule == Rule::Iban,
            }),
        }
    }
    all
}

/// From the last end of a sentence, but not before `from`, to the next one.
fn sentence_around(text: &str, from: usize, span: &Range<usize>) -> Range<usize> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | ';' | '\n');
    let before = &text[from..span.start];
    let start = before.rfind(ends).map_or(from, |at| from + at + 1);
    let spaces = before.len() - (start - from);
    let trimmed = text[start..span.start].trim_start().len();
    let start = start + spaces - trimmed;
    let end = text[span.end..].find(ends);
    start..end.map_or(text.len(), |at| span.end + at)
}
