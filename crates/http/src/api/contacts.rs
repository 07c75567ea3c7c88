//! Contacts.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::teammate::Right;
use domain::{ContactId, Pii};
use serde::Deserialize;
use store::PageRequest;
use utoipa::IntoParams;

use crate::Http;
use crate::dto::{ChangeContact, ContactDto, ContactSummaryDto, ListDto};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Query, Who, page_limit, read_cursor, write_cursor};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContactsQuery {
    /// 1 to 200; absent: 50.
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    /// de, en
    pub locale: Option<String>,
}

/// Contacts, newest first.
#[utoipa::path(get, path = "/api/v1/contacts", tag = "contacts", params(ContactsQuery),
    responses((status = 200, body = ListDto<ContactSummaryDto>), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn list(
    State(http): State<Http>,
    who: Who,
    Query(query): Query<ContactsQuery>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConversations)?;
    let page = PageRequest {
        limit: page_limit(query.limit, who.lang)?,
        after: read_cursor(query.cursor.as_deref(), who.lang)?,
    };
    let page = http
        .app
        .contacts(&access, page)
        .await
        .map_err(who.problem())?;
    let items = page
        .items
        .iter()
        .map(|c| ContactSummaryDto::of(c, who.lang))
        .collect();
    Ok(axum::Json(ListDto {
        items,
        next_cursor: page.next.map(write_cursor),
    })
    .into_response())
}

/// One contact with addresses, consents, conversations and the notices it was shown.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", tag = "contacts", params(("id" = String, Path)),
    responses((status = 200, body = ContactDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn show(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConversations)?;
    let view = http.app.contact(&access, id).await.map_err(who.problem())?;
    Ok(axum::Json(ContactDto::of(&view, who.lang)).into_response())
}

/// Corrects a contact's name.
#[utoipa::path(patch, path = "/api/v1/contacts/{id}", tag = "contacts", params(("id" = String, Path)),
    request_body = ChangeContact,
    responses((status = 200, body = ContactDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
    Json(change): Json<ChangeContact>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let reader = who.may(Right::ReadConversations)?;
    let name = Pii::new(change.name);
    http.app
        .rename_contact(&access, id, &name)
        .await
        .map_err(who.problem())?;
    let view = http.app.contact(&reader, id).await.map_err(who.problem())?;
    Ok(axum::Json(ContactDto::of(&view, who.lang)).into_response())
}
