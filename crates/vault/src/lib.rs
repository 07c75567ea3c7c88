//! Keys and sealed values. The vault knows subjects only as sixteen bytes: never who they are.
//!
//! ```text
//! master.key ─HKDF─▶ wrapping key ─▶ key-encryption key (a generation) ─▶ data key of a subject
//!            ├─HKDF─▶ lookup key  (keyed hashes of addresses)
//!            ├─HKDF─▶ search key  (keyed hashes of words)
//!            ├─HKDF─▶ parcel key  (wraps the key of each backup, `parcel.rs`)
//!            └─HKDF─▶ fingerprint (tells a wrong key from a damaged database)
//! ```
//!
//! A sealed value is `version (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`, AES-256-GCM, with the
//! subject, the column and the row as associated data: a value moved to another place does not
//! open. Files are sealed in pieces, each bound to its number (`chunks.rs`).

mod chunks;
mod generations;
mod master;
mod parcel;
mod sealed;
mod tokens;

pub use chunks::{CHUNK, CHUNKS_VERSION, Chunks};
pub use generations::GenerationFiles;
pub use master::{BlindWord, MasterKey, MasterKeyError};
pub use parcel::{Label, ParcelError, ParcelKind, ParcelReader, ParcelWriter, of_io};
pub use sealed::{DataKey, KeyEncryptionKey, Place, SealError, Sealed};
pub use tokens::{Hasher, Token, constant_time_equal, digest};
