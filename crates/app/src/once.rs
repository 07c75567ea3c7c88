//! Writes that are repeated under one key are one write.

use domain::TeammateId;
use store::Unit;

use crate::{App, AppError};

/// A key the author made, and the digest of what it asked for under it.
#[derive(Debug, Clone)]
pub struct Once {
    pub author: TeammateId,
    pub key: String,
    pub digest: [u8; 32],
}

impl App {
    /// What was made under this key before.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when the key was used for something else.
    pub(crate) async fn made_before(
        &self,
        once: Option<&Once>,
        noun: &str,
    ) -> Result<Option<[u8; 16]>, AppError> {
        let Some(once) = once else { return Ok(None) };
        let key = format!("{noun}:{}", once.key);
        let written = self
            .store
            .lookup_client_write(once.author.bytes(), &key, once.digest)
            .await?;
        match written {
            None => Ok(None),
            Some(written) if !written.is_same => Err(AppError::Conflict("client_id_reused")),
            Some(written) => Ok(Some(written.result)),
        }
    }

    /// Claims the key together with what is made under it.
    pub(crate) fn claim(&self, unit: &mut Unit, once: Option<&Once>, noun: &str, made: [u8; 16]) {
        if let Some(once) = once {
            let key = format!("{noun}:{}", once.key);
            let author = once.author.bytes();
            self.store
                .claim_client_id(unit, author, &key, once.digest, made, self.now());
        }
    }
}
