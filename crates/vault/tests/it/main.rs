//! The vault through its public face.

mod parcels;

use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt;
use vault::{DataKey, KeyEncryptionKey, MasterKey, MasterKeyError, Place, SealError, Token};

fn place(row: &[u8]) -> Place<'_> {
    Place {
        column: "message.content",
        row,
    }
}

proptest! {
    // Case: PL03
    #[test]
    fn a_sealed_value_opens_only_with_its_key_and_at_its_place(
        plain in prop::collection::vec(any::<u8>(), 0..300),
        flip in any::<prop::sample::Index>(),
        bit in 0u8..8,
    ) {
        let key = DataKey::new([1; 16], &[9; 32]);
        let sealed = key.seal(place(b"row"), &plain).unwrap();
        let opened = key.open(place(b"row"), &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), plain.as_slice());

        prop_assert!(key.open(place(b"other"), &sealed).is_err());
        let elsewhere = Place { column: "note.text", row: b"row" };
        prop_assert!(key.open(elsewhere, &sealed).is_err());
        prop_assert!(DataKey::new([2; 16], &[9; 32]).open(place(b"row"), &sealed).is_err());
        prop_assert!(DataKey::new([1; 16], &[8; 32]).open(place(b"row"), &sealed).is_err());

        let mut damaged = sealed.clone();
        let at = flip.index(damaged.len());
        damaged[at] ^= 1 << bit;
        prop_assert!(key.open(place(b"row"), &damaged).is_err());
    }
}

#[test]
fn the_same_text_never_seals_to_the_same_bytes() {
    let key = DataKey::new([1; 16], &[9; 32]);
    assert_ne!(
        key.seal(place(b"r"), b"text").unwrap(),
        key.seal(place(b"r"), b"text").unwrap()
    );
}

#[test]
fn keys_are_wrapped_for_one_subject_and_one_generation() {
    let first = KeyEncryptionKey::new(1, &[3; 32]);
    let second = KeyEncryptionKey::new(2, &[3; 32]);
    let (key, wrapped) = DataKey::create([5; 16], &[6; 32], &first).unwrap();
    let sealed = key.seal(place(b"r"), b"text").unwrap();
    let again = DataKey::unwrap([5; 16], &wrapped, &first).unwrap();
    assert_eq!(
        again.open(place(b"r"), &sealed).unwrap().as_slice(),
        b"text"
    );
    assert!(matches!(
        DataKey::unwrap([6; 16], &wrapped, &first),
        Err(SealError::Open)
    ));
    assert!(matches!(
        DataKey::unwrap([5; 16], &wrapped, &second),
        Err(SealError::Open)
    ));
}

// Case: OP06, OP11
#[test]
fn the_master_key_file_is_private_and_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    assert!(matches!(
        MasterKey::load(&path),
        Err(MasterKeyError::Missing { .. })
    ));
    let made = MasterKey::create(&path, [4; 32]).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o400
    );
    assert!(MasterKey::create(&path, [5; 32]).is_err());

    let loaded = MasterKey::load(&path).unwrap();
    assert_eq!(made.fingerprint(), loaded.fingerprint());
    assert_eq!(
        made.lookup("phone", "+493023125000"),
        loaded.lookup("phone", "+493023125000")
    );
    assert_ne!(
        made.lookup("phone", "+493023125000"),
        made.lookup("mail", "+493023125000")
    );

    let wrapped = made.wrap_generation(1, &[7; 32]).unwrap();
    assert!(loaded.unwrap_generation(1, &wrapped).is_ok());
    assert!(loaded.unwrap_generation(2, &wrapped).is_err());

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(
        MasterKey::load(&path),
        Err(MasterKeyError::TooOpen { .. })
    ));
    let other = folder.path().join("other.key");
    std::fs::write(&other, "hello").unwrap();
    std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o400)).unwrap();
    assert!(matches!(
        MasterKey::load(&other),
        Err(MasterKeyError::Unusable { .. })
    ));
}

#[test]
fn tokens_carry_all_their_bits() {
    let mut secret = [0; 32];
    let zero = Token::from_secret("t", secret);
    secret[31] = 1;
    let one = Token::from_secret("t", secret);
    assert_ne!(zero.expose(), one.expose());
    assert_eq!(one.expose().len(), 2 + 52);
}

#[test]
fn pieces_open_only_at_their_own_place() {
    use vault::{CHUNK, Chunks};
    let key = DataKey::new([5; 16], &[6; 32]);
    let place = Place {
        column: "file",
        row: &[1; 16],
    };
    let other = Place {
        column: "file",
        row: &[2; 16],
    };
    let sealed = key.seal_chunk(place, 3, false, b"ein Stueck").unwrap();
    let opened = key.open_chunk(place, 3, false, &sealed).unwrap();
    assert_eq!(opened.as_slice(), b"ein Stueck");
    assert!(key.open_chunk(place, 4, false, &sealed).is_err(), "moved");
    assert!(key.open_chunk(place, 3, true, &sealed).is_err(), "cut off");
    assert!(
        key.open_chunk(other, 3, false, &sealed).is_err(),
        "of another"
    );
    assert!(key.open(place, &sealed).is_err(), "no value of a row");
    let foreign = DataKey::new([5; 16], &[7; 32]);
    assert!(foreign.open_chunk(place, 3, false, &sealed).is_err());
    for at in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        assert!(key.open_chunk(place, 3, false, &damaged).is_err(), "{at}");
    }
    // The pieces cover every byte once and lie one behind the other.
    let chunk = CHUNK as u64;
    for plain in [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 7] {
        let chunks = Chunks::of(plain);
        let (mut at, mut behind) = (0, 1);
        for number in 0..chunks.count() {
            let (first, end) = chunks.range(number);
            let (begins, length) = chunks.place(number);
            assert_eq!((first, begins), (at, behind), "{plain}");
            let bytes = usize::try_from(end - first).unwrap();
            let sealed = key.seal_chunk(place, number, true, &vec![0; bytes]);
            assert_eq!(sealed.unwrap().len(), length, "{plain}");
            (at, behind) = (end, begins + length as u64);
        }
        assert_eq!((at, behind), (plain, chunks.sealed_bytes()), "{plain}");
        assert!(chunks.is_last(chunks.count() - 1));
    }
}
