//! The decisions of the house and the words they are made of.
//!
//! Everything here is pure: time, ids and randomness arrive as parameters, nothing does I/O,
//! and personal data lives in [`Pii`], which can neither be printed nor serialised.

pub mod access;
pub mod channel;
pub mod consent;
pub mod content;
pub mod conversation;
pub mod delivery;
pub mod erasure;
pub mod gate;
pub mod ids;
pub mod inbound;
mod latin;
pub mod limits;
pub mod limits_page;
pub mod naming;
pub mod outbound;
pub mod pii;
pub mod recipients;
pub mod retention;
pub mod sensitive;
pub mod teammate;
pub mod time;
pub mod window;
pub mod withdrawal;
pub mod words;

pub use ids::*;
pub use pii::Pii;
pub use time::Timestamp;
