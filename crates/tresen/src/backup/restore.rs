//! Puts a backup in an empty place. Everything is read to its end, and the copy compared with what
//! was taken, before anything stands where a server would look; whatever fails leaves the place
//! as it was.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use db::{Database, SqliteConfig};
use ports::{Clock, SystemClock};
use store::{MIGRATIONS, Readable, Store, TableSum};
use vault::{MasterKey, MasterKeyError, ParcelKind, ParcelReader};

use super::archive::ArchiveReader;
use super::keys::{Keys, inside, sealing, unreadable};
use super::listing::{
    ContentListing, DATABASE, EngineName, FILE_PREFIX, FORMAT, LISTING, TableRow,
};
use super::make::is_file_entry;
use super::{BackupError, TakeRequest, blocking, keys_beside, master_file};
use crate::config::{self, Config};
use crate::house::{self, Claim};

/// What a restore brought back.
pub struct Restored {
    pub listing: ContentListing,
    pub readable: Readable,
    /// Messages that may have left after the copy was taken.
    pub undelivered: i64,
    /// Files that were removed while the copy was taken.
    pub without_file: u64,
}

pub async fn run(config: &Config, request: &TakeRequest) -> Result<(), BackupError> {
    let restored = restore(config, request, Claim::Server).await?;
    let (listing, readable) = (&restored.listing, restored.readable);
    println!(
        "{} contacts, {} conversations, {} messages, {} files are back",
        readable.contacts - readable.erased,
        listing.rows("conversation"),
        listing.rows("message"),
        listing.files
    );
    if readable.erased > 0 {
        println!(
            "{} contacts were erased since the backup: what is left of them is erased before the first answer",
            readable.erased
        );
    }
    if restored.undelivered > 0 {
        println!(
            "{} messages were on their way out and may have arrived: nothing is sent again by itself, a person decides",
            restored.undelivered
        );
    }
    println!("`tresen serve` starts it");
    Ok(())
}

/// Everything that was put somewhere, until it is all there.
#[derive(Default)]
struct Placed {
    files: Vec<PathBuf>,
    directories: Vec<PathBuf>,
    is_whole: bool,
}

impl Drop for Placed {
    fn drop(&mut self) {
        if self.is_whole {
            return;
        }
        // What cannot be removed is told by the next try, which finds the place not empty.
        for file in &self.files {
            _ = std::fs::remove_file(file);
        }
        for directory in &self.directories {
            _ = std::fs::remove_dir_all(directory);
        }
    }
}

fn write_failed(path: &Path) -> impl Fn(std::io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |source| BackupError::Write {
        path: path.clone(),
        source,
    }
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Brings a backup to life, ready to be served.
pub async fn restore(
    config: &Config,
    request: &TakeRequest,
    claim: Claim,
) -> Result<Restored, BackupError> {
    refuse_what_is_there(config)?;
    refuse_rows(config).await?;
    let master_path = master_file(config, request);
    let master = Arc::new(load_master(&master_path)?);
    let key_path = request.key_file.clone();
    let key_path = key_path.unwrap_or_else(|| keys_beside(&request.from));
    let keys = {
        let master = Arc::clone(&master);
        blocking(move || Keys::read(&key_path, &master)).await?
    };
    let mut placed = Placed::default();
    place_directory(&config.data, &mut placed)?;
    let room = tempfile::Builder::new()
        .prefix(".restore-")
        .tempdir_in(&config.data);
    let room = room.map_err(write_failed(&config.data))?;
    let copy = room.path().join(DATABASE);
    place_directory(&config.blobs_directory(), &mut placed)?;
    let listing = {
        let (from, files) = (request.from.clone(), config.blobs_directory());
        let (copy, master) = (copy.clone(), Arc::clone(&master));
        blocking(move || unpack(&from, &master, &copy, &files)).await?
    };
    check_engine(config, &listing)?;
    place_keys(config, &master_path, &keys, &mut placed).await?;
    let settled = async {
        place_database(config, &copy, &listing, &mut placed).await?;
        let store = house::open_store(config, claim).await?;
        let settled = settle(&store, config, &listing).await;
        store.close().await;
        settled
    };
    match settled.await {
        Ok(restored) => {
            placed.is_whole = true;
            Ok(restored)
        }
        Err(error) => {
            take_back(config).await?;
            Err(error)
        }
    }
}

/// A PostgreSQL database that was filled is emptied again; a file is removed with the others.
async fn take_back(config: &Config) -> Result<(), BackupError> {
    if let config::Database::Postgres(url) = &config.database {
        let database = Database::open(db::Config::postgres(url.expose())).await?;
        let dropped = database.drop_tables().await;
        database.close().await;
        dropped?;
    }
    Ok(())
}

/// The master key may lie at its place already.
fn load_master(path: &Path) -> Result<MasterKey, BackupError> {
    match MasterKey::load(path) {
        Err(MasterKeyError::Missing { path }) => Err(BackupError::Read {
            path,
            source: std::io::Error::new(
                std::io::ErrorKind::NotFound,
                "the master key is in no backup. Say where it is with --master-key",
            ),
        }),
        loaded => Ok(loaded?),
    }
}

fn refuse_what_is_there(config: &Config) -> Result<(), BackupError> {
    let mut found = Vec::new();
    if config.database == config::Database::Sqlite {
        found.push(config.sqlite_file());
    }
    if !matches!(config.keys, config::Keys::Postgres(_)) {
        found.push(config.keys_directory().join("keys.db"));
    }
    let taken = found.into_iter().find(|path| path.exists());
    let taken = taken.or_else(|| {
        let files = config.blobs_directory();
        let mut entries = std::fs::read_dir(&files).into_iter().flatten();
        entries.any(|entry| entry.is_ok()).then_some(files)
    });
    match taken {
        None => Ok(()),
        Some(path) => Err(BackupError::NotEmpty {
            what: path.display().to_string(),
        }),
    }
}

/// A PostgreSQL database in which something stands is not filled, and above all not emptied.
async fn refuse_rows(config: &Config) -> Result<(), BackupError> {
    let config::Database::Postgres(url) = &config.database else {
        return Ok(());
    };
    let database = Database::open(db::Config::postgres(url.expose())).await?;
    let sums = database.sums().await;
    database.close().await;
    match sums?
        .iter()
        .find(|table| table.rows > 0 && table.name != "schema_migration")
    {
        None => Ok(()),
        Some(table) => Err(BackupError::NotEmpty {
            what: format!("the PostgreSQL database (its table {})", table.name),
        }),
    }
}

fn place_directory(path: &Path, placed: &mut Placed) -> Result<(), BackupError> {
    if path.is_dir() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(write_failed(path))?;
    placed.directories.push(path.to_owned());
    Ok(())
}

fn check_engine(config: &Config, listing: &ContentListing) -> Result<(), BackupError> {
    let wanted = EngineName::of(config);
    if wanted == listing.engine {
        return Ok(());
    }
    Err(BackupError::OtherEngine {
        found: listing.engine.as_str(),
        wanted: wanted.as_str(),
        hint: match listing.engine {
            EngineName::Sqlite => "leave --database out",
            EngineName::Postgres => "name an empty PostgreSQL database with --database",
        },
    })
}

/// Reads the content file to its end: the database to a file, the files to their places.
fn unpack(
    path: &Path,
    master: &MasterKey,
    copy: &Path,
    files: &Path,
) -> Result<ContentListing, BackupError> {
    let file = File::open(path).map_err(|source| BackupError::Read {
        path: path.to_owned(),
        source,
    })?;
    let reader = ParcelReader::begin(BufReader::new(file), master, ParcelKind::Content);
    let mut archive = ArchiveReader::new(reader.map_err(|reason| sealing(path, reason))?);
    let mut listing: Option<ContentListing> = None;
    let (mut count, mut bytes) = (0, 0);
    while let Some(entry) = archive.next().map_err(|error| inside(path, error))? {
        let name = entry.name.clone();
        let length = entry.length;
        match name.strip_prefix(FILE_PREFIX) {
            Some(within) if is_file_entry(within) => {
                count += 1;
                bytes += length;
                let target = files.join(within);
                let folder = target.parent().unwrap_or(files);
                let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
                made.map_err(write_failed(folder))?;
                take_out(entry, path, &target)?;
            }
            None if name == DATABASE => take_out(entry, path, copy)?,
            None if name == LISTING => {
                let text = entry.into_bytes().map_err(|error| inside(path, error))?;
                let read = serde_json::from_slice(&text);
                listing = Some(read.map_err(|_| unreadable(path, "its list cannot be read"))?);
            }
            _ => return Err(unreadable(path, "a newer version of Tresen made it")),
        }
    }
    let parcel = archive.into_inner();
    parcel.finish().map_err(|reason| sealing(path, reason))?;
    let listing = listing.ok_or_else(|| unreadable(path, "it has no list"))?;
    if listing.format != FORMAT {
        return Err(unreadable(path, "a newer version of Tresen made it"));
    }
    if (count, bytes) != (listing.files, listing.file_bytes) || !copy.exists() {
        return Err(unreadable(path, "it holds less than its list names"));
    }
    Ok(listing)
}

fn take_out<R: std::io::Read>(
    entry: super::archive::Entry<'_, R>,
    path: &Path,
    target: &Path,
) -> Result<(), BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let file = options.open(target).map_err(write_failed(target))?;
    let mut file = BufWriter::new(file);
    entry
        .copy_to(&mut file)
        .map_err(|error| inside(path, error))?;
    let file = file
        .into_inner()
        .map_err(|error| write_failed(target)(error.into_error()))?;
    file.sync_all().map_err(write_failed(target))
}

async fn place_keys(
    config: &Config,
    master_path: &Path,
    keys: &Keys,
    placed: &mut Placed,
) -> Result<(), BackupError> {
    let directory = config.keys_directory();
    place_directory(&directory, placed)?;
    let own = directory.join("master.key");
    if !own.exists() {
        let text = std::fs::read(master_path).map_err(|source| BackupError::Read {
            path: master_path.to_owned(),
            source,
        })?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o400);
        let mut file = options.open(&own).map_err(write_failed(&own))?;
        placed.files.push(own.clone());
        file.write_all(&text).map_err(write_failed(&own))?;
        file.sync_all().map_err(write_failed(&own))?;
    }
    if !matches!(config.keys, config::Keys::Postgres(_)) {
        let file = directory.join("keys.db");
        placed
            .files
            .extend(["", "-wal", "-shm"].map(|end| beside(&file, end)));
    }
    let files = vault::GenerationFiles::in_directory(&directory);
    let generations = keys.generations.iter();
    placed
        .files
        .extend(generations.map(|key| files.path(key.generation)));
    let table = house::open_key_table(config).await?;
    let put = match table.is_new().await {
        Ok(true) => keys.put_into(&table).await,
        Ok(false) => Err(BackupError::NotEmpty {
            what: "the key store".to_owned(),
        }),
        Err(error) => Err(error.into()),
    };
    table.close().await;
    put
}

async fn place_database(
    config: &Config,
    copy: &Path,
    listing: &ContentListing,
    placed: &mut Placed,
) -> Result<(), BackupError> {
    match &config.database {
        config::Database::Sqlite => {
            let target = config.sqlite_file();
            let all = ["", "-wal", "-shm", ".lock"].map(|end| beside(&target, end));
            placed.files.extend(all);
            std::fs::rename(copy, &target).map_err(write_failed(&target))?;
            let database = Database::open(db::Config::Sqlite(SqliteConfig::new(&target))).await?;
            let sums = database.sums().await;
            database.close().await;
            compare(listing, &sums?)
        }
        config::Database::Postgres(url) => {
            let database = Database::open(db::Config::postgres(url.expose())).await?;
            let now = SystemClock.now().0;
            let sums = match database.fill_from(copy, &MIGRATIONS, now).await {
                Ok(()) => database.sums().await,
                Err(error) => Err(error),
            };
            database.close().await;
            compare(listing, &sums?)
        }
    }
}

/// Whether the copy holds what was taken, row by row.
fn compare(listing: &ContentListing, found: &[TableSum]) -> Result<(), BackupError> {
    let found: Vec<TableRow> = found.iter().map(TableRow::of).collect();
    let odd = listing.tables.iter().find(|row| !found.contains(row));
    match odd {
        Some(row) => Err(BackupError::Differs(format!("the table {}", row.name))),
        None if found.len() != listing.tables.len() => {
            Err(BackupError::Differs("it has other tables".to_owned()))
        }
        None => Ok(()),
    }
}

async fn settle(
    store: &Store,
    config: &Config,
    listing: &ContentListing,
) -> Result<Restored, BackupError> {
    let readable = store.open_every_contact().await?;
    if readable.without_key > 0 {
        return Err(BackupError::OlderKeys {
            count: readable.without_key,
            all: readable.contacts,
        });
    }
    let without_file = note_missing_files(store, &config.blobs_directory()).await?;
    let undelivered = store.settle_after_restore(SystemClock.now()).await?;
    Ok(Restored {
        listing: listing.clone(),
        readable,
        undelivered,
        without_file,
    })
}

/// Files that a message names, and that were removed between the rows and the files of the copy:
/// they count as gone from now on. Answers how many.
async fn note_missing_files(store: &Store, root: &Path) -> Result<u64, BackupError> {
    let mut after = domain::AttachmentId::from_bytes([0; 16]);
    let mut missing = 0;
    loop {
        let files = store.stored_files(after).await?;
        let Some((last, _)) = files.last() else {
            return Ok(missing);
        };
        after = *last;
        for (id, size) in files {
            let name = ports::BlobName::of_bytes(id.bytes());
            let name = name.as_str();
            let path = root.join(&name[name.len() - 2..]).join(name);
            let sealed = vault::Chunks::of(u64::try_from(size).unwrap_or(0)).sealed_bytes();
            let found = std::fs::metadata(&path).map_or(0, |found| found.len());
            if found != sealed {
                store.note_file_gone(id).await?;
                missing += 1;
            }
        }
    }
}
