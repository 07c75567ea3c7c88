//! Tests of the connectors through their public interface, in one binary.

mod bodies;
mod catalogue;
mod execute;
mod media;
mod parse;
mod proofs;
mod registry;
mod rendered;
mod settings;
mod stage;
mod templates;
mod totality;
