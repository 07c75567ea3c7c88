//! Tests of the storage engine through its public face, on both engines.

mod copies;
mod crash;
mod differential;
mod engines;
mod files;
mod groups;
mod migrations;
mod outage;
mod reads;
mod steps;

// The same module that `testkit` exports: `testkit` stands above this crate.
#[expect(dead_code, reason = "the engine's tests need no dump of a database")]
#[path = "../../../testkit/src/postgres.rs"]
mod postgres;
