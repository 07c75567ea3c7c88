//! Appending with nothing but the right edge of the tree: one hash for each one in the binary
//! size, so a tree of a million leaves grows with twenty hashes in hand.

use super::{Node, empty_root, node_hash};
use crate::hash::Hash;

/// The roots of the whole subtrees a tree is made of, the widest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RightEdge {
    size: u64,
    hashes: Vec<Hash>,
}

/// A node that got its last leaf and never changes again.
pub type Completed = (Node, Hash);

/// The number of hashes does not fit the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {} hashes at its right edge, not {found}", size.count_ones())]
pub struct BrokenEdge {
    size: u64,
    found: usize,
}

impl RightEdge {
    /// The edge of a tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An edge that was kept.
    ///
    /// # Errors
    /// When the number of hashes does not fit the size.
    pub fn from_parts(size: u64, hashes: Vec<Hash>) -> Result<Self, BrokenEdge> {
        if usize::try_from(size.count_ones()) != Ok(hashes.len()) {
            let found = hashes.len();
            return Err(BrokenEdge { size, found });
        }
        Ok(Self { size, hashes })
    }

    /// The nodes a kept edge is read from, the widest first.
    #[must_use]
    pub fn nodes(size: u64) -> Vec<Node> {
        super::proofs::whole_nodes(0, size)
    }

    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// Adds a leaf; answers every node this completes, the leaf first.
    pub fn append(&mut self, leaf: Hash) -> Vec<Completed> {
        let mut node = Node {
            level: 0,
            index: self.size,
        };
        let mut hash = leaf;
        let mut completed = vec![(node, hash)];
        // Each trailing one of the old size is a left neighbour that waited for this.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.hashes.pop() else { break };
            hash = node_hash(&left, &hash);
            node = Node {
                level: node.level + 1,
                index: node.index >> 1,
            };
            completed.push((node, hash));
        }
        self.hashes.push(hash);
        self.size += 1;
        completed
    }

    #[must_use]
    pub fn root(&self) -> Hash {
        let mut narrow_first = self.hashes.iter().rev();
        match narrow_first.next() {
            None => empty_root(),
            Some(last) => narrow_first.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}
