//! Consents as people read them: where each stands now, and what happened to it.

use domain::access::Access;
use domain::channel::ChannelKind;
use domain::consent::{Actor, Status};
use domain::{ChannelId, ConsentEventId, ContactId, Timestamp, limits};
use proof::ConsentEvent;
use store::{StoredConsent, Unit};

use super::arrive::Withdrawal;
use super::ask::source;
use super::{Place, PublishedNotice, Shown};
use crate::identity::check_signs;
use crate::{App, AppError};

/// One event, with what was proved by it.
pub struct ConsentEventView {
    pub id: ConsentEventId,
    pub kind: String,
    pub at: Timestamp,
    /// Gone when nobody confirmed and its time was over.
    pub event: Option<ConsentEvent>,
}

pub struct ConsentView {
    pub consent: StoredConsent,
    /// Where it stands now, with everything that time has done to it.
    pub status: Status,
    /// As people read it.
    pub purpose_name: String,
    pub channel_kind: ChannelKind,
    pub expires_at: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
    pub notice: PublishedNotice,
    pub events: Vec<ConsentEventView>,
}

impl App {
    /// Everything a contact agreed to, refused or withdrew. That it was read is written down.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn consents(
        &self,
        access: &Access,
        contact: ContactId,
    ) -> Result<Vec<ConsentView>, AppError> {
        let known = self.store.lookup_contact(contact).await?;
        known.ok_or(AppError::NotFound)?;
        self.may_prove(access, contact).await?;
        self.store
            .log_read(access, contact, "consents", self.now())
            .await?;
        self.consent_views(contact).await
    }

    /// The same, for who wrote down already that it reads.
    pub(crate) async fn consent_views(
        &self,
        contact: ContactId,
    ) -> Result<Vec<ConsentView>, AppError> {
        let events = self.store.consent_events(contact).await?;
        let mut views = Vec::new();
        for consent in self.store.consents_of(contact).await? {
            let subject = &consent.consent.subject;
            let mine: Result<Vec<_>, AppError> = events
                .iter()
                .filter(|event| event.subject == *subject)
                .map(|stored| {
                    let unreadable = |_| AppError::Internal("an event that cannot be read".into());
                    let read = |(payload, _): &(String, _)| ConsentEvent::read(payload.as_bytes());
                    Ok(ConsentEventView {
                        id: stored.id,
                        kind: stored.kind.clone(),
                        at: stored.at,
                        event: stored
                            .opened
                            .as_ref()
                            .map(read)
                            .transpose()
                            .map_err(unreadable)?,
                    })
                })
                .collect();
            views.push(self.view_of(consent, mine?).await?);
        }
        Ok(views)
    }

    /// Where each consent stands now, in a word.
    pub(crate) async fn consent_states(
        &self,
        contact: ContactId,
    ) -> Result<Vec<(String, ChannelKind, Status)>, AppError> {
        let mut states = Vec::new();
        for consent in self.store.consents_of(contact).await? {
            let view = self.view_of(consent, Vec::new()).await?;
            let purpose = view.consent.consent.subject.purpose;
            states.push((purpose, view.channel_kind, view.status));
        }
        Ok(states)
    }

    pub(super) async fn view_of(
        &self,
        consent: StoredConsent,
        events: Vec<ConsentEventView>,
    ) -> Result<ConsentView, AppError> {
        let purpose = self.purpose(&consent.consent.subject.purpose).await?;
        let purpose = purpose.ok_or(AppError::NotFound)?;
        let shown: Shown = self
            .shown(consent.notice.id)
            .await?
            .ok_or(AppError::NotFound)?;
        let now_shown = self
            .in_force(&purpose.purpose, &shown.stored.locale)
            .await?;
        let terms = &now_shown.as_ref().unwrap_or(&shown).terms;
        let place: Place = self.place_of_consent(&consent).await?;
        let (expires_at, last_used) = match consent.consent.state {
            domain::consent::State::Granted(grant) => (grant.expires_at, grant.last_used),
            _ => (None, None),
        };
        Ok(ConsentView {
            status: consent.consent.status(self.now(), terms, &place.facts),
            purpose_name: purpose.name,
            channel_kind: place.kind,
            expires_at,
            last_used,
            notice: PublishedNotice {
                stored: shown.stored,
                document: shown.document,
            },
            events,
            consent,
        })
    }

    /// A teammate writes down that somebody withdrew: by telephone, at the counter, in words that
    /// no rule understood. Never the other way round.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] without words about how it was said.
    pub async fn withdraw_for(
        &self,
        access: &Access,
        contact: ContactId,
        (purpose, channel): (Option<&str>, ChannelId),
        words: &str,
    ) -> Result<usize, AppError> {
        let teammate = access.actor().teammate().ok_or(AppError::NotFound)?;
        if words.trim().is_empty() || words.chars().count() > limits::NAME_CHARS_MAX {
            return Err(AppError::invalid("words", "field-required"));
        }
        if let Some(problem) = check_signs("words", words) {
            return Err(AppError::Invalid(vec![problem]));
        }
        let known = self.store.lookup_contact(contact).await?;
        known.ok_or(AppError::NotFound)?;
        if let Some(purpose) = purpose {
            self.wanted_purpose(purpose).await?;
        }
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            let how = Withdrawal {
                by: Actor::Teammate(teammate),
                purpose,
                is_objection: false,
                act: Some(proof::Act {
                    kind: proof::ActKind::Spoken,
                    words: Some(words.trim().to_owned()),
                }),
                source: source("teammate", &teammate.to_string()),
                provider_message: None,
                provider_at: None,
            };
            let mut unit = Unit::new();
            let conversation = self.store.lookup_conversation_of(contact, channel).await?;
            let ended = self
                .stage_withdrawal(&mut unit, contact, channel, conversation, &how)
                .await?;
            self.store.commit(unit).await?;
            Ok(ended)
        })
        .await
    }
}
