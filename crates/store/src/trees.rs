//! The trees in which what happened is written down: how long each is, its right edge, its tiles,
//! its signed heads. What the hashes mean is not known here.

use db::Row;
use domain::Timestamp;

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::unit::Unit;

/// Leaves of one tile.
const TILE_WIDTH: i64 = 256;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredTree {
    pub size: u64,
    pub edge: Vec<[u8; 32]>,
}

fn hashes_of(bytes: &[u8]) -> Result<Vec<[u8; 32]>, StoreError> {
    match bytes.as_chunks::<32>() {
        (hashes, []) => Ok(hashes.to_vec()),
        _ => Err(StoreError::Corrupt("hashes")),
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn head_of(row: &Row) -> Result<(u64, String), StoreError> {
    let size = u64::try_from(row.int(0)?).map_err(|_| StoreError::Corrupt("tree_head.size"))?;
    Ok((size, row.text(1)?.to_owned()))
}

impl Store {
    /// # Errors
    /// What the engine says.
    pub async fn tree(&self, name: &str) -> Result<StoredTree, StoreError> {
        let sql = "SELECT size, edge FROM tree WHERE name = $1";
        let Some(row) = self.db.query_opt(sql, vec![name.into()]).await? else {
            return Ok(StoredTree::default());
        };
        Ok(StoredTree {
            size: u64::try_from(row.int(0)?).map_err(|_| StoreError::Corrupt("tree.size"))?,
            edge: hashes_of(row.blob(1)?)?,
        })
    }

    /// The tree grew; the unit fails when somebody else's leaves came first.
    pub fn grow_tree(&self, unit: &mut Unit, name: &str, before: u64, after: &StoredTree) {
        let mut params = vec![
            name.into(),
            whole(after.size).into(),
            after.edge.concat().into(),
        ];
        if before == 0 {
            unit.one(
                Guard::Tree,
                "INSERT INTO tree (name, size, edge) VALUES ($1, $2, $3) \
                 ON CONFLICT (name) DO NOTHING",
                params,
            );
            return;
        }
        params.push(whole(before).into());
        unit.one(
            Guard::Tree,
            "UPDATE tree SET size = $2, edge = $3 WHERE name = $1 AND size = $4",
            params,
        );
    }

    /// The leaves of the tile that begins at `first`, as far as there are any.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn tree_leaves(&self, name: &str, first: u64) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT leaf FROM consent_event WHERE tree = $1 AND leaf_seq >= $2 \
                   ORDER BY leaf_seq LIMIT $3";
        let params = vec![name.into(), whole(first).into(), TILE_WIDTH.into()];
        let rows = self.db.query(sql, params).await?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// # Errors
    /// What the engine says.
    pub async fn tree_tile(
        &self,
        name: &str,
        level: u8,
        place: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT hashes FROM tree_tile WHERE tree = $1 AND level = $2 AND place = $3";
        let params = vec![name.into(), level.into(), whole(place).into()];
        let row = self.db.query_opt(sql, params).await?;
        row.map(|row| Ok(row.blob(0)?.to_vec())).transpose()
    }

    pub fn put_tree_tile(
        &self,
        unit: &mut Unit,
        name: &str,
        (level, place): (u8, u64),
        hashes: &[u8],
    ) {
        unit.run(
            "INSERT INTO tree_tile (tree, level, place, hashes) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tree, level, place) DO UPDATE SET hashes = excluded.hashes",
            vec![
                name.into(),
                level.into(),
                whole(place).into(),
                hashes.to_vec().into(),
            ],
        );
    }

    /// The newest signed head: the size it is of, and its note.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn newest_head(&self, name: &str) -> Result<Option<(u64, String)>, StoreError> {
        let sql = "SELECT size, note FROM tree_head WHERE tree = $1 ORDER BY size DESC LIMIT 1";
        let row = self.db.query_opt(sql, vec![name.into()]).await?;
        row.as_ref().map(head_of).transpose()
    }

    /// A head is never replaced: there is one of each size.
    pub fn add_head(&self, unit: &mut Unit, name: &str, size: u64, note: &str, now: Timestamp) {
        unit.one(
            Guard::Tree,
            "INSERT INTO tree_head (tree, size, note, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (tree, size) DO NOTHING",
            vec![name.into(), whole(size).into(), note.into(), now.0.into()],
        );
    }
}
