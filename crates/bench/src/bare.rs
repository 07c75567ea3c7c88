//! What the engine alone can do: one thread that commits the same rows, made durable in groups of
//! as many as are in flight. There is no HTTP, no signature, no parsing, no sealing, no look-up.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde::{Deserialize, Serialize};

use crate::accounting;
use crate::error::{BenchError, Result, failed};
use crate::moment;

/// The log is moved into the file at this many pages, inside a commit.
const CHECKPOINT_PAGES: i64 = 4_000;

/// The rows of many messages, as the product wrote them.
pub struct Rows {
    schema: Vec<String>,
    conversations: Vec<Vec<Value>>,
    addresses: Vec<Vec<Value>>,
    messages: Vec<Message>,
}

struct Message {
    row: Vec<Value>,
    callback: Vec<Value>,
    /// Preview and last id of its conversation, and its address.
    thread: [Value; 3],
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Committed {
    pub messages: u64,
    pub commits: u64,
    pub seconds: f64,
    pub cpu_seconds: f64,
}

impl Committed {
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.messages as f64 / self.seconds
    }
}

fn wrong(error: rusqlite::Error) -> BenchError {
    failed("working with the bare database", error)
}

const MESSAGE: &str = "conversation_id, seq, id, channel_id, direction, author_kind, author_id, \
    sealed, at, created_at, provider_key, provider_id, attachments, state, version";

fn read(connection: &Connection, sql: &str) -> Result<Vec<Vec<Value>>> {
    let mut statement = connection.prepare(sql).map_err(wrong)?;
    let columns = statement.column_count();
    let rows = statement
        .query_map([], |row| (0..columns).map(|at| row.get(at)).collect())
        .map_err(wrong)?;
    rows.collect::<rusqlite::Result<_>>().map_err(wrong)
}

impl Rows {
    /// Reads the newest messages of a house with everything that was written beside them.
    ///
    /// # Errors
    /// When the file cannot be read or holds fewer.
    pub fn newest(file: &Path, count: u64) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let source = Connection::open_with_flags(file, flags).map_err(wrong)?;
        // Tables in which the engine keeps its search index are made with that index.
        let schema = read(
            &source,
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
             AND name NOT LIKE '%words\\_%' ESCAPE '\\'",
        )?;
        let schema = schema
            .into_iter()
            .filter_map(|row| match row.into_iter().next() {
                Some(Value::Text(sql)) => Some(sql),
                _ => None,
            })
            .collect();
        let newest = format!("SELECT id FROM message ORDER BY id DESC LIMIT {count}");
        let of = format!("id IN (SELECT conversation_id FROM message WHERE id IN ({newest}))");
        let mut messages = read(
            &source,
            &format!(
                "SELECT {MESSAGE}, (SELECT preview FROM conversation c WHERE c.id = conversation_id), \
                 (SELECT last_inbound_id FROM conversation c WHERE c.id = conversation_id), \
                 (SELECT address_id FROM conversation c WHERE c.id = conversation_id) \
                 FROM message WHERE id IN ({newest}) ORDER BY id"
            ),
        )?;
        let callbacks = read(
            &source,
            &format!(
                "SELECT id, channel_id, received_at, state, issues, sealed FROM callback \
                 ORDER BY rowid DESC LIMIT {count}"
            ),
        )?;
        if messages.len() != callbacks.len() || (messages.len() as u64) < count {
            return Err(failed("reading rows", "there are too few"));
        }
        let messages = messages
            .drain(..)
            .zip(callbacks.into_iter().rev())
            .map(|(mut row, callback)| {
                let rest = row.split_off(15);
                let thread = rest.try_into();
                let thread = thread.unwrap_or([Value::Null, Value::Null, Value::Null]);
                Message {
                    row,
                    callback,
                    thread,
                }
            })
            .collect();
        Ok(Self {
            schema,
            conversations: read(&source, &format!("SELECT * FROM conversation WHERE {of}"))?,
            addresses: read(
                &source,
                &format!(
                    "SELECT * FROM address WHERE id IN (SELECT address_id FROM conversation WHERE {of})"
                ),
            )?,
            messages,
        })
    }

    /// Commits all of them into a new file, `group` at a time.
    ///
    /// # Errors
    /// When a row is not taken.
    pub fn commit(&self, directory: &Path, group: usize) -> Result<Committed> {
        let place =
            tempfile::tempdir_in(directory).map_err(|error| failed("making a directory", error))?;
        let connection = Connection::open(place.path().join("bare.db")).map_err(wrong)?;
        for (name, value) in [
            ("journal_mode", "WAL"),
            ("synchronous", "FULL"),
            ("secure_delete", "ON"),
        ] {
            connection.pragma_update(None, name, value).map_err(wrong)?;
        }
        connection
            .pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)
            .and_then(|()| connection.pragma_update(None, "cache_size", -65_536))
            .map_err(wrong)?;
        connection.set_prepared_statement_cache_capacity(32);
        self.prepare(&connection)?;
        let used = || accounting::cpu(std::process::id()).map(|cpu| cpu.total);
        let cpu = used()?;
        let begun = moment::now();
        let mut commits = 0;
        for group in self.messages.chunks(group) {
            connection.execute_batch("BEGIN IMMEDIATE").map_err(wrong)?;
            for message in group {
                message.write(&connection).map_err(wrong)?;
            }
            connection.execute_batch("COMMIT").map_err(wrong)?;
            commits += 1;
        }
        Ok(Committed {
            messages: self.messages.len() as u64,
            commits,
            seconds: begun.elapsed().as_secs_f64(),
            cpu_seconds: used()? - cpu,
        })
    }

    /// Everything that was there before the messages.
    fn prepare(&self, connection: &Connection) -> Result<()> {
        let insert = |table: &str, rows: &[Vec<Value>]| -> rusqlite::Result<()> {
            let Some(first) = rows.first() else {
                return Ok(());
            };
            let places = vec!["?"; first.len()].join(", ");
            let sql = format!("INSERT INTO {table} VALUES ({places})");
            let mut statement = connection.prepare(&sql)?;
            for row in rows {
                statement.execute(params_from_iter(row))?;
            }
            Ok(())
        };
        let all = || {
            for sql in &self.schema {
                connection.execute_batch(sql)?;
            }
            connection.execute_batch("BEGIN")?;
            insert("conversation", &self.conversations)?;
            insert("address", &self.addresses)?;
            connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
        };
        all().map_err(wrong)
    }
}

impl Message {
    fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let run = |sql: &str, values: &[&Value]| {
            connection
                .prepare_cached(sql)?
                .execute(params_from_iter(values.iter().copied()))
        };
        let row = &self.row;
        let seconds = match &row[8] {
            Value::Integer(at) => Value::Integer(at / 1_000),
            _ => Value::Null,
        };
        run(
            "INSERT INTO dedup (at, seen) VALUES (?, ?)",
            &[&seconds, &row[10]],
        )?;
        run(
            "UPDATE conversation SET last_seq = last_seq + 1, version = version + 1, \
             status = 'open', snoozed_until = NULL, unread = unread + 1, last_message_at = ?2, \
             preview = ?3, last_inbound_id = ?4, last_inbound_at = ?2 WHERE id = ?1",
            &[&row[0], &row[8], &self.thread[0], &self.thread[1]],
        )?;
        run(
            &format!(
                "INSERT INTO message ({MESSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            ),
            &row.iter().collect::<Vec<_>>(),
        )?;
        run(
            "INSERT INTO feed (at, kind, conversation_id, item_seq, ref_id) \
             VALUES (?, 'message.created', ?, ?, ?)",
            &[&row[9], &row[0], &row[1], &row[2]],
        )?;
        run(
            "UPDATE address SET last_used_at = ?2 WHERE id = ?1",
            &[&self.thread[2], &row[9]],
        )?;
        run(
            "INSERT INTO callback (id, channel_id, received_at, state, issues, sealed) \
             VALUES (?, ?, ?, ?, ?, ?)",
            &self.callback.iter().collect::<Vec<_>>(),
        )?;
        Ok(())
    }
}
