//! Agreeing in the own chat: the notice is shown, a first tap asks for it, a second tap on the
//! sentence that sums it up confirms, and one tap withdraws.

use domain::channel::{AddressKind, Medium};
use domain::consent::{Actor, AddressState, Answer, AskedBy, NoticeId, Pressed, Status, Way, What};
use domain::inbound::ExternalAddress;
use domain::time::DAY_MS;
use domain::{ChallengeId, Pii, Timestamp, limits};
use i18n::Language;
use proof::{Act, ActKind, Evidence, Hash};
use store::{FeedKind, NewChallenge, StoredConsent, StoredPurpose, Unit};
use vault::{Token, digest};

use super::arrive::Withdrawal;
use super::ask::{asked, source};
use super::ledger::foreseen;
use super::{Happened, Place, PublishedNotice, Shown, moment, refused};
use crate::chat::ChatVisitor;
use crate::{App, AppError};

/// What the visitor can agree to, and whether it does.
pub struct ChatOffer {
    pub purpose: StoredPurpose,
    pub status: Status,
    pub since: Option<Timestamp>,
}

/// The second step: a sentence that sums it up, and the secret that a tap on it sends back.
pub struct ChatQuestion {
    pub token: Token,
    pub text: String,
    pub expires_at: Timestamp,
}

impl App {
    async fn chat_place(&self, visitor: &ChatVisitor) -> Result<Place, AppError> {
        let channel = self.channel(visitor.entry.channel).await?;
        let channel = channel.ok_or(AppError::NotFound)?;
        let value = visitor.contact.to_string();
        let address = ExternalAddress {
            kind: AddressKind::WebVisitor,
            value: Pii::new(value.clone()),
        };
        let known = self.store.lookup_addresses(channel.id, &[address]).await?;
        let known = known.first().ok_or(AppError::NotFound)?;
        Ok(self.place(
            (channel.id, channel.kind),
            known.address,
            (AddressKind::WebVisitor, &value),
            AddressState::Active,
        ))
    }

    /// # Errors
    /// What the store says.
    pub async fn chat_offers(
        &self,
        visitor: &ChatVisitor,
        language: Language,
    ) -> Result<Vec<ChatOffer>, AppError> {
        let place = self.chat_place(visitor).await?;
        let mut offers = Vec::new();
        for purpose in self.store.purposes().await? {
            let Some(shown) = self.in_force(&purpose.purpose, language.as_str()).await? else {
                continue;
            };
            if !shown.terms.covers(&purpose.purpose.code, Medium::OwnChat) {
                continue;
            }
            let consent = self
                .consent_at(visitor.contact, &purpose.purpose.code, &place, &shown)
                .await?;
            offers.push(ChatOffer {
                status: consent
                    .consent
                    .status(self.now(), &shown.terms, &place.facts),
                since: (consent.events > 0).then_some(consent.since),
                purpose,
            });
        }
        Ok(offers)
    }

    /// The notice of a purpose, shown now; that it was shown is written down.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when there is none for the own chat.
    pub async fn chat_serve(
        &self,
        visitor: &ChatVisitor,
        purpose: &str,
        language: Language,
    ) -> Result<PublishedNotice, AppError> {
        let (_, shown) = self.chat_notice(purpose, language).await?;
        let mut unit = Unit::new();
        let to = (visitor.contact, visitor.entry.channel);
        let notice = shown.terms.mark.id;
        self.store
            .consent_notice_served(&mut unit, to, notice, "chat", self.now());
        self.store.commit(unit).await?;
        Ok(PublishedNotice {
            stored: shown.stored,
            document: shown.document,
        })
    }

    async fn chat_notice(
        &self,
        purpose: &str,
        language: Language,
    ) -> Result<(StoredPurpose, Shown), AppError> {
        let stored = self.wanted_purpose(purpose).await?;
        let shown = self.in_force(&stored.purpose, language.as_str()).await?;
        let fits = |shown: &Shown| shown.terms.covers(purpose, Medium::OwnChat);
        let shown = shown
            .filter(fits)
            .ok_or(AppError::Conflict("consent_no_notice"))?;
        Ok((stored, shown))
    }

    /// The first tap. The notice that was on the screen must be the one in force, and shown to this
    /// visitor before.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when it is another notice or nothing can be agreed to now.
    pub async fn chat_request(
        &self,
        visitor: &ChatVisitor,
        purpose: &str,
        notice: &str,
    ) -> Result<ChatQuestion, AppError> {
        let contact = visitor.contact;
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            let stored = self.wanted_purpose(purpose).await?;
            let notices = self.store.notices_in_force(purpose).await?;
            let same = notices
                .into_iter()
                .find(|one| one.mark.id.to_string() == notice);
            let outdated = || AppError::Conflict("consent_outdated_notice");
            let shown = Shown::of(same.ok_or_else(outdated)?)?;
            let served = self.store.consent_notices_served(contact).await?;
            let id = shown.terms.mark.id;
            if !served.iter().any(|(served, _, _)| *served == id) {
                return Err(AppError::Conflict("consent_notice_not_shown"));
            }
            let place = self.chat_place(visitor).await?;
            let before = self.consent_at(contact, purpose, &place, &shown).await?;
            let about = (&stored.purpose, &shown, &place);
            let now = self.now();
            let mut happened = [
                Happened::new(
                    Actor::Person,
                    asked(AskedBy::Person, stored.purpose.needs_explicit),
                    about,
                ),
                Happened::new(
                    Actor::House,
                    What::ChallengeIssued {
                        way: Way::SecondTap,
                        neutral: true,
                    },
                    about,
                ),
            ];
            happened[0].source = source("entry", &visitor.entry.slug);
            let text = summary(&shown, &stored);
            happened[1].act = Some(Act {
                kind: ActKind::Text,
                words: Some(text.clone()),
            });
            let day = Timestamp(now.0 - DAY_MS);
            happened[1].challenges_today = self.store.challenges_since(contact, day).await?;
            foreseen(&before.consent, &happened, now).map_err(refused)?;
            let token = Token::from_secret("tcq", self.store.ids().secret());
            let mut unit = Unit::new();
            let mut ledger = self.ledger(&unit).await?;
            ledger.record(&mut unit, before, &happened).await?;
            ledger.seal(&mut unit).await?;
            let challenge = self.second_question(visitor, (purpose, id), &token, now);
            self.store.add_challenge(&mut unit, &challenge);
            let kind = FeedKind::ContactUpdated;
            self.store
                .feed_subject(&mut unit, kind, contact.bytes(), now);
            self.store.commit(unit).await?;
            Ok(ChatQuestion {
                token,
                text,
                expires_at: challenge.expires_at,
            })
        })
        .await
    }

    fn second_question(
        &self,
        visitor: &ChatVisitor,
        (purpose, notice): (&str, NoticeId),
        token: &Token,
        now: Timestamp,
    ) -> NewChallenge {
        NewChallenge {
            id: ChallengeId::from_bytes(self.fresh()),
            token: digest(token.expose().as_bytes()),
            way: Way::SecondTap,
            purpose: purpose.to_owned(),
            channel: visitor.entry.channel,
            notice,
            contact: Some(visitor.contact),
            place: visitor.entry.slug.clone(),
            issued_at: now,
            expires_at: Way::SecondTap.deadline(now),
        }
    }

    /// The second tap, or the no to it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a question of somebody else; [`AppError::Conflict`] when it was
    /// answered before or its time is over.
    pub async fn chat_confirm(
        &self,
        visitor: &ChatVisitor,
        token: &str,
        yes: bool,
    ) -> Result<ChatOffer, AppError> {
        let contact = visitor.contact;
        let conversation = self.chat_conversation(visitor).await?;
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            let found = self
                .store
                .lookup_challenge(digest(token.as_bytes()))
                .await?;
            let is_theirs = |challenge: &store::Challenge| {
                challenge.asked.contact == Some(contact) && challenge.asked.way == Way::SecondTap
            };
            let question = found.filter(is_theirs).ok_or(AppError::NotFound)?;
            if question.answered_at.is_some() {
                return Err(AppError::Conflict("consent_question_over"));
            }
            let now = self.now();
            let purpose = self.wanted_purpose(&question.asked.purpose).await?;
            let shown = self
                .shown(question.asked.notice)
                .await?
                .ok_or(AppError::NotFound)?;
            let place = self.chat_place(visitor).await?;
            let before = self
                .consent_at(contact, &question.asked.purpose, &place, &shown)
                .await?;
            let about = (&purpose.purpose, &shown, &place);
            let happened = [second_tap(&question.asked, yes, now, about)?];
            foreseen(&before.consent, &happened, now).map_err(refused)?;
            let mut unit = Unit::new();
            let mut ledger = self.ledger(&unit).await?;
            let after = ledger.record(&mut unit, before, &happened).await?;
            ledger.seal(&mut unit).await?;
            self.store
                .answer_challenge(&mut unit, question.asked.id, now);
            let conversation = conversation.as_ref().map(|conversation| conversation.id);
            self.stage_consent_told(&mut unit, contact, conversation, (&after, now))
                .await?;
            self.store.commit(unit).await?;
            Ok(offer_of(purpose, &after, &shown, &place, now))
        })
        .await
    }

    /// One tap, and it is over.
    ///
    /// # Errors
    /// What the store says.
    pub async fn chat_withdraw(
        &self,
        visitor: &ChatVisitor,
        purpose: &str,
    ) -> Result<(), AppError> {
        self.wanted_purpose(purpose).await?;
        let conversation = self.chat_conversation(visitor).await?;
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            let how = Withdrawal::by_tap(purpose, ("entry", &visitor.entry.slug));
            let mut unit = Unit::new();
            let conversation = conversation.as_ref().map(|conversation| conversation.id);
            let channel = visitor.entry.channel;
            self.stage_withdrawal(&mut unit, visitor.contact, channel, conversation, &how)
                .await?;
            Ok(self.store.commit(unit).await?)
        })
        .await
    }
}

/// What the second tap confirms, in the language of the notice.
fn summary(shown: &Shown, purpose: &StoredPurpose) -> String {
    let language = Language::parse(&shown.stored.locale).unwrap_or_default();
    let arguments = [
        ("company", shown.terms.advertiser.as_str()),
        ("purpose", purpose.name.as_str()),
    ];
    i18n::text(language, "consent-summary", &arguments)
}

fn offer_of(
    purpose: StoredPurpose,
    consent: &StoredConsent,
    shown: &Shown,
    place: &Place,
    now: Timestamp,
) -> ChatOffer {
    ChatOffer {
        status: consent.consent.status(now, &shown.terms, &place.facts),
        since: Some(consent.since),
        purpose,
    }
}

fn second_tap<'a>(
    asked: &NewChallenge,
    yes: bool,
    now: Timestamp,
    about: (&'a domain::consent::Purpose, &'a Shown, &'a Place),
) -> Result<Happened<'a>, AppError> {
    let facts = about.2.facts;
    let answer = Answer {
        channel: facts.channel,
        address: facts.id,
        token_valid: now < asked.expires_at,
        pressed: Pressed::Button,
    };
    let what = if yes {
        What::Confirmed(answer)
    } else {
        What::Refused
    };
    let mut happened = Happened::new(Actor::Person, what, about);
    happened.act = Some(Act {
        kind: ActKind::Button,
        words: None,
    });
    happened.challenge = Some(proof::Challenge {
        answer: Some(if yes { "yes" } else { "no" }.to_owned()),
        id: asked.id.to_string(),
        issued: moment(asked.issued_at)?,
        kind: "button".to_owned(),
        token: Hash(asked.token),
    });
    // The session is what is proved: the digest of the secret that this browser sent back.
    happened.evidence = Evidence {
        callback: Some(Hash(asked.token)),
        ..Evidence::default()
    };
    happened.source = source("entry", &asked.place);
    Ok(happened)
}
