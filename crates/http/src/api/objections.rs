//! What contacts may have objected to: a teammate clears it up.

use app::ObjectionDecision;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ContactId;
use domain::teammate::Right;

use crate::Http;
use crate::api::choice;
use crate::dto::{ListDto, ObjectionDto, SettleObjectionDto};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Who};

/// What has to be cleared up, the most urgent first.
#[utoipa::path(get, path = "/api/v1/objections", tag = "consents",
    responses((status = 200, body = ListDto<ObjectionDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let access = who.may(Right::ReadConsents)?;
    let open = http.app.open_objections(&access).await;
    let open = open.map_err(who.problem())?;
    Ok(axum::Json(ListDto {
        items: open.iter().map(ObjectionDto::of).collect(),
        next_cursor: None,
    })
    .into_response())
}

/// Clears up what a contact meant: it withdraws, or it meant something else.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/objections", tag = "consents",
    params(("id" = String, Path)), request_body = SettleObjectionDto,
    responses((status = 204), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn settle(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
    Json(found): Json<SettleObjectionDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let decision = match found.decision.as_str() {
        "withdraw" => ObjectionDecision::Withdraw,
        "lift" => ObjectionDecision::Lift,
        _ => return Err(choice("decision", "withdraw, lift", who.lang)),
    };
    let wrong = |_| Problem::field("channel_id", "field-id", who.lang);
    let channel = found.channel_id.parse().map_err(wrong)?;
    http.app
        .decide_objection(&access, (id, channel), decision, &found.words)
        .await
        .map_err(who.problem())?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
