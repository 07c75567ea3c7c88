//! What a customer sees before the first tap: whom it reaches, and the notice.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use i18n::Language;
use serde::Serialize;
use store::Notice;
use utoipa::ToSchema;

use crate::Http;
use crate::chat::sessions::ChatSessionDto;
use crate::dto::CompanyDto;
use crate::problem::{Problem, ProblemBody};
use crate::request::{Lang, Visitor};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notice)]
pub struct NoticeDto {
    pub version: i64,
    pub url: String,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
}

impl NoticeDto {
    #[must_use]
    pub fn of(notice: &Notice, summary: Option<String>) -> Self {
        Self {
            version: notice.version,
            url: format!("/notices/{}?locale={}", notice.version, notice.locale),
            text: notice.text.clone(),
            summary,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatEntry)]
pub struct ChatEntryDto {
    pub slug: String,
    pub title: String,
    /// The entry's own language.
    #[schema(value_type = crate::dto::words::LocaleWord)]
    pub locale: String,
    pub company: CompanyDto,
    #[schema(value_type = Vec<crate::dto::words::LocaleWord>)]
    pub languages: Vec<String>,
    pub notice: NoticeDto,
    /// Where the company says who it is.
    #[schema(required = true)]
    pub imprint_url: Option<String>,
    /// The visitor's own session, if its cookie is still good.
    #[schema(required = true)]
    pub session: Option<ChatSessionDto>,
}

/// An entry and the notice shown at it. Stores nothing, sets nothing.
#[utoipa::path(get, path = "/chat/v1/entries/{slug}", tag = "chat", security(()),
    params(("slug" = String, Path), ("locale" = Option<String>, Query)),
    responses((status = 200, body = ChatEntryDto), (status = 404, body = ProblemBody)))]
pub async fn show(
    State(http): State<Http>,
    Lang(lang): Lang,
    Path(slug): Path<String>,
    visitor: Result<Visitor, Problem>,
) -> Result<Response, Problem> {
    let refuse = |error| Problem::of(error, lang);
    let entry = http.app.entry_by_slug(&slug).await.map_err(refuse)?;
    let (notice, summary) = http.app.current_notice(lang).await.map_err(refuse)?;
    let company = http
        .app
        .store()
        .company()
        .await
        .map_err(|e| refuse(e.into()))?;
    let session = match visitor {
        Ok(visitor) if visitor.visitor.entry.channel == entry.channel => Some(
            http.chat_session(&visitor.visitor, lang)
                .await
                .map_err(refuse)?,
        ),
        _ => None,
    };
    let body = ChatEntryDto {
        session,
        slug: entry.slug,
        title: entry.title,
        locale: entry.locale,
        imprint_url: company
            .as_ref()
            .and_then(|company| company.imprint_url.clone()),
        company: CompanyDto {
            name: company.map(|company| company.name).unwrap_or_default(),
        },
        languages: Language::ALL
            .iter()
            .map(|l| l.as_str().to_owned())
            .collect(),
        notice: NoticeDto::of(&notice, Some(summary)),
    };
    Ok(axum::Json(body).into_response())
}

/// The exact text of a notice, of any version that ever was.
#[utoipa::path(get, path = "/chat/v1/notices/{version}", tag = "chat", security(()),
    params(("version" = i64, Path), ("locale" = Option<String>, Query)),
    responses((status = 200, body = NoticeDto), (status = 404, body = ProblemBody)))]
pub async fn notice(
    State(http): State<Http>,
    Lang(lang): Lang,
    Path(version): Path<String>,
) -> Result<Response, Problem> {
    let version: i64 = version.parse().map_err(|_| Problem::not_found(lang))?;
    let notice = http
        .app
        .notice(version, lang)
        .await
        .map_err(|e| Problem::of(e, lang))?;
    Ok(axum::Json(NoticeDto::of(&notice, None)).into_response())
}

/// The same text for people: plain, printable, in any browser.
pub async fn notice_page(
    State(http): State<Http>,
    Lang(lang): Lang,
    Path(version): Path<String>,
) -> Result<Response, Problem> {
    let version: i64 = version.parse().map_err(|_| Problem::not_found(lang))?;
    let notice = http
        .app
        .notice(version, lang)
        .await
        .map_err(|e| Problem::of(e, lang))?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, notice.text).into_response())
}
