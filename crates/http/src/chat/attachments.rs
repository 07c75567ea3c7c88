//! Files of customers.

use app::Uploader;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{AttachmentId, limits};

use crate::Http;
use crate::dto::{AttachmentDto, Viewer};
use crate::files::{file_response, read_upload};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Visitor, query_value};

/// Uploads a file; place and camera are removed from pictures here, whatever the device did.
#[utoipa::path(post, path = "/chat/v1/attachments", tag = "chat",
    params(("name" = Option<String>, Query), ("kind" = Option<String>, Query)),
    security(("chat_cookie" = [])),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachmentDto), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn upload(
    State(http): State<Http>,
    visitor: Visitor,
    request: Request,
) -> Result<Response, Problem> {
    let _place = http.upload_place(visitor.lang).await?;
    let input = read_upload(request, limits::CHAT_ATTACHMENT_MAX, visitor.lang).await?;
    let uploader = Uploader::Contact(visitor.visitor.contact);
    let attachment = http
        .app
        .upload(uploader, input, None)
        .await
        .map_err(visitor.problem())?;
    let body = AttachmentDto::of(&attachment, Viewer::Chat);
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}

/// A file of the customer's own conversation.
#[utoipa::path(get, path = "/chat/v1/attachments/{id}/content", tag = "chat",
    params(("id" = String, Path), ("download" = Option<String>, Query)),
    security(("chat_cookie" = [])),
    responses((status = 200, content_type = "application/octet-stream"),
        (status = 206, content_type = "application/octet-stream"),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn content(
    State(http): State<Http>,
    visitor: Visitor,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let access = visitor.visitor.access();
    let download = query_value(request.uri().query(), "download").is_some();
    let file = http
        .app
        .file(&access, id)
        .await
        .map_err(visitor.problem())?;
    Ok(file_response(file, &headers, download))
}
