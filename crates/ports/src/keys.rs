//! Where data keys lie: wrapped, and never in the database that holds what they open.

use async_trait::async_trait;

/// A data key wrapped by a key-encryption key of this generation.
#[derive(Clone)]
pub struct WrappedKey {
    pub generation: i64,
    pub bytes: Vec<u8>,
}

/// A subject and its wrapped key.
pub type SubjectKey = ([u8; 16], WrappedKey);

/// What stays of somebody who was erased: a keyed hash that meets the id again and tells nobody
/// else anything, and the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tombstone {
    pub digest: [u8; 16],
    pub at_ms: i64,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    #[error("the disk that holds the key store is full")]
    Full,
    /// Worth another try.
    #[error("the key store cannot be reached: {0}")]
    Unavailable(String),
    /// The key was wrapped by a generation that is over: wrap it by the current one.
    #[error("the generation of the key is over")]
    Outdated,
    #[error("the key store did not work: {0}")]
    Failed(String),
}

/// A subject is a contact, or a room of the house (a channel, the teammates' list).
#[async_trait]
pub trait KeyStore: Send + Sync + 'static {
    async fn get(&self, subject: [u8; 16]) -> Result<Option<WrappedKey>, KeyStoreError>;
    /// Durable when it returns. If the subject already has a key, that one is returned and
    /// nothing changes: two writers end with the same key. [`KeyStoreError::Outdated`] when the
    /// key's generation is over.
    async fn put_if_absent(
        &self,
        subject: [u8; 16],
        key: WrappedKey,
    ) -> Result<WrappedKey, KeyStoreError>;
    /// Gone when it returns, and noted with its tombstone in the same step.
    async fn destroy(
        &self,
        subject: [u8; 16],
        tombstone: Option<Tombstone>,
    ) -> Result<(), KeyStoreError>;
    /// What was noted, oldest first, after a moment.
    async fn tombstones(&self) -> Result<Vec<Tombstone>, KeyStoreError>;
    /// Key-encryption keys by generation, wrapped by the master key.
    async fn generations(&self) -> Result<Vec<WrappedKey>, KeyStoreError>;
    async fn put_generation(&self, key: WrappedKey) -> Result<WrappedKey, KeyStoreError>;
    /// Wrapped keys in the order of their subjects, after one of them.
    async fn page(
        &self,
        after: Option<[u8; 16]>,
        most: i64,
    ) -> Result<Vec<SubjectKey>, KeyStoreError>;
    /// Puts keys in the place of those that an older generation wrapped; a key that was destroyed
    /// meanwhile stays destroyed.
    async fn rewrap(&self, keys: Vec<SubjectKey>) -> Result<(), KeyStoreError>;
    /// Ends every generation before this one: its wrapped key is overwritten and gone when it
    /// returns. [`KeyStoreError::Outdated`] while a key is still wrapped by one of them.
    async fn retire_before(&self, generation: i64) -> Result<(), KeyStoreError>;
    /// What tells this key store from another one.
    async fn identity(&self) -> Result<Option<[u8; 16]>, KeyStoreError>;
    async fn put_identity(&self, identity: [u8; 16]) -> Result<(), KeyStoreError>;
}
