//! The binary's crate from outside.

mod canary;
mod demo;
mod memory;
#[cfg(feature = "faults")]
mod migrations;
mod people;
mod process;
mod refusals;
mod takeover;
mod verify;
