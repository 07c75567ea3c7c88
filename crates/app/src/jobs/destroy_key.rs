//! Destroys the key of a contact that was erased. Written in the batch of the erasure: a process
//! that dies behind it, or a key store that is away, must not leave a key that opens old copies.

use domain::{ContactId, time};
use store::ClaimedJob;

use super::Done;
use crate::{App, AppError};

const AGAIN_MS: i64 = 5 * time::MINUTE_MS;

impl App {
    pub(super) async fn destroy_key(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let contact = ContactId::from_bytes(job.subject);
        if let Err(error) = self.store.destroy_key(contact).await {
            // Nothing makes this needless, so it is never given up.
            tracing::warn!(job_id = %job.id, error = %error, "a key could not be destroyed yet");
            return Ok(Done::Later {
                after_ms: AGAIN_MS,
                reason: "the key store did not answer",
            });
        }
        self.drop_job(job).await
    }
}
