//! Packages: what a stranger believes, and everything that makes it unbelievable.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proof::package::{
    ArchiveError, CheckKind, Entry, Trust, Verdict, build, pack, seal, unpack, verify,
};
use proof::{ConsentState, EventKind, Hash, SigningKey};
use serde_json::Value;

use crate::sample;

fn trusting(key: &SigningKey) -> Trust {
    Trust {
        key: Some(key.public().clone()),
        heads: Vec::new(),
    }
}

fn judged(bytes: &[u8]) -> Verdict {
    verify(bytes, &trusting(&sample::key()))
}

/// Changed by someone who has the key: only the log stands in the way.
fn sealed(files: BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    seal(
        files,
        sample::moment("2026-05-01T12:00:00Z"),
        &sample::key(),
    )
    .expect("sealed")
}

#[track_caller]
fn refused(bytes: &[u8], kind: CheckKind) {
    let verdict = judged(bytes);
    assert!(!verdict.holds());
    let kinds: BTreeSet<&str> = verdict.findings().map(|(kind, _)| kind.as_str()).collect();
    assert!(kinds.contains(kind.as_str()), "{verdict}");
}

fn find(files: &BTreeMap<String, Vec<u8>>, start: &str) -> String {
    let found = files.keys().find(|path| path.starts_with(start));
    found.expect("such a file").clone()
}

fn document(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

#[test]
fn au_05_a_package_and_a_key_are_enough() {
    let verdict = judged(&sample::package());
    assert!(verdict.holds(), "{verdict}");
    assert!(verdict.key_was_given);
    let kinds: Vec<CheckKind> = verdict.checks.iter().map(|check| check.kind).collect();
    assert_eq!(kinds, CheckKind::ALL);
    let summary = verdict.summary.expect("a readable package");
    assert_eq!(summary.name, sample::NAME);
    assert_eq!(summary.fingerprint, sample::key().public().fingerprint());
    let mut told: Vec<_> = summary
        .records
        .iter()
        .map(|record| (&record.channel[..], record.events, record.state))
        .collect();
    told.sort();
    let expected = [
        ("email", 2, Some(ConsentState::Granted)),
        ("whatsapp", 8, Some(ConsentState::Withdrawn)),
    ];
    assert_eq!(told, expected);
}

#[test]
fn without_a_key_of_ones_own_the_package_only_agrees_with_itself() {
    let key = sample::other_key();
    let forged = build(&sample::contents(&sample::house(), &key), &key).expect("agrees");
    let verdict = verify(&forged, &Trust::default());
    assert!(verdict.holds() && !verdict.key_was_given);
    let verdict = judged(&forged);
    let findings: Vec<CheckKind> = verdict.findings().map(|(kind, _)| kind).collect();
    assert_eq!(findings, [CheckKind::Key]);
}

#[test]
fn the_same_contents_make_the_same_package() {
    assert_eq!(sample::package(), sample::package());
}

#[test]
fn co_03_old_texts_and_forms_stay_as_they_were_shown() {
    let files = sample::files(&sample::package());
    for version in [1, 2] {
        let notice = sample::notice(version, "whatsapp");
        let hash = notice.hash().expect("a notice");
        let kept = &files[&format!("notices/{hash}.json")];
        assert_eq!(Hash::of(&[kept]), hash);
        assert_eq!(document(kept)["text"], notice.text);
    }
    let form = format!("screens/{}", Hash::of(&[sample::FORM]));
    assert_eq!(files[&form], sample::FORM);
}

#[test]
fn co_22_records_have_the_fields_of_the_standard_and_one_spelling() {
    let files = sample::files(&sample::package());
    let records: Vec<&Vec<u8>> = files
        .iter()
        .filter(|(path, _)| path.starts_with("records/"))
        .map(|(_, bytes)| bytes)
        .collect();
    assert_eq!(records.len(), 2);
    for bytes in records {
        // Duplicate names, and everything else that is not the one spelling, would be refused.
        let record: Value = proof::canonical::read(bytes).expect("canonical");
        assert_eq!(record["@type"], "dpv:ConsentRecord");
        let wanted = [
            "/@context/dpv",
            "/@id",
            "/dct:identifier",
            "/dct:conformsTo",
            "/dpv:hasDataSubject/@id",
            "/dpv:hasDataController/dpv:hasName",
            "/dpv:hasDataController/dpv:hasAddress",
            "/dpv:hasJurisdiction",
            "/dpv:hasLegalBasis",
            "/dpv:hasProcess/0/dpv:hasPurpose",
            "/dpv:hasProcess/0/dpv:hasPersonalData/0",
            "/dpv:hasProcess/0/dpv:hasRecipient/0",
            "/dpv:hasProcess/0/dpv:hasStorageCondition/0/dpv:hasLocation",
            "/dpv:hasProcess/0/dpv:hasStorageCondition/1/dpv:hasDuration",
            "/dpv:hasNotice/0/@id",
            "/dpv:hasNotice/0/dct:language",
            "/dpv:hasConsentControl/dpv:isExercisedAt",
            "/dpv:hasConsentStatus/0/@type/0",
            "/dpv:hasConsentStatus/0/dpv:isIndicatedAtTime",
            "/dpv:hasConsentStatus/0/dpv:isIndicatedBy",
            "/tresen:proof/0/tresen:inclusion/0",
        ];
        for place in wanted {
            let found = record.pointer(place);
            assert!(found.is_some_and(|value| !value.is_null()), "{place}");
        }
        let given = record["dpv:hasConsentStatus"].as_array().expect("a list");
        let given: Vec<&Value> = given
            .iter()
            .filter(|status| status["@type"][0] == "dpv:ConsentGiven")
            .collect();
        assert_eq!(given.len(), 1);
        assert_eq!(given[0]["dpv:hasDuration"]["rdf:value"], "P12M");
    }
}

type Take = fn(&mut proof::ConsentEvent);

#[test]
fn co_02_a_grant_without_its_evidence_is_not_packed() {
    let take: [(&str, Take); 9] = [
        ("act", |event| event.act = None),
        ("challenge.answer", |event| event.challenge = None),
        ("clock", |event| event.clock = None),
        ("evidence", |event| {
            event.evidence = Some(proof::Evidence::default())
        }),
        ("expires", |event| event.expires = None),
        ("id", |event| event.id = None),
        ("identity", |event| event.identity = None),
        ("source", |event| event.source = None),
        ("to", |event| event.to = None),
    ];
    for (name, take) in take {
        let notice = sample::notice(1, "whatsapp");
        let mut house = sample::House::default();
        let tree = sample::tree("consent-2026");
        let at = "2026-04-01T10:00:00Z";
        let asked = sample::event(EventKind::Requested, ConsentState::Requested, at, &notice);
        house.write(tree, "one", asked);
        let mut event = sample::event(EventKind::Confirmed, ConsentState::Granted, at, &notice);
        assert!(event.missing().iter().all(|missing| *missing == "from"));
        take(&mut event);
        house.write(tree, "one", event);
        let key = sample::key();
        let contents = proof::package::Contents {
            heads: vec![house.head(&key, tree, 2, at)],
            history: Vec::new(),
            notices: vec![notice],
            events: house.proven(),
            ..sample::contents(&sample::house(), &key)
        };
        let error = build(&contents, &key).expect_err("incomplete").to_string();
        let expected = format!("evidence: events/consent-2026/1.json: says nothing of {name}");
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn au_03_any_changed_byte_of_the_file_is_found() {
    let package = sample::package();
    for at in 0..package.len() {
        let mut changed = package.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(!judged(&changed).holds(), "byte {at}");
    }
    for at in (0..package.len()).step_by(97) {
        assert!(!judged(&package[..at]).holds(), "cut at {at}");
    }
    assert!(!judged(&[&package[..], b"\0"].concat()).holds());
    assert!(!judged(&[b"\0", &package[..]].concat()).holds());
}

/// Every entry in turn, with a byte of it changed at many places.
fn changes(package: &[u8], step: usize, mut judge: impl FnMut(&[Entry<Vec<u8>>], &str)) -> usize {
    let entries = unpack(package).expect("a package");
    let mut entries: Vec<Entry<Vec<u8>>> = entries
        .into_iter()
        .map(|entry| Entry {
            path: entry.path,
            bytes: entry.bytes.to_vec(),
        })
        .collect();
    let mut count = 0;
    for which in 0..entries.len() {
        let length = entries[which].bytes.len();
        for at in (count % step..length).step_by(step) {
            let bit = 1 << (at % 8);
            entries[which].bytes[at] ^= bit;
            judge(&entries, &format!("byte {at} of {}", entries[which].path));
            entries[which].bytes[at] ^= bit;
            count += 1;
        }
    }
    count
}

#[test]
fn au_03_any_changed_byte_of_any_entry_is_found_when_it_is_packed_anew() {
    let count = changes(&small_package(), 1, |entries, what| {
        let packed = pack(entries).expect("packed");
        assert!(!judged(&packed).holds(), "{what}");
    });
    assert!(count > 4_000, "{count}");
}

#[test]
fn au_03_a_changed_byte_is_found_even_when_the_keys_owner_signs_it_again() {
    let count = changes(&sample::package(), 11, |entries, what| {
        let behind_the_table = entries[2..].iter();
        let files = behind_the_table.map(|entry| (entry.path.clone(), entry.bytes.clone()));
        let changed = sealed(files.collect());
        // The table itself was made anew.
        let is_table = what.ends_with("manifest.json") || what.ends_with("manifest.note");
        assert_eq!(judged(&changed).holds(), is_table, "{what}");
    });
    assert!(count > 2_000, "{count}");
}

/// One consent of two events, for what is tried some thousand times.
fn small_package() -> Vec<u8> {
    let (key, notice) = (sample::key(), sample::notice(1, "email"));
    let tree = sample::tree("consent-2026");
    let mut house = sample::House::default();
    let steps = [
        (
            EventKind::Requested,
            ConsentState::Requested,
            "2026-04-01T10:00:00Z",
        ),
        (
            EventKind::Confirmed,
            ConsentState::Granted,
            "2026-04-01T10:02:00Z",
        ),
    ];
    for (kind, to, at) in steps {
        house.write(tree, "one", sample::event(kind, to, at, &notice));
    }
    let contents = proof::package::Contents {
        created: sample::moment("2026-05-01T12:00:00Z"),
        heads: vec![house.head(&key, tree, 2, "2026-04-02T00:00:00Z")],
        history: Vec::new(),
        notices: vec![notice],
        events: house.proven(),
        screens: vec![sample::FORM.to_vec()],
        sheets: Vec::new(),
    };
    build(&contents, &key).expect("a package that holds")
}

#[test]
fn any_removed_swapped_or_added_file_is_found() {
    let package = sample::package();
    let entries = unpack(&package).expect("a package");
    for which in 0..entries.len() {
        let mut fewer = entries.clone();
        fewer.remove(which);
        assert!(!judged(&pack(&fewer).expect("packed")).holds());
        for other in 0..which {
            let mut swapped = entries.clone();
            swapped.swap(which, other);
            let moved = pack(&swapped).expect("packed");
            let paths = (swapped[which].path.clone(), swapped[other].path.clone());
            (swapped[other].path, swapped[which].path) = paths;
            let renamed = pack(&swapped).expect("packed");
            assert!(!judged(&moved).holds() && !judged(&renamed).holds());
        }
    }
    let mut more = entries.clone();
    more.push(Entry {
        path: "readme.txt".to_owned(),
        bytes: b"Believe me.",
    });
    refused(&pack(&more).expect("packed"), CheckKind::Entries);
}

#[test]
fn a_file_that_is_left_out_is_found_even_when_the_table_is_signed_anew() {
    let files = sample::files(&sample::package());
    for path in files.keys() {
        let mut fewer = files.clone();
        fewer.remove(path);
        // An earlier head may go together with the step from it, and not alone.
        assert!(!judged(&sealed(fewer)).holds(), "{path}");
    }
    let first_head = [
        "heads/consent-2026/40.note".to_owned(),
        find(&files, "history/"),
    ];
    let fewer = files.iter().filter(|(path, _)| !first_head.contains(path));
    let fewer = fewer.map(|(path, bytes)| (path.clone(), bytes.clone()));
    assert!(judged(&sealed(fewer.collect())).holds());
}

#[test]
fn au_04_a_head_kept_elsewhere_convicts_a_tree_that_was_made_anew() {
    let (key, tree) = (sample::key(), sample::tree("consent-2026"));
    let house = sample::house();
    let package = sample::package();
    let with_head = |size: u64, house: &sample::House| {
        let head = house.head(&key, tree, size, "2026-02-01T00:00:00Z");
        Trust {
            key: Some(key.public().clone()),
            heads: vec![head.note().as_bytes().to_vec()],
        }
    };
    assert!(verify(&package, &with_head(40, &house)).holds());
    assert!(verify(&package, &with_head(house.size(tree), &house)).holds());
    // The package does not say how it is related to the tree of 41 leaves.
    let verdict = verify(&package, &with_head(41, &house));
    assert!(
        verdict.to_string().contains("does not reach back"),
        "{verdict}"
    );
    // What was anchored is not what is shown now.
    let mut rebuilt = sample::House::default();
    rebuilt.others(sample::tree("consent-2025"), 1);
    rebuilt.others(tree, 39);
    let notice = sample::notice(1, "whatsapp");
    let at = "2026-01-05T00:00:00Z";
    let event = sample::event(EventKind::Requested, ConsentState::Requested, at, &notice);
    rebuilt.write(tree, "another past", event);
    let verdict = verify(&package, &with_head(40, &rebuilt));
    assert!(
        verdict.to_string().contains("the tree was rewritten"),
        "{verdict}"
    );
    let foreign = Trust {
        key: Some(key.public().clone()),
        heads: vec![b"not a head".to_vec()],
    };
    assert!(!verify(&package, &foreign).holds());
}

#[test]
fn an_archive_is_taken_only_as_it_is_packed() {
    let entry = |path: &str| Entry {
        path: path.to_owned(),
        bytes: b"x".to_vec(),
    };
    for path in [
        "../up", "a/../b", "/root", "a//b", "a/", "", ".", "..", ".hidden", "a\\b", "c:d", "A",
        "ä", "a b", "a\0b", "con.", "a/./b",
    ] {
        let refused = pack(&[entry(path)]);
        assert!(matches!(refused, Err(ArchiveError::Path(_))), "{path:?}");
    }
    assert_eq!(
        pack(&[entry("a"), entry("a")]),
        Err(ArchiveError::Twice("a".to_owned()))
    );
    let packed = pack(&[entry("a"), entry("b/c.d-1")]).expect("packed");
    let unpacked = unpack(&packed).expect("ours");
    assert_eq!(unpacked.len(), 2);
    // The same name twice, in bytes nobody but a forger writes.
    let twice = pack(&[entry("aa"), entry("ab")]).expect("packed");
    let twice: Vec<u8> = replaced(&twice, b"ab", b"aa");
    assert_eq!(unpack(&twice), Err(ArchiveError::Twice("aa".to_owned())));
    let climbing = replaced(&pack(&[entry("aa/b")]).expect("packed"), b"aa/b", b"../b");
    assert_eq!(
        unpack(&climbing),
        Err(ArchiveError::Path("../b".to_owned()))
    );
    // A size that promises more than there is, a method that unpacks to more, an archive's comment.
    for (at, byte) in [(18, 0xff), (8, 8), (packed.len() - 2, 1)] {
        let mut changed = packed.clone();
        changed[at] = byte;
        assert!(unpack(&changed).is_err(), "{at}");
    }
    assert_eq!(unpack(&[]), Err(ArchiveError::NoZip));
    assert_eq!(unpack(&[0; 21]), Err(ArchiveError::NoZip));
    let empty = pack::<Vec<u8>>(&[]).expect("packed");
    assert_eq!(unpack(&empty).map(|entries| entries.len()), Ok(0));
    refused(&empty, CheckKind::Manifest);
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for at in 0..=out.len() - from.len() {
        if out[at..].starts_with(from) {
            out[at..at + to.len()].copy_from_slice(to);
        }
    }
    out
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let huge = vec![0; proof::package::PACKAGE_BYTES_MAX + 1];
    assert_eq!(unpack(&huge), Err(ArchiveError::TooLarge));
    let large = Entry {
        path: "a".to_owned(),
        bytes: vec![0; proof::package::ENTRY_BYTES_MAX + 1],
    };
    assert_eq!(pack(&[large]), Err(ArchiveError::TooMany));
    let none = |number| Entry {
        path: format!("n{number}"),
        bytes: Vec::new(),
    };
    let many: Vec<_> = (0..=proof::package::ENTRIES_MAX).map(none).collect();
    assert_eq!(pack(&many), Err(ArchiveError::TooMany));
}

/// The format is a promise: what was handed out once holds for ever, and is still made so.
#[test]
fn au_05_a_package_from_the_past_holds_and_is_made_the_same_today() {
    let kept = include_bytes!("../../../../fuzz/corpus/package/small");
    assert!(judged(kept).holds());
    assert_eq!(small_package(), kept);
}

/// Packages for other judges: `good-…` must hold and `bad-<check>-…` must not.
fn collection() -> Vec<(String, Vec<u8>)> {
    let mut all = vec![
        ("good-two-consents".to_owned(), sample::package()),
        ("good-small".to_owned(), small_package()),
    ];
    let files = sample::files(&sample::package());
    let mut sheeted = files.clone();
    let record = find(&files, "records/").replace("records/", "sheets/");
    sheeted.insert(record.replace(".jsonld", ".de.pdf"), b"%PDF-".to_vec());
    all.push(("good-sheet".to_owned(), sealed(sheeted)));
    all.extend(crate::forgeries::all(&files));
    all
}

#[test]
fn every_forgery_is_found_by_the_check_it_is_named_after() {
    for (name, bytes) in collection() {
        let verdict = judged(&bytes);
        let Some(rest) = name.strip_prefix("bad-") else {
            assert!(verdict.holds(), "{name}: {verdict}");
            continue;
        };
        let wanted = rest.split('-').next().expect("a check");
        let found = verdict.findings().any(|(kind, _)| kind.as_str() == wanted);
        assert!(found && !verdict.holds(), "{name}: {verdict}");
    }
}

/// Other judges read these (`judges/proof`).
#[test]
fn packages_for_other_judges_are_written() {
    let folder = std::env::var_os("TRESEN_PACKAGES").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages"),
        PathBuf::from,
    );
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let all = collection();
    for (name, bytes) in &all {
        std::fs::write(folder.join(format!("{name}.zip")), bytes).expect("written");
    }
    std::fs::write(folder.join("key.txt"), sample::key().public().to_string()).expect("written");
    // Also what only the owner of the key can forge is tried on them.
    std::fs::write(folder.join("seed.bin"), sample::SEED).expect("written");
    let head = sample::house().head(
        &sample::key(),
        sample::tree("consent-2026"),
        40,
        "2026-02-01T00:00:00Z",
    );
    std::fs::write(folder.join("head.note"), head.note()).expect("written");
    assert!(all.len() > 25);
}
