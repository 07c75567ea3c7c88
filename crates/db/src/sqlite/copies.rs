//! Copies of a SQLite database, and what its tables hold.

use std::path::Path;

use rusqlite::types::ValueRef;

use super::files;
use super::session::{Session, preparing, running};
use crate::config::SqliteConfig;
use crate::error::DbError;
use crate::sql::Sql;
use crate::sums::{RowHash, Summing, TableSum};
use crate::value::Value;

/// Tables with rows of their own; a virtual one keeps its rows in others.
const TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 \
     AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

impl Session {
    /// Writes a copy to a new file, of one moment; answers what the copy holds.
    pub fn copy_to(&mut self, path: &Path) -> Result<Vec<TableSum>, DbError> {
        let text = path.to_str();
        let text = text
            .ok_or_else(|| DbError::Setup("the path of a copy must be valid UTF-8".to_owned()))?;
        files::create_private(path)?;
        self.query_only(false)?;
        self.run(&Sql::Same("VACUUM INTO $1"), &[Value::from(text)], false)?;
        files::make_durable(path)?;
        Session::reader(&SqliteConfig::new(path))?.sums()
    }

    /// What each table holds, all at one moment.
    pub fn sums(&mut self) -> Result<Vec<TableSum>, DbError> {
        self.control("BEGIN DEFERRED")?;
        let sums = self.sums_now();
        self.control("ROLLBACK")?;
        sums
    }

    fn sums_now(&mut self) -> Result<Vec<TableSum>, DbError> {
        let tables = self.query(&Sql::Same(TABLES), &[])?;
        let names = tables.iter().map(|row| Ok(row.text(0)?.to_owned()));
        let names = names.collect::<Result<Vec<_>, DbError>>()?;
        names.into_iter().map(|name| self.sum(name)).collect()
    }

    fn sum(&self, name: String) -> Result<TableSum, DbError> {
        let sql = format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""));
        let mut statement = self.connection().prepare(&sql).map_err(preparing)?;
        let columns = statement.column_count();
        let mut summing = Summing::of(name);
        let mut found = statement.raw_query();
        while let Some(row) = found.next().map_err(running)? {
            let mut hash = RowHash::new();
            for column in 0..columns {
                match row.get_ref(column).map_err(running)? {
                    ValueRef::Null => hash.field(0, &[]),
                    ValueRef::Integer(value) => hash.field(1, &value.to_be_bytes()),
                    ValueRef::Real(value) => hash.field(2, &value.to_be_bytes()),
                    ValueRef::Text(text) => hash.field(3, text),
                    ValueRef::Blob(blob) => hash.field(4, blob),
                }
            }
            summing.add(hash);
        }
        Ok(summing.finish())
    }
}
