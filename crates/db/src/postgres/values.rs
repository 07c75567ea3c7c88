//! Values on the wire: what a parameter of a type takes and a column of a type answers.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::error::DbError;
use crate::row::Row;
use crate::value::Value;

type Failed = Box<dyn Error + Sync + Send>;

/// Whether every value fits the type the server inferred for its place.
pub fn check_params(params: &[Value], types: &[Type]) -> Result<(), DbError> {
    if params.len() != types.len() {
        return Err(DbError::ParameterCount {
            wanted: types.len(),
            given: params.len(),
        });
    }
    for (index, (value, kind)) in params.iter().zip(types).enumerate() {
        if let Some(problem) = misfit(value, kind) {
            let number = index + 1;
            return Err(DbError::Parameter { number, problem });
        }
    }
    Ok(())
}

/// Whether every column of a statement can be read.
pub fn check_columns<'a>(types: impl Iterator<Item = &'a Type>) -> Result<(), DbError> {
    for (column, kind) in types.enumerate() {
        if !readable(kind) {
            let kind = kind.name().to_owned();
            return Err(DbError::ColumnType { column, kind });
        }
    }
    Ok(())
}

fn misfit(value: &Value, kind: &Type) -> Option<String> {
    let fits = match (value, kind) {
        (Value::Null, _) => true,
        (Value::Int(_), &Type::INT8 | &Type::FLOAT8 | &Type::FLOAT4) => true,
        (Value::Int(value), &Type::INT4) => i32::try_from(*value).is_ok(),
        (Value::Int(value), &Type::INT2) => i16::try_from(*value).is_ok(),
        (Value::Int(value), &Type::BOOL) => matches!(value, 0 | 1),
        (Value::Real(_), &Type::FLOAT8 | &Type::FLOAT4) => true,
        (Value::Text(text), kind) if is_text(kind) => {
            if text.contains('\0') {
                return Some("text cannot hold a NUL character".to_owned());
            }
            true
        }
        (Value::Blob(_), &Type::BYTEA) => true,
        _ => false,
    };
    (!fits).then(|| {
        format!(
            "the server expects {} here and this {} does not fit; cast the parameter",
            kind.name(),
            value.kind()
        )
    })
}

fn is_text(kind: &Type) -> bool {
    matches!(
        *kind,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN
    )
}

fn readable(kind: &Type) -> bool {
    let number = matches!(
        *kind,
        Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::FLOAT8 | Type::FLOAT4
    );
    number || is_text(kind) || matches!(*kind, Type::BYTEA | Type::VOID)
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match (self, kind) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            // SQLite stores NaN as null and minus zero as zero.
            (Value::Real(value), _) if value.is_nan() => return Ok(IsNull::Yes),
            (Value::Real(value), &Type::FLOAT4) => out.put_f32(*value as f32 + 0.0),
            (Value::Real(value), &Type::FLOAT8) => out.put_f64(*value + 0.0),
            (Value::Int(value), &Type::INT8) => out.put_i64(*value),
            (Value::Int(value), &Type::INT4) => out.put_i32(i32::try_from(*value)?),
            (Value::Int(value), &Type::INT2) => out.put_i16(i16::try_from(*value)?),
            (Value::Int(value), &Type::BOOL) => out.put_u8(u8::from(*value != 0)),
            (Value::Int(value), &Type::FLOAT8) => out.put_f64(*value as f64),
            (Value::Int(value), &Type::FLOAT4) => out.put_f32(*value as f32),
            (Value::Text(text), kind) if is_text(kind) => out.put_slice(text.as_bytes()),
            (Value::Blob(blob), &Type::BYTEA) => out.put_slice(blob),
            _ => return Err("the value does not fit the type".into()),
        }
        Ok(IsNull::No)
    }

    // The types are compared with the values before anything is sent, see `check_params`.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Failed> {
        Ok(match *kind {
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Int(i64::from(i32::from_sql(kind, raw)?)),
            Type::INT2 => Value::Int(i64::from(i16::from_sql(kind, raw)?)),
            Type::BOOL => Value::Int(i64::from(bool::from_sql(kind, raw)?)),
            Type::FLOAT8 => Value::Real(f64::from_sql(kind, raw)?),
            Type::FLOAT4 => Value::Real(f64::from(f32::from_sql(kind, raw)?)),
            Type::BYTEA => Value::Blob(raw.to_vec()),
            Type::VOID => Value::Null,
            _ => Value::Text(std::str::from_utf8(raw)?.to_owned()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failed> {
        Ok(Value::Null)
    }

    fn accepts(kind: &Type) -> bool {
        readable(kind)
    }
}

/// Reads a row whose columns were checked when the statement was prepared.
pub fn read_row(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    let values = (0..row.len()).map(|column| row.try_get(column));
    Ok(Row::new(values.collect::<Result<_, _>>()?))
}
