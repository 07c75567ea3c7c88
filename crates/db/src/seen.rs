//! In development builds, every statement text that was given to a database: tests look whether
//! both engines take each of them, and how they would run it.

use std::sync::{Mutex, PoisonError};

use crate::sql::Sql;

static SEEN: Mutex<Vec<Sql>> = Mutex::new(Vec::new());

/// More distinct texts than this would mean that values are written into them.
const SEEN_MAX: usize = 10_000;

pub(crate) fn note(sql: &Sql) {
    if !cfg!(debug_assertions) {
        return;
    }
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if !seen.contains(sql) {
        assert!(
            seen.len() < SEEN_MAX,
            "statements without end: values belong into parameters"
        );
        seen.push(sql.clone());
    }
}

/// The distinct statements of this process up to now; empty in release builds.
pub fn statements_seen() -> Vec<Sql> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
