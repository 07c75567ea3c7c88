//! The storage engine: one API over SQLite and PostgreSQL that knows no domain word.
//!
//! Writes are [`Batch`]es: data, each statement with the row count it expects. A writer takes
//! what is queued, runs all of it inside one transaction, commits once and only then answers all
//! of them (group commit). A batch that misses an expectation is rolled back alone and its caller
//! re-reads and re-decides. Nobody is ever handed an open transaction. Reads go to a small pool of
//! read-only connections.
//!
//! ```text
//! commit(batch) ──▶ bounded queue ──▶ writer: BEGIN, all batches, COMMIT ──▶ answers
//! query(sql)    ──▶ bounded queue ──▶ read-only connections
//! changed()     ◀── ticks after every group commit, also for commits of other processes
//! ```
//!
//! # Writing SQL for both engines
//!
//! One text serves both; [`Sql::Pair`] is for the few that differ. What to keep in mind:
//!
//! - Placeholders are `$1`, `$2`, … and the same one may occur several times.
//! - `ORDER BY` on a nullable column says `NULLS FIRST` or `NULLS LAST` (the defaults differ).
//! - An upsert needs `ON CONFLICT (…)`; `INSERT OR …` exists on one engine only.
//! - PostgreSQL infers the type of a parameter from its place. Where there is none (`SELECT $1`,
//!   `CASE … THEN $1`) write `CAST($1 AS BIGINT)`, `CAST($1 AS TEXT)` or `CAST($1 AS BYTEA)`-pairs.
//! - `SUM` of integers is `numeric` on PostgreSQL: write `CAST(SUM(x) AS BIGINT)`.
//! - `LIKE` is case sensitive on both and always says `ESCAPE '\'` (only PostgreSQL has a default); text compares byte by byte on both (migrations write
//!   `{text}`, see [`Migration`]).
//! - Booleans are integers 0 and 1; a boolean result such as `EXISTS (…)` arrives as 0 or 1.
//! - Deferred constraints are refused by [`Database::migrate`]: they would fail at COMMIT and
//!   take every other batch of the group with them.

mod batch;
mod config;
mod database;
mod error;
pub mod faults;
mod group;
mod migration;
mod postgres;
mod row;
mod seen;
mod sql;
mod sqlite;
mod stats;
mod sums;
mod value;

pub use batch::{Batch, Committed, Expect, Statement};
pub use config::{Config, PostgresConfig, SqliteConfig};
pub use database::Database;
pub use error::{CommitError, ConstraintKind, DbError};
pub use migration::Migration;
pub use row::Row;
pub use seen::statements_seen;
pub use sql::{Engine, Shape, Sql};
pub use sqlite::{CommitFate, Steps};
pub use stats::Stats;
pub use sums::TableSum;
pub use value::Value;
