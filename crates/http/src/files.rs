//! Files in and out, for teammates and customers alike.

use app::{App, FileContent, UploadInput};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Pii;
use i18n::Language;

use crate::problem::Problem;
use crate::request::{query_value, read_body};

/// Overhead of a multipart body around its file.
const MULTIPART_EXTRA: usize = 64 * 1024;

/// Reads an upload: a raw body with its type, or the field `file` of a form.
///
/// # Errors
/// 413, 415, 422, 400.
pub async fn read_upload(
    request: Request,
    max_bytes: usize,
    lang: Language,
) -> Result<UploadInput, Problem> {
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
        let bytes = read_body(request.into_body(), max_bytes + MULTIPART_EXTRA, lang).await?;
        let form = read_form(mime.unwrap_or_default(), bytes, lang).await?;
        if form.bytes.len() > max_bytes {
            return Err(Problem::too_large(max_bytes, lang));
        }
        return Ok(UploadInput {
            name: name.map(Pii::new).or(form.name),
            voice,
            ..form
        });
    }
    let bytes = read_body(request.into_body(), max_bytes, lang).await?;
    Ok(UploadInput {
        name: name.map(Pii::new),
        mime,
        voice,
        bytes,
    })
}

async fn read_form(mime: String, bytes: Bytes, lang: Language) -> Result<UploadInput, Problem> {
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

/// The characters a quoted header parameter may hold as they are.
fn ascii_name(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ' {
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

/// One satisfiable `bytes=a-b` range; anything else is answered with the whole.
fn range(headers: &HeaderMap, length: usize) -> Option<(usize, usize)> {
    let text = headers
        .get(header::RANGE)?
        .to_str()
        .ok()?
        .strip_prefix("bytes=")?;
    let (from, to) = text.split_once('-')?;
    let last = length.checked_sub(1)?;
    let (from, to) = match (from, to) {
        ("", suffix) => {
            let count: usize = suffix.parse().ok()?;
            (length.saturating_sub(count), last)
        }
        (from, "") => (from.parse().ok()?, last),
        (from, to) => (from.parse().ok()?, to.parse::<usize>().ok()?.min(last)),
    };
    (from <= to && from <= last).then_some((from, to))
}

/// Hands a file out, sandboxed: whatever is inside, a browser runs nothing of it.
#[must_use]
pub fn file_response(file: FileContent, headers: &HeaderMap, download: bool) -> Response {
    let mime = file.attachment.mime.clone();
    let shown = App::may_be_shown(&mime) && !download;
    let name = file
        .attachment
        .name
        .as_ref()
        .map_or("file", |name| name.expose().as_str());
    let disposition = format!(
        "{}; filename=\"{}\"; filename*=UTF-8''{}",
        if shown { "inline" } else { "attachment" },
        ascii_name(name),
        encoded_name(name)
    );
    let length = file.bytes.len();
    let bytes = Bytes::from(file.bytes);
    let mut response = match range(headers, length) {
        Some((from, to)) => {
            let mut response = (
                StatusCode::PARTIAL_CONTENT,
                Body::from(bytes.slice(from..=to)),
            )
                .into_response();
            let text = format!("bytes {from}-{to}/{length}");
            if let Ok(value) = HeaderValue::from_str(&text) {
                response.headers_mut().insert(header::CONTENT_RANGE, value);
            }
            response
        }
        None => Body::from(bytes).into_response(),
    };
    let kind = if App::may_be_shown(&mime) {
        mime.as_str()
    } else {
        "application/octet-stream"
    };
    let set = |response: &mut Response, name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(&mut response, header::CONTENT_TYPE, kind);
    set(&mut response, header::CONTENT_DISPOSITION, &disposition);
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(&mut response, header::CACHE_CONTROL, "private, no-store");
    set(
        &mut response,
        header::CONTENT_SECURITY_POLICY,
        "sandbox; default-src 'none'",
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str, length: usize) -> Option<(usize, usize)> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, value.parse().unwrap());
        range(&headers, length)
    }

    #[test]
    fn ranges_stay_inside_the_file() {
        assert_eq!(asked("bytes=0-", 10), Some((0, 9)));
        assert_eq!(asked("bytes=2-4", 10), Some((2, 4)));
        assert_eq!(asked("bytes=2-400", 10), Some((2, 9)));
        assert_eq!(asked("bytes=-3", 10), Some((7, 9)));
        assert_eq!(asked("bytes=-30", 10), Some((0, 9)));
        for odd in [
            "bytes=10-",
            "bytes=4-2",
            "bytes=a-b",
            "bytes=0-1,3-4",
            "lines=1-2",
        ] {
            assert_eq!(asked(odd, 10), None, "{odd}");
        }
        assert_eq!(asked("bytes=0-", 0), None);
    }

    #[test]
    fn names_survive_in_headers() {
        assert_eq!(ascii_name("Größe \"1\".pdf"), "Gr__e _1_.pdf");
        assert_eq!(encoded_name("Größe.pdf"), "Gr%C3%B6%C3%9Fe.pdf");
    }
}
