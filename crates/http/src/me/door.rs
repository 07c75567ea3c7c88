//! Coming in, and proving that one has the address.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::time::SECOND_MS;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Mine, cookie_header};
use crate::Http;
use crate::dto::rfc3339;
use crate::problem::{Problem, ProblemBody};
use crate::rates::Act;
use crate::request::{Json, Lang, Peer, Visitor, check_chat_origin};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewMySession)]
pub struct NewMySession {
    /// From a link. Absent: the cookie of the own chat says who it is.
    pub token: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MySession)]
pub struct MySessionDto {
    pub expires_at: String,
}

/// Begins a look at one's own data: by a link, which opens once, or from the own chat.
#[utoipa::path(post, path = "/me/v1/session", tag = "me", security(("chat_cookie" = []), ()),
    request_body = NewMySession,
    responses((status = 201, body = MySessionDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn begin(State(http): State<Http>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Lang(lang) = Lang::of(&parts);
    check_chat_origin(&http, &parts, lang)?;
    let peer = parts.extensions.get::<Peer>().copied().unwrap_or_default();
    let visitor = Visitor::from_request_parts(&mut parts, &http).await;
    let request = Request::from_parts(parts, body);
    let Json(new) =
        <Json<NewMySession> as axum::extract::FromRequest<Http>>::from_request(request, &http)
            .await?;
    let opened = match new.token {
        // Whoever guesses is slowed down by where it guesses from.
        Some(token) => {
            http.count(Act::StartChat, None, peer, lang)?;
            http.app.open_my_link(&token).await
        }
        None => http.app.open_from_chat(&visitor?.visitor).await,
    };
    let (secret, session) = opened.map_err(|error| Problem::of(error, lang))?;
    let seconds = (session.expires_at.0 - http.app.now().0) / SECOND_MS;
    let cookie = cookie_header(&http, secret.expose(), seconds);
    let body = MySessionDto {
        expires_at: rfc3339(session.expires_at),
    };
    Ok((StatusCode::CREATED, [cookie], axum::Json(body)).into_response())
}

/// Ends it, here and at once.
#[utoipa::path(delete, path = "/me/v1/session", tag = "me", security(("my_cookie" = [])),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn end(State(http): State<Http>, mine: Mine) -> Response {
    http.app.end_my_session(&mine.secret);
    let gone = cookie_header(&http, "", 0);
    (StatusCode::NO_CONTENT, [gone]).into_response()
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyCode)]
pub struct CodeSentDto {
    /// Until then it is good.
    pub expires_at: String,
}

/// Sends a code to where one writes from. Handing out a copy and erasing need one.
#[utoipa::path(post, path = "/me/v1/code", tag = "me", security(("my_cookie" = [])),
    responses((status = 202, body = CodeSentDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
pub async fn code(State(http): State<Http>, mine: Mine) -> Result<Response, Problem> {
    let sent = http.app.send_my_code(&mine.secret, &mine.session).await;
    let body = CodeSentDto {
        expires_at: rfc3339(sent.map_err(mine.problem())?),
    };
    Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TypedCode)]
pub struct TypedCode {
    pub code: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyProof)]
pub struct ProvenDto {
    /// What needs a code is open until then.
    pub proven_until: String,
}

/// The code, as it was typed. A few wrong ones end it.
#[utoipa::path(post, path = "/me/v1/code/confirm", tag = "me", security(("my_cookie" = [])),
    request_body = TypedCode,
    responses((status = 200, body = ProvenDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn confirm(
    State(http): State<Http>,
    mine: Mine,
    Json(typed): Json<TypedCode>,
) -> Result<Response, Problem> {
    let until = http.app.prove_my_code(&mine.secret, &typed.code);
    let body = ProvenDto {
        proven_until: rfc3339(until.map_err(mine.problem())?),
    };
    Ok(axum::Json(body).into_response())
}
