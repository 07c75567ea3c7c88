//! Migrations on PostgreSQL.

use super::failure::Failure;
use super::link::{Connector, Link, Role};
use crate::error::DbError;
use crate::faults::{self, Point};
use crate::migration::{self, Applied, Step};
use crate::row::Row;
use crate::sql::Sql;
use crate::value::Value;

/// Any number nobody else uses: two processes that migrate at once take turns.
const LOCK: &str = "SELECT pg_advisory_lock(7307218318834)";
const CURRENT: &str = "SELECT CAST(pg_current_xact_id() AS TEXT)";

pub async fn run(connector: &Connector, steps: &[Step], now_ms: i64) -> Result<(), DbError> {
    // The lock ends with the connection, and so does a transaction that an error leaves open.
    let mut link = connector.connect(Role::Migration).await?;
    let prepared = async {
        link.control(LOCK).await?;
        link.control(migration::TABLE).await
    };
    prepared.await.map_err(Failure::into_error)?;
    let rows = query(&mut link, migration::APPLIED, &[]).await?;
    let applied = rows
        .iter()
        .map(Applied::read)
        .collect::<Result<Vec<_>, _>>()?;
    for step in migration::pending(steps, &applied)? {
        apply(&mut link, step, now_ms).await?;
    }
    Ok(())
}

async fn apply(link: &mut Link, step: &Step, now_ms: i64) -> Result<(), DbError> {
    let failed = |failure: Failure| step.failed(failure.into_error());
    link.control("BEGIN").await.map_err(failed)?;
    let before = query(link, CURRENT, &[]).await?;
    faults::hit(Point::MidMigration);
    link.control(&step.sql).await.map_err(failed)?;
    faults::hit(Point::MidMigration);
    if query(link, CURRENT, &[]).await? != before {
        return Err(step.problem("ended its transaction"));
    }
    let note = [
        Value::from(step.id),
        Value::from(step.name),
        Value::from(step.checksum.as_str()),
        Value::from(now_ms),
    ];
    query(link, migration::NOTE, &note).await?;
    faults::hit(Point::MidMigration);
    link.control("COMMIT").await.map_err(failed)?;
    faults::hit(Point::MidMigration);
    Ok(())
}

async fn query(link: &mut Link, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, DbError> {
    let outcome = link.query(&Sql::Same(sql), params).await;
    Ok(outcome.map_err(Failure::into_error)?.rows)
}
