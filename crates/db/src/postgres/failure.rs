//! What an error of the server or of the connection means for the caller.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use crate::error::{ConstraintKind, DbError};

/// An error, sorted by what can be done about it.
#[derive(Debug)]
pub enum Failure {
    /// The connection is gone or of no use any more.
    Lost(DbError),
    /// A serialization failure or a deadlock: the transaction may simply run again.
    Again(DbError),
    /// A prepared statement does not fit the schema any more: prepare again.
    Stale(DbError),
    /// Anything else is for the caller.
    Other(DbError),
}

impl Failure {
    pub fn into_error(self) -> DbError {
        match self {
            Failure::Lost(error)
            | Failure::Again(error)
            | Failure::Stale(error)
            | Failure::Other(error) => error,
        }
    }
}

/// Why no connection came about, with the place and the reason in full: the words of the server
/// name roles, hosts and databases of the configuration here, never a stored value.
pub fn connecting(place: &str, error: &tokio_postgres::Error) -> DbError {
    let why = match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None => innermost(error),
    };
    // A wrong password or a missing database is an outage too: somebody may mend it.
    DbError::Unavailable(format!("{place}: {why}"))
}

fn innermost(error: &tokio_postgres::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Failure::Other(error)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(error) = error.as_db_error() {
            return from_server(error);
        }
        let source = error.source();
        let broken = source.is_some_and(|source| source.is::<std::io::Error>());
        if error.is_closed() || broken || source.is_none() {
            // Such as `connection closed` or what the operating system says; no values.
            return Failure::Lost(DbError::Unavailable(error.to_string()));
        }
        // Errors of the driver name a position at most.
        Failure::Other(DbError::Sql {
            code: "driver".to_owned(),
            message: error.to_string(),
        })
    }
}

fn from_server(error: &tokio_postgres::error::DbError) -> Failure {
    let code = error.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return Failure::Again(server_error(error));
    }
    let replanned = *code == SqlState::FEATURE_NOT_SUPPORTED
        && error.routine() == Some("RevalidateCachedQuery");
    if replanned || *code == SqlState::INVALID_SQL_STATEMENT_NAME {
        return Failure::Stale(server_error(error));
    }
    let lost = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::DATABASE_DROPPED,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::TOO_MANY_CONNECTIONS,
    ];
    if lost.contains(code) || code.code().starts_with("08") {
        let message = format!(
            "the server says {} ({})",
            plain(error.message()),
            code.code()
        );
        return Failure::Lost(DbError::Unavailable(message));
    }
    Failure::Other(server_error(error))
}

fn server_error(error: &tokio_postgres::error::DbError) -> DbError {
    let code = error.code().code();
    let name = || error.constraint().or(error.column()).map(str::to_owned);
    let constraint = |kind| DbError::Constraint { kind, name: name() };
    match code {
        "23505" => DbError::Unique { name: name() },
        "23503" => constraint(ConstraintKind::ForeignKey),
        "23514" => constraint(ConstraintKind::Check),
        "23502" => constraint(ConstraintKind::NotNull),
        "53100" => DbError::DiskFull,
        _ => DbError::Sql {
            code: code.to_owned(),
            message: message(code, error.message()),
        },
    }
}

/// The server's words, unless they may quote a value.
fn message(code: &str, message: &str) -> String {
    match code.get(..2) {
        Some("22") => "a value does not fit its type".to_owned(),
        Some("23") => "a constraint refused the row".to_owned(),
        // Syntax and names: the message is about the text of the statement.
        Some("42") => message.to_owned(),
        _ => plain(message),
    }
}

fn plain(message: &str) -> String {
    let end = message.find(['"', '\'']).unwrap_or(message.len());
    message[..end].trim().to_owned()
}
