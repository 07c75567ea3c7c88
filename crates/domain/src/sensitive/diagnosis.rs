//! Codes of diagnoses (ICD-10-GM): `F32.1 G`, `M54.5`. They have no check digit and look like codes
//! of devices, so what stands around them decides.

use super::atoms::{Atom, Joint, atoms_of};
use super::context::{Context, Topic};
use super::words::Words;
use super::{Confidence, Finding, Rule};

/// How sure a physician is: certain, suspected, past, excluded.
const CERTAINTIES: [&str; 4] = ["G", "V", "Z", "A"];

/// A letter but U and two digits.
fn is_category(text: &str) -> bool {
    match text.as_bytes() {
        [letter, digits @ ..] => {
            letter.is_ascii_uppercase()
                && *letter != b'U'
                && digits.len() == 2
                && digits.iter().all(u8::is_ascii_digit)
        }
        [] => false,
    }
}

/// Where the code ends that begins with the first of these runs, and whether it has a subcategory.
fn subcategory(text: &str, atoms: &[Atom]) -> (usize, bool) {
    let category = &atoms[0];
    if let Some(next) = atoms.get(1) {
        let digits = &text[next.start..next.end];
        let fits = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if next.joint == Joint::Dot && fits && !next.broken {
            return (next.end, true);
        }
    }
    if text[category.end..].starts_with(".-") {
        return (category.end + 2, true);
    }
    (category.end, false)
}

/// A single letter behind the code, as practices write it.
fn certainty_end(text: &str, atoms: &[Atom], end: usize) -> Option<usize> {
    let next = atoms.iter().find(|atom| atom.start >= end)?;
    let between = text[end..next.start].trim_start_matches(['!', '*', '+']);
    let letter = &text[next.start..next.end];
    (matches!(between, "" | " ") && CERTAINTIES.contains(&letter)).then_some(next.end)
}

pub(super) fn find(text: &str, words: &Words, steps: &mut usize) -> Vec<Finding> {
    let atoms = atoms_of(text);
    let mut findings = Vec::new();
    for (at, atom) in atoms.iter().enumerate() {
        *steps += 1;
        // The middle of a longer code is none.
        let is_middle = matches!(atom.joint, Joint::Dot | Joint::Hyphen);
        if atom.broken || is_middle || !is_category(&text[atom.start..atom.end]) {
            continue;
        }
        let (end, dotted) = subcategory(text, &atoms[at..]);
        let certain = certainty_end(text, &atoms[at + 1..], end);
        let near = Context::around(words, atom.start, end, steps);
        let medical = near.speaks_of(Topic::Diagnosis);
        let technical = near.speaks_of(Topic::Technical) || near.speaks_of(Topic::Reference);
        let confidence = match (medical, technical, dotted) {
            (true, false, true) => Confidence::High,
            (true, true, true) | (true, false, false) => Confidence::Medium,
            (false, false, true) if certain.is_some() => Confidence::High,
            (false, false, true) => Confidence::Low,
            _ => continue,
        };
        findings.push(Finding {
            rule: Rule::DiagnosisCode,
            confidence,
            span: atom.start..certain.unwrap_or(end),
        });
    }
    findings
}
