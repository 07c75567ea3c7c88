//! Packing: what was proven in, a package out. Nothing leaves that our own judge would refuse.

use std::collections::BTreeMap;

use super::archive::{ArchiveError, Entry, pack};
use super::layout::{
    FORMAT, Listed, MANIFEST, MANIFEST_NOTE, Manifest, ProvenEvent, Step, head_path, manifest_text,
    notice_path, record_path, screen_path, sheet_path, signer,
};
use super::verdict::Verdict;
use super::verify::{Trust, verify};
use crate::canonical::{self, CanonicalError};
use crate::hash::Hash;
use crate::head::SignedHead;
use crate::key::SigningKey;
use crate::moment::Moment;
use crate::note;
use crate::notice::{Notice, NoticeError};
use crate::record::{Notices, RecordError, record, record_id};
use crate::version::Version;

/// What goes into a package.
pub struct Contents {
    pub created: Moment,
    /// Every event of every consent that is to be shown.
    pub events: Vec<ProvenEvent>,
    /// The heads the proofs lead to, and earlier ones someone holds.
    pub heads: Vec<SignedHead>,
    /// From each head to the next of its tree.
    pub history: Vec<Step>,
    pub notices: Vec<Notice>,
    /// Files the notices name by their hashes.
    pub screens: Vec<Vec<u8>>,
    /// Sheets for people, by record and language (`de`, `en`).
    pub sheets: Vec<(Hash, String, Vec<u8>)>,
}

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    #[error(transparent)]
    Notice(#[from] NoticeError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("the package would not be believed: {0}")]
    Refused(Verdict),
}

/// Builds the package and judges it.
///
/// # Errors
/// When something is missing, or the judge finds anything wrong.
pub fn build(contents: &Contents, key: &SigningKey) -> Result<Vec<u8>, BuildError> {
    let bytes = seal(files(contents)?, contents.created, key)?;
    let trust = Trust {
        key: Some(key.public().clone()),
        heads: Vec::new(),
    };
    let verdict = verify(&bytes, &trust);
    if verdict.holds() {
        Ok(bytes)
    } else {
        Err(BuildError::Refused(verdict))
    }
}

/// Packs files with their signed table of contents, and judges nothing.
///
/// # Errors
/// When there is too much, or a name cannot stand in a package.
pub fn seal(
    files: BTreeMap<String, Vec<u8>>,
    created: Moment,
    key: &SigningKey,
) -> Result<Vec<u8>, BuildError> {
    let listed = files.iter().map(|(path, bytes)| Listed {
        bytes: bytes.len() as u64,
        path: path.clone(),
        sha256: Hash::of(&[bytes]),
    });
    let manifest = canonical::write(&Manifest {
        created,
        entries: listed.collect(),
        format: FORMAT.to_owned(),
        key: key.public().to_string(),
        v: Version,
    })?;
    let name = key.public().name();
    let note = note::sign(key, &signer(name), &manifest_text(name, &manifest));
    let front = [
        (MANIFEST.to_owned(), manifest),
        (MANIFEST_NOTE.to_owned(), note.into_bytes()),
    ];
    let entries: Vec<Entry<Vec<u8>>> = front
        .into_iter()
        .chain(files)
        .map(|(path, bytes)| Entry { path, bytes })
        .collect();
    Ok(pack(&entries)?)
}

/// All files but the table of contents, sorted by name.
fn files(contents: &Contents) -> Result<BTreeMap<String, Vec<u8>>, BuildError> {
    let mut files = BTreeMap::new();
    let mut notices = Notices::new();
    for notice in &contents.notices {
        let (bytes, hash) = (notice.bytes()?, notice.hash()?);
        files.insert(notice_path(&hash), bytes);
        notices.insert(hash.address(), notice.clone());
    }
    for screen in &contents.screens {
        files.insert(screen_path(&Hash::of(&[screen])), screen.clone());
    }
    for head in &contents.heads {
        let path = head_path(head.head().tree, head.head().size);
        files.insert(path, head.note().as_bytes().to_vec());
    }
    for step in &contents.history {
        files.insert(step.path(), canonical::write(step)?);
    }
    let mut records: BTreeMap<Hash, Vec<&ProvenEvent>> = BTreeMap::new();
    for event in &contents.events {
        files.insert(event.path(), canonical::write(event)?);
        let id = record_id(&event.payload)?;
        records.entry(id).or_default().push(event);
    }
    for (id, mut events) in records {
        events.sort_by_key(|event| event.order());
        files.insert(record_path(&id), record(&events, &notices)?);
    }
    for (id, language, bytes) in &contents.sheets {
        files.insert(sheet_path(id, language), bytes.clone());
    }
    Ok(files)
}
