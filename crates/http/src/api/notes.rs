//! Notes: only the team sees them.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::teammate::Right;
use domain::{ConversationId, Pii};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Http;
use crate::api::own_words;
use crate::dto::{TimelineItemDto, Viewer};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Who, idempotency_key};

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewNote {
    pub text: String,
    /// The author's own id: the same id twice is one note.
    pub client_id: Option<String>,
}

/// Writes a note.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/notes", tag = "notes",
    params(("id" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Serves as `client_id` where the body has none.")),
    request_body = NewNote,
    responses((status = 201, body = TimelineItemDto), (status = 200, body = TimelineItemDto),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn create(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ConversationId>,
    headers: HeaderMap,
    Json(new): Json<NewNote>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let key = idempotency_key(&headers, who.lang)?;
    let client_id = new.client_id.as_deref().or(key.as_deref());
    let name = &who.identity.teammate.name;
    let text = Pii::new(new.text);
    let (_, seq, created) = http
        .app
        .add_note(&access, id, name, &text, client_id)
        .await
        .map_err(who.problem())?;
    let item = http
        .app
        .timeline_item(&own_words(), id, seq)
        .await
        .map_err(who.problem())?;
    let item = item.ok_or_else(|| Problem::not_found(who.lang))?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let body = TimelineItemDto::of(&item, who.lang, Viewer::Desk);
    Ok((status, axum::Json(body)).into_response())
}
