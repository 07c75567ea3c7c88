//! Information notices: immutable texts with a version, and who was shown which.

use domain::{ContactId, RecordId, Timestamp};
use vault::digest;

use crate::Store;
use crate::error::StoreError;
use crate::rows::{at, blob};
use crate::sealing::{open_bytes, seal_bytes};
use crate::unit::Unit;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub version: i64,
    pub locale: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedNotice {
    pub version: i64,
    pub locale: String,
    pub at: Timestamp,
}

fn place(version: i64, locale: &str) -> Vec<u8> {
    let mut row = version.to_be_bytes().to_vec();
    row.extend_from_slice(locale.as_bytes());
    row
}

impl Store {
    /// # Errors
    /// What the vault says.
    pub async fn add_notice(
        &self,
        unit: &mut Unit,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = self.ring.house_key().await?;
        let row = place(notice.version, &notice.locale);
        unit.run(
            "INSERT INTO notice (version, locale, digest, sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                notice.version.into(),
                notice.locale.as_str().into(),
                digest(notice.text.as_bytes()).to_vec().into(),
                seal_bytes(&key, "notice.sealed", &row, notice.text.as_bytes())?,
                now.0.into(),
            ],
        );
        Ok(())
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_notice(
        &self,
        version: i64,
        locale: &str,
    ) -> Result<Option<Notice>, StoreError> {
        let sql = "SELECT sealed FROM notice WHERE version = $1 AND locale = $2";
        let Some(row) = self
            .db
            .query_opt(sql, vec![version.into(), locale.into()])
            .await?
        else {
            return Ok(None);
        };
        let key = self.ring.house_key().await?;
        let text = open_bytes(&key, "notice.sealed", &place(version, locale), row.blob(0)?)?;
        let text = String::from_utf8(text).map_err(|_| StoreError::Corrupt("notice"))?;
        Ok(Some(Notice {
            version,
            locale: locale.to_owned(),
            text,
        }))
    }

    /// The newest version, 0 while there is none.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn latest_notice_version(&self) -> Result<i64, StoreError> {
        let sql = "SELECT version FROM notice ORDER BY version DESC LIMIT 1";
        let row = self.db.query_opt(sql, vec![]).await?;
        row.map_or(Ok(0), |row| Ok(row.int(0)?))
    }

    pub fn notice_served(
        &self,
        unit: &mut Unit,
        contact: ContactId,
        version: i64,
        locale: &str,
        now: Timestamp,
    ) {
        let id = RecordId::from_bytes(self.ids.fresh(now));
        unit.run(
            "INSERT INTO notice_served (id, contact_id, version, locale, at) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                blob(id.bytes()),
                blob(contact.bytes()),
                version.into(),
                locale.into(),
                now.0.into(),
            ],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn notices_served(
        &self,
        contact: ContactId,
    ) -> Result<Vec<ServedNotice>, StoreError> {
        let sql = "SELECT version, locale, at FROM notice_served WHERE contact_id = $1 \
                   ORDER BY at LIMIT 200";
        let rows = self.db.query(sql, vec![blob(contact.bytes())]).await?;
        rows.iter()
            .map(|row| {
                Ok(ServedNotice {
                    version: row.int(0)?,
                    locale: row.text(1)?.to_owned(),
                    at: at(row, 2)?,
                })
            })
            .collect()
    }
}
