//! `cargo xtask simulate`: builds the simulation as the checks build it, and lets it run.

use crate::place::Place;
use crate::process::{self, Failure};

pub const BINARY: &str = "tresen-simulation";

/// Hands the arguments over: `--seed N` for one world to read, `--seeds N` for many.
pub fn run(place: &Place, arguments: &[String]) -> Result<(), Failure> {
    // With the features of the whole workspace: otherwise all dependencies were built again.
    let mut build = place.cargo();
    build.args(["build", "--quiet", "--workspace", "--bin", BINARY]);
    process::run(&mut build)?;
    let mut simulation = place.command(place.binary(BINARY));
    process::run(simulation.args(arguments))
}
