//! Signs of life for whoever watches over the process.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use telemetry::names;

use crate::problem::{Problem, ProblemBody};
use crate::request::{Lang, Peer};
use crate::{Http, MetricsAccess};

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", security(()),
    responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn healthz() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

/// It serves, and the database answers.
#[utoipa::path(get, path = "/readyz", tag = "operation", security(()),
    responses((status = 200, content_type = "text/plain", body = String),
        (status = 503, body = ProblemBody)))]
pub async fn readyz(State(http): State<Http>, Lang(lang): Lang) -> Result<Response, Problem> {
    if *http.stopping.borrow() {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            lang,
        ));
    }
    http.app
        .store()
        .ping()
        .await
        .map_err(|error| Problem::of(error.into(), lang))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], "ready\n").into_response())
}

/// Figures in Prometheus' text form, for whom the option `metrics` names. No personal data, no ids
/// of persons.
#[utoipa::path(get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, content_type = "text/plain", body = String),
        (status = 404, body = ProblemBody)))]
pub async fn metrics(
    State(http): State<Http>,
    peer: Peer,
    Lang(lang): Lang,
) -> Result<Response, Problem> {
    let may = match http.settings.metrics {
        MetricsAccess::Nobody => false,
        MetricsAccess::ThisMachine => peer.is_on_this_machine(),
        MetricsAccess::Everybody => true,
    };
    if !may {
        return Err(Problem::not_found(lang));
    }
    let text = match &http.metrics {
        Some(metrics) => {
            note_engine(&http.app.store().engine_stats());
            metrics::counter!(names::PASSWORDS_HASHED).absolute(http.app.passwords_hashed());
            metrics.render()
        }
        None => String::new(),
    };
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// The engine counts by itself, so its figures are exact at the moment they are asked for.
fn note_engine(stats: &store::EngineStats) {
    for (result, count) in [
        ("committed", stats.batches),
        ("conflict", stats.refused),
        ("failed", stats.unknown),
    ] {
        metrics::counter!(names::DB_BATCHES, "result" => result).absolute(count);
    }
    metrics::counter!(names::DB_COMMITS).absolute(stats.commits);
}
