//! The customer's session: a cookie, and nothing else, from the first tap on.

use app::{AppError, ChatStart, ChatVisitor};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::limits;
use i18n::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Http;
use crate::api::choice;
use crate::api::session::cookie_header;
use crate::chat::entries::NoticeDto;
use crate::dto::ChatConversationDto;
use crate::problem::{Problem, ProblemBody};
use crate::rates::Act;
use crate::request::{CHAT_COOKIE, Json, Lang, Peer, Visitor, check_chat_origin, cookie};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewChatSession)]
pub struct NewChatSession {
    /// The entry's slug.
    pub entry: String,
    /// de, en
    pub locale: Option<String>,
    /// The version of the notice that was on the screen.
    pub notice_version: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatSession)]
pub struct ChatSessionDto {
    pub contact_id: String,
    /// `null` until the first message.
    #[schema(required = true)]
    pub conversation_id: Option<String>,
    #[schema(required = true)]
    pub conversation: Option<ChatConversationDto>,
    /// The customer has seen everything up to this number.
    pub read_seq: i64,
    pub notice: NoticeDto,
}

impl Http {
    pub(crate) async fn chat_session(
        &self,
        visitor: &ChatVisitor,
        language: Language,
    ) -> Result<ChatSessionDto, AppError> {
        let conversation = self.app.chat_conversation(visitor).await?;
        let (notice, _) = self.app.current_notice(language).await?;
        Ok(ChatSessionDto {
            contact_id: visitor.contact.to_string(),
            conversation_id: conversation.as_ref().map(|c| c.id.to_string()),
            read_seq: conversation.as_ref().map_or(0, |c| c.contact_read_seq),
            conversation: conversation.as_ref().map(ChatConversationDto::of),
            notice: NoticeDto::of(&notice, None),
        })
    }
}

/// Begins a chat. A known visitor keeps its own.
#[utoipa::path(post, path = "/chat/v1/sessions", tag = "chat", security(()),
    request_body = NewChatSession,
    responses((status = 201, body = ChatSessionDto), (status = 200, body = ChatSessionDto),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn start(State(http): State<Http>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Lang(lang) = Lang::of(&parts);
    check_chat_origin(&http, &parts, lang)?;
    let known = Visitor::from_request_parts(&mut parts, &http)
        .await
        .ok()
        .map(|v| v.visitor);
    if known.is_none() {
        let peer = parts.extensions.get::<Peer>().copied().unwrap_or_default();
        http.count(Act::StartChat, None, peer, lang)?;
    }
    let request = Request::from_parts(parts, body);
    let Json(new) =
        <Json<NewChatSession> as axum::extract::FromRequest<Http>>::from_request(request, &http)
            .await?;
    let language = match new.locale.as_deref() {
        None => lang,
        Some(tag) => Language::parse(tag).ok_or_else(|| choice("locale", "de, en", lang))?,
    };
    let start = ChatStart {
        slug: new.entry,
        language,
        notice_version: new.notice_version,
    };
    let refuse = |error| Problem::of(error, lang);
    let started = http.app.start_chat(&start, known).await.map_err(refuse)?;
    let session = http
        .chat_session(&started.visitor, language)
        .await
        .map_err(refuse)?;
    let body = axum::Json(session);
    Ok(match started.cookie {
        None => body.into_response(),
        Some(cookie) => {
            let seconds = limits::CHAT_SESSION_LIFETIME_MS / domain::time::SECOND_MS;
            let cookie = cookie_header(&http, CHAT_COOKIE, cookie.expose(), seconds);
            (StatusCode::CREATED, [cookie], body).into_response()
        }
    })
}

/// The visitor behind the cookie.
#[utoipa::path(get, path = "/chat/v1/session", tag = "chat", security(("chat_cookie" = [])),
    responses((status = 200, body = ChatSessionDto), (status = 401, body = ProblemBody)))]
pub async fn show(State(http): State<Http>, visitor: Visitor) -> Result<Response, Problem> {
    let session = http.chat_session(&visitor.visitor, visitor.lang).await;
    Ok(axum::Json(session.map_err(visitor.problem())?).into_response())
}

/// Forgets this browser. What was written stays with the company until its time is over.
#[utoipa::path(delete, path = "/chat/v1/session", tag = "chat", security(("chat_cookie" = [])),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn end(
    State(http): State<Http>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(secret) = cookie(&headers, CHAT_COOKIE) {
        http.app
            .end_chat_session(secret)
            .await
            .map_err(visitor.problem())?;
    }
    let gone = cookie_header(&http, CHAT_COOKIE, "", 0);
    Ok((StatusCode::NO_CONTENT, [gone]).into_response())
}
