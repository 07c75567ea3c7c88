//! What the house needs from outside, as doors that the simulation opens when it likes: the
//! network and the key store. Ids are counted, and files lie in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use domain::Timestamp;
use ports::{
    BlobError, BlobName, Blobs, Ids, KeyStore, KeyStoreError, Net, NetError, NetRequest,
    NetResponse, Parts, Space, SubjectKey, Tombstone, WrappedKey,
};
use tokio::sync::oneshot;

type Answer<T> = oneshot::Sender<T>;

/// Something somebody in the house waits for.
pub enum Door {
    Call(NetRequest, Answer<Result<NetResponse, NetError>>),
    PutKey([u8; 16], WrappedKey, Answer<WrappedKey>),
    DestroyKey([u8; 16], Answer<()>),
}

/// Doors of one life of the house, in the order in which somebody came to them.
#[derive(Clone, Default)]
pub struct Doors(Arc<Mutex<Vec<Door>>>);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Doors {
    #[must_use]
    pub fn waiting(&self) -> usize {
        locked(&self.0).len()
    }

    /// Takes one of them away.
    #[must_use]
    pub fn take(&self, index: usize) -> Option<Door> {
        let mut doors = locked(&self.0);
        (index < doors.len()).then(|| doors.remove(index))
    }

    fn come(&self, door: Door) {
        locked(&self.0).push(door);
    }
}

#[async_trait]
impl Net for Doors {
    async fn call(&self, request: NetRequest) -> Result<NetResponse, NetError> {
        let (answer, answered) = oneshot::channel();
        self.come(Door::Call(request, answer));
        let gone = |_| Err(NetError::NoAnswer("the connection was closed".to_owned()));
        answered.await.unwrap_or_else(gone)
    }
}

/// The keys on the disk: what is put here outlives the process.
#[derive(Clone, Default)]
pub struct Keys {
    data: BTreeMap<[u8; 16], WrappedKey>,
    generations: BTreeMap<i64, WrappedKey>,
    tombstones: Vec<Tombstone>,
    identity: Option<[u8; 16]>,
}

/// The key store of one life.
pub struct KeyDoors {
    pub keys: Arc<Mutex<Keys>>,
    /// `None` while the first world is made: then nothing waits.
    pub doors: Option<Doors>,
}

impl KeyDoors {
    async fn through<T>(&self, door: impl FnOnce(Answer<T>) -> Door) -> Result<T, KeyStoreError> {
        let (answer, answered) = oneshot::channel();
        let door = door(answer);
        match &self.doors {
            Some(doors) => doors.come(door),
            None => open(&self.keys, door, false),
        }
        let gone = |_| KeyStoreError::Failed("the key store was closed".to_owned());
        answered.await.map_err(gone)
    }
}

impl Keys {
    /// Who has a key.
    #[must_use]
    pub fn holders(&self) -> BTreeSet<[u8; 16]> {
        self.data.keys().copied().collect()
    }
}

/// Does what is asked of the key store, unless it keeps every key; a call is none of its business.
pub fn open(keys: &Mutex<Keys>, door: Door, keeps: bool) {
    let mut keys = locked(keys);
    // Whoever asked may have gone.
    match door {
        Door::PutKey(subject, key, answer) => {
            let kept = keys.data.entry(subject).or_insert(key).clone();
            _ = answer.send(kept);
        }
        Door::DestroyKey(subject, answer) => {
            if !keeps {
                keys.data.remove(&subject);
            }
            _ = answer.send(());
        }
        Door::Call(..) => {}
    }
}

#[async_trait]
impl KeyStore for KeyDoors {
    async fn get(&self, subject: [u8; 16]) -> Result<Option<WrappedKey>, KeyStoreError> {
        Ok(locked(&self.keys).data.get(&subject).cloned())
    }

    async fn put_if_absent(
        &self,
        subject: [u8; 16],
        key: WrappedKey,
    ) -> Result<WrappedKey, KeyStoreError> {
        self.through(|answer| Door::PutKey(subject, key, answer))
            .await
    }

    async fn destroy(
        &self,
        subject: [u8; 16],
        tombstone: Option<Tombstone>,
    ) -> Result<(), KeyStoreError> {
        locked(&self.keys).tombstones.extend(tombstone);
        self.through(|answer| Door::DestroyKey(subject, answer))
            .await
    }

    async fn tombstones(&self) -> Result<Vec<Tombstone>, KeyStoreError> {
        Ok(locked(&self.keys).tombstones.clone())
    }

    async fn page(
        &self,
        after: Option<[u8; 16]>,
        most: i64,
    ) -> Result<Vec<SubjectKey>, KeyStoreError> {
        let keys = locked(&self.keys);
        let behind = keys
            .data
            .iter()
            .filter(|(subject, _)| Some(**subject) > after);
        let most = usize::try_from(most).unwrap_or(0);
        let page = behind
            .take(most)
            .map(|(subject, key)| (*subject, key.clone()));
        Ok(page.collect())
    }

    async fn rewrap(&self, fresh: Vec<SubjectKey>) -> Result<(), KeyStoreError> {
        let mut keys = locked(&self.keys);
        for (subject, key) in fresh {
            keys.data.entry(subject).and_modify(|kept| *kept = key);
        }
        Ok(())
    }

    async fn retire_before(&self, generation: i64) -> Result<(), KeyStoreError> {
        let mut keys = locked(&self.keys);
        if keys.data.values().any(|key| key.generation < generation) {
            return Err(KeyStoreError::Outdated);
        }
        keys.generations.retain(|number, _| *number >= generation);
        Ok(())
    }

    async fn identity(&self) -> Result<Option<[u8; 16]>, KeyStoreError> {
        Ok(locked(&self.keys).identity)
    }

    async fn put_identity(&self, identity: [u8; 16]) -> Result<(), KeyStoreError> {
        locked(&self.keys).identity.get_or_insert(identity);
        Ok(())
    }

    async fn generations(&self) -> Result<Vec<WrappedKey>, KeyStoreError> {
        Ok(locked(&self.keys).generations.values().cloned().collect())
    }

    async fn put_generation(&self, key: WrappedKey) -> Result<WrappedKey, KeyStoreError> {
        let mut keys = locked(&self.keys);
        Ok(keys
            .generations
            .entry(key.generation)
            .or_insert(key)
            .clone())
    }
}

/// The files on the disk, by the names of their blobs: they outlive the process.
#[derive(Clone, Default)]
pub struct Files {
    kept: Arc<Mutex<BTreeMap<String, Bytes>>>,
    /// Removing is answered and not done.
    keeps: bool,
}

const PLENTY: u64 = 1 << 40;

impl Files {
    #[must_use]
    pub fn keeping(keeps: bool) -> Self {
        Self {
            keeps,
            ..Self::default()
        }
    }

    #[must_use]
    pub fn has(&self, name: &BlobName) -> bool {
        locked(&self.kept).contains_key(name.as_str())
    }

    fn whole(&self, name: &BlobName) -> Result<Bytes, BlobError> {
        let found = locked(&self.kept).get(name.as_str()).cloned();
        found.ok_or_else(|| BlobError::Missing(name.clone()))
    }
}

#[async_trait]
impl Blobs for Files {
    async fn put_parts(&self, name: &BlobName, parts: Parts) -> Result<(), BlobError> {
        let parts = parts.collect::<Result<Vec<Bytes>, BlobError>>()?;
        locked(&self.kept).insert(name.as_str().to_owned(), Bytes::from(parts.concat()));
        Ok(())
    }

    async fn size(&self, name: &BlobName) -> Result<u64, BlobError> {
        Ok(self.whole(name)?.len() as u64)
    }

    async fn read(&self, name: &BlobName, from: u64, length: usize) -> Result<Bytes, BlobError> {
        let whole = self.whole(name)?;
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let end = from.saturating_add(length);
        if end > whole.len() {
            return Err(BlobError::Failed("beyond its end".to_owned()));
        }
        Ok(whole.slice(from..end))
    }

    async fn remove(&self, name: &BlobName) -> Result<(), BlobError> {
        if !self.keeps {
            locked(&self.kept).remove(name.as_str());
        }
        Ok(())
    }

    async fn space(&self) -> Result<Space, BlobError> {
        Ok(Space {
            free: PLENTY,
            total: PLENTY,
        })
    }
}

/// Ids that count. They go on over deaths, as a machine's randomness does not repeat either.
pub struct CountedIds(AtomicU64);

impl CountedIds {
    #[must_use]
    pub const fn from(first: u64) -> Self {
        Self(AtomicU64::new(first))
    }
}

impl Ids for CountedIds {
    fn fresh(&self, now: Timestamp) -> [u8; 16] {
        let next = self.0.fetch_add(1, Ordering::Relaxed);
        let ms = u64::try_from(now.0).unwrap_or(0);
        let mut id = [0; 16];
        id[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
        id[8..].copy_from_slice(&next.to_be_bytes());
        // Version seven, and the variant of all of them.
        id[6] = 0x70;
        id[8] = 0x80 | (id[8] & 0x3f);
        id
    }

    fn secret(&self) -> [u8; 32] {
        let next = self.0.fetch_add(1, Ordering::Relaxed);
        let mut secret = [7; 32];
        secret[..8].copy_from_slice(&next.to_be_bytes());
        secret
    }
}
