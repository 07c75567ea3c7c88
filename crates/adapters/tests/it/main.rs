//! The adapters against the real things: a disk, sockets, picture files.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop loudly"
)]

mod blobs;
mod images;
mod net;
