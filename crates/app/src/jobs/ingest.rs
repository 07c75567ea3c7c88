//! Understands a raw callback that holds several things: each sender's in order, senders beside
//! each other, so that one group commit carries many of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::{CallbackId, limits};
use store::{CallbackState, ClaimedJob, Unit};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Done;
use crate::ingest::lanes;
use crate::{App, AppError};

const LANES_AT_ONCE: usize = 64;
/// Looks for a message that was overtaken by its own change: some eight minutes in all. Later it
/// is one that we never had.
const WAITS_MAX: i64 = 8;

impl App {
    pub(super) async fn ingest(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let id = CallbackId::from_bytes(job.subject);
        let Some(callback) = self.store.lookup_callback(id).await? else {
            return self.drop_job(job).await;
        };
        let Some(channel) = self.channel(callback.channel).await? else {
            return self.drop_job(job).await;
        };
        let connector = self
            .registry
            .get(channel.kind)
            .ok_or_else(|| AppError::Internal("a channel without its connector".into()))?;
        let mut issues = 0;
        let mut events = Vec::new();
        for item in connector.parse(&channel.settings, callback.body.expose()) {
            match item {
                Ok(event) if events.len() < limits::CALLBACK_ITEMS_MAX => events.push(event),
                Ok(_) => issues += 1,
                // Counted when it arrived.
                Err(_) => issues += 1,
            }
        }
        let places = Arc::new(Semaphore::new(LANES_AT_ONCE));
        let mut tasks = JoinSet::new();
        let waiting = Arc::new(AtomicBool::new(false));
        for lane in lanes(events) {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                break;
            };
            let (app, channel) = (self.clone(), Arc::clone(&channel));
            let waiting = Arc::clone(&waiting);
            tasks.spawn(async move {
                for event in &lane {
                    app.apply_event(&channel, event).await?;
                    if app.waits_for_its_message(&channel, event).await? {
                        waiting.store(true, Ordering::Relaxed);
                    }
                }
                drop(place);
                Ok::<(), AppError>(())
            });
        }
        let mut failed = None;
        while let Some(joined) = tasks.join_next().await {
            let result = joined.unwrap_or_else(|error| Err(AppError::Internal(error.to_string())));
            failed = result.err().or(failed);
        }
        // What worked is written and will be recognised; the rest comes again.
        if let Some(error) = failed {
            return Err(error);
        }
        if waiting.load(Ordering::Relaxed) && job.attempts < WAITS_MAX {
            return Ok(Done::Again {
                after_ms: None,
                reason: "it changes a message that is not here yet".to_owned(),
            });
        }
        let mut unit = Unit::new();
        self.store
            .set_callback_state(&mut unit, id, CallbackState::Done, issues);
        self.store.finish_job(&mut unit, job.id);
        self.store.commit(unit).await?;
        Ok(Done::Written)
    }
}
