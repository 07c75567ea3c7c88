//! Conversations: the list, one of them, its timeline, what a teammate changes.

use app::ConversationChange;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::conversation::Status;
use domain::teammate::Right;
use domain::{ConversationId, Pii, TeammateId};
use serde::Deserialize;
use store::{Conversation, ConversationFilter, PageRequest, TimelineRequest};
use utoipa::{IntoParams, ToSchema};

use crate::Http;
use crate::api::choice;
use crate::dto::{
    ChangeConversation, ComposerDto, ConversationDto, CountsDto, HitDto, ListDto, TimelineDto,
    TimelineItemDto, Viewer, parse_moment,
};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Query, Who, page_limit, read_cursor, write_cursor};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// One or several of open, waiting, snoozed, done, separated by commas; absent: all but done.
    pub status: Option<String>,
    pub channel_id: Option<String>,
    /// `me`, `none` or a teammate's id.
    pub assignee: Option<String>,
    /// Words that one message or note must all say, or by which the contact is called, or its
    /// number. Answers are in the order of what says them, the newest first; `order` is ignored,
    /// and without `status` everything is looked through.
    pub q: Option<String>,
    /// newest (default) or oldest: whose last message is longest ago.
    pub order: Option<String>,
    /// 1 to 200; absent: 50.
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// de, en
    pub locale: Option<String>,
}

impl Http {
    pub(crate) fn conversation_dto(
        &self,
        conversation: &Conversation,
        lang: i18n::Language,
    ) -> ConversationDto {
        ConversationDto::of(conversation, self.app.window_of(conversation), lang)
    }
}

fn filter(query: &ListQuery, who: &Who) -> Result<ConversationFilter, Problem> {
    let mut statuses = Vec::new();
    for word in query.status.iter().flat_map(|text| text.split(',')) {
        let status = Status::parse(word.trim())
            .ok_or_else(|| choice("status", "open, waiting, snoozed, done", who.lang))?;
        if !statuses.contains(&status) {
            statuses.push(status);
        }
    }
    let channel = match &query.channel_id {
        None => None,
        Some(id) => Some(
            id.parse()
                .map_err(|_| Problem::field("channel_id", "field-id", who.lang))?,
        ),
    };
    let assignee = match query.assignee.as_deref() {
        None => None,
        Some("none") => Some(None),
        Some("me") => Some(Some(who.identity.id())),
        Some(id) => {
            let id: TeammateId = id
                .parse()
                .map_err(|_| choice("assignee", "me, none, tmt_…", who.lang))?;
            Some(Some(id))
        }
    };
    let oldest_first = match query.order.as_deref() {
        None | Some("newest") => false,
        Some("oldest") => true,
        Some(_) => return Err(choice("order", "newest, oldest", who.lang)),
    };
    Ok(ConversationFilter {
        statuses,
        channel,
        assignee,
        contact: None,
        oldest_first,
    })
}

/// Conversations, the newest message first.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "conversations", params(ListQuery),
    responses((status = 200, body = ListDto<ConversationDto>), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn list(
    State(http): State<Http>,
    who: Who,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConversations)?;
    let filter = filter(&query, &who)?;
    let page = PageRequest {
        limit: page_limit(query.limit, who.lang)?,
        after: read_cursor(query.cursor.as_deref(), who.lang)?,
    };
    if let Some(question) = query.q {
        return search(&http, &who, &Pii::new(question), &filter, page).await;
    }
    let page = http
        .app
        .conversations(&access, &filter, page)
        .await
        .map_err(who.problem())?;
    let items = page
        .items
        .iter()
        .map(|c| http.conversation_dto(c, who.lang))
        .collect();
    let body = ListDto {
        items,
        next_cursor: page.next.map(write_cursor),
    };
    Ok(axum::Json(body).into_response())
}

async fn search(
    http: &Http,
    who: &Who,
    question: &Pii<String>,
    filter: &ConversationFilter,
    page: PageRequest,
) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConversations)?;
    let limit = usize::try_from(page.limit).unwrap_or(1);
    let from = page.after.map(|(place, _)| place);
    let found = http
        .app
        .search(&access, question, filter, from, limit)
        .await
        .map_err(who.problem())?;
    let items = found
        .items
        .iter()
        .map(|found| ConversationDto {
            hit: found.hit.as_ref().map(HitDto::from),
            ..http.conversation_dto(&found.conversation, who.lang)
        })
        .collect();
    let body = ListDto {
        items,
        next_cursor: found.next.map(|place| write_cursor((place, [0; 16]))),
    };
    Ok(axum::Json(body).into_response())
}

/// Figures for the views; each stops counting at 1,000.
#[utoipa::path(get, path = "/api/v1/conversations/counts", tag = "conversations",
    responses((status = 200, body = CountsDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn counts(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConversations)?;
    let counts = http
        .app
        .conversation_counts(&access)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(CountsDto::from(counts)).into_response())
}

/// One conversation.
#[utoipa::path(get, path = "/api/v1/conversations/{id}", tag = "conversations",
    params(("id" = String, Path)),
    responses((status = 200, body = ConversationDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn show(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ConversationId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConversations)?;
    let conversation = http
        .app
        .conversation(&access, id)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(http.conversation_dto(&conversation, who.lang)).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TimelineQuery {
    /// 1 to 200; absent: 50.
    pub limit: Option<i64>,
    /// start (default) or end; ignored with a cursor.
    pub from: Option<String>,
    /// From `next_cursor` (newer) or `previous_cursor` (older) of another page.
    pub cursor: Option<String>,
    /// de, en
    pub locale: Option<String>,
}

/// # Errors
/// 400 for a cursor of something else, 422 for another start.
pub fn timeline_request(
    from: Option<&str>,
    cursor: Option<&str>,
    lang: i18n::Language,
) -> Result<TimelineRequest, Problem> {
    let wrong = || Problem::new(StatusCode::BAD_REQUEST, "cursor_invalid", lang);
    if let Some(text) = cursor {
        let (side, seq) = text.split_once('.').ok_or_else(wrong)?;
        let seq: i64 = seq.parse().ok().filter(|seq| *seq >= 0).ok_or_else(wrong)?;
        return match side {
            "n" => Ok(TimelineRequest::After(seq)),
            "p" => Ok(TimelineRequest::Before(seq)),
            _ => Err(wrong()),
        };
    }
    match from {
        None | Some("start") => Ok(TimelineRequest::After(0)),
        Some("end") => Ok(TimelineRequest::End),
        Some(_) => Err(choice("from", "start, end", lang)),
    }
}

/// A page in the reader's words.
#[must_use]
pub fn timeline_dto(
    page: &store::TimelinePage,
    lang: i18n::Language,
    viewer: Viewer,
) -> TimelineDto {
    TimelineDto {
        items: page
            .items
            .iter()
            .map(|item| TimelineItemDto::of(item, lang, viewer))
            .collect(),
        next_cursor: page.newer.map(|seq| format!("n.{seq}")),
        previous_cursor: page.older.map(|seq| format!("p.{seq}")),
    }
}

/// A stretch of a conversation, ascending. A teammate's reading is logged.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/timeline", tag = "conversations",
    params(("id" = String, Path), TimelineQuery),
    responses((status = 200, body = TimelineDto), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn timeline(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ConversationId>,
    Query(query): Query<TimelineQuery>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConversations)?;
    let limit = page_limit(query.limit, who.lang)?;
    let request = timeline_request(query.from.as_deref(), query.cursor.as_deref(), who.lang)?;
    let page = http
        .app
        .timeline(&access, id, request, limit)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(timeline_dto(&page, who.lang, Viewer::Desk)).into_response())
}

/// What the composer may offer right now, and why not.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/composer", tag = "conversations",
    params(("id" = String, Path)),
    responses((status = 200, body = ComposerDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn composer(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ConversationId>,
) -> Result<Response, Problem> {
    // It shows whom the answer is for, which is a fact about the contact.
    who.may(Right::ReadConversations)?;
    let access = who.may(Right::WriteMessages)?;
    let state = http
        .app
        .composer(&access, id)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(ComposerDto::of(&state, who.lang)).into_response())
}

/// Changes status, assignment, snooze or tags; only what is named.
#[utoipa::path(patch, path = "/api/v1/conversations/{id}", tag = "conversations",
    params(("id" = String, Path)), request_body = ChangeConversation,
    responses((status = 200, body = ConversationDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ConversationId>,
    Json(change): Json<ChangeConversation>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    // The answer shows the contact's last words.
    who.may(Right::ReadConversations)?;
    let lang = who.lang;
    let status = match change.status.as_deref() {
        None => None,
        Some(word) => Some(
            Status::parse(word)
                .ok_or_else(|| choice("status", "open, waiting, snoozed, done", lang))?,
        ),
    };
    let assignee = match change.assignee_id {
        None => None,
        Some(None) => Some(None),
        Some(Some(id)) => {
            Some(Some(id.parse().map_err(|_| {
                Problem::field("assignee_id", "field-id", lang)
            })?))
        }
    };
    let snoozed_until = match change.snoozed_until.as_deref() {
        None => None,
        Some(text) => Some(
            parse_moment(text)
                .ok_or_else(|| Problem::field("snoozed_until", "field-time", lang))?,
        ),
    };
    let tags = change
        .tags
        .map(|tags| tags.into_iter().map(Pii::new).collect());
    let change = ConversationChange {
        status,
        assignee,
        snoozed_until,
        tags,
    };
    let changed = http
        .app
        .change_conversation(&access, id, &change)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(http.conversation_dto(&changed, lang)).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReadUpTo {
    /// Everything up to this number was seen.
    pub seq: i64,
}

/// The team has seen everything up to a number.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/read", tag = "conversations",
    params(("id" = String, Path)), request_body = ReadUpTo,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub async fn read(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ConversationId>,
    Json(read): Json<ReadUpTo>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    http.app
        .mark_read(&access, id, read.seq)
        .await
        .map_err(who.problem())?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sends the person a link to its own data, into this conversation. Nobody of the team can read
/// the link.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/my-data-link", tag = "requests",
    params(("id" = String, Path)),
    responses((status = 202), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn send_my_data_link(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ConversationId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let sent = http.app.send_my_link(&access, id).await;
    sent.map_err(who.problem())?;
    Ok(StatusCode::ACCEPTED.into_response())
}
