//! Tests of the storage engine through its public face, on both engines.

mod group;
