//! The keys in use: unwrapped, cached, made on first need.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use domain::ContactId;
use lru::LruCache;
use ports::{Ids, KeyStore, WrappedKey};
use vault::{BlindWord, DataKey, KeyEncryptionKey, MasterKey};

use crate::error::StoreError;

/// Everything that belongs to the house and to no contact.
pub(crate) const HOUSE: [u8; 16] = *b"tresen/house/001";

/// About 200 bytes a key: enough for the active contacts of a large desk.
const CACHED_KEYS: NonZeroUsize = NonZeroUsize::new(200_000).unwrap();

pub struct KeyRing {
    master: MasterKey,
    generations: HashMap<i64, KeyEncryptionKey>,
    current: i64,
    identity: [u8; 16],
    keys: Arc<dyn KeyStore>,
    ids: Arc<dyn Ids>,
    cache: Mutex<LruCache<[u8; 16], Arc<DataKey>>>,
}

/// The oldest generation stands for the store: its secret is random and made once.
fn identity_of(master: &MasterKey, stored: &[WrappedKey]) -> [u8; 16] {
    let oldest = stored.iter().min_by_key(|key| key.generation);
    let wrapped = oldest.map_or(&[][..], |key| &key.bytes);
    let digits: String = wrapped.iter().map(|byte| format!("{byte:02x}")).collect();
    master.lookup("key store", &digits)
}

impl KeyRing {
    /// Unwraps the generations, and makes the first one in an empty key store.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] when the master key did not wrap this key store.
    pub async fn open(
        master: MasterKey,
        keys: Arc<dyn KeyStore>,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, StoreError> {
        let mut stored = keys.generations().await?;
        if stored.is_empty() {
            let bytes = master
                .wrap_generation(1, &ids.secret())
                .map_err(|_| StoreError::Sealed("key_generation"))?;
            stored.push(
                keys.put_generation(WrappedKey {
                    generation: 1,
                    bytes,
                })
                .await?,
            );
        }
        let mut generations = HashMap::new();
        for key in &stored {
            let kek = master
                .unwrap_generation(key.generation, &key.bytes)
                .map_err(|_| StoreError::WrongKey)?;
            generations.insert(key.generation, kek);
        }
        let current = stored.iter().map(|key| key.generation).max().unwrap_or(1);
        let identity = identity_of(&master, &stored);
        let cache = Mutex::new(LruCache::new(CACHED_KEYS));
        Ok(Self {
            master,
            generations,
            current,
            identity,
            keys,
            ids,
            cache,
        })
    }

    /// The same for the same key store, and another one for a store that was made anew: the
    /// database remembers it.
    pub(crate) const fn identity(&self) -> [u8; 16] {
        self.identity
    }

    pub(crate) fn lookup(&self, kind: &str, value: &str) -> [u8; 16] {
        self.master.lookup(kind, value)
    }

    pub(crate) fn blind_word(&self, word: &str) -> BlindWord {
        self.master.blind_word(word)
    }

    pub(crate) fn fingerprint(&self) -> [u8; 16] {
        self.master.fingerprint()
    }

    /// The key of a subject, made now if there is none. It is durable when this returns, so that
    /// nothing is ever sealed with a key that a crash could take away.
    pub(crate) async fn key(&self, subject: [u8; 16]) -> Result<Arc<DataKey>, StoreError> {
        if let Some(key) = self.existing(subject).await? {
            return Ok(key);
        }
        let kek = self.generation(self.current)?;
        let (_, wrapped) = DataKey::create(subject, &self.ids.secret(), kek)
            .map_err(|_| StoreError::Sealed("data_key"))?;
        let stored = self
            .keys
            .put_if_absent(
                subject,
                WrappedKey {
                    generation: self.current,
                    bytes: wrapped,
                },
            )
            .await?;
        self.remember(subject, &stored)
    }

    pub(crate) async fn contact_key(&self, contact: ContactId) -> Result<Arc<DataKey>, StoreError> {
        self.key(contact.bytes()).await
    }

    pub(crate) async fn house_key(&self) -> Result<Arc<DataKey>, StoreError> {
        self.key(HOUSE).await
    }

    /// The key of a subject, unless it never had one or it was destroyed.
    pub(crate) async fn existing(
        &self,
        subject: [u8; 16],
    ) -> Result<Option<Arc<DataKey>>, StoreError> {
        if let Some(key) = self.locked().get(&subject) {
            return Ok(Some(Arc::clone(key)));
        }
        match self.keys.get(subject).await? {
            None => Ok(None),
            Some(stored) => self.remember(subject, &stored).map(Some),
        }
    }

    /// Forgets a key here and destroys it in the key store.
    pub(crate) async fn destroy(&self, subject: [u8; 16]) -> Result<(), StoreError> {
        self.locked().pop(&subject);
        self.keys.destroy(subject).await?;
        // Somebody may have read it between the two steps.
        self.locked().pop(&subject);
        Ok(())
    }

    fn remember(&self, subject: [u8; 16], stored: &WrappedKey) -> Result<Arc<DataKey>, StoreError> {
        let kek = self.generation(stored.generation)?;
        let key = DataKey::unwrap(subject, &stored.bytes, kek).map_err(|_| StoreError::WrongKey)?;
        let key = Arc::new(key);
        self.locked().put(subject, Arc::clone(&key));
        Ok(key)
    }

    fn generation(&self, generation: i64) -> Result<&KeyEncryptionKey, StoreError> {
        self.generations
            .get(&generation)
            .ok_or(StoreError::Sealed("key_generation"))
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, LruCache<[u8; 16], Arc<DataKey>>> {
        // A panic while holding this lock leaves at worst one key uncached.
        self.cache
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
