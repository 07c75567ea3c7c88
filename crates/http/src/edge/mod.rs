//! The outermost room: sockets, time limits, panics, and the way out.
//!
//! `axum::serve` keeps a socket that never finishes its head for ever; this loop does not. Every
//! socket counts against the cap for as long as it is open, live sockets included. Headers,
//! bodies and answers must make progress, and at shutdown what was begun is finished within a
//! deadline.

mod head;
mod pace;
mod socket;
mod strict;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Request, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::{Layer, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;

use crate::peer::{Network, counted_as};
use crate::rates::{PlaceHeld, Places, Whom};
pub use pace::{BodyPace, BodyTooSlow};
use socket::Socket;

/// The edge's bounds.
#[derive(Debug, Clone)]
pub struct EdgeLimits {
    /// Sockets open at once; more wait in the listener's queue.
    pub connections_max: usize,
    /// Sockets of one address; a further one is closed at once.
    pub connections_of_address: u32,
    /// Proxies, which stand for many and have no bound of their own.
    pub proxies: Vec<Network>,
    /// From an idle socket to a complete request head. It also ends idle kept-alive sockets.
    pub header_timeout: Duration,
    /// Buffer of one socket, and with it the longest head.
    pub buffer_bytes_max: usize,
    pub body: BodyPace,
    /// How long a peer may take nothing of an answer that waits for it.
    pub write_stall_max: Duration,
    /// From the wish to stop until sockets that are still open are cut.
    pub drain_timeout: Duration,
}

impl Default for EdgeLimits {
    fn default() -> Self {
        Self {
            connections_max: domain::limits::LIVE_SOCKETS_MAX + 2_000,
            connections_of_address: domain::limits::CONNECTIONS_OF_ADDRESS,
            proxies: Network::own_machine(),
            header_timeout: Duration::from_secs(domain::limits::HEAD_SECONDS_MAX),
            buffer_bytes_max: 32 * 1024,
            body: BodyPace {
                grace: Duration::from_secs(domain::limits::BODY_GRACE_SECONDS),
                bytes_per_second: domain::limits::BODY_BYTES_PER_SECOND_MIN,
            },
            write_stall_max: Duration::from_secs(domain::limits::ANSWER_UNREAD_SECONDS_MAX),
            drain_timeout: Duration::from_secs(20),
        }
    }
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// Sockets that were still open at the deadline and were cut.
    pub cut: usize,
}

/// Serves until `shutdown` resolves, then finishes what was begun. Requests carry the peer's
/// address as [`ConnectInfo`]. Live sockets must be ended by their owner on the same signal.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: EdgeLimits,
    shutdown: impl Future<Output = ()>,
) -> Served {
    let app = Router::new().fallback_service(CatchPanicLayer::custom(answer_to_panic).layer(app));
    let slots = Arc::new(Semaphore::new(limits.connections_max));
    let places = Places::default();
    let (stop, stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer, slot) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &slots) => accepted,
        };
        let Ok(place) = place_of(&places, peer, &limits) else {
            continue;
        };
        connections.spawn(connection(
            Socket::new(stream, (slot, place), limits.write_stall_max),
            peer,
            app.clone(),
            limits.clone(),
            stopping.clone(),
        ));
    }
    drop(listener);
    stop.send_replace(true);
    drain(&slots, &limits).await
}

struct TooMany;

/// A place of this address; `None` for a proxy, which has as many as it wants.
fn place_of(
    places: &Places,
    peer: SocketAddr,
    limits: &EdgeLimits,
) -> Result<Option<PlaceHeld>, TooMany> {
    if limits.proxies.iter().any(|net| net.contains(peer.ip())) {
        return Ok(None);
    }
    let whom = Whom::Address(Some(counted_as(peer.ip())));
    let place = places.enter(whom, limits.connections_of_address);
    place.map(Some).ok_or(TooMany)
}

/// Waits for a free slot first, so that a full house leaves newcomers in the kernel's queue.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let slot = Arc::clone(slots)
        .acquire_owned()
        .await
        .expect("the slots are never closed");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Only delays are lost when the option cannot be set.
                _ = stream.set_nodelay(true);
                return (stream, peer, slot);
            }
            Err(error) if is_about_one_peer(&error) => {}
            Err(error) => {
                // Most likely all file descriptors are in use: wait for some to be closed.
                tracing::error!(error = %error, "cannot accept connections");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn is_about_one_peer(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

async fn connection(
    socket: Socket,
    peer: SocketAddr,
    app: Router,
    limits: EdgeLimits,
    mut stopping: watch::Receiver<bool>,
) {
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let app = app.clone();
        async move {
            if let Some(status) = head::refusal(&request) {
                return Ok(refuse(status));
            }
            let is_last = head::is_last(&request);
            let mut request = request.map(|body| Body::new(limits.body.watch(body)));
            request.extensions_mut().insert(ConnectInfo(peer));
            let mut response = app.oneshot(request).await?;
            // Behind what asked for another protocol and did not get it, no head is looked at.
            if is_last && response.status() != StatusCode::SWITCHING_PROTOCOLS {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_buf_size(limits.buffer_bytes_max)
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades()
    );
    let ended_early = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = told_to_stop(&mut stopping) => None,
    };
    let ended = if let Some(ended) = ended_early {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        connection.await
    };
    if let Err(error) = ended {
        // Peers go away all the time; this is worth a line only to somebody who looks for it.
        tracing::debug!(error = %error, "a connection ended early");
    }
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    // An error means that the loop is gone, which is a wish to stop as well.
    _ = stopping.wait_for(|stopping| *stopping).await;
}

/// All slots are free again when the last socket is closed, live sockets included.
async fn drain(slots: &Arc<Semaphore>, limits: &EdgeLimits) -> Served {
    let all = u32::try_from(limits.connections_max).unwrap_or(u32::MAX);
    let everybody_left = slots.acquire_many(all);
    let in_time = tokio::time::timeout(limits.drain_timeout, everybody_left).await;
    let cut = match in_time {
        Ok(_) => 0,
        Err(_) => limits
            .connections_max
            .saturating_sub(slots.available_permits()),
    };
    Served { cut }
}

fn refuse(status: StatusCode) -> Response {
    let mut response = (status, [(header::CONNECTION, "close")]).into_response();
    crate::headers::harden(response.headers_mut(), false);
    response
}

/// The panic's text may hold anything, also what a person wrote, so it goes nowhere.
fn answer_to_panic(_payload: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    let mut response = (
        StatusCode::INTERNAL_SERVER_ERROR,
        [(header::CONTENT_TYPE, "application/problem+json")],
        r#"{"type":"about:blank","title":"Internal error","status":500,"code":"internal"}"#,
    )
        .into_response();
    crate::headers::harden(response.headers_mut(), false);
    response
}

#[cfg(test)]
mod tests;
