//! What people can agree to.

use app::PurposeInput;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::consent::PurposeClass;
use domain::teammate::Right;

use crate::Http;
use crate::api::choice;
use crate::dto::{ListDto, NewPurposeDto, PurposeDto};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Json, Who};

/// All purposes.
#[utoipa::path(get, path = "/api/v1/purposes", tag = "consents",
    responses((status = 200, body = ListDto<PurposeDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let access = who.may(Right::ReadChannels)?;
    let purposes = http.app.purposes(&access).await.map_err(who.problem())?;
    Ok(axum::Json(ListDto {
        items: purposes.iter().map(PurposeDto::of).collect(),
        next_cursor: None,
    })
    .into_response())
}

/// A new purpose. Its code never changes; what is agreed to is said by its notices.
#[utoipa::path(post, path = "/api/v1/purposes", tag = "consents", request_body = NewPurposeDto,
    responses((status = 201, body = PurposeDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn create(
    State(http): State<Http>,
    who: Who,
    Json(new): Json<NewPurposeDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ManagePurposes)?;
    let class = match PurposeClass::parse(&new.class) {
        Some(class @ (PurposeClass::Marketing | PurposeClass::Survey)) => class,
        _ => return Err(choice("class", "marketing, survey", who.lang)),
    };
    let input = PurposeInput {
        code: new.code,
        class,
        name: new.name,
        unused_months: new.unused_months,
    };
    let purpose = http
        .app
        .add_purpose(&access, &input)
        .await
        .map_err(who.problem())?;
    Ok((StatusCode::CREATED, axum::Json(PurposeDto::of(&purpose))).into_response())
}
