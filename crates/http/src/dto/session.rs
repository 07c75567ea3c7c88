//! People of the company and their sessions.

use serde::{Deserialize, Serialize};
use store::Teammate;

use super::words;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Teammate)]
pub struct TeammateDto {
    pub id: String,
    pub name: String,
    /// owner, admin, lead, teammate, dpo, works_council
    #[schema(value_type = words::RoleWord)]
    pub role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Shut out: may not sign in.
    pub disabled: bool,
}

impl TeammateDto {
    #[must_use]
    pub fn of(teammate: &Teammate, with_email: bool) -> Self {
        Self {
            id: teammate.id.to_string(),
            name: teammate.name.expose().clone(),
            role: teammate.role.as_str().to_owned(),
            email: with_email.then(|| teammate.email.expose().clone()),
            disabled: teammate.disabled,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Company)]
pub struct CompanyDto {
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionDto {
    pub teammate: TeammateDto,
    /// Writes with the session cookie carry this in `X-CSRF-Token`.
    pub csrf_token: String,
    pub company: CompanyDto,
    pub public_url: String,
    pub version: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub struct PasskeyDto {
    pub id: String,
    pub name: String,
    pub created_at: String,
}

/// A question for the browser's credentials interface.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyQuestion)]
pub struct PasskeyQuestion {
    pub challenge_id: String,
    /// As `navigator.credentials` takes it, binary values in base64url.
    #[schema(value_type = Object)]
    pub options: serde_json::Value,
}

/// The browser's answer to a question.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PasskeyAnswer)]
pub struct PasskeyAnswer {
    pub challenge_id: String,
    #[schema(value_type = Object)]
    pub credential: serde_json::Value,
    pub name: Option<String>,
}
