//! Small readings of a row that every module needs.

use db::{Row, Value};
use domain::{ChannelId, Timestamp};

use crate::error::StoreError;

pub(crate) fn id16(row: &Row, column: usize) -> Result<[u8; 16], StoreError> {
    row.blob(column)?
        .try_into()
        .map_err(|_| StoreError::Corrupt("id"))
}

pub(crate) fn opt_id16(row: &Row, column: usize) -> Result<Option<[u8; 16]>, StoreError> {
    match row.opt_blob(column)? {
        None => Ok(None),
        Some(bytes) => bytes
            .try_into()
            .map(Some)
            .map_err(|_| StoreError::Corrupt("id")),
    }
}

pub(crate) fn at(row: &Row, column: usize) -> Result<Timestamp, StoreError> {
    Ok(Timestamp(row.int(column)?))
}

pub(crate) fn opt_at(row: &Row, column: usize) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.opt_int(column)?.map(Timestamp))
}

/// An id as a parameter.
pub(crate) fn blob(bytes: [u8; 16]) -> Value {
    Value::Blob(bytes.to_vec())
}

pub(crate) fn opt_blob(bytes: Option<[u8; 16]>) -> Value {
    bytes.map_or(Value::Null, blob)
}

pub(crate) fn opt_int(number: Option<i64>) -> Value {
    number.map_or(Value::Null, Value::Int)
}

pub(crate) fn opt_text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.to_owned()))
}

/// A keyed hash that is told apart by channel.
pub(crate) fn mixed(channel: ChannelId, mut key: [u8; 16]) -> [u8; 16] {
    for (byte, of_channel) in key.iter_mut().zip(channel.bytes()) {
        *byte ^= of_channel;
    }
    key
}
