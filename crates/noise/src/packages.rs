//! Proof packages: files a stranger hands to a judge.

use proof::SigningKey;
use proof::package::{Entry, Trust, pack, seal, unpack, verify};

use crate::{halves, text};

/// A package that holds; the tests of `proof` make it, with the key below.
const GOOD: &[u8] = include_bytes!("../../../fuzz/corpus/package/small");
const NAME: &str = "chat.muster.example";

fn key() -> SigningKey {
    SigningKey::from_seed(NAME, &[42; 32]).expect("a name that can stand in a note")
}

fn trust() -> Trust {
    Trust {
        key: Some(key().public().clone()),
        heads: Vec::new(),
    }
}

/// A file: judging it ends. What can be unpacked comes out the same when packed again, and only
/// what was signed with the key holds.
pub fn package(bytes: &[u8]) {
    let holds = verify(bytes, &trust()).holds();
    assert_eq!(holds, bytes == GOOD, "one package was signed with this key");
    if let Ok(entries) = unpack(bytes) {
        assert_eq!(pack(&entries).as_deref(), Ok(bytes));
    }
}

/// A name, a zero byte, a file: put into a good package by the key's owner, who signs the table of
/// contents again. It holds only when nothing became different, or a sheet for people was added.
pub fn package_file(input: &[u8]) {
    let (name, file) = halves(input);
    let name = text(name);
    let good = unpack(GOOD).expect("a package");
    let behind_the_table = good.iter().skip(2);
    let mut files: std::collections::BTreeMap<String, Vec<u8>> = behind_the_table
        .map(|Entry { path, bytes }| (path.clone(), bytes.to_vec()))
        .collect();
    let before = files.insert(name.clone(), file.to_vec());
    let created = "2026-05-01T12:00:00Z".parse().expect("a moment");
    let Ok(sealed) = seal(files, created, &key()) else {
        return;
    };
    let verdict = verify(&sealed, &trust());
    let is_same = before.is_some_and(|before| before == file);
    let may_hold = is_same || name.starts_with("sheets/");
    assert!(may_hold || !verdict.holds(), "{name}");
    assert!(!is_same || verdict.holds(), "{verdict}");
}
