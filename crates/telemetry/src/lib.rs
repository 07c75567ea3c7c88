//! Logs and metrics that never hold personal data.
//!
//! A log line is a sentence without anything put into it, plus fields whose names stand in
//! [`FIELDS`]; every other field is withheld, whoever sends it. Lines of foreign crates appear
//! only as warnings and errors, because their finer ones print bytes and addresses.

mod fields;
mod line;
mod log;
mod metrics;
mod panic;
mod settings;

pub use fields::FIELDS;
pub use log::{LogError, init, layer};
pub use metrics::{METRICS, Metric, MetricKind, Metrics, MetricsError, names, reference_markdown};
pub use settings::{LogFilter, LogFormat};
