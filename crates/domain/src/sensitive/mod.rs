//! Hints that a text holds what should not pass a third party: numbers of accounts, insurances and
//! papers, words about health, words of somebody in danger. A hint system: it overlooks things, and
//! is wrong at times. Pure, local, one bounded pass over the text.

mod atoms;
pub mod check_digits;
mod context;
mod diagnosis;
mod identifiers;
mod lexicon;
mod sector;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;

pub use sector::SectorMode;
use words::Words;

/// What kind of thing a finding is about; the catalogue has a word for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    BankAccount,
    PaymentCard,
    SocialInsurance,
    Tax,
    IdentityDocument,
    Health,
    /// Of a company, which is no person.
    Company,
}

/// How much a finding is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// Counted, and shown to whoever asks; nothing follows from it.
    Low,
    /// Worth a word to the teammate.
    Medium,
    /// Treated as sensitive.
    High,
}

/// What found something. The name is for statistics, which hold no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    Iban,
    Card,
    HealthInsuranceNumber,
    PensionNumber,
    TaxId,
    AustrianInsuranceNumber,
    SwissInsuranceNumber,
    DocumentNumber,
    DocumentSerial,
    PhysicianNumber,
    VatId,
    DiagnosisCode,
}

impl Rule {
    pub const ALL: [Self; 12] = [
        Self::Iban,
        Self::Card,
        Self::HealthInsuranceNumber,
        Self::PensionNumber,
        Self::TaxId,
        Self::AustrianInsuranceNumber,
        Self::SwissInsuranceNumber,
        Self::DocumentNumber,
        Self::DocumentSerial,
        Self::PhysicianNumber,
        Self::VatId,
        Self::DiagnosisCode,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Iban => "iban",
            Self::Card => "card",
            Self::HealthInsuranceNumber => "health_insurance_number",
            Self::PensionNumber => "pension_number",
            Self::TaxId => "tax_id",
            Self::AustrianInsuranceNumber => "austrian_insurance_number",
            Self::SwissInsuranceNumber => "swiss_insurance_number",
            Self::DocumentNumber => "document_number",
            Self::DocumentSerial => "document_serial",
            Self::PhysicianNumber => "physician_number",
            Self::VatId => "vat_id",
            Self::DiagnosisCode => "diagnosis_code",
        }
    }

    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Iban => Kind::BankAccount,
            Self::Card => Kind::PaymentCard,
            Self::HealthInsuranceNumber
            | Self::PensionNumber
            | Self::AustrianInsuranceNumber
            | Self::SwissInsuranceNumber => Kind::SocialInsurance,
            Self::TaxId => Kind::Tax,
            Self::DocumentNumber | Self::DocumentSerial => Kind::IdentityDocument,
            Self::PhysicianNumber | Self::DiagnosisCode => Kind::Health,
            Self::VatId => Kind::Company,
        }
    }
}

/// One hint: which rule, how sure, and where. It holds no content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: Rule,
    pub confidence: Confidence,
    /// Bytes of the text, on character boundaries.
    pub span: Range<usize>,
}

impl Finding {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.rule.kind()
    }
}

/// What was found, in the order of the text and without overlaps, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    pub findings: Vec<Finding>,
    /// How many runs, words and list entries were looked at: grows with the text's length and
    /// with nothing else.
    pub steps: usize,
}

/// The detectors, set up for one installation.
#[derive(Clone, Default)]
pub struct Guard {
    mode: SectorMode,
}

impl Guard {
    #[must_use]
    pub const fn new(mode: SectorMode) -> Self {
        Self { mode }
    }

    #[must_use]
    pub fn scan(&self, text: &str) -> Scan {
        let words = Words::of(text);
        let mut steps = words.list.len();
        let mut findings = identifiers::find(text, &words, self.mode, &mut steps);
        findings.extend(diagnosis::find(text, &words, &mut steps));
        Scan {
            findings: without_overlaps(findings),
            steps,
        }
    }
}

/// Of what overlaps the surest names the finding, and what either would hide stays hidden.
fn without_overlaps(mut findings: Vec<Finding>) -> Vec<Finding> {
    let length = |finding: &Finding| finding.span.end - finding.span.start;
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end, finding.rule));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        match kept.last_mut() {
            Some(last) if finding.span.start < last.span.end => {
                let weaker = finding.confidence.min(last.confidence);
                let both = last.span.start..last.span.end.max(finding.span.end);
                if (finding.confidence, length(&finding)) > (last.confidence, length(last)) {
                    *last = finding;
                }
                if weaker > Confidence::Low {
                    last.span = both;
                }
            }
            _ => kept.push(finding),
        }
    }
    kept
}
