//! Erasing a contact: asked for by a person, carried out by a job that may be cut short at any
//! place, and carried out again when a copy from before it comes back to life.

use domain::access::Access;
use domain::erasure::{Step, Stock};
use domain::{ContactId, ErasureId, HoldId, JobId, Pii, TeammateId, Timestamp};
use ports::{BlobName, Tombstone};
use proof::{Moment, SigningKey};
use serde_json::json;
use store::faults::{self, Point};
use store::{ClaimedJob, Erasure, Hold, JobKind, NewJob, StoreError, Unit};

use crate::jobs::Done;
use crate::{App, AppError};

/// A chance for the log to be emptied, where a long reading stands in the way.
const WAIT_FOR_READERS_MS: i64 = 2_000;
/// Characters of a hold's matter and of its reason.
const HOLD_TEXT_MAX: usize = 500;

/// What an erasure would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasurePreview {
    pub goes: Stock,
    /// Reviews of holds that stand against it.
    pub held_until: Vec<Timestamp>,
    /// Its data may only be kept since then: that stands against it as well.
    pub restricted_at: Option<Timestamp>,
    /// It was asked for already.
    pub erasure: Option<ErasureId>,
}

impl App {
    /// What an erasure would take away, and what stands against it. Nothing is changed.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such contact.
    pub async fn erasure_preview(
        &self,
        _access: &Access,
        contact: ContactId,
    ) -> Result<ErasurePreview, AppError> {
        let known = self.store.lookup_contact(contact).await?;
        let known = known.ok_or(AppError::NotFound)?;
        let holds = self.store.standing_holds(contact).await?;
        Ok(ErasurePreview {
            restricted_at: known.restricted_at,
            goes: self.store.stock_of(contact).await?,
            held_until: holds.iter().map(|hold| hold.review_at).collect(),
            erasure: self.store.erasure_of(contact).await?.map(|found| found.id),
        })
    }

    /// Begins to erase a contact; asked again, answers the erasure that was begun.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when a hold or a restriction stands against it.
    pub async fn erase(&self, access: &Access, contact: ContactId) -> Result<Erasure, AppError> {
        let by = access.actor().teammate().ok_or(AppError::NotFound)?;
        self.begin_erasure(contact, Some(by)).await
    }

    /// Writes down that somebody is erased, and the job that does it; `by` is nobody where the
    /// person asked for it itself.
    pub(crate) async fn begin_erasure(
        &self,
        contact: ContactId,
        by: Option<TeammateId>,
    ) -> Result<Erasure, AppError> {
        self.retry(|| self.try_erase(contact, by)).await
    }

    async fn try_erase(
        &self,
        contact: ContactId,
        by: Option<TeammateId>,
    ) -> Result<Erasure, AppError> {
        if let Some(begun) = self.store.erasure_of(contact).await? {
            return Ok(begun);
        }
        let known = self.store.lookup_contact(contact).await?;
        let known = known.ok_or(AppError::NotFound)?;
        if !self.store.standing_holds(contact).await?.is_empty() {
            return Err(AppError::Conflict("held"));
        }
        if known.restricted_at.is_some() {
            return Err(AppError::Conflict("restricted_first"));
        }
        let stock = self.store.stock_of(contact).await?;
        let now = self.now();
        let id = ErasureId::from_bytes(self.fresh());
        let mut unit = Unit::new();
        self.store
            .add_erasure(&mut unit, id, contact, stock, by, now);
        let job = NewJob {
            id: JobId::from_bytes(self.fresh()),
            kind: JobKind::Erase,
            lane: contact.bytes(),
            subject: id.bytes(),
            now,
        };
        self.store.add_job(&mut unit, &job);
        self.store.commit(unit).await?;
        let begun = self.store.lookup_erasure(id).await?;
        begun.ok_or(AppError::NotFound)
    }

    /// # Errors
    /// [`AppError::NotFound`] when there is none of this id.
    pub async fn erasure(&self, _access: &Access, id: ErasureId) -> Result<Erasure, AppError> {
        let found = self.store.lookup_erasure(id).await?;
        found.ok_or(AppError::NotFound)
    }

    /// The newest ones, from before one of them on.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erasures(
        &self,
        _access: &Access,
        before: Option<ErasureId>,
    ) -> Result<Vec<Erasure>, AppError> {
        Ok(self.store.erasures(before).await?)
    }

    /// What stays of everybody who was erased.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn tombstones(&self, _access: &Access) -> Result<Vec<Tombstone>, AppError> {
        Ok(self.store.tombstones().await?)
    }

    /// One job does all steps; after a death it goes on with the one it was at.
    pub(crate) async fn carry_out_erasure(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let id = ErasureId::from_bytes(job.subject);
        loop {
            let Some(erasure) = self.store.lookup_erasure(id).await? else {
                return self.drop_job(job).await;
            };
            let (Some(step), Some(contact)) = (erasure.step, erasure.contact) else {
                return self.drop_job(job).await;
            };
            if step.can_be_stopped() && self.is_kept_back(contact).await? {
                let mut unit = Unit::new();
                self.store.take_back_erasure(&mut unit, id, step);
                self.store.finish_job(&mut unit, job.id);
                self.store.commit(unit).await?;
                return Ok(Done::Written);
            }
            let wait_ms = erasure.begins_at().0 - self.now().0;
            if step == Step::Stop && wait_ms > 0 {
                return Ok(Done::Later {
                    after_ms: wait_ms,
                    reason: "the contact may change its mind",
                });
            }
            match self.take_step(&erasure, contact, step).await {
                Err(AppError::Store(StoreError::Unavailable)) if step == Step::Traces => {
                    let (after_ms, reason) = (WAIT_FOR_READERS_MS, "a long reading goes on");
                    return Ok(Done::Later { after_ms, reason });
                }
                // Somebody wrote at this very moment: what came is taken away as well.
                Err(AppError::Store(StoreError::Stale(_))) => continue,
                done => done?,
            }
            faults::hit(Point::AfterErasureStep);
            let mut unit = Unit::new();
            let Some(next) = step.next() else {
                self.store.finish_job(&mut unit, job.id);
                self.store.commit(unit).await?;
                return Ok(Done::Written);
            };
            self.store.advance_erasure(&mut unit, id, step, next);
            self.store.commit(unit).await?;
        }
    }

    /// A hold or a restriction came after the wish.
    async fn is_kept_back(&self, contact: ContactId) -> Result<bool, AppError> {
        if self.store.restricted_since(contact).await?.is_some() {
            return Ok(true);
        }
        Ok(!self.store.standing_holds(contact).await?.is_empty())
    }

    async fn take_step(
        &self,
        erasure: &Erasure,
        contact: ContactId,
        step: Step,
    ) -> Result<(), AppError> {
        match step {
            Step::Stop => {
                let mut unit = Unit::new();
                self.store.stop_contact(&mut unit, contact);
                self.store.commit(unit).await?;
                self.doors.forget(contact);
                Ok(())
            }
            Step::Files => self.remove_files_of(contact).await,
            Step::Callbacks => self.remove_callbacks_of(contact).await,
            Step::Rows => self.remove_rows_of(contact).await,
            Step::Traces => Ok(self.store.remove_traces().await?),
            Step::Key => Ok(self.store.erase_key(contact, self.now()).await?),
            Step::Generation => {
                let keys = self.store.renew_keys().await?;
                tracing::info!(count = keys, "all keys are wrapped by a new generation");
                Ok(())
            }
            Step::Certificate => self.certify(erasure).await,
        }
    }

    async fn remove_files_of(&self, contact: ContactId) -> Result<(), AppError> {
        loop {
            let files = self.store.files_of(contact).await?;
            if files.is_empty() {
                return Ok(());
            }
            let mut unit = Unit::new();
            for file in files {
                // The bytes first: a row without bytes is tried again, bytes without a row are
                // lost.
                self.blobs.remove(&BlobName::of_bytes(file.bytes())).await?;
                self.store.forget_file(&mut unit, file);
            }
            self.store.commit(unit).await?;
        }
    }

    async fn remove_callbacks_of(&self, contact: ContactId) -> Result<(), AppError> {
        let mut after = [0; 16];
        while let Some(end) = self.store.forget_callbacks(contact, after).await? {
            after = end;
        }
        Ok(())
    }

    async fn remove_rows_of(&self, contact: ContactId) -> Result<(), AppError> {
        const ANY: Timestamp = Timestamp(i64::MAX);
        if !self.store.has_contact(contact).await? {
            return Ok(());
        }
        loop {
            let conversations = self.store.conversations_of(contact).await?;
            if conversations.is_empty() {
                break;
            }
            for conversation in conversations {
                let mut unit = Unit::new();
                self.store.erase_conversation(&mut unit, conversation, ANY);
                self.store.commit(unit).await?;
            }
        }
        let mut unit = Unit::new();
        self.store.erase_contact(&mut unit, contact);
        Ok(self.store.commit(unit).await?)
    }

    /// Says what was done, without saying to whom: whoever knows the contact's id and the house's
    /// keys can tell that it was this one, and nobody else.
    async fn certify(&self, erasure: &Erasure) -> Result<(), AppError> {
        let now = self.now();
        let at = |moment: Timestamp| {
            let moment = Moment::from_milliseconds(moment.0);
            moment
                .map(|moment| moment.to_string())
                .map_err(|_| internal("a moment"))
        };
        let digest: String = erasure
            .digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let stock = erasure.stock;
        let said = json!({
            "kind": "tresen.erasure",
            "version": 1,
            "id": erasure.id.to_string(),
            "digest": digest,
            "asked_at": at(erasure.asked_at)?,
            "finished_at": at(now)?,
            "erased": {
                "addresses": stock.addresses,
                "conversations": stock.conversations,
                "files": stock.files,
                "messages": stock.messages,
                "notes": stock.notes,
            },
            "steps": Step::ALL.map(Step::as_str),
        });
        let seed = self.store.signing_seed().await?;
        let key = SigningKey::from_seed(&self.signer_name(), &seed);
        let key = key.map_err(|_| internal("the key that signs"))?;
        let certificate = proof::certificate::sign(&key, &said.to_string());
        let mut unit = Unit::new();
        self.store
            .finish_erasure(&mut unit, erasure.id, &certificate, now);
        Ok(self.store.commit(unit).await?)
    }

    /// The host the installation is reached at names its key.
    fn signer_name(&self) -> String {
        let url = self.settings().public_url.as_str();
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = host.split('/').next().filter(|host| !host.is_empty());
        host.unwrap_or("tresen").to_owned()
    }

    /// Erases again who came back with a copy from before its erasure. Must have ended before
    /// anybody is answered. Answers how many came back.
    ///
    /// # Errors
    /// What the store says.
    pub async fn replay_tombstones(&self) -> Result<u64, AppError> {
        let known = self.store.tombstones().await?.len();
        if self.store.tombstones_replayed().await? == known {
            return Ok(0);
        }
        let returned = self.store.returned_contacts().await?;
        for contact in &returned {
            let mut unit = Unit::new();
            self.store.stop_contact(&mut unit, *contact);
            self.store.commit(unit).await?;
            self.remove_files_of(*contact).await?;
            self.remove_callbacks_of(*contact).await?;
            self.remove_rows_of(*contact).await?;
            self.store.erase_key(*contact, self.now()).await?;
        }
        if !returned.is_empty() {
            self.store.remove_traces().await?;
            self.store.renew_keys().await?;
        }
        self.store.note_tombstones_replayed(known).await?;
        Ok(returned.len() as u64)
    }
}

fn internal(what: &str) -> AppError {
    AppError::Internal(format!("{what} could not be made"))
}

/// Legal holds.
impl App {
    /// Holds a contact back from every erasure. It stands at once; a second person is asked to
    /// agree.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such contact, [`AppError::Conflict`] when it is
    /// being erased already.
    pub async fn hold(
        &self,
        access: &Access,
        contact: ContactId,
        matter: Pii<String>,
        reason: Pii<String>,
        review_at: Timestamp,
    ) -> Result<Hold, AppError> {
        for (field, text) in [("matter", &matter), ("reason", &reason)] {
            let length = text.expose().trim().chars().count();
            if !(1..=HOLD_TEXT_MAX).contains(&length) {
                return Err(AppError::invalid(field, "field-length-hold"));
            }
        }
        if !self.store.has_contact(contact).await? {
            return Err(AppError::NotFound);
        }
        let begun = self.store.erasure_of(contact).await?;
        if begun.is_some_and(|begun| begun.step.is_none_or(|step| !step.can_be_stopped())) {
            return Err(AppError::Conflict("being_erased"));
        }
        let hold = Hold {
            id: HoldId::from_bytes(self.fresh()),
            contact,
            matter,
            reason,
            review_at,
            asked_by: access.actor().teammate().ok_or(AppError::NotFound)?,
            asked_at: self.now(),
            agreed_by: None,
            ended_at: None,
        };
        let mut unit = Unit::new();
        self.store.add_hold(&mut unit, &hold).await?;
        self.store.commit(unit).await?;
        Ok(hold)
    }

    /// The newest holds that stand, from before one of them on.
    ///
    /// # Errors
    /// What the store says.
    pub async fn holds(
        &self,
        _access: &Access,
        before: Option<HoldId>,
    ) -> Result<Vec<Hold>, AppError> {
        Ok(self.store.holds(before).await?)
    }

    /// # Errors
    /// [`AppError::Conflict`] when it is the one who asked, or somebody agreed already.
    pub async fn agree_to_hold(&self, access: &Access, id: HoldId) -> Result<Hold, AppError> {
        let by = access.actor().teammate().ok_or(AppError::NotFound)?;
        let known = self.store.lookup_hold(id).await?;
        known.ok_or(AppError::NotFound)?;
        let mut unit = Unit::new();
        self.store.agree_to_hold(&mut unit, id, by, self.now());
        match self.store.commit(unit).await {
            Err(StoreError::Stale(_)) => Err(AppError::Conflict("second_person")),
            committed => {
                committed?;
                let hold = self.store.lookup_hold(id).await?;
                hold.ok_or(AppError::NotFound)
            }
        }
    }

    /// # Errors
    /// [`AppError::NotFound`] when there is none of this id.
    pub async fn end_hold(&self, access: &Access, id: HoldId) -> Result<(), AppError> {
        let by = access.actor().teammate().ok_or(AppError::NotFound)?;
        let known = self.store.lookup_hold(id).await?;
        known.ok_or(AppError::NotFound)?;
        let mut unit = Unit::new();
        self.store.end_hold(&mut unit, id, by, self.now());
        Ok(self.store.commit(unit).await?)
    }
}
