//! The team: who is in it, what each may do, and which tokens act for it.

use app::TeammateChange;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::teammate::{Right, Role};
use domain::{TeammateId, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Http;
use crate::api::choice;
use crate::dto::{ListDto, TeammateDto, rfc3339, words};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Who};

#[derive(Debug, Deserialize, IntoParams)]
pub struct TeammateQuery {
    /// Also those who were shut out; for who manages the team.
    #[serde(default)]
    pub disabled: bool,
}

/// Everyone on the team. Addresses are for those who manage it.
#[utoipa::path(get, path = "/api/v1/teammates", tag = "teammates", params(TeammateQuery),
    responses((status = 200, body = ListDto<TeammateDto>), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn list(
    State(http): State<Http>,
    who: Who,
    query: Result<Query<TeammateQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|_| Problem::malformed(who.lang))?;
    who.may(Right::ReadTeammates)?;
    let manages = who.may(Right::ManageTeammates).is_ok();
    let teammates = http.app.teammates().await.map_err(who.problem())?;
    let items = teammates
        .iter()
        .filter(|teammate| !teammate.disabled || (manages && query.disabled))
        .map(|teammate| TeammateDto::of(teammate, manages))
        .collect();
    Ok(axum::Json(ListDto {
        items,
        next_cursor: None,
    })
    .into_response())
}

/// Only what is named changes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeTeammate {
    #[schema(value_type = Option<words::RoleWord>)]
    pub role: Option<String>,
    /// Shut out: sessions, tokens and passkeys end at once.
    pub disabled: Option<bool>,
}

/// Changes a teammate's role, or shuts it out. Nobody changes itself, and only an owner touches
/// owners.
#[utoipa::path(patch, path = "/api/v1/teammates/{id}", tag = "teammates",
    params(("id" = String, Path)), request_body = ChangeTeammate,
    responses((status = 200, body = TeammateDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<TeammateId>,
    Json(change): Json<ChangeTeammate>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ManageTeammates)?;
    let role = match change.role.as_deref() {
        None => None,
        Some(word) => Some(Role::parse(word).ok_or_else(|| {
            let words = Role::ALL.map(Role::as_str).join(", ");
            choice("role", &words, who.lang)
        })?),
    };
    let change = TeammateChange {
        role,
        disabled: change.disabled,
    };
    let teammate = http
        .app
        .change_teammate(&access, &who.identity, id, change)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(TeammateDto::of(&teammate, true)).into_response())
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenDto {
    pub id: String,
    /// The teammate it acts for.
    pub teammate_id: String,
    /// Empty: everything the teammate's role may do.
    pub scopes: Vec<String>,
    pub created_at: String,
    #[schema(required = true)]
    pub expires_at: Option<String>,
}

/// The tokens the asker may take back: its own, and all for who manages the team. Never secrets.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "teammates",
    responses((status = 200, body = ListDto<TokenDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn tokens(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let tokens = http
        .app
        .tokens(&who.identity)
        .await
        .map_err(who.problem())?;
    let items = tokens
        .into_iter()
        .map(|token| TokenDto {
            id: token.id.to_string(),
            teammate_id: token.teammate.to_string(),
            scopes: token.scopes.split_whitespace().map(str::to_owned).collect(),
            created_at: rfc3339(token.created_at),
            expires_at: token.expires_at.map(rfc3339),
        })
        .collect();
    Ok(axum::Json(ListDto {
        items,
        next_cursor: None,
    })
    .into_response())
}

/// Takes a token back. It is worth nothing from then on.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "teammates", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub async fn revoke_token(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<TokenId>,
) -> Result<StatusCode, Problem> {
    http.app
        .revoke_token(&who.identity, id)
        .await
        .map_err(who.problem())?;
    Ok(StatusCode::NO_CONTENT)
}
