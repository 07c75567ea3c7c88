//! Taking back what a teammate was given: role, sessions, tokens, passkeys, password.

use domain::teammate::Role;
use domain::{PasskeyId, TeammateId, Timestamp, TokenId};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::rows::{at, blob, id16, opt_at, opt_int};
use crate::unit::Unit;

/// A token as it may be shown: never its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenListed {
    pub id: TokenId,
    pub teammate: TeammateId,
    /// Space-separated; empty means everything the role may do.
    pub scopes: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

impl Store {
    /// Changes role and standing; the unit fails when no active owner would remain.
    pub fn change_teammate(
        &self,
        unit: &mut Unit,
        id: TeammateId,
        role: Role,
        disabled_at: Option<Timestamp>,
    ) {
        unit.one(
            Guard::OwnerRemains,
            "UPDATE teammate SET role = $2, disabled_at = $3 WHERE id = $1 AND ($4 = 1 OR EXISTS \
             (SELECT 1 FROM teammate o WHERE o.id <> $1 AND o.role = 'owner' \
             AND o.disabled_at IS NULL))",
            vec![
                blob(id.bytes()),
                role.as_str().into(),
                opt_int(disabled_at.map(|at| at.0)),
                (role == Role::Owner && disabled_at.is_none()).into(),
            ],
        );
    }

    pub fn set_password(&self, unit: &mut Unit, id: TeammateId, hash: &str) {
        unit.run(
            "UPDATE teammate SET password_hash = $2 WHERE id = $1",
            vec![blob(id.bytes()), hash.into()],
        );
    }

    /// The person behind this session proved itself again.
    pub fn confirm_session(&self, unit: &mut Unit, digest: [u8; 32], now: Timestamp) {
        unit.run(
            "UPDATE session SET confirmed_at = $2 WHERE digest = $1",
            vec![digest.to_vec().into(), now.0.into()],
        );
    }

    /// Ends all sessions of a teammate, but for one that may be named.
    pub fn end_sessions_of(&self, unit: &mut Unit, id: TeammateId, except: Option<[u8; 32]>) {
        let except = except.map_or_else(Vec::new, |digest| digest.to_vec());
        unit.run(
            "DELETE FROM session WHERE teammate_id = $1 AND digest <> $2",
            vec![blob(id.bytes()), except.into()],
        );
    }

    pub fn end_tokens_of(&self, unit: &mut Unit, id: TeammateId) {
        unit.run(
            "DELETE FROM api_token WHERE teammate_id = $1",
            vec![blob(id.bytes())],
        );
    }

    pub fn end_passkeys_of(&self, unit: &mut Unit, id: TeammateId) {
        unit.run(
            "DELETE FROM passkey WHERE teammate_id = $1",
            vec![blob(id.bytes())],
        );
    }

    pub fn end_token(&self, unit: &mut Unit, id: TokenId) {
        unit.run(
            "DELETE FROM api_token WHERE id = $1",
            vec![blob(id.bytes())],
        );
    }

    pub fn end_passkey(&self, unit: &mut Unit, id: PasskeyId) {
        unit.run("DELETE FROM passkey WHERE id = $1", vec![blob(id.bytes())]);
    }

    pub fn end_chat_session(&self, unit: &mut Unit, digest: [u8; 32]) {
        unit.run(
            "DELETE FROM chat_session WHERE digest = $1",
            vec![digest.to_vec().into()],
        );
    }

    /// All tokens, newest first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn tokens(&self) -> Result<Vec<TokenListed>, StoreError> {
        let sql = "SELECT id, teammate_id, scopes, created_at, expires_at FROM api_token \
                   ORDER BY created_at DESC, id LIMIT 1000";
        let rows = self.db.query(sql, vec![]).await?;
        rows.iter()
            .map(|row| {
                Ok(TokenListed {
                    id: TokenId::from_bytes(id16(row, 0)?),
                    teammate: TeammateId::from_bytes(id16(row, 1)?),
                    scopes: row.text(2)?.to_owned(),
                    created_at: at(row, 3)?,
                    expires_at: opt_at(row, 4)?,
                })
            })
            .collect()
    }
}
