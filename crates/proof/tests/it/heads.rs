//! Signed heads: what a tree was, by whom, and that nothing was rewritten since.

use proof::merkle::{RightEdge, consistency_proof};
use proof::{
    Hash, HeadError, Moment, NoteError, SignError, SignedHead, SigningKey, TreeHead, TreeName,
};

use crate::model;

fn key() -> SigningKey {
    SigningKey::from_seed("chat.example.com", &[7; 32]).expect("a key")
}

fn tree() -> TreeName {
    "consent-2026".parse().expect("a tree")
}

fn moment(text: &str) -> Moment {
    text.parse().expect("a moment")
}

fn edge(leaves: &[Hash]) -> RightEdge {
    let mut edge = RightEdge::new();
    for leaf in leaves {
        edge.append(*leaf);
    }
    edge
}

fn head(size: u64) -> TreeHead {
    let at = moment("2026-11-22T10:00:00Z");
    TreeHead::new(tree(), &edge(&model::leaves(size)), at, None)
}

#[test]
fn a_head_is_a_checkpoint_and_reads_back() {
    let signed = SignedHead::sign(&key(), head(5), None).expect("signed");
    let lines: Vec<&str> = signed.note().lines().collect();
    assert_eq!(lines[0], "chat.example.com/consent-2026");
    assert_eq!(lines[1], "5");
    assert_eq!(lines[2].len(), 44);
    assert_eq!(lines[3], "time 2026-11-22T10:00:00Z");
    assert_eq!(lines[4], "");
    assert!(lines[5].starts_with("— chat.example.com/consent-2026 "));
    let opened = SignedHead::open(signed.note().as_bytes(), key().public(), tree());
    assert_eq!(opened.as_ref(), Ok(&signed));
    let anchor = signed.anchor();
    assert_eq!(anchor.digest, Hash::of(&[anchor.note.as_bytes()]));
    assert_eq!(
        (anchor.head, anchor.note.as_str()),
        (head(5), signed.note())
    );
}

#[test]
fn au_03_any_flipped_bit_of_a_head_is_found() {
    let signed = SignedHead::sign(&key(), head(5), None).expect("signed");
    let note = signed.note().as_bytes();
    for at in 0..note.len() {
        for bit in 0..8 {
            let mut changed = note.to_vec();
            changed[at] ^= 1 << bit;
            let found = SignedHead::open(&changed, key().public(), tree());
            assert!(found.is_err(), "bit {bit} of byte {at}");
        }
        let found = SignedHead::open(&note[..at], key().public(), tree());
        assert!(found.is_err(), "cut at {at}");
    }
}

#[test]
fn a_head_counts_for_its_own_tree_and_key_only() {
    let signed = SignedHead::sign(&key(), head(5), None).expect("signed");
    let bytes = signed.note().as_bytes();
    let other_tree = "consent-2027".parse().expect("a tree");
    let found = SignedHead::open(bytes, key().public(), other_tree);
    assert_eq!(found, Err(HeadError::Note(NoteError::Unsigned)));
    let other = SigningKey::from_seed("chat.example.com", &[8; 32]).expect("a key");
    let found = SignedHead::open(bytes, other.public(), tree());
    assert_eq!(found, Err(HeadError::Note(NoteError::Unsigned)));
}

#[test]
fn a_witness_may_sign_beside_us_and_never_instead_of_us() {
    let signed = SignedHead::sign(&key(), head(5), None).expect("signed");
    let foreign = "— witness.example.com AAAAAAAA\n";
    let both = format!("{}{foreign}", signed.note());
    let opened = SignedHead::open(both.as_bytes(), key().public(), tree()).expect("ours is there");
    assert_eq!(
        (opened.head(), opened.note()),
        (signed.head(), both.as_str())
    );
    let text_end = signed.note().find("\n\n").expect("an empty line") + 2;
    let alone = format!("{}{foreign}", &signed.note()[..text_end]);
    let found = SignedHead::open(alone.as_bytes(), key().public(), tree());
    assert_eq!(found, Err(HeadError::Note(NoteError::Unsigned)));
    let many = format!("{}{}", signed.note(), foreign.repeat(16));
    assert!(SignedHead::open(many.as_bytes(), key().public(), tree()).is_err());
}

#[test]
fn au_04_a_tree_that_was_rewritten_or_rolled_back_gets_no_new_head() {
    let leaves = model::leaves(40);
    let old = head(25);
    let proof = consistency_proof(&model::nodes(&leaves), 25, 40).expect("older");
    assert!(SignedHead::sign(&key(), head(40), Some((&old, &proof))).is_ok());

    let mut rewritten = leaves.clone();
    rewritten[3] = Hash([3; 32]);
    let other = consistency_proof(&model::nodes(&rewritten), 25, 40).expect("older");
    let at = moment("2026-11-22T11:00:00Z");
    let new = TreeHead::new(tree(), &edge(&rewritten), at, Some(&old));
    for proof in [&proof, &other] {
        let refused = SignedHead::sign(&key(), new, Some((&old, proof)));
        assert!(matches!(refused, Err(SignError::Rewritten(_))));
    }
    // The database of an hour ago.
    let refused = SignedHead::sign(&key(), head(24), Some((&old, &[])));
    assert!(matches!(refused, Err(SignError::Rewritten(_))));
    let elsewhere = TreeHead {
        tree: "send-2026".parse().expect("a tree"),
        ..head(40)
    };
    let refused = SignedHead::sign(&key(), elsewhere, Some((&old, &proof)));
    assert_eq!(refused, Err(SignError::OtherTree));
}

#[test]
fn au_07_a_clock_that_steps_back_does_not_take_a_head_with_it() {
    let old = head(5);
    let edge = edge(&model::leaves(6));
    let back = TreeHead::new(tree(), &edge, moment("2026-11-22T08:00:00Z"), Some(&old));
    assert_eq!((back.at, back.size), (old.at, 6));
    let on = TreeHead::new(tree(), &edge, moment("2026-11-22T10:00:01Z"), Some(&old));
    assert!(on.at > old.at);
}
