//! The evidence sheet: what a consent rests on, for people who have never seen this program.
//! Everything on it comes from the events and the texts they name, so it says the same after every
//! later change of a text.

mod blocks;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use domain::access::Access;
use domain::gate::Clock;
use domain::{AddressId, ContactId, Pii, Timestamp};
use i18n::Language;
use paper::{Block, Document, Stamp};
use proof::package::ProvenEvent;
use proof::{Hash, record_id};
use store::{Address, StoredConsentEvent};

use self::blocks::Told;
use self::words::Voice;
use super::package::{Evidence, broken};
use crate::{App, AppError};

/// Which consents of a contact: those that fit, and all where nothing is said.
#[derive(Debug, Clone, Default)]
pub struct SheetWish {
    pub purpose: Option<String>,
    pub address: Option<AddressId>,
    pub language: Language,
}

/// What a sheet says that is not in the ledger.
pub(super) struct Around {
    person: Option<Pii<String>>,
    addresses: Vec<Address>,
    url: String,
    clock: Clock,
    standing: Vec<super::ConsentView>,
}

type Kept<'a> = Vec<(&'a StoredConsentEvent, &'a ProvenEvent)>;

impl App {
    /// The evidence for a contact's consents as a file to read and print. That it was read is
    /// written down.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nothing of the kind was ever agreed to.
    pub async fn consent_sheet(
        &self,
        access: &Access,
        contact: ContactId,
        wish: &SheetWish,
    ) -> Result<Vec<u8>, AppError> {
        let fits = |event: &StoredConsentEvent| {
            let subject = &event.subject;
            let purpose = wish.purpose.as_ref();
            purpose.is_none_or(|purpose| *purpose == subject.purpose)
                && wish
                    .address
                    .is_none_or(|address| address == subject.address)
        };
        let evidence = self.evidence_of(contact, fits).await?;
        self.may_prove(access, contact).await?;
        let now = self.now();
        self.store
            .log_read(access, contact, "consent_sheet", now)
            .await?;
        let around = self.around(contact, &evidence).await?;
        let records = records(&evidence)?;
        let parts: Vec<(Hash, Kept<'_>)> = records.into_iter().collect();
        sheet(&evidence, &around, &parts, wish.language, now)
    }

    /// The sheets of a package: each consent in each language.
    pub(super) async fn sheets_of(
        &self,
        contact: ContactId,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Vec<(Hash, String, Vec<u8>)>, AppError> {
        let around = self.around(contact, evidence).await?;
        let mut sheets = Vec::new();
        for part in records(evidence)? {
            let id = part.0;
            let parts = [part];
            for language in Language::ALL {
                let bytes = sheet(evidence, &around, &parts, language, now)?;
                sheets.push((id, language.as_str().to_owned(), bytes));
            }
        }
        Ok(sheets)
    }

    async fn around(&self, contact: ContactId, evidence: &Evidence) -> Result<Around, AppError> {
        let known = self.store.lookup_contact(contact).await?;
        let wanted: BTreeSet<_> = evidence.kept.iter().map(|one| &one.subject).collect();
        let mut standing = Vec::new();
        for consent in self.store.consents_of(contact).await? {
            if wanted.contains(&consent.consent.subject) {
                standing.push(self.view_of(consent, Vec::new()).await?);
            }
        }
        Ok(Around {
            person: known.and_then(|contact| contact.name),
            addresses: self.store.addresses_of(contact).await?,
            clock: self.clock_of_contacts().await?.unwrap_or_else(Clock::utc),
            standing,
            url: self.settings.public_url.clone(),
        })
    }
}

/// The events of each consent, in their order.
fn records(evidence: &Evidence) -> Result<BTreeMap<Hash, Kept<'_>>, AppError> {
    let mut records: BTreeMap<Hash, Kept<'_>> = BTreeMap::new();
    for pair in evidence.kept.iter().zip(&evidence.proven) {
        let id = record_id(&pair.1.payload).map_err(broken)?;
        records.entry(id).or_default().push(pair);
    }
    for events in records.values_mut() {
        events.sort_by_key(|(_, event)| (event.tree, event.leaf.seq));
    }
    Ok(records)
}

fn sheet(
    evidence: &Evidence,
    around: &Around,
    parts: &[(Hash, Kept<'_>)],
    language: Language,
    now: Timestamp,
) -> Result<Vec<u8>, AppError> {
    let voice = Voice {
        language,
        clock: around.clock.clone(),
    };
    let mut all: Vec<Block> = Vec::new();
    let mut controller = String::new();
    for (id, kept) in parts {
        let told = told(evidence, around, *id, kept)?;
        if let Some(shown) = told.notices.last() {
            controller.clone_from(&shown.document.controller.name);
        }
        all.extend(blocks::blocks(&told, &voice, now));
    }
    let ids: Vec<&[u8]> = parts.iter().map(|(id, _)| id.0.as_slice()).collect();
    let first = parts
        .first()
        .map_or_else(String::new, |(id, _)| id.to_string());
    let footer = [
        ("controller", controller.clone()),
        ("record", first.chars().take(16).collect()),
    ];
    let mut id = [0; 16];
    let moment = now.0.to_be_bytes();
    let whole = [ids.as_slice(), &[&moment, language.as_str().as_bytes()]].concat();
    id.copy_from_slice(&Hash::of(&whole).0[..16]);
    let document = Document {
        title: voice.say("sheet-title"),
        language: language.as_str().to_owned(),
        author: controller,
        created: stamp(now)?,
        id,
        footer: voice.say_with("sheet-footer", &footer),
        blocks: all,
    };
    paper::write(&document).map_err(broken)
}

fn told<'a>(
    evidence: &'a Evidence,
    around: &'a Around,
    record: Hash,
    kept: &Kept<'a>,
) -> Result<Told<'a>, AppError> {
    let missing = || broken("a consent without its events");
    let (stored, last) = kept.last().ok_or_else(missing)?;
    let subject = &stored.subject;
    let stands = around.standing.iter();
    let mut stands = stands.filter(|view| view.consent.consent.subject == *subject);
    let view = stands.next().ok_or_else(missing)?;
    let mut notices = Vec::new();
    let mut seen = BTreeSet::new();
    for (_, event) in kept {
        let address = event.payload.notice.as_str();
        if seen.insert(address) {
            notices.push(evidence.notices.get(address).ok_or_else(missing)?);
        }
    }
    let here = around.addresses.iter();
    let here = here.filter(|address| {
        address.id == subject.address
            || (address.channel == subject.channel && address.valid_to.is_none())
    });
    Ok(Told {
        record,
        events: kept.iter().map(|(_, event)| *event).collect(),
        notices,
        head: evidence.heads.get(&last.tree).ok_or_else(missing)?,
        fingerprint: evidence.key.public().fingerprint(),
        url: &around.url,
        person: around.person.as_ref().map(|name| name.expose().clone()),
        addresses: here.collect(),
        purpose: view.purpose_name.clone(),
        status: view.status,
        since: view.consent.since,
        expires_at: view.expires_at,
        last_used: view.last_used,
    })
}

fn stamp(now: Timestamp) -> Result<Stamp, AppError> {
    let far = || broken("a moment that no calendar has");
    let read = Clock::utc().reading(now).ok_or_else(far)?;
    Ok(Stamp {
        year: u16::try_from(read.year).map_err(|_| far())?,
        month: read.month,
        day: read.day,
        hour: read.hour,
        minute: read.minute,
        second: read.second,
    })
}
