//! Copies that were asked for: a ticket that lives for a quarter of an hour, for the one who asked,
//! and how far the making of the copy is. Nothing of the copy itself is ever kept here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::access::{Access, Actor};
use domain::erasure::Stock;
use domain::time::MINUTE_MS;
use domain::{ContactId, ExportId, Timestamp};
use i18n::Language;

use super::MyData;
use crate::file_reader::FileReader;
use crate::{App, AppError};

const LIFETIME_MS: i64 = 15 * MINUTE_MS;
/// Tickets that are remembered; the oldest goes first.
const REMEMBERED_MAX: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportState {
    /// Asked for, and not fetched yet.
    Ready,
    Running,
    Done,
    /// It broke off: it can be fetched again.
    Broken,
}

impl ExportState {
    const ALL: [Self; 4] = [Self::Ready, Self::Running, Self::Done, Self::Broken];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Broken => "broken",
        }
    }
}

/// How far the making of a copy is.
#[derive(Debug, Default)]
pub struct ExportProgress {
    state: AtomicU8,
    messages: AtomicU64,
    files: AtomicU64,
}

impl ExportProgress {
    pub fn begin(&self) {
        self.messages.store(0, Ordering::Relaxed);
        self.files.store(0, Ordering::Relaxed);
        self.set(ExportState::Running);
    }

    pub fn set(&self, state: ExportState) {
        self.state.store(state as u8, Ordering::Relaxed);
    }

    pub fn add_messages(&self, count: u64) {
        self.messages.fetch_add(count, Ordering::Relaxed);
    }

    pub fn add_file(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    #[must_use]
    pub fn state(&self) -> ExportState {
        let number = usize::from(self.state.load(Ordering::Relaxed));
        ExportState::ALL
            .get(number)
            .copied()
            .unwrap_or(ExportState::Broken)
    }

    #[must_use]
    pub fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }
}

/// A copy that was asked for.
#[derive(Clone)]
pub struct Export {
    pub id: ExportId,
    pub contact: ContactId,
    pub language: Language,
    /// What there was when it was asked for.
    pub stock: Stock,
    pub expires_at: Timestamp,
    pub progress: Arc<ExportProgress>,
    asked_by: Actor,
}

#[derive(Default)]
pub(crate) struct Exports(Mutex<HashMap<ExportId, Export>>);

impl Exports {
    fn locked(&self) -> MutexGuard<'_, HashMap<ExportId, Export>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, export: Export, now: Timestamp) {
        let mut all = self.locked();
        all.retain(|_, one| one.expires_at > now);
        if all.len() >= REMEMBERED_MAX
            && let Some(oldest) = all.keys().min().copied()
        {
            all.remove(&oldest);
        }
        all.insert(export.id, export);
    }

    fn get(&self, id: ExportId, by: Actor, now: Timestamp) -> Option<Export> {
        let all = self.locked();
        let export = all.get(&id).filter(|one| one.expires_at > now)?;
        (export.asked_by == by).then(|| export.clone())
    }

    /// The newest first.
    fn of(&self, by: Actor, now: Timestamp) -> Vec<Export> {
        let all = self.locked();
        let own = all
            .values()
            .filter(|one| one.asked_by == by && one.expires_at > now);
        let mut own: Vec<Export> = own.cloned().collect();
        own.sort_by_key(|one| std::cmp::Reverse(one.id));
        own
    }
}

impl App {
    /// Asks for a copy of what is kept of a contact.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn begin_export(
        &self,
        access: &Access,
        contact: ContactId,
        language: Language,
    ) -> Result<Export, AppError> {
        self.may_see_all(access, contact)?;
        if !self.store.has_contact(contact).await? {
            return Err(AppError::NotFound);
        }
        let now = self.now();
        let export = Export {
            id: ExportId::from_bytes(self.fresh()),
            contact,
            language,
            stock: self.store.stock_of(contact).await?,
            expires_at: now.plus_ms(LIFETIME_MS),
            progress: Arc::default(),
            asked_by: access.actor(),
        };
        self.exports.keep(export.clone(), now);
        Ok(export)
    }

    /// A copy that this one asked for, as long as its ticket lives.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody else, and afterwards.
    pub fn export(&self, access: &Access, id: ExportId) -> Result<Export, AppError> {
        let found = self.exports.get(id, access.actor(), self.now());
        found.ok_or(AppError::NotFound)
    }

    /// The copies that this one asked for and can still fetch, the newest first.
    #[must_use]
    pub fn exports(&self, access: &Access) -> Vec<Export> {
        self.exports.of(access.actor(), self.now())
    }

    /// What stands in the copy, but for words and files. That it was handed out is written down
    /// before anything leaves.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn export_facts(&self, access: &Access, export: &Export) -> Result<MyData, AppError> {
        self.store
            .log_read(access, export.contact, "export", self.now())
            .await?;
        self.my_data(access, export.contact).await
    }

    /// A file of the contact, for its copy.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a file of somebody else, or one that is not there.
    pub async fn export_file(
        &self,
        access: &Access,
        contact: ContactId,
        file: &store::StoredAttachment,
    ) -> Result<FileReader, AppError> {
        self.may_see_all(access, contact)?;
        if file.contact != Some(contact) || file.state != store::AttachmentState::Stored {
            return Err(AppError::NotFound);
        }
        self.open_file(file).await
    }

    /// The proof of all consents, where there is any.
    ///
    /// # Errors
    /// What the store says.
    pub async fn export_proof(
        &self,
        access: &Access,
        contact: ContactId,
    ) -> Result<Option<Vec<u8>>, AppError> {
        self.may_see_all(access, contact)?;
        match self.consent_package(access, contact).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(AppError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Signs a statement about what was handed out.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn sign_statement(&self, statement: &str) -> Result<String, AppError> {
        let key = self.signing_key().await?;
        Ok(proof::certificate::sign(&key, statement))
    }
}
