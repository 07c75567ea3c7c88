//! Copies of a PostgreSQL database over our own connection, and what its tables hold.
//!
//! A copy is one read-only snapshot: every table of the schema as `COPY` writes it. The file is
//! `MAGIC`, the number of migrations, and for each table its name, its columns and the pieces of
//! its rows; lengths are big-endian, and a length of zero ends a list.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt, pin_mut};

use super::failure::Failure;
use super::link::{Connector, Link, Role};
use super::migrate;
use crate::error::DbError;
use crate::migration::Step;
use crate::sql::Sql;
use crate::sums::{RowHash, Summing, TableSum};

const MAGIC: &[u8] = b"tresen postgres copy 1\n";
/// Pieces between the connection and the file.
const QUEUE: usize = 64;
/// A piece of a file: what `COPY` sends at once is a row, and a row is far below this.
const PIECE_MAX: usize = 1 << 30;
/// What `COPY … (FORMAT binary)` begins with; four bytes of flags and four of a length follow.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// The tables of the schema with their columns. A column that notes the transaction is copied as
/// zero: the numbers of one server mean nothing on another, and of what was copied all is over.
const COLUMNS: &str = "SELECT CAST(c.relname AS TEXT) AS relation, CAST(a.attname AS TEXT) AS name, \
     COALESCE(pg_get_expr(d.adbin, d.adrelid) LIKE '%pg_current_xact_id%' ESCAPE '\\', FALSE) \
     AS notes_transaction, a.attidentity <> '' AS counts \
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
     WHERE c.relkind = 'r' AND c.relnamespace = to_regnamespace(CAST(current_schema() AS TEXT)) \
     AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
     ORDER BY CAST(c.relname AS TEXT) COLLATE \"C\", a.attnum";
const MIGRATIONS: &str = "SELECT COUNT(*) AS count FROM schema_migration";

struct Column {
    name: String,
    notes_transaction: bool,
    /// Its values come from a sequence.
    counts: bool,
}

struct Table {
    name: String,
    columns: Vec<Column>,
}

pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(quoted).collect::<Vec<_>>().join(", ")
}

impl Table {
    fn copy_out(&self) -> String {
        let columns = self.columns.iter().map(|column| {
            let name = quoted(&column.name);
            if column.notes_transaction {
                format!("CAST(0 AS BIGINT) AS {name}")
            } else {
                name
            }
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        let name = quoted(&self.name);
        format!("COPY (SELECT {columns} FROM {name}) TO STDOUT (FORMAT binary)")
    }
}

async fn tables(link: &mut Link) -> Result<Vec<Table>, Failure> {
    let rows = link.query(&Sql::Same(COLUMNS), &[]).await?.rows;
    let mut tables: Vec<Table> = Vec::new();
    for row in &rows {
        let column = Column {
            name: row.text(1)?.to_owned(),
            notes_transaction: row.bool(2)?,
            counts: row.bool(3)?,
        };
        match tables.last_mut() {
            Some(table) if table.name == row.text(0)? => table.columns.push(column),
            _ => tables.push(Table {
                name: row.text(0)?.to_owned(),
                columns: vec![column],
            }),
        }
    }
    Ok(tables)
}

/// Where the pieces of a copy go.
type Sink = Option<flume::Sender<Vec<u8>>>;

async fn put(sink: &Sink, piece: Vec<u8>) -> Result<(), Failure> {
    match sink {
        None => Ok(()),
        // The file's side has ended, and its error is the one that counts.
        Some(sink) => sink
            .send_async(piece)
            .await
            .map_err(|_| Failure::Other(DbError::Closed)),
    }
}

fn with_length(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 + bytes.len());
    // Rows and names are far below four gigabytes; PostgreSQL itself ends at one.
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
    out
}

/// Reads everything in one snapshot; answers what it was.
async fn read_all(link: &mut Link, sink: &Sink) -> Result<Vec<TableSum>, Failure> {
    link.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let tables = tables(link).await?;
    if sink.is_some() {
        let rows = link.query(&Sql::Same(MIGRATIONS), &[]).await?.rows;
        let applied = rows.first().map_or(Ok(0), |row| row.int(0))?;
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&applied.to_be_bytes());
        put(sink, head).await?;
    }
    let mut sums = Vec::with_capacity(tables.len());
    for table in tables {
        let mut head = with_length(table.name.as_bytes());
        for column in &table.columns {
            head.extend(with_length(column.name.as_bytes()));
        }
        head.extend(with_length(&[]));
        put(sink, head).await?;
        let stream = link.client.copy_out(&table.copy_out()).await?;
        pin_mut!(stream);
        let mut rows = Rows::of(table.name);
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            rows.take(&piece)?;
            if !piece.is_empty() {
                put(sink, with_length(&piece)).await?;
            }
        }
        put(sink, with_length(&[])).await?;
        sums.push(rows.summing.finish());
    }
    put(sink, with_length(&[])).await?;
    link.control("COMMIT").await?;
    Ok(sums)
}

/// Adds up the rows of a stream, wherever its pieces begin and end.
struct Rows {
    summing: Summing,
    rest: BytesMut,
    has_begun: bool,
    has_ended: bool,
}

impl Rows {
    fn of(name: String) -> Self {
        Rows {
            summing: Summing::of(name),
            rest: BytesMut::new(),
            has_begun: false,
            has_ended: false,
        }
    }

    fn take(&mut self, piece: &Bytes) -> Result<(), DbError> {
        self.rest.extend_from_slice(piece);
        if !self.has_begun {
            let head = SIGNATURE.len() + 8;
            if self.rest.len() < head {
                return Ok(());
            }
            if !self.rest.starts_with(SIGNATURE) {
                return Err(DbError::Setup(
                    "the server copies in another form".to_owned(),
                ));
            }
            self.rest.advance(head);
            self.has_begun = true;
        }
        while !self.has_ended {
            let Some(used) = self.row()? else { break };
            self.rest.advance(used);
        }
        Ok(())
    }

    /// Adds the next row and answers its length, unless some of it has not come yet.
    fn row(&mut self) -> Result<Option<usize>, DbError> {
        let mut left = &self.rest[..];
        let whole = left.len();
        let Ok(fields) = left.try_get_i16() else {
            return Ok(None);
        };
        if fields < 0 {
            self.has_ended = true;
            return Ok(None);
        }
        let mut hash = RowHash::new();
        for _ in 0..fields {
            let Ok(length) = left.try_get_i32() else {
                return Ok(None);
            };
            let Ok(length) = usize::try_from(length) else {
                hash.field(0, &[]);
                continue;
            };
            let Some((field, behind)) = left.split_at_checked(length) else {
                return Ok(None);
            };
            hash.field(1, field);
            left = behind;
        }
        let used = whole - left.len();
        self.summing.add(hash);
        Ok(Some(used))
    }
}

/// Runs one statement on a connection of its own.
pub async fn control(connector: &Connector, sql: &str) -> Result<(), DbError> {
    let link = connector.connect(Role::Migration).await?;
    link.control(sql).await.map_err(Failure::into_error)
}

pub async fn drop_tables(connector: &Connector) -> Result<(), DbError> {
    let mut link = connector.connect(Role::Migration).await?;
    let found = tables(&mut link).await.map_err(Failure::into_error)?;
    if found.is_empty() {
        return Ok(());
    }
    let names = listed(found.iter().map(|table| table.name.as_str()));
    let dropped = link.control(&format!("DROP TABLE {names}")).await;
    dropped.map_err(Failure::into_error)
}

pub async fn sums(connector: &Connector) -> Result<Vec<TableSum>, DbError> {
    let mut link = connector.connect(Role::Migration).await?;
    let read = read_all(&mut link, &None).await;
    read.map_err(Failure::into_error)
}

pub async fn write(connector: &Connector, path: &Path) -> Result<Vec<TableSum>, DbError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            DbError::Setup(format!("{} exists already", path.display()))
        }
        _ => unusable(path, &error),
    })?;
    let mut link = connector.connect(Role::Migration).await?;
    let (sink, pieces) = flume::bounded::<Vec<u8>>(QUEUE);
    let writer = tokio::task::spawn_blocking(move || {
        let mut file = BufWriter::new(file);
        while let Ok(piece) = pieces.recv() {
            file.write_all(&piece)?;
        }
        file.into_inner()?.sync_all()
    });
    let sink = Some(sink);
    let read = read_all(&mut link, &sink).await;
    drop(sink);
    let written = writer.await;
    let written = written.map_err(|_| DbError::Setup("a database task failed".to_owned()))?;
    written.map_err(|error| unusable(path, &error))?;
    read.map_err(Failure::into_error)
}

fn unusable(path: &Path, error: &std::io::Error) -> DbError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => DbError::DiskFull,
        _ => DbError::Storage(format!("{}: {error}", path.display())),
    }
}

/// What a file holds, one after the other.
enum Piece {
    Head { applied: i64 },
    Table { name: String, columns: Vec<String> },
    Rows(Bytes),
    TableEnds,
    End,
}

/// Reads a file piece by piece.
struct Pieces<R> {
    file: R,
}

impl<R: Read> Pieces<R> {
    fn bytes(&mut self) -> std::io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.file.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > PIECE_MAX {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let mut bytes = vec![0; length];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn text(&mut self) -> std::io::Result<String> {
        let invalid = |_| std::io::Error::from(std::io::ErrorKind::InvalidData);
        String::from_utf8(self.bytes()?).map_err(invalid)
    }

    fn head(&mut self) -> std::io::Result<Piece> {
        let mut magic = vec![0; MAGIC.len()];
        self.file.read_exact(&mut magic)?;
        if magic != MAGIC {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let mut applied = [0; 8];
        self.file.read_exact(&mut applied)?;
        let applied = i64::from_be_bytes(applied);
        Ok(Piece::Head { applied })
    }

    /// Hands everything on; ends early when nobody takes it.
    fn run(&mut self, sink: &flume::Sender<Piece>) -> std::io::Result<()> {
        let mut next = self.head()?;
        let mut in_table = false;
        loop {
            let ends = matches!(next, Piece::End);
            if sink.send(next).is_err() || ends {
                return Ok(());
            }
            next = if in_table {
                let rows = self.bytes()?;
                in_table = !rows.is_empty();
                if in_table {
                    Piece::Rows(rows.into())
                } else {
                    Piece::TableEnds
                }
            } else {
                let name = self.text()?;
                in_table = !name.is_empty();
                if in_table {
                    Piece::Table {
                        name,
                        columns: self.columns()?,
                    }
                } else {
                    Piece::End
                }
            };
        }
    }

    fn columns(&mut self) -> std::io::Result<Vec<String>> {
        let mut columns = Vec::new();
        loop {
            let column = self.text()?;
            if column.is_empty() {
                return Ok(columns);
            }
            columns.push(column);
        }
    }
}

fn no_copy(path: &Path) -> DbError {
    DbError::Setup(format!(
        "{} is not a whole copy of a PostgreSQL database",
        path.display()
    ))
}

pub async fn fill(
    connector: &Connector,
    path: &Path,
    steps: &[Step],
    now_ms: i64,
) -> Result<(), DbError> {
    let file = File::open(path).map_err(|error| unusable(path, &error))?;
    let (sink, pieces) = flume::bounded(QUEUE);
    let reader = tokio::task::spawn_blocking(move || {
        let file = BufReader::new(file);
        Pieces { file }.run(&sink)
    });
    let Ok(Piece::Head { applied }) = pieces.recv_async().await else {
        return Err(no_copy(path));
    };
    let mut link = connector.connect(Role::Migration).await?;
    refuse_rows(&mut link).await.map_err(Failure::into_error)?;
    let wanted = usize::try_from(applied).ok();
    let Some(wanted) = wanted.and_then(|wanted| steps.get(..wanted)) else {
        return Err(DbError::Newer {
            found: u32::try_from(applied).unwrap_or(u32::MAX),
            known: steps.last().map_or(0, |step| step.id),
        });
    };
    migrate::run(connector, wanted, now_ms).await?;
    let filled = fill_tables(&mut link, &pieces).await;
    drop(pieces);
    let read = reader.await;
    let read = read.map_err(|_| DbError::Setup("a database task failed".to_owned()))?;
    match (filled, read) {
        (Ok(true), Ok(())) => Ok(()),
        (Err(failure), Ok(())) => Err(failure.into_error()),
        (Ok(false), _) | (_, Err(_)) => Err(no_copy(path)),
    }
}

/// A try that was cut short leaves tables without rows, and may be repeated.
async fn refuse_rows(link: &mut Link) -> Result<(), Failure> {
    for table in tables(link).await? {
        let sql = format!("SELECT 1 FROM {} LIMIT 1", quoted(&table.name));
        let has_rows = !link.query(&Sql::Owned(sql), &[]).await?.rows.is_empty();
        if has_rows && table.name != "schema_migration" {
            let name = table.name;
            let told = format!("the database is not empty: the table {name} has rows");
            return Err(Failure::Other(DbError::Setup(told)));
        }
    }
    Ok(())
}

/// Answers whether the end of the copy was reached; without it nothing is kept.
async fn fill_tables(link: &mut Link, pieces: &flume::Receiver<Piece>) -> Result<bool, Failure> {
    link.control("BEGIN").await?;
    let tables = tables(link).await?;
    let names = listed(tables.iter().map(|table| table.name.as_str()));
    if !tables.is_empty() {
        link.control(&format!("TRUNCATE {names}")).await?;
    }
    loop {
        match pieces.recv_async().await {
            Ok(Piece::Table { name, columns }) => {
                let columns = listed(columns.iter().map(String::as_str));
                let into = quoted(&name);
                let sql = format!("COPY {into} ({columns}) FROM STDIN (FORMAT binary)");
                let sink = link.client.copy_in::<_, Bytes>(&sql).await?;
                pin_mut!(sink);
                while let Ok(Piece::Rows(rows)) = pieces.recv_async().await {
                    sink.send(rows).await?;
                }
                sink.finish().await?;
            }
            Ok(Piece::End) => break,
            // The file ended, or was in disorder.
            _ => return Ok(false),
        }
    }
    for table in &tables {
        for column in table.columns.iter().filter(|column| column.counts) {
            link.control(&count_on(&table.name, &column.name)).await?;
        }
    }
    link.control("COMMIT").await?;
    Ok(true)
}

/// A sequence goes on behind the highest number that was taken.
fn count_on(table: &str, column: &str) -> String {
    let text = |name: &str| format!("'{}'", name.replace('\'', "''"));
    format!(
        "SELECT setval(pg_get_serial_sequence({}, {}), \
         COALESCE((SELECT MAX({}) FROM {}), 0) + 1, FALSE)",
        text(&quoted(table)),
        text(column),
        quoted(column),
        quoted(table)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(rows: &[&[Option<&[u8]>]]) -> Vec<u8> {
        let mut out = SIGNATURE.to_vec();
        out.extend([0; 8]);
        for row in rows {
            out.extend(i16::try_from(row.len()).expect("few").to_be_bytes());
            for field in *row {
                let length = field.map_or(-1, |field| i32::try_from(field.len()).expect("short"));
                out.extend(length.to_be_bytes());
                out.extend(field.unwrap_or_default());
            }
        }
        out.extend((-1i16).to_be_bytes());
        out
    }

    #[test]
    fn rows_are_the_same_wherever_the_pieces_are_cut() {
        let stream = binary(&[&[Some(b"abc"), None], &[Some(b""), Some(b"x")]]);
        let sum = |length: usize| {
            let mut rows = Rows::of("t".to_owned());
            for piece in stream.chunks(length) {
                rows.take(&Bytes::copy_from_slice(piece)).expect("a copy");
            }
            assert!(rows.has_ended);
            rows.summing.finish()
        };
        let whole = sum(stream.len());
        assert_eq!(whole.rows, 2);
        (1..stream.len()).for_each(|length| assert_eq!(sum(length), whole));
    }
}
