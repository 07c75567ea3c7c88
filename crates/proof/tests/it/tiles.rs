//! Tiles against the definition of c2sp.org/tlog-tiles.

use std::collections::BTreeMap;

use proof::Hash;
use proof::merkle::{
    RightEdge, TILE_WIDTH, TileAddress, Tiles, consistency_nodes, consistency_proof,
    inclusion_nodes, inclusion_proof, needed_tiles,
};

use crate::model;

type Kept = BTreeMap<(u8, u64), Vec<u8>>;

/// A tree as a database would keep it: rows of bytes, and nothing else.
fn kept(leaves: &[Hash]) -> Kept {
    let (mut edge, mut tiles, mut rows) = (RightEdge::new(), Tiles::new(), Kept::new());
    for leaf in leaves {
        for (level, index) in tiles.grow(&edge.append(*leaf)).expect("in order") {
            rows.insert((level, index), tiles.bytes(level, index).expect("held"));
        }
    }
    rows
}

fn loaded(rows: &Kept, addresses: impl IntoIterator<Item = TileAddress>) -> Tiles {
    let mut tiles = Tiles::new();
    for address in addresses {
        let row = &rows[&(address.level, address.index)];
        tiles.insert(address, row).expect("long enough");
    }
    tiles
}

#[test]
fn a_tree_of_seventy_thousand_has_the_tiles_the_page_counts() {
    let all = TileAddress::all(70_000);
    let count = |level: u8, full: bool| {
        let is = |tile: &&TileAddress| tile.level == level && tile.is_full() == full;
        all.iter().filter(is).count()
    };
    assert_eq!((count(0, true), count(0, false)), (273, 1));
    assert_eq!((count(1, true), count(1, false)), (1, 1));
    assert_eq!((count(2, true), count(2, false)), (0, 1));
    assert_eq!(all.len(), 277);
    let paths: Vec<String> = all.iter().map(ToString::to_string).collect();
    for path in [
        "tile/0/000",
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ] {
        assert!(paths.iter().any(|found| found == path), "{path}");
    }
    let far = TileAddress {
        level: 3,
        index: 1_234_067,
        width: TILE_WIDTH,
    };
    assert_eq!(far.to_string(), "tile/3/x001/x234/067");
    assert!(TileAddress::all(0).is_empty());
    assert_eq!(TileAddress::of(0, 1, 256), None);
}

#[test]
fn tiles_hold_the_hashes_of_the_definition() {
    for size in [1_u64, 255, 256, 257, 700, 66_000] {
        let leaves = model::leaves(size);
        let rows = kept(&leaves);
        let all = TileAddress::all(size);
        assert_eq!(rows.len(), all.len(), "{size}");
        for address in all {
            let span = 256_usize.pow(u32::from(address.level));
            let expected: Vec<u8> = (0..usize::from(address.width))
                .flat_map(|offset| {
                    let from = (address.index as usize * 256 + offset) * span;
                    model::root(&leaves[from..from + span]).0
                })
                .collect();
            assert_eq!(rows[&(address.level, address.index)], expected, "{address}");
        }
    }
}

#[test]
fn au_02_proofs_come_from_the_few_tiles_they_name_also_for_the_tree_as_it_was() {
    let leaves = model::leaves(1_500);
    let rows = kept(&leaves);
    for size in [1_u64, 2, 256, 257, 511, 1_024, 1_499, 1_500] {
        let then = &leaves[..size as usize];
        for index in [0, size / 3, size / 2, size - 1] {
            let needed = needed_tiles(&inclusion_nodes(index, size).expect("a leaf"), size);
            let tiles = loaded(&rows, needed);
            let proof = inclusion_proof(&tiles, index, size);
            assert_eq!(proof, Ok(model::path(index as usize, then)));
        }
        for old in [1, size / 2 + 1, size] {
            let needed = needed_tiles(&consistency_nodes(old, size).expect("older"), size);
            let tiles = loaded(&rows, needed);
            let proof = consistency_proof(&tiles, old, size);
            assert_eq!(proof, Ok(model::consistency(old as usize, then)));
        }
        // The edge comes back from the tiles after a restart.
        let nodes = RightEdge::nodes(size);
        let tiles = loaded(&rows, needed_tiles(&nodes, size));
        let hashes = nodes.iter().map(|node| {
            proof::merkle::Nodes::node(&tiles, *node).expect("a complete node of the edge")
        });
        let edge = RightEdge::from_parts(size, hashes.collect()).expect("as many as it takes");
        assert_eq!(edge.root(), model::root(then));
    }
}

#[test]
fn tiles_that_are_too_short_or_have_a_gap_are_refused() {
    let address = TileAddress {
        level: 0,
        index: 0,
        width: 2,
    };
    let mut tiles = Tiles::new();
    assert!(tiles.insert(address, &[0; 63]).is_err());
    assert!(tiles.insert(address, &[0; 32]).is_err());
    assert!(tiles.insert(address, &[0; 70]).is_err());
    assert!(tiles.insert(address, &[0; 96]).is_ok());
    let mut edge = RightEdge::new();
    edge.append(Hash([1; 32]));
    let second = edge.append(Hash([2; 32]));
    assert!(Tiles::new().grow(&second).is_err());
}
