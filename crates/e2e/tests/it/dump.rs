//! What lies in the database, seen from outside, to tell whether a refused request changed it.

use std::collections::BTreeMap;
use std::path::Path;

use db::{Config, Database, Value};
use testkit::World;

/// Every row of every table.
#[derive(PartialEq, Eq)]
pub(crate) struct Dump(BTreeMap<String, Vec<String>>);

/// Statements that only look; the house itself names its columns.
pub(crate) const LOOKING: &str = "SELECT * FROM ";

pub(crate) struct Looker {
    database: Database,
    tables: Vec<String>,
}

impl Looker {
    pub(crate) async fn at(world: &World) -> Self {
        let config = match world.database_url() {
            None => Config::sqlite(world.data().join("tresen.db")),
            Some(url) => Config::postgres(url),
        };
        Self {
            database: Database::open(config).await.expect("it opens"),
            tables: tables(),
        }
    }

    /// The keys of people, which lie in a file of their own.
    pub(crate) async fn at_the_keys(world: &World) -> Self {
        let config = Config::sqlite(world.data().join("keys.db"));
        Self {
            database: Database::open(config).await.expect("it opens"),
            tables: vec!["data_key".to_owned()],
        }
    }

    pub(crate) async fn dump(&self) -> Dump {
        let mut all = BTreeMap::new();
        for table in &self.tables {
            let look = format!("{LOOKING}{table}");
            let rows = self.database.query(look, Vec::new()).await.expect("rows");
            let mut rows: Vec<String> = rows
                .into_iter()
                .map(|row| row.into_values().iter().map(shown).collect())
                .collect();
            rows.sort_unstable();
            all.insert(table.clone(), rows);
        }
        Dump(all)
    }
}

impl Dump {
    /// The tables in which this stands somewhere.
    pub(crate) fn tables_with(&self, part: &str) -> Vec<&str> {
        let tables = self.0.iter();
        tables
            .filter(|(_, rows)| rows.iter().any(|row| row.contains(part)))
            .map(|(table, _)| table.as_str())
            .collect()
    }

    /// How many rows a table has.
    pub(crate) fn rows(&self, table: &str) -> usize {
        self.0.get(table).map_or(0, Vec::len)
    }

    /// The tables in which something is different.
    pub(crate) fn changed<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        let tables = self.0.iter();
        tables
            .filter(|(table, rows)| other.0.get(*table) != Some(rows))
            .map(|(table, _)| table.as_str())
            .collect()
    }
}

/// As the migrations name them.
fn tables() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/src/migrations");
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(folder).expect("migrations") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("text");
        let named = text.split("CREATE TABLE ").skip(1);
        tables.extend(named.filter_map(|rest| rest.split_whitespace().next().map(str::to_owned)));
    }
    assert!(tables.len() > 20, "{tables:?}");
    tables
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-|".to_owned(),
        Value::Int(number) => format!("{number}|"),
        Value::Real(number) => format!("{number}|"),
        Value::Text(text) => format!("{text:?}|"),
        Value::Blob(bytes) => format!("{bytes:02x?}|"),
    }
}
