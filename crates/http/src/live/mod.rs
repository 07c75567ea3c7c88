//! Live sockets. Everyone who watches reads the feed from a cursor; a socket that lags behind is
//! closed and comes back with its cursor, so nothing is ever lost and nothing grows.

mod farewell;
mod frames;
mod hub;
mod line;
mod seats;
mod socket;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::limits;
use domain::teammate::Right;

pub use hub::Hub;
use line::Opening;
#[cfg(feature = "noise")]
pub(crate) use socket::is_understood;

use crate::Http;
use crate::problem::Problem;
use crate::rates::{Act, Whom, place};
use crate::request::{Peer, Visitor, Who, bearer, query_value, same_origin};

fn cursor(query: Option<&str>, lang: i18n::Language) -> Result<Option<store::Cursor>, Problem> {
    match query_value(query, "cursor").filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "cursor_invalid", lang)),
    }
}

async fn opening(http: &Http, request: Request, lang: i18n::Language) -> Result<Opening, Problem> {
    // A browser says where a socket comes from, and a foreign page must not open ours.
    if !same_origin(request.headers(), &http.app.settings().public_url) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "csrf", lang));
    }
    let opening = Opening::of(request).await;
    opening.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "malformed", lang))
}

/// A socket that says everything back, made and ended as the live ones are: foreign tools can judge
/// nothing else.
#[cfg(feature = "noise")]
pub(crate) async fn echo(request: Request, bytes_max: usize) -> Response {
    use axum::response::IntoResponse as _;
    use futures_util::{SinkExt as _, StreamExt as _};
    use tokio_tungstenite::tungstenite::Message;
    let Some(opening) = Opening::of(request).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    opening.serve(bytes_max, |mut socket, _line| async move {
        let end = loop {
            match socket.next().await {
                Some(Ok(Message::Close(_))) | None => break Ok(()),
                Some(Err(error)) => break farewell::broken(&error),
                Some(Ok(said @ (Message::Text(_) | Message::Binary(_)))) => {
                    // Somebody who is gone is noticed by the next look.
                    _ = socket.send(said).await;
                }
                Some(Ok(_)) => {}
            }
        };
        farewell::part(socket, end).await;
    })
}

/// `GET /api/v1/live?cursor=`: events of all conversations.
pub async fn desk(
    State(http): State<Http>,
    who: Who,
    request: Request,
) -> Result<Response, Problem> {
    who.may(Right::ReadConversations)?;
    let cursor = cursor(request.uri().query(), who.lang)?;
    let proof = match (&who.session, bearer(request.headers())) {
        (Some((secret, _)), _) => socket::Proof::Session(secret.clone()),
        (None, token) => socket::Proof::Token(token.unwrap_or_default().to_owned()),
    };
    let whom = Whom::Teammate(who.identity.id());
    let seat = place(
        &http.watching,
        whom,
        limits::LIVE_SOCKETS_OF_TEAMMATE,
        who.lang,
    )?;
    let opening = opening(&http, request, who.lang).await?;
    let watcher = socket::DeskWatcher {
        id: who.identity.id(),
        name: who.identity.teammate.name.clone(),
        lang: who.lang,
        proof,
        expires_at: who.identity.expires_at,
    };
    let bytes_max = limits::LIVE_FRAME_FROM_CLIENT_MAX;
    Ok(opening.serve(bytes_max, move |socket, line| async move {
        let _seat = seat;
        socket::serve_desk(http, watcher, (socket, line), cursor).await;
    }))
}

/// `GET /chat/v1/live?cursor=`: events of the customer's own conversation.
pub async fn chat(
    State(http): State<Http>,
    visitor: Visitor,
    peer: Peer,
    request: Request,
) -> Result<Response, Problem> {
    let (contact, lang) = (visitor.visitor.contact, visitor.lang);
    let cursor = cursor(request.uri().query(), lang)?;
    http.count(Act::Watch, Some(contact), peer, lang)?;
    let seats = &http.watching;
    let own = place(
        seats,
        Whom::Contact(contact),
        limits::LIVE_SOCKETS_OF_CONTACT,
        lang,
    )?;
    let shared = place(seats, Whom::at(peer), limits::LIVE_SOCKETS_OF_ADDRESS, lang)?;
    let hall = http.chat_seat(lang)?;
    let opening = opening(&http, request, lang).await?;
    let bytes_max = limits::LIVE_FRAME_FROM_CLIENT_MAX;
    Ok(opening.serve(bytes_max, move |socket, _line| async move {
        let _seats = (own, shared, hall);
        socket::serve_chat(http, visitor.visitor, lang, socket, cursor).await;
    }))
}
