//! The tree as RFC 6962 defines it, word for word and as slow as that is.

use proof::Hash;
use proof::merkle::{empty_root, leaf_hash, node_hash};

pub fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|number| leaf_hash(&number.to_be_bytes()))
        .collect()
}

fn split(count: usize) -> usize {
    let mut width = 1;
    while width * 2 < count {
        width *= 2;
    }
    width
}

pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

pub fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if index < left.len() {
        let mut path = path(index, left);
        path.push(root(right));
        path
    } else {
        let mut path = path(index - left.len(), right);
        path.push(root(left));
        path
    }
}

pub fn consistency(old: usize, leaves: &[Hash]) -> Vec<Hash> {
    if old == 0 {
        return Vec::new();
    }
    subproof(old, leaves, true)
}

fn subproof(old: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known {
            Vec::new()
        } else {
            vec![root(leaves)]
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if old <= left.len() {
        let mut proof = subproof(old, left, known);
        proof.push(root(right));
        proof
    } else {
        let mut proof = subproof(old - left.len(), right, false);
        proof.push(root(left));
        proof
    }
}

/// Complete nodes straight from the leaves.
pub fn nodes(leaves: &[Hash]) -> impl Fn(proof::merkle::Node) -> Option<Hash> {
    let leaves = leaves.to_vec();
    move |node| {
        let width = 1_usize.checked_shl(u32::from(node.level))?;
        let from = usize::try_from(node.index).ok()?.checked_mul(width)?;
        leaves.get(from..from + width).map(root)
    }
}
