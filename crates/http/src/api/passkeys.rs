//! Passkeys: registering one, signing in with one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::PasskeyId;

use crate::Http;
use crate::api::session::signed_in;
use crate::dto::{ListDto, PasskeyAnswer, PasskeyDto, PasskeyQuestion, SessionDto, rfc3339};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Lang, Who};

/// The passkeys of the teammate who asks.
#[utoipa::path(get, path = "/api/v1/passkeys", tag = "session",
    responses((status = 200, body = ListDto<PasskeyDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let passkeys = http
        .app
        .passkeys_of(&who.identity)
        .await
        .map_err(who.problem())?;
    let items = passkeys
        .into_iter()
        .enumerate()
        .map(|(place, (id, at))| PasskeyDto {
            id: id.to_string(),
            name: format!("Passkey {}", place + 1),
            created_at: rfc3339(at),
        })
        .collect();
    Ok(axum::Json(ListDto {
        items,
        next_cursor: None,
    })
    .into_response())
}

/// Forgets a passkey. `confirm_needed` when the person proved itself too long ago.
#[utoipa::path(delete, path = "/api/v1/passkeys/{id}", tag = "session", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn remove(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<PasskeyId>,
) -> Result<StatusCode, Problem> {
    http.app
        .remove_passkey(&who.identity, id)
        .await
        .map_err(who.problem())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to register a passkey. `confirm_needed` when the person proved itself too long ago.
#[utoipa::path(post, path = "/api/v1/passkeys/start", tag = "session",
    responses((status = 200, body = PasskeyQuestion), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn start(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let question = http
        .app
        .start_passkey(&who.identity)
        .await
        .map_err(who.problem())?;
    let body = PasskeyQuestion {
        challenge_id: question.challenge_id,
        options: question.options,
    };
    Ok(axum::Json(body).into_response())
}

/// Registers a passkey.
#[utoipa::path(post, path = "/api/v1/passkeys/finish", tag = "session", request_body = PasskeyAnswer,
    responses((status = 201, body = PasskeyDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn finish(
    State(http): State<Http>,
    who: Who,
    Json(answer): Json<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let id = http
        .app
        .finish_passkey(&who.identity, &answer.challenge_id, answer.credential)
        .await
        .map_err(who.problem())?;
    let body = PasskeyDto {
        id: id.to_string(),
        name: answer.name.unwrap_or_else(|| "Passkey".to_owned()),
        created_at: rfc3339(http.app.now()),
    };
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}

/// Begins to sign in with a passkey.
#[utoipa::path(post, path = "/api/v1/session/passkey/start", tag = "session", security(()),
    responses((status = 200, body = PasskeyQuestion), (status = 409, body = ProblemBody)))]
pub async fn start_sign_in(
    State(http): State<Http>,
    Lang(lang): Lang,
) -> Result<Response, Problem> {
    let question = http
        .app
        .start_passkey_sign_in()
        .map_err(|error| Problem::of(error, lang))?;
    let body = PasskeyQuestion {
        challenge_id: question.challenge_id,
        options: question.options,
    };
    Ok(axum::Json(body).into_response())
}

/// Signs in with a passkey.
#[utoipa::path(post, path = "/api/v1/session/passkey/finish", tag = "session", security(()),
    request_body = PasskeyAnswer,
    responses((status = 200, body = SessionDto), (status = 401, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn finish_sign_in(
    State(http): State<Http>,
    Lang(lang): Lang,
    Json(answer): Json<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let session = http
        .app
        .finish_passkey_sign_in(&answer.challenge_id, answer.credential)
        .await
        .map_err(|error| Problem::of(error, lang))?;
    Ok(signed_in(&http, &session).await)
}
