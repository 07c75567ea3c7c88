//! Reading one's own data, and taking a copy of it along.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{ExportId, limits};

use super::Mine;
use crate::Http;
use crate::api::exports::ExportDto;
use crate::dto::{MyDataDto, Shown};
use crate::files::outgoing;
use crate::package;
use crate::problem::{Problem, ProblemBody};
use crate::rates::Whom;
use crate::request::{Id, Lang, Visitor};

/// Everything that is kept about oneself, but for the words and files.
#[utoipa::path(get, path = "/me/v1/data", tag = "me", security(("my_cookie" = [])),
    responses((status = 200, body = MyDataDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub async fn overview(State(http): State<Http>, mine: Mine) -> Result<Response, Problem> {
    let access = mine.session.access();
    let data = http.app.my_data(&access, mine.session.contact).await;
    let data = data.map_err(mine.problem())?;
    Ok(axum::Json(MyDataDto::of(&data, mine.lang, Shown::Ends)).into_response())
}

/// The same as a page that needs no script, for who writes in the own chat. Anybody else is told
/// where it opens.
///
/// # Errors
/// What the store says.
pub async fn plain(
    State(http): State<Http>,
    Lang(lang): Lang,
    visitor: Result<Visitor, Problem>,
) -> Result<Response, Problem> {
    let (status, page) = match visitor {
        Ok(Visitor { visitor, .. }) => {
            let data = http.app.my_data(&visitor.access(), visitor.contact).await;
            let data = data.map_err(|error| Problem::of(error, lang))?;
            (StatusCode::OK, package::plain(&data, lang))
        }
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => {
            (StatusCode::UNAUTHORIZED, package::closed(lang))
        }
        Err(problem) => return Err(problem),
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, package::plain_policy()),
    ];
    Ok((status, headers, page).into_response())
}

/// Asks for a copy of everything. Needs a code that was right a moment ago.
#[utoipa::path(post, path = "/me/v1/exports", tag = "me", security(("my_cookie" = [])),
    responses((status = 201, body = ExportDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn export(State(http): State<Http>, mine: Mine) -> Result<Response, Problem> {
    let export = http.app.begin_my_export(&mine.session, mine.lang).await;
    let export = ExportDto::of(&export.map_err(mine.problem())?);
    Ok((StatusCode::CREATED, axum::Json(export)).into_response())
}

/// How far the copy is.
#[utoipa::path(get, path = "/me/v1/exports/{id}", tag = "me", params(("id" = String, Path)),
    security(("my_cookie" = [])),
    responses((status = 200, body = ExportDto), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub async fn show_export(
    State(http): State<Http>,
    mine: Mine,
    Id(id): Id<ExportId>,
) -> Result<Response, Problem> {
    let export = http.app.export(&mine.session.access(), id);
    let export = export.map_err(mine.problem())?;
    Ok(axum::Json(ExportDto::of(&export)).into_response())
}

/// The copy, made while it is sent.
#[utoipa::path(get, path = "/me/v1/exports/{id}/content", tag = "me", params(("id" = String, Path)),
    security(("my_cookie" = [])),
    responses((status = 200, content_type = "application/zip"), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn content(
    State(http): State<Http>,
    mine: Mine,
    Id(id): Id<ExportId>,
) -> Result<Response, Problem> {
    let access = mine.session.access();
    let export = http.app.export(&access, id).map_err(mine.problem())?;
    let whom = Whom::Contact(mine.session.contact);
    let max = limits::DOWNLOADS_OF_CONTACT_AT_ONCE;
    let held = outgoing(&http, whom, max, mine.lang).await?;
    Ok(package::response(http.app.clone(), access, export, held))
}
