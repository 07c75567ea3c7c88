//! The binary's inside: configuration, wiring, subcommands.

pub mod backup;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod house;
pub mod memory;
pub mod open_files;
pub mod people;
pub mod serve;
pub mod verify;
