//! Bodies of requests: bounded each, and bounded together. A body is charged to its budget as it
//! arrives, and its room is given back when it was worked on.

use app::Once;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use domain::limits;
use http_body_util::BodyExt as _;
use i18n::Language;
use serde::de::DeserializeOwned;

use crate::Http;
use crate::budget::{Budget, Held};
use crate::problem::Problem;
use crate::request::{Lang, Who, same_origin};

/// The asker proved who it is; strangers are heard more briefly.
#[derive(Debug, Clone, Copy)]
pub struct Known;

/// A body in memory, with its room.
pub struct KeptBody {
    pub bytes: Bytes,
    _room: Held,
}

/// A JSON body of bounded size.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Http> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, http: &Http) -> Result<Self, Problem> {
        let (body, lang) = read_json(http, request).await?;
        serde_json::from_slice(&body.bytes)
            .map(Json)
            .map_err(|_| Problem::malformed(lang))
    }
}

/// A JSON body, and the key under which its write is done once.
pub struct JsonOnce<T> {
    pub value: T,
    key: Option<String>,
    digest: [u8; 32],
}

impl<T> JsonOnce<T> {
    /// The body, and the key as the author's own.
    pub fn by(self, who: &Who) -> (T, Option<Once>) {
        let author = who.identity.id();
        let digest = self.digest;
        (
            self.value,
            self.key.map(|key| Once {
                author,
                key,
                digest,
            }),
        )
    }
}

impl<T: DeserializeOwned> FromRequest<Http> for JsonOnce<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, http: &Http) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        let (body, lang) = read_json(http, request).await?;
        let value = serde_json::from_slice(&body.bytes).map_err(|_| Problem::malformed(lang))?;
        let key = idempotency_key(&headers, lang)?;
        Ok(Self {
            value,
            key,
            digest: vault::digest(&body.bytes),
        })
    }
}

async fn read_json(http: &Http, request: Request) -> Result<(KeptBody, Language), Problem> {
    let (parts, body) = request.into_parts();
    let Lang(lang) = Lang::of(&parts);
    let known = parts.extensions.get::<Known>().is_some();
    // Whoever proved itself was asked where it comes from; nobody else may sign somebody in from
    // a foreign page.
    if !known && !same_origin(&parts.headers, &http.app.settings().public_url) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "csrf", lang));
    }
    let kind = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let kind = kind
        .unwrap_or("")
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    if kind != "application/json" {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem::new(status, "unsupported_media_type", lang));
    }
    let max_bytes = if known {
        limits::JSON_BODY_MAX
    } else {
        limits::JSON_BODY_OF_STRANGER_MAX
    };
    Ok((read_body(&http.bodies, body, max_bytes, lang).await?, lang))
}

/// The key a client gave its write, so that repeating it changes nothing.
///
/// # Errors
/// 422 for a key that is too long or holds other signs.
pub fn idempotency_key(headers: &HeaderMap, lang: Language) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or("").trim_matches('"');
    let fits = (1..=limits::CLIENT_ID_CHARS_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits {
        Ok(Some(text.to_owned()))
    } else {
        let problem = app::FieldProblem::new("idempotency-key", "field-client-id");
        Err(Problem::invalid(
            &[problem.with("max", limits::CLIENT_ID_CHARS_MAX)],
            lang,
        ))
    }
}

/// Steps in which the memory of a large body grows.
const STEP_MAX: usize = 1024 * 1024;

/// Reads a body up to a bound.
///
/// # Errors
/// 413 beyond the bound, 503 when all memory for bodies is in use, 408 when it came too slowly,
/// 400 when it broke off.
pub async fn read_body(
    budget: &Budget,
    mut body: Body,
    max_bytes: usize,
    lang: Language,
) -> Result<KeptBody, Problem> {
    let too_large = || Problem::too_large(max_bytes, lang);
    let announced = body.size_hint().lower();
    if announced > max_bytes as u64 {
        return Err(too_large());
    }
    let mut room = budget.hold();
    let mut counted = limits::BODY_UNCOUNTED;
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&error, lang))?;
        let Some(more) = frame.data_ref() else {
            continue;
        };
        let length = bytes.len() + more.len();
        if length > max_bytes {
            return Err(too_large());
        }
        if length > counted {
            room.grow(length - counted)
                .await
                .map_err(|_| Problem::busy(lang))?;
            counted = length;
        }
        if bytes.capacity() < length {
            let step = bytes.len().min(STEP_MAX).max(more.len());
            bytes.reserve_exact(step);
        }
        bytes.extend_from_slice(more);
    }
    Ok(KeptBody {
        bytes: Bytes::from(bytes),
        _room: room,
    })
}

fn broken(error: &axum::Error, lang: Language) -> Problem {
    if crate::edge::BodyTooSlow::caused(error) {
        Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", lang)
    } else {
        Problem::malformed(lang)
    }
}
