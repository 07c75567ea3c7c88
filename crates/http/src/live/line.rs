//! A live socket's connection. Two hands write to it: the socket's own task, and the hub, which puts
//! the same bytes to everybody without waking anybody. What the hub could not put whole is finished
//! by the task, before anything of its own.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts as _, Request};
use axum::response::Response;
use bytes::Buf as _;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// An idle socket keeps this much, instead of the default's hundred times more; a longer frame makes
/// room for itself.
const READ_BUFFER: usize = 1024;

/// A live socket as its task has it.
pub type LiveSocket = WebSocketStream<OwnHand>;

/// What became of bytes that were put to a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    Whole,
    /// A part is with the peer, and the rest waits for the task.
    Begun,
    /// Something else is on its way, or nothing can be written: nothing was taken.
    NotNow,
}

struct Wire<S> {
    stream: S,
    /// What of the hub's bytes the peer has not taken yet.
    rest: Bytes,
    /// The task's last frame went out whole.
    between_frames: bool,
}

/// What both hands hold.
pub struct Line<S = TokioIo<Upgraded>>(Mutex<Wire<S>>);

impl<S: AsyncWrite + Unpin> Line<S> {
    fn new(stream: S) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Wire {
            stream,
            rest: Bytes::new(),
            between_frames: true,
        })))
    }

    fn wire(&self) -> MutexGuard<'_, Wire<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what the peer takes at once. The task is not waiting to write when this is tried, so
    /// nobody's waker is lost; who gets [`Put::Begun`] wakes the task.
    pub fn put(&self, bytes: &Bytes) -> Put {
        let mut wire = self.wire();
        if !wire.rest.is_empty() || !wire.between_frames {
            return Put::NotNow;
        }
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(&mut wire.stream).poll_write(&mut context, bytes) {
            Poll::Ready(Ok(written)) if written == bytes.len() => Put::Whole,
            Poll::Ready(Ok(written)) if written > 0 => {
                wire.rest = bytes.slice(written..);
                Put::Begun
            }
            // Somebody who is gone is noticed by the task when it tries.
            Poll::Ready(_) | Poll::Pending => Put::NotNow,
        }
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.rest.advance(written);
        }
        // An emptied slice would keep the whole frame.
        self.rest = Bytes::new();
        Poll::Ready(Ok(()))
    }
}

/// The hand of the socket's own task.
pub struct OwnHand<S = TokioIo<Upgraded>>(Arc<Line<S>>);

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for OwnHand<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0.wire().stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for OwnHand<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut wire = self.0.wire();
        ready!(wire.poll_rest(context))?;
        let written = Pin::new(&mut wire.stream).poll_write(context, bytes);
        // Whole frames are offered, and what is left of them.
        wire.between_frames = matches!(written, Poll::Ready(Ok(length)) if length == bytes.len());
        written
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = self.0.wire();
        ready!(wire.poll_rest(context))?;
        Pin::new(&mut wire.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0.wire().stream).poll_shutdown(context)
    }
}

/// A request for a live socket, answered and not yet opened.
pub struct Opening {
    answer: Response,
    stream: OnUpgrade,
}

impl Opening {
    /// `None` when the request asks for something else.
    pub async fn of(request: Request) -> Option<Self> {
        let (mut parts, _body) = request.into_parts();
        let stream = parts.extensions.remove::<OnUpgrade>()?;
        // axum looks at the request and words the answer. It keeps the connection to itself, though,
        // and ours has two hands: so it is given one that never opens.
        let never = hyper::upgrade::on(axum::http::Request::new(()));
        parts.extensions.insert(never);
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &())
            .await
            .ok()?;
        let answer = upgrade.on_upgrade(|_| std::future::ready(()));
        Some(Self { answer, stream })
    }

    /// Answers, and serves the socket once it is open. Frames of the peer have at most so many bytes.
    pub fn serve<F>(
        self,
        bytes_max: usize,
        work: impl FnOnce(LiveSocket, Arc<Line>) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = ()> + Send,
    {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(bytes_max))
            .max_frame_size(Some(bytes_max));
        let stream = self.stream;
        tokio::spawn(async move {
            // A peer that left before its answer gets none.
            let Ok(stream) = stream.await else { return };
            let line = Line::new(TokioIo::new(stream));
            let own = OwnHand(Arc::clone(&line));
            let socket = WebSocketStream::from_raw_socket(own, Role::Server, Some(config)).await;
            work(socket, line).await;
        });
        self.answer
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
    use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};
    use tokio_tungstenite::tungstenite::Message;

    use super::*;

    type Both<S> = (Arc<Line<S>>, WebSocketStream<OwnHand<S>>);

    async fn both<S: AsyncRead + AsyncWrite + Unpin>(stream: S) -> Both<S> {
        let line = Line::new(stream);
        let config = WebSocketConfig::default().write_buffer_size(0);
        let own = OwnHand(Arc::clone(&line));
        let own = WebSocketStream::from_raw_socket(own, Role::Server, Some(config)).await;
        (line, own)
    }

    async fn reader(peer: DuplexStream) -> WebSocketStream<DuplexStream> {
        WebSocketStream::from_raw_socket(peer, Role::Client, None).await
    }

    async fn hear(peer: &mut WebSocketStream<DuplexStream>, count: usize) -> Vec<String> {
        let heard = peer.take(count).map(|message| {
            let message = message.expect("whole frames");
            message.into_text().expect("text").as_str().to_owned()
        });
        heard.collect().await
    }

    /// A text as a server's frame.
    fn frame(text: &str) -> Bytes {
        let length = u8::try_from(text.len()).expect("a short text");
        let mut bytes = vec![0x81, length];
        bytes.extend_from_slice(text.as_bytes());
        bytes.into()
    }

    #[tokio::test]
    async fn what_the_hub_began_is_ended_before_anything_else() {
        let (near, far) = duplex(8);
        let (line, mut own) = both(near).await;
        assert_eq!(line.put(&frame("one")), Put::Whole);
        assert_eq!(line.put(&frame("two and more")), Put::Begun);
        assert_eq!(line.put(&frame("lost")), Put::NotNow);
        let mut far = reader(far).await;
        let sending = own.send(Message::text("three"));
        let (sent, heard) = tokio::join!(sending, hear(&mut far, 3));
        sent.expect("it is sent");
        assert_eq!(heard, ["one", "two and more", "three"]);
        assert_eq!(line.put(&frame("four")), Put::Whole);
        assert_eq!(hear(&mut far, 1).await, ["four"]);
    }

    #[tokio::test]
    async fn nothing_is_put_into_a_frame_of_the_task() {
        let (near, far) = duplex(8);
        let (line, mut own) = both(near).await;
        let first = own.send(Message::text("a text that is too long for the line"));
        assert!(first.now_or_never().is_none(), "the peer takes a part");
        assert_eq!(line.put(&frame("between")), Put::NotNow);
        let mut far = reader(far).await;
        let (sent, heard) = tokio::join!(own.flush(), hear(&mut far, 1));
        sent.expect("it is sent");
        assert_eq!(heard, ["a text that is too long for the line"]);
        assert_eq!(line.put(&frame("after")), Put::Whole);
        assert_eq!(hear(&mut far, 1).await, ["after"]);
    }

    #[tokio::test]
    async fn somebody_who_is_gone_takes_nothing() {
        let (near, far) = duplex(8);
        let (line, mut own) = both(near).await;
        drop(far);
        assert_eq!(line.put(&frame("one")), Put::NotNow);
        own.get_mut().shutdown().await.expect("it is closed");
    }
}
