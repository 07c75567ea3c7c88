//! What a person sees and does about its own data: behind a cookie of its own that lives for half
//! an hour, comes from the own chat or from a link that opens once, and is sent nowhere else.

pub mod door;
pub mod view;
pub mod wishes;

pub use view::plain;

use app::{AppError, MySession};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::header::{HeaderName, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::routing::{get, post};
use i18n::Language;

use crate::Http;
use crate::body::Known;
use crate::problem::Problem;
use crate::request::{Lang, check_chat_origin, cookie};

pub const MY_COOKIE: &str = "tresen_me";

pub fn router() -> Router<Http> {
    Router::new()
        .route("/session", post(door::begin).delete(door::end))
        .route("/code", post(door::code))
        .route("/code/confirm", post(door::confirm))
        .route("/data", get(view::overview).patch(wishes::correct))
        .route("/consents/withdraw", post(wishes::withdraw))
        .route("/restriction", post(wishes::restrict).delete(wishes::lift))
        .route("/erasure", post(wishes::erase).delete(wishes::keep))
        .route("/exports", post(view::export))
        .route("/exports/{id}", get(view::show_export))
        .route("/exports/{id}/content", get(view::content))
}

/// Sent to the pages and the interface of one's own data, by one's own pages only.
fn cookie_header(http: &Http, value: &str, seconds: i64) -> (HeaderName, HeaderValue) {
    let secure = if http.secure_cookies() {
        "; Secure"
    } else {
        ""
    };
    let text = format!(
        "{MY_COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/me; Max-Age={seconds}{secure}"
    );
    let value = HeaderValue::from_str(&text);
    // What we make ourselves always fits.
    (
        SET_COOKIE,
        value.unwrap_or_else(|_| HeaderValue::from_static("")),
    )
}

/// Somebody in front of its own data.
pub struct Mine {
    pub secret: String,
    pub session: MySession,
    pub lang: Language,
}

impl Mine {
    pub fn problem(&self) -> impl Fn(AppError) -> Problem + use<> {
        let lang = self.lang;
        move |error| Problem::of(error, lang)
    }
}

impl FromRequestParts<Http> for Mine {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let Lang(lang) = Lang::of(parts);
        check_chat_origin(http, parts, lang)?;
        let secret = cookie(&parts.headers, MY_COOKIE)
            .ok_or_else(|| Problem::unauthorized("my_session_over", lang))?
            .to_owned();
        let session = http.app.my_session(&secret);
        let session = session.map_err(|error| Problem::of(error, lang))?;
        parts.extensions.insert(Known);
        Ok(Self {
            secret,
            session,
            lang,
        })
    }
}
