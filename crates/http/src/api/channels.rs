//! Channels: the connections to messengers and to the own chat.

use app::{ChannelChange, NewChannelInput};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ChannelId;
use domain::channel::{ChannelKind, ChannelState};
use domain::teammate::Right;

use crate::Http;
use crate::api::choice;
use crate::dto::{ChangeChannel, ChannelDto, ListDto, NewChannel, settings_of};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, JsonOnce, Who};

/// All channels, oldest first.
#[utoipa::path(get, path = "/api/v1/channels", tag = "channels",
    responses((status = 200, body = ListDto<ChannelDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let access = who.may(Right::ReadChannels)?;
    let channels = http.app.channels(&access).await.map_err(who.problem())?;
    let stuck = http
        .app
        .stuck_channels(&access)
        .await
        .map_err(who.problem())?;
    let items = channels
        .iter()
        .map(|c| ChannelDto::of(&http.app, c, who.lang).stuck(stuck.get(&c.id).copied()))
        .collect();
    Ok(axum::Json(ListDto {
        items,
        next_cursor: None,
    })
    .into_response())
}

/// Connects a channel. Secrets never come back.
#[utoipa::path(post, path = "/api/v1/channels", tag = "channels", request_body = NewChannel,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ChannelDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn create(
    State(http): State<Http>,
    who: Who,
    new: JsonOnce<NewChannel>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ManageChannels)?;
    let (new, once) = new.by(&who);
    let kind = ChannelKind::parse(&new.kind)
        .ok_or_else(|| choice("kind", "webchat, whatsapp", who.lang))?;
    let input = NewChannelInput {
        kind,
        name: new.name,
        settings: settings_of(new.settings),
    };
    let channel = http
        .app
        .add_channel(&access, input, once.as_ref())
        .await
        .map_err(who.problem())?;
    let body = ChannelDto::of(&http.app, &channel, who.lang);
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}

/// Renames, pauses, resumes a channel or changes its settings.
#[utoipa::path(patch, path = "/api/v1/channels/{id}", tag = "channels", request_body = ChangeChannel,
    params(("id" = String, Path)),
    responses((status = 200, body = ChannelDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ChannelId>,
    Json(change): Json<ChangeChannel>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ManageChannels)?;
    let state = match change.state.as_deref() {
        None => None,
        Some("active") => Some(ChannelState::Active),
        Some("paused") => Some(ChannelState::Paused),
        Some(_) => return Err(choice("state", "active, paused", who.lang)),
    };
    let change = ChannelChange {
        name: change.name,
        state,
        settings: settings_of(change.settings),
    };
    let channel = http
        .app
        .change_channel(&access, id, &change)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(ChannelDto::of(&http.app, &channel, who.lang)).into_response())
}
