//! Teammates, and what they prove themselves with: sessions, tokens, passkeys.

use db::Row;
use domain::teammate::Role;
use domain::{PasskeyId, Pii, TeammateId, Timestamp, TokenId};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::rows::{at, blob, id16, opt_at, opt_int, opt_text};
use crate::sealing::{open_bytes, open_json, seal_bytes, seal_json};
use crate::unit::Unit;

#[derive(Clone)]
pub struct Teammate {
    pub id: TeammateId,
    pub role: Role,
    pub name: Pii<String>,
    pub email: Pii<String>,
    pub created_at: Timestamp,
    pub disabled: bool,
}

pub struct NewTeammate {
    pub id: TeammateId,
    pub role: Role,
    pub name: Pii<String>,
    pub email: Pii<String>,
    pub password_hash: Option<String>,
    pub now: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct TeammateRow {
    name: String,
    email: String,
}

pub struct SessionRow {
    pub digest: [u8; 32],
    pub teammate: TeammateId,
    pub csrf: [u8; 32],
    /// When the person last proved itself with a password or passkey.
    pub confirmed_at: Timestamp,
    pub expires_at: Timestamp,
}

pub struct TokenRow {
    pub id: TokenId,
    pub digest: [u8; 32],
    pub teammate: TeammateId,
    /// Space-separated scopes; empty means everything the role may do.
    pub scopes: String,
    pub expires_at: Option<Timestamp>,
}

pub struct Passkey {
    pub id: PasskeyId,
    pub teammate: TeammateId,
    pub credential_id: Vec<u8>,
    /// The public key and counter as the WebAuthn library keeps them.
    pub body: Pii<Vec<u8>>,
    pub created_at: Timestamp,
}

/// E-mail addresses meet without regard to case and surrounding space.
fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

const SELECT: &str = "SELECT id, role, sealed, created_at, disabled_at FROM teammate";

fn digest32(row: &Row, column: usize) -> Result<[u8; 32], StoreError> {
    row.blob(column)?
        .try_into()
        .map_err(|_| StoreError::Corrupt("digest"))
}

impl Store {
    async fn teammate_of(&self, row: &Row) -> Result<Teammate, StoreError> {
        let id = id16(row, 0)?;
        let key = self.ring.house_key().await?;
        let open: TeammateRow = open_json(&key, "teammate.sealed", &id, row.blob(2)?)?;
        Ok(Teammate {
            id: TeammateId::from_bytes(id),
            role: Role::parse(row.text(1)?).ok_or(StoreError::Corrupt("teammate.role"))?,
            name: Pii::new(open.name),
            email: Pii::new(open.email),
            created_at: at(row, 3)?,
            disabled: opt_at(row, 4)?.is_some(),
        })
    }

    pub(crate) async fn teammate_name(
        &self,
        id: [u8; 16],
        sealed: &[u8],
    ) -> Result<String, StoreError> {
        let key = self.ring.house_key().await?;
        let open: TeammateRow = open_json(&key, "teammate.sealed", &id, sealed)?;
        Ok(open.name)
    }

    /// # Errors
    /// What the engine says.
    pub async fn teammates(&self) -> Result<Vec<Teammate>, StoreError> {
        let rows = self
            .db
            .query(
                format!("{SELECT} ORDER BY created_at, id LIMIT 10000"),
                vec![],
            )
            .await?;
        let mut teammates = Vec::with_capacity(rows.len());
        for row in &rows {
            teammates.push(self.teammate_of(row).await?);
        }
        Ok(teammates)
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_teammate(&self, id: TeammateId) -> Result<Option<Teammate>, StoreError> {
        match self
            .db
            .query_opt(format!("{SELECT} WHERE id = $1"), vec![blob(id.bytes())])
            .await?
        {
            None => Ok(None),
            Some(row) => self.teammate_of(&row).await.map(Some),
        }
    }

    /// The teammate behind an e-mail address and its password hash, if it has one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn lookup_teammate_by_email(
        &self,
        email: &str,
    ) -> Result<Option<(Teammate, Option<String>)>, StoreError> {
        let lookup = self.ring.lookup("email", &normal_email(email));
        let sql = "SELECT id, role, sealed, created_at, disabled_at, password_hash \
                   FROM teammate WHERE email_lookup = $1";
        match self.db.query_opt(sql, vec![blob(lookup)]).await? {
            None => Ok(None),
            Some(row) => {
                let hash = row.opt_text(5)?.map(str::to_owned);
                Ok(Some((self.teammate_of(&row).await?, hash)))
            }
        }
    }

    /// # Errors
    /// What the engine says.
    pub async fn has_owner(&self) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM teammate WHERE role = 'owner' AND disabled_at IS NULL LIMIT 1";
        Ok(self.db.query_opt(sql, vec![]).await?.is_some())
    }

    /// # Errors
    /// What the engine says; at commit [`Guard::EmailFree`].
    pub async fn add_teammate(&self, unit: &mut Unit, new: &NewTeammate) -> Result<(), StoreError> {
        let key = self.ring.house_key().await?;
        let row = TeammateRow {
            name: new.name.expose().clone(),
            email: new.email.expose().trim().to_owned(),
        };
        let sealed = seal_json(&key, "teammate.sealed", &new.id.bytes(), &row)?;
        unit.one(
            Guard::EmailFree,
            "INSERT INTO teammate (id, role, email_lookup, sealed, password_hash, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                blob(new.id.bytes()),
                new.role.as_str().into(),
                blob(self.ring.lookup("email", &normal_email(new.email.expose()))),
                sealed,
                opt_text(new.password_hash.as_deref()),
                new.now.0.into(),
            ],
        );
        Ok(())
    }

    pub fn add_session(&self, unit: &mut Unit, session: &SessionRow, now: Timestamp) {
        unit.run(
            "DELETE FROM session WHERE expires_at < $1",
            vec![now.0.into()],
        );
        unit.run(
            "INSERT INTO session (digest, teammate_id, csrf, created_at, confirmed_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                session.digest.to_vec().into(),
                blob(session.teammate.bytes()),
                session.csrf.to_vec().into(),
                now.0.into(),
                session.confirmed_at.0.into(),
                session.expires_at.0.into(),
            ],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_session(
        &self,
        digest: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<SessionRow>, StoreError> {
        let sql = "SELECT teammate_id, csrf, confirmed_at, expires_at FROM session \
                   WHERE digest = $1 AND expires_at > $2";
        let row = self
            .db
            .query_opt(sql, vec![digest.to_vec().into(), now.0.into()])
            .await?;
        row.map(|row| {
            Ok(SessionRow {
                digest,
                teammate: TeammateId::from_bytes(id16(&row, 0)?),
                csrf: digest32(&row, 1)?,
                confirmed_at: at(&row, 2)?,
                expires_at: at(&row, 3)?,
            })
        })
        .transpose()
    }

    pub fn end_session(&self, unit: &mut Unit, digest: [u8; 32]) {
        unit.run(
            "DELETE FROM session WHERE digest = $1",
            vec![digest.to_vec().into()],
        );
    }

    pub fn add_token(&self, unit: &mut Unit, token: &TokenRow, now: Timestamp) {
        unit.run(
            "INSERT INTO api_token (id, digest, teammate_id, scopes, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                blob(token.id.bytes()),
                token.digest.to_vec().into(),
                blob(token.teammate.bytes()),
                token.scopes.as_str().into(),
                now.0.into(),
                opt_int(token.expires_at.map(|at| at.0)),
            ],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_token(
        &self,
        digest: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<TokenRow>, StoreError> {
        let sql = "SELECT id, teammate_id, scopes, expires_at FROM api_token \
                   WHERE digest = $1 AND (expires_at IS NULL OR expires_at > $2)";
        let row = self
            .db
            .query_opt(sql, vec![digest.to_vec().into(), now.0.into()])
            .await?;
        row.map(|row| {
            Ok(TokenRow {
                id: TokenId::from_bytes(id16(&row, 0)?),
                digest,
                teammate: TeammateId::from_bytes(id16(&row, 1)?),
                scopes: row.text(2)?.to_owned(),
                expires_at: opt_at(&row, 3)?,
            })
        })
        .transpose()
    }

    /// # Errors
    /// What the engine says.
    pub async fn add_passkey(&self, unit: &mut Unit, passkey: &Passkey) -> Result<(), StoreError> {
        let key = self.ring.house_key().await?;
        let sealed = seal_bytes(
            &key,
            "passkey.sealed",
            &passkey.id.bytes(),
            passkey.body.expose(),
        )?;
        unit.run(
            "INSERT INTO passkey (id, teammate_id, credential, sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5)",
            vec![
                blob(passkey.id.bytes()),
                blob(passkey.teammate.bytes()),
                passkey.credential_id.clone().into(),
                sealed,
                passkey.created_at.0.into(),
            ],
        );
        Ok(())
    }

    /// The stored form after a successful use (its counter moved).
    ///
    /// # Errors
    /// What the engine says.
    pub async fn update_passkey(
        &self,
        unit: &mut Unit,
        passkey: &Passkey,
    ) -> Result<(), StoreError> {
        let key = self.ring.house_key().await?;
        let sealed = seal_bytes(
            &key,
            "passkey.sealed",
            &passkey.id.bytes(),
            passkey.body.expose(),
        )?;
        unit.run(
            "UPDATE passkey SET sealed = $2 WHERE id = $1",
            vec![blob(passkey.id.bytes()), sealed],
        );
        Ok(())
    }

    async fn passkey_of(&self, row: &Row) -> Result<Passkey, StoreError> {
        let id = id16(row, 0)?;
        let key = self.ring.house_key().await?;
        Ok(Passkey {
            id: PasskeyId::from_bytes(id),
            teammate: TeammateId::from_bytes(id16(row, 1)?),
            credential_id: row.blob(2)?.to_vec(),
            body: Pii::new(open_bytes(&key, "passkey.sealed", &id, row.blob(3)?)?),
            created_at: at(row, 4)?,
        })
    }

    /// # Errors
    /// What the engine says.
    pub async fn passkeys_of(&self, teammate: TeammateId) -> Result<Vec<Passkey>, StoreError> {
        let sql = "SELECT id, teammate_id, credential, sealed, created_at FROM passkey \
                   WHERE teammate_id = $1 ORDER BY created_at LIMIT 100";
        let rows = self.db.query(sql, vec![blob(teammate.bytes())]).await?;
        let mut passkeys = Vec::with_capacity(rows.len());
        for row in &rows {
            passkeys.push(self.passkey_of(row).await?);
        }
        Ok(passkeys)
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_passkey(
        &self,
        credential_id: &[u8],
    ) -> Result<Option<Passkey>, StoreError> {
        let sql = "SELECT id, teammate_id, credential, sealed, created_at FROM passkey \
                   WHERE credential = $1";
        match self
            .db
            .query_opt(sql, vec![credential_id.to_vec().into()])
            .await?
        {
            None => Ok(None),
            Some(row) => self.passkey_of(&row).await.map(Some),
        }
    }
}
