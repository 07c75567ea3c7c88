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
use vault::{GenerationFiles, MasterKey, MasterKeyError};

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
    #[error("the database of the keys cannot be opened: {0}")]
    KeyDatabase(db::DbError),
    #[error(
        "{keys} is missing or empty, and the database was sealed with keys that it held. Nothing can be read without them: put the key store back from a backup, or start with an empty data directory"
    )]
    KeysLost { keys: String },
    #[error(
        "{database} is missing or empty, and the key store holds keys of what stood in it. Put the database back from a backup; to start anew, move the keys away as well"
    )]
    DatabaseLost { database: String },
    #[error("what was erased before could not be erased again: {0}")]
    Replay(app::AppError),
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
            let postgres = PostgresConfig::new(url.expose().to_owned());
            db::Config::Postgres(match claim {
                Claim::Server => postgres.exclusive(),
                Claim::Beside => postgres,
            })
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

/// The key store alone, whatever stands in the database.
pub(crate) async fn open_key_table(config: &Config) -> Result<KeyTable, OpenError> {
    let keys = Database::open(key_database(config))
        .await
        .map_err(OpenError::KeyDatabase)?;
    Ok(KeyTable::open(keys, generation_files(config), SystemClock.now().0).await?)
}

/// Beside the master key, also where PostgreSQL keeps the keys.
fn generation_files(config: &Config) -> GenerationFiles {
    GenerationFiles::in_directory(&config.keys_directory())
}

fn key_file(config: &Config) -> PathBuf {
    config.keys_directory().join("keys.db")
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
    refuse_a_lost_database(config, &*clock).await?;
    let ids: Arc<dyn Ids> = Arc::new(RandomIds::default());
    // The database first: what another server holds, or cannot be reached, is refused before any
    // key is made.
    let database = Database::open(database(config, claim)).await?;
    let opened = match open_keys(config, &database, &*clock, &ids).await {
        Ok(ring) => Store::open(database.clone(), ring, clock, ids)
            .await
            .map_err(OpenError::from),
        Err(error) => Err(error),
    };
    if opened.is_err() {
        // Leaves the file as whoever restores it expects: without a log beside it.
        database.close().await;
    }
    opened
}

/// A file that is gone, while the keys of what stood in it are here, is not made anew: it would
/// look like an installation that lost everything, and the next backup would be of nothing.
async fn refuse_a_lost_database(config: &Config, clock: &dyn Clock) -> Result<(), OpenError> {
    let on_disk = config.database == config::Database::Sqlite;
    let keys_on_disk = !matches!(config.keys, config::Keys::Postgres(_));
    if !on_disk || config.sqlite_file().exists() || (keys_on_disk && !key_file(config).exists()) {
        return Ok(());
    }
    let keys = Database::open(key_database(config))
        .await
        .map_err(OpenError::KeyDatabase)?;
    let keys = KeyTable::open(keys, generation_files(config), clock.now().0).await?;
    let in_use = keys.is_in_use().await;
    keys.close().await;
    if in_use? {
        return Err(database_lost(config));
    }
    Ok(())
}

fn database_lost(config: &Config) -> OpenError {
    OpenError::DatabaseLost {
        database: match &config.database {
            config::Database::Sqlite => format!("the database {}", config.sqlite_file().display()),
            config::Database::Postgres(_) => "the PostgreSQL database".to_owned(),
        },
    }
}

fn keys_lost(config: &Config) -> OpenError {
    OpenError::KeysLost {
        keys: match &config.keys {
            config::Keys::Postgres(_) => "the PostgreSQL database of the keys".to_owned(),
            config::Keys::DataDirectory | config::Keys::Directory(_) => {
                format!("the key store {}", key_file(config).display())
            }
        },
    }
}

/// The keys of this database. They are made now only where nothing exists yet that other ones
/// could have sealed.
async fn open_keys(
    config: &Config,
    database: &Database,
    clock: &dyn Clock,
    ids: &Arc<dyn Ids>,
) -> Result<KeyRing, OpenError> {
    let path = config.keys_directory().join("master.key");
    let sealed = Store::was_sealed(database, clock).await?;
    let master = match MasterKey::load(&path) {
        Ok(key) => Some(key),
        Err(MasterKeyError::Missing { .. }) if !sealed => None,
        Err(error) => return Err(error.into()),
    };
    if sealed && !matches!(config.keys, config::Keys::Postgres(_)) && !key_file(config).exists() {
        return Err(keys_lost(config));
    }
    private_directory(&config.keys_directory())?;
    close_to_others(&config.keys_directory())?;
    let keys = Database::open(key_database(config))
        .await
        .map_err(OpenError::KeyDatabase)?;
    let keys = KeyTable::open(keys, generation_files(config), clock.now().0).await?;
    if let Err(error) = check_keys(config, &keys, sealed, master.is_none(), &path).await {
        keys.close().await;
        return Err(error);
    }
    let master = match master {
        Some(key) => key,
        None => MasterKey::create(&path, ids.secret())?,
    };
    Ok(KeyRing::open(master, Arc::new(keys), Arc::clone(ids)).await?)
}

/// Whether this key store may belong to the database and to the master key that is there or not.
async fn check_keys(
    config: &Config,
    keys: &KeyTable,
    sealed: bool,
    without_master: bool,
    master: &Path,
) -> Result<(), OpenError> {
    let new = keys.is_new().await?;
    if sealed && new {
        return Err(keys_lost(config));
    }
    if !new && without_master {
        let path = master.to_owned();
        return Err(MasterKeyError::Missing { path }.into());
    }
    if !sealed && keys.is_in_use().await? {
        return Err(database_lost(config));
    }
    Ok(())
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
    let app = App::new(
        store,
        Arc::new(blobs),
        Arc::new(net),
        registry,
        Settings { public_url },
    );
    if claim == Claim::Server {
        // Before anybody is answered: a copy from before an erasure may have come back.
        let erased = app.replay_tombstones().await.map_err(OpenError::Replay)?;
        if erased > 0 {
            tracing::warn!(
                count = erased,
                "contacts that had been erased came back and were erased again"
            );
        }
    }
    Ok(app)
}
