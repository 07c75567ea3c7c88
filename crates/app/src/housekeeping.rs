//! Regular work that nobody asks for: snoozes that end, traces that are old, uploads that were
//! never sent, conversations whose time is over.

use domain::{ContactId, ConversationId, JobId, Timestamp, limits, time};
use ports::BlobName;
use store::{JobKind, NewJob, StoreError, Unit};

use crate::{App, AppError};

const TIDY_EVERY_MS: i64 = 10 * time::MINUTE_MS;
const UPLOADS_AT_ONCE: i64 = 50;
const CONVERSATIONS_AT_ONCE: i64 = 50;

impl App {
    /// Does what is due; `last` is when it tidied up before.
    ///
    /// # Errors
    /// What the store says. Nothing is half done.
    pub async fn keep_house(&self, last: Option<Timestamp>) -> Result<Option<Timestamp>, AppError> {
        let now = self.now();
        self.wake_snoozed(now).await?;
        self.tidy_up(now, last).await
    }

    /// Removes what is old, now and then.
    pub(crate) async fn tidy_up(
        &self,
        now: Timestamp,
        last: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, AppError> {
        // A clock that was put back must not keep the house untidy until it is there again.
        if last.is_some_and(|last| (0..TIDY_EVERY_MS).contains(&(now.0 - last.0))) {
            return Ok(last);
        }
        self.store.tidy_up(now).await?;
        self.age_consents(now).await?;
        self.end_expired(now).await?;
        self.remove_loose_files(now).await?;
        Ok(Some(now))
    }

    async fn remove_loose_files(&self, now: Timestamp) -> Result<(), AppError> {
        loop {
            let stale = self
                .store
                .stale_uploads(
                    Timestamp(now.0 - limits::UNSENT_OF_TEAMMATE_MS),
                    Timestamp(now.0 - limits::UNSENT_OF_CONTACT_MS),
                    UPLOADS_AT_ONCE,
                )
                .await?;
            if !stale.is_empty() {
                let mut unit = Unit::new();
                self.store.put_uploads_out_of_reach(&mut unit, &stale);
                self.store.commit(unit).await?;
            }
            let loose = self.store.loose_files(UPLOADS_AT_ONCE).await?;
            if loose.is_empty() {
                return Ok(());
            }
            let mut unit = Unit::new();
            for id in loose {
                // The bytes first: a row without bytes is tried again, bytes without a row are
                // lost.
                self.blobs.remove(&BlobName::of_bytes(id.bytes())).await?;
                self.store.remove_attachment(&mut unit, id);
            }
            self.store.commit(unit).await?;
        }
    }

    /// What the notice promises: so many days after the last message a conversation is erased.
    async fn end_expired(&self, now: Timestamp) -> Result<(), AppError> {
        let Some(privacy) = self.store.privacy().await? else {
            return Ok(());
        };
        let before = Timestamp(now.0 - privacy.retention_days * time::DAY_MS);
        for (conversation, contact) in self
            .store
            .expired_conversations(before, CONVERSATIONS_AT_ONCE)
            .await?
        {
            let erased = self.erase_conversation(conversation, contact, before).await;
            skip_if_changed(erased)?;
        }
        for contact in self
            .store
            .silent_contacts(before, CONVERSATIONS_AT_ONCE)
            .await?
        {
            let mut unit = Unit::new();
            self.store.erase_contact(&mut unit, contact);
            skip_if_changed(self.end_contact(unit, contact).await)?;
        }
        Ok(())
    }

    async fn erase_conversation(
        &self,
        conversation: ConversationId,
        contact: ContactId,
        before: Timestamp,
    ) -> Result<(), AppError> {
        let mut unit = Unit::new();
        self.store
            .erase_conversation(&mut unit, conversation, before);
        let others = self.store.conversations_of(contact).await?;
        if others.iter().any(|other| *other != conversation) {
            return Ok(self.store.commit(unit).await?);
        }
        self.store.erase_contact(&mut unit, contact);
        self.end_contact(unit, contact).await
    }

    /// The rows, and by a job the key: whatever copy is left anywhere reads as noise then.
    async fn end_contact(&self, mut unit: Unit, contact: ContactId) -> Result<(), AppError> {
        let job = NewJob {
            id: JobId::from_bytes(self.fresh()),
            kind: JobKind::DestroyKey,
            lane: contact.bytes(),
            subject: contact.bytes(),
            now: self.now(),
        };
        self.store.add_job(&mut unit, &job);
        Ok(self.store.commit(unit).await?)
    }
}

/// Somebody wrote at this very moment: what was over goes on.
fn skip_if_changed(erased: Result<(), AppError>) -> Result<(), AppError> {
    match erased {
        Err(AppError::Store(StoreError::Stale(_))) => Ok(()),
        other => other,
    }
}
