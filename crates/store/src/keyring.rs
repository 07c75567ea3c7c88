//! The keys in use: unwrapped, cached, made on first need, and wrapped anew when somebody was
//! erased.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::{ContactId, Timestamp};
use lru::LruCache;
use ports::{Ids, KeyStore, KeyStoreError, SubjectKey, Tombstone, WrappedKey};
use vault::{BlindWord, DataKey, KeyEncryptionKey, MasterKey};
use zeroize::Zeroizing;

use crate::error::StoreError;

/// Everything that belongs to the house and to no contact.
pub(crate) const HOUSE: [u8; 16] = *b"tresen/house/001";

/// The key by which the house signs its heads. Nothing is sealed with it.
const SIGNER: [u8; 16] = *b"tresen/signer/01";

/// About 200 bytes a key: enough for the active contacts of a large desk.
const CACHED_KEYS: NonZeroUsize = NonZeroUsize::new(200_000).unwrap();
/// Keys that one commit wraps anew.
const REWRAPPED_AT_ONCE: i64 = 5_000;
/// A renewal takes longer than a look-up, so the second one nearly always finds it done.
const LOOKS: usize = 4;

type Generations = BTreeMap<i64, Arc<KeyEncryptionKey>>;

pub struct KeyRing {
    master: MasterKey,
    /// The newest one wraps; older ones are there while keys are being wrapped anew.
    generations: RwLock<Generations>,
    identity: [u8; 16],
    keys: Arc<dyn KeyStore>,
    ids: Arc<dyn Ids>,
    cache: Mutex<LruCache<[u8; 16], Arc<DataKey>>>,
}

/// The first generation stood for the store: its secret was random and made once. What was made
/// of it is noted, because it does not stay.
fn identity_of(master: &MasterKey, stored: &[WrappedKey]) -> [u8; 16] {
    let oldest = stored.iter().min_by_key(|key| key.generation);
    let wrapped = oldest.map_or(&[][..], |key| &key.bytes);
    let digits: String = wrapped.iter().map(|byte| format!("{byte:02x}")).collect();
    master.lookup("key store", &digits)
}

fn unwrapped(master: &MasterKey, stored: &[WrappedKey]) -> Result<Generations, StoreError> {
    let one = |key: &WrappedKey| {
        let kek = master.unwrap_generation(key.generation, &key.bytes);
        let kek = kek.map_err(|_| StoreError::WrongKey)?;
        Ok((key.generation, Arc::new(kek)))
    };
    stored.iter().map(one).collect()
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
            stored.push(put_generation(&master, &*keys, &*ids, 1).await?);
        }
        let generations = RwLock::new(unwrapped(&master, &stored)?);
        let identity = match keys.identity().await? {
            Some(identity) => identity,
            None => {
                keys.put_identity(identity_of(&master, &stored)).await?;
                let noted = keys.identity().await?;
                noted.ok_or(StoreError::Corrupt("key_store_fact"))?
            }
        };
        let cache = Mutex::new(LruCache::new(CACHED_KEYS));
        Ok(Self {
            master,
            generations,
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
        match self.make(subject).await {
            // Another process ended the generation meanwhile.
            Err(StoreError::Keys(KeyStoreError::Outdated)) => {
                self.reload().await?;
                self.make(subject).await
            }
            made => made,
        }
    }

    async fn make(&self, subject: [u8; 16]) -> Result<Arc<DataKey>, StoreError> {
        let kek = self.newest()?;
        let (_, bytes) = DataKey::create(subject, &self.ids.secret(), &kek)
            .map_err(|_| StoreError::Sealed("data_key"))?;
        let generation = kek.generation();
        let key = WrappedKey { generation, bytes };
        let stored = self.keys.put_if_absent(subject, key).await?;
        self.remember(subject, &stored)
    }

    pub(crate) async fn contact_key(&self, contact: ContactId) -> Result<Arc<DataKey>, StoreError> {
        self.key(contact.bytes()).await
    }

    pub(crate) async fn house_key(&self) -> Result<Arc<DataKey>, StoreError> {
        self.key(HOUSE).await
    }

    /// The secret of the key that signs, made now if there is none. It lies in the key store, apart
    /// from what it signs.
    pub(crate) async fn signing_seed(&self) -> Result<Zeroizing<[u8; 32]>, StoreError> {
        self.key(SIGNER).await?;
        let stored = self.keys.get(SIGNER).await?;
        let stored = stored.ok_or(StoreError::Sealed("signing_key"))?;
        let kek = self.generation(stored.generation)?;
        DataKey::unwrap_seed(SIGNER, &stored.bytes, &kek).map_err(|_| StoreError::WrongKey)
    }

    /// The key of a subject, unless it never had one or it was destroyed.
    pub(crate) async fn existing(
        &self,
        subject: [u8; 16],
    ) -> Result<Option<Arc<DataKey>>, StoreError> {
        if let Some(key) = self.locked().get(&subject) {
            return Ok(Some(Arc::clone(key)));
        }
        // A key that is being wrapped anew at this moment is looked up again.
        for _ in 1..LOOKS {
            let Some(stored) = self.keys.get(subject).await? else {
                return Ok(None);
            };
            if self.generation(stored.generation).is_ok() {
                return self.remember(subject, &stored).map(Some);
            }
            self.reload().await?;
        }
        match self.keys.get(subject).await? {
            None => Ok(None),
            Some(stored) => self.remember(subject, &stored).map(Some),
        }
    }

    /// What stays of an erased contact.
    pub(crate) fn tombstone_digest(&self, contact: ContactId) -> [u8; 16] {
        let digits: String = contact
            .bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.master.lookup("tombstone", &digits)
    }

    /// Forgets a key here and destroys it in the key store, which keeps the tombstone.
    pub(crate) async fn destroy(
        &self,
        contact: ContactId,
        now: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let stone = now.map(|now| Tombstone {
            digest: self.tombstone_digest(contact),
            at_ms: now.0,
        });
        let subject = contact.bytes();
        self.locked().pop(&subject);
        self.keys.destroy(subject, stone).await?;
        // Somebody may have read it between the two steps.
        self.locked().pop(&subject);
        Ok(())
    }

    pub(crate) async fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        Ok(self.keys.tombstones().await?)
    }

    /// Wraps every key by a new generation and destroys the old ones: what was destroyed before
    /// is gone from now on in every copy of the key store, too. May be cut short at any place and
    /// called again; everybody reads and writes on meanwhile. Answers how many keys were wrapped.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn renew(&self) -> Result<u64, StoreError> {
        self.reload().await?;
        let (oldest, newest) = {
            let known = self.read_generations();
            let ends = known.keys().min().zip(known.keys().max());
            ends.map(|(oldest, newest)| (*oldest, *newest))
                .ok_or(StoreError::Sealed("key_generation"))?
        };
        // Two of them are there when an earlier renewal was cut short: it is finished.
        let target = if oldest == newest { newest + 1 } else { newest };
        if target > newest {
            put_generation(&self.master, &*self.keys, &*self.ids, target).await?;
            self.reload().await?;
        }
        let mut wrapped = 0;
        loop {
            wrapped += self.rewrap_all(target).await?;
            match self.keys.retire_before(target).await {
                // Somebody made a key by the old one since its place was passed.
                Err(KeyStoreError::Outdated) => {}
                other => {
                    other?;
                    break;
                }
            }
        }
        self.reload().await?;
        Ok(wrapped)
    }

    async fn rewrap_all(&self, target: i64) -> Result<u64, StoreError> {
        let kek = self.generation(target)?;
        let (mut after, mut wrapped) = (None, 0);
        loop {
            let page = self.keys.page(after, REWRAPPED_AT_ONCE).await?;
            let Some((last, _)) = page.last() else {
                return Ok(wrapped);
            };
            after = Some(*last);
            let old = page.into_iter().filter(|(_, key)| key.generation < target);
            let fresh = old.map(|key| self.rewrapped(key, &kek));
            let fresh = fresh.collect::<Result<Vec<_>, _>>()?;
            if !fresh.is_empty() {
                wrapped += fresh.len() as u64;
                self.keys.rewrap(fresh).await?;
            }
        }
    }

    fn rewrapped(
        &self,
        (subject, key): SubjectKey,
        kek: &KeyEncryptionKey,
    ) -> Result<SubjectKey, StoreError> {
        let old = self.generation(key.generation)?;
        let bytes = old.rewrap(subject, &key.bytes, kek);
        let bytes = bytes.map_err(|_| StoreError::WrongKey)?;
        let generation = kek.generation();
        Ok((subject, WrappedKey { generation, bytes }))
    }

    /// Learns which generations there are now: another process may have changed them.
    async fn reload(&self) -> Result<(), StoreError> {
        let stored = self.keys.generations().await?;
        let fresh = unwrapped(&self.master, &stored)?;
        *self
            .generations
            .write()
            .unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    fn remember(&self, subject: [u8; 16], stored: &WrappedKey) -> Result<Arc<DataKey>, StoreError> {
        let kek = self.generation(stored.generation)?;
        let key =
            DataKey::unwrap(subject, &stored.bytes, &kek).map_err(|_| StoreError::WrongKey)?;
        let key = Arc::new(key);
        self.locked().put(subject, Arc::clone(&key));
        Ok(key)
    }

    fn read_generations(&self) -> std::sync::RwLockReadGuard<'_, Generations> {
        self.generations
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn newest(&self) -> Result<Arc<KeyEncryptionKey>, StoreError> {
        let known = self.read_generations();
        let newest = known.last_key_value().map(|(_, kek)| Arc::clone(kek));
        newest.ok_or(StoreError::Sealed("key_generation"))
    }

    fn generation(&self, generation: i64) -> Result<Arc<KeyEncryptionKey>, StoreError> {
        let known = self.read_generations().get(&generation).map(Arc::clone);
        known.ok_or(StoreError::Sealed("key_generation"))
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, LruCache<[u8; 16], Arc<DataKey>>> {
        // A panic while holding this lock leaves at worst one key uncached.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn put_generation(
    master: &MasterKey,
    keys: &dyn KeyStore,
    ids: &dyn Ids,
    generation: i64,
) -> Result<WrappedKey, StoreError> {
    let bytes = master
        .wrap_generation(generation, &ids.secret())
        .map_err(|_| StoreError::Sealed("key_generation"))?;
    let key = WrappedKey { generation, bytes };
    Ok(keys.put_generation(key).await?)
}
