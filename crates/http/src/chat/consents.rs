//! Agreeing and withdrawing in the own chat.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::Http;
use crate::dto::{
    ChatAnswerDto, ChatConsentDto, ChatConsentsDto, ChatPurposeDto, ChatQuestionDto,
    ChatRequestDto, ConsentNoticeDto, rfc3339,
};
use crate::problem::{Problem, ProblemBody};
use crate::rates::Act;
use crate::request::{Json, Peer, Visitor};

/// What the visitor can agree to here, and whether it does.
#[utoipa::path(get, path = "/chat/v1/consents", tag = "chat", security(("chat_cookie" = [])),
    responses((status = 200, body = ChatConsentsDto), (status = 401, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, visitor: Visitor) -> Result<Response, Problem> {
    let offers = http.app.chat_offers(&visitor.visitor, visitor.lang).await;
    let offers = offers.map_err(visitor.problem())?;
    let items = offers.iter().map(ChatConsentDto::of).collect();
    Ok(axum::Json(ChatConsentsDto { items }).into_response())
}

/// The notice of a purpose, to be shown now. That it was shown is written down.
#[utoipa::path(post, path = "/chat/v1/consents/serve", tag = "chat",
    security(("chat_cookie" = [])), request_body = ChatPurposeDto,
    responses((status = 200, body = ConsentNoticeDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn serve(
    State(http): State<Http>,
    visitor: Visitor,
    peer: Peer,
    Json(wanted): Json<ChatPurposeDto>,
) -> Result<Response, Problem> {
    http.count(
        Act::Write,
        Some(visitor.visitor.contact),
        peer,
        visitor.lang,
    )?;
    let notice = http
        .app
        .chat_serve(&visitor.visitor, &wanted.purpose, visitor.lang)
        .await
        .map_err(visitor.problem())?;
    Ok(axum::Json(ConsentNoticeDto::of(&notice)).into_response())
}

/// The first tap, on the notice that was shown.
#[utoipa::path(post, path = "/chat/v1/consents/request", tag = "chat",
    security(("chat_cookie" = [])), request_body = ChatRequestDto,
    responses((status = 201, body = ChatQuestionDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn request(
    State(http): State<Http>,
    visitor: Visitor,
    peer: Peer,
    Json(wanted): Json<ChatRequestDto>,
) -> Result<Response, Problem> {
    http.count(
        Act::Write,
        Some(visitor.visitor.contact),
        peer,
        visitor.lang,
    )?;
    let question = http
        .app
        .chat_request(&visitor.visitor, &wanted.purpose, &wanted.notice)
        .await
        .map_err(visitor.problem())?;
    let body = ChatQuestionDto {
        token: question.token.expose().to_owned(),
        text: question.text,
        expires_at: rfc3339(question.expires_at),
    };
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}

/// The second tap, or the no to it.
#[utoipa::path(post, path = "/chat/v1/consents/confirm", tag = "chat",
    security(("chat_cookie" = [])), request_body = ChatAnswerDto,
    responses((status = 200, body = ChatConsentDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn confirm(
    State(http): State<Http>,
    visitor: Visitor,
    peer: Peer,
    Json(answer): Json<ChatAnswerDto>,
) -> Result<Response, Problem> {
    http.count(
        Act::Write,
        Some(visitor.visitor.contact),
        peer,
        visitor.lang,
    )?;
    let offer = http
        .app
        .chat_confirm(&visitor.visitor, &answer.token, answer.agrees)
        .await
        .map_err(visitor.problem())?;
    Ok(axum::Json(ChatConsentDto::of(&offer)).into_response())
}

/// One tap, and it is over.
#[utoipa::path(post, path = "/chat/v1/consents/withdraw", tag = "chat",
    security(("chat_cookie" = [])), request_body = ChatPurposeDto,
    responses((status = 204), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
pub async fn withdraw(
    State(http): State<Http>,
    visitor: Visitor,
    peer: Peer,
    Json(wanted): Json<ChatPurposeDto>,
) -> Result<Response, Problem> {
    http.count(
        Act::Write,
        Some(visitor.visitor.contact),
        peer,
        visitor.lang,
    )?;
    http.app
        .chat_withdraw(&visitor.visitor, &wanted.purpose)
        .await
        .map_err(visitor.problem())?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
