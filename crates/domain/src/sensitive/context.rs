//! Words that say what a number beside them is. A check digit alone lets one of ten random numbers
//! through; the word before it settles most of the rest.

use std::sync::LazyLock;

use super::lexicon::Lexicon;
use super::words::Words;

/// How many words before and behind a number are looked at.
const BEFORE: usize = 8;
const BEHIND: usize = 4;
/// A label stands right before its number.
const LABEL: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Card,
    HealthInsurance,
    SocialInsurance,
    Tax,
    Document,
    Physician,
    Diagnosis,
    Vat,
    /// Numbers of orders, parcels, articles, devices.
    Reference,
    /// Codes of devices and programs, sizes, versions.
    Technical,
}

const TOPICS: &[(&str, Topic)] = &[
    (
        "Karte Karten Kartennummer kreditkart~ ~kreditkarte debitkart~ bankkart~ visa visakarte \
         mastercard maestro amex creditcard card cards cvc cvv",
        Topic::Card,
    ),
    (
        "kvnr kvnummer krankenkass~ krankenversich~ krankenversicherten~ versicherten~ versichert \
         gesundheitskart~ egk versicherungsnummer kk barmer aok dak tkk patientennummer \
         insurance insured",
        Topic::HealthInsurance,
    ),
    (
        "rvnr svnr sv sozialversich~ rentenversich~ rentennummer versicherungsnummer ahv ahvnummer \
         ahvn13 renten~ sozialvers~ svnummer pension social",
        Topic::SocialInsurance,
    ),
    (
        "steuer steuerid steuernummer steueridentifikations~ steueridnr idnr tin finanzamt \
         lohnsteuer~ steuerlich~ tax identifikationsnummer",
        Topic::Tax,
    ),
    (
        "ausweis~ personalausweis~ perso reisepass~ Pass passnummer passnr ausweisnr dokumentennummer \
         passport identity",
        Topic::Document,
    ),
    (
        "lanr arztnummer arztnr vertragsarzt~ bsnr physician",
        Topic::Physician,
    ),
    (
        "icd icd10 diagnos~ Arzt Ärztin Arztes aerztlich~ Befund befunde~ AU attest~ krankschreib~ \
         krankgeschrieben krankmeld~ klinik~ arztbrief~ diagnosis doctor praxis krankenhaus \
         entlass~ therap~ behandl~",
        Topic::Diagnosis,
    ),
    (
        "ust ustid ustidnr umsatzsteuer~ vat uid mehrwertsteuer~",
        Topic::Vat,
    ),
    (
        "bestell~ auftrag~ sendung~ sendungsnummer~ paket~ tracking~ trackingnummer ean gtin isbn \
         artikel~ rechnung~ kunden~ kundennummer lieferschein~ vorgang~ ticket~ seriennummer~ imei \
         zaehler~ vertrag~ retoure~ order parcel invoice shipment article serial customer \
         buchung~ flug~ referenz~ barcode~ charge~ modell~ modellnummer",
        Topic::Reference,
    ),
    (
        "fehler~ error~ code codes fehlercode~ firmware~ router~ geraet~ version~ modell~ groesse~ \
         size modul~ flug~ gate sitz~ reihe regal~ raum fach halle stecker~ kabel~ fritzbox~ \
         drucker~ waschmaschine~ heizung~ therme steuerung~ anschluss~ port artikel~ ersatzteil~ \
         teil lampe~ Sockel fassung patrone~ typ tarif~ format~ standard iso display meldung~ \
         schraube~ gewinde~ firmware bios build release",
        Topic::Technical,
    ),
];

static LEXICON: LazyLock<Lexicon<Topic>> = LazyLock::new(|| Lexicon::of(TOPICS.iter().copied()));

/// What the words around a place in the text speak of.
pub(super) struct Context {
    topics: Vec<Topic>,
    label: Option<Topic>,
}

impl Context {
    pub fn around(words: &Words, start: usize, end: usize, steps: &mut usize) -> Self {
        let first = words.list.partition_point(|word| word.span.end <= start);
        let behind = words.list.partition_point(|word| word.span.start < end);
        let mut context = Self {
            topics: Vec::new(),
            label: None,
        };
        let mut look = |at: usize| {
            *steps += 1;
            let word = &words.list[at];
            LEXICON.meanings(words.folded(word), word.capital, steps)
        };
        for at in first.saturating_sub(BEFORE)..first {
            let topics = look(at);
            // The nearest label counts, and a number's own kind before any other.
            if first - at <= LABEL && !topics.is_empty() {
                let named = topics.iter().find(|topic| **topic != Topic::Reference);
                context.label = named.or(topics.first()).copied();
            }
            context.topics.extend(topics);
        }
        for at in behind..words.list.len().min(behind + BEHIND) {
            context.topics.extend(look(at));
        }
        context
    }

    pub fn speaks_of(&self, topic: Topic) -> bool {
        self.topics.contains(&topic)
    }

    /// The word right before says that it is a number of something else.
    pub fn is_reference(&self) -> bool {
        matches!(self.label, Some(Topic::Reference | Topic::Technical))
    }
}
