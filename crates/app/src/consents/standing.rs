//! What the gate is told of a person: objections, the consent that is asked for, the notice in
//! force, the hours at the person's place. Only advertising, and the question whether somebody
//! agrees, ask for any of it: an answer costs no look.

use std::collections::BTreeSet;

use domain::consent::{Actor, AddressFacts, What};
use domain::gate::{
    Agreed, Case, Clock, Frequency, Intent, MARKETING_A_MONTH_MAX, MessageClass, Person,
};
use domain::time::DAY_MS;
use domain::withdrawal::Clarity;
use domain::{ContactId, Timestamp};
use store::{Conversation, StoredConsent, StoredPurpose, Unit};

use super::{Happened, Shown};
use crate::objections::OBJECTION;
use crate::{App, AppError};

/// What a month is to the rule about how often.
const MONTH_MS: i64 = 30 * DAY_MS;
/// The provider's own word for advertising.
const MARKETING: &str = "marketing_messages";

/// Everything about a person that a decision needs; empty where nothing is needed.
#[derive(Default)]
pub(crate) struct Facts {
    contact: Option<ContactId>,
    pub(crate) stopped: bool,
    objection: Option<Clarity>,
    purpose: Option<StoredPurpose>,
    pub(crate) consent: Option<StoredConsent>,
    in_force: Option<Shown>,
    address: Option<AddressFacts>,
    answers: bool,
    uses: Vec<Timestamp>,
    clock: Option<Clock>,
}

impl Facts {
    pub(crate) fn person(&self) -> Person<'_> {
        let agreed = match (&self.consent, &self.purpose, &self.in_force, self.address) {
            (Some(consent), Some(purpose), Some(shown), Some(address)) => Some(Agreed {
                consent: &consent.consent,
                purpose: &purpose.purpose,
                notice: &shown.terms,
                contact: self.contact.unwrap_or(consent.consent.subject.contact),
                address,
            }),
            _ => None,
        };
        let sent = u32::try_from(self.uses.len()).unwrap_or(u32::MAX);
        Person {
            objected: self.objection == Some(Clarity::Hard),
            paused: matches!(self.objection, Some(Clarity::Soft | Clarity::Ask)),
            agreed,
            case: Case {
                answers: self.answers,
                ..Case::default()
            },
            clock: self.clock.clone(),
            marketing: Frequency {
                sent,
                max: MARKETING_A_MONTH_MAX,
                free_at: self.uses.first().map(|used| used.plus_ms(MONTH_MS)),
            },
            ..Person::default()
        }
    }
}

impl App {
    /// What must be known of the person for a message of this kind.
    pub(crate) async fn facts(
        &self,
        conversation: &Conversation,
        intent: &Intent,
        class: MessageClass,
    ) -> Result<Facts, AppError> {
        let now = self.now();
        let mut facts = Facts::default();
        if class == MessageClass::Confirmation || class == MessageClass::WithdrawalConfirmation {
            let recent = |at: Timestamp| now.0 - at.0 < DAY_MS;
            facts.answers = conversation.last_inbound_at.is_some_and(recent);
        } else if !class.is_advertising() {
            return Ok(facts);
        }
        let contact = conversation.contact;
        let channel = conversation.channel;
        let said = self.store.preference(contact, channel, MARKETING).await?;
        let objected = self.store.preference(contact, channel, OBJECTION).await?;
        facts.objection = objected.as_deref().and_then(Clarity::parse);
        facts.stopped = said.as_deref() == Some("stop") || facts.objection.is_some();
        let Some(code) = intent.purpose.as_deref().filter(|_| class.is_advertising()) else {
            return Ok(facts);
        };
        facts.contact = Some(contact);
        facts.purpose = self.purpose(code).await?;
        facts.consent = self.best_consent(conversation, code).await?;
        let Some(consent) = &facts.consent else {
            return Ok(facts);
        };
        let subject = &consent.consent.subject;
        if let Some(address) = self.store.lookup_address(subject.address).await? {
            // A person's addresses on one channel are one account: the provider says so with every
            // message. Where the one that agreed was given up, nobody knows who reads.
            let place = self.place_of(&address).await?;
            facts.address = Some(place.facts);
        }
        if let (Some(purpose), Some(notice)) = (
            &facts.purpose,
            self.store.lookup_consent_notice(consent.notice.id).await?,
        ) {
            facts.in_force = self.in_force(&purpose.purpose, &notice.locale).await?;
        }
        facts.uses = self
            .store
            .consent_uses(contact, Timestamp(now.0 - MONTH_MS))
            .await?;
        facts.clock = self.clock_of_contacts().await?;
        Ok(facts)
    }

    /// Something is sent on the ground of a consent: the ledger says so.
    pub(crate) async fn stage_consent_used(
        &self,
        unit: &mut Unit,
        consent: &StoredConsent,
        facts: &Facts,
    ) -> Result<(), AppError> {
        let missing = || AppError::Internal("a consent without its purpose".into());
        let purpose = facts.purpose.as_ref().ok_or_else(missing)?;
        let shown = self.shown(consent.notice.id).await?.ok_or_else(missing)?;
        let place = self.place_of_consent(consent).await?;
        let about = (&purpose.purpose, &shown, &place);
        let used = Happened::new(Actor::House, What::Used, about);
        let mut ledger = self.ledger(unit).await?;
        ledger.record(unit, consent.clone(), &[used]).await?;
        ledger.seal(unit).await
    }

    /// The consent that is about the address that would be written to; where there is none, the
    /// one about another address of the same channel, so that the reason can be told.
    async fn best_consent(
        &self,
        conversation: &Conversation,
        purpose: &str,
    ) -> Result<Option<StoredConsent>, AppError> {
        let consents = self.store.consents_of(conversation.contact).await?;
        let mut here: Vec<StoredConsent> = consents
            .into_iter()
            .filter(|one| {
                let subject = &one.consent.subject;
                subject.purpose == purpose && subject.channel == conversation.channel
            })
            .collect();
        let exact = |one: &StoredConsent| one.consent.subject.address == conversation.address;
        match here.iter().position(exact) {
            Some(place) => Ok(Some(here.swap_remove(place))),
            None => Ok(here.pop()),
        }
    }

    /// People are taken to live by the company's clock. Summer time as it has been since 1996.
    pub(super) async fn clock_of_contacts(&self) -> Result<Option<Clock>, AppError> {
        let company = self.store.company().await?;
        let country = company.and_then(|company| company.country);
        Ok(Clock::of_country(
            country.as_deref().unwrap_or("DE"),
            BTreeSet::new(),
        ))
    }
}
