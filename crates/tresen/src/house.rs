//! Opens the house: keys, database, files, connectors, in this order, each with a clear refusal.

use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use adapters::{DirectoryBlobs, HttpNet};
use app::{App, Registry, Settings};
use db::{Database, PostgresConfig, SqliteConfig};
use ports::{Clock, Ids, RandomIds, SystemClock};
use store::{KeyRing, KeyTable, Store, StoreError};
use vault::{MasterKey, MasterKeyError};

use crate::config::{self, Config};

/// Why the house cannot be opened: one sentence that says what to change.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the directory {} cannot be used: {source}", path.display())]
    Directory {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    #[error("the database cannot be opened: {0}")]
    Database(#[from] db::DbError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the key store cannot be opened: {0}")]
    Keys(#[from] ports::KeyStoreError),
    #[error("the file store cannot be opened: {0}")]
    Blobs(#[from] ports::BlobError),
    #[error("{0}")]
    Net(#[from] adapters::NetSetupError),
    #[error(
        "there is no installation in {}. `tresen serve` makes one; --data says where another one is", path.display()
    )]
    Missing { path: PathBuf },
}

/// Whether something was ever kept here.
#[must_use]
pub fn exists(config: &Config) -> bool {
    key_file(config).exists()
        || match &config.database {
            config::Database::Sqlite => config.sqlite_file().exists(),
            config::Database::Postgres(_) => true,
        }
}

/// A command beside the server, called in the wrong directory, must not make a second house.
///
/// # Errors
/// [`OpenError::Missing`] where nothing was ever kept and nobody named the place.
pub fn check_place(config: &Config) -> Result<(), OpenError> {
    if exists(config) || config.data != Path::new(config::DATA_DEFAULT) {
        return Ok(());
    }
    Err(OpenError::Missing {
        path: config.data.clone(),
    })
}

/// Whether this process is the server, or a command that works beside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    Server,
    Beside,
}

fn private_directory(path: &Path) -> Result<(), OpenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).map_err(|source| OpenError::Directory {
        path: path.to_owned(),
        source,
    })
}

/// Whoever can write here could put its own key in place of ours.
fn close_to_others(path: &Path) -> Result<(), OpenError> {
    let io = |source| OpenError::Directory {
        path: path.to_owned(),
        source,
    };
    let permissions = std::fs::metadata(path).map_err(io)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        std::fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(io)?;
    }
    Ok(())
}

fn database(config: &Config, claim: Claim) -> db::Config {
    match &config.database {
        config::Database::Sqlite => {
            let sqlite = SqliteConfig::new(config.sqlite_file());
            db::Config::Sqlite(match claim {
                Claim::Server => sqlite.exclusive(),
                Claim::Beside => sqlite,
            })
        }
        config::Database::Postgres(url) => {
            db::Config::Postgres(PostgresConfig::new(url.expose().to_owned()))
        }
    }
}

/// Keys are small and cached above; their database needs little memory and few hands.
fn key_database(config: &Config) -> db::Config {
    match &config.keys {
        config::Keys::Postgres(url) => {
            let mut postgres = PostgresConfig::new(url.expose().to_owned());
            postgres.readers = 2;
            db::Config::Postgres(postgres)
        }
        config::Keys::DataDirectory | config::Keys::Directory(_) => {
            let mut sqlite = SqliteConfig::new(key_file(config));
            sqlite.readers = 2;
            sqlite.writer_cache = 4 << 20;
            sqlite.reader_cache = 2 << 20;
            db::Config::Sqlite(sqlite)
        }
    }
}

fn key_file(config: &Config) -> PathBuf {
    config.keys_directory().join("keys.db")
}

/// The master key; made now only where nothing exists yet that another one could have sealed.
fn master_key(
    config: &Config,
    ids: &dyn Ids,
    something_sealed: bool,
) -> Result<(MasterKey, bool), OpenError> {
    let path = config.keys_directory().join("master.key");
    match MasterKey::load(&path) {
        Ok(key) => Ok((key, false)),
        Err(MasterKeyError::Missing { .. }) if !something_sealed => {
            Ok((MasterKey::create(&path, ids.secret())?, true))
        }
        Err(error) => Err(error.into()),
    }
}

/// Opens the store of this configuration.
///
/// # Errors
/// [`OpenError`] with what to change.
pub async fn open_store(config: &Config, claim: Claim) -> Result<Store, OpenError> {
    open_store_by(config, claim, Arc::new(SystemClock)).await
}

async fn open_store_by(
    config: &Config,
    claim: Claim,
    clock: Arc<dyn Clock>,
) -> Result<Store, OpenError> {
    private_directory(&config.data)?;
    private_directory(&config.keys_directory())?;
    close_to_others(&config.keys_directory())?;
    let ids: Arc<dyn Ids> = Arc::new(RandomIds::default());
    let something_sealed = key_file(config).exists()
        || (config.database == config::Database::Sqlite && config.sqlite_file().exists());
    // The database first: a directory that another server holds is refused before any key is made.
    let database = Database::open(database(config, claim)).await?;
    let (master, made_now) = master_key(config, &*ids, something_sealed)?;
    let opened = open_sealed(config, database, master, clock, ids).await;
    if made_now && matches!(opened, Err(OpenError::Store(StoreError::WrongKey))) {
        // An empty key directory met a database that another key had sealed. What was just made
        // opens nothing and must not stand in the way of the right key.
        for name in ["master.key", "keys.db", "keys.db-wal", "keys.db-shm"] {
            let path = config.keys_directory().join(name);
            if path.exists() {
                std::fs::remove_file(&path)
                    .map_err(|source| OpenError::Directory { path, source })?;
            }
        }
    }
    opened
}

async fn open_sealed(
    config: &Config,
    database: Database,
    master: MasterKey,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
) -> Result<Store, OpenError> {
    let keys = Database::open(key_database(config)).await?;
    let keys = KeyTable::open(keys, clock.now().0).await?;
    let ring = KeyRing::open(master, Arc::new(keys), Arc::clone(&ids)).await?;
    Ok(Store::open(database, ring, clock, ids).await?)
}

/// The use cases over this configuration.
///
/// # Errors
/// [`OpenError`] with what to change.
pub async fn open_app(config: &Config, claim: Claim, public_url: String) -> Result<App, OpenError> {
    open_app_by(config, claim, public_url, Arc::new(SystemClock)).await
}

/// As [`open_app`], by another clock than the machine's.
///
/// # Errors
/// [`OpenError`] with what to change.
pub async fn open_app_by(
    config: &Config,
    claim: Claim,
    public_url: String,
    clock: Arc<dyn Clock>,
) -> Result<App, OpenError> {
    let store = open_store_by(config, claim, clock).await?;
    private_directory(&config.blobs_directory())?;
    let blobs = DirectoryBlobs::open(config.blobs_directory())?;
    if claim == Claim::Server {
        blobs.remove_leftovers()?;
    }
    let allowed = config
        .allow_private_net
        .iter()
        .map(|at| (at.host.clone(), at.port));
    let net = HttpNet::new(allowed)?;
    let registry = Registry::new(connectors::registry());
    Ok(App::new(
        store,
        Arc::new(blobs),
        Arc::new(net),
        registry,
        Settings { public_url },
    ))
}
