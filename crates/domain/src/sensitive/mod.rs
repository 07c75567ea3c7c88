//! Hints that a text holds what should not pass a third party: numbers of accounts, insurances and
//! papers, words about health, words of somebody in danger. A hint system: it overlooks things, and
//! is wrong at times. Pure, local, one bounded pass over the text.

mod atoms;
pub mod check_digits;
mod context;
mod decide;
mod diagnosis;
mod doorbell;
mod identifiers;
mod lexicon;
mod mask;
mod own_words;
mod sector;
mod spoken;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

use std::ops::Range;

pub use decide::{
    Author, Choice, DOORBELL_INTERVAL_MS, Denial, HINT_INTERVAL_MS, Handling, Incoming, Outgoing,
    Reply, Verdict, inbound, outbound,
};
pub use doorbell::Doorbell;
pub use mask::mask;
pub use own_words::{OwnWords, OwnWordsError};
pub use sector::{SectorMode, SectorRules};
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
    /// Religion, union, sexuality and the like (Art. 9 and 10 GDPR).
    Protected,
    /// In the company's own list.
    OwnList,
    /// Somebody may be in danger.
    Emergency,
    /// Of a company, which is no person.
    Company,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::BankAccount,
        Self::PaymentCard,
        Self::SocialInsurance,
        Self::Tax,
        Self::IdentityDocument,
        Self::Health,
        Self::Protected,
        Self::OwnList,
        Self::Emergency,
        Self::Company,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BankAccount => "bank_account",
            Self::PaymentCard => "payment_card",
            Self::SocialInsurance => "social_insurance",
            Self::Tax => "tax",
            Self::IdentityDocument => "identity_document",
            Self::Health => "health",
            Self::Protected => "protected",
            Self::OwnList => "own_list",
            Self::Emergency => "emergency",
            Self::Company => "company",
        }
    }
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
    HealthWord,
    HealthPair,
    ProtectedWord,
    OwnWord,
    EmergencyWord,
}

impl Rule {
    pub const ALL: [Self; 17] = [
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
        Self::HealthWord,
        Self::HealthPair,
        Self::ProtectedWord,
        Self::OwnWord,
        Self::EmergencyWord,
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
            Self::HealthWord => "health_word",
            Self::HealthPair => "health_pair",
            Self::ProtectedWord => "protected_word",
            Self::OwnWord => "own_word",
            Self::EmergencyWord => "emergency_word",
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
            Self::PhysicianNumber | Self::DiagnosisCode | Self::HealthWord | Self::HealthPair => {
                Kind::Health
            }
            Self::ProtectedWord => Kind::Protected,
            Self::OwnWord => Kind::OwnList,
            Self::EmergencyWord => Kind::Emergency,
            Self::VatId => Kind::Company,
        }
    }

    /// Something was said, so that the words around it tell as much as it does.
    #[must_use]
    pub const fn is_spoken(self) -> bool {
        matches!(
            self.kind(),
            Kind::Health | Kind::Protected | Kind::OwnList | Kind::Emergency
        )
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

/// How one installation treats what is sensitive.
#[derive(Clone, Default)]
pub struct Settings {
    pub mode: SectorMode,
    /// What is only probable is held as what is sure; sectors do that anyway.
    pub stricter: bool,
    /// Nobody sends what is held, also where the mode would permit it.
    pub overrides_forbidden: bool,
    pub own_words: OwnWords,
}

/// The detectors, set up for one installation.
#[derive(Clone, Default)]
pub struct Guard {
    settings: Settings,
}

impl Guard {
    #[must_use]
    pub const fn new(settings: Settings) -> Self {
        Self { settings }
    }

    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    #[must_use]
    pub fn scan(&self, text: &str) -> Scan {
        let words = Words::of(text);
        let mut steps = words.list.len();
        let mut findings = identifiers::find(text, &words, self.settings.mode, &mut steps);
        findings.extend(diagnosis::find(text, &words, &mut steps));
        findings.extend(spoken::find(&words, &mut steps));
        findings.extend(self.settings.own_words.find(&words, &mut steps));
        Scan {
            findings: without_overlaps(findings),
            steps,
        }
    }
}

/// Of what overlaps danger, then the surest names the finding, and what either would hide stays hidden.
fn without_overlaps(mut findings: Vec<Finding>) -> Vec<Finding> {
    let length = |finding: &Finding| finding.span.end - finding.span.start;
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end, finding.rule));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        match kept.last_mut() {
            Some(last) if finding.span.start < last.span.end => {
                let weaker = finding.confidence.min(last.confidence);
                let both = last.span.start..last.span.end.max(finding.span.end);
                let rank = |one: &Finding| {
                    let danger = one.rule == Rule::EmergencyWord;
                    (danger, one.confidence, length(one))
                };
                if rank(&finding) > rank(last) {
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
