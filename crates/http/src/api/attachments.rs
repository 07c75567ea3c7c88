//! Files of teammates.

use app::{Once, Uploader};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::teammate::Right;
use domain::{AttachmentId, limits};

use crate::Http;
use crate::dto::{AttachmentDto, Viewer};
use crate::files::{Arriving, file_response, outgoing, read_upload};
use crate::problem::{Problem, ProblemBody};
use crate::rates::{Whom, place};
use crate::request::{Id, Who, idempotency_key, query_value};

/// Uploads a file: a raw body with its `Content-Type`, or a form with the field `file`.
#[utoipa::path(post, path = "/api/v1/attachments", tag = "attachments",
    params(("name" = Option<String>, Query, description = "File name"),
        ("kind" = Option<String>, Query, description = "voice: a recorded voice note")),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachmentDto), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody),
        (status = 507, body = ProblemBody)))]
pub async fn upload(
    State(http): State<Http>,
    who: Who,
    request: Request,
) -> Result<Response, Problem> {
    who.may(Right::WriteMessages)?;
    let whom = Whom::Teammate(who.identity.id());
    let at_once = limits::UPLOADS_OF_TEAMMATE_AT_ONCE;
    let _own = place(&http.uploading, whom, at_once, who.lang)?;
    let uploader = Uploader::Teammate(who.identity.id());
    let room = http.app.upload_room(uploader, 0).await;
    room.map_err(who.problem())?;
    let key = idempotency_key(request.headers(), who.lang)?;
    let budget = &http.desk_uploads;
    let Arriving { input, body } =
        read_upload(budget, request, limits::ATTACHMENT_MAX, who.lang).await?;
    let _bench = http.workbench(who.lang).await?;
    let once = key.map(|key| Once {
        author: who.identity.id(),
        key,
        digest: vault::digest(&input.bytes),
    });
    let attachment = http
        .app
        .upload(uploader, input, once.as_ref())
        .await
        .map_err(who.problem())?;
    drop(body);
    let made = AttachmentDto::of(&attachment, Viewer::Desk);
    Ok((StatusCode::CREATED, axum::Json(made)).into_response())
}

/// A file's content, sandboxed; `?download=1` always saves it. Ranges are answered.
#[utoipa::path(get, path = "/api/v1/attachments/{id}/content", tag = "attachments",
    params(("id" = String, Path), ("download" = Option<String>, Query)),
    responses((status = 200, content_type = "application/octet-stream"),
        (status = 206, content_type = "application/octet-stream"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 416), (status = 429, body = ProblemBody)))]
pub async fn content(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConversations)?;
    let download = query_value(request.uri().query(), "download").is_some();
    let whom = Whom::Teammate(who.identity.id());
    let at_once = limits::DOWNLOADS_OF_TEAMMATE_AT_ONCE;
    let outgoing = outgoing(&http, whom, at_once, who.lang).await?;
    let file = http.app.file(&access, id).await.map_err(who.problem())?;
    Ok(file_response(file, &headers, download, outgoing))
}
