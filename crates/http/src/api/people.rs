//! Whom a request is about, for who answers it. Asked in a body: names and numbers stand in no
//! address of a page and in no log.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::teammate::Right;
use domain::{ContactId, Pii};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Http;
use crate::dto::{ListDto, PersonDto};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Json, Who};

/// Ids that are looked up at once.
const IDS_MAX: usize = 50;

#[derive(Debug, Deserialize, ToSchema)]
pub struct PeopleQuestion {
    /// A name, a telephone number, a contact's id, or the address of a conversation's page.
    pub question: Option<String>,
    /// Contacts by their ids, instead of a question; up to 50.
    pub ids: Option<Vec<String>>,
}

/// Finds people, also those whose data is only kept: what they are called and reached at, to know
/// that it is the right one. Answers up to 50; each look is written down.
#[utoipa::path(post, path = "/api/v1/people", tag = "requests", request_body = PeopleQuestion,
    responses((status = 200, body = ListDto<PersonDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn find(
    State(http): State<Http>,
    who: Who,
    Json(asked): Json<PeopleQuestion>,
) -> Result<Response, Problem> {
    let access = who.may(Right::AnswerRequests)?;
    let found = match (asked.ids, asked.question) {
        (Some(ids), _) => {
            let ids: Result<Vec<ContactId>, _> =
                ids.iter().take(IDS_MAX).map(|id| id.parse()).collect();
            let ids = ids.map_err(|_| Problem::field("ids", "field-id", who.lang))?;
            http.app.people_of(&access, &ids).await
        }
        (None, question) => {
            let question = Pii::new(question.unwrap_or_default());
            http.app.find_people(&access, &question).await
        }
    };
    let found = found.map_err(who.problem())?;
    let items = found.iter().map(|person| PersonDto::of(person, who.lang));
    Ok(axum::Json(ListDto {
        items: items.collect(),
        next_cursor: None,
    })
    .into_response())
}
