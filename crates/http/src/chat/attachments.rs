//! Files of customers.

use app::Uploader;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{AttachmentId, limits};

use crate::Http;
use crate::dto::{AttachmentDto, Viewer};
use crate::files::{Arriving, file_response, outgoing, read_upload};
use crate::problem::{Problem, ProblemBody};
use crate::rates::{Act, Whom, place};
use crate::request::{Id, Peer, Visitor, query_value};

/// Uploads a file; place and camera are removed from pictures here, whatever the device did.
#[utoipa::path(post, path = "/chat/v1/attachments", tag = "chat",
    params(("name" = Option<String>, Query), ("kind" = Option<String>, Query)),
    security(("chat_cookie" = [])),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachmentDto), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody),
        (status = 507, body = ProblemBody)))]
pub async fn upload(
    State(http): State<Http>,
    visitor: Visitor,
    peer: Peer,
    request: Request,
) -> Result<Response, Problem> {
    let (contact, lang) = (visitor.visitor.contact, visitor.lang);
    http.count(Act::Upload, Some(contact), peer, lang)?;
    let at_once = limits::UPLOADS_OF_CONTACT_AT_ONCE;
    let _own = place(&http.uploading, Whom::Contact(contact), at_once, lang)?;
    let at_once = limits::UPLOADS_OF_ADDRESS_AT_ONCE;
    let _shared = place(&http.uploading, Whom::at(peer), at_once, lang)?;
    let uploader = Uploader::Contact(contact);
    let room = http.app.upload_room(uploader, 0).await;
    room.map_err(visitor.problem())?;
    let budget = &http.chat_uploads;
    let Arriving { input, body } =
        read_upload(budget, request, limits::CHAT_ATTACHMENT_MAX, lang).await?;
    let _bench = http.workbench(lang).await?;
    let attachment = http
        .app
        .upload(uploader, input, None)
        .await
        .map_err(visitor.problem())?;
    drop(body);
    let made = AttachmentDto::of(&attachment, Viewer::Chat);
    Ok((StatusCode::CREATED, axum::Json(made)).into_response())
}

/// A file of the customer's own conversation.
#[utoipa::path(get, path = "/chat/v1/attachments/{id}/content", tag = "chat",
    params(("id" = String, Path), ("download" = Option<String>, Query)),
    security(("chat_cookie" = [])),
    responses((status = 200, content_type = "application/octet-stream"),
        (status = 206, content_type = "application/octet-stream"),
        (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 416), (status = 429, body = ProblemBody)))]
pub async fn content(
    State(http): State<Http>,
    visitor: Visitor,
    Id(id): Id<AttachmentId>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let access = visitor.visitor.access();
    let download = query_value(request.uri().query(), "download").is_some();
    let whom = Whom::Contact(visitor.visitor.contact);
    let at_once = limits::DOWNLOADS_OF_CONTACT_AT_ONCE;
    let outgoing = outgoing(&http, whom, at_once, visitor.lang).await?;
    let file = http
        .app
        .file(&access, id)
        .await
        .map_err(visitor.problem())?;
    Ok(file_response(file, &headers, download, outgoing))
}
