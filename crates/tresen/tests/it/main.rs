//! The binary's crate from outside.

mod backup;
mod canary;
mod demo;
mod erasure;
mod memory;
#[cfg(feature = "faults")]
mod migrations;
mod people;
mod process;
mod refusals;
mod takeover;
mod verify;
