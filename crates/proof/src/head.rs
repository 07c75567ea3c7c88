//! Signed tree heads: what a tree was at a moment, in the form of c2sp.org/tlog-checkpoint.
//!
//! ```text
//! chat.example.com/consent-2026
//! 20852
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//! time 2026-11-22T10:00:00Z
//!
//! — chat.example.com/consent-2026 Az3grl…
//! ```

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::hash::Hash;
use crate::key::{SigningKey, VerifierKey};
use crate::merkle::{ProofError, RightEdge, verify_consistency};
use crate::moment::Moment;
use crate::note::{self, NoteError};
use crate::tree::TreeName;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("not the head of a tree: origin, size, root and time, a line each")]
    Format,
    #[error("the head of another tree")]
    OtherTree,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error("the head of another tree was signed before")]
    OtherTree,
    #[error("the tree is not what was signed before: {0}")]
    Rewritten(#[from] ProofError),
}

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    pub tree: TreeName,
    pub size: u64,
    pub root: Hash,
    pub at: Moment,
}

impl TreeHead {
    /// The head of the tree with this edge. A clock that steps backwards does not take the head's
    /// time with it: a later head never claims an earlier moment.
    #[must_use]
    pub fn new(tree: TreeName, edge: &RightEdge, now: Moment, previous: Option<&Self>) -> Self {
        Self {
            tree,
            size: edge.size(),
            root: edge.root(),
            at: previous.map_or(now, |previous| previous.at.max(now)),
        }
    }

    fn text(&self, origin: &str) -> String {
        let Self { size, root, at, .. } = self;
        format!("{origin}\n{size}\n{}\ntime {at}\n", STANDARD.encode(root.0))
    }

    fn from_text(text: &str, tree: TreeName, origin: &str) -> Result<Self, HeadError> {
        let mut lines = text.lines();
        let mut next = || lines.next().ok_or(HeadError::Format);
        let (found, size, root, at) = (next()?, next()?, next()?, next()?);
        if found != origin {
            return Err(HeadError::OtherTree);
        }
        let root = STANDARD.decode(root).map_err(|_| HeadError::Format)?;
        let at = at.strip_prefix("time ").ok_or(HeadError::Format)?;
        let head = Self {
            tree,
            size: size.parse().map_err(|_| HeadError::Format)?,
            root: Hash(root.try_into().map_err(|_| HeadError::Format)?),
            at: at.parse().map_err(|_| HeadError::Format)?,
        };
        // A leading zero, a sign, a fifth line: each head has one text.
        let is_same = head.text(origin) == text;
        is_same.then_some(head).ok_or(HeadError::Format)
    }
}

/// The first line of a head: whose tree, and which.
#[must_use]
pub fn origin(name: &str, tree: TreeName) -> String {
    format!("{name}/{tree}")
}

/// A head with the note that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    head: TreeHead,
    note: String,
}

impl SignedHead {
    /// Signs the first head of a tree, or one that follows another: only with the proof that
    /// nothing was rewritten in between.
    ///
    /// # Errors
    /// When the previous head is of another tree or the proof does not hold.
    pub fn sign(
        key: &SigningKey,
        head: TreeHead,
        previous: Option<(&TreeHead, &[Hash])>,
    ) -> Result<Self, SignError> {
        if let Some((old, proof)) = previous {
            if old.tree != head.tree {
                return Err(SignError::OtherTree);
            }
            verify_consistency(old.size, head.size, proof, &old.root, &head.root)?;
        }
        let origin = origin(key.public().name(), head.tree);
        let note = note::sign(key, &origin, &head.text(&origin));
        Ok(Self { head, note })
    }

    /// Reads a head of this tree, signed by this key.
    ///
    /// # Errors
    /// When it is none.
    pub fn open(bytes: &[u8], key: &VerifierKey, tree: TreeName) -> Result<Self, HeadError> {
        let origin = origin(key.name(), tree);
        let text = note::open(bytes, key, &origin)?;
        let head = TreeHead::from_text(text, tree, &origin)?;
        let note = String::from_utf8(bytes.to_vec()).map_err(|_| HeadError::Format)?;
        Ok(Self { head, note })
    }

    #[must_use]
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }

    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// What is handed to those who keep it outside the house.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor {
            head: self.head,
            note: self.note.clone(),
            digest: Hash::of(&[self.note.as_bytes()]),
        }
    }
}

/// What leaves the house so that the house cannot rewrite its past: the note for a mailbox or a
/// witness, its digest for a timestamp authority (RFC 3161).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub head: TreeHead,
    pub note: String,
    pub digest: Hash,
}
