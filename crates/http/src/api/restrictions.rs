//! Restriction of processing (Art. 18 GDPR): data is kept, and nothing else is done with it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::teammate::Right;
use domain::{ContactId, Pii};
use serde::{Deserialize, Serialize};
use store::Restriction;
use utoipa::ToSchema;

use crate::Http;
use crate::dto::{ListDto, rfc3339};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Who};

/// Why it begins or ends.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RestrictionReason {
    /// 1 to 500 characters; only who answers requests reads it.
    pub reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Restriction)]
pub struct RestrictionDto {
    pub id: String,
    pub contact_id: String,
    pub reason: String,
    /// `null` where the contact asked itself.
    #[schema(required = true)]
    pub asked_by: Option<String>,
    pub asked_at: String,
    /// `null` while it stands.
    #[schema(required = true)]
    pub lifted_at: Option<String>,
    #[schema(required = true)]
    pub lifted_by: Option<String>,
    #[schema(required = true)]
    pub lifted_reason: Option<String>,
}

impl RestrictionDto {
    #[must_use]
    pub fn of(restriction: &Restriction) -> Self {
        let lifted = restriction.lifted.as_ref();
        Self {
            id: restriction.id.to_string(),
            contact_id: restriction.contact.to_string(),
            reason: restriction.reason.expose().clone(),
            asked_by: restriction.asked_by.map(|by| by.to_string()),
            asked_at: rfc3339(restriction.asked_at),
            lifted_at: lifted.map(|lifted| rfc3339(lifted.at)),
            lifted_by: lifted.and_then(|lifted| lifted.by).map(|by| by.to_string()),
            lifted_reason: lifted.map(|lifted| lifted.reason.expose().clone()),
        }
    }
}

/// Every restriction of a contact, the newest first; the one that stands has no end.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/restrictions", tag = "requests",
    params(("id" = String, Path)),
    responses((status = 200, body = ListDto<RestrictionDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn list(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::AnswerRequests)?;
    let all = http.app.restrictions(&access, id).await;
    let all = all.map_err(who.problem())?;
    Ok(axum::Json(ListDto {
        items: all.iter().map(RestrictionDto::of).collect(),
        next_cursor: None,
    })
    .into_response())
}

/// From now on the contact's data is kept and nothing else is done with it: nobody of the team
/// reads or finds it, and nothing but what the law asks for is sent. Asked again, answers the
/// restriction that stands.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/restrictions", tag = "requests",
    params(("id" = String, Path)), request_body = RestrictionReason,
    responses((status = 201, body = RestrictionDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn restrict(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
    Json(asked): Json<RestrictionReason>,
) -> Result<Response, Problem> {
    let access = who.may(Right::AnswerRequests)?;
    let reason = Pii::new(asked.reason);
    let begun = http.app.restrict(&access, id, &reason).await;
    let begun = RestrictionDto::of(&begun.map_err(who.problem())?);
    Ok((StatusCode::CREATED, axum::Json(begun)).into_response())
}

/// Ends the restriction that stands: the contact's data may be used again.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/restrictions/lift", tag = "requests",
    params(("id" = String, Path)), request_body = RestrictionReason,
    responses((status = 200, body = RestrictionDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn lift(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
    Json(asked): Json<RestrictionReason>,
) -> Result<Response, Problem> {
    let access = who.may(Right::AnswerRequests)?;
    let reason = Pii::new(asked.reason);
    let lifted = http.app.lift_restriction(&access, id, &reason).await;
    let lifted = RestrictionDto::of(&lifted.map_err(who.problem())?);
    Ok(axum::Json(lifted).into_response())
}
