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
