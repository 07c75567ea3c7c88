//! Logs and metrics that never hold personal data.

mod settings;

pub use settings::{LogFilter, LogFormat};
