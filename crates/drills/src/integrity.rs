//! Whether the files of a database are whole, asked of the engine itself while nobody uses them.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::error::{Result, While, failed};
use crate::found::Found;

/// Checks every database below a data directory; each that is not whole counts as corrupt.
///
/// # Errors
/// When one cannot be opened at all.
pub fn check(data: &Path, found: &mut Found) -> Result<()> {
    let files = databases(data)?;
    found.must(
        !files.is_empty(),
        format!("there is no database in {}", data.display()),
    );
    for file in files {
        let told = ask(&file)?;
        if told != ["ok"] {
            found.corrupt += 1;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            found.must(false, format!("{name}: {}", told.join("; ")));
        }
    }
    Ok(())
}

/// Opening it for writing lets the engine bring in what its log holds.
fn ask(file: &Path) -> Result<Vec<String>> {
    let doing = format!("checking {}", file.display());
    let broken = |error: rusqlite::Error| failed(&doing, error);
    let connection =
        Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(broken)?;
    let mut told = Vec::new();
    for pragma in ["PRAGMA integrity_check", "PRAGMA foreign_key_check"] {
        // A file may be damaged so badly that the engine does not even begin to look.
        match lines(&connection, pragma) {
            Ok(lines) => told.extend(lines),
            Err(error) => told.push(error.to_string()),
        }
    }
    Ok(told)
}

fn lines(connection: &Connection, pragma: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(pragma)?;
    let lines = statement.query_map([], |row| row.get(0))?;
    lines.collect()
}

fn databases(folder: &Path) -> Result<Vec<PathBuf>> {
    let doing = "looking for databases";
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).doing(doing)? {
        let path = entry.doing(doing)?.path();
        if path.is_dir() {
            found.extend(databases(&path)?);
        } else if path.extension().is_some_and(|end| end == "db") {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file_is_told_from_a_damaged_one() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("house.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (a TEXT, b TEXT); CREATE INDEX i ON t (b);
                 WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 2000)
                 INSERT INTO t SELECT hex(randomblob(40)), hex(randomblob(20)) FROM n;",
            )
            .unwrap();
        connection.close().unwrap();
        let mut found = Found::default();
        check(place.path(), &mut found).unwrap();
        assert!(found.holds());
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 6_000].fill(0x5a);
        std::fs::write(&path, bytes).unwrap();
        check(place.path(), &mut found).unwrap();
        assert_eq!(found.corrupt, 1);
    }
}
