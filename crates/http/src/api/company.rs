//! The company and what its notice promises.

use app::CompanyChange;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::Pii;
use domain::teammate::Right;
use serde::{Deserialize, Serialize};
use store::{Company, Privacy};
use utoipa::ToSchema;

use crate::Http;
use crate::problem::{Problem, ProblemBody};
use crate::request::{Json, Who};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PrivacyFacts)]
pub struct PrivacyDto {
    /// Who is responsible (Art. 4 No. 7 GDPR).
    pub controller: String,
    pub contact_email: String,
    /// Days after the last message when a conversation is erased.
    pub retention_days: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CompanyFacts)]
pub struct CompanyFactsDto {
    pub name: String,
    #[schema(required = true)]
    pub country: Option<String>,
    /// Where the company says who it is; the chat links to it.
    #[schema(required = true)]
    pub imprint_url: Option<String>,
    pub privacy: PrivacyDto,
}

impl CompanyFactsDto {
    fn of((company, privacy): (Company, Privacy)) -> Self {
        Self {
            name: company.name,
            country: company.country,
            imprint_url: company.imprint_url,
            privacy: PrivacyDto {
                controller: privacy.controller,
                contact_email: privacy.contact_email,
                retention_days: privacy.retention_days,
            },
        }
    }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ChangePrivacy {
    pub controller: Option<String>,
    pub contact_email: Option<String>,
    /// 1 to 3650
    pub retention_days: Option<i64>,
}

/// Only what is named changes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeCompany {
    pub name: Option<String>,
    pub country: Option<String>,
    /// https or http; empty takes it away
    pub imprint_url: Option<String>,
    #[serde(default)]
    pub privacy: ChangePrivacy,
}

/// The company and the facts of its notice.
#[utoipa::path(get, path = "/api/v1/company", tag = "company",
    responses((status = 200, body = CompanyFactsDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn show(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    who.may(Right::ReadChannels)?;
    let facts = http.app.company().await.map_err(who.problem())?;
    Ok(axum::Json(CompanyFactsDto::of(facts)).into_response())
}

/// Changes them. What customers read becomes a new version of the notice.
#[utoipa::path(patch, path = "/api/v1/company", tag = "company", request_body = ChangeCompany,
    responses((status = 200, body = CompanyFactsDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn change(
    State(http): State<Http>,
    who: Who,
    Json(change): Json<ChangeCompany>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ManageChannels)?;
    let change = CompanyChange {
        name: change.name,
        country: change.country,
        imprint_url: change.imprint_url,
        controller: change.privacy.controller,
        contact_email: change.privacy.contact_email.map(Pii::new),
        retention_days: change.privacy.retention_days,
    };
    let facts = http
        .app
        .change_company(&access, &change)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(CompanyFactsDto::of(facts)).into_response())
}
