//! What a request says about itself: its language, who sends it, its body. Everything is parsed
//! here; handlers only see finished types.

use app::{AppError, ChatVisitor, Identity};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::access::Access;
use domain::limits;
use domain::teammate::Right;
use i18n::Language;
use serde::de::DeserializeOwned;
use std::str::FromStr;
use vault::{Token, constant_time_equal};

use crate::Http;
use crate::body::Known;
pub use crate::body::{Json, JsonOnce, idempotency_key};
pub use crate::peer::Peer;
use crate::problem::Problem;

pub const SESSION_COOKIE: &str = "tresen_session";
/// By which a device is known where somebody signed in before.
pub const DEVICE_COOKIE: &str = "tresen_device";
pub const CHAT_COOKIE: &str = "tresen_chat";

/// The reader's language: `?locale=` where a page chose one, else `Accept-Language`.
#[derive(Debug, Clone, Copy)]
pub struct Lang(pub Language);

impl Lang {
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let chosen = query_value(parts.uri.query(), "locale").and_then(|tag| Language::parse(&tag));
        let accepted = parts
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|v| v.to_str().ok());
        Self(chosen.unwrap_or_else(|| Language::negotiate(accepted)))
    }
}

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// One value of a query string, percent-decoded.
#[must_use]
pub fn query_value(query: Option<&str>, name: &str) -> Option<String> {
    query_pairs(query)
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

/// All pairs of a query string, percent-decoded.
#[must_use]
pub fn query_pairs(query: Option<&str>) -> Vec<(String, String)> {
    // The serde reader of the framework reads exactly this shape.
    serde_urlencoded::from_str(query.unwrap_or("")).unwrap_or_else(|_| Vec::new())
}

/// One cookie's value.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Whether a browser says that this request comes from a page of our own. Programs say nothing
/// and have nothing a foreign page could abuse.
#[must_use]
pub fn same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok()) {
        return site == "same-origin" || site == "none";
    }
    match text(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let host = text(header::HOST).unwrap_or("");
            let scheme = public_url
                .split_once("://")
                .map_or("", |(scheme, _)| scheme);
            let own = origin
                .split_once("://")
                .is_some_and(|theirs| theirs == (scheme, host));
            own || origin == public_url
        }
    }
}

/// A teammate, or a program with a teammate's token.
#[derive(Clone)]
pub struct Who {
    pub identity: Identity,
    pub lang: Language,
    /// The session's secret and the token of its writes, for people.
    pub session: Option<(String, Token)>,
}

impl Who {
    /// # Errors
    /// 403 when the role or the token's scopes do not reach so far.
    pub fn may(&self, right: Right) -> Result<Access, Problem> {
        self.identity
            .access(right)
            .map_err(|error| Problem::of(error, self.lang))
    }

    pub fn problem(&self) -> impl Fn(AppError) -> Problem + use<> {
        let lang = self.lang;
        move |error| Problem::of(error, lang)
    }
}

impl FromRequestParts<Http> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let Lang(lang) = Lang::of(parts);
        let refuse = |error| Problem::of(error, lang);
        if let Some(token) = bearer(&parts.headers) {
            let identity = http.app.bearer(token).await.map_err(refuse)?;
            parts.extensions.insert(Known);
            return Ok(Self {
                identity,
                lang,
                session: None,
            });
        }
        let secret = cookie(&parts.headers, SESSION_COOKIE)
            .ok_or_else(|| Problem::unauthorized("unauthorized", lang))?
            .to_owned();
        let (identity, csrf) = http.app.session(&secret).await.map_err(refuse)?;
        if parts.method != Method::GET && parts.method != Method::HEAD {
            let given = parts
                .headers
                .get("x-csrf-token")
                .map(|v| v.as_bytes())
                .unwrap_or(b"");
            let own = same_origin(&parts.headers, &http.app.settings().public_url);
            if !own || !constant_time_equal(given, csrf.expose().as_bytes()) {
                return Err(Problem::new(StatusCode::FORBIDDEN, "csrf", lang));
            }
        }
        parts.extensions.insert(Known);
        Ok(Self {
            identity,
            lang,
            session: Some((secret, csrf)),
        })
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// A customer in front of the own chat.
#[derive(Clone)]
pub struct Visitor {
    pub visitor: ChatVisitor,
    pub lang: Language,
}

impl Visitor {
    pub fn problem(&self) -> impl Fn(AppError) -> Problem + use<> {
        let lang = self.lang;
        move |error| Problem::of(error, lang)
    }
}

/// Writes of the chat page come from the chat page.
///
/// # Errors
/// 403 when a browser says otherwise.
pub fn check_chat_origin(http: &Http, parts: &Parts, lang: Language) -> Result<(), Problem> {
    let reads = parts.method == Method::GET || parts.method == Method::HEAD;
    if reads || same_origin(&parts.headers, &http.app.settings().public_url) {
        Ok(())
    } else {
        Err(Problem::new(StatusCode::FORBIDDEN, "csrf", lang))
    }
}

impl FromRequestParts<Http> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let Lang(lang) = Lang::of(parts);
        check_chat_origin(http, parts, lang)?;
        let secret = cookie(&parts.headers, CHAT_COOKIE)
            .ok_or_else(|| Problem::unauthorized("chat_session_over", lang))?;
        let visitor = http
            .app
            .chat_visitor(secret)
            .await
            .map_err(|e| Problem::of(e, lang))?;
        parts.extensions.insert(Known);
        Ok(Self { visitor, lang })
    }
}

/// An id in a path: what is no id of this kind names nothing.
pub struct Id<T>(pub T);

impl<T: FromStr + Send> FromRequestParts<Http> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let Lang(lang) = Lang::of(parts);
        let path = axum::extract::Path::<String>::from_request_parts(parts, http).await;
        let text = path.map_err(|_| Problem::not_found(lang))?.0;
        text.parse().map(Id).map_err(|_| Problem::not_found(lang))
    }
}

/// Parameters of a query string; what is not understood is refused.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Http> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _http: &Http) -> Result<Self, Problem> {
        let Lang(lang) = Lang::of(parts);
        serde_urlencoded::from_str(parts.uri.query().unwrap_or(""))
            .map(Query)
            .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "malformed", lang))
    }
}

/// The page size that was asked for, within bounds.
///
/// # Errors
/// 422 outside the bounds.
pub fn page_limit(limit: Option<i64>, lang: Language) -> Result<i64, Problem> {
    let limit = limit.unwrap_or(limits::PAGE_DEFAULT);
    if (1..=limits::PAGE_MAX).contains(&limit) {
        Ok(limit)
    } else {
        let problem = app::FieldProblem::new("limit", "field-range").with("min", 1);
        Err(Problem::invalid(
            &[problem.with("max", limits::PAGE_MAX)],
            lang,
        ))
    }
}

/// A list's cursor as text and back.
#[must_use]
pub fn write_cursor((at, id): (i64, [u8; 16])) -> String {
    let id = u128::from_be_bytes(id);
    format!("{at:x}.{id:x}")
}

/// # Errors
/// 400 for text that is no cursor.
pub fn read_cursor(text: Option<&str>, lang: Language) -> Result<Option<(i64, [u8; 16])>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let read = || {
        let (at, id) = text.split_once('.')?;
        // Signs in front of a number are nothing that was ever written.
        let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !plain(at) || !plain(id) {
            return None;
        }
        let at = i64::from_str_radix(at, 16).ok()?;
        let id = u128::from_str_radix(id, 16).ok()?;
        Some((at, id.to_be_bytes()))
    };
    read()
        .map(Some)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "cursor_invalid", lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; tresen_chat=x_y".parse().unwrap());
        headers.append(header::COOKIE, "tresen_session=abc".parse().unwrap());
        assert_eq!(cookie(&headers, CHAT_COOKIE), Some("x_y"));
        assert_eq!(cookie(&headers, SESSION_COOKIE), Some("abc"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    // Case: AU15
    #[test]
    fn foreign_pages_are_told_from_ours() {
        let own = "https://chat.example";
        let with = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            same_origin(&headers, own)
        };
        assert!(with(&[]));
        assert!(with(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://chat.example")
        ]));
        assert!(!with(&[("sec-fetch-site", "cross-site")]));
        assert!(!with(&[("sec-fetch-site", "same-site")]));
        assert!(with(&[
            ("origin", "https://chat.example"),
            ("host", "127.0.0.1:8080")
        ]));
        assert!(with(&[
            ("origin", "https://127.0.0.1:8080"),
            ("host", "127.0.0.1:8080")
        ]));
        assert!(!with(&[
            ("origin", "http://chat.example"),
            ("host", "chat.example")
        ]));
        assert!(!with(&[
            ("origin", "https://evil.example"),
            ("host", "chat.example")
        ]));
        assert!(!with(&[("origin", "null"), ("host", "chat.example")]));
    }

    #[test]
    fn list_cursors_round_trip() {
        let cursor = (1_795_300_000_000, [7; 16]);
        let text = write_cursor(cursor);
        assert_eq!(
            read_cursor(Some(&text), Language::En).unwrap(),
            Some(cursor)
        );
        for odd in ["x", "", ".", "-5.0", "5.+0", "+5.0", " 5.0"] {
            assert!(read_cursor(Some(odd), Language::En).is_err(), "{odd}");
        }
    }
}
