//! The proofs through their public face. Names of tests carry the acceptance checks they prove.

mod canonical;
mod commitments;
mod heads;
mod merkle;
mod model;
mod tiles;
mod written;
