//! Understands raw callbacks that hold several things, or came while such waited: each sender's
//! in order, senders beside each other, so that one group commit carries many of them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::inbound::InboundEvent;
use domain::{CallbackId, limits};
use store::faults::{self, Point};
use store::{CallbackState, Channel, ClaimedJob, Unit};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{Done, backoff_ms};
use crate::ingest::lanes;
use crate::{App, AppError};

const LANES_AT_ONCE: usize = 64;
/// Callbacks and events that are understood in one go.
const CALLBACKS_AT_ONCE: i64 = 64;
const EVENTS_AT_ONCE: usize = 1_000;
/// Looks for a message that was overtaken by its own change: some eight minutes in all. Later it
/// is one that we never had.
const WAITS_MAX: i64 = 8;

/// One callback of the group, and how many of its items were not understood.
struct Read {
    job: ClaimedJob,
    callback: CallbackId,
    issues: i64,
}

impl App {
    pub(super) async fn ingest(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let mut events = Vec::new();
        let Some((first, channel)) = self.read_callback(job, &mut events).await? else {
            return self.drop_job(job).await;
        };
        let mut group = vec![first];
        // One that failed before is tried alone: the others need not fail with it.
        if job.attempts == 0 {
            let behind = self
                .store
                .jobs_behind(job, self.now(), CALLBACKS_AT_ONCE)
                .await?;
            for next in &behind {
                if events.len() >= EVENTS_AT_ONCE {
                    break;
                }
                match self.read_callback(next, &mut events).await? {
                    Some((read, _)) => group.push(read),
                    None => {
                        self.drop_job(next).await?;
                        self.backlog.release(CallbackId::from_bytes(next.subject));
                    }
                }
            }
        }
        let waiting = self.apply_lanes(&channel, events).await?;
        self.close_group(job, &group, &waiting).await
    }

    async fn read_callback(
        &self,
        job: &ClaimedJob,
        events: &mut Vec<(CallbackId, InboundEvent)>,
    ) -> Result<Option<(Read, Arc<Channel>)>, AppError> {
        let id = CallbackId::from_bytes(job.subject);
        let Some(callback) = self.store.lookup_callback(id).await? else {
            return Ok(None);
        };
        let Some(channel) = self.channel(callback.channel).await? else {
            return Ok(None);
        };
        let connector = self
            .registry
            .get(channel.kind)
            .ok_or_else(|| AppError::Internal("a channel without its connector".into()))?;
        let (mut issues, mut taken) = (0, 0);
        for item in connector.parse(&channel.settings, callback.body.expose()) {
            match item {
                Ok(event) if taken < limits::CALLBACK_ITEMS_MAX => {
                    taken += 1;
                    events.push((id, event));
                }
                // What was not understood was counted when it arrived.
                Ok(_) | Err(_) => issues += 1,
            }
        }
        let read = Read {
            job: *job,
            callback: id,
            issues,
        };
        Ok(Some((read, channel)))
    }

    /// The callbacks that hold a change whose message is not here yet.
    async fn apply_lanes(
        &self,
        channel: &Arc<Channel>,
        events: Vec<(CallbackId, InboundEvent)>,
    ) -> Result<HashSet<CallbackId>, AppError> {
        let places = Arc::new(Semaphore::new(LANES_AT_ONCE));
        let waiting = Arc::new(Mutex::new(HashSet::new()));
        let mut tasks = JoinSet::new();
        for lane in lanes(events) {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                break;
            };
            let (app, channel) = (self.clone(), Arc::clone(channel));
            let waiting = Arc::clone(&waiting);
            tasks.spawn(async move {
                for (callback, event) in &lane {
                    app.apply_event(&channel, event).await?;
                    faults::hit(Point::MidIngest);
                    if app.waits_for_its_message(&channel, event).await? {
                        waiting
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .insert(*callback);
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
        match failed {
            Some(error) => Err(error),
            None => Ok(std::mem::take(
                &mut waiting.lock().unwrap_or_else(PoisonError::into_inner),
            )),
        }
    }

    /// Closes what was understood in one unit, and gives back what waits.
    async fn close_group(
        &self,
        first: &ClaimedJob,
        group: &[Read],
        waiting: &HashSet<CallbackId>,
    ) -> Result<Done, AppError> {
        let mut unit = Unit::new();
        for read in group {
            if waiting.contains(&read.callback) && read.job.attempts < WAITS_MAX {
                let run_at = self.now().plus_ms(backoff_ms(read.job.attempts));
                let reason = "it changes a message that is not here yet";
                self.store
                    .postpone_job(&mut unit, read.job.id, run_at, reason, true);
            } else {
                self.store.set_callback_state(
                    &mut unit,
                    read.callback,
                    CallbackState::Done,
                    read.issues,
                );
                self.store.finish_job(&mut unit, read.job.id);
            }
        }
        faults::hit(Point::BeforeIngestClose);
        self.store.commit(unit).await?;
        for read in group.iter().filter(|read| read.job.id != first.id) {
            self.backlog.release(read.callback);
        }
        Ok(Done::Written)
    }
}
