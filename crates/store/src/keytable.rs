//! The key store: wrapped keys in a database of their own, with a backup rule of its own. The
//! generations that wrap them are files beside the master key, never in that database: without
//! them, what is left of it anywhere (in its log, in a snapshot, in a dump) opens nothing.

use async_trait::async_trait;
use db::{Batch, CommitError, Database, DbError};
use ports::{KeyStore, KeyStoreError, SubjectKey, Tombstone, WrappedKey};
use vault::GenerationFiles;

static MIGRATIONS: [db::Migration; 2] = [
    db::Migration {
        id: 1,
        name: "keys",
        sql: "CREATE TABLE data_key (
              subject {blob} NOT NULL PRIMARY KEY,
              generation {int} NOT NULL,
              wrapped {blob} NOT NULL
          );
          CREATE TABLE key_generation (
              generation {int} NOT NULL PRIMARY KEY,
              wrapped {blob} NOT NULL
          );",
    },
    db::Migration {
        id: 2,
        name: "tombstones",
        sql: "CREATE TABLE tombstone (
              digest {blob} NOT NULL PRIMARY KEY,
              at {int} NOT NULL
          );
          CREATE TABLE key_store_fact (
              name {text} NOT NULL PRIMARY KEY,
              value {blob} NOT NULL
          );",
    },
];

/// Keys that one commit brings in.
const ADOPTED_AT_ONCE: usize = 2_000;

const TOMBSTONES_AT_ONCE: i64 = 10_000;
const IDENTITY: &str = "identity";

/// [`KeyStore`] over either engine.
pub struct KeyTable {
    db: Database,
    files: GenerationFiles,
}

fn missing(what: &str) -> KeyStoreError {
    KeyStoreError::Failed(format!("{what} that was just written is not there"))
}

fn failed(error: DbError) -> KeyStoreError {
    match error {
        DbError::DiskFull => KeyStoreError::Full,
        DbError::Busy | DbError::Closed | DbError::Unavailable(_) => {
            KeyStoreError::Unavailable(error.to_string())
        }
        other => KeyStoreError::Failed(other.to_string()),
    }
}

impl KeyTable {
    /// # Errors
    /// [`KeyStoreError`] when the database cannot be migrated, or a generation not be moved.
    pub async fn open(
        db: Database,
        files: GenerationFiles,
        now_ms: i64,
    ) -> Result<Self, KeyStoreError> {
        db.migrate(&MIGRATIONS, now_ms).await.map_err(failed)?;
        let table = Self { db, files };
        table.move_generations().await?;
        table.sweep().await?;
        Ok(table)
    }

    /// Generations of a store from before they were files.
    async fn move_generations(&self) -> Result<(), KeyStoreError> {
        let sql = "SELECT generation, wrapped FROM key_generation ORDER BY generation";
        let rows = self.db.query(sql, vec![]).await.map_err(failed)?;
        for row in &rows {
            let (generation, wrapped) = (row.int(0), row.blob(1));
            let (generation, wrapped) = (generation.map_err(failed)?, wrapped.map_err(failed)?);
            if wrapped.is_empty() {
                continue;
            }
            self.files.put(generation, wrapped).map_err(file_failed)?;
            self.run(
                "UPDATE key_generation SET wrapped = $2 WHERE generation = $1",
                vec![generation.into(), Vec::new().into()],
            )
            .await?;
            self.db.checkpoint().await.map_err(failed)?;
        }
        Ok(())
    }

    /// A generation that ended, and whose file a crash left behind.
    async fn sweep(&self) -> Result<(), KeyStoreError> {
        let numbers = self.numbers().await?;
        let Some(newest) = numbers.last() else {
            return Ok(());
        };
        // A newer file without its row may be one that another process is making just now.
        for file in self.files.numbers().map_err(file_failed)? {
            if file < *newest && !numbers.contains(&file) {
                self.files.destroy(file).map_err(file_failed)?;
            }
        }
        Ok(())
    }

    /// The generations by which a key may be wrapped, ascending.
    async fn numbers(&self) -> Result<Vec<i64>, KeyStoreError> {
        let sql = "SELECT generation FROM key_generation ORDER BY generation";
        let rows = self.db.query(sql, vec![]).await.map_err(failed)?;
        rows.iter().map(|row| row.int(0).map_err(failed)).collect()
    }

    /// Whether anything was ever wrapped for this store.
    ///
    /// # Errors
    /// [`KeyStoreError`] when the database cannot be read.
    pub async fn is_new(&self) -> Result<bool, KeyStoreError> {
        Ok(self.numbers().await?.is_empty())
    }

    /// Whether it holds a key by which something was sealed. A first start that was cut short
    /// leaves a store without one.
    ///
    /// # Errors
    /// [`KeyStoreError`] when the database cannot be read.
    pub async fn is_in_use(&self) -> Result<bool, KeyStoreError> {
        let rows = self
            .db
            .query("SELECT generation FROM data_key LIMIT 1", vec![])
            .await
            .map_err(failed)?;
        Ok(!rows.is_empty())
    }

    /// Takes keys of a backup in, into a store that has none of them.
    ///
    /// # Errors
    /// [`KeyStoreError`] when one is there already, or the database cannot be written.
    pub async fn adopt(&self, keys: &[SubjectKey]) -> Result<(), KeyStoreError> {
        for some in keys.chunks(ADOPTED_AT_ONCE) {
            let mut batch = Batch::new();
            for (subject, key) in some {
                batch.expect_one(
                    "INSERT INTO data_key (subject, generation, wrapped) VALUES ($1, $2, $3)",
                    vec![
                        (*subject).into(),
                        key.generation.into(),
                        key.bytes.clone().into(),
                    ],
                );
            }
            let committed = self.db.commit(batch).await;
            committed.map_err(|error| KeyStoreError::Failed(error.to_string()))?;
        }
        Ok(())
    }

    /// Takes what was noted of erased people in.
    ///
    /// # Errors
    /// [`KeyStoreError`] when the database cannot be written.
    pub async fn adopt_tombstones(&self, stones: &[Tombstone]) -> Result<(), KeyStoreError> {
        for some in stones.chunks(ADOPTED_AT_ONCE) {
            let mut batch = Batch::new();
            some.iter().for_each(|stone| note(&mut batch, *stone));
            self.commit(batch).await?;
        }
        Ok(())
    }

    /// Closes its database.
    pub async fn close(self) {
        self.db.close().await;
    }

    async fn run(&self, sql: &'static str, params: Vec<db::Value>) -> Result<(), KeyStoreError> {
        let mut batch = Batch::new();
        batch.run(sql, params);
        self.commit(batch).await
    }

    async fn commit(&self, batch: Batch) -> Result<(), KeyStoreError> {
        match self.db.commit(batch).await {
            Ok(_) => Ok(()),
            // Nobody uses a key before it is durable, and a second try meets the first one's row.
            Err(error @ (CommitError::Unknown(_) | CommitError::Busy | CommitError::Closed)) => {
                Err(KeyStoreError::Unavailable(error.to_string()))
            }
            Err(CommitError::Conflict { .. }) => Err(KeyStoreError::Outdated),
            Err(CommitError::Engine(error)) => Err(failed(error)),
            Err(error) => Err(KeyStoreError::Failed(error.to_string())),
        }
    }
}

fn note(batch: &mut Batch, stone: Tombstone) {
    batch.run(
        "INSERT INTO tombstone (digest, at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
        vec![stone.digest.into(), stone.at_ms.into()],
    );
}

fn file_failed(error: std::io::Error) -> KeyStoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => KeyStoreError::Full,
        _ => KeyStoreError::Failed(format!("the generations of its keys: {error}")),
    }
}

#[async_trait]
impl KeyStore for KeyTable {
    async fn get(&self, subject: [u8; 16]) -> Result<Option<WrappedKey>, KeyStoreError> {
        let rows = self
            .db
            .query(
                "SELECT generation, wrapped FROM data_key WHERE subject = $1",
                vec![subject.into()],
            )
            .await
            .map_err(failed)?;
        rows.first()
            .map(|row| {
                Ok(WrappedKey {
                    generation: row.int(0).map_err(failed)?,
                    bytes: row.blob(1).map_err(failed)?.to_vec(),
                })
            })
            .transpose()
    }

    async fn put_if_absent(
        &self,
        subject: [u8; 16],
        key: WrappedKey,
    ) -> Result<WrappedKey, KeyStoreError> {
        let mut batch = Batch::new();
        // Also holds the generation until this is committed: its end waits.
        batch.expect_one(
            "UPDATE key_generation SET generation = generation WHERE generation = $1",
            vec![key.generation.into()],
        );
        batch.run(
            "INSERT INTO data_key (subject, generation, wrapped) VALUES ($1, $2, $3) \
             ON CONFLICT (subject) DO NOTHING",
            vec![subject.into(), key.generation.into(), key.bytes.into()],
        );
        self.commit(batch).await?;
        self.get(subject).await?.ok_or_else(|| missing("a key"))
    }

    async fn destroy(
        &self,
        subject: [u8; 16],
        tombstone: Option<Tombstone>,
    ) -> Result<(), KeyStoreError> {
        let mut batch = Batch::new();
        batch.run(
            "DELETE FROM data_key WHERE subject = $1",
            vec![subject.into()],
        );
        if let Some(stone) = tombstone {
            note(&mut batch, stone);
        }
        self.commit(batch).await
    }

    async fn tombstones(&self) -> Result<Vec<Tombstone>, KeyStoreError> {
        let sql = "SELECT digest, at FROM tombstone WHERE digest > $1 ORDER BY digest LIMIT $2";
        let mut stones = Vec::new();
        let mut after = Vec::new();
        loop {
            let params = vec![after.into(), TOMBSTONES_AT_ONCE.into()];
            let rows = self.db.query(sql, params).await.map_err(failed)?;
            let Some(last) = rows.last() else {
                stones.sort_by_key(|stone: &Tombstone| stone.at_ms);
                return Ok(stones);
            };
            after = last.id(0).map_err(failed)?.to_vec();
            for row in &rows {
                stones.push(Tombstone {
                    digest: row.id(0).map_err(failed)?,
                    at_ms: row.int(1).map_err(failed)?,
                });
            }
        }
    }

    async fn generations(&self) -> Result<Vec<WrappedKey>, KeyStoreError> {
        let read = |generation| match self.files.read(generation) {
            Ok(bytes) => Ok(WrappedKey { generation, bytes }),
            Err(error) => Err(KeyStoreError::Failed(format!(
                "{} is missing or damaged ({error}), and the keys were wrapped with it. Put it \
                 back from where the master key is kept",
                self.files.path(generation).display()
            ))),
        };
        self.numbers().await?.into_iter().map(read).collect()
    }

    async fn put_generation(&self, key: WrappedKey) -> Result<WrappedKey, KeyStoreError> {
        // The file first: a row without its file would name keys that nobody opens.
        self.files
            .put(key.generation, &key.bytes)
            .map_err(file_failed)?;
        self.run(
            "INSERT INTO key_generation (generation, wrapped) VALUES ($1, $2) \
             ON CONFLICT (generation) DO NOTHING",
            vec![key.generation.into(), Vec::new().into()],
        )
        .await?;
        let bytes = self.files.read(key.generation).map_err(file_failed)?;
        Ok(WrappedKey { bytes, ..key })
    }

    async fn page(
        &self,
        after: Option<[u8; 16]>,
        most: i64,
    ) -> Result<Vec<SubjectKey>, KeyStoreError> {
        let sql = "SELECT subject, generation, wrapped FROM data_key WHERE subject > $1 \
                   ORDER BY subject LIMIT $2";
        let after = after.map_or_else(Vec::new, |subject| subject.to_vec());
        let rows = self.db.query(sql, vec![after.into(), most.into()]).await;
        let rows = rows.map_err(failed)?;
        rows.iter()
            .map(|row| {
                let key = WrappedKey {
                    generation: row.int(1).map_err(failed)?,
                    bytes: row.blob(2).map_err(failed)?.to_vec(),
                };
                Ok((row.id(0).map_err(failed)?, key))
            })
            .collect()
    }

    async fn rewrap(&self, keys: Vec<SubjectKey>) -> Result<(), KeyStoreError> {
        let mut batch = Batch::new();
        for (subject, key) in keys {
            batch.run(
                "UPDATE data_key SET generation = $2, wrapped = $3 \
                 WHERE subject = $1 AND generation < $2",
                vec![subject.into(), key.generation.into(), key.bytes.into()],
            );
        }
        self.commit(batch).await
    }

    async fn retire_before(&self, generation: i64) -> Result<(), KeyStoreError> {
        let mut batch = Batch::new();
        // Waits for whoever is putting a key under one of them, and is seen by whoever comes.
        batch.run(
            "UPDATE key_generation SET generation = generation WHERE generation < $1",
            vec![generation.into()],
        );
        batch.run(
            "DELETE FROM key_generation WHERE generation < $1 \
             AND NOT EXISTS (SELECT 1 FROM data_key WHERE generation < $1)",
            vec![generation.into()],
        );
        self.commit(batch).await?;
        if self.numbers().await?.first() < Some(&generation) {
            return Err(KeyStoreError::Outdated);
        }
        for file in self.files.numbers().map_err(file_failed)? {
            if file < generation {
                self.files.destroy(file).map_err(file_failed)?;
            }
        }
        self.db.checkpoint().await.map_err(failed)
    }

    async fn identity(&self) -> Result<Option<[u8; 16]>, KeyStoreError> {
        let sql = "SELECT value FROM key_store_fact WHERE name = $1";
        let row = self.db.query_opt(sql, vec![IDENTITY.into()]).await;
        let row = row.map_err(failed)?;
        row.map(|row| row.id(0).map_err(failed)).transpose()
    }

    async fn put_identity(&self, identity: [u8; 16]) -> Result<(), KeyStoreError> {
        self.run(
            "INSERT INTO key_store_fact (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO NOTHING",
            vec![IDENTITY.into(), identity.into()],
        )
        .await
    }
}
