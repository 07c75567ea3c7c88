//! tresen-http

pub mod edge;
