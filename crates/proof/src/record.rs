//! Consent records: what happened to one consent, in the words of ISO/IEC TS 27560 and the Data
//! Privacy Vocabulary.
//!
//! A record is calculated from proven events and their notices and holds nothing else. So it needs
//! no proof of its own: whoever has the events makes the record again and compares.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::canonical::{self, CanonicalError};
use crate::event::{ConsentEvent, EventKind};
use crate::hash::Hash;
use crate::notice::{Notice, Purpose};
use crate::package::ProvenEvent;

/// Written into every record, so that no reader fetches anything.
fn context() -> Value {
    json!({
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "loc": "https://w3id.org/dpv/loc#",
        "pd": "https://w3id.org/dpv/pd#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "tresen": "urn:tresen:v1#",
    })
}

const PROFILE: &str = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("a record has at least one event")]
    NoEvent,
    #[error("notice {0} is not there")]
    NoNotice(String),
    #[error("notice {notice} does not speak of {purpose}")]
    NoPurpose { notice: String, purpose: String },
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

/// The notices of a package by their addresses.
pub type Notices = BTreeMap<String, Notice>;

/// Which consent an event belongs to: contact, purpose, channel and address together.
///
/// # Errors
/// None in practice: every event has a canonical form.
pub fn record_id(event: &ConsentEvent) -> Result<Hash, CanonicalError> {
    let key = json!({
        "channel": event.channel,
        "identity": event.identity.as_deref().unwrap_or_default(),
        "purpose": event.purpose,
        "subject": event.subject,
    });
    Ok(Hash::of(&[&canonical::write(&key)?]))
}

/// The bytes of the record of these events, which are those of one consent in their order.
///
/// # Errors
/// When there is no event or a notice is missing.
pub fn record(events: &[&ProvenEvent], notices: &Notices) -> Result<Vec<u8>, RecordError> {
    let last = events.last().ok_or(RecordError::NoEvent)?;
    let id = record_id(&last.payload)?;
    // What held last is what the record says of the processing; every status names its own notice.
    let (notice, purpose) = told(&last.payload, notices)?;
    let controller = &notice.controller;
    let mut shown: Vec<Value> = Vec::new();
    for event in events {
        let address = &event.payload.notice;
        let (notice, _) = told(&event.payload, notices)?;
        let entry = json!({
            "@id": format!("urn:{address}"),
            "@type": "dpv:ConsentNotice",
            "dct:language": notice.locale,
        });
        if !shown.contains(&entry) {
            shown.push(entry);
        }
    }
    let statuses: Result<Vec<_>, _> = events
        .iter()
        .filter_map(|event| status(&event.payload, notices).transpose())
        .collect();
    let proofs: Result<Vec<_>, _> = events.iter().map(|event| proof(event)).collect();
    let document = json!({
        "@context": context(),
        "@id": format!("urn:tresen:record:{id}"),
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": PROFILE,
        "dct:identifier": id,
        "dpv:hasConsentControl": {
            "@type": ["dpv:WithdrawConsent"],
            "dpv:isExercisedAt": notice.withdrawal.url,
        },
        "dpv:hasConsentStatus": statuses?,
        "dpv:hasDataController": {
            "@id": format!("urn:tresen:controller:{}", controller.id),
            "dpv:hasAddress": controller.address,
            "dpv:hasName": controller.name,
        },
        "dpv:hasDataSubject": {"@id": format!("urn:tresen:contact:{}", last.payload.subject)},
        "dpv:hasJurisdiction": notice.jurisdiction,
        "dpv:hasLegalBasis": notice.legal_basis,
        "dpv:hasNotice": shown,
        "dpv:hasProcess": [process(notice, purpose)],
        "tresen:proof": proofs?,
    });
    Ok(canonical::write(&document)?)
}

fn told<'a>(
    event: &ConsentEvent,
    notices: &'a Notices,
) -> Result<(&'a Notice, &'a Purpose), RecordError> {
    let address = &event.notice;
    let notice = notices
        .get(address)
        .ok_or_else(|| RecordError::NoNotice(address.clone()))?;
    let purpose = notice
        .purpose(&event.purpose)
        .ok_or_else(|| RecordError::NoPurpose {
            notice: address.clone(),
            purpose: event.purpose.clone(),
        })?;
    Ok((notice, purpose))
}

fn process(notice: &Notice, purpose: &Purpose) -> Value {
    let recipients = notice.recipients.iter();
    let recipients: Vec<String> = recipients
        .map(|recipient| format!("urn:tresen:recipient:{}", recipient.id))
        .collect();
    json!({
        "dpv:hasPersonalData": purpose.personal_data,
        "dpv:hasPurpose": purpose.dpv,
        "dpv:hasRecipient": recipients,
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": notice.storage},
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": notice.retention},
        ],
    })
}

/// The vocabulary's word for an event; some of ours have none and stand among the proofs only.
const fn status_type(event: EventKind) -> Option<&'static str> {
    match event {
        EventKind::Requested => Some("dpv:ConsentRequested"),
        EventKind::Confirmed => Some("dpv:ConsentGiven"),
        EventKind::Renewed => Some("dpv:RenewedConsentGiven"),
        EventKind::Refused => Some("dpv:ConsentRefused"),
        EventKind::Objected | EventKind::Withdrawn => Some("dpv:ConsentWithdrawn"),
        EventKind::Expired => Some("dpv:ConsentExpired"),
        EventKind::Invalidated => Some("dpv:ConsentInvalidated"),
        EventKind::ChallengeIssued
        | EventKind::Lapsed
        | EventKind::Asserted
        | EventKind::Used
        | EventKind::Outdated
        | EventKind::Unverified
        | EventKind::Paused
        | EventKind::Resumed => None,
    }
}

fn status(event: &ConsentEvent, notices: &Notices) -> Result<Option<Value>, RecordError> {
    let Some(kind) = status_type(event.event) else {
        return Ok(None);
    };
    let mut types = vec![kind];
    let mut status = json!({
        "dpv:isIndicatedAtTime": event.at,
        "dpv:isIndicatedBy": if event.event.is_by_subject() {
            "dpv:DataSubject"
        } else {
            "dpv:DataController"
        },
        "tresen:notice": event.notice,
    });
    if event.event.is_grant() {
        types.push(match event.explicit {
            Some(true) => "dpv:ExplicitlyExpressedConsent",
            _ => "dpv:ExpressedConsent",
        });
        let (notice, _) = told(event, notices)?;
        status["dpv:hasDuration"] =
            json!({"@type": "dpv:TemporalDuration", "rdf:value": notice.validity});
    }
    if let Some(act) = &event.act {
        let method = format!("{}.{}", event.channel, act.kind.as_str());
        status["dpv:hasIndicationMethod"] = method.into();
    }
    status["@type"] = types.into();
    Ok(Some(status))
}

fn proof(event: &ProvenEvent) -> Result<Value, RecordError> {
    Ok(json!({
        "tresen:event": event.payload.event.as_str(),
        "tresen:inclusion": event.proof,
        "tresen:index": event.leaf.seq,
        "tresen:leaf": event.leaf.hash()?,
        "tresen:size": event.size,
        "tresen:tree": event.tree,
    }))
}
