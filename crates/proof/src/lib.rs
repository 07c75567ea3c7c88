//! Proofs that outlive the house: what a customer agreed to, shown to anyone with nothing but a
//! file and a public key.
//!
//! Everything here is calculation. Time, randomness and what is stored come as parameters, so the
//! same code writes the log, packs the evidence and judges it. The formats are those of
//! `docs/proof-format.md`, from which someone else can write a verifier.
//!
//! ```text
//! notice ──hash──▶ event ──salted commitment──▶ leaf ──▶ tree ──▶ signed head ──▶ anchors
//! ```

pub mod canonical;
pub mod certificate;
mod commitment;
mod event;
mod hash;
mod head;
mod key;
pub mod merkle;
mod moment;
mod note;
mod notice;
pub mod package;
mod record;
mod tree;
mod version;

pub use commitment::{Leaf, Salt};
pub use event::{Act, ActKind, Challenge, ConsentEvent, ConsentState, EventKind, Evidence, Source};
pub use hash::{Hash, NotAHash};
pub use head::{Anchor, HeadError, SignError, SignedHead, TreeHead, origin};
pub use key::{KeyError, SigningKey, VerifierKey};
pub use moment::{Moment, NotAMoment};
pub use note::NoteError;
pub use notice::{
    Controller, Notice, NoticeError, Purpose, Recipient, Screen, Transfer, Withdrawal,
};
pub use record::{Notices, RecordError, record, record_id};
pub use tree::{NotATree, TreeClass, TreeName};
pub use version::Version;
