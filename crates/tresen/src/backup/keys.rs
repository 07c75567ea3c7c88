//! The key file: every data key and every generation, wrapped as they are in the key store.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use ports::{KeyStore, SubjectKey, Tombstone, WrappedKey};
use store::KeyTable;
use vault::{Label, MasterKey, ParcelKind, ParcelReader, ParcelWriter, of_io};

use super::BackupError;
use super::archive::{ArchiveReader, ArchiveWriter};
use super::listing::{FORMAT, GENERATIONS, IDENTITY, KEYS, KeyListing, LISTING, TOMBSTONES};

const AT_ONCE: i64 = 5_000;

/// What the key store holds.
pub struct Keys {
    pub data: Vec<SubjectKey>,
    pub generations: Vec<WrappedKey>,
    pub tombstones: Vec<Tombstone>,
    pub identity: Option<[u8; 16]>,
}

impl Keys {
    /// Everything that is in the key store now.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn of(table: &KeyTable) -> Result<Self, BackupError> {
        let generations = table.generations().await?;
        let identity = table.identity().await?;
        let mut data = Vec::new();
        let mut after = None;
        loop {
            let page = table.page(after, AT_ONCE).await?;
            let Some((last, _)) = page.last() else {
                return Ok(Self {
                    data,
                    generations,
                    // Last: what was erased meanwhile is known to be.
                    tombstones: table.tombstones().await?,
                    identity,
                });
            };
            after = Some(*last);
            data.extend(page);
        }
    }

    /// Puts them into an empty key store.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn put_into(&self, table: &KeyTable) -> Result<(), BackupError> {
        for generation in &self.generations {
            table.put_generation(generation.clone()).await?;
        }
        if let Some(identity) = self.identity {
            table.put_identity(identity).await?;
        }
        table.adopt_tombstones(&self.tombstones).await?;
        Ok(table.adopt(&self.data).await?)
    }

    /// # Errors
    /// What the file says.
    pub fn write(
        &self,
        file: &File,
        path: &Path,
        master: &MasterKey,
        label: Label,
        secret: [u8; 32],
    ) -> Result<(), BackupError> {
        let failed = |source| BackupError::Write {
            path: path.to_owned(),
            source,
        };
        let parcel = ParcelWriter::begin(BufWriter::new(file), master, label, secret);
        let parcel = parcel.map_err(|reason| sealing(path, reason))?;
        let mut archive = ArchiveWriter::new(parcel);
        let mut add =
            |name: &str, bytes: &[u8]| archive.add(name, bytes.len() as u64, bytes).map_err(failed);
        let generations: Vec<u8> = self.generations.iter().flat_map(wrapped).collect();
        add(GENERATIONS, &generations)?;
        let data = self.data.iter();
        let data: Vec<u8> = data
            .flat_map(|(subject, key)| [subject.to_vec(), wrapped(key)].concat())
            .collect();
        add(KEYS, &data)?;
        let stones: Vec<u8> = self.tombstones.iter().flat_map(stone).collect();
        add(TOMBSTONES, &stones)?;
        add(
            IDENTITY,
            self.identity.as_ref().map_or(&[][..], |identity| identity),
        )?;
        let listing = KeyListing {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            keys: self.data.len() as u64,
            generations: self.generations.len() as u64,
            tombstones: self.tombstones.len() as u64,
        };
        let listing = serde_json::to_vec_pretty(&listing);
        add(LISTING, &listing.map_err(|_| BackupError::Task)?)?;
        let parcel = archive.finish().map_err(failed)?;
        let mut file = parcel.finish().map_err(|reason| sealing(path, reason))?;
        file.flush().map_err(failed)
    }

    /// Reads a key file to its end.
    ///
    /// # Errors
    /// [`BackupError`] with the reason why it is not read.
    pub fn read(path: &Path, master: &MasterKey) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(|source| BackupError::Read {
            path: path.to_owned(),
            source,
        })?;
        let reader = ParcelReader::begin(BufReader::new(file), master, ParcelKind::Keys);
        let mut archive = ArchiveReader::new(reader.map_err(|reason| sealing(path, reason))?);
        let mut keys = Self {
            data: Vec::new(),
            generations: Vec::new(),
            tombstones: Vec::new(),
            identity: None,
        };
        let mut listing: Option<KeyListing> = None;
        while let Some(entry) = archive.next().map_err(|error| inside(path, error))? {
            let name = entry.name.clone();
            let bytes = entry.into_bytes().map_err(|error| inside(path, error))?;
            let wrong = |_| unreadable(path, "its list cannot be read");
            match name.as_str() {
                GENERATIONS => keys.generations = generations_of(path, &bytes)?,
                KEYS => keys.data = data_of(path, &bytes)?,
                TOMBSTONES => keys.tombstones = list_of(path, &bytes, stone_of)?,
                IDENTITY => keys.identity = bytes.try_into().ok(),
                LISTING => listing = Some(serde_json::from_slice(&bytes).map_err(wrong)?),
                _ => return Err(unreadable(path, "a newer version of Tresen made it")),
            }
        }
        let parcel = archive.into_inner();
        parcel.finish().map_err(|reason| sealing(path, reason))?;
        let listing = listing.ok_or_else(|| unreadable(path, "it has no list"))?;
        let counts = [
            keys.data.len(),
            keys.generations.len(),
            keys.tombstones.len(),
        ];
        let counts = counts.map(|count| count as u64);
        if listing.format != FORMAT {
            return Err(unreadable(path, "a newer version of Tresen made it"));
        }
        if counts != [listing.keys, listing.generations, listing.tombstones] {
            return Err(unreadable(path, "it holds less than its list names"));
        }
        Ok(keys)
    }
}

pub fn sealing(path: &Path, reason: vault::ParcelError) -> BackupError {
    BackupError::Parcel {
        path: path.to_owned(),
        reason,
    }
}

/// What went wrong while the inside was read: nearly always the file itself.
pub fn inside(path: &Path, error: std::io::Error) -> BackupError {
    sealing(path, of_io(error))
}

pub fn unreadable(path: &Path, reason: &str) -> BackupError {
    BackupError::Inside {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

fn stone(stone: &Tombstone) -> Vec<u8> {
    [&stone.digest[..], &stone.at_ms.to_be_bytes()].concat()
}

fn stone_of(bytes: &mut &[u8]) -> Option<Tombstone> {
    Some(Tombstone {
        digest: array(bytes)?,
        at_ms: i64::from_be_bytes(array(bytes)?),
    })
}

fn wrapped(key: &WrappedKey) -> Vec<u8> {
    let mut out = key.generation.to_be_bytes().to_vec();
    // A wrapped key has 61 bytes.
    out.extend(
        u16::try_from(key.bytes.len())
            .unwrap_or(u16::MAX)
            .to_be_bytes(),
    );
    out.extend(&key.bytes);
    out
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let mut out = [0; N];
    bytes.read_exact(&mut out).ok()?;
    Some(out)
}

fn wrapped_of(bytes: &mut &[u8]) -> Option<WrappedKey> {
    let generation = i64::from_be_bytes(array(bytes)?);
    let length = usize::from(u16::from_be_bytes(array(bytes)?));
    let (key, behind) = bytes.split_at_checked(length)?;
    *bytes = behind;
    Some(WrappedKey {
        generation,
        bytes: key.to_vec(),
    })
}

fn list_of<T>(
    path: &Path,
    mut bytes: &[u8],
    one: impl Fn(&mut &[u8]) -> Option<T>,
) -> Result<Vec<T>, BackupError> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        found.push(one(&mut bytes).ok_or_else(|| unreadable(path, "its keys are in disorder"))?);
    }
    Ok(found)
}

fn generations_of(path: &Path, bytes: &[u8]) -> Result<Vec<WrappedKey>, BackupError> {
    list_of(path, bytes, wrapped_of)
}

fn data_of(path: &Path, bytes: &[u8]) -> Result<Vec<SubjectKey>, BackupError> {
    list_of(path, bytes, |bytes| {
        Some((array(bytes)?, wrapped_of(bytes)?))
    })
}
