//! The texts people are shown before they agree.

use app::{NoticeInput, NoticeText, Party};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::channel::ChannelKind;
use domain::teammate::Right;
use i18n::Language;

use crate::Http;
use crate::api::choice;
use crate::dto::{ConsentNoticeDto, ListDto, NewConsentNoticeDto, PartyDto};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Json, Who};

fn input_of(new: NewConsentNoticeDto, lang: Language) -> Result<NoticeInput, Problem> {
    let party = |party: PartyDto| Party {
        id: party.id,
        name: party.name,
    };
    let mut channels = Vec::new();
    for kind in &new.channels {
        let known = ChannelKind::parse(kind);
        let words = ChannelKind::ALL.map(ChannelKind::as_str).join(", ");
        channels.push(known.ok_or_else(|| choice("channels", &words, lang))?);
    }
    channels.sort_unstable();
    channels.dedup();
    let mut texts = Vec::new();
    for text in new.texts {
        let language = Language::parse(&text.locale);
        texts.push(NoticeText {
            language: language.ok_or_else(|| choice("texts", "de, en", lang))?,
            text: text.text,
            withdrawal: text.withdrawal,
        });
    }
    Ok(NoticeInput {
        purpose: new.purpose,
        channels,
        advertiser: new.advertiser,
        product_scope: new.product_scope,
        recipients: new.recipients.into_iter().map(party).collect(),
        transfers: new.transfers.into_iter().map(party).collect(),
        personal_data: new.personal_data,
        texts,
    })
}

/// Every notice that was ever published, the oldest first.
#[utoipa::path(get, path = "/api/v1/notices", tag = "consents",
    responses((status = 200, body = ListDto<ConsentNoticeDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn list(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let access = who.may(Right::ReadChannels)?;
    let notices = http
        .app
        .consent_notices(&access)
        .await
        .map_err(who.problem())?;
    Ok(axum::Json(ListDto {
        items: notices.iter().map(ConsentNoticeDto::of).collect(),
        next_cursor: None,
    })
    .into_response())
}

/// Publishes the next version, in every language at once. A consent whose notice promised
/// something else is asked for anew.
#[utoipa::path(post, path = "/api/v1/notices", tag = "consents",
    request_body = NewConsentNoticeDto,
    responses((status = 201, body = ListDto<ConsentNoticeDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn publish(
    State(http): State<Http>,
    who: Who,
    Json(new): Json<NewConsentNoticeDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::ManagePurposes)?;
    let input = input_of(new, who.lang)?;
    let notices = http
        .app
        .publish_consent_notice(&access, &input)
        .await
        .map_err(who.problem())?;
    let body = ListDto {
        items: notices.iter().map(ConsentNoticeDto::of).collect(),
        next_cursor: None,
    };
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}
