//! What contacts agreed to: where it stands, how it is asked for, and the proof of it.

use app::{InvitationInput, SheetWish};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::Access;
use domain::teammate::Right;
use domain::{ChannelId, ContactId};
use i18n::Language;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::Http;
use crate::api::choice;
use crate::dto::{
    AskForConsentDto, ContactConsentDto, InvitationDto, ListDto, NewInvitationDto, ProofKeyDto,
    WithdrawForDto, WithdrawnDto,
};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Query, Who};

fn channel_of(text: &str, lang: Language) -> Result<ChannelId, Problem> {
    let wrong = |_| Problem::field("channel_id", "field-id", lang);
    text.parse().map_err(wrong)
}

/// A fresh code for a form or a picture code, with the notice to be shown beside it. Nothing is
/// sent: whoever agrees sends the words, and that is the confirmation.
#[utoipa::path(post, path = "/api/v1/consents/invitations", tag = "consents",
    request_body = NewInvitationDto,
    responses((status = 201, body = InvitationDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn invite(
    State(http): State<Http>,
    who: Who,
    Json(new): Json<NewInvitationDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let language = match new.locale.as_deref() {
        None => who.lang,
        Some(tag) => Language::parse(tag).ok_or_else(|| choice("locale", "de, en", who.lang))?,
    };
    let input = InvitationInput {
        channel: channel_of(&new.channel_id, who.lang)?,
        purpose: new.purpose,
        language,
        place: new.place,
    };
    let made = http.app.invite(&access, &input).await;
    let body = InvitationDto::of(&made.map_err(who.problem())?);
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}

/// Who answers requests proves also what nobody else may read any more.
fn prover(who: &Who) -> Result<Access, Problem> {
    let reader = who.may(Right::ReadConsents)?;
    Ok(who.may(Right::AnswerRequests).unwrap_or(reader))
}

/// Everything a contact agreed to, refused or withdrew, with what happened.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/consents", tag = "consents",
    params(("id" = String, Path)),
    responses((status = 200, body = ListDto<ContactConsentDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn list(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
) -> Result<Response, Problem> {
    let access = prover(&who)?;
    let consents = http
        .app
        .consents(&access, id)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(ListDto {
        items: consents.iter().map(ContactConsentDto::of).collect(),
        next_cursor: None,
    })
    .into_response())
}

/// Asks the contact, in a conversation that it began: a fixed text with a button for yes and one
/// for no. Nobody but the contact itself agrees.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/consents", tag = "consents",
    params(("id" = String, Path)), request_body = AskForConsentDto,
    responses((status = 202), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn ask(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
    Json(wanted): Json<AskForConsentDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let channel = channel_of(&wanted.channel_id, who.lang)?;
    let name = &who.identity.teammate.name;
    http.app
        .ask_for_consent(&access, id, name, (&wanted.purpose, channel))
        .await
        .map_err(who.problem())?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Writes down that the contact withdrew, in whatever way it said so. There is no way to write
/// down the opposite.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/consents/withdraw", tag = "consents",
    params(("id" = String, Path)), request_body = WithdrawForDto,
    responses((status = 200, body = WithdrawnDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn withdraw(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
    Json(said): Json<WithdrawForDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let channel = channel_of(&said.channel_id, who.lang)?;
    let ended = http
        .app
        .withdraw_for(&access, id, (said.purpose.as_deref(), channel), &said.words)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(WithdrawnDto { ended }).into_response())
}

/// The proof of all of it, as one file that `tresen verify` judges without this house.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/consents/package", tag = "consents",
    params(("id" = String, Path)),
    responses((status = 200, content_type = "application/zip"), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn package(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
) -> Result<Response, Problem> {
    let access = prover(&who)?;
    let bytes = http
        .app
        .consent_package(&access, id)
        .await
        .map_err(who.problem())?;
    Ok(file(
        "application/zip",
        &format!("consents-{id}.zip"),
        bytes,
    ))
}

fn file(mime: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SheetQuery {
    /// Absent: all of them.
    pub purpose: Option<String>,
    /// Absent: all of them.
    pub address_id: Option<String>,
    /// de, en; absent: the language of whoever asks.
    pub language: Option<String>,
}

/// The evidence for what a contact agreed to, as a sheet that people read and print: what was
/// shown, what happened, how it stands, and how it is checked.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/consents/sheet", tag = "consents",
    params(("id" = String, Path), SheetQuery),
    responses((status = 200, content_type = "application/pdf"), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn sheet(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
    Query(query): Query<SheetQuery>,
) -> Result<Response, Problem> {
    let access = prover(&who)?;
    let language = match query.language.as_deref() {
        None => who.lang,
        Some(tag) => Language::parse(tag).ok_or_else(|| choice("language", "de, en", who.lang))?,
    };
    let wrong = |_| Problem::field("address_id", "field-id", who.lang);
    let wish = SheetWish {
        purpose: query.purpose,
        address: query
            .address_id
            .map(|id| id.parse())
            .transpose()
            .map_err(wrong)?,
        language,
    };
    let made = http.app.consent_sheet(&access, id, &wish).await;
    let bytes = made.map_err(who.problem())?;
    let name = format!("consent-{id}.{}.pdf", language.as_str());
    Ok(file("application/pdf", &name, bytes))
}

/// The key by which packages of this house are judged. Hand it out on another way than they.
#[utoipa::path(get, path = "/api/v1/consents/key", tag = "consents",
    responses((status = 200, body = ProofKeyDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn key(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    who.may(Right::ReadConsents)?;
    let key = http.app.proof_key().await.map_err(who.problem())?;
    Ok(axum::Json(ProofKeyDto { key }).into_response())
}
