//! The binary's inside: configuration, wiring, subcommands.

pub mod config;
pub mod doctor;
pub mod house;
pub mod people;
pub mod serve;
