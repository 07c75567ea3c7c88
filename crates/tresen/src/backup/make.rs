//! Takes a backup, also beside a server that works.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use ports::{Clock, Ids, RandomIds, SystemClock};
use store::TableSum;
use vault::{Label, MasterKey, ParcelKind, ParcelWriter};

use super::archive::ArchiveWriter;
use super::keys::{Keys, sealing};
use super::listing::{
    ContentListing, DATABASE, EngineName, FILE_PREFIX, FORMAT, LISTING, TableRow,
};
use super::{BackupError, MakeRequest, blocking, keys_beside};
use crate::config::Config;
use crate::house::{self, Claim, OpenError};

/// A file that gets its name when it is whole.
struct Draft {
    file: File,
    path: PathBuf,
    target: PathBuf,
}

impl Draft {
    fn of(target: &Path) -> Result<Self, BackupError> {
        if target.exists() {
            let path = target.to_owned();
            return Err(BackupError::Exists { path });
        }
        let mut name = target.as_os_str().to_owned();
        name.push(".partial");
        let path = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(&path).map_err(|source| BackupError::Write {
            path: path.clone(),
            source,
        })?;
        let target = target.to_owned();
        Ok(Self { file, path, target })
    }

    fn keep(self) -> Result<(), BackupError> {
        let failed = |source| BackupError::Write {
            path: self.target.clone(),
            source,
        };
        self.file.sync_all().map_err(failed)?;
        std::fs::rename(&self.path, &self.target).map_err(failed)?;
        let folder = self
            .target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        folder.sync_all().map_err(failed)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // One that was kept is not there any more.
        _ = std::fs::remove_file(&self.path);
    }
}

/// A directory takes a name made of the time; everything else is the name itself.
fn target(given: &Path, at: Timestamp, end: &str) -> PathBuf {
    if !given.is_dir() {
        return given.to_owned();
    }
    let stamp: String = http_edge::dto::rfc3339(at)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    given.join(format!("tresen-{stamp}.{end}"))
}

pub async fn run(config: &Config, request: &MakeRequest) -> Result<(), BackupError> {
    if !house::exists(config) {
        let path = config.data.clone();
        return Err(OpenError::Missing { path }.into());
    }
    let at = SystemClock.now();
    let content_path = target(&request.to, at, "content");
    let keys_path = match &request.keys_to {
        Some(given) => target(given, at, "keys"),
        None => keys_beside(&content_path),
    };
    let content = Draft::of(&content_path)?;
    let keys = Draft::of(&keys_path)?;
    let label = Label {
        kind: ParcelKind::Content,
        id: RandomIds::default().fresh(at),
        made_at_ms: at.0,
    };
    // The keys after everything they open.
    let listing = make_content(config, content, label).await?;
    let label = Label {
        kind: ParcelKind::Keys,
        ..label
    };
    match make_keys(config, keys, label).await {
        Ok(count) => tell(config, &listing, count, &content_path, &keys_path),
        Err(error) => {
            // Content without keys would look like a backup and be none.
            _ = std::fs::remove_file(&content_path);
            return Err(error);
        }
    }
    Ok(())
}

fn master_key(config: &Config) -> Result<MasterKey, BackupError> {
    Ok(MasterKey::load(
        &config.keys_directory().join("master.key"),
    )?)
}

async fn make_content(
    config: &Config,
    content: Draft,
    label: Label,
) -> Result<ContentListing, BackupError> {
    let folder = content
        .target
        .parent()
        .filter(|path| !path.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).to_owned();
    let room = tempfile::Builder::new()
        .prefix(".tresen-")
        .tempdir_in(&folder);
    let room = room.map_err(|source| BackupError::Write {
        path: folder,
        source,
    })?;
    let copy = room.path().join(DATABASE);
    let store = house::open_store(config, Claim::Beside).await?;
    let sums = store.copy_to(&copy).await;
    store.close().await;
    let (sums, master) = (sums?, master_key(config)?);
    // The files after the rows that name them.
    let files = config.blobs_directory();
    let engine = EngineName::of(config);
    let secret = RandomIds::default().secret();
    blocking(move || {
        let source = Source {
            copy: &copy,
            files: &files,
            engine,
            sums: &sums,
        };
        let written = write_content(&content, &master, label, secret, &source)?;
        content.keep()?;
        Ok(written)
    })
    .await
}

/// Answers how many keys there are.
async fn make_keys(config: &Config, keys: Draft, label: Label) -> Result<usize, BackupError> {
    let master = master_key(config)?;
    let table = house::open_key_table(config).await?;
    let found = Keys::of(&table).await;
    table.close().await;
    let found = found?;
    let secret = RandomIds::default().secret();
    blocking(move || {
        found.write(&keys.file, &keys.path, &master, label, secret)?;
        keys.keep()?;
        Ok(found.data.len())
    })
    .await
}

struct Source<'a> {
    copy: &'a Path,
    files: &'a Path,
    engine: EngineName,
    sums: &'a [TableSum],
}

fn write_content(
    draft: &Draft,
    master: &MasterKey,
    label: Label,
    secret: [u8; 32],
    source: &Source<'_>,
) -> Result<ContentListing, BackupError> {
    let failed = |source| BackupError::Write {
        path: draft.path.clone(),
        source,
    };
    let parcel = ParcelWriter::begin(BufWriter::new(&draft.file), master, label, secret);
    let parcel = parcel.map_err(|reason| sealing(&draft.path, reason))?;
    let mut archive = ArchiveWriter::new(parcel);
    let copy = File::open(source.copy).map_err(failed)?;
    let length = copy.metadata().map_err(failed)?.len();
    archive.add(DATABASE, length, copy).map_err(failed)?;
    let (files, file_bytes) = add_files(&mut archive, source.files).map_err(failed)?;
    let listing = ContentListing {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: source.engine,
        tables: source.sums.iter().map(TableRow::of).collect(),
        files,
        file_bytes,
    };
    let text = serde_json::to_vec_pretty(&listing).map_err(|_| BackupError::Task)?;
    archive
        .add(LISTING, text.len() as u64, text.as_slice())
        .map_err(failed)?;
    let parcel = archive.finish().map_err(failed)?;
    let mut file = parcel
        .finish()
        .map_err(|reason| sealing(&draft.path, reason))?;
    file.flush().map_err(failed)?;
    Ok(listing)
}

/// The files of messages, sealed as they lie. One that is removed meanwhile belongs to nothing
/// that still stands, and stays away.
fn add_files<W: Write>(archive: &mut ArchiveWriter<W>, root: &Path) -> std::io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    if !root.is_dir() {
        return Ok((files, bytes));
    }
    for folder in std::fs::read_dir(root)? {
        let folder = folder?;
        let name = folder.file_name();
        let Some(name) = name.to_str().filter(|name| is_folder(name)) else {
            continue;
        };
        for file in std::fs::read_dir(folder.path())? {
            let file = file?;
            let within = file.file_name();
            let Some(within) = within.to_str().filter(|within| is_blob(within)) else {
                continue;
            };
            let open = match File::open(file.path()) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                opened => opened?,
            };
            let length = open.metadata()?.len();
            archive.add(&format!("{FILE_PREFIX}{name}/{within}"), length, open)?;
            files += 1;
            bytes += length;
        }
    }
    Ok((files, bytes))
}

fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn is_folder(name: &str) -> bool {
    name.len() == 2 && is_hex(name)
}

fn is_blob(name: &str) -> bool {
    name.len() == 32 && is_hex(name)
}

/// Whether an entry names a file of the file store and nothing else.
pub fn is_file_entry(name: &str) -> bool {
    let parts = name.split_once('/');
    parts.is_some_and(|(folder, file)| is_folder(folder) && is_blob(file))
}

fn tell(config: &Config, listing: &ContentListing, keys: usize, content: &Path, key_file: &Path) {
    println!("content {}", content.display());
    println!("keys    {}", key_file.display());
    println!(
        "{} contacts, {} conversations, {} messages, {} files, {keys} keys",
        listing.rows("contact"),
        listing.rows("conversation"),
        listing.rows("message"),
        listing.files
    );
    println!(
        "The master key is in neither file, and nothing opens without it: keep {} apart from both.",
        config.keys_directory().join("master.key").display()
    );
}
