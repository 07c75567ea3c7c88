//! Doors to the own chat: a name in the address, a title, a QR code.

use app::{EntryChange, EntryInput};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::teammate::Right;
use domain::{ChannelId, EntryId};
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::convert::{Builder, Shape};
use fast_qr::qr::QRBuilder;
use i18n::Language;

use crate::Http;
use crate::api::choice;
use crate::dto::{ChangeEntryDto, EntryDto, ListDto, NewEntryDto};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, JsonOnce, Who};

/// All doors, oldest first.
#[utoipa::path(get, path = "/api/v1/entries", tag = "entries",
    responses((status = 200, body = ListDto<EntryDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let access = who.may(Right::ReadChannels)?;
    let entries = http.app.entries(&access).await.map_err(who.problem())?;
    let public_url = &http.app.settings().public_url;
    let items = entries
        .iter()
        .map(|entry| EntryDto::of(public_url, entry))
        .collect();
    Ok(axum::Json(ListDto {
        items,
        next_cursor: None,
    })
    .into_response())
}

/// Opens a door.
#[utoipa::path(post, path = "/api/v1/entries", tag = "entries", request_body = NewEntryDto,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = EntryDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn create(
    State(http): State<Http>,
    who: Who,
    new: JsonOnce<NewEntryDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ManageChannels)?;
    let (new, once) = new.by(&who);
    let channel: ChannelId = new
        .channel_id
        .parse()
        .map_err(|_| Problem::field("channel_id", "field-id", who.lang))?;
    let locale = language(new.locale.as_deref(), who.lang)?.unwrap_or(Language::De);
    let input = EntryInput {
        channel,
        slug: new.slug,
        title: new.title,
        locale: locale.as_str().to_owned(),
        allowed_origins: new.allowed_origins,
    };
    let entry = http
        .app
        .add_entry(&access, input, once.as_ref())
        .await
        .map_err(who.problem())?;
    let body = EntryDto::of(&http.app.settings().public_url, &entry);
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}

/// Renames a door, or changes its language or the sites that may show it.
#[utoipa::path(patch, path = "/api/v1/entries/{id}", tag = "entries", request_body = ChangeEntryDto,
    params(("id" = String, Path)),
    responses((status = 200, body = EntryDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn change(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<EntryId>,
    Json(change): Json<ChangeEntryDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ManageChannels)?;
    let locale = language(change.locale.as_deref(), who.lang)?;
    let change = EntryChange {
        title: change.title,
        locale: locale.map(|language| language.as_str().to_owned()),
        allowed_origins: change.allowed_origins,
    };
    let entry = http
        .app
        .change_entry(&access, id, &change)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(EntryDto::of(&http.app.settings().public_url, &entry)).into_response())
}

fn language(tag: Option<&str>, lang: Language) -> Result<Option<Language>, Problem> {
    tag.map(|tag| Language::parse(tag).ok_or_else(|| choice("locale", "de, en", lang)))
        .transpose()
}

/// The door's address as a QR code.
#[utoipa::path(get, path = "/api/v1/entries/{id}/qr.svg", tag = "entries",
    params(("id" = String, Path)),
    responses((status = 200, content_type = "image/svg+xml"), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn qr(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<EntryId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ReadChannels)?;
    let entry = http.app.entry(&access, id).await.map_err(who.problem())?;
    let url = EntryDto::of(&http.app.settings().public_url, &entry).url;
    let code = QRBuilder::new(url)
        .build()
        .map_err(|_| Problem::not_found(who.lang))?;
    let svg = SvgBuilder::default()
        .shape(Shape::Square)
        .margin(4)
        .to_str(&code);
    Ok((
        [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        svg,
    )
        .into_response())
}
