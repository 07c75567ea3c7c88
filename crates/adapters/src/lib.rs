//! The house's sockets filled in: files in a directory, wake-ups inside the process, the one HTTP
//! client, and pictures without what they tell about their makers.

mod blobs;
pub mod images;
pub mod net;

pub use blobs::DirectoryBlobs;
pub use images::{CleanImage, ImageError, Images};
pub use net::{HttpNet, NetSetupError};
