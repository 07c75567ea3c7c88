//! The use cases: read, decide with the domain, commit one unit, wake who waits.
//!
//! Nothing here speaks HTTP or names a provider. What must happen outside the house is a job,
//! written in the same unit as its cause.

mod callbacks;
mod channels;
mod chat;
mod clock_watch;
mod consents;
mod conversations;
mod erasures;
mod error;
mod file_reader;
mod files;
mod guesses;
mod housekeeping;
mod identity;
mod ingest;
mod jobs;
mod my_data;
mod notices;
mod objections;
mod once;
mod pace;
mod passkeys;
mod registry;
mod restrictions;
mod search;
mod sending;
mod setup;
mod signals;
mod team;

pub use callbacks::CallbackRefusal;
pub use channels::{ChannelChange, EntryChange, EntryInput, NewChannelInput};
pub use chat::{ChatStart, ChatVisitor, StartedChat};
pub use consents::{
    ChatOffer, ChatQuestion, ConsentEventView, ConsentView, Invitation, InvitationInput,
    NoticeInput, NoticeText, Party, PublishedNotice, PurposeInput, SheetWish,
};
pub use conversations::{ComposerState, ContactView, ConversationChange};
pub use erasures::ErasurePreview;
pub use error::{AppError, FieldProblem};
pub use file_reader::FileReader;
pub use files::{FileContent, UploadInput, Uploader, clean_name, plain_mime};
pub use identity::{Identity, IssuedSession, NewTeammateInput};
pub use jobs::Runner;
pub use my_data::{
    Desk, Export, ExportProgress, ExportState, MyChannel, MyConversation, MyData, MySession,
    Person, Reader, Reading,
};
pub use objections::{ObjectionDecision, OpenObjection};
pub use once::Once;
pub use passkeys::PasskeyStart;
pub use registry::Registry;
pub use search::{Found, FoundPage, Snippet};
pub use sending::{SendInput, Sent, TemplateRequest};
pub use setup::{CompanyChange, SetupInput, SetupOutcome};
pub use signals::{ChatSignals, Presence, SignalEvent};
pub use team::TeammateChange;

use std::future::Future;
use std::sync::Arc;

use domain::{Timestamp, limits};
use ports::{Blobs, Net};
use store::{Store, StoreError};

/// What the use cases are told about the installation.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How the outside reaches us, without a trailing slash.
    pub public_url: String,
}

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    store: Store,
    blobs: Arc<dyn Blobs>,
    net: Arc<dyn Net>,
    registry: Arc<Registry>,
    settings: Arc<Settings>,
    signals: Arc<signals::Signals>,
    passkeys: Arc<passkeys::Passkeys>,
    passwords: Arc<identity::Passwords>,
    channel_cache: Arc<channels::ChannelCache>,
    pacer: Arc<pace::Pacer>,
    images: Arc<adapters::images::Images>,
    backlog: Arc<ingest::Backlog>,
    ledger_name: Arc<tokio::sync::OnceCell<String>>,
    exports: Arc<my_data::Exports>,
    doors: Arc<my_data::Doors>,
}

impl App {
    #[must_use]
    pub fn new(
        store: Store,
        blobs: Arc<dyn Blobs>,
        net: Arc<dyn Net>,
        registry: Registry,
        settings: Settings,
    ) -> Self {
        let passkeys = Arc::new(passkeys::Passkeys::new(&settings.public_url));
        Self {
            store,
            blobs,
            net,
            registry: Arc::new(registry),
            settings: Arc::new(settings),
            signals: Arc::new(signals::Signals::new()),
            passkeys,
            passwords: Arc::new(identity::Passwords::new()),
            channel_cache: Arc::new(channels::ChannelCache::default()),
            pacer: Arc::new(pace::Pacer::default()),
            images: Arc::new(adapters::images::Images::new(2)),
            backlog: Arc::default(),
            ledger_name: Arc::default(),
            exports: Arc::default(),
            doors: Arc::default(),
        }
    }

    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.store.clock().now()
    }

    fn fresh(&self) -> [u8; 16] {
        self.store.ids().fresh(self.now())
    }

    /// Runs a use case again when the world changed between its reading and its writing.
    async fn retry<T, F>(&self, attempt: impl FnMut() -> F) -> Result<T, AppError>
    where
        F: Future<Output = Result<T, AppError>>,
    {
        self.retry_up_to(limits::COMMIT_TRIES, attempt).await
    }

    /// For what many do at the same place at once: each round at least one of them wins.
    async fn retry_up_to<T, F>(
        &self,
        tries: u32,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, AppError>
    where
        F: Future<Output = Result<T, AppError>>,
    {
        for _ in 1..tries {
            match attempt().await {
                Err(AppError::Store(error)) if error.is_stale() => {}
                other => return other,
            }
        }
        match attempt().await {
            Err(AppError::Store(StoreError::Stale(_))) => {
                Err(AppError::Conflict("changed_meanwhile"))
            }
            other => other,
        }
    }
}
