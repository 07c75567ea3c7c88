//! Tiles: 256 neighbouring nodes of one level as one row of bytes, as c2sp.org/tlog-tiles cuts
//! them. Level 0 holds the hashes of leaves; a hash of level `n + 1` is the root of a full tile of
//! level `n`. The levels between are calculated and never kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::proofs::Nodes;
use super::{Completed, Node, node_hash};
use crate::hash::Hash;

pub const TILE_HEIGHT: u8 = 8;
pub const TILE_WIDTH: u16 = 1 << TILE_HEIGHT;

/// A tile of a tree: full, or the partial one at the right edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileAddress {
    pub level: u8,
    pub index: u64,
    /// Hashes in it, 1 to 256.
    pub width: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    #[error("a tile of {width} hashes is not {bytes} bytes long")]
    Length { width: u16, bytes: usize },
    #[error("hash {offset} of tile {level}/{index} does not follow what is there")]
    Gap { level: u8, index: u64, offset: u64 },
}

impl TileAddress {
    /// All tiles of a tree, each as wide as the tree fills it.
    #[must_use]
    pub fn all(size: u64) -> Vec<Self> {
        let mut tiles = Vec::new();
        let (mut level, mut hashes) = (0, size);
        while hashes > 0 {
            let count = hashes.div_ceil(u64::from(TILE_WIDTH));
            tiles.extend((0..count).filter_map(|index| Self::of(level, index, size)));
            hashes >>= TILE_HEIGHT;
            level += 1;
        }
        tiles
    }

    /// This tile in a tree of `size` leaves; nothing when it would be empty.
    #[must_use]
    pub fn of(level: u8, index: u64, size: u64) -> Option<Self> {
        let shift = u32::from(level) * u32::from(TILE_HEIGHT);
        let hashes = size.checked_shr(shift).unwrap_or(0);
        let before = index.checked_mul(u64::from(TILE_WIDTH))?;
        let width = hashes.checked_sub(before)?.min(u64::from(TILE_WIDTH));
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self {
            level,
            index,
            width,
        })
    }

    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }
}

/// The path c2sp.org/tlog-tiles gives it: `tile/0/x001/x234/067`, `tile/1/000.p/5`.
impl fmt::Display for TileAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        write!(f, "tile/{}", self.level)?;
        for (at, group) in groups.iter().enumerate().rev() {
            let more = if at > 0 { "x" } else { "" };
            write!(f, "/{more}{group:03}")?;
        }
        if self.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", self.width)
        }
    }
}

/// The tiles of a tree of `size` leaves in which these nodes lie.
#[must_use]
pub fn needed_tiles(nodes: &[Node], size: u64) -> BTreeSet<TileAddress> {
    nodes
        .iter()
        .filter_map(|node| {
            let (level, index, _) = place(*node);
            TileAddress::of(level, index, size)
        })
        .collect()
}

/// The tile of a node, and which of its hashes the node begins with.
fn place(node: Node) -> (u8, u64, u64) {
    let inside = node.level % TILE_HEIGHT;
    let first = node.index << inside;
    (
        node.level / TILE_HEIGHT,
        first >> TILE_HEIGHT,
        first % u64::from(TILE_WIDTH),
    )
}

/// Some tiles of one tree, held for a while: read for a proof, or grown by appending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tiles(BTreeMap<(u8, u64), Vec<Hash>>);

impl Tiles {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a tile's bytes: its hashes one behind the other. Bytes beyond the address's width
    /// are left aside, so a tile that grew in the meantime serves an older tree as well.
    ///
    /// # Errors
    /// When there are fewer bytes, or no whole number of hashes.
    pub fn insert(&mut self, address: TileAddress, bytes: &[u8]) -> Result<(), TileError> {
        let width = address.width;
        let (hashes, rest) = bytes.as_chunks::<32>();
        let Some(hashes) = hashes.get(..usize::from(width)).filter(|_| rest.is_empty()) else {
            let bytes = bytes.len();
            return Err(TileError::Length { width, bytes });
        };
        let hashes = hashes.iter().map(|hash| Hash(*hash)).collect();
        self.0.insert((address.level, address.index), hashes);
        Ok(())
    }

    /// Adds what `RightEdge::append` completed; answers the tiles that changed by it.
    ///
    /// # Errors
    /// When the tile it belongs into is not held as far as it was filled.
    pub fn grow(&mut self, completed: &[Completed]) -> Result<BTreeSet<(u8, u64)>, TileError> {
        let mut changed = BTreeSet::new();
        let kept = completed
            .iter()
            .filter(|(node, _)| node.level.is_multiple_of(TILE_HEIGHT));
        for (node, hash) in kept {
            let (level, index, offset) = place(*node);
            let tile = self.0.entry((level, index)).or_default();
            if u64::try_from(tile.len()) != Ok(offset) {
                return Err(TileError::Gap {
                    level,
                    index,
                    offset,
                });
            }
            tile.push(*hash);
            changed.insert((level, index));
        }
        Ok(changed)
    }

    /// The bytes of a tile that is held.
    #[must_use]
    pub fn bytes(&self, level: u8, index: u64) -> Option<Vec<u8>> {
        let tile = self.0.get(&(level, index))?;
        Some(tile.iter().flat_map(|hash| hash.0).collect())
    }
}

impl Nodes for Tiles {
    fn node(&self, node: Node) -> Option<Hash> {
        let (level, index, offset) = place(node);
        let width = 1_usize << (node.level % TILE_HEIGHT);
        let from = usize::try_from(offset).ok()?;
        let below = self.0.get(&(level, index))?.get(from..from + width)?;
        let mut row = below.to_vec();
        while row.len() > 1 {
            row = row
                .chunks_exact(2)
                .map(|pair| node_hash(&pair[0], &pair[1]))
                .collect();
        }
        row.pop()
    }
}
