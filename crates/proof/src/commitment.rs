//! What the log really holds: a salted commitment to an event, never the event.
//!
//! Whoever has the event and its salt can show that it is the one that was written down. Once the
//! salt is erased with the contact's key, the leaf still counts in the tree and says nothing more.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::canonical::{self, CanonicalError};
use crate::hash::{self, Hash};
use crate::merkle::leaf_hash;
use crate::moment::Moment;
use crate::version::Version;

/// Sets commitments apart from every other use of the hash; the zero byte ends it.
const COMMITMENT_CONTEXT: &[u8] = b"tresen-commit-v1\0";

/// 32 random bytes that belong to one event.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    #[must_use]
    pub const fn from_random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The commitment to the canonical bytes of an event.
    #[must_use]
    pub fn commit(&self, payload: &[u8]) -> Hash {
        Hash::of(&[COMMITMENT_CONTEXT, &self.0, payload])
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Hash(self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = hash::from_hex(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

/// One leaf of a tree. It says what kind of thing happened and when, and commits to the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    pub commit: Hash,
    /// `consent.confirmed`, `erasure.done`, …
    pub kind: String,
    /// The leaf's place in its tree, from 0. Order is this number and never the time.
    pub seq: u64,
    /// The installation.
    pub tenant: String,
    #[serde(rename = "ts")]
    pub at: Moment,
    pub v: Version,
}

impl Leaf {
    /// The bytes that are hashed into the tree.
    ///
    /// # Errors
    /// When the number is too large for a canonical document.
    pub fn bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::write(self)
    }

    /// # Errors
    /// As `bytes`.
    pub fn hash(&self) -> Result<Hash, CanonicalError> {
        Ok(leaf_hash(&self.bytes()?))
    }
}
