//! The proofs through their public face. Names of tests carry the acceptance checks they prove.

mod canonical;
mod commitments;
mod forgeries;
mod heads;
mod merkle;
mod model;
mod packages;
mod sample;
mod tiles;
mod written;
