//! Merkle trees as RFC 6962 section 2.1 defines them, over SHA-256.
//!
//! The tree itself is never held: appending needs only the right edge (`edge.rs`), proofs are told
//! which nodes they need (`proofs.rs`), and nodes lie in tiles of 256 (`tiles.rs`).

mod edge;
mod proofs;
mod tiles;

pub use edge::{BrokenEdge, Completed, RightEdge};
pub use proofs::{
    Nodes, ProofError, consistency_nodes, consistency_proof, inclusion_nodes, inclusion_proof,
    verify_consistency, verify_inclusion,
};
pub use tiles::{TILE_HEIGHT, TILE_WIDTH, TileAddress, TileError, Tiles, needed_tiles};

use crate::hash::Hash;

/// The hash of a leaf: a zero byte sets it apart from every inner node.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Hash::of(&[&[0], leaf])
}

/// The hash of two neighbours.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

/// The root of a tree without leaves.
#[must_use]
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// A node over a whole power of two of leaves: number `index` of those that span `2^level` leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    pub level: u8,
    pub index: u64,
}
