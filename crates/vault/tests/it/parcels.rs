//! Backups as files: what comes out is what went in, or nothing and a reason.

use std::io::{Read, Write};

use vault::{CHUNK, Label, MasterKey, ParcelError, ParcelKind, ParcelReader, ParcelWriter, of_io};

fn master(directory: &tempfile::TempDir, name: &str, secret: u8) -> MasterKey {
    MasterKey::create(&directory.path().join(name), [secret; 32]).expect("a key")
}

fn label(kind: ParcelKind) -> Label {
    Label {
        kind,
        id: [3; 16],
        made_at_ms: 1_795_300_000_000,
    }
}

fn sealed(master: &MasterKey, kind: ParcelKind, plain: &[u8]) -> Vec<u8> {
    let mut writer = ParcelWriter::begin(Vec::new(), master, label(kind), [7; 32]).expect("begins");
    // In pieces that fit nowhere.
    for piece in plain.chunks(10_007) {
        writer.write_all(piece).expect("written");
    }
    writer.finish().expect("ends")
}

fn opened(file: &[u8], master: &MasterKey, kind: ParcelKind) -> Result<Vec<u8>, ParcelError> {
    let mut reader = ParcelReader::begin(file, master, kind)?;
    assert_eq!(reader.label(), label(kind));
    let mut plain = Vec::new();
    reader.read_to_end(&mut plain).map_err(of_io)?;
    reader.finish()?;
    Ok(plain)
}

#[test]
fn what_went_in_comes_out_and_nothing_of_it_is_seen_outside() {
    let directory = tempfile::tempdir().expect("a directory");
    let master = master(&directory, "a", 1);
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
        let plain: Vec<u8> = b"Geheimnis ".iter().copied().cycle().take(length).collect();
        let file = sealed(&master, ParcelKind::Content, &plain);
        assert_eq!(
            opened(&file, &master, ParcelKind::Content).expect("whole"),
            plain
        );
        assert!(!file.windows(6).any(|bytes| bytes == b"Geheim"));
    }
}

#[test]
fn a_file_that_was_cut_or_changed_is_refused_with_the_reason() {
    let directory = tempfile::tempdir().expect("a directory");
    let key = master(&directory, "a", 1);
    let plain = vec![5; CHUNK + 100];
    let file = sealed(&key, ParcelKind::Content, &plain);
    let refusal = |file: &[u8]| {
        let refused = opened(file, &key, ParcelKind::Content);
        refused.expect_err("refused").to_string()
    };
    // Wherever it ends, also exactly behind a piece.
    let first = file.len() - 100 - 28;
    for length in [0, 5, 30, 49, 50, 80, 110, 111, 200, first, file.len() - 1] {
        let reason = refusal(&file[..length]);
        let fits = reason.contains("cut off") || (length == 0 && reason.contains("no backup"));
        assert!(fits, "{length}: {reason}");
    }
    for at in [
        0,
        8,
        9,
        12,
        30,
        40,
        60,
        110,
        112,
        1_000,
        first,
        file.len() - 1,
    ] {
        let mut flipped = file.clone();
        flipped[at] ^= 4;
        refusal(&flipped);
    }
    let longer = [&file[..], b"x"].concat();
    assert!(refusal(&longer).contains("damaged"));
    // Two pieces in each other's place.
    let long = sealed(&key, ParcelKind::Content, &vec![5; 3 * CHUNK]);
    let piece = CHUNK + 28;
    let mut swapped = long.clone();
    swapped[111..111 + piece].copy_from_slice(&long[111 + piece..111 + 2 * piece]);
    assert!(refusal(&swapped).contains("111 bytes from its beginning"));

    let exchanged = opened(&file, &key, ParcelKind::Keys).expect_err("exchanged");
    assert_eq!(
        exchanged.to_string(),
        "it is a content file, and a key file is wanted here"
    );
    let other = master(&directory, "b", 2);
    let foreign = opened(&file, &other, ParcelKind::Content).expect_err("another key");
    assert!(matches!(foreign, ParcelError::OtherMaster));
    assert!(
        refusal(b"PK\x03\x04 some other file, long enough to hold a label and more")
            .contains("no backup")
    );
}

#[test]
fn the_label_cannot_be_exchanged() {
    let directory = tempfile::tempdir().expect("a directory");
    let master = master(&directory, "a", 1);
    let content = sealed(&master, ParcelKind::Content, b"a");
    let mut renamed = content.clone();
    renamed[9] = b'K';
    let refused = opened(&renamed, &master, ParcelKind::Keys).expect_err("renamed");
    assert!(matches!(refused, ParcelError::Damaged(0)), "{refused}");
}
