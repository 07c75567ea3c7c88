//! The runner: takes due jobs, runs lanes beside each other, and never loses one.
//!
//! A job is leased before it runs and removed in the unit that writes its outcome. A process
//! that dies in between leaves a lease that runs out, and the job runs again; every job is
//! written so that running again is safe.

mod confirm_withdrawal;
mod deliver;
mod destroy_key;
mod fetch_media;
mod ingest;
mod react;
mod sync_templates;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use telemetry::names;

use domain::{JobId, Timestamp, limits};
use store::faults::{self, Lie, Point};
use store::{ClaimedJob, JobKind, StoreError, Unit};
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clock_watch::ClockWatch;
use crate::{App, AppError};

/// How a job ended.
pub(crate) enum Done {
    /// Its outcome (and its removal) is already written.
    Written,
    /// Not now: again after so many milliseconds. Does not count as a failure.
    Later { after_ms: i64, reason: &'static str },
    /// It did not work: again later, a bounded number of times.
    Again {
        after_ms: Option<i64>,
        reason: String,
    },
}

/// Jobs at work at once.
const AT_ONCE: usize = 64;
/// Looks for what became due without anybody saying so.
const IDLE_LOOK: Duration = Duration::from_secs(2);
/// Tries of a callback at its place in the lane: about a minute.
const TRIES_IN_PLACE: i64 = 5;
/// Between two tries while the database is away.
const AWAY_MS: i64 = 500;
const BACKOFF_FIRST_MS: i64 = 2_000;
const BACKOFF_MAX_MS: i64 = 15 * domain::time::MINUTE_MS;

pub struct Runner {
    app: App,
    busy: Arc<Mutex<HashSet<JobId>>>,
    /// Jobs that nobody works on any more, and of which the database may not know it.
    left: Arc<Mutex<Vec<JobId>>>,
    places: Arc<Semaphore>,
}

impl Runner {
    #[must_use]
    pub fn new(app: App) -> Self {
        Self {
            app,
            busy: Arc::default(),
            left: Arc::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Works until `stop` turns true, then finishes what is at hand.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut changed = self.app.store().jobs_changed();
        let mut tasks = JoinSet::new();
        let mut tidied = None;
        while let Err(error) = self.app.backlog.load(&self.app.store).await {
            tracing::warn!(error = %error, "jobs wait: the database does not answer");
            tokio::select! {
                _ = stop.changed() => return,
                () = tokio::time::sleep(IDLE_LOOK) => {}
            }
        }
        let mut clock = self.watch_clock().await;
        if let Err(error) = self.app.store().release_jobs().await {
            // Their time runs out by itself, a minute later.
            tracing::warn!(error = %error, "jobs of the last run wait for the end of their time");
        }
        while !*stop.borrow() {
            while tasks.try_join_next().is_some() {}
            match self.start_due(&mut tasks).await {
                Ok(0) => {
                    tokio::select! {
                        _ = stop.changed() => {}
                        _ = changed.changed() => {}
                        Some(_) = tasks.join_next() => {}
                        () = tokio::time::sleep(IDLE_LOOK) => {}
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "jobs wait: the database does not answer");
                    tokio::select! {
                        _ = stop.changed() => {}
                        () = tokio::time::sleep(IDLE_LOOK) => {}
                    }
                }
            }
            match self.keep_house(&mut clock, tidied).await {
                Ok(last) => tidied = last,
                Err(error) => {
                    tracing::warn!(error = %error, "the house is not kept: the database does not answer");
                }
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    /// What is old is removed only while the clock that calls it old can be trusted.
    async fn keep_house(
        &self,
        clock: &mut ClockWatch,
        tidied: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, AppError> {
        // Asked once: what is judged here is what is acted on.
        let now = self.app.now();
        if let Some(by_ms) = clock.look(now, Instant::now()) {
            tracing::warn!(
                by_ms,
                "the clock was put; what is old is not removed for an hour"
            );
        }
        let is_believed = faults::lies(Lie::ClockBelieved);
        let believed = if is_believed { now } else { clock.believed() };
        self.app.wake_snoozed(believed).await?;
        if is_believed || clock.is_trusted() {
            return self.app.tidy_up(now, tidied).await;
        }
        Ok(tidied)
    }

    async fn watch_clock(&self) -> ClockWatch {
        let now = self.app.now();
        let last_written = self.app.store().last_written().await;
        let last_written = last_written.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "the clock is not trusted: the database does not answer");
            Some(Timestamp(0))
        });
        ClockWatch::new(now, Instant::now(), last_written)
    }

    /// Runs jobs until none is due; for tests and commands that want a quiet house.
    ///
    /// # Errors
    /// What the store says.
    pub async fn run_until_quiet(&self) -> Result<usize, AppError> {
        let (mut ran, mut kept) = (0, false);
        self.app.backlog.load(&self.app.store).await?;
        loop {
            let mut tasks = JoinSet::new();
            let started = self.start_due(&mut tasks).await?;
            if started == 0 && kept {
                return Ok(ran);
            }
            if started == 0 {
                // Which may leave something to do.
                self.app.keep_house(None).await?;
                kept = true;
            }
            ran += started;
            while tasks.join_next().await.is_some() {}
        }
    }

    /// A lane must not wait for a lease to run out because the database was away for a moment.
    async fn give_back(&self) -> Result<(), AppError> {
        let mut left = self.left.lock().await;
        if left.is_empty() {
            return Ok(());
        }
        let mut unit = Unit::new();
        for id in left.iter() {
            self.app.store.release_job(&mut unit, *id);
        }
        self.app.store.commit(unit).await?;
        left.clear();
        Ok(())
    }

    async fn start_due(&self, tasks: &mut JoinSet<()>) -> Result<usize, AppError> {
        self.give_back().await?;
        let due = self
            .app
            .store
            .due_jobs(self.app.now(), 2 * AT_ONCE as i64)
            .await?;
        let mut started = 0;
        for job in due {
            if !self.busy.lock().await.insert(job.id) {
                continue;
            }
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                break;
            };
            let (app, busy) = (self.app.clone(), Arc::clone(&self.busy));
            let left = Arc::clone(&self.left);
            started += 1;
            tasks.spawn(async move {
                if !app.work(job).await {
                    left.lock().await.push(job.id);
                }
                busy.lock().await.remove(&job.id);
                drop(place);
            });
        }
        Ok(started)
    }
}

impl App {
    /// Answers whether the database knows that nobody works on the job any more.
    async fn work(&self, job: ClaimedJob) -> bool {
        let now = self.now();
        let mut lease = Unit::new();
        self.store
            .lease_job(&mut lease, &job, now, now.plus_ms(limits::JOB_LEASE_MS));
        match self.store.commit(lease).await {
            Ok(()) => {}
            Err(StoreError::Stale(_)) => return true,
            Err(error) => {
                tracing::warn!(job_id = %job.id, error = %error, "a job could not be taken");
                return false;
            }
        }
        faults::hit(Point::AfterClaim);
        let ended = match job.kind {
            JobKind::Deliver => self.deliver(&job).await,
            JobKind::React => self.send_reaction(&job).await,
            JobKind::Ingest => self.ingest(&job).await,
            JobKind::FetchMedia => self.fetch_media(&job).await,
            JobKind::SyncTemplates => self.sync_templates(&job).await,
            JobKind::DestroyKey => self.destroy_key(&job).await,
            JobKind::Erase => self.carry_out_erasure(&job).await,
            JobKind::ConfirmWithdrawal => self.confirm_withdrawal(&job).await,
        };
        let settled = match ended {
            Err(AppError::Store(error)) if keeps_its_place(&job, &error) => {
                let unit = self.delay(&job, &error);
                match self.store.commit(unit).await {
                    // Its senders wait on.
                    Ok(()) => return true,
                    Err(error) => Err(error.into()),
                }
            }
            Err(error) => {
                let reason = error.to_string();
                let after_ms = None;
                self.settle(&job, Done::Again { after_ms, reason }).await
            }
            Ok(done) => self.settle(&job, done).await,
        };
        if let Err(error) = settled {
            // It is given back and comes again, at its place.
            tracing::warn!(job_id = %job.id, error = %error, "a job's outcome could not be written");
            return false;
        }
        if job.kind == JobKind::Ingest {
            self.backlog
                .release(domain::CallbackId::from_bytes(job.subject));
        }
        true
    }

    fn delay(&self, job: &ClaimedJob, error: &StoreError) -> Unit {
        let mut unit = Unit::new();
        // A database that is away says nothing about the job, and everybody behind it waits.
        let is_away = error.is_away();
        let after_ms = if is_away {
            AWAY_MS
        } else {
            backoff_ms(job.attempts)
        };
        let run_at = self.now().plus_ms(after_ms);
        let reason = error.to_string();
        self.store
            .delay_job(&mut unit, job.id, run_at, &reason, !is_away);
        unit
    }

    async fn settle(&self, job: &ClaimedJob, done: Done) -> Result<(), AppError> {
        let now = self.now();
        let mut unit = Unit::new();
        match done {
            Done::Written => return Ok(()),
            Done::Later { after_ms, reason } => {
                let run_at = now.plus_ms(after_ms);
                self.store
                    .postpone_job(&mut unit, job.id, run_at, reason, false);
            }
            Done::Again { reason, .. } if job.attempts + 1 >= limits::JOB_ATTEMPTS_MAX => {
                tracing::error!(
                    job_id = %job.id,
                    kind = job.kind.as_str(),
                    reason = reason.as_str(),
                    "a job failed too often and waits for a person"
                );
                metrics::counter!(names::JOBS, "job" => job.kind.as_str(), "result" => "quarantined")
                    .increment(1);
                self.give_up(&mut unit, job).await?;
                self.store.quarantine_job(&mut unit, job.id, &reason);
            }
            Done::Again { after_ms, reason } => {
                let after = after_ms.unwrap_or_else(|| backoff_ms(job.attempts));
                self.store
                    .postpone_job(&mut unit, job.id, now.plus_ms(after), &reason, true);
            }
        }
        Ok(self.store.commit(unit).await?)
    }

    /// What else must be true once a job is given up.
    async fn give_up(&self, unit: &mut Unit, job: &ClaimedJob) -> Result<(), AppError> {
        match job.kind {
            JobKind::Deliver => self.give_up_delivery(unit, job).await,
            JobKind::FetchMedia => self.give_up_media(unit, job).await,
            JobKind::Ingest => {
                let id = domain::CallbackId::from_bytes(job.subject);
                self.store
                    .set_callback_state(unit, id, store::CallbackState::Quarantined, 0);
                Ok(())
            }
            JobKind::React
            | JobKind::SyncTemplates
            | JobKind::DestroyKey
            | JobKind::Erase
            | JobKind::ConfirmWithdrawal => Ok(()),
        }
    }

    /// Removes a job that has nothing left to do.
    pub(crate) async fn drop_job(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let mut unit = Unit::new();
        self.store.finish_job(&mut unit, job.id);
        self.store.commit(unit).await?;
        Ok(Done::Written)
    }
}

/// A callback that met a bad moment of the database is tried again before those behind it: what a
/// contact says next must not overtake it. Not for ever, or one of them could stop a channel; but a
/// database that is away stops all of them anyway.
fn keeps_its_place(job: &ClaimedJob, error: &StoreError) -> bool {
    let is_patient = error.is_away() || job.attempts < TRIES_IN_PLACE;
    job.kind == JobKind::Ingest && error.may_pass() && is_patient
}

/// Doubles from two seconds to a quarter of an hour.
fn backoff_ms(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 20)).unwrap_or(20);
    BACKOFF_FIRST_MS
        .saturating_mul(2_i64.saturating_pow(doublings))
        .min(BACKOFF_MAX_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_and_stays_bounded() {
        assert_eq!(backoff_ms(0), 2_000);
        assert_eq!(backoff_ms(1), 4_000);
        assert_eq!(backoff_ms(1_000), BACKOFF_MAX_MS);
        assert!((0..30).all(|n| backoff_ms(n) <= backoff_ms(n + 1)));
    }
}
