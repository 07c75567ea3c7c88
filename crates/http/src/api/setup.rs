//! The first start.

use app::{NewTeammateInput, SetupInput};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Pii;
use domain::teammate::Role;
use i18n::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Http;
use crate::api::session::{cookies, session_dto};
use crate::dto::{EntryDto, SessionDto};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Json, Lang, Who};

#[derive(Debug, Serialize, ToSchema)]
pub struct SetupNeeded {
    pub needed: bool,
    /// Who asks, if signed in: a page learns at once whether to show set-up, sign-in or desk.
    #[schema(required = true)]
    pub session: Option<SessionDto>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SetupCompany {
    pub name: String,
    pub country: Option<String>,
    /// https or http: where the company says who it is
    pub imprint_url: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct SetupOwner {
    pub name: String,
    pub email: String,
    pub password: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SetupChat {
    pub slug: String,
    pub title: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct SetupPrivacy {
    /// Who is responsible (Art. 4 No. 7 GDPR).
    pub controller: String,
    pub contact_email: String,
    /// Days after which conversations are erased.
    pub retention_days: i64,
}

#[derive(Deserialize, ToSchema)]
pub struct Setup {
    /// From the set-up link.
    pub token: String,
    pub company: SetupCompany,
    /// de, en
    pub locale: String,
    pub owner: SetupOwner,
    pub chat: SetupChat,
    pub privacy: SetupPrivacy,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SetupDone {
    pub session: SessionDto,
    pub entry: EntryDto,
}

/// Whether the installation still has to be set up.
#[utoipa::path(get, path = "/api/v1/setup", tag = "setup", security(()),
    responses((status = 200, body = SetupNeeded)))]
pub async fn needed(
    State(http): State<Http>,
    Lang(lang): Lang,
    who: Result<Who, Problem>,
) -> Result<Response, Problem> {
    let needed = http
        .app
        .setup_needed()
        .await
        .map_err(|e| Problem::of(e, lang))?;
    let session = match &who {
        Ok(Who {
            identity,
            session: Some((_, csrf)),
            ..
        }) => Some(session_dto(&http, &identity.teammate, csrf.expose()).await),
        _ => None,
    };
    Ok(axum::Json(SetupNeeded { needed, session }).into_response())
}

/// Sets up company, owner, own chat and notice at once, and signs the owner in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "setup", security(()), request_body = Setup,
    responses((status = 201, body = SetupDone), (status = 401, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set_up(
    State(http): State<Http>,
    Lang(lang): Lang,
    Json(setup): Json<Setup>,
) -> Result<Response, Problem> {
    let language = Language::parse(&setup.locale)
        .ok_or_else(|| crate::api::choice("locale", "de, en", lang))?;
    let input = SetupInput {
        token: Pii::new(setup.token),
        company: setup.company.name,
        country: setup
            .company
            .country
            .filter(|country| !country.trim().is_empty()),
        imprint_url: setup.company.imprint_url,
        language,
        owner: NewTeammateInput {
            email: Pii::new(setup.owner.email),
            name: Pii::new(setup.owner.name),
            role: Role::Owner,
            password: Pii::new(setup.owner.password),
        },
        slug: setup.chat.slug,
        title: setup.chat.title,
        controller: setup.privacy.controller,
        contact_email: Pii::new(setup.privacy.contact_email),
        retention_days: setup.privacy.retention_days,
    };
    let done = http
        .app
        .set_up(input)
        .await
        .map_err(|e| Problem::of(e, lang))?;
    let body = SetupDone {
        session: session_dto(&http, &done.session.teammate, done.session.csrf.expose()).await,
        entry: EntryDto::of(&http.app.settings().public_url, &done.entry),
    };
    let cookies = cookies(&http, &done.session);
    Ok((StatusCode::CREATED, cookies, axum::Json(body)).into_response())
}
