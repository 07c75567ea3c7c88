//! Notices: what a customer was shown, word for word. A notice is its canonical document, and its
//! hash is its only name: a changed word is another notice.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::hash::Hash;
use crate::version::Version;

/// The exact text in one language, and everything consent to it must be informed about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Whose and which goods are spoken of: consent without both is void.
    pub advertiser: String,
    pub channels: Vec<String>,
    /// The series this notice is a version of: `newsletter`.
    pub code: String,
    pub controller: Controller,
    pub jurisdiction: String,
    pub legal_basis: String,
    pub locale: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u8>,
    pub product_scope: String,
    pub purposes: Vec<Purpose>,
    pub recipients: Vec<Recipient>,
    /// How long the proof itself is kept, as an ISO 8601 duration.
    pub retention: String,
    /// How it looked: the pages and pictures of the form.
    pub screens: Vec<Screen>,
    pub storage: String,
    pub text: String,
    pub transfers: Vec<Transfer>,
    pub v: Version,
    /// After how long without use consent ends, as an ISO 8601 duration.
    pub validity: String,
    /// The number within its series.
    pub version: u32,
    pub withdrawal: Withdrawal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    pub address: String,
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    pub code: String,
    /// The term of the Data Privacy Vocabulary: `dpv:DirectMarketing`.
    pub dpv: String,
    /// What is used for it: `pd:TelephoneNumber`.
    pub personal_data: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    pub basis: String,
    pub country: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    pub media_type: String,
    pub sha256: Hash,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    pub text: String,
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    #[error("`{0}` says nothing")]
    Empty(&'static str),
}

impl Notice {
    /// The document itself.
    ///
    /// # Errors
    /// When something a notice must say is missing.
    pub fn bytes(&self) -> Result<Vec<u8>, NoticeError> {
        self.check()?;
        Ok(canonical::write(self)?)
    }

    /// # Errors
    /// As `bytes`.
    pub fn hash(&self) -> Result<Hash, NoticeError> {
        Ok(Hash::of(&[&self.bytes()?]))
    }

    /// # Errors
    /// When the bytes are no canonical notice, or one that leaves something out.
    pub fn read(bytes: &[u8]) -> Result<Self, NoticeError> {
        let notice: Self = canonical::read(bytes)?;
        notice.check()?;
        Ok(notice)
    }

    /// The purpose of this code, if the notice speaks of it.
    #[must_use]
    pub fn purpose(&self, code: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.code == code)
    }

    fn check(&self) -> Result<(), NoticeError> {
        let texts = [
            ("advertiser", &self.advertiser),
            ("code", &self.code),
            ("controller.address", &self.controller.address),
            ("controller.id", &self.controller.id),
            ("controller.name", &self.controller.name),
            ("jurisdiction", &self.jurisdiction),
            ("legal_basis", &self.legal_basis),
            ("locale", &self.locale),
            ("product_scope", &self.product_scope),
            ("retention", &self.retention),
            ("storage", &self.storage),
            ("text", &self.text),
            ("validity", &self.validity),
            ("withdrawal.text", &self.withdrawal.text),
            ("withdrawal.url", &self.withdrawal.url),
        ];
        if let Some((name, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(NoticeError::Empty(name));
        }
        let lists = [
            ("channels", self.channels.is_empty()),
            ("purposes", self.purposes.is_empty()),
            ("recipients", self.recipients.is_empty()),
        ];
        match lists.iter().find(|(_, is_empty)| *is_empty) {
            Some((name, _)) => Err(NoticeError::Empty(name)),
            None => Ok(()),
        }
    }
}
