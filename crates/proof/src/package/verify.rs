//! The judge of packages: the shell of it. It reads the archive, the table of contents and the key;
//! what they hold is judged in `judge.rs`.
//!
//! It takes any bytes, holds nothing for true that was not shown, and goes on after a finding as
//! long as there is something left to look at.

use std::collections::BTreeMap;

use super::archive::{Entry, unpack};
use super::judge::{Files, Found, contents};
use super::layout::{
    FORMAT, FileKind, Listed, MANIFEST, MANIFEST_NOTE, Manifest, manifest_text, signer,
};
use super::verdict::{Check, CheckKind, Summary, Verdict};
use crate::canonical;
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::note;

/// What who asks knows from elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// The installation's key. Without it the one in the package is taken, and the verdict says so.
    pub key: Option<VerifierKey>,
    /// Heads that were handed out earlier, as signed notes.
    pub heads: Vec<Vec<u8>>,
}

/// Judges a package.
#[must_use]
pub fn verify(bytes: &[u8], trust: &Trust) -> Verdict {
    let mut verdict = Verdict {
        checks: Vec::new(),
        summary: None,
        key_was_given: trust.key.is_some(),
    };
    // What is missing at the end of the list was not looked at, which is no verdict of "holds".
    let _: Option<()> = judge(bytes, trust, &mut verdict);
    verdict
}

/// Nothing when it could not go on.
fn judge(bytes: &[u8], trust: &Trust, verdict: &mut Verdict) -> Option<()> {
    let mut archive = Found::new(CheckKind::Archive);
    let entries = archive.take(None, unpack(bytes));
    verdict.checks.push(archive.done());
    let entries = entries?;

    let mut found = Found::new(CheckKind::Manifest);
    let manifest = read_manifest(&entries, &mut found);
    verdict.checks.push(found.done());
    let (manifest_bytes, manifest) = manifest?;

    verdict.checks.push(check_entries(&entries, &manifest));

    let mut found = Found::new(CheckKind::Key);
    let key = found.take(Some(MANIFEST), manifest.key.parse::<VerifierKey>());
    if let (Some(key), Some(trusted)) = (&key, &trust.key)
        && key != trusted
    {
        let (name, print) = (trusted.name(), trusted.fingerprint());
        found.say(None, format!("not signed by {name} with the key {print}"));
    }
    verdict.checks.push(found.done());
    let key = key?;

    let mut found = Found::new(CheckKind::Signature);
    let note = entries.get(1).filter(|entry| entry.path == MANIFEST_NOTE);
    let text = found.take(
        Some(MANIFEST_NOTE),
        note.ok_or_else(|| "not the second file".to_owned())
            .and_then(|note| {
                note::open(note.bytes, &key, &signer(key.name())).map_err(|e| e.to_string())
            }),
    );
    if text.is_some_and(|text| text != manifest_text(key.name(), manifest_bytes)) {
        found.say(Some(MANIFEST_NOTE), "signed another table of contents");
    }
    verdict.checks.push(found.done());

    let files: Files<'_> = entries
        .iter()
        .filter_map(|entry| Some((FileKind::of(&entry.path)?, (&entry.path[..], entry.bytes))))
        .collect::<Vec<_>>();
    let (checks, records) = contents(&files, &key, &trust.heads);
    verdict.checks.extend(checks);
    verdict.summary = Some(Summary {
        name: key.name().to_owned(),
        fingerprint: key.fingerprint(),
        created: manifest.created,
        records,
    });
    Some(())
}

fn read_manifest<'a>(
    entries: &[Entry<&'a [u8]>],
    found: &mut Found,
) -> Option<(&'a [u8], Manifest)> {
    let first = entries.first().filter(|entry| entry.path == MANIFEST);
    let Some(first) = first else {
        found.say(Some(MANIFEST), "not the first file");
        return None;
    };
    let manifest: Manifest = found.take(Some(MANIFEST), canonical::read(first.bytes))?;
    if manifest.format != FORMAT {
        found.say(Some(MANIFEST), "the table of contents of something else");
        return None;
    }
    Some((first.bytes, manifest))
}

/// The table lists exactly what is there, in order, and only what belongs into a package.
fn check_entries(entries: &[Entry<&[u8]>], manifest: &Manifest) -> Check {
    let mut found = Found::new(CheckKind::Entries);
    let packed: BTreeMap<&str, &[u8]> = entries
        .iter()
        .skip(2)
        .map(|entry| (&entry.path[..], entry.bytes))
        .collect();
    let listed: BTreeMap<&str, &Listed> = manifest
        .entries
        .iter()
        .map(|listed| (&listed.path[..], listed))
        .collect();
    for (path, bytes) in &packed {
        found.count();
        match listed.get(path) {
            None => found.say(Some(path), "not in the table of contents"),
            Some(listed) if listed.bytes != bytes.len() as u64 => {
                found.say(Some(path), "not as long as the table of contents says");
            }
            Some(listed) if listed.sha256 != Hash::of(&[bytes]) => {
                found.say(Some(path), "not the file of the table of contents");
            }
            Some(_) => {}
        }
        if FileKind::of(path).is_none() {
            found.say(Some(path), "no file that belongs into a package");
        }
    }
    for path in listed.keys().filter(|path| !packed.contains_key(*path)) {
        found.say(Some(path), "is missing");
    }
    let in_order = |paths: Vec<&str>| paths.is_sorted_by(|a, b| a < b);
    let paths = entries.iter().skip(2).map(|entry| &entry.path[..]);
    let names = manifest.entries.iter().map(|listed| &listed.path[..]);
    if !in_order(paths.collect()) || !in_order(names.collect()) {
        found.say(Some(MANIFEST), "the files are not sorted by their names");
    }
    found.done()
}
