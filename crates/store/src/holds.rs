//! Legal holds: as long as one stands, nothing of the contact is erased, neither by a wish nor by
//! the end of its time.

use db::Row;
use domain::{ContactId, HoldId, Pii, TeammateId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::rows::{at, blob, id16, opt_at, opt_id16};
use crate::sealing::{open_json, seal_json};
use crate::unit::Unit;

const COLUMN: &str = "hold.sealed";
const LISTED: i64 = 200;

/// One hold.
#[derive(Clone)]
pub struct Hold {
    pub id: HoldId,
    pub contact: ContactId,
    /// The matter and the reason, as somebody wrote them.
    pub matter: Pii<String>,
    pub reason: Pii<String>,
    /// When it has to be looked at again; it does not end by itself.
    pub review_at: Timestamp,
    pub asked_by: TeammateId,
    pub asked_at: Timestamp,
    /// The second person.
    pub agreed_by: Option<TeammateId>,
    pub ended_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct HoldRow {
    matter: String,
    reason: String,
}

const COLUMNS: &str = "SELECT id, contact_id, sealed, review_at, asked_by, asked_at, agreed_by, \
     ended_at FROM hold";

impl Store {
    /// # Errors
    /// What the vault says.
    pub async fn add_hold(&self, unit: &mut Unit, hold: &Hold) -> Result<(), StoreError> {
        let key = self.ring.contact_key(hold.contact).await?;
        let row = HoldRow {
            matter: hold.matter.expose().clone(),
            reason: hold.reason.expose().clone(),
        };
        unit.run(
            "INSERT INTO hold (id, contact_id, sealed, review_at, asked_by, asked_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                blob(hold.id.bytes()),
                blob(hold.contact.bytes()),
                seal_json(&key, COLUMN, &hold.id.bytes(), &row)?,
                hold.review_at.0.into(),
                blob(hold.asked_by.bytes()),
                hold.asked_at.0.into(),
            ],
        );
        Ok(())
    }

    async fn hold_of(&self, row: &Row) -> Result<Hold, StoreError> {
        let (id, contact) = (id16(row, 0)?, ContactId::from_bytes(id16(row, 1)?));
        let key = self.ring.existing(contact.bytes()).await?;
        let key = key.ok_or(StoreError::Sealed(COLUMN))?;
        let open: HoldRow = open_json(&key, COLUMN, &id, row.blob(2)?)?;
        Ok(Hold {
            id: HoldId::from_bytes(id),
            contact,
            matter: Pii::new(open.matter),
            reason: Pii::new(open.reason),
            review_at: at(row, 3)?,
            asked_by: TeammateId::from_bytes(id16(row, 4)?),
            asked_at: at(row, 5)?,
            agreed_by: opt_id16(row, 6)?.map(TeammateId::from_bytes),
            ended_at: opt_at(row, 7)?,
        })
    }

    /// # Errors
    /// What the engine or the vault says.
    pub async fn lookup_hold(&self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id = $1");
        match self.db.query_opt(sql, vec![blob(id.bytes())]).await? {
            None => Ok(None),
            Some(row) => self.hold_of(&row).await.map(Some),
        }
    }

    /// The holds that stand against the erasure of a contact.
    ///
    /// # Errors
    /// What the engine or the vault says.
    pub async fn standing_holds(&self, contact: ContactId) -> Result<Vec<Hold>, StoreError> {
        let sql = format!("{COLUMNS} WHERE contact_id = $1 AND ended_at IS NULL ORDER BY id");
        let rows = self.db.query(sql, vec![blob(contact.bytes())]).await?;
        let mut holds = Vec::with_capacity(rows.len());
        for row in &rows {
            holds.push(self.hold_of(row).await?);
        }
        Ok(holds)
    }

    /// The newest holds that stand, from before one of them on.
    ///
    /// # Errors
    /// What the engine or the vault says.
    pub async fn holds(&self, before: Option<HoldId>) -> Result<Vec<Hold>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id < $1 AND ended_at IS NULL ORDER BY id DESC LIMIT $2");
        let before = before.map_or([0xff; 16], HoldId::bytes);
        let params = vec![blob(before), LISTED.into()];
        let rows = self.db.query(sql, params).await?;
        let mut holds = Vec::with_capacity(rows.len());
        for row in &rows {
            match self.hold_of(row).await {
                // It went with its contact while the list was read.
                Err(StoreError::Sealed(_)) => {}
                hold => holds.push(hold?),
            }
        }
        Ok(holds)
    }

    /// A second person agrees; the unit fails when it is the first one, or somebody did already.
    pub fn agree_to_hold(&self, unit: &mut Unit, id: HoldId, by: TeammateId, now: Timestamp) {
        unit.one(
            Guard::Plain,
            "UPDATE hold SET agreed_by = $2, agreed_at = $3 \
             WHERE id = $1 AND agreed_by IS NULL AND ended_at IS NULL AND asked_by <> $2",
            vec![blob(id.bytes()), blob(by.bytes()), now.0.into()],
        );
    }

    pub fn end_hold(&self, unit: &mut Unit, id: HoldId, by: TeammateId, now: Timestamp) {
        unit.run(
            "UPDATE hold SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL",
            vec![blob(id.bytes()), blob(by.bytes()), now.0.into()],
        );
    }
}
