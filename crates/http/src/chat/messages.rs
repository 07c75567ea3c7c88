//! The customer's conversation: reading, writing, having read.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::{Pii, limits};
use serde::Deserialize;
use store::faults::{self, Lie, Point};
use utoipa::ToSchema;

use crate::Http;
use crate::api::conversations::{ReadUpTo, TimelineQuery, timeline_dto, timeline_request};
use crate::dto::{TimelineDto, TimelineItemDto, Viewer};
use crate::problem::{Problem, ProblemBody};
use crate::rates::Act;
use crate::request::{Json, Peer, Query, Visitor, page_limit};

/// The customer's own messages and the answers, ascending. What is read here has been delivered.
#[utoipa::path(get, path = "/chat/v1/timeline", tag = "chat", params(TimelineQuery),
    security(("chat_cookie" = [])),
    responses((status = 200, body = TimelineDto), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn timeline(
    State(http): State<Http>,
    visitor: Visitor,
    Query(query): Query<TimelineQuery>,
) -> Result<Response, Problem> {
    let lang = visitor.lang;
    let limit = page_limit(query.limit, lang)?;
    let request = timeline_request(query.from.as_deref(), query.cursor.as_deref(), lang)?;
    let conversation = http
        .app
        .chat_conversation(&visitor.visitor)
        .await
        .map_err(visitor.problem())?;
    let Some(conversation) = conversation else {
        let empty = TimelineDto {
            items: Vec::new(),
            next_cursor: None,
            previous_cursor: None,
        };
        return Ok(axum::Json(empty).into_response());
    };
    let access = visitor.visitor.access();
    let page = http
        .app
        .timeline(&access, conversation.id, request, limit)
        .await
        .map_err(visitor.problem())?;
    if let Some(last) = page.items.last() {
        let seq = last.seq();
        http.app
            .chat_delivered(&visitor.visitor, seq)
            .await
            .map_err(visitor.problem())?;
    }
    let mut told = timeline_dto(&page, lang, Viewer::Chat);
    for (item, told) in page.items.iter().zip(&mut told.items) {
        told.reveal(item, &http.app);
    }
    Ok(axum::Json(told).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewChatMessage)]
pub struct NewChatMessage {
    /// Made on the device, 1 to 64 of A-Z a-z 0-9 _ -: the same id twice is one message.
    pub client_id: String,
    pub text: Option<String>,
    #[serde(default)]
    pub attachments: Vec<String>,
}

/// Writes to the company.
#[utoipa::path(post, path = "/chat/v1/messages", tag = "chat", request_body = NewChatMessage,
    security(("chat_cookie" = [])),
    responses((status = 201, body = TimelineItemDto), (status = 200, body = TimelineItemDto),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
pub async fn write(
    State(http): State<Http>,
    visitor: Visitor,
    peer: Peer,
    Json(new): Json<NewChatMessage>,
) -> Result<Response, Problem> {
    let lang = visitor.lang;
    http.count(Act::Write, Some(visitor.visitor.contact), peer, lang)?;
    let mut attachments = Vec::new();
    for (place, id) in new
        .attachments
        .iter()
        .enumerate()
        .take(limits::ATTACHMENTS_PER_MESSAGE_MAX + 1)
    {
        let field = format!("attachments.{place}");
        attachments.push(
            id.parse()
                .map_err(|_| Problem::field(&field, "field-id", lang))?,
        );
    }
    let text = new
        .text
        .map(Pii::new)
        .filter(|text| !text.expose().is_empty());
    let sent = http
        .app
        .chat_write(
            &visitor.visitor,
            &new.client_id,
            text.as_ref(),
            &attachments,
        )
        .await
        .map_err(visitor.problem())?;
    faults::hit(Point::BeforeChatAnswer);
    if faults::lies_each(Lie::RefusedYetKept, 13) {
        return Err(Problem::field("text", "field-id", lang));
    }
    let access = visitor.visitor.access();
    let body = http
        .message_dto(sent.conversation, sent.message, &access, lang, Viewer::Chat)
        .await?;
    let status = if sent.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, axum::Json(body)).into_response())
}

/// The customer has seen everything up to a number.
#[utoipa::path(post, path = "/chat/v1/read", tag = "chat", request_body = ReadUpTo,
    security(("chat_cookie" = [])),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn read(
    State(http): State<Http>,
    visitor: Visitor,
    Json(read): Json<ReadUpTo>,
) -> Result<Response, Problem> {
    http.app
        .chat_read(&visitor.visitor, read.seq)
        .await
        .map_err(visitor.problem())?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
