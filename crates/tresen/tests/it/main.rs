//! The binary's crate from outside.

mod canary;
mod demo;
mod people;
mod process;
mod refusals;
mod verify;
