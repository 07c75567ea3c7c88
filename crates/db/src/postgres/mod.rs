//! PostgreSQL.

use std::sync::Arc;

use crate::batch::{Batch, Committed};
use crate::config::PostgresConfig;
use crate::database::Shared;
use crate::error::{CommitError, DbError};
use crate::migration::Step;
use crate::row::Row;
use crate::sql::{Shape, Sql};
use crate::value::Value;

pub(crate) struct PostgresDatabase {
    shared: Arc<Shared>,
}

fn soon<T>() -> Result<T, DbError> {
    Err(DbError::Setup("PostgreSQL is not built in yet".to_owned()))
}

impl PostgresDatabase {
    pub async fn open(_: PostgresConfig) -> Result<Self, DbError> {
        soon()
    }
    pub async fn commit(&self, _: Batch) -> Result<Committed, CommitError> {
        Ok(soon()?)
    }
    pub async fn query(&self, _: Sql, _: Vec<Value>) -> Result<Vec<Row>, DbError> {
        soon()
    }
    pub async fn snapshot(&self, _: Vec<(Sql, Vec<Value>)>) -> Result<Vec<Vec<Row>>, DbError> {
        soon()
    }
    pub async fn prepare_check(&self, _: Sql) -> Result<Shape, DbError> {
        soon()
    }
    pub async fn explain(&self, _: Sql, _: Vec<Value>) -> Result<Vec<String>, DbError> {
        soon()
    }
    pub async fn migrate(&self, _: Vec<Step>, _: i64) -> Result<(), DbError> {
        soon()
    }
    pub async fn close(&self) {}
    pub fn queued(&self) -> (usize, usize) {
        (0, 0)
    }
    pub fn shared(&self) -> &Shared {
        &self.shared
    }
}
