//! Who this installation belongs to, and whether the key at hand is the one that sealed it.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::keyring::HOUSE;
use crate::sealing::{open_json, seal_json};
use crate::unit::Unit;

/// The company this installation serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    pub name: String,
    #[serde(default)]
    pub country: Option<String>,
    #[serde(default)]
    pub locale: String,
    /// Where the company says who it is, as the law asks of whoever offers a service.
    #[serde(default)]
    pub imprint_url: Option<String>,
}

/// What the information notice is made of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    pub controller: String,
    pub contact_email: String,
    pub retention_days: i64,
}

const COLUMN: &str = "installation.value";

impl Store {
    /// The database remembers its master key and its key store; the first start tells it.
    pub(crate) async fn check_keys(&self) -> Result<(), StoreError> {
        if !self
            .is_remembered("fingerprint", self.ring.fingerprint())
            .await?
        {
            return Err(StoreError::WrongKey);
        }
        // Written by a version that did not remember its key store: the house's own key tells.
        let sealed = self.installation_value("company").await?.is_some();
        let known = self.installation_value("keys").await?.is_some();
        if sealed && !known && self.ring.existing(HOUSE).await?.is_none() {
            return Err(StoreError::OtherKeys);
        }
        if self.is_remembered("keys", self.ring.identity()).await? {
            Ok(())
        } else {
            Err(StoreError::OtherKeys)
        }
    }

    /// Whether the database holds this value; where it holds none, it does from now on.
    async fn is_remembered(&self, name: &'static str, value: [u8; 16]) -> Result<bool, StoreError> {
        if self.installation_value(name).await?.is_none() {
            let mut unit = Unit::new();
            unit.run(
                "INSERT INTO installation (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO NOTHING",
                vec![name.into(), value.into()],
            );
            self.commit(unit).await?;
        }
        let stored = self.installation_value(name).await?;
        Ok(stored.as_deref() == Some(value.as_slice()))
    }

    /// A text that the database remembers from the first time on; this one, if it has none yet.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn remembered_text(
        &self,
        name: &'static str,
        first: &str,
    ) -> Result<String, StoreError> {
        if self.installation_value(name).await?.is_none() {
            let mut unit = Unit::new();
            unit.run(
                "INSERT INTO installation (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO NOTHING",
                vec![name.into(), first.as_bytes().into()],
            );
            self.commit(unit).await?;
        }
        let stored = self.installation_value(name).await?.unwrap_or_default();
        String::from_utf8(stored).map_err(|_| StoreError::Corrupt("installation"))
    }

    async fn installation_value(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self
            .db
            .query_opt(
                "SELECT value FROM installation WHERE name = $1",
                vec![name.into()],
            )
            .await?;
        row.map(|row| Ok(row.blob(0)?.to_vec())).transpose()
    }

    async fn installation_sealed<T: serde::de::DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let Some(sealed) = self.installation_value(name).await? else {
            return Ok(None);
        };
        let key = self.ring.house_key().await?;
        open_json(&key, COLUMN, name.as_bytes(), &sealed).map(Some)
    }

    async fn set_installation_sealed<T: Serialize>(
        &self,
        unit: &mut Unit,
        name: &'static str,
        value: &T,
    ) -> Result<(), StoreError> {
        let key = self.ring.house_key().await?;
        let sealed = seal_json(&key, COLUMN, name.as_bytes(), value)?;
        unit.run(
            "INSERT INTO installation (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            vec![name.into(), sealed],
        );
        Ok(())
    }

    /// # Errors
    /// What the engine says.
    pub async fn company(&self) -> Result<Option<Company>, StoreError> {
        self.installation_sealed("company").await
    }

    /// # Errors
    /// What the engine says.
    pub async fn set_company(&self, unit: &mut Unit, company: &Company) -> Result<(), StoreError> {
        self.set_installation_sealed(unit, "company", company).await
    }

    /// # Errors
    /// What the engine says.
    pub async fn privacy(&self) -> Result<Option<Privacy>, StoreError> {
        self.installation_sealed("privacy").await
    }

    /// # Errors
    /// What the engine says.
    pub async fn set_privacy(&self, unit: &mut Unit, privacy: &Privacy) -> Result<(), StoreError> {
        self.set_installation_sealed(unit, "privacy", privacy).await
    }

    /// The digest of the set-up token, while the set-up is open.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn setup_digest(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.installation_value("setup").await
    }

    pub fn set_setup_digest(&self, unit: &mut Unit, digest: [u8; 32]) {
        unit.run(
            "INSERT INTO installation (name, value) VALUES ('setup', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            vec![digest.to_vec().into()],
        );
    }

    /// Closes the set-up; the unit fails when it was closed meanwhile.
    pub fn close_setup(&self, unit: &mut Unit, digest: &[u8]) {
        unit.one(
            Guard::SetupOpen,
            "DELETE FROM installation WHERE name = 'setup' AND value = $1",
            vec![digest.to_vec().into()],
        );
    }

    /// The secret of the key that signs.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn signing_seed(&self) -> Result<zeroize::Zeroizing<[u8; 32]>, StoreError> {
        self.ring.signing_seed().await
    }

    /// How many tombstones this database was held against.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn tombstones_replayed(&self) -> Result<usize, StoreError> {
        let noted = self.installation_value("tombstones").await?;
        let digits = noted.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(digits.and_then(|digits| digits.parse().ok()).unwrap_or(0))
    }

    /// # Errors
    /// What the engine says.
    pub async fn note_tombstones_replayed(&self, count: usize) -> Result<(), StoreError> {
        let mut unit = Unit::new();
        unit.run(
            "INSERT INTO installation (name, value) VALUES ('tombstones', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            vec![count.to_string().into_bytes().into()],
        );
        self.commit(unit).await
    }

    /// Writes who read what. Committed before the content is handed out.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn log_read(
        &self,
        access: &domain::access::Access,
        contact: domain::ContactId,
        what: &'static str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.log_reads(access, &[contact], what, now).await
    }

    /// The same for several contacts at once.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn log_reads(
        &self,
        access: &domain::access::Access,
        contacts: &[domain::ContactId],
        what: &'static str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        use domain::access::Actor;
        let (kind, actor) = match access.actor() {
            Actor::Teammate(id) => ("teammate", id.bytes()),
            Actor::Token { token, .. } => ("token", token.bytes()),
            // A contact reading its own words, and the house doing what was decided, are no
            // disclosure to anybody.
            Actor::Contact(_) | Actor::House => return Ok(()),
        };
        if contacts.is_empty() {
            return Ok(());
        }
        let mut unit = Unit::new();
        for contact in contacts {
            unit.run(
                "INSERT INTO read_log (id, contact_id, actor_kind, actor_id, what, at) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
                vec![
                    self.ids.fresh(now).into(),
                    contact.bytes().into(),
                    kind.into(),
                    actor.into(),
                    what.into(),
                    now.0.into(),
                ],
            );
        }
        self.commit(unit).await
    }
}
