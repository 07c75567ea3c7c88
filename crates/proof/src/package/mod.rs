//! The package: everything a stranger needs to judge a consent, in one file.
//!
//! `docs/proof-format.md` describes it so exactly that someone else can write the verifier.

mod archive;
mod build;
mod judge;
mod layout;
mod verdict;
mod verify;

pub use archive::{
    ArchiveError, ENTRIES_MAX, ENTRY_BYTES_MAX, Entry, PACKAGE_BYTES_MAX, pack, unpack,
};
pub use build::{BuildError, Contents, build, seal};
pub use layout::{ProvenEvent, Step};
pub use verdict::{Check, CheckKind, Finding, RecordSummary, Summary, Verdict};
pub use verify::{Trust, verify};
