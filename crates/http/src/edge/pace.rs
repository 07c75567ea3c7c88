//! A body must arrive at a decent pace. The deadline moves with every byte that came, so a large
//! file over a slow line is fine and one byte a minute is not.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

/// How fast a body must arrive.
#[derive(Debug, Clone, Copy)]
pub struct BodyPace {
    /// Time that every body has, however small.
    pub grace: Duration,
    /// Each second's worth of bytes moves the deadline by a second.
    pub bytes_per_second: u64,
}

/// The body did not arrive in time: answer 408.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request body arrived too slowly")]
pub struct BodyTooSlow;

impl BodyTooSlow {
    /// Whether this is why a body could not be read, however deep the error lies.
    #[must_use]
    pub fn caused(error: &(dyn std::error::Error + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if error.is::<Self>() {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

impl BodyPace {
    pub(super) fn watch(self, body: Incoming) -> PacedBody {
        PacedBody {
            body,
            pace: self,
            started: Instant::now(),
            received: 0,
            deadline: None,
        }
    }

    fn allowance(self, received: u64) -> Duration {
        let earned_ms = received.saturating_mul(1_000) / self.bytes_per_second.max(1);
        self.grace.saturating_add(Duration::from_millis(earned_ms))
    }
}

/// A body with a deadline that it moves itself.
pub(super) struct PacedBody {
    body: Incoming,
    pace: BodyPace,
    started: Instant,
    received: u64,
    /// Set when the body was first waited for: most bodies are there at once.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl PacedBody {
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let at = self.started + self.pace.allowance(self.received);
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        if deadline.deadline() != at {
            deadline.as_mut().reset(at);
        }
        deadline.as_mut().poll(context).is_ready()
    }
}

impl Body for PacedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.received += u64::try_from(length).unwrap_or(u64::MAX);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(Box::new(error)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if self.is_late(context) => Poll::Ready(Some(Err(Box::new(BodyTooSlow)))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
