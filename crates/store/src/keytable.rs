//! The key store: wrapped keys in a database of their own, with a backup rule of its own.

use async_trait::async_trait;
use db::{Batch, CommitError, Database, DbError};
use ports::{KeyStore, KeyStoreError, WrappedKey};

static MIGRATIONS: [db::Migration; 1] = [db::Migration {
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
}];

/// A subject and its wrapped key, as a backup takes it along.
pub type SubjectKey = ([u8; 16], WrappedKey);

/// Keys that one commit brings in.
const ADOPTED_AT_ONCE: usize = 2_000;

/// [`KeyStore`] over either engine.
pub struct KeyTable {
    db: Database,
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
    /// [`KeyStoreError`] when the database cannot be migrated.
    pub async fn open(db: Database, now_ms: i64) -> Result<Self, KeyStoreError> {
        db.migrate(&MIGRATIONS, now_ms).await.map_err(failed)?;
        Ok(Self { db })
    }

    /// Whether anything was ever wrapped for this store.
    ///
    /// # Errors
    /// [`KeyStoreError`] when the database cannot be read.
    pub async fn is_new(&self) -> Result<bool, KeyStoreError> {
        Ok(self.generations().await?.is_empty())
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

    /// Wrapped keys in the order of their subjects, after one of them.
    ///
    /// # Errors
    /// [`KeyStoreError`] when the database cannot be read.
    pub async fn page(
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

    /// Closes its database.
    pub async fn close(self) {
        self.db.close().await;
    }

    async fn insert(&self, sql: &'static str, params: Vec<db::Value>) -> Result<(), KeyStoreError> {
        let mut batch = Batch::new();
        batch.run(sql, params);
        match self.db.commit(batch).await {
            Ok(_) => Ok(()),
            // Nobody uses a key before it is durable, and a second try meets the first one's row.
            Err(error @ (CommitError::Unknown(_) | CommitError::Busy | CommitError::Closed)) => {
                Err(KeyStoreError::Unavailable(error.to_string()))
            }
            Err(CommitError::Engine(error)) => Err(failed(error)),
            Err(error) => Err(KeyStoreError::Failed(error.to_string())),
        }
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
        self.insert(
            "INSERT INTO data_key (subject, generation, wrapped) VALUES ($1, $2, $3) \
             ON CONFLICT (subject) DO NOTHING",
            vec![subject.into(), key.generation.into(), key.bytes.into()],
        )
        .await?;
        self.get(subject).await?.ok_or_else(|| missing("a key"))
    }

    async fn destroy(&self, subject: [u8; 16]) -> Result<(), KeyStoreError> {
        self.insert(
            "DELETE FROM data_key WHERE subject = $1",
            vec![subject.into()],
        )
        .await
    }

    async fn generations(&self) -> Result<Vec<WrappedKey>, KeyStoreError> {
        let rows = self
            .db
            .query(
                "SELECT generation, wrapped FROM key_generation ORDER BY generation",
                vec![],
            )
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok(WrappedKey {
                    generation: row.int(0).map_err(failed)?,
                    bytes: row.blob(1).map_err(failed)?.to_vec(),
                })
            })
            .collect()
    }

    async fn put_generation(&self, key: WrappedKey) -> Result<WrappedKey, KeyStoreError> {
        self.insert(
            "INSERT INTO key_generation (generation, wrapped) VALUES ($1, $2) \
             ON CONFLICT (generation) DO NOTHING",
            vec![key.generation.into(), key.bytes.clone().into()],
        )
        .await?;
        self.generations()
            .await?
            .into_iter()
            .find(|stored| stored.generation == key.generation)
            .ok_or_else(|| missing("a generation"))
    }
}
