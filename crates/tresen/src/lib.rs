//! The binary's inside: configuration, wiring, subcommands.

pub mod config;
