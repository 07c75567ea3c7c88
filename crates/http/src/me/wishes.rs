//! What a person wants to be different about its own data.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::{ChannelId, Pii};
use i18n::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Mine;
use crate::Http;
use crate::api::choice;
use crate::api::restrictions::RestrictionReason;
use crate::dto::rfc3339;
use crate::problem::{Problem, ProblemBody};
use crate::request::Json;

/// What is named becomes so; what is not stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Correction)]
pub struct Correction {
    pub name: Option<String>,
    /// de, en
    pub locale: Option<String>,
}

/// Corrects one's name or language.
#[utoipa::path(patch, path = "/me/v1/data", tag = "me", security(("my_cookie" = [])),
    request_body = Correction,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn correct(
    State(http): State<Http>,
    mine: Mine,
    Json(new): Json<Correction>,
) -> Result<StatusCode, Problem> {
    let language = match new.locale.as_deref() {
        None => None,
        Some(tag) => {
            let known = Language::parse(tag);
            Some(known.ok_or_else(|| choice("locale", "de, en", mine.lang))?)
        }
    };
    let name = new.name.map(Pii::new);
    http.app
        .correct_mine(&mine.session, name.as_ref(), language)
        .await
        .map_err(mine.problem())?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = MyWithdrawal)]
pub struct MyWithdrawal {
    pub purpose: String,
    pub channel_id: String,
}

/// One tap, and a consent is over.
#[utoipa::path(post, path = "/me/v1/consents/withdraw", tag = "me", security(("my_cookie" = [])),
    request_body = MyWithdrawal,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn withdraw(
    State(http): State<Http>,
    mine: Mine,
    Json(wanted): Json<MyWithdrawal>,
) -> Result<StatusCode, Problem> {
    let wrong = |_| Problem::field("channel_id", "field-id", mine.lang);
    let channel: ChannelId = wanted.channel_id.parse().map_err(wrong)?;
    http.app
        .withdraw_mine(&mine.session, &wanted.purpose, channel)
        .await
        .map_err(mine.problem())?;
    Ok(StatusCode::NO_CONTENT)
}

/// From now on everything is kept and nothing else is done with it.
#[utoipa::path(post, path = "/me/v1/restriction", tag = "me", security(("my_cookie" = [])),
    request_body = RestrictionReason,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn restrict(
    State(http): State<Http>,
    mine: Mine,
    Json(asked): Json<RestrictionReason>,
) -> Result<StatusCode, Problem> {
    let reason = Pii::new(asked.reason);
    let begun = http.app.restrict_mine(&mine.session, &reason).await;
    begun.map_err(mine.problem())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends what one restricted oneself.
#[utoipa::path(delete, path = "/me/v1/restriction", tag = "me", security(("my_cookie" = [])),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn lift(State(http): State<Http>, mine: Mine) -> Result<StatusCode, Problem> {
    let lifted = http.app.lift_mine(&mine.session).await;
    lifted.map_err(mine.problem())?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyErasure)]
pub struct MyErasureDto {
    pub asked_at: String,
    /// Nothing happens before; until then it can be taken back.
    pub begins_at: String,
}

/// Asks to be erased, everywhere and in every backup. It begins in a day. Needs a code that was
/// right a moment ago.
#[utoipa::path(post, path = "/me/v1/erasure", tag = "me", security(("my_cookie" = [])),
    responses((status = 202, body = MyErasureDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
pub async fn erase(State(http): State<Http>, mine: Mine) -> Result<Response, Problem> {
    let begun = http.app.erase_mine(&mine.session).await;
    let begun = begun.map_err(mine.problem())?;
    let body = MyErasureDto {
        asked_at: rfc3339(begun.asked_at),
        begins_at: rfc3339(begun.begins_at()),
    };
    Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
}

/// Takes it back, as long as nothing has begun.
#[utoipa::path(delete, path = "/me/v1/erasure", tag = "me", security(("my_cookie" = [])),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
pub async fn keep(State(http): State<Http>, mine: Mine) -> Result<StatusCode, Problem> {
    let kept = http.app.keep_mine(&mine.session).await;
    kept.map_err(mine.problem())?;
    Ok(StatusCode::NO_CONTENT)
}
