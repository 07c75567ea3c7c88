//! The names a log field may have, and nothing else.

use std::fmt;

use tracing::field::{Field, Visit};

/// Fields that are written. None of them can hold what a person said, is called, or is reached
/// at. Ids of contacts, conversations, messages and teammates are left out on purpose: they lead
/// to a person for as long as the person's data exists.
pub const FIELDS: &[&str] = &[
    "attempt",
    "batches",
    "by_ms",
    "bytes",
    "callback_item",
    "channel_id",
    "channel_kind",
    "code",
    "count",
    "directory",
    "duration_ms",
    "engine",
    "error",
    "job",
    "job_id",
    "kind",
    "lag_ms",
    "listen",
    "location",
    "method",
    "migration",
    "public_url",
    "reason",
    "request_id",
    "route",
    "rule",
    "signal",
    "state",
    "status",
    "topic",
    "version",
];

/// Crates of this house; lines of all others are foreign.
const OURS: &[&str] = &[
    "adapters",
    "app",
    "connectors",
    "db",
    "domain",
    "i18n",
    "ports",
    "store",
    "telemetry",
    "tresen",
    "tresen_http",
    "vault",
];

pub fn is_ours(target: &str) -> bool {
    let krate = target.split("::").next().unwrap_or(target);
    OURS.contains(&krate)
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Bool(bool),
    /// The name is not on the list.
    Withheld,
}

/// Fields in the order they came.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    pub message: Option<String>,
    pub values: Vec<(&'static str, Value)>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl FnOnce() -> Value) {
        let name = field.name();
        let value = if FIELDS.contains(&name) {
            value()
        } else {
            Value::Withheld
        };
        match self.values.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.values.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = Some(format!("{value:?}"));
        } else {
            self.put(field, || Value::Text(format!("{value:?}")));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message = Some(value.to_owned());
        } else {
            self.put(field, || Value::Text(value.to_owned()));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, || Value::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, || Value::Unsigned(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, || Value::Float(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, || Value::Bool(value));
    }
}
