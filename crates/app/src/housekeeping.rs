//! Regular work that nobody asks for: snoozes that end, traces that are old, uploads that were
//! never sent.

use domain::{Timestamp, time};
use ports::BlobName;
use store::Unit;

use crate::{App, AppError};

const TIDY_EVERY_MS: i64 = 10 * time::MINUTE_MS;
/// An upload that is part of no message by then was given up.
const UPLOAD_MS: i64 = time::DAY_MS;
const UPLOADS_AT_ONCE: i64 = 50;

impl App {
    /// Does what is due; `last` is when it tidied up before.
    ///
    /// # Errors
    /// What the store says. Nothing is half done.
    pub async fn keep_house(&self, last: Option<Timestamp>) -> Result<Option<Timestamp>, AppError> {
        self.wake_snoozed().await?;
        let now = self.now();
        if last.is_some_and(|last| now.0 - last.0 < TIDY_EVERY_MS) {
            return Ok(last);
        }
        let channels: Vec<_> = self.store.channels().await?.iter().map(|c| c.id).collect();
        self.store.tidy_up(&channels, now).await?;
        let stale = self
            .store
            .stale_uploads(Timestamp(now.0 - UPLOAD_MS), UPLOADS_AT_ONCE)
            .await?;
        for id in stale {
            // The bytes first: a row without bytes is tried again, bytes without a row are lost.
            self.blobs.remove(&BlobName::of_bytes(id.bytes())).await?;
            let mut unit = Unit::new();
            self.store.remove_attachment(&mut unit, id);
            self.store.commit(unit).await?;
        }
        Ok(Some(now))
    }
}
