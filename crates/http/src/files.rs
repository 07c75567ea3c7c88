//! Files in and out, for teammates and customers alike.

use app::{App, FileContent, FileReader, UploadInput};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Pii;
use i18n::Language;

use crate::Http;
use crate::body::{KeptBody, read_body};
use crate::budget::{Budget, Held};
use crate::problem::Problem;
use crate::rates::{PlaceHeld, Whom, place};
use crate::request::query_value;

/// Overhead of a multipart body around its file.
const MULTIPART_EXTRA: usize = 64 * 1024;

/// An upload that is wholly here, with its room.
pub struct Arriving {
    pub input: UploadInput,
    pub body: KeptBody,
}

/// Reads an upload: a raw body with its type, or the field `file` of a form.
///
/// # Errors
/// 413, 415, 422, 400.
pub async fn read_upload(
    budget: &Budget,
    request: Request,
    max_bytes: usize,
    lang: Language,
) -> Result<Arriving, Problem> {
    let query = request.uri().query().map(str::to_owned);
    let name = query_value(query.as_deref(), "name");
    let voice = query_value(query.as_deref(), "kind").is_some_and(|value| value == "voice");
    let mime = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let is_form = mime
        .as_deref()
        .is_some_and(|mime| mime.starts_with("multipart/form-data"));
    if is_form {
        let max_bytes_form = max_bytes + MULTIPART_EXTRA;
        let body = read_body(budget, request.into_body(), max_bytes_form, lang).await?;
        let form = read_form(mime.unwrap_or_default(), body.bytes.clone(), lang).await?;
        if form.bytes.len() > max_bytes {
            return Err(Problem::too_large(max_bytes, lang));
        }
        let input = UploadInput {
            name: name.map(Pii::new).or(form.name),
            voice,
            ..form
        };
        return Ok(Arriving { input, body });
    }
    let body = read_body(budget, request.into_body(), max_bytes, lang).await?;
    let input = UploadInput {
        name: name.map(Pii::new),
        mime,
        voice,
        bytes: body.bytes.clone(),
    };
    Ok(Arriving { input, body })
}

pub(crate) async fn read_form(
    mime: String,
    bytes: Bytes,
    lang: Language,
) -> Result<UploadInput, Problem> {
    let boundary = multer::parse_boundary(mime).map_err(|_| Problem::malformed(lang))?;
    let stream =
        futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(bytes) });
    let mut form = multer::Multipart::new(stream, boundary);
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|_| Problem::malformed(lang))?
    {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().map(|name| Pii::new(name.to_owned()));
        let mime = field.content_type().map(ToString::to_string);
        let bytes = field.bytes().await.map_err(|_| Problem::malformed(lang))?;
        return Ok(UploadInput {
            name,
            mime,
            voice: false,
            bytes,
        });
    }
    Err(Problem::field("file", "field-required", lang))
}

/// The characters a quoted header parameter may hold as they are. A semicolon and a percent sign
/// may stand there, but not every reader knows that.
fn ascii_name(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_graphic() && !"\"\\;%".contains(c) || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect()
}

fn encoded_name(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

/// What is asked for of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Whole,
    /// From the first byte to the one before the last.
    Part(u64, u64),
    /// Nothing of the file lies there.
    Nowhere,
}

/// One `bytes=a-b` range; anything else is answered with the whole.
pub(crate) fn asked(headers: &HeaderMap, length: u64) -> Asked {
    // Files have no tag that a condition could name, so a condition never holds.
    if headers.contains_key(header::IF_RANGE) {
        return Asked::Whole;
    }
    read_range(headers).map_or(Asked::Whole, |(from, to)| match (from, to) {
        (None, 0) => Asked::Nowhere,
        (None, _) if length == 0 => Asked::Nowhere,
        (None, suffix) => Asked::Part(length.saturating_sub(suffix), length),
        (Some(from), to) if to < from => Asked::Whole,
        (Some(from), _) if from >= length => Asked::Nowhere,
        (Some(from), to) => Asked::Part(from, to.saturating_add(1).min(length)),
    })
}

/// First and last byte; without a first one, the number of bytes at the end.
fn read_range(headers: &HeaderMap) -> Option<(Option<u64>, u64)> {
    let text = headers.get(header::RANGE)?.to_str().ok()?;
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (from, to) {
        ("", suffix) => Some((None, number(suffix)?)),
        (from, "") => Some((Some(number(from)?), u64::MAX)),
        (from, to) => Some((Some(number(from)?), number(to)?)),
    }
}

/// What a download holds until it was sent or given up.
pub struct Outgoing {
    _room: Held,
    _place: PlaceHeld,
}

/// Two pieces: one that is opened, one that the peer has not taken yet.
const OUTGOING_BYTES: usize = 2 * vault::CHUNK;

/// Room for one more download.
///
/// # Errors
/// 429 when this asker has too many already, 503 when all have.
pub async fn outgoing(
    http: &Http,
    whom: Whom,
    max: u32,
    lang: Language,
) -> Result<Outgoing, Problem> {
    let place = place(&http.downloading, whom, max, lang)?;
    let room = http.downloads.take(OUTGOING_BYTES).await;
    Ok(Outgoing {
        _room: room.map_err(|_| Problem::busy(lang))?,
        _place: place,
    })
}

/// The stretch piece by piece: each is opened when the peer has taken the one before.
fn stretch(reader: FileReader, from: u64, end: u64, outgoing: Outgoing) -> Body {
    let pieces = futures_util::stream::try_unfold(from, move |at| {
        let reader = reader.clone();
        let _held = &outgoing;
        async move {
            if at >= end {
                return Ok(None);
            }
            let piece = reader.read(at, end).await.inspect_err(|error| {
                tracing::error!(error = %error, "a download broke off");
            })?;
            let next = at + (piece.len() as u64).max(1);
            Ok::<_, app::AppError>(Some((piece, next)))
        }
    });
    Body::from_stream(pieces)
}

/// Hands a file out, sandboxed: whatever is inside, a browser runs nothing of it.
#[must_use]
pub fn file_response(
    file: FileContent,
    headers: &HeaderMap,
    download: bool,
    outgoing: Outgoing,
) -> Response {
    let FileContent { attachment, reader } = file;
    let bytes = reader.bytes();
    let (status, from, end) = match asked(headers, bytes) {
        Asked::Whole => (StatusCode::OK, 0, bytes),
        Asked::Part(from, end) => (StatusCode::PARTIAL_CONTENT, from, end),
        Asked::Nowhere => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    let range = match status {
        StatusCode::PARTIAL_CONTENT => Some(format!("bytes {from}-{}/{bytes}", end - 1)),
        StatusCode::RANGE_NOT_SATISFIABLE => Some(format!("bytes */{bytes}")),
        _ => None,
    };
    let mut response = (status, stretch(reader, from, end, outgoing)).into_response();
    let mut set = |name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    if let Some(range) = range {
        set(header::CONTENT_RANGE, &range);
    }
    let shown = App::may_be_shown(&attachment.mime);
    let kind = if shown {
        attachment.mime.as_str()
    } else {
        "application/octet-stream"
    };
    let name = attachment
        .name
        .as_ref()
        .map_or("file", |name| name.expose().as_str());
    set(header::CONTENT_LENGTH, &(end - from).to_string());
    set(header::CONTENT_TYPE, kind);
    set(
        header::CONTENT_DISPOSITION,
        &disposition(name, shown && !download),
    );
    set(header::ACCEPT_RANGES, "bytes");
    set(header::CACHE_CONTROL, "private, no-store");
    set(
        header::CONTENT_SECURITY_POLICY,
        "sandbox; default-src 'none'",
    );
    response
}

pub(crate) fn disposition(name: &str, shown: bool) -> String {
    format!(
        "{}; filename=\"{}\"; filename*=UTF-8''{}",
        if shown { "inline" } else { "attachment" },
        ascii_name(name),
        encoded_name(name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(value: &str, length: u64) -> Asked {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, value.parse().unwrap());
        asked(&headers, length)
    }

    #[test]
    fn ranges_stay_inside_the_file() {
        assert_eq!(range("bytes=0-", 10), Asked::Part(0, 10));
        assert_eq!(range("bytes=2-4", 10), Asked::Part(2, 5));
        assert_eq!(range("bytes=2-400", 10), Asked::Part(2, 10));
        assert_eq!(range("bytes=-3", 10), Asked::Part(7, 10));
        assert_eq!(range("bytes=-30", 10), Asked::Part(0, 10));
        let huge = format!("bytes=3-{}", "9".repeat(40));
        assert_eq!(range(&huge, 10), Asked::Part(3, 10));
        for odd in [
            "bytes=4-2",
            "bytes=a-b",
            "bytes=0-1,3-4",
            "bytes=+1-2",
            "bytes=-",
            "lines=1-2",
        ] {
            assert_eq!(range(odd, 10), Asked::Whole, "{odd}");
        }
        for outside in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(range(outside, 10), Asked::Nowhere, "{outside}");
        }
        assert_eq!(range("bytes=0-", 0), Asked::Nowhere);
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, "bytes=2-4".parse().unwrap());
        headers.insert(header::IF_RANGE, "\"tag\"".parse().unwrap());
        assert_eq!(asked(&headers, 10), Asked::Whole);
    }

    #[test]
    fn names_survive_in_headers() {
        assert_eq!(ascii_name("Größe \"1\".pdf"), "Gr__e _1_.pdf");
        assert_eq!(encoded_name("Größe.pdf"), "Gr%C3%B6%C3%9Fe.pdf");
    }
}
