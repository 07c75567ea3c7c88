//! The readers of foreign bytes as plain functions, for the fuzz targets. Only there with the
//! feature `noise`, which the product is never built with.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use futures_util::FutureExt as _;
use i18n::Language;
use serde::de::DeserializeOwned;

use crate::files::{self, Asked};
use crate::peer::{Network, Peer};
use crate::request::{SESSION_COOKIE, cookie};
use crate::{api, chat, dto, live};

fn headers<'a>(name: HeaderName, lines: impl IntoIterator<Item = &'a [u8]>) -> HeaderMap {
    let values = lines
        .into_iter()
        .filter_map(|line| HeaderValue::from_bytes(line).ok());
    values.map(|value| (name.clone(), value)).collect()
}

/// The length of the file in a form.
///
/// # Panics
/// When reading waits, although everything is there.
#[must_use]
pub fn form(mime: &str, body: &[u8]) -> Option<usize> {
    let body = Bytes::copy_from_slice(body);
    let read = files::read_form(mime.to_owned(), body, Language::En).now_or_never();
    let input = read.expect("everything is there").ok()?;
    Some(input.bytes.len())
}

/// First byte and end of what is asked of a file of this length; `None` for the whole, or nothing.
#[must_use]
pub fn range(value: &[u8], length: u64) -> Option<(u64, u64)> {
    match files::asked(&headers(header::RANGE, [value]), length) {
        Asked::Part(from, end) => Some((from, end)),
        Asked::Whole | Asked::Nowhere => None,
    }
}

#[must_use]
pub fn disposition(name: &str, shown: bool) -> String {
    files::disposition(name, shown)
}

#[must_use]
pub fn session_cookie(line: &[u8]) -> Option<String> {
    cookie(&headers(header::COOKIE, [line]), SESSION_COOKIE).map(str::to_owned)
}

/// Who asks, when the other end of the line is `direct` and this very machine is trusted.
///
/// # Panics
/// When `direct` is no address.
#[must_use]
pub fn asker(forwarded: &[&[u8]], direct: &str) -> Option<IpAddr> {
    let mut extensions = Extensions::new();
    let direct: SocketAddr = direct.parse().expect("an address");
    extensions.insert(ConnectInfo(direct));
    let name = HeaderName::from_static("x-forwarded-for");
    let headers = headers(name, forwarded.iter().copied());
    Peer::of(&extensions, &headers, &Network::own_machine()).address
}

/// The one route `/`: a socket that says back what is at most so long.
pub fn echo(bytes_max: usize) -> Router {
    let answer = move |request: Request| live::echo(request, bytes_max);
    Router::new().route("/", axum::routing::get(answer))
}

/// What a socket's client says.
pub fn said(text: &str) {
    live::is_understood(text);
}

fn read<T: DeserializeOwned>(bytes: &[u8]) {
    _ = serde_json::from_slice::<T>(bytes);
}

/// Reads the bytes as every body that a request may have.
pub fn bodies(bytes: &[u8]) {
    let readers: [fn(&[u8]); 17] = [
        read::<api::company::ChangeCompany>,
        read::<api::conversations::ReadUpTo>,
        read::<api::messages::ReactWith>,
        read::<api::notes::NewNote>,
        read::<api::session::SignIn>,
        read::<api::session::ChangePassword>,
        read::<api::setup::Setup>,
        read::<api::teammates::ChangeTeammate>,
        read::<chat::messages::NewChatMessage>,
        read::<chat::sessions::NewChatSession>,
        read::<dto::NewChannel>,
        read::<dto::ChangeChannel>,
        read::<dto::NewEntryDto>,
        read::<dto::ChangeContact>,
        read::<dto::ChangeConversation>,
        read::<dto::PasskeyAnswer>,
        read::<dto::NewMessageDto>,
    ];
    for read in readers {
        read(bytes);
    }
}
