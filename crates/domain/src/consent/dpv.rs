//! The words of the Data Privacy Vocabulary for what we do, so that a record reads the same in
//! other houses. They are terms of DPV 2.3.

use super::event::What;
use super::purpose::PurposeClass;
use super::state::Status;

/// The state of a consent.
#[must_use]
pub const fn of_status(status: Status) -> &'static str {
    match status {
        // Asked for, not given: also what a list says without proof, and a question nobody
        // answered.
        Status::Requested | Status::Pending | Status::Lapsed => "dpv:ConsentRequested",
        Status::Granted => "dpv:ConsentGiven",
        Status::Refused => "dpv:ConsentRefused",
        Status::Expired => "dpv:ConsentExpired",
        Status::Withdrawn => "dpv:ConsentWithdrawn",
        Status::Outdated | Status::Unverified | Status::Invalidated => "dpv:ConsentInvalidated",
        Status::None | Status::Asserted => "dpv:ConsentUnknown",
    }
}

/// What an event says of itself in a record; events that change no state for the outside have no
/// word.
#[must_use]
pub const fn of_event(what: &What) -> Option<&'static str> {
    Some(match what {
        What::Requested(_) | What::ChallengeIssued { .. } => "dpv:ConsentRequested",
        What::Confirmed(_) | What::WroteCode(_) | What::ProofAdded(_) => "dpv:ConsentGiven",
        What::Renewed { .. } => "dpv:RenewedConsentGiven",
        What::Refused => "dpv:ConsentRefused",
        What::TimedOut => "dpv:ConsentExpired",
        What::Withdrawn | What::Objected => "dpv:ConsentWithdrawn",
        What::NoticeChanged | What::AddressChanged | What::Invalidated { .. } => {
            "dpv:ConsentInvalidated"
        }
        What::Imported => "dpv:ConsentUnknown",
        What::Used | What::CaseEnded => return None,
    })
}

/// What a purpose is for.
#[must_use]
pub const fn of_purpose(class: PurposeClass) -> &'static str {
    match class {
        PurposeClass::Marketing => "dpv:DirectMarketing",
        PurposeClass::Survey => "dpv:ImproveExistingProductsAndServices",
        PurposeClass::Assistance => "dpv:CommunicationForCustomerCare",
        PurposeClass::Special => "dpv:ServiceProvision",
        PurposeClass::Callback => "dpv:CustomerCare",
    }
}

/// Whether the consent is an explicit one or one that was merely expressed.
#[must_use]
pub const fn of_form(explicit: bool) -> &'static str {
    if explicit {
        "dpv:ExplicitlyExpressedConsent"
    } else {
        "dpv:ExpressedConsent"
    }
}
