//! Numbers that name a person's account, insurance, taxes or papers: found by their form and
//! check digit, believed by the words around them.

use super::atoms::{Atom, Joint, atoms_of};
use super::check_digits as check;
use super::context::{Context, Topic};
use super::words::Words;
use super::{Confidence, Finding, Rule, SectorMode};

/// The longest number that is looked for (an IBAN).
const COMPACT_MAX: usize = 34;
/// The groups cards are printed in are at least so long.
const CARD_GROUP_MIN: usize = 4;

/// Runs that may be one number, without what stands between them.
struct Candidate<'a> {
    text: &'a str,
    atoms: &'a [Atom],
    /// The runs before and behind, when something joins them to this.
    neighbours: [Option<&'a Atom>; 2],
    compact: &'a [u8],
}

impl Candidate<'_> {
    fn start(&self) -> usize {
        self.atoms[0].start
    }

    fn end(&self) -> usize {
        self.atoms.last().map_or(self.start(), |atom| atom.end)
    }

    fn is_number(&self) -> bool {
        self.compact.iter().all(u8::is_ascii_digit)
    }

    /// No other number is joined to it, and it is neither dialled nor an amount.
    fn stands_alone(&self) -> bool {
        let has_digit = |atom: &&Atom| {
            self.text[atom.start..atom.end]
                .bytes()
                .any(|byte| byte.is_ascii_digit())
        };
        !self.atoms.iter().any(|atom| atom.telephone || atom.decimal)
            && !self.neighbours.iter().flatten().any(has_digit)
    }

    /// One run, or groups as they are printed on a card.
    fn is_grouped_as_card(&self) -> bool {
        let Some((_, groups)) = self.atoms.split_last() else {
            return false;
        };
        groups
            .iter()
            .all(|atom| atom.end - atom.start >= CARD_GROUP_MIN)
    }

    fn has_dots(&self) -> bool {
        self.atoms
            .iter()
            .skip(1)
            .any(|atom| atom.joint == Joint::Dot)
    }

    /// Which rules its form and check digit satisfy.
    fn rules(&self) -> Vec<Rule> {
        let text = self.compact;
        let mut rules = Vec::new();
        let mut add = |fits: bool, rule: Rule| {
            if fits {
                rules.push(rule);
            }
        };
        if !self.is_number() {
            add(check::is_iban(text), Rule::Iban);
            add(
                check::is_health_insurance_number(text),
                Rule::HealthInsuranceNumber,
            );
            add(check::is_pension_number(text), Rule::PensionNumber);
            add(check::is_vat_id(text), Rule::VatId);
            add(check::is_document_number(text), Rule::DocumentNumber);
            add(check::is_document_serial(text), Rule::DocumentSerial);
            return rules;
        }
        match text.len() {
            9 => add(check::is_physician_number(text), Rule::PhysicianNumber),
            10 => add(
                check::is_austrian_insurance_number(text),
                Rule::AustrianInsuranceNumber,
            ),
            11 => add(check::is_tax_id(text), Rule::TaxId),
            _ => {
                add(
                    check::is_swiss_insurance_number(text),
                    Rule::SwissInsuranceNumber,
                );
                add(check::is_card(text), Rule::Card);
            }
        }
        rules
    }
}

/// What a number's form and the words around it make of it; `None` when it is nothing.
fn judge(
    rule: Rule,
    number: &Candidate<'_>,
    near: &Context,
    mode: SectorMode,
) -> Option<Confidence> {
    use Confidence::{High, Low, Medium};
    let about = |topic: Topic| near.speaks_of(topic);
    let alone = number.stands_alone();
    let other = near.is_reference();
    match rule {
        Rule::Iban => Some(High),
        Rule::Card => match (about(Topic::Card), other) {
            _ if number.atoms.iter().any(|atom| atom.telephone) => None,
            (true, false) => Some(High),
            (true, true) => Some(Medium),
            (false, true) => Some(Low),
            // Article numbers of this country begin as the old short cards did.
            _ if check::is_article_number(number.compact) => None,
            _ => (alone || number.is_grouped_as_card()).then_some(High),
        },
        Rule::HealthInsuranceNumber => {
            let expected = mode.expects_health_numbers() && !other;
            let near = about(Topic::HealthInsurance) || expected;
            Some(if near { High } else { Low })
        }
        Rule::PensionNumber => Some(if other && !about(Topic::SocialInsurance) {
            Medium
        } else {
            High
        }),
        Rule::TaxId => match about(Topic::Tax) {
            true => Some(High),
            false if !alone => None,
            false => Some(if other { Low } else { Medium }),
        },
        Rule::AustrianInsuranceNumber => {
            match about(Topic::SocialInsurance) || about(Topic::HealthInsurance) {
                true => Some(High),
                false if !alone || other => None,
                false => Some(Medium),
            }
        }
        Rule::SwissInsuranceNumber => {
            let known = about(Topic::SocialInsurance) || number.has_dots();
            (known || alone && !other).then_some(High)
        }
        Rule::DocumentNumber => Some(if about(Topic::Document) { High } else { Low }),
        Rule::DocumentSerial => about(Topic::Document).then_some(Medium),
        Rule::PhysicianNumber => about(Topic::Physician).then_some(Medium),
        Rule::VatId => Some(Low),
        _ => None,
    }
}

/// All of them, with overlaps.
pub(super) fn find(text: &str, words: &Words, mode: SectorMode, steps: &mut usize) -> Vec<Finding> {
    let atoms = atoms_of(text);
    let mut findings = Vec::new();
    for first in 0..atoms.len() {
        *steps += 1;
        if atoms[first].broken {
            continue;
        }
        let mut compact = Vec::new();
        for last in first..atoms.len() {
            let atom = &atoms[last];
            let joined = last == first || atom.joint != Joint::None;
            let length = compact.len() + atom.end - atom.start;
            if !joined || atom.broken || length > COMPACT_MAX {
                break;
            }
            *steps += 1;
            compact.extend(text.as_bytes()[atom.start..atom.end].to_ascii_uppercase());
            let before = first.checked_sub(1).map(|at| &atoms[at]);
            let behind = atoms.get(last + 1).filter(|next| next.joint != Joint::None);
            let candidate = Candidate {
                text,
                atoms: &atoms[first..=last],
                neighbours: [before.filter(|_| atoms[first].joint != Joint::None), behind],
                compact: &compact,
            };
            consider(&candidate, words, mode, &mut findings, steps);
        }
    }
    findings
}

fn consider(
    candidate: &Candidate<'_>,
    words: &Words,
    mode: SectorMode,
    findings: &mut Vec<Finding>,
    steps: &mut usize,
) {
    let rules = candidate.rules();
    if rules.is_empty() {
        return;
    }
    let span = candidate.start()..candidate.end();
    let near = Context::around(words, span.start, span.end, steps);
    for rule in rules {
        if let Some(confidence) = judge(rule, candidate, &near, mode) {
            findings.push(Finding {
                rule,
                confidence,
                span: span.clone(),
            });
        }
    }
}
