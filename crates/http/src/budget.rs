//! Memory that requests may hold together: who finds no room waits a moment and is then told to
//! come back, instead of taking the house down.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long somebody waits for room that others are about to leave.
const PATIENCE: Duration = Duration::from_secs(2);

/// So many bytes, for all together.
#[derive(Debug, Clone)]
pub struct Budget {
    bytes: Arc<Semaphore>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("all memory for this is in use")]
pub struct Exhausted;

/// Bytes of a budget, given back when this is dropped.
#[derive(Debug)]
pub struct Held {
    budget: Budget,
    permit: Option<OwnedSemaphorePermit>,
}

impl Budget {
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self {
            bytes: Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Nothing yet; it grows with what arrives.
    #[must_use]
    pub fn hold(&self) -> Held {
        Held {
            budget: self.clone(),
            permit: None,
        }
    }

    /// # Errors
    /// [`Exhausted`] when nobody left enough room in time.
    pub async fn take(&self, bytes: usize) -> Result<Held, Exhausted> {
        let mut held = self.hold();
        held.grow(bytes).await?;
        Ok(held)
    }
}

impl Held {
    /// # Errors
    /// [`Exhausted`] when nobody left enough room in time; what is held already stays held.
    pub async fn grow(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let bytes = u32::try_from(bytes).map_err(|_| Exhausted)?;
        let room = Arc::clone(&self.budget.bytes).acquire_many_owned(bytes);
        let more = tokio::time::timeout(PATIENCE, room)
            .await
            .map_err(|_| Exhausted)?
            .map_err(|_| Exhausted)?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_held_is_missing_until_it_is_given_back() {
        let budget = Budget::new(100);
        let mut first = budget.take(60).await.unwrap();
        assert_eq!(budget.take(41).await.unwrap_err(), Exhausted);
        first.grow(40).await.unwrap();
        assert_eq!(first.grow(1).await.unwrap_err(), Exhausted);
        drop(first);
        let whole = budget.take(100).await.unwrap();
        assert_eq!(budget.take(1).await.unwrap_err(), Exhausted);
        drop(whole);
    }

    #[tokio::test]
    async fn who_waits_gets_what_others_leave() {
        let budget = Budget::new(10);
        let first = budget.take(10).await.unwrap();
        let (second, ()) = tokio::join!(budget.take(5), async { drop(first) });
        assert!(second.is_ok());
    }
}
