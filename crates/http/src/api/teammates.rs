//! The team.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::teammate::Right;

use crate::Http;
use crate::dto::{ListDto, TeammateDto};
use crate::problem::{Problem, ProblemBody};
use crate::request::Who;

/// Everyone on the team. Addresses are for those who manage it.
#[utoipa::path(get, path = "/api/v1/teammates", tag = "teammates",
    responses((status = 200, body = ListDto<TeammateDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    who.may(Right::ReadTeammates)?;
    let with_email = who.may(Right::ManageTeammates).is_ok();
    let teammates = http.app.teammates().await.map_err(who.problem())?;
    let items = teammates
        .iter()
        .filter(|teammate| !teammate.disabled)
        .map(|teammate| TeammateDto::of(teammate, with_email))
        .collect();
    Ok(axum::Json(ListDto {
        items,
        next_cursor: None,
    })
    .into_response())
}
