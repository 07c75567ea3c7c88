//! What time does to consents: questions nobody answered, consents nobody used, objections nobody
//! decided about, heads that are due.

use domain::Timestamp;
use domain::consent::{Actor, State, Status, What};
use domain::withdrawal::{Clarity, SOFT_FINAL_MS};
use store::{FeedKind, StoreError, StoredConsent, Unit};

use super::Happened;
use super::arrive::Withdrawal;
use super::ledger::foreseen;
use crate::objections::OBJECTION;
use crate::{App, AppError};

const AT_ONCE: i64 = 50;

impl App {
    /// Writes down what time has done, a bounded part of it each time.
    pub(crate) async fn age_consents(&self, now: Timestamp) -> Result<(), AppError> {
        for consent in self.store.overdue_consents(now, AT_ONCE).await? {
            skip_if_changed(self.age(consent).await)?;
        }
        let before = Timestamp(now.0 - SOFT_FINAL_MS);
        for (contact, channel, _) in self.store.soft_objections(before, AT_ONCE).await? {
            let mut unit = Unit::new();
            let word = Clarity::Hard.as_str();
            self.store
                .set_preference(&mut unit, contact, channel, OBJECTION, word, now);
            let conversation = self.store.lookup_conversation_of(contact, channel).await?;
            let how = Withdrawal::by_time();
            self.stage_withdrawal(&mut unit, contact, channel, conversation, &how)
                .await?;
            skip_if_changed(self.store.commit(unit).await.map_err(AppError::from))?;
        }
        self.sign_grown_tree(now).await
    }

    async fn age(&self, consent: StoredConsent) -> Result<(), AppError> {
        let mut unit = Unit::new();
        if let State::Lapsed { .. } = consent.consent.state {
            self.store.forget_lapsed(&mut unit, &consent);
            return Ok(self.store.commit(unit).await?);
        }
        let subject = consent.consent.subject.clone();
        let purpose = self.purpose(&subject.purpose).await?;
        let shown = self.shown(consent.notice.id).await?;
        let (Some(purpose), Some(shown)) = (purpose, shown) else {
            return Ok(());
        };
        let place = self.place_of_consent(&consent).await?;
        let about = (&purpose.purpose, &shown, &place);
        let happened = [Happened::new(Actor::House, What::TimedOut, about)];
        if foreseen(&consent.consent, &happened, self.now()).is_err() {
            return Ok(());
        }
        let mut ledger = self.ledger(&unit).await?;
        let after = ledger.record(&mut unit, consent, &happened).await?;
        debug_assert!(matches!(after.word(), Status::Lapsed | Status::Expired));
        ledger.seal(&mut unit).await?;
        let kind = FeedKind::ContactUpdated;
        self.store
            .feed_subject(&mut unit, kind, subject.contact.bytes(), self.now());
        Ok(self.store.commit(unit).await?)
    }
}

/// Somebody said something at this very moment: the next time will see it.
fn skip_if_changed(done: Result<(), AppError>) -> Result<(), AppError> {
    match done {
        Err(AppError::Store(StoreError::Stale(_))) => Ok(()),
        other => other,
    }
}
