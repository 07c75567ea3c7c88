//! Work to be done after a commit, written in the same unit as its cause.
//!
//! A job is a kind and the id of what it is about. Jobs of one lane run one after the other in
//! the order they were written; lanes run beside each other. That order is a number and not a
//! time: a clock that is put back must not let a later answer overtake an earlier one.

use db::Row;
use domain::{JobId, Timestamp, limits, time};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::faults::{self, Lie};
use crate::rows::{blob, id16};
use crate::unit::Unit;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Send a message.
    Deliver,
    /// Send or take back a teammate's reaction.
    React,
    /// Understand a raw callback.
    Ingest,
    /// Fetch a file the provider keeps for us.
    FetchMedia,
    /// Fetch the list of a channel's templates.
    SyncTemplates,
    /// Destroy the key of a contact that was erased.
    DestroyKey,
    /// Erase a contact.
    Erase,
    /// Say once that a withdrawal was taken in.
    ConfirmWithdrawal,
}

impl JobKind {
    pub const ALL: [Self; 8] = [
        Self::Deliver,
        Self::React,
        Self::Ingest,
        Self::FetchMedia,
        Self::SyncTemplates,
        Self::DestroyKey,
        Self::Erase,
        Self::ConfirmWithdrawal,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::React => "react",
            Self::Ingest => "ingest",
            Self::FetchMedia => "fetch_media",
            Self::SyncTemplates => "sync_templates",
            Self::DestroyKey => "destroy_key",
            Self::Erase => "erase",
            Self::ConfirmWithdrawal => "confirm_withdrawal",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// No job waits longer for its moment, not even at a provider's wish. What lies further ahead was
/// written by a clock that has been put back since, and is due: otherwise it would wait for as long
/// as the clock was wrong.
const WAITS_MAX_MS: i64 = 25 * time::HOUR_MS;

#[derive(Debug, Clone, Copy)]
pub struct NewJob {
    pub id: JobId,
    pub kind: JobKind,
    pub lane: [u8; 16],
    pub subject: [u8; 16],
    pub now: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedJob {
    pub id: JobId,
    pub kind: JobKind,
    pub lane: [u8; 16],
    /// Grows with every job that is written while others wait.
    pub place: i64,
    pub subject: [u8; 16],
    /// Attempts before this one.
    pub attempts: i64,
    pub lease_until: Timestamp,
}

fn give_back(
    unit: &mut Unit,
    id: JobId,
    run_at: Timestamp,
    reason: &str,
    (counted, aside): (bool, bool),
) {
    unit.note_jobs();
    unit.run(
        "UPDATE job SET lease_until = 0, run_at = $2, last_error = $3, \
         attempts = attempts - $4, \
         lane = CASE WHEN kind = 'ingest' AND CAST($5 AS BIGINT) = 1 THEN subject ELSE lane END \
         WHERE id = $1",
        vec![
            blob(id.bytes()),
            run_at.0.into(),
            reason.into(),
            (!counted).into(),
            aside.into(),
        ],
    );
}

fn job_of(row: &Row, lease_until: Timestamp) -> Result<ClaimedJob, StoreError> {
    Ok(ClaimedJob {
        id: JobId::from_bytes(id16(row, 0)?),
        kind: JobKind::parse(row.text(1)?).ok_or(StoreError::Corrupt("job.kind"))?,
        lane: id16(row, 2)?,
        subject: id16(row, 3)?,
        attempts: row.int(4)?,
        place: row.int(5)?,
        lease_until,
    })
}

impl Store {
    /// The job is due whatever the clock will say: only trying again waits for a time.
    pub fn add_job(&self, unit: &mut Unit, job: &NewJob) {
        unit.note_jobs();
        if job.kind == JobKind::Deliver && faults::lies_each(Lie::DeliveryForgotten, 7) {
            return;
        }
        unit.run(
            "INSERT INTO job (id, kind, lane, place, state, run_at, attempts, lease_until, subject, \
             created_at) VALUES ($1, $2, $3, (SELECT COALESCE(MAX(place), 0) + 1 FROM job), \
             'ready', 0, 0, 0, $4, $5)",
            vec![
                blob(job.id.bytes()),
                job.kind.as_str().into(),
                blob(job.lane),
                blob(job.subject),
                job.now.0.into(),
            ],
        );
    }

    /// Jobs that could run now: due, not leased, and the first of their lane.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn due_jobs(
        &self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let sql = "SELECT j.id, j.kind, j.lane, j.subject, j.attempts, j.place FROM job j \
                   WHERE j.state = 'ready' AND (j.run_at <= $1 OR j.run_at > $3) \
                   AND (j.lease_until <= $1 OR j.lease_until > $4) \
                   AND NOT EXISTS (SELECT 1 FROM job e WHERE e.lane = j.lane \
                   AND e.state = 'ready' AND (e.place, e.id) < (j.place, j.id)) \
                   ORDER BY j.place, j.id LIMIT $2";
        let args = vec![
            now.0.into(),
            limit.into(),
            now.plus_ms(WAITS_MAX_MS).0.into(),
            now.plus_ms(limits::JOB_LEASE_MS).0.into(),
        ];
        let rows = self.db.query(sql, args).await?;
        rows.iter().map(|row| job_of(row, now)).collect()
    }

    /// Due jobs of the same kind that wait behind this one in its lane, oldest first. Who has
    /// leased the first of a lane may do them too: nobody else can.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn jobs_behind(
        &self,
        job: &ClaimedJob,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let sql = "SELECT id, kind, lane, subject, attempts, place FROM job \
                   WHERE lane = $1 AND state = 'ready' AND (place, id) > ($2, $3) \
                   AND kind = $4 AND (run_at <= $5 OR run_at > $7) \
                   ORDER BY place, id LIMIT $6";
        let args = vec![
            blob(job.lane),
            job.place.into(),
            blob(job.id.bytes()),
            job.kind.as_str().into(),
            now.0.into(),
            limit.into(),
            now.plus_ms(WAITS_MAX_MS).0.into(),
        ];
        let rows = self.db.query(sql, args).await?;
        rows.iter().map(|row| job_of(row, now)).collect()
    }

    /// Takes the job for a while; the unit fails when somebody else has it.
    pub fn lease_job(&self, unit: &mut Unit, job: &ClaimedJob, now: Timestamp, until: Timestamp) {
        unit.one(
            Guard::Lease,
            "UPDATE job SET lease_until = $3, attempts = attempts + 1 \
             WHERE id = $1 AND state = 'ready' AND (lease_until <= $2 OR lease_until > $3)",
            vec![blob(job.id.bytes()), now.0.into(), until.0.into()],
        );
    }

    /// Gives every taken job back: whoever took it is gone. For the start of the one process
    /// that works on this database; a job that was at its provider is known by its attempt.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn release_jobs(&self) -> Result<(), StoreError> {
        let mut unit = Unit::new();
        unit.run(
            "UPDATE job SET lease_until = 0 WHERE state = 'ready' AND lease_until > 0",
            vec![],
        );
        self.commit(unit).await
    }

    /// Gives one job back that nobody works on, though its time has not run out.
    pub fn release_job(&self, unit: &mut Unit, id: JobId) {
        unit.note_jobs();
        unit.run(
            "UPDATE job SET lease_until = 0 WHERE id = $1 AND state = 'ready'",
            vec![blob(id.bytes())],
        );
    }

    pub fn finish_job(&self, unit: &mut Unit, id: JobId) {
        unit.note_jobs();
        unit.run("DELETE FROM job WHERE id = $1", vec![blob(id.bytes())]);
    }

    /// Gives the job back, to be run not before `run_at`. Waiting for the right moment is not
    /// `counted` among the attempts. A callback's job steps out of its channel's lane: one that
    /// cannot be understood must not hold up the others.
    pub fn postpone_job(
        &self,
        unit: &mut Unit,
        id: JobId,
        run_at: Timestamp,
        reason: &str,
        counted: bool,
    ) {
        give_back(unit, id, run_at, reason, (counted, true));
    }

    /// The same, and the job stays at its place in its lane.
    pub fn delay_job(
        &self,
        unit: &mut Unit,
        id: JobId,
        run_at: Timestamp,
        reason: &str,
        counted: bool,
    ) {
        give_back(unit, id, run_at, reason, (counted, false));
    }

    /// The job is out of the way of its lane and waits for a person.
    pub fn quarantine_job(&self, unit: &mut Unit, id: JobId, reason: &str) {
        unit.note_jobs();
        unit.run(
            "UPDATE job SET state = 'quarantined', lease_until = 0, last_error = $2 WHERE id = $1",
            vec![blob(id.bytes()), reason.into()],
        );
    }

    /// Jobs by state, for metrics.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn job_counts(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let sql = "SELECT COUNT(*) AS total FROM job WHERE state = $1";
        let mut counts = Vec::new();
        for state in ["ready", "quarantined"] {
            let row = self.db.query_one(sql, vec![state.into()]).await?;
            counts.push((state.to_owned(), row.int(0)?));
        }
        Ok(counts)
    }
}
