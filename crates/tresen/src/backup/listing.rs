//! What a backup says about itself: the last entry of each of its files.

use serde::{Deserialize, Serialize};
use store::TableSum;

use crate::config::{Config, Database};

/// The form of the files. A later one is read by later versions only.
pub const FORMAT: u32 = 1;
pub const LISTING: &str = "listing.json";
pub const DATABASE: &str = "database";
pub const FILE_PREFIX: &str = "file/";
pub const KEYS: &str = "keys";
pub const GENERATIONS: &str = "generations";
pub const TOMBSTONES: &str = "tombstones";
pub const IDENTITY: &str = "identity";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineName {
    Sqlite,
    Postgres,
}

impl EngineName {
    pub const fn of(config: &Config) -> Self {
        match config.database {
            Database::Sqlite => Self::Sqlite,
            Database::Postgres(_) => Self::Postgres,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A table's rows as they were when the copy was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    pub name: String,
    pub rows: u64,
    pub sum: String,
}

impl TableRow {
    pub fn of(sum: &TableSum) -> Self {
        Self {
            name: sum.name.clone(),
            rows: sum.rows,
            sum: hex(&sum.digest),
        }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentListing {
    pub format: u32,
    pub version: String,
    pub engine: EngineName,
    pub tables: Vec<TableRow>,
    pub files: u64,
    pub file_bytes: u64,
}

impl ContentListing {
    /// Rows of one table; a table that is not there has none.
    pub fn rows(&self, table: &str) -> u64 {
        let found = self.tables.iter().find(|row| row.name == table);
        found.map_or(0, |row| row.rows)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyListing {
    pub format: u32,
    pub version: String,
    pub keys: u64,
    pub generations: u64,
    pub tombstones: u64,
}
