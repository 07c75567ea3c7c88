//! The store on both engines.

mod feed;
