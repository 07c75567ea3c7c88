//! The binary's crate from outside.

mod demo;
