//! Copies of what is kept about a contact, for who answers its request.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::teammate::Right;
use domain::{ContactId, ExportId, limits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Http;
use crate::dto::{ListDto, rfc3339};
use crate::files::outgoing;
use crate::package;
use crate::problem::{Problem, ProblemBody};
use crate::rates::Whom;
use crate::request::{Id, Who};

/// A copy that was asked for, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Export)]
pub struct ExportDto {
    pub id: String,
    pub contact_id: String,
    /// ready, running, done, broken: fetch it again
    pub state: String,
    /// What there was when it was asked for.
    pub messages: i64,
    pub files: i64,
    /// What is in it so far.
    pub messages_done: u64,
    pub files_done: u64,
    pub expires_at: String,
}

impl ExportDto {
    #[must_use]
    pub fn of(export: &app::Export) -> Self {
        Self {
            id: export.id.to_string(),
            contact_id: export.contact.to_string(),
            state: export.progress.state().as_str().to_owned(),
            messages: export.stock.messages,
            files: export.stock.files,
            messages_done: export.progress.messages(),
            files_done: export.progress.files(),
            expires_at: rfc3339(export.expires_at),
        }
    }
}

/// Asks for a copy of everything that is kept about a contact (Art. 15 and 20 GDPR). It can be
/// fetched for a quarter of an hour, by who asked; nothing of it is kept here.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/exports", tag = "requests",
    params(("id" = String, Path)),
    responses((status = 201, body = ExportDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn begin(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::AnswerRequests)?;
    let export = http.app.begin_export(&access, id, who.lang).await;
    let export = ExportDto::of(&export.map_err(who.problem())?);
    Ok((StatusCode::CREATED, axum::Json(export)).into_response())
}

/// The copies that whoever asks began and can still fetch, newest first.
#[utoipa::path(get, path = "/api/v1/exports", tag = "requests",
    responses((status = 200, body = ListDto<ExportDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let access = who.may(Right::AnswerRequests)?;
    let own = http.app.exports(&access);
    Ok(axum::Json(ListDto {
        items: own.iter().map(ExportDto::of).collect(),
        next_cursor: None,
    })
    .into_response())
}

/// How far a copy is.
#[utoipa::path(get, path = "/api/v1/exports/{id}", tag = "requests", params(("id" = String, Path)),
    responses((status = 200, body = ExportDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn show(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ExportId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::AnswerRequests)?;
    let export = http.app.export(&access, id).map_err(who.problem())?;
    Ok(axum::Json(ExportDto::of(&export)).into_response())
}

/// The copy: a ZIP file with pages for reading, the same as JSON, the files, and a signed list of
/// all of it. It is made while it is sent, and that it was handed out is written down before.
#[utoipa::path(get, path = "/api/v1/exports/{id}/content", tag = "requests",
    params(("id" = String, Path)),
    responses((status = 200, content_type = "application/zip"), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
pub async fn content(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ExportId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::AnswerRequests)?;
    let export = http.app.export(&access, id).map_err(who.problem())?;
    let whom = Whom::Teammate(who.identity.id());
    let max = limits::DOWNLOADS_OF_TEAMMATE_AT_ONCE;
    let held = outgoing(&http, whom, max, who.lang).await?;
    Ok(package::response(http.app.clone(), access, export, held))
}
