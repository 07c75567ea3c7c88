//! Trees against the published vectors of certificate transparency and against the definition.

use proof::Hash;
use proof::merkle::{
    ProofError, RightEdge, consistency_proof, empty_root, inclusion_proof, leaf_hash,
    verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::model;

const INPUTS: [&[u8]; 8] = [
    b"",
    &[0x00],
    &[0x10],
    &[0x20, 0x21],
    &[0x30, 0x31],
    &[0x40, 0x41, 0x42, 0x43],
    &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    &[
        0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e,
        0x6f,
    ],
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn inputs(count: usize) -> Vec<Hash> {
    INPUTS[..count]
        .iter()
        .map(|input| leaf_hash(input))
        .collect()
}

fn grown(leaves: &[Hash]) -> RightEdge {
    let mut edge = RightEdge::new();
    for leaf in leaves {
        edge.append(*leaf);
    }
    edge
}

fn hashes(texts: &[&str]) -> Vec<Hash> {
    let read = |text: &&str| text.parse().expect("a hash");
    texts.iter().map(read).collect()
}

#[test]
fn au_01_roots_are_those_of_certificate_transparency() {
    assert_eq!(
        empty_root().to_string(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert_eq!(RightEdge::new().root(), empty_root());
    for (count, root) in (1..).zip(ROOTS) {
        assert_eq!(grown(&inputs(count)).root().to_string(), root, "{count}");
    }
}

#[test]
fn au_01_proofs_are_those_of_certificate_transparency() {
    let paths: [(u64, usize, &[&str]); 4] = [
        (0, 1, &[]),
        (
            0,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            &[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            1,
            5,
            &[
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (index, size, path) in paths {
        let leaves = inputs(size);
        let made = inclusion_proof(&model::nodes(&leaves), index, size as u64);
        assert_eq!(made, Ok(hashes(path)), "{index} of {size}");
    }
    let consistencies: [(u64, usize, &[&str]); 3] = [
        (1, 1, &[]),
        (
            6,
            8,
            &[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            &[
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (old, size, proof) in consistencies {
        let leaves = inputs(size);
        let made = consistency_proof(&model::nodes(&leaves), old, size as u64);
        assert_eq!(made, Ok(hashes(proof)), "{old} to {size}");
    }
}

#[test]
fn au_02_every_proof_of_every_small_tree_is_the_defined_one_and_holds() {
    for size in 0..=70_u64 {
        let leaves = model::leaves(size);
        let nodes = model::nodes(&leaves);
        let root = model::root(&leaves);
        assert_eq!(grown(&leaves).root(), root);
        for (index, leaf) in (0..).zip(&leaves) {
            let proof = inclusion_proof(&nodes, index, size).expect("a leaf");
            assert_eq!(proof, model::path(index as usize, &leaves));
            assert_eq!(verify_inclusion(leaf, index, size, &proof, &root), Ok(()));
        }
        for old in 0..=size {
            let old_root = model::root(&leaves[..old as usize]);
            let proof = consistency_proof(&nodes, old, size).expect("an older tree");
            assert_eq!(proof, model::consistency(old as usize, &leaves));
            let verdict = verify_consistency(old, size, &proof, &old_root, &root);
            assert_eq!(verdict, Ok(()), "{old} to {size}");
        }
    }
}

#[test]
fn what_does_not_exist_has_no_proof() {
    let nothing = |_| None;
    assert_eq!(
        inclusion_proof(&nothing, 3, 3),
        Err(ProofError::NoLeaf { index: 3, size: 3 })
    );
    assert_eq!(
        consistency_proof(&nothing, 4, 3),
        Err(ProofError::Shrunk { old: 4, new: 3 })
    );
    assert_eq!(
        inclusion_proof(&nothing, 0, 2),
        Err(ProofError::UnknownNode { level: 0, index: 1 })
    );
}

#[test]
fn an_edge_is_taken_only_with_as_many_hashes_as_its_size_has() {
    let edge = grown(&model::leaves(11));
    let kept = RightEdge::from_parts(11, edge.hashes().to_vec()).expect("an edge");
    assert_eq!(kept, edge);
    assert!(RightEdge::from_parts(12, edge.hashes().to_vec()).is_err());
    assert!(RightEdge::from_parts(0, Vec::new()).is_ok());
    // It can also be read from the nodes it names.
    let leaves = model::leaves(11);
    let nodes = model::nodes(&leaves);
    let read: Vec<Hash> = RightEdge::nodes(11)
        .into_iter()
        .map(|node| nodes(node).expect("a complete node"))
        .collect();
    assert_eq!(read, edge.hashes());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn au_02_random_trees_prove_their_leaves_and_nothing_else(
        size in 1_u64..3_000,
        at in any::<prop::sample::Index>(),
        bit in 0_usize..256,
        which in any::<prop::sample::Index>(),
        other in 1_u64..5_000,
    ) {
        let leaves = model::leaves(size);
        let index = at.index(leaves.len()) as u64;
        let (leaf, root) = (leaves[index as usize], model::root(&leaves));
        let proof = inclusion_proof(&model::nodes(&leaves), index, size).expect("a leaf");
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));
        let flipped = |hash: &Hash| {
            let mut bytes = hash.0;
            bytes[bit / 8] ^= 1 << (bit % 8);
            Hash(bytes)
        };
        prop_assert!(verify_inclusion(&flipped(&leaf), index, size, &proof, &root).is_err());
        prop_assert!(verify_inclusion(&leaf, index, size, &proof, &flipped(&root)).is_err());
        if !proof.is_empty() {
            let place = which.index(proof.len());
            let mut wrong = proof.clone();
            wrong[place] = flipped(&proof[place]);
            prop_assert!(verify_inclusion(&leaf, index, size, &wrong, &root).is_err());
            wrong = proof.clone();
            wrong.remove(place);
            prop_assert!(verify_inclusion(&leaf, index, size, &wrong, &root).is_err());
            wrong = proof.clone();
            wrong.insert(place, proof[place]);
            prop_assert!(verify_inclusion(&leaf, index, size, &wrong, &root).is_err());
        }
        let elsewhere = (index + other) % size;
        if elsewhere != index {
            prop_assert!(verify_inclusion(&leaf, elsewhere, size, &proof, &root).is_err());
        }
        // A path may fit a tree of another size by its length, so only a longer or shorter one is
        // certain to be refused; the size itself is bound by the signed head.
        let larger = size.next_power_of_two() * 2 + other;
        prop_assert!(verify_inclusion(&leaf, index, larger, &proof, &root).is_err());
        prop_assert!(verify_inclusion(&leaf, index, index, &proof, &root).is_err());
    }

    #[test]
    fn au_02_random_trees_prove_that_nothing_was_rewritten(
        size in 1_u64..2_000,
        at in any::<prop::sample::Index>(),
        bit in 0_usize..256,
        which in any::<prop::sample::Index>(),
    ) {
        let leaves = model::leaves(size);
        let old = at.index(leaves.len()) as u64 + 1;
        let old_root = model::root(&leaves[..old as usize]);
        let root = model::root(&leaves);
        let proof = consistency_proof(&model::nodes(&leaves), old, size).expect("an older tree");
        prop_assert_eq!(verify_consistency(old, size, &proof, &old_root, &root), Ok(()));
        // A past with one other leaf in it.
        let mut past = leaves[..old as usize].to_vec();
        let place = which.index(past.len());
        past[place].0[bit / 8] ^= 1 << (bit % 8);
        let wrong = model::root(&past);
        prop_assert!(verify_consistency(old, size, &proof, &wrong, &root).is_err());
        for place in 0..proof.len() {
            let mut changed = proof.clone();
            changed[place].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_consistency(old, size, &changed, &old_root, &root).is_err());
        }
        let mut longer = proof.clone();
        longer.push(root);
        prop_assert!(verify_consistency(old, size, &longer, &old_root, &root).is_err());
        if size > old {
            prop_assert!(verify_consistency(size, old, &proof, &root, &old_root).is_err());
        }
    }

    #[test]
    fn judging_takes_any_numbers(
        index in any::<u64>(),
        size in any::<u64>(),
        proof in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70),
    ) {
        let root = Hash([7; 32]);
        prop_assert!(verify_inclusion(&root, index, size, &proof, &Hash([8; 32])).is_err());
        prop_assert!(verify_consistency(index, size, &proof, &root, &Hash([8; 32])).is_err());
    }
}
