//! Restriction of processing (Art. 18 GDPR): as long as it stands, what is there of a contact is
//! kept, nobody of the team reads or finds it, nothing but what the law asks for is sent, and
//! neither time nor a wish erases it.

use domain::access::Access;
use domain::teammate::Right;
use domain::{ActivityId, ContactId, Pii, RestrictionId, Timestamp};
use std::collections::BTreeMap;
use store::{ActivityKind, Append, FeedKind, Lifted, Restriction, Unit};

use crate::conversations::author_of;
use crate::identity::check_signs;
use crate::{App, AppError, FieldProblem};

/// Characters of a reason.
const REASON_MAX: usize = 500;

fn check_reason(reason: &Pii<String>) -> Result<Pii<String>, AppError> {
    let words = reason.expose().trim();
    if !(1..=REASON_MAX).contains(&words.chars().count()) {
        let problem = FieldProblem::new("reason", "field-reason").with("max", REASON_MAX);
        return Err(AppError::Invalid(vec![problem]));
    }
    match check_signs("reason", words) {
        Some(problem) => Err(AppError::Invalid(vec![problem])),
        None => Ok(Pii::new(words.to_owned())),
    }
}

impl App {
    /// Every restriction of a contact, the newest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn restrictions(
        &self,
        _access: &Access,
        contact: ContactId,
    ) -> Result<Vec<Restriction>, AppError> {
        if !self.store.has_contact(contact).await? {
            return Err(AppError::NotFound);
        }
        Ok(self.store.restrictions_of(contact).await?)
    }

    /// From now on what is there of the contact is kept, and nothing else is done with it. Asked
    /// again, answers the restriction that stands.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] without a reason; [`AppError::Conflict`] when
    /// an erasure has taken something away already.
    pub async fn restrict(
        &self,
        access: &Access,
        contact: ContactId,
        reason: &Pii<String>,
    ) -> Result<Restriction, AppError> {
        let known = self.store.has_contact(contact).await?;
        known.then_some(()).ok_or(AppError::NotFound)?;
        let reason = check_reason(reason)?;
        self.retry(|| async {
            let known = self.store.lookup_contact(contact).await?;
            let known = known.ok_or(AppError::NotFound)?;
            if known.restricted_at.is_some() {
                return self.standing_restriction(contact).await;
            }
            let begun = self.store.erasure_of(contact).await?;
            if begun.is_some_and(|begun| begun.step.is_none_or(|step| !step.can_be_stopped())) {
                return Err(AppError::Conflict("being_erased"));
            }
            let restriction = Restriction {
                id: RestrictionId::from_bytes(self.fresh()),
                contact,
                reason: reason.clone(),
                asked_by: access.actor().teammate(),
                asked_at: self.now(),
                lifted: None,
            };
            let mut unit = Unit::new();
            self.store.restrict(&mut unit, &restriction).await?;
            let told = ActivityKind::ProcessingRestricted;
            self.tell_everywhere(&mut unit, access, contact, told, restriction.asked_at)
                .await?;
            self.store.commit(unit).await?;
            Ok(restriction)
        })
        .await
    }

    /// The contact's data may be used again.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] without a reason; [`AppError::Conflict`] when
    /// nothing is restricted.
    pub async fn lift_restriction(
        &self,
        access: &Access,
        contact: ContactId,
        reason: &Pii<String>,
    ) -> Result<Restriction, AppError> {
        let reason = check_reason(reason)?;
        self.retry(|| async {
            let known = self.store.lookup_contact(contact).await?;
            if known.ok_or(AppError::NotFound)?.restricted_at.is_none() {
                return Err(AppError::Conflict("not_restricted"));
            }
            let mut standing = self.standing_restriction(contact).await?;
            let lifted = Lifted {
                reason: reason.clone(),
                by: access.actor().teammate(),
                at: self.now(),
            };
            let mut unit = Unit::new();
            self.store
                .lift_restriction(&mut unit, (contact, standing.id), &lifted)
                .await?;
            let told = ActivityKind::RestrictionLifted;
            self.tell_everywhere(&mut unit, access, contact, told, lifted.at)
                .await?;
            self.store.commit(unit).await?;
            standing.lifted = Some(lifted);
            Ok(standing)
        })
        .await
    }

    /// The restriction that a contact's row says there is.
    async fn standing_restriction(&self, contact: ContactId) -> Result<Restriction, AppError> {
        let all = self.store.restrictions_of(contact).await?;
        let standing = all.into_iter().find(|one| one.lifted.is_none());
        standing.ok_or_else(|| AppError::Internal("a restriction without its row".into()))
    }

    /// A line in each of the contact's conversations, and an event to whoever watches. The reason
    /// is for those who answer requests, and stands in neither.
    async fn tell_everywhere(
        &self,
        unit: &mut Unit,
        access: &Access,
        contact: ContactId,
        kind: ActivityKind,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let actor = author_of(access);
        for conversation in self.store.conversations_of(contact).await? {
            self.store
                .append(unit, conversation, contact, &Append::Activity)
                .await?;
            let id = ActivityId::from_bytes(self.fresh());
            let facts = BTreeMap::new();
            self.store
                .add_activity(unit, conversation, contact, (id, kind, actor), &facts, now)
                .await?;
            let created = FeedKind::ActivityCreated;
            self.store
                .feed_appended(unit, created, conversation, id.bytes(), now);
        }
        self.feed_contact(unit, contact).await
    }

    /// What was agreed to may have to be proven by whoever answers requests, also while nobody else
    /// reads it.
    pub(crate) async fn may_prove(
        &self,
        access: &Access,
        contact: ContactId,
    ) -> Result<(), AppError> {
        match access.right() {
            Right::AnswerRequests => Ok(()),
            _ => self.not_restricted_for(access, contact).await,
        }
    }

    /// Whoever works for the company reads nothing of a restricted contact, and writes nothing to
    /// what is kept of it.
    pub(crate) async fn not_restricted_for(
        &self,
        access: &Access,
        contact: ContactId,
    ) -> Result<(), AppError> {
        if access.actor().teammate().is_none() {
            return Ok(());
        }
        match self.store.restricted_since(contact).await? {
            None => Ok(()),
            Some(_) => Err(AppError::Restricted),
        }
    }
}
