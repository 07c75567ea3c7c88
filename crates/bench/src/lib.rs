//! Measures the real release binary from outside: how much a message costs, how long an answer
//! takes, how it grows with history. Every figure is a ratio to a physical limit that was measured
//! in the same run, because seconds mean nothing on a machine that is shared.
//!
//! The server under test, the load and whoever steers are processes of their own. Nothing that
//! ships imports this crate.

pub mod accounting;
pub mod bare;
pub mod bodies;
pub mod error;
pub mod figures;
pub mod history;
pub mod house;
pub mod limits;
pub mod load;
pub mod moment;
pub mod page;
pub mod plot;
pub mod report;
pub mod scenario;
pub mod sockets;
pub mod wire;

pub use error::{BenchError, Result};
