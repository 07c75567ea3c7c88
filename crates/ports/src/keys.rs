//! Where data keys lie: wrapped, and never in the database that holds what they open.

use async_trait::async_trait;

/// A data key wrapped by a key-encryption key of this generation.
#[derive(Clone)]
pub struct WrappedKey {
    pub generation: i64,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    #[error("the disk that holds the key store is full")]
    Full,
    /// Worth another try.
    #[error("the key store cannot be reached: {0}")]
    Unavailable(String),
    #[error("the key store did not work: {0}")]
    Failed(String),
}

/// A subject is a contact, or a room of the house (a channel, the teammates' list).
#[async_trait]
pub trait KeyStore: Send + Sync + 'static {
    async fn get(&self, subject: [u8; 16]) -> Result<Option<WrappedKey>, KeyStoreError>;
    /// Durable when it returns. If the subject already has a key, that one is returned and
    /// nothing changes: two writers end with the same key.
    async fn put_if_absent(
        &self,
        subject: [u8; 16],
        key: WrappedKey,
    ) -> Result<WrappedKey, KeyStoreError>;
    /// Physically gone when it returns.
    async fn destroy(&self, subject: [u8; 16]) -> Result<(), KeyStoreError>;
    /// Key-encryption keys by generation, wrapped by the master key.
    async fn generations(&self) -> Result<Vec<WrappedKey>, KeyStoreError>;
    async fn put_generation(&self, key: WrappedKey) -> Result<WrappedKey, KeyStoreError>;
}
