//! Inclusion and consistency proofs: which nodes they are made of, and how they are judged.
//!
//! Making follows the recursive definitions of RFC 6962 (2.1.1, 2.1.2) over ranges of leaves.
//! Judging follows the loops of RFC 9162 (2.1.3.2, 2.1.4.2), which need no tree and take any bytes.

use super::{Node, node_hash};
use crate::hash::Hash;

/// Where the hashes of complete nodes come from.
pub trait Nodes {
    /// The hash of a node, or nothing where it is not known.
    fn node(&self, node: Node) -> Option<Hash>;
}

impl<F: Fn(Node) -> Option<Hash>> Nodes for F {
    fn node(&self, node: Node) -> Option<Hash> {
        self(node)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("there is no leaf {index} in a tree of {size}")]
    NoLeaf { index: u64, size: u64 },
    #[error("a tree of {new} leaves does not follow one of {old}")]
    Shrunk { old: u64, new: u64 },
    #[error("the node {index} of level {} is not known", level)]
    UnknownNode { level: u8, index: u64 },
    #[error("the proof has {found} hashes where {expected} belong")]
    Length { expected: usize, found: usize },
    #[error("the proof leads to another root")]
    Root,
    #[error("the proof leads to another earlier root")]
    OldRoot,
}

/// Leaves `start` up to, not including, `end`.
type Range = (u64, u64);

/// The nodes that `inclusion_proof` will ask for.
///
/// # Errors
/// When there is no such leaf.
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<Node>, ProofError> {
    Ok(nodes_of(&inclusion_ranges(index, size)?))
}

/// The audit path of a leaf in a tree of `size` leaves.
///
/// # Errors
/// When there is no such leaf or a node is not known.
pub fn inclusion_proof(nodes: &impl Nodes, index: u64, size: u64) -> Result<Vec<Hash>, ProofError> {
    let ranges = inclusion_ranges(index, size)?;
    ranges.iter().map(|range| root_of(nodes, *range)).collect()
}

/// The nodes that `consistency_proof` will ask for.
///
/// # Errors
/// When the new tree is the smaller one.
pub fn consistency_nodes(old: u64, new: u64) -> Result<Vec<Node>, ProofError> {
    Ok(nodes_of(&consistency_ranges(old, new)?))
}

/// That a tree of `new` leaves begins with the tree of `old` leaves.
///
/// # Errors
/// When the new tree is the smaller one or a node is not known.
pub fn consistency_proof(nodes: &impl Nodes, old: u64, new: u64) -> Result<Vec<Hash>, ProofError> {
    let ranges = consistency_ranges(old, new)?;
    ranges.iter().map(|range| root_of(nodes, *range)).collect()
}

/// Judges that the leaf with this hash is number `index` of the tree with this root.
///
/// # Errors
/// With what is wrong.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoLeaf { index, size });
    }
    expect_length(inclusion_ranges(index, size)?.len(), proof.len())?;
    let (mut own, mut last, mut hash) = (index, size - 1, *leaf);
    for beside in proof {
        if own & 1 == 1 || own == last {
            hash = node_hash(beside, &hash);
            // The right edge has no neighbour on its right: climb until it is one.
            while own & 1 == 0 && own != 0 {
                own >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        own >>= 1;
        last >>= 1;
    }
    (hash == *root).then_some(()).ok_or(ProofError::Root)
}

/// Judges that the tree with `new_root` begins with the tree with `old_root`.
///
/// # Errors
/// With what is wrong.
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    expect_length(consistency_ranges(old, new)?.len(), proof.len())?;
    if old == 0 {
        let is_empty = *old_root == super::empty_root();
        return is_empty.then_some(()).ok_or(ProofError::OldRoot);
    }
    if old == new {
        return (old_root == new_root).then_some(()).ok_or(ProofError::Root);
    }
    let (mut own, mut last) = (old - 1, new - 1);
    while own & 1 == 1 {
        own >>= 1;
        last >>= 1;
    }
    // A whole old tree is a node of the new one: it is where both calculations start.
    let (start, rest) = match proof.split_first() {
        Some((first, rest)) if !old.is_power_of_two() => (first, rest),
        _ => (old_root, proof),
    };
    let (mut old_hash, mut new_hash) = (*start, *start);
    for beside in rest {
        if own & 1 == 1 || own == last {
            old_hash = node_hash(beside, &old_hash);
            new_hash = node_hash(beside, &new_hash);
            while own & 1 == 0 && own != 0 {
                own >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, beside);
        }
        own >>= 1;
        last >>= 1;
    }
    if old_hash != *old_root {
        return Err(ProofError::OldRoot);
    }
    (new_hash == *new_root)
        .then_some(())
        .ok_or(ProofError::Root)
}

fn expect_length(expected: usize, found: usize) -> Result<(), ProofError> {
    if expected == found {
        Ok(())
    } else {
        Err(ProofError::Length { expected, found })
    }
}

fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range>, ProofError> {
    if index >= size {
        return Err(ProofError::NoLeaf { index, size });
    }
    let mut beside = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            beside.push((middle, end));
            end = middle;
        } else {
            beside.push((start, middle));
            start = middle;
        }
    }
    // Written down from the root, read from the leaf.
    beside.reverse();
    Ok(beside)
}

fn consistency_ranges(old: u64, new: u64) -> Result<Vec<Range>, ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    let mut beside = Vec::new();
    if old == 0 {
        return Ok(beside);
    }
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            beside.push((middle, end));
            end = middle;
        } else {
            beside.push((start, middle));
            start = middle;
        }
    }
    // The old tree itself is known to who asks; a part of it is not.
    if start != 0 {
        beside.push((start, end));
    }
    beside.reverse();
    Ok(beside)
}

/// The greatest power of two below `count`, which is at least two.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

fn nodes_of(ranges: &[Range]) -> Vec<Node> {
    ranges
        .iter()
        .flat_map(|(start, end)| whole_nodes(*start, *end))
        .collect()
}

/// The complete nodes that make up a range whose start is a multiple of every width in it.
pub(super) fn whole_nodes(start: u64, end: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = start;
    while at < end {
        let level = (end - at).ilog2();
        nodes.push(Node {
            // A u64 has 64 levels.
            level: u8::try_from(level).unwrap_or(u8::MAX),
            index: at >> level,
        });
        at += 1 << level;
    }
    nodes
}

fn root_of(nodes: &impl Nodes, (start, end): Range) -> Result<Hash, ProofError> {
    let mut hash = None;
    for node in whole_nodes(start, end).into_iter().rev() {
        let Node { level, index } = node;
        let left = nodes
            .node(node)
            .ok_or(ProofError::UnknownNode { level, index })?;
        hash = Some(match hash {
            None => left,
            Some(right) => node_hash(&left, &right),
        });
    }
    Ok(hash.unwrap_or_else(super::empty_root))
}
