//! Sign-in, sign-out, and who is signed in.

use app::IssuedSession;
use axum::extract::State;
use axum::http::header::{HeaderName, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use domain::{Pii, limits};
use serde::Deserialize;
use store::Teammate;
use utoipa::ToSchema;

use crate::Http;
use crate::dto::{CompanyDto, SessionDto, TeammateDto};
use crate::peer::Peer;
use crate::problem::{Problem, ProblemBody};
use crate::request::{DEVICE_COOKIE, Json, Lang, SESSION_COOKIE, Who, cookie};

/// A device is known for a year after its last sign-in.
const DEVICE_SECONDS: i64 = 365 * 24 * 3_600;

#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    pub email: String,
    pub password: String,
}

pub(super) async fn session_dto(http: &Http, teammate: &Teammate, csrf: &str) -> SessionDto {
    let company = http.app.store().company().await;
    SessionDto {
        teammate: TeammateDto::of(teammate, true),
        csrf_token: csrf.to_owned(),
        company: CompanyDto {
            name: company
                .ok()
                .flatten()
                .map(|company| company.name)
                .unwrap_or_default(),
        },
        public_url: http.app.settings().public_url.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// The cookie is out of reach of scripts and stays with our own pages.
pub(crate) fn cookie_header(
    http: &Http,
    name: &str,
    value: &str,
    seconds: i64,
) -> (HeaderName, HeaderValue) {
    let secure = if http.secure_cookies() {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    // Tokens are plain letters and digits, so the text is a valid header value.
    let value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    (SET_COOKIE, value)
}

fn session_cookie(http: &Http, session: &IssuedSession) -> (HeaderName, HeaderValue) {
    let seconds = limits::SESSION_LIFETIME_MS / domain::time::SECOND_MS;
    cookie_header(http, SESSION_COOKIE, session.cookie.expose(), seconds)
}

/// Both cookies of a sign-in: the session's, and the one by which the device is known later.
pub(super) fn cookies(
    http: &Http,
    session: &IssuedSession,
) -> AppendHeaders<[(HeaderName, HeaderValue); 2]> {
    let device = device_cookie(http, &session.device);
    AppendHeaders([session_cookie(http, session), device])
}

fn device_cookie(http: &Http, device: &str) -> (HeaderName, HeaderValue) {
    cookie_header(http, DEVICE_COOKIE, device, DEVICE_SECONDS)
}

pub(super) async fn signed_in(http: &Http, session: &IssuedSession) -> Response {
    let body = session_dto(http, &session.teammate, session.csrf.expose()).await;
    (cookies(http, session), axum::Json(body)).into_response()
}

/// Signs in with a password.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", security(()), request_body = SignIn,
    responses((status = 200, body = SessionDto), (status = 401, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
pub async fn sign_in(
    State(http): State<Http>,
    Lang(lang): Lang,
    peer: Peer,
    headers: HeaderMap,
    Json(input): Json<SignIn>,
) -> Result<Response, Problem> {
    let session = http
        .app
        .sign_in(
            Pii::new(input.email),
            Pii::new(input.password),
            peer.counted_as(),
            cookie(&headers, DEVICE_COOKIE),
        )
        .await
        .map_err(|error| Problem::of(error, lang))?;
    Ok(signed_in(&http, &session).await)
}

/// Who is signed in, and the token its writes must carry.
#[utoipa::path(get, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = SessionDto), (status = 401, body = ProblemBody)))]
pub async fn show(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let csrf = who.session.as_ref().map_or("", |(_, csrf)| csrf.expose());
    let mut session = session_dto(&http, &who.identity.teammate, csrf).await;
    if who.session.is_none() {
        // A program works for a teammate; it need not know the address.
        session.teammate.email = None;
    }
    Ok(axum::Json(session).into_response())
}

/// Signs out. The session is gone at once.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn sign_out(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    if let Some((secret, _)) = &who.session {
        http.app
            .sign_out(&who.identity, secret)
            .await
            .map_err(who.problem())?;
    }
    Ok((
        StatusCode::NO_CONTENT,
        [
            cookie_header(&http, SESSION_COOKIE, "", 0),
            // Not the storage: drafts and messages that wait to be sent lie there.
            (
                HeaderName::from_static("clear-site-data"),
                HeaderValue::from_static("\"cache\""),
            ),
        ],
    )
        .into_response())
}

/// The session's secret of a person; a token has none.
pub(super) fn own_session(who: &Who) -> Result<&str, Problem> {
    who.session
        .as_ref()
        .map(|(secret, _)| secret.as_str())
        .ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "forbidden", who.lang))
}

#[derive(Deserialize, ToSchema)]
pub struct ConfirmSession {
    pub password: String,
}

/// Proves again who sits here; for a quarter of an hour this is enough to change what one signs
/// in with.
#[utoipa::path(post, path = "/api/v1/session/confirm", tag = "session", request_body = ConfirmSession,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn confirm(
    State(http): State<Http>,
    who: Who,
    Json(input): Json<ConfirmSession>,
) -> Result<StatusCode, Problem> {
    let secret = own_session(&who)?;
    http.app
        .confirm(&who.identity, secret, Pii::new(input.password))
        .await
        .map_err(who.problem())?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
pub struct ChangePassword {
    pub password: String,
    pub new_password: String,
}

/// A new password. Every other session of this teammate ends.
#[utoipa::path(put, path = "/api/v1/session/password", tag = "session", request_body = ChangePassword,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn change_password(
    State(http): State<Http>,
    who: Who,
    Json(input): Json<ChangePassword>,
) -> Result<Response, Problem> {
    let secret = own_session(&who)?;
    let (old, new) = (Pii::new(input.password), Pii::new(input.new_password));
    let device = http
        .app
        .change_password(&who.identity, secret, old, new)
        .await
        .map_err(who.problem())?;
    let device = AppendHeaders([device_cookie(&http, &device)]);
    Ok((StatusCode::NO_CONTENT, device).into_response())
}

/// Signs this teammate out everywhere else.
#[utoipa::path(delete, path = "/api/v1/session/others", tag = "session",
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn end_others(State(http): State<Http>, who: Who) -> Result<StatusCode, Problem> {
    let secret = own_session(&who)?;
    http.app
        .end_other_sessions(&who.identity, secret)
        .await
        .map_err(who.problem())?;
    Ok(StatusCode::NO_CONTENT)
}
