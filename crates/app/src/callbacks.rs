//! Providers' callbacks: verified, stored, answered; understood in the same unit when that is
//! one thing, by a job when it is many.

use bytes::Bytes;
use domain::inbound::InboundEvent;
use domain::{CallbackId, ChannelId, JobId, Pii};
use ports::Rejected;
use store::{CallbackState, JobKind, NewJob, StoreError, StoredCallback, Unit};
use telemetry::names;

use crate::{App, AppError};

/// Why a callback was not taken. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum CallbackRefusal {
    #[error("there is no such channel")]
    ChannelUnknown,
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// Signed, but no JSON.
    #[error("the body is not JSON")]
    NotJson,
    #[error(transparent)]
    App(#[from] AppError),
}

/// A receipt often says who it was about as a second event that changes nothing.
const AT_ONCE_MAX: usize = 3;

impl App {
    /// The provider asks whether this address is ours.
    ///
    /// # Errors
    /// [`CallbackRefusal`] when it is not.
    pub async fn callback_handshake(
        &self,
        channel: ChannelId,
        query: &[(String, String)],
    ) -> Result<String, CallbackRefusal> {
        let channel = self
            .channel(channel)
            .await?
            .ok_or(CallbackRefusal::ChannelUnknown)?;
        let connector = self
            .registry
            .get(channel.kind)
            .ok_or(CallbackRefusal::ChannelUnknown)?;
        connector
            .handshake(&channel.settings, query)
            .ok_or(CallbackRefusal::Rejected(Rejected::SignatureWrong))
    }

    /// Whether a callback with these headers is worth reading: the channel exists, and there is a
    /// proof of the right form.
    ///
    /// # Errors
    /// [`CallbackRefusal`] when no body could be taken.
    pub async fn expect_callback(
        &self,
        channel: ChannelId,
        headers: &[(String, String)],
    ) -> Result<(), CallbackRefusal> {
        let channel = self
            .channel(channel)
            .await?
            .ok_or(CallbackRefusal::ChannelUnknown)?;
        let connector = self
            .registry
            .get(channel.kind)
            .ok_or(CallbackRefusal::ChannelUnknown)?;
        Ok(connector.precheck(headers)?)
    }

    /// Takes a callback. When this returns, it is durable.
    ///
    /// # Errors
    /// [`CallbackRefusal`]; the provider is expected to send it again where that can help.
    pub async fn take_callback(
        &self,
        channel: ChannelId,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Result<(), CallbackRefusal> {
        let channel = self
            .channel(channel)
            .await?
            .ok_or(CallbackRefusal::ChannelUnknown)?;
        let connector = self
            .registry
            .get(channel.kind)
            .ok_or(CallbackRefusal::ChannelUnknown)?;
        connector.verify(&channel.settings, headers, &body)?;
        let parsed = connector.parse(&channel.settings, &body);
        // Where something was understood, it was JSON.
        if !parsed.iter().any(Result::is_ok)
            && serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_err()
        {
            return Err(CallbackRefusal::NotJson);
        }
        metrics::counter!(names::CALLBACKS, "channel_kind" => channel.kind.as_str(), "result" => "stored")
            .increment(1);
        let mut issues = Vec::new();
        let mut events = Vec::new();
        for item in parsed {
            match item {
                Ok(event) => events.push(event),
                Err(issue) => issues.push(issue),
            }
        }
        crate::ingest::count_items(&channel, events.len(), &issues);
        let issues = i64::try_from(issues.len()).unwrap_or(i64::MAX);
        let callback = StoredCallback {
            id: CallbackId::from_bytes(self.fresh()),
            channel: channel.id,
            received_at: self.now(),
            body: Pii::new(body.to_vec()),
        };
        self.backlog.load(&self.store).await?;
        if events.len() <= AT_ONCE_MAX
            && !self.backlog.concerns(channel.id, &events)
            && self
                .take_at_once(&channel, &callback, &events, issues)
                .await?
        {
            return Ok(());
        }
        if events.is_empty() {
            let mut unit = Unit::new();
            self.store
                .add_callback(&mut unit, &callback, CallbackState::Done, issues)
                .await
                .map_err(AppError::from)?;
            self.store.commit(unit).await.map_err(AppError::from)?;
            return Ok(());
        }
        self.backlog.hold(callback.id, channel.id, &events);
        let taken = self.take_for_later(&callback, issues).await;
        if taken.is_err() {
            self.backlog.release(callback.id);
        }
        Ok(taken?)
    }

    /// One unit for the callback and what it means, where that is one thing. `false` when it is
    /// several, or when the world changed meanwhile: then the job does it.
    async fn take_at_once(
        &self,
        channel: &store::Channel,
        callback: &StoredCallback,
        events: &[InboundEvent],
        issues: i64,
    ) -> Result<bool, AppError> {
        for _ in 0..domain::limits::COMMIT_TRIES {
            let mut all = Vec::new();
            for event in events {
                let staged = self.stage_event(channel, event).await?;
                // A change whose message is not here may be about one that stands beside it in
                // this very callback, or about one that this callback overtook.
                if staged.is_none() && self.waits_for_its_message(channel, event).await? {
                    return Ok(false);
                }
                all.extend(staged);
            }
            if all.len() > 1 {
                return Ok(false);
            }
            let Some(staged) = all.pop() else {
                // A message that was seen before is already kept, and so is its callback.
                // Everything else is kept as it came, even if it changes nothing.
                let seen = events
                    .iter()
                    .all(|event| matches!(event, InboundEvent::Message(_)));
                return Ok(seen && !events.is_empty());
            };
            let mut unit = staged.unit;
            self.store
                .add_callback(&mut unit, callback, CallbackState::Done, issues)
                .await?;
            match self.store.commit(unit).await {
                Ok(()) => {
                    for effect in staged.after {
                        self.after_event(channel, effect).await?;
                    }
                    return Ok(true);
                }
                Err(StoreError::Stale(guard)) => {
                    let mut taken = Vec::with_capacity(events.len());
                    for event in events {
                        taken.push(self.was_taken_before(channel, event, guard));
                    }
                    // The only thing it told is kept already, and so is a callback that told it.
                    if taken == [true] {
                        return Ok(true);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(false)
    }

    async fn take_for_later(&self, callback: &StoredCallback, issues: i64) -> Result<(), AppError> {
        let mut unit = Unit::new();
        self.store
            .add_callback(&mut unit, callback, CallbackState::Pending, issues)
            .await?;
        let now = callback.received_at;
        let job = NewJob {
            id: JobId::from_bytes(self.fresh()),
            kind: JobKind::Ingest,
            lane: ingest_lane(callback.channel),
            subject: callback.id.bytes(),
            now,
        };
        self.store.add_job(&mut unit, &job);
        Ok(self.store.commit(unit).await?)
    }
}

/// What a channel tells us is understood in the order it came. Not the channel's own bytes: they
/// are the lane of its templates, which must not hold up a customer.
fn ingest_lane(channel: ChannelId) -> [u8; 16] {
    channel.bytes().map(|byte| !byte)
}
