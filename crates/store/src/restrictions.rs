//! Restriction of processing: as long as one stands, a contact's data is kept and nothing else is
//! done with it.

use db::Row;
use domain::{ContactId, Pii, RestrictionId, TeammateId, Timestamp};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::rows::{at, blob, id16, opt_at, opt_blob, opt_id16};
use crate::sealing::{open_bytes, seal_bytes};
use crate::unit::Unit;

const REASON: &str = "restriction.reason";
const LIFTED: &str = "restriction.lifted_reason";

/// One restriction, standing or lifted.
#[derive(Clone)]
pub struct Restriction {
    pub id: RestrictionId,
    pub contact: ContactId,
    /// As somebody wrote it.
    pub reason: Pii<String>,
    /// `None` where the contact asked itself.
    pub asked_by: Option<TeammateId>,
    pub asked_at: Timestamp,
    pub lifted: Option<Lifted>,
}

/// How it ended.
#[derive(Clone)]
pub struct Lifted {
    pub reason: Pii<String>,
    /// `None` where the contact asked itself.
    pub by: Option<TeammateId>,
    pub at: Timestamp,
}

fn said(bytes: Vec<u8>) -> Result<Pii<String>, StoreError> {
    let text = String::from_utf8(bytes).map_err(|_| StoreError::Corrupt("restriction"))?;
    Ok(Pii::new(text))
}

impl Store {
    /// Begins a restriction; the unit fails when one stands already, or there is no such contact.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn restrict(&self, unit: &mut Unit, new: &Restriction) -> Result<(), StoreError> {
        let key = self.ring.contact_key(new.contact).await?;
        let contact = blob(new.contact.bytes());
        unit.one(
            Guard::Plain,
            "UPDATE contact SET restricted_at = $2, version = version + 1 \
             WHERE id = $1 AND restricted_at IS NULL",
            vec![contact.clone(), new.asked_at.0.into()],
        );
        let reason = new.reason.expose().as_bytes();
        unit.run(
            "INSERT INTO restriction (id, contact_id, reason, asked_by, asked_at) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                blob(new.id.bytes()),
                contact,
                seal_bytes(&key, REASON, &new.id.bytes(), reason)?,
                opt_blob(new.asked_by.map(TeammateId::bytes)),
                new.asked_at.0.into(),
            ],
        );
        Ok(())
    }

    /// Ends the restriction that stands; the unit fails when none does.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn lift_restriction(
        &self,
        unit: &mut Unit,
        (contact, restriction): (ContactId, RestrictionId),
        lifted: &Lifted,
    ) -> Result<(), StoreError> {
        let key = self.ring.contact_key(contact).await?;
        unit.one(
            Guard::Plain,
            "UPDATE contact SET restricted_at = NULL, version = version + 1 \
             WHERE id = $1 AND restricted_at IS NOT NULL",
            vec![blob(contact.bytes())],
        );
        let reason = lifted.reason.expose().as_bytes();
        unit.one(
            Guard::Plain,
            "UPDATE restriction SET lifted_reason = $2, lifted_by = $3, lifted_at = $4 \
             WHERE id = $1 AND lifted_at IS NULL",
            vec![
                blob(restriction.bytes()),
                seal_bytes(&key, LIFTED, &restriction.bytes(), reason)?,
                opt_blob(lifted.by.map(TeammateId::bytes)),
                lifted.at.0.into(),
            ],
        );
        Ok(())
    }

    /// All restrictions of a contact, the newest first.
    ///
    /// # Errors
    /// What the engine or the vault says.
    pub async fn restrictions_of(
        &self,
        contact: ContactId,
    ) -> Result<Vec<Restriction>, StoreError> {
        let sql = "SELECT id, reason, asked_by, asked_at, lifted_reason, lifted_by, lifted_at \
                   FROM restriction WHERE contact_id = $1 \
                   ORDER BY asked_at DESC, id DESC LIMIT 200";
        let rows = self.db.query(sql, vec![blob(contact.bytes())]).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.existing_contact_key(contact).await?;
        let open = |row: &Row| {
            let id = id16(row, 0)?;
            let lifted = match (row.opt_blob(4)?, opt_at(row, 6)?) {
                (Some(sealed), Some(at)) => Some(Lifted {
                    reason: said(open_bytes(&key, LIFTED, &id, sealed)?)?,
                    by: opt_id16(row, 5)?.map(TeammateId::from_bytes),
                    at,
                }),
                _ => None,
            };
            Ok(Restriction {
                id: RestrictionId::from_bytes(id),
                contact,
                reason: said(open_bytes(&key, REASON, &id, row.blob(1)?)?)?,
                asked_by: opt_id16(row, 2)?.map(TeammateId::from_bytes),
                asked_at: at(row, 3)?,
                lifted,
            })
        };
        rows.iter().map(open).collect()
    }

    /// Since when nothing may be done with a contact's data but keep it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn restricted_since(
        &self,
        contact: ContactId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT restricted_at FROM contact WHERE id = $1";
        let row = self.db.query_opt(sql, vec![blob(contact.bytes())]).await?;
        row.map_or(Ok(None), |row| opt_at(&row, 0))
    }

    /// The contact is not restricted, or the unit fails.
    pub fn not_restricted(&self, unit: &mut Unit, contact: ContactId) {
        unit.exactly(
            Guard::Unrestricted,
            0,
            "SELECT restricted_at FROM contact WHERE id = $1 AND restricted_at IS NOT NULL",
            vec![blob(contact.bytes())],
        );
    }
}
