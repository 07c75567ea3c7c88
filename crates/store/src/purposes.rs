//! Purposes and the notices people are shown before they agree: immutable documents under their
//! digests, and each showing of them.

use db::Row;
use domain::consent::{Expiry, NoticeId, NoticeMark, Purpose, PurposeClass};
use domain::{ChannelId, ContactId, RecordId, Timestamp};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::rows::{at, blob, opt_int};
use crate::sealing::{open_bytes, seal_bytes};
use crate::unit::Unit;

/// More purposes or notices than a company can explain to anybody.
const PURPOSES_MAX: i64 = 200;
const NOTICES_MAX: i64 = 2_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPurpose {
    pub purpose: Purpose,
    /// As people read it.
    pub name: String,
    pub created_at: Timestamp,
}

/// One language of one version, as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentNotice {
    pub mark: NoticeMark,
    pub purpose: String,
    pub version: i64,
    pub locale: String,
    /// The canonical document.
    pub document: Vec<u8>,
    pub created_at: Timestamp,
}

const PURPOSE: &str = "SELECT code, class, name, unused_months, created_at FROM purpose";
const NOTICE: &str = "SELECT digest, purpose, version, locale, material, sealed, created_at \
                      FROM consent_notice";

fn purpose_of(row: &Row) -> Result<StoredPurpose, StoreError> {
    let class = PurposeClass::parse(row.text(1)?).ok_or(StoreError::Corrupt("purpose.class"))?;
    let mut purpose = Purpose::new(row.text(0)?, class);
    if let Some(months) = row.opt_int(3)? {
        let months = u8::try_from(months).map_err(|_| StoreError::Corrupt("purpose.months"))?;
        purpose.expiry = Expiry::Unused { months };
    }
    Ok(StoredPurpose {
        purpose,
        name: row.text(2)?.to_owned(),
        created_at: at(row, 4)?,
    })
}

pub(crate) fn digest_of(row: &Row, column: usize) -> Result<NoticeId, StoreError> {
    let bytes = row.blob(column)?.try_into();
    bytes
        .map(NoticeId)
        .map_err(|_| StoreError::Corrupt("notice digest"))
}

pub(crate) fn mark_of(row: &Row, columns: (usize, usize)) -> Result<NoticeMark, StoreError> {
    let material = u32::try_from(row.int(columns.1)?);
    Ok(NoticeMark {
        id: digest_of(row, columns.0)?,
        material: material.map_err(|_| StoreError::Corrupt("notice material"))?,
    })
}

impl Store {
    /// The unit fails when there is one of this code.
    pub fn add_purpose(&self, unit: &mut Unit, new: &StoredPurpose) {
        let months = match new.purpose.expiry {
            Expiry::Unused { months } => Some(i64::from(months)),
            Expiry::Once | Expiry::AfterCase { .. } => None,
        };
        unit.one(
            Guard::Notice,
            "INSERT INTO purpose (code, class, name, unused_months, created_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (code) DO NOTHING",
            vec![
                new.purpose.code.as_str().into(),
                new.purpose.class.as_str().into(),
                new.name.as_str().into(),
                opt_int(months),
                new.created_at.0.into(),
            ],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn purposes(&self) -> Result<Vec<StoredPurpose>, StoreError> {
        let sql = format!("{PURPOSE} ORDER BY code LIMIT $1");
        let rows = self.db.query(sql, vec![PURPOSES_MAX.into()]).await?;
        rows.iter().map(purpose_of).collect()
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_purpose(&self, code: &str) -> Result<Option<StoredPurpose>, StoreError> {
        let sql = format!("{PURPOSE} WHERE code = $1");
        let row = self.db.query_opt(sql, vec![code.into()]).await?;
        row.as_ref().map(purpose_of).transpose()
    }

    /// # Errors
    /// What the vault says; at commit [`Guard::Notice`].
    pub async fn add_consent_notice(
        &self,
        unit: &mut Unit,
        new: &ConsentNotice,
    ) -> Result<(), StoreError> {
        let key = self.ring.house_key().await?;
        let digest = new.mark.id.0.to_vec();
        let sealed = seal_bytes(&key, "consent_notice.sealed", &digest, &new.document)?;
        unit.one(
            Guard::Notice,
            "INSERT INTO consent_notice (digest, purpose, version, locale, material, sealed, \
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            vec![
                digest.into(),
                new.purpose.as_str().into(),
                new.version.into(),
                new.locale.as_str().into(),
                new.mark.material.into(),
                sealed,
                new.created_at.0.into(),
            ],
        );
        Ok(())
    }

    async fn consent_notice_of(&self, row: &Row) -> Result<ConsentNotice, StoreError> {
        let key = self.ring.house_key().await?;
        let mark = mark_of(row, (0, 4))?;
        Ok(ConsentNotice {
            purpose: row.text(1)?.to_owned(),
            version: row.int(2)?,
            locale: row.text(3)?.to_owned(),
            document: open_bytes(&key, "consent_notice.sealed", &mark.id.0, row.blob(5)?)?,
            created_at: at(row, 6)?,
            mark,
        })
    }

    /// All notices, the oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn consent_notices(&self) -> Result<Vec<ConsentNotice>, StoreError> {
        let sql = format!("{NOTICE} ORDER BY purpose, version, locale LIMIT $1");
        let rows = self.db.query(sql, vec![NOTICES_MAX.into()]).await?;
        self.opened(&rows).await
    }

    async fn opened(&self, rows: &[Row]) -> Result<Vec<ConsentNotice>, StoreError> {
        let mut notices = Vec::with_capacity(rows.len());
        for row in rows {
            notices.push(self.consent_notice_of(row).await?);
        }
        Ok(notices)
    }

    /// The languages of the version that is in force.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn notices_in_force(&self, purpose: &str) -> Result<Vec<ConsentNotice>, StoreError> {
        let sql = format!(
            "{NOTICE} WHERE purpose = $1 AND version = \
             (SELECT MAX(version) FROM consent_notice WHERE purpose = $1) ORDER BY locale"
        );
        let rows = self.db.query(sql, vec![purpose.into()]).await?;
        self.opened(&rows).await
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_consent_notice(
        &self,
        id: NoticeId,
    ) -> Result<Option<ConsentNotice>, StoreError> {
        let sql = format!("{NOTICE} WHERE digest = $1");
        match self.db.query_opt(sql, vec![id.0.to_vec().into()]).await? {
            None => Ok(None),
            Some(row) => self.consent_notice_of(&row).await.map(Some),
        }
    }

    /// The notice was shown to somebody, at this place: `chat`, `code`, `buttons`.
    pub fn consent_notice_served(
        &self,
        unit: &mut Unit,
        (contact, channel): (ContactId, ChannelId),
        notice: NoticeId,
        place: &str,
        now: Timestamp,
    ) {
        let id = RecordId::from_bytes(self.ids.fresh(now));
        unit.run(
            "INSERT INTO consent_notice_served (id, contact_id, channel_id, notice, place, at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                blob(id.bytes()),
                blob(contact.bytes()),
                blob(channel.bytes()),
                notice.0.to_vec().into(),
                place.into(),
                now.0.into(),
            ],
        );
    }

    /// Which notices somebody was shown, where and when, oldest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn consent_notices_served(
        &self,
        contact: ContactId,
    ) -> Result<Vec<(NoticeId, String, Timestamp)>, StoreError> {
        let sql = "SELECT notice, place, at FROM consent_notice_served WHERE contact_id = $1 \
                   ORDER BY at LIMIT 500";
        let rows = self.db.query(sql, vec![blob(contact.bytes())]).await?;
        rows.iter()
            .map(|row| Ok((digest_of(row, 0)?, row.text(1)?.to_owned(), at(row, 2)?)))
            .collect()
    }
}
