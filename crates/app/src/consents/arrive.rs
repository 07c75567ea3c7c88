//! What people say that concerns their consents, found while a message is taken in: a code, a tap
//! on our buttons, a withdrawal in whatever words. Whoever says nothing of the kind costs nothing:
//! only words that look like it lead to the database.

use std::collections::BTreeMap;

use domain::channel::AddressKind;
use domain::consent::{
    Actor, AddressState, Answer, AskedBy, Pressed, PurposeClass, Status, Subject, Way, What,
};
use domain::{AddressId, ContactId, ConversationId, Pii, Timestamp};
use proof::{Act, ActKind, Evidence, Hash};
use store::{ActivityKind, Challenge, Channel, FeedKind, StoredConsent, Unit};
use vault::digest;

use super::ask::{BUTTON, asked, code_in, source};
use super::ledger::foreseen;
use super::{Happened, Place, Shown, moment};
use crate::ingest::Person;
use crate::objections::OBJECTION;
use crate::{App, AppError};

/// What lifts an objection: only that the person itself agreed anew.
const AGREED: &str = "agreed";

/// What somebody said, as far as consents care.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) text: Option<&'a Pii<String>>,
    /// What the tapped button carries.
    pub(crate) tapped: Option<&'a str>,
    pub(crate) provider_id: Option<&'a Pii<String>>,
    pub(crate) from: (AddressKind, &'a str),
    pub(crate) at: Timestamp,
    /// Said just now, and not read from history.
    pub(crate) is_fresh: bool,
}

/// An answer that was given: to which question, and how.
struct Given {
    challenge: Challenge,
    yes: bool,
    words: Option<String>,
    kind: &'static str,
}

impl App {
    /// Keeps what a message means for the contact's consents.
    pub(crate) async fn stage_wishes(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        person: &Person,
        said: Said<'_>,
    ) -> Result<(), AppError> {
        if said.is_fresh
            && let Some(given) = self.answer_in(said).await?
        {
            return self.stage_answer(unit, channel, person, said, &given).await;
        }
        self.stage_objection(unit, channel.id, person, said.text, said.at)
            .await
    }

    /// The answer to one of our questions, if it is one. A question that nobody asked, as well as
    /// a code that means nothing, is a message like any other.
    async fn answer_in(&self, said: Said<'_>) -> Result<Option<Given>, AppError> {
        let text = || said.text.map(|text| text.expose().clone());
        if let Some(rest) = said.tapped.and_then(|id| id.strip_prefix(BUTTON)) {
            let mut parts = rest.trim_start_matches(':').splitn(2, ':');
            let (answer, token) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            let found = self
                .store
                .lookup_challenge(digest(token.as_bytes()))
                .await?;
            return Ok(found.map(|challenge| Given {
                challenge,
                yes: answer == "yes",
                words: text(),
                kind: "button",
            }));
        }
        let Some(code) = said.text.and_then(|text| code_in(text.expose())) else {
            return Ok(None);
        };
        let found = self.store.lookup_challenge(digest(code.as_bytes())).await?;
        Ok(found.map(|challenge| Given {
            challenge,
            yes: true,
            words: text(),
            kind: "code",
        }))
    }

    async fn stage_answer(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        person: &Person,
        said: Said<'_>,
        given: &Given,
    ) -> Result<(), AppError> {
        let asked = &given.challenge.asked;
        let is_theirs = asked.channel == channel.id
            && asked
                .contact
                .is_none_or(|contact| contact == person.contact);
        let is_answered = given.challenge.answered_at.is_some();
        // A no counts at any time, also after a yes.
        if !is_theirs || (is_answered && given.yes) {
            return Ok(());
        }
        let (Some(purpose), Some(shown)) = (
            self.purpose(&asked.purpose).await?,
            self.shown(asked.notice).await?,
        ) else {
            return Ok(());
        };
        let place = self.place(
            (channel.id, channel.kind),
            person.address,
            said.from,
            AddressState::Active,
        );
        let before = self
            .consent_at(person.contact, &asked.purpose, &place, &shown)
            .await?;
        if !given.yes && matches!(before.word(), Status::Refused | Status::Withdrawn) {
            return Ok(());
        }
        let about = (&purpose.purpose, &shown, &place);
        let happened = self.answered(given, said, &before, about)?;
        if foreseen(&before.consent, &happened, self.now()).is_err() {
            // Too late, withdrawn meanwhile, another notice: what was said is kept as a message.
            return Ok(());
        }
        let mut ledger = self.ledger(unit).await?;
        let after = ledger.record(unit, before, &happened).await?;
        ledger.seal(unit).await?;
        let now = self.now();
        if !is_answered {
            self.store.answer_challenge(unit, asked.id, now);
        }
        if asked.way == Way::WritesFirst {
            let to = (person.contact, channel.id);
            self.store
                .consent_notice_served(unit, to, asked.notice, &asked.place, now);
        }
        let conversation = Some(person.conversation);
        self.stage_consent_told(unit, person.contact, conversation, (&after, said.at))
            .await
    }

    /// The events of an answer: for a code the request that the form was, too.
    fn answered<'a>(
        &self,
        given: &Given,
        said: Said<'_>,
        before: &StoredConsent,
        about: (&'a domain::consent::Purpose, &'a Shown, &'a Place),
    ) -> Result<Vec<Happened<'a>>, AppError> {
        let asked_of = &given.challenge.asked;
        let facts = about.2.facts;
        let answer = Answer {
            channel: facts.channel,
            address: facts.id,
            token_valid: self.now() < asked_of.expires_at,
            pressed: Pressed::Button,
        };
        let holds = before.consent.status(self.now(), &about.1.terms, &facts);
        let what = match (asked_of.way, given.yes, holds) {
            (_, false, _) => What::Refused,
            (Way::WritesFirst, true, Status::Granted | Status::Outdated) if answer.token_valid => {
                What::Renewed {
                    explicit: about.0.needs_explicit,
                    in_conversation: true,
                }
            }
            (Way::WritesFirst, true, _) => What::WroteCode(answer),
            (_, true, _) => What::Confirmed(answer),
        };
        let mut happened = Vec::new();
        if matches!(what, What::WroteCode(_)) {
            let request = asked(AskedBy::Person, about.0.needs_explicit);
            let mut requested = Happened::new(Actor::Person, request, about);
            requested.source = source("place", &asked_of.place);
            happened.push(requested);
        }
        let mut last = Happened::new(Actor::Person, what, about);
        last.act = Some(Act {
            kind: if given.kind == "code" {
                ActKind::Text
            } else {
                ActKind::Button
            },
            words: given.words.clone(),
        });
        last.challenge = Some(proof::Challenge {
            answer: given.words.clone().or_else(|| Some(given.kind.to_owned())),
            id: asked_of.id.to_string(),
            issued: moment(asked_of.issued_at)?,
            kind: given.kind.to_owned(),
            token: Hash(asked_of.token),
        });
        last.evidence = Evidence {
            provider_message: said.provider_id.map(|id| id.expose().clone()),
            ..Evidence::default()
        };
        last.source = source("place", &asked_of.place);
        last.provider_at = Some(said.at);
        happened.push(last);
        Ok(happened)
    }

    /// Open pages learn of it, the timeline tells it, and what the person objected to before it
    /// agreed stands in the way no longer.
    pub(crate) async fn stage_consent_told(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        conversation: Option<ConversationId>,
        (after, said_at): (&StoredConsent, Timestamp),
    ) -> Result<(), AppError> {
        let now = self.now();
        let kind = match after.word() {
            Status::Granted => ActivityKind::ConsentGiven,
            Status::Withdrawn | Status::Refused => ActivityKind::ConsentWithdrawn,
            _ => {
                let kind = FeedKind::ContactUpdated;
                self.store.feed_subject(unit, kind, contact.bytes(), now);
                return Ok(());
            }
        };
        let subject = &after.consent.subject;
        if kind == ActivityKind::ConsentGiven {
            let known = self
                .store
                .preference(contact, subject.channel, OBJECTION)
                .await?;
            if known.is_some() {
                // By the clock of who said it: what it says next comes later there, too.
                let channel = subject.channel;
                self.store
                    .set_preference(unit, contact, channel, OBJECTION, AGREED, said_at);
            }
        }
        if let Some(conversation) = conversation {
            let facts = BTreeMap::from([("purpose".to_owned(), subject.purpose.clone())]);
            self.stage_activity_in(unit, (contact, conversation), kind, facts)
                .await?;
        }
        let kind = FeedKind::ContactUpdated;
        self.store.feed_subject(unit, kind, contact.bytes(), now);
        Ok(())
    }

    /// Ends every consent to advertising and surveys that a contact has on a channel. Answers
    /// how many ended.
    pub(crate) async fn stage_withdrawal(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        channel: domain::ChannelId,
        conversation: Option<ConversationId>,
        how: &Withdrawal<'_>,
    ) -> Result<usize, AppError> {
        let consents = self.store.consents_of(contact).await?;
        let mut ended = 0;
        let mut ledger = None;
        for consent in consents {
            let subject = &consent.consent.subject;
            let is_wanted = how.purpose.is_none_or(|purpose| purpose == subject.purpose);
            let over = matches!(consent.word(), Status::Withdrawn | Status::Refused);
            if subject.channel != channel || over || !is_wanted {
                continue;
            }
            let Some(purpose) = self.purpose(&subject.purpose).await? else {
                continue;
            };
            let class = purpose.purpose.class;
            let is_advertising = matches!(class, PurposeClass::Marketing | PurposeClass::Survey);
            if how.purpose.is_none() && !is_advertising {
                continue;
            }
            let Some(shown) = self.shown(consent.notice.id).await? else {
                continue;
            };
            let place = self.place_of_consent(&consent).await?;
            let about = (&purpose.purpose, &shown, &place);
            let what = if how.is_objection {
                What::Objected
            } else {
                What::Withdrawn
            };
            let mut happened = Happened::new(how.by, what, about);
            happened.act.clone_from(&how.act);
            happened.source.clone_from(&how.source);
            happened.provider_at = how.provider_at;
            happened
                .evidence
                .provider_message
                .clone_from(&how.provider_message);
            if ledger.is_none() {
                ledger = Some(self.ledger(unit).await?);
            }
            if let Some(ledger) = &mut ledger {
                let after = ledger.record(unit, consent, &[happened]).await?;
                let told = (&after, self.now());
                self.stage_consent_told(unit, contact, conversation, told)
                    .await?;
                ended += 1;
            }
        }
        if let Some(ledger) = ledger {
            ledger.seal(unit).await?;
        }
        Ok(ended)
    }

    /// The address is given up: somebody else may read there from now on.
    pub(crate) async fn stage_address_left(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        address: AddressId,
        at: Timestamp,
    ) -> Result<(), AppError> {
        self.store.end_address(unit, address, at);
        self.stage_unverified(unit, contact, |subject| subject.address == address)
            .await
    }

    /// Nobody can say any more who reads what these consents are about.
    pub(crate) async fn stage_unverified(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        is_concerned: impl Fn(&Subject) -> bool,
    ) -> Result<(), AppError> {
        let consents = self.store.consents_of(contact).await?;
        let mut ledger = None;
        for consent in consents {
            if !is_concerned(&consent.consent.subject) {
                continue;
            }
            let purpose = self.purpose(&consent.consent.subject.purpose).await?;
            let shown = self.shown(consent.notice.id).await?;
            let (Some(purpose), Some(shown)) = (purpose, shown) else {
                continue;
            };
            let mut place = self.place_of_consent(&consent).await?;
            place.facts.state = AddressState::Changed;
            let about = (&purpose.purpose, &shown, &place);
            let happened = [Happened::new(Actor::House, What::AddressChanged, about)];
            if foreseen(&consent.consent, &happened, self.now()).is_err() {
                continue;
            }
            if ledger.is_none() {
                ledger = Some(self.ledger(unit).await?);
            }
            if let Some(ledger) = &mut ledger {
                ledger.record(unit, consent, &happened).await?;
            }
        }
        match ledger {
            Some(ledger) => ledger.seal(unit).await,
            None => Ok(()),
        }
    }
}

/// How somebody said no.
pub(crate) struct Withdrawal<'a> {
    pub(crate) by: Actor,
    /// Only this purpose; `None`: all advertising and surveys.
    pub(crate) purpose: Option<&'a str>,
    pub(crate) is_objection: bool,
    pub(crate) act: Option<Act>,
    pub(crate) source: Option<proof::Source>,
    pub(crate) provider_message: Option<String>,
    pub(crate) provider_at: Option<Timestamp>,
}

impl<'a> Withdrawal<'a> {
    /// The person's tap on a page of ours.
    pub(crate) fn by_tap(purpose: &'a str, (kind, place): (&str, &str)) -> Self {
        Self {
            by: Actor::Person,
            purpose: Some(purpose),
            is_objection: false,
            act: Some(Act {
                kind: ActKind::Button,
                words: None,
            }),
            source: source(kind, place),
            provider_message: None,
            provider_at: None,
        }
    }

    pub(crate) fn in_words(words: &Pii<String>, at: Timestamp) -> Self {
        Self {
            by: Actor::Person,
            purpose: None,
            is_objection: false,
            act: Some(Act {
                kind: ActKind::Text,
                words: Some(words.expose().clone()),
            }),
            source: source("message", "in words"),
            provider_message: None,
            provider_at: Some(at),
        }
    }

    /// The provider tells that the person switched advertising off.
    pub(crate) fn at_the_provider(at: Timestamp) -> Self {
        Self {
            by: Actor::Person,
            purpose: None,
            is_objection: true,
            act: Some(Act {
                kind: ActKind::Button,
                words: None,
            }),
            source: source("provider", "preference"),
            provider_message: None,
            provider_at: Some(at),
        }
    }

    /// What the person said was unclear, and a teammate cleared it up.
    pub(crate) fn settled_by(by: Actor, act: Act) -> Self {
        Self {
            by,
            purpose: None,
            is_objection: true,
            act: Some(act),
            source: source("message", "objection in a sentence"),
            provider_message: None,
            provider_at: None,
        }
    }

    /// An objection in a sentence about which nobody decided in time.
    pub(crate) fn by_time() -> Self {
        Self {
            by: Actor::House,
            purpose: None,
            is_objection: true,
            act: None,
            source: source("message", "objection in a sentence"),
            provider_message: None,
            provider_at: None,
        }
    }
}
