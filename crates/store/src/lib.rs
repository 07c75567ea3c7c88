//! The only SQL of the house, the mapping of rows, and the sealing of everything personal.
//!
//! Reads answer domain words with their content opened; writes are collected in a [`Unit`] and
//! committed as one batch. Nothing here decides: which change is right is the use case's matter,
//! and what it relied on travels in the unit as row counts that must hold.

mod acquaintances;
mod append;
mod attachments;
mod backups;
mod callbacks;
mod challenges;
mod channels;
mod consents;
mod contacts;
mod conversations;
mod decisions;
mod deliveries;
mod erasures;
mod error;
mod feed;
mod file_key;
mod holds;
mod housekeeping;
mod installation;
mod jobs;
mod keyring;
mod keytable;
mod messages;
mod notices;
mod page;
mod purposes;
mod reads;
mod restrictions;
mod retention;
mod revocation;
mod rows;
mod sealing;
mod search;
mod sights;
mod teammates;
mod timeline;
mod trees;
mod unit;

pub use db::faults;

pub use append::Append;
pub use attachments::{AttachmentState, NewAttachment, StoredAttachment};
pub use backups::Readable;
pub use callbacks::{CallbackState, StoredCallback};
pub use challenges::{Challenge, NewChallenge};
pub use channels::{Channel, Entry, NewEntry};
pub use consents::{NewConsentEvent, StoredConsent, StoredConsentEvent};
pub use contacts::{Address, Contact, ContactSummary, FirstLook, Known, NewAddress, NewContact};
pub use conversations::{
    Conversation, ConversationFilter, Counts, NewConversation, Preview, PreviewKind, Thread,
};
pub use db::{Stats as EngineStats, TableSum};
pub use decisions::Decision;
pub use deliveries::{Attempt, ParkedReceipt};
pub use erasures::Erasure;
pub use error::{Guard, StoreError};
pub use feed::{Cursor, FeedEvent, FeedKind};
pub use file_key::FileKey;
pub use holds::Hold;
pub use installation::{Company, Privacy};
pub use jobs::{ClaimedJob, JobKind, NewJob};
pub use keyring::KeyRing;
pub use keytable::KeyTable;
pub use messages::{Aim, Author, ClientWrite, Direction, NewMessage, StoredMessage};
pub use notices::{Notice, ServedNotice};
pub use page::{Page, PageRequest};
pub use purposes::{ConsentNotice, StoredPurpose};
pub use reads::{Read, ReadBy};
pub use restrictions::{Lifted, Restriction};
pub use revocation::TokenListed;
pub use search::{Hit, HitItem, Hits};
pub use teammates::{NewTeammate, Passkey, SessionRow, Teammate, TokenRow};
pub use timeline::{
    Activity, ActivityKind, Note, Reaction, TimelineItem, TimelinePage, TimelineRequest,
};
pub use trees::StoredTree;
pub use unit::{Growing, Unit};

use std::sync::Arc;

use db::Database;
use ports::{Clock, Ids};
use tokio::sync::watch;

/// The house's memory: one database, and the keys without which it reads as noise.
#[derive(Clone)]
pub struct Store {
    db: Database,
    ring: Arc<KeyRing>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    acquaintances: Arc<acquaintances::Acquaintances>,
    sights: Arc<sights::Sights>,
    /// Counts commits that changed what there is to do.
    jobs: watch::Sender<u64>,
}

impl Store {
    /// Migrates a database and answers whether a key has sealed it before: such a one must never
    /// meet keys that are made now.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn was_sealed(db: &Database, clock: &dyn Clock) -> Result<bool, StoreError> {
        db.migrate(&MIGRATIONS, clock.now().0).await?;
        let row = db
            .query_opt(
                "SELECT name FROM installation WHERE name = 'fingerprint'",
                vec![],
            )
            .await?;
        Ok(row.is_some())
    }

    /// Migrates the database and checks that it was sealed with this key ring's master key and
    /// key store.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] when another master key sealed it, [`StoreError::OtherKeys`] when
    /// it was made with another key store; otherwise what the engine says.
    pub async fn open(
        db: Database,
        ring: KeyRing,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, StoreError> {
        db.migrate(&MIGRATIONS, clock.now().0).await?;
        let store = Self {
            db,
            ring: Arc::new(ring),
            clock,
            ids,
            acquaintances: Arc::default(),
            sights: Arc::default(),
            jobs: watch::Sender::new(0),
        };
        store.check_keys().await?;
        Ok(store)
    }

    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    #[must_use]
    pub fn ids(&self) -> &Arc<dyn Ids> {
        &self.ids
    }

    /// Ticks after every commit, also of other processes on the same database.
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.db.changed()
    }

    /// Ticks after commits of this process that changed what there is to do: most commits do not,
    /// and looking after each of them would cost as much as the commit.
    #[must_use]
    pub fn jobs_changed(&self) -> watch::Receiver<u64> {
        self.jobs.subscribe()
    }

    /// Figures of the engine for `/metrics`.
    #[must_use]
    pub fn engine_stats(&self) -> EngineStats {
        self.db.stats()
    }

    /// A keyed hash by which equal values meet; see [`vault::MasterKey::lookup`].
    #[must_use]
    pub fn lookup(&self, kind: &str, value: &str) -> [u8; 16] {
        self.ring.lookup(kind, value)
    }

    /// Resolves when another server has taken the database over; this one can only end then.
    pub async fn displaced(&self) {
        let mut displaced = self.db.displaced();
        if displaced.wait_for(|displaced| *displaced).await.is_err() {
            // The database was closed, and nobody takes over what nobody holds.
            std::future::pending::<()>().await;
        }
    }

    /// Answers when the database answers.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if *self.db.displaced().borrow() {
            return Err(StoreError::Unavailable);
        }
        self.db
            .query("SELECT name FROM installation WHERE name = 'ping'", vec![])
            .await?;
        Ok(())
    }

    /// Commits everything in the unit, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Stale`] names the guard that no longer held.
    pub async fn commit(&self, unit: Unit) -> Result<(), StoreError> {
        let (has_jobs, sight) = (unit.has_jobs(), unit.sight());
        let (batch, guards) = unit.into_parts();
        let committed = self.db.commit(batch).await;
        if has_jobs {
            // Also after a failure: what became of it may be unknown.
            self.jobs
                .send_modify(|count| *count = count.wrapping_add(1));
        }
        match committed {
            Ok(_committed) => {
                if let Some(sight) = sight {
                    self.sights.keep(sight);
                }
                Ok(())
            }
            Err(error) => Err(StoreError::of_commit(error, &guards)),
        }
    }

    /// Waits for what is queued and closes the database.
    pub async fn close(self) {
        self.db.close().await;
    }
}

/// Append-only; a released migration is never edited.
pub static MIGRATIONS: [db::Migration; 5] = [
    db::Migration {
        id: 1,
        name: "house",
        sql: include_str!("migrations/0001_house.sql"),
    },
    db::Migration {
        id: 2,
        name: "client writes",
        sql: include_str!("migrations/0002_client_writes.sql"),
    },
    db::Migration {
        id: 3,
        name: "erasure",
        sql: include_str!("migrations/0003_erasure.sql"),
    },
    db::Migration {
        id: 4,
        name: "consent",
        sql: include_str!("migrations/0004_consent.sql"),
    },
    db::Migration {
        id: 5,
        name: "restriction",
        sql: include_str!("migrations/0005_restriction.sql"),
    },
];
