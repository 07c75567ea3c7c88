//! Commitments and leaves: the vector of the project's reference, and what erasure leaves behind.

use proof::merkle::{RightEdge, leaf_hash, verify_inclusion};
use proof::{Hash, Leaf, Salt, Version};

use crate::model;

pub const PAYLOAD: &str = r#"{"channel":"whatsapp","event":"confirmed","locale":"de-DE","notice":"sha256:dc088e77acd0b15d9fbb9b282b699c1dcfb122cac1341a50ee0733c91472fd70","purpose":"marketing.newsletter","subject":"c_01J0TESTVECTOR","ts":"2026-11-22T09:15:00Z","v":1}"#;
const NOTICE: &str = "Ja, ich möchte Angebote der Muster GmbH per WhatsApp erhalten.";

fn salt() -> Salt {
    let mut bytes = [0; 32];
    for (number, byte) in (0..).zip(&mut bytes) {
        *byte = number;
    }
    Salt::from_random(bytes)
}

fn leaf() -> Leaf {
    Leaf {
        commit: salt().commit(PAYLOAD.as_bytes()),
        kind: "consent.confirmed".to_owned(),
        seq: 0,
        tenant: "t1".to_owned(),
        at: "2026-11-22T09:15:00Z".parse().expect("a moment"),
        v: Version,
    }
}

#[test]
fn au_01_the_vector_of_the_reference_holds() {
    assert_eq!(
        Hash::of(&[NOTICE.as_bytes()]).address(),
        "sha256:dc088e77acd0b15d9fbb9b282b699c1dcfb122cac1341a50ee0733c91472fd70"
    );
    let leaf = leaf();
    assert_eq!(
        leaf.commit.to_string(),
        "f01592b0043315ff9bc4a36c51d5532967d08738ecf6488bc96d88e2c28d4adb"
    );
    assert_eq!(
        String::from_utf8(leaf.bytes().expect("canonical")).expect("text"),
        r#"{"commit":"f01592b0043315ff9bc4a36c51d5532967d08738ecf6488bc96d88e2c28d4adb","kind":"consent.confirmed","seq":0,"tenant":"t1","ts":"2026-11-22T09:15:00Z","v":1}"#
    );
    let hash = leaf.hash().expect("canonical");
    assert_eq!(
        hash.to_string(),
        "9f9a45463f17ce1bcc553d5825f7840a317b44c22b2690db185faf4f41c62921"
    );
    let mut edge = RightEdge::new();
    edge.append(hash);
    edge.append(leaf_hash(b"second"));
    assert_eq!(
        edge.root().to_string(),
        "a8444a69b262c7d6220e1b7785daabf24371bdd1c360b055e3ed0d33e5922fed"
    );
}

#[test]
fn au_03_any_other_byte_of_event_or_salt_is_another_commitment() {
    let right = salt().commit(PAYLOAD.as_bytes());
    for at in 0..PAYLOAD.len() {
        let mut bytes = PAYLOAD.as_bytes().to_vec();
        bytes[at] ^= 1;
        assert_ne!(salt().commit(&bytes), right, "byte {at}");
    }
    for at in 0..32 {
        let mut bytes = *salt().bytes();
        bytes[at] ^= 1;
        assert_ne!(Salt::from_random(bytes).commit(PAYLOAD.as_bytes()), right);
    }
}

#[test]
fn au_06_a_leaf_whose_event_and_salt_are_gone_still_counts() {
    let hash = leaf().hash().expect("canonical");
    let mut leaves = model::leaves(40);
    leaves[17] = hash;
    let root = model::root(&leaves);
    // All that is left of the event is its leaf; without the salt it fits no guess.
    let proof = model::path(17, &leaves);
    assert_eq!(verify_inclusion(&hash, 17, 40, &proof, &root), Ok(()));
    let guess = Hash::of(&[b"tresen-commit-v1\0", PAYLOAD.as_bytes()]);
    assert_ne!(guess, leaf().commit);
}
