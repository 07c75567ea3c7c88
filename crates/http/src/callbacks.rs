//! Where providers call us back.

use app::CallbackRefusal;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{ChannelId, limits};
use ports::Rejected;
use store::faults::{self, Lie, Point};

use crate::Http;
use crate::body::read_body;
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Lang, query_pairs};

/// The provider asks whether this address is ours.
#[utoipa::path(get, path = "/callbacks/{channel_id}", tag = "callbacks", security(()),
    params(("channel_id" = String, Path)),
    responses((status = 200, content_type = "text/plain", body = String),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn handshake(
    State(http): State<Http>,
    Lang(lang): Lang,
    Id(channel): Id<ChannelId>,
    request: Request,
) -> Result<Response, Problem> {
    let query = query_pairs(request.uri().query());
    match http.app.callback_handshake(channel, &query).await {
        Ok(answer) => Ok((
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            answer,
        )
            .into_response()),
        Err(CallbackRefusal::Rejected(_)) => {
            Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", lang))
        }
        Err(error) => Err(refusal(error, lang)),
    }
}

/// Takes a callback: 200 means that it is durable. Signed JSON is kept, understood or not.
#[utoipa::path(post, path = "/callbacks/{channel_id}", tag = "callbacks", security(()),
    params(("channel_id" = String, Path)),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 503, body = ProblemBody)))]
pub async fn take(
    State(http): State<Http>,
    Lang(lang): Lang,
    Id(channel): Id<ChannelId>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let headers: Vec<(String, String)> = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect();
    let refuse = |error| refusal(error, lang);
    let expected = http.app.expect_callback(channel, &headers).await;
    expected.map_err(refuse)?;
    let max_bytes = limits::CALLBACK_BODY_MAX;
    let body = read_body(&http.bodies, request.into_body(), max_bytes, lang).await?;
    if faults::lies_each(Lie::CallbackDropped, 9) {
        return Ok(StatusCode::OK.into_response());
    }
    let taken = http
        .app
        .take_callback(channel, &headers, body.bytes.clone());
    match taken.await {
        Ok(()) => {
            faults::hit(Point::BeforeCallbackAnswer);
            Ok(StatusCode::OK.into_response())
        }
        Err(error) => Err(refusal(error, lang)),
    }
}

fn refusal(error: CallbackRefusal, lang: i18n::Language) -> Problem {
    match error {
        CallbackRefusal::ChannelUnknown => Problem::not_found(lang),
        CallbackRefusal::Rejected(Rejected::NotTaken) => Problem::not_found(lang),
        CallbackRefusal::Rejected(Rejected::SignatureMissing | Rejected::SignatureWrong) => {
            Problem::unauthorized("signature", lang)
        }
        CallbackRefusal::NotJson => Problem::malformed(lang),
        CallbackRefusal::App(error) => Problem::of(error, lang),
    }
}
