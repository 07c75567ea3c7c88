//! Forgeries by someone who has the key and signs a false table of contents, and by someone who
//! has not. Each is named after the check that must find it.

use std::collections::BTreeMap;

use proof::package::{Entry, ProvenEvent, build, pack, seal, unpack};
use proof::{ConsentEvent, ConsentState, EventKind, Hash, Salt};

use crate::sample;

type Files = BTreeMap<String, Vec<u8>>;
type Named = (String, Vec<u8>);

fn sealed(name: &str, files: Files) -> Named {
    let at = sample::moment("2026-05-01T12:00:00Z");
    let bytes = seal(files, at, &sample::key()).expect("sealed");
    (format!("bad-{name}"), bytes)
}

fn path(files: &Files, start: &str) -> String {
    let found = files.keys().find(|path| path.starts_with(start));
    found.expect("such a file").clone()
}

pub fn all(files: &Files) -> Vec<Named> {
    let mut all = foreign(files);
    all.extend(in_events(files));
    all.extend(in_files(files));
    all.extend(in_chains());
    all
}

/// By someone without the key.
fn foreign(files: &Files) -> Vec<Named> {
    let (key, other) = (sample::key(), sample::other_key());
    let at = sample::moment("2026-05-01T12:00:00Z");
    let all_other = build(&sample::contents(&sample::house(), &other), &other).expect("agrees");
    let only_table = seal(files.clone(), at, &other).expect("sealed");
    // Another key in the table, the right heads behind it; and a table of the other one's.
    let package = seal(files.clone(), at, &key).expect("sealed");
    let entries = unpack(&package).expect("a package");
    let other_entries = unpack(&only_table).expect("a package");
    let mut mixed = entries.clone();
    mixed[1] = other_entries[1].clone();
    let mut without = entries.clone();
    without.remove(1);
    let mut unlisted = entries.clone();
    unlisted.push(Entry {
        path: "records/zz".to_owned(),
        bytes: b"{}",
    });
    let changed = {
        let mut text = entries[0].bytes.to_vec();
        // Another year.
        let at = "{\"created\":\"202".len();
        text[at] ^= 1;
        text
    };
    let mut table = entries.clone();
    table[0].bytes = &changed;
    let packed = |name: &str, entries: &[Entry<&[u8]>]| {
        (format!("bad-{name}"), pack(entries).expect("packed"))
    };
    let mut comment = package.clone();
    let length = comment.len() - 2;
    comment[length] = 1;
    comment.push(b'!');
    let mut flagged = package.clone();
    flagged[10] = 1;
    vec![
        ("bad-key-of-another".to_owned(), all_other),
        ("bad-heads-of-another".to_owned(), only_table.clone()),
        packed("signature-of-another", &mixed),
        packed("signature-missing", &without),
        packed("entries-unlisted", &unlisted),
        packed("signature-other-table", &table),
        ("bad-archive-comment".to_owned(), comment),
        ("bad-archive-time".to_owned(), flagged),
        (
            "bad-archive-cut".to_owned(),
            package[..package.len() - 1].to_vec(),
        ),
        ("bad-archive-nothing".to_owned(), b"PK".to_vec()),
    ]
}

/// An event of the package, changed.
fn with_event(files: &Files, start: &str, change: impl Fn(&mut ProvenEvent)) -> Files {
    let mut files = files.clone();
    let path = path(&files, start);
    let mut event: ProvenEvent = proof::canonical::read(&files[&path]).expect("an event");
    change(&mut event);
    files.insert(path, proof::canonical::write(&event).expect("canonical"));
    files
}

fn in_events(files: &Files) -> Vec<Named> {
    const ONE: &str = "events/consent-2026/33";
    let changed = |name: &str, change: &dyn Fn(&mut ProvenEvent)| {
        sealed(name, with_event(files, ONE, change))
    };
    // Committed to anew, so that only the tree knows better.
    let recommit = |event: &mut ProvenEvent| {
        let ProvenEvent {
            payload,
            salt,
            leaf,
            ..
        } = event;
        *leaf = payload.leaf(&leaf.tenant, leaf.seq, salt).expect("a leaf");
    };
    vec![
        changed("events-salt", &|e| e.salt = Salt::from_random([9; 32])),
        changed("events-payload", &|e| e.payload.subject.push('x')),
        changed("events-rewritten", &|e| {
            e.payload.subject.push('x');
            recommit(e);
        }),
        changed("events-time", &|e| {
            e.payload.at = sample::moment("2026-02-01T07:00:00Z");
            recommit(e);
        }),
        changed("events-tenant", &|e| e.leaf.tenant = "t2".to_owned()),
        changed("events-kind", &|e| {
            e.leaf.kind = "consent.confirmed".to_owned()
        }),
        changed("events-place", &|e| e.leaf.seq = 34),
        changed("events-size", &|e| e.size = 40),
        changed("events-unknown-size", &|e| e.size = 41),
        changed("events-short-proof", &|e| {
            e.proof.pop();
        }),
        changed("events-long-proof", &|e| e.proof.push(Hash([0; 32]))),
        changed("events-notice", &|e| {
            e.payload.notice = Hash([1; 32]).address();
            recommit(e);
        }),
        changed("events-class", &|e| e.tree = sample::tree("send-2026")),
    ]
}

fn in_files(files: &Files) -> Vec<Named> {
    let replaced = |name: &str, start: &str, from: &str, to: &str| {
        let mut files = files.clone();
        let path = path(&files, start);
        let text = String::from_utf8(files[&path].clone()).expect("text");
        assert!(text.contains(from), "{path} has no {from}");
        files.insert(path, text.replacen(from, to, 1).into_bytes());
        sealed(name, files)
    };
    let added = |name: &str, path: &str, bytes: &[u8]| {
        let mut files = files.clone();
        files.insert(path.to_owned(), bytes.to_vec());
        sealed(name, files)
    };
    let removed = |name: &str, start: &str| {
        let mut files = files.clone();
        files.remove(&path(&files, start));
        sealed(name, files)
    };
    let form = format!("screens/{}", Hash::of(&[b"other"]));
    let zeros = "0".repeat(64);
    let unused = sample::notice(2, "email");
    let unused_path = format!("notices/{}.json", unused.hash().expect("a notice"));
    let unused = unused.bytes().expect("a notice");
    vec![
        replaced("heads-size", "heads/consent-2025", "\n100\n", "\n101\n"),
        replaced("notices-word", "notices/", "Musterstadt", "Mustersdorf"),
        replaced("notices-blank", "notices/", ",\"v\":1", ", \"v\":1"),
        replaced("notices-version", "notices/", ",\"v\":1", ",\"v\":2"),
        replaced("events-blank", "events/", ",\"size\"", ", \"size\""),
        replaced(
            "events-null",
            "events/",
            ",\"from\":",
            ",\"explicit\":null,\"from\":",
        ),
        replaced(
            "events-twice",
            "events/",
            "{\"leaf\":{",
            "{\"leaf\":{\"seq\":0,",
        ),
        replaced("records-jurisdiction", "records/", "loc:DE", "loc:FR"),
        replaced(
            "records-status",
            "records/",
            "dpv:Consent",
            "dpv:RenewedConsent",
        ),
        replaced(
            "history-proof",
            "history/",
            "\"proof\":[\"",
            "\"proof\":[\"00",
        ),
        added("entries-leading-zero", "heads/consent-2026/040.note", b"x"),
        added("notices-unused-screen", &form, b"other"),
        added("notices-screen", &format!("screens/{zeros}"), b"other"),
        added("notices-unused", &unused_path, &unused),
        added("records-unknown", &format!("records/{zeros}.jsonld"), b"{}"),
        added(
            "sheets-unknown",
            &format!("sheets/{zeros}.de.pdf"),
            b"%PDF-",
        ),
        removed("history-missing", "history/"),
        removed("notices-missing-screen", "screens/"),
        removed("events-missing-notice", "notices/"),
        removed("records-missing", "records/"),
        removed("chain-missing", "events/consent-2026/45"),
    ]
}

/// Logs that were kept properly, of histories that cannot have been.
fn in_chains() -> Vec<Named> {
    use ConsentState as S;
    use EventKind as E;
    let notice = sample::notice(1, "email");
    let at = "2026-04-01T10:00:00Z";
    let event = |kind: E, to: S| sample::event(kind, to, at, &notice);
    let one = |name: &str, events: Vec<ConsentEvent>| {
        let mut house = sample::House::default();
        let tree = sample::tree("consent-2026");
        for event in events {
            if event.from.is_some() {
                house.write_as_it_is(tree, "one", event);
            } else {
                house.write(tree, "one", event);
            }
        }
        unjudged(name, &house)
    };
    let asked = || event(E::Requested, S::Requested);
    let given = || event(E::Confirmed, S::Granted);
    let taken = || event(E::Withdrawn, S::Withdrawn);
    let never_asked = ConsentEvent {
        from: Some(S::Pending),
        ..given()
    };
    let with_gap = ConsentEvent {
        from: Some(S::Requested),
        follows: Some(Hash([5; 32])),
        ..given()
    };
    let no_answer = ConsentEvent {
        challenge: None,
        ..given()
    };
    vec![
        one(
            "chain-used-after-withdrawal",
            vec![asked(), given(), taken(), event(E::Used, S::Granted)],
        ),
        one(
            "chain-granted-by-import",
            vec![event(E::Asserted, S::Granted)],
        ),
        one("chain-granted-unasked", vec![given()]),
        one("chain-begins-in-the-middle", vec![never_asked]),
        one("chain-gap", vec![asked(), with_gap]),
        one(
            "chain-withdrawal-ignored",
            vec![asked(), given(), event(E::Withdrawn, S::Granted)],
        ),
        one("evidence-answer", vec![asked(), no_answer]),
    ]
}

/// What `build` would refuse: its files, made as the page says.
fn unjudged(name: &str, house: &sample::House) -> Named {
    let (key, tree) = (sample::key(), sample::tree("consent-2026"));
    let notice = sample::notice(1, "email");
    let hash = notice.hash().expect("a notice");
    let head = house.head(&key, tree, house.size(tree), "2026-05-01T11:00:00Z");
    let events = house.proven();
    let mut files = Files::new();
    files.insert(
        format!("notices/{hash}.json"),
        notice.bytes().expect("a notice"),
    );
    files.insert(
        format!("screens/{}", Hash::of(&[sample::FORM])),
        sample::FORM.to_vec(),
    );
    files.insert(
        format!("heads/{tree}/{}.note", head.head().size),
        head.note().into(),
    );
    for event in &events {
        let path = format!("events/{tree}/{}.json", event.leaf.seq);
        files.insert(path, proof::canonical::write(event).expect("canonical"));
    }
    let notices = [(hash.address(), notice)].into_iter().collect();
    let id = proof::record_id(&events[0].payload).expect("an id");
    let all: Vec<&ProvenEvent> = events.iter().collect();
    let record = proof::record(&all, &notices).expect("a record");
    files.insert(format!("records/{id}.jsonld"), record);
    sealed(name, files)
}
