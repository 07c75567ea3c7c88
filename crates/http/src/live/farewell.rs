//! How a socket ends: with a code that says why, and not before the other side could read it.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::line::LiveSocket;

/// Why a socket ends from our side.
pub struct Closed(pub u16);

/// Close codes of our own: 1001 we go away, 4000 come back with your cursor, 4401 sign in again.
pub const GOING_AWAY: u16 = 1001;
pub const RESYNC: u16 = 4000;
pub const SESSION_OVER: u16 = 4401;

/// 1008: more was said than anybody needs to say.
pub const TOO_MUCH: u16 = 1008;

const NO_PROTOCOL: u16 = 1002;
const NO_TEXT: u16 = 1007;
const TOO_LONG: u16 = 1009;

/// How long the other side may take to close as well.
const GOODBYE: Duration = Duration::from_secs(2);

/// Reading failed: somebody who breaks the rules is told which, somebody who is gone is not.
///
/// # Errors
/// The code for whoever broke the rules.
pub const fn broken(error: &Error) -> Result<(), Closed> {
    match error {
        Error::Protocol(_) => Err(Closed(NO_PROTOCOL)),
        Error::Utf8(_) => Err(Closed(NO_TEXT)),
        Error::Capacity(_) => Err(Closed(TOO_LONG)),
        _ => Ok(()),
    }
}

/// Says goodbye, or answers a goodbye, and hears the other side out: what lies unread when a socket
/// is dropped makes the kernel send a reset, which can overtake our last frame.
pub async fn part(mut socket: LiveSocket, end: Result<(), Closed>) {
    if let Err(Closed(code)) = end {
        let frame = CloseFrame {
            code: code.into(),
            reason: Utf8Bytes::default(),
        };
        // The peer may be gone already; then there is nobody to tell.
        _ = socket.send(Message::Close(Some(frame))).await;
    }
    let until_closed = async { while let Some(Ok(_)) = socket.next().await {} };
    _ = tokio::time::timeout(GOODBYE, until_closed).await;
}
