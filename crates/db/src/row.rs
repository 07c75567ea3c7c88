//! A row of a result, read by column position.

use crate::error::DbError;
use crate::value::Value;

/// One row. Columns are read by their position in the `SELECT` or `RETURNING` list, from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Row { values }
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True for a row without columns.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The raw value of a column.
    pub fn value(&self, column: usize) -> Result<&Value, DbError> {
        self.values.get(column).ok_or(DbError::NoColumn {
            column,
            columns: self.values.len(),
        })
    }

    /// All values, in column order.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// Takes the value out of a column and leaves `Null` behind: saves a copy of large blobs.
    pub fn take(&mut self, column: usize) -> Result<Value, DbError> {
        let columns = self.values.len();
        let slot = self.values.get_mut(column);
        let slot = slot.ok_or(DbError::NoColumn { column, columns })?;
        Ok(std::mem::take(slot))
    }

    /// An integer column that cannot be null.
    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        self.opt_int(column)?.ok_or_else(|| null(column, "integer"))
    }

    /// An integer column, `None` for null.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, DbError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(*value)),
            other => Err(wrong(column, "integer", other)),
        }
    }

    /// An integer column that holds 0 or 1.
    pub fn bool(&self, column: usize) -> Result<bool, DbError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DbError::WrongKind {
                column,
                wanted: "0 or 1",
                found: "another integer",
            }),
        }
    }

    /// A floating point column that cannot be null; integers are widened.
    pub fn real(&self, column: usize) -> Result<f64, DbError> {
        self.opt_real(column)?.ok_or_else(|| null(column, "real"))
    }

    /// A floating point column, `None` for null; integers are widened.
    pub fn opt_real(&self, column: usize) -> Result<Option<f64>, DbError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Real(value) => Ok(Some(*value)),
            Value::Int(value) => Ok(Some(*value as f64)),
            other => Err(wrong(column, "real", other)),
        }
    }

    /// A text column that cannot be null.
    pub fn text(&self, column: usize) -> Result<&str, DbError> {
        self.opt_text(column)?.ok_or_else(|| null(column, "text"))
    }

    /// A text column, `None` for null.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, DbError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            other => Err(wrong(column, "text", other)),
        }
    }

    /// A blob column that cannot be null.
    pub fn blob(&self, column: usize) -> Result<&[u8], DbError> {
        self.opt_blob(column)?.ok_or_else(|| null(column, "blob"))
    }

    /// A blob column, `None` for null.
    pub fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, DbError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Blob(value) => Ok(Some(value)),
            other => Err(wrong(column, "blob", other)),
        }
    }

    /// A 16-byte identifier (`{id}` in migrations) that cannot be null.
    pub fn id(&self, column: usize) -> Result<[u8; 16], DbError> {
        self.opt_id(column)?.ok_or_else(|| null(column, "id"))
    }

    /// A 16-byte identifier, `None` for null.
    pub fn opt_id(&self, column: usize) -> Result<Option<[u8; 16]>, DbError> {
        let Some(blob) = self.opt_blob(column)? else {
            return Ok(None);
        };
        let id = blob.try_into().map_err(|_| DbError::WrongKind {
            column,
            wanted: "id of 16 bytes",
            found: "blob of another length",
        })?;
        Ok(Some(id))
    }
}

fn null(column: usize, wanted: &'static str) -> DbError {
    DbError::WrongKind {
        column,
        wanted,
        found: "null",
    }
}

fn wrong(column: usize, wanted: &'static str, found: &Value) -> DbError {
    DbError::WrongKind {
        column,
        wanted,
        found: found.kind(),
    }
}
