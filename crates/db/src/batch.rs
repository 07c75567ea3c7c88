//! Writes as data: statements with the row count each one expects.

use std::fmt;

use crate::row::Row;
use crate::sql::Sql;
use crate::value::Value;

/// How many rows a statement must affect (or return) for its batch to be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// This many rows.
    Exactly(u64),
    /// Not more than this many rows.
    AtMost(u64),
    /// Not fewer than this many rows.
    AtLeast(u64),
    /// No expectation.
    Any,
}

impl Expect {
    /// Whether a row count meets the expectation.
    pub fn met_by(self, rows: u64) -> bool {
        match self {
            Expect::Exactly(wanted) => rows == wanted,
            Expect::AtMost(limit) => rows <= limit,
            Expect::AtLeast(limit) => rows >= limit,
            Expect::Any => true,
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expect::Exactly(rows) => write!(f, "exactly {rows}"),
            Expect::AtMost(rows) => write!(f, "at most {rows}"),
            Expect::AtLeast(rows) => write!(f, "at least {rows}"),
            Expect::Any => f.write_str("any number"),
        }
    }
}

/// One statement of a batch.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The text, with `$n` placeholders.
    pub sql: Sql,
    /// The values of `$1`, `$2`, …; as many as the highest placeholder says.
    pub params: Vec<Value>,
    /// Rows the statement must affect; for a `SELECT` or `RETURNING`, rows it must return.
    pub expect: Expect,
    /// Whether the rows are handed back in [`Committed::returned`].
    pub returning: bool,
}

/// Statements that are committed together or not at all.
///
/// A `SELECT` with an expectation is allowed and guards the batch. On PostgreSQL it takes no
/// lock; where two processes may decide at once, guard with an `UPDATE` instead.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    statements: Vec<Statement>,
    returning: usize,
}

impl Batch {
    /// An empty batch. Committing it is allowed and does nothing.
    pub fn new() -> Self {
        Batch::default()
    }

    /// Adds a statement.
    pub fn push(&mut self, statement: Statement) -> &mut Self {
        if statement.returning {
            self.returning += 1;
        }
        self.statements.push(statement);
        self
    }

    /// Adds a statement that may affect any number of rows.
    pub fn run(&mut self, sql: impl Into<Sql>, params: Vec<Value>) -> &mut Self {
        self.add(sql.into(), params, Expect::Any, false)
    }

    /// Adds a statement that must affect exactly `rows` rows.
    pub fn expect(&mut self, sql: impl Into<Sql>, params: Vec<Value>, rows: u64) -> &mut Self {
        self.add(sql.into(), params, Expect::Exactly(rows), false)
    }

    /// Adds a statement that must affect exactly one row.
    pub fn expect_one(&mut self, sql: impl Into<Sql>, params: Vec<Value>) -> &mut Self {
        self.add(sql.into(), params, Expect::Exactly(1), false)
    }

    /// Adds a statement whose rows are wanted; answers the index in [`Committed::returned`].
    ///
    /// The order of the rows of a `RETURNING` is the engine's choice.
    pub fn returning(&mut self, sql: impl Into<Sql>, params: Vec<Value>) -> usize {
        let index = self.returning;
        self.add(sql.into(), params, Expect::Any, true);
        index
    }

    /// Appends all statements of another batch. Its `returning` indexes move up by the number
    /// of returning statements already here.
    pub fn append(&mut self, other: Batch) -> &mut Self {
        self.returning += other.returning;
        self.statements.extend(other.statements);
        self
    }

    /// The number of statements.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// True for a batch without statements.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The statements, in the order they run.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    pub(crate) fn statements_mut(&mut self) -> &mut [Statement] {
        &mut self.statements
    }

    fn add(&mut self, sql: Sql, params: Vec<Value>, expect: Expect, returning: bool) -> &mut Self {
        self.push(Statement {
            sql,
            params,
            expect,
            returning,
        })
    }
}

/// What a committed batch hands back.
#[derive(Debug, Default)]
pub struct Committed {
    /// The rows of each returning statement, by the index [`Batch::returning`] answered.
    pub returned: Vec<Vec<Row>>,
    /// The rows each statement affected or returned, by its position in the batch.
    pub rows: Vec<u64>,
}
