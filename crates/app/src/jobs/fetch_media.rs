//! Fetches a file the provider keeps for us. It retries by itself, whatever became of the
//! message, and a file that never comes is shown as such.

use domain::channel::MediaKind;
use domain::inbound::InboundMedia;
use domain::{AttachmentId, limits};
use ports::MediaError;
use store::{AttachmentState, ClaimedJob, StoredAttachment, Unit};

use super::Done;
use crate::{App, AppError};

impl App {
    pub(super) async fn fetch_media(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let id = AttachmentId::from_bytes(job.subject);
        let Some(file) = self.store.lookup_attachment(id).await? else {
            return self.drop_job(job).await;
        };
        let Some(reference) = file
            .reference
            .clone()
            .filter(|_| file.state == AttachmentState::Pending)
        else {
            return self.drop_job(job).await;
        };
        let Some(message) = self.message_of_file(&file).await? else {
            return self.drop_job(job).await;
        };
        let Some(channel) = self.channel(message.channel).await? else {
            return self.drop_job(job).await;
        };
        let connector = self
            .registry
            .get(channel.kind)
            .ok_or_else(|| AppError::Internal("a channel without its connector".into()))?;
        let wanted = InboundMedia {
            kind: file.kind,
            reference,
            mime: Some(file.mime.clone()),
            sha256: file.sha256.clone(),
            name: file.name.clone(),
        };
        let max = limits::ATTACHMENT_MAX;
        let fetched = connector
            .fetch_media(&*self.net, &channel.settings, &wanted, max)
            .await;
        match fetched {
            Ok(media) => {
                let mime = media.mime.or_else(|| Some(file.mime.clone()));
                self.settle_fetched(job, file, media.bytes, mime).await
            }
            Err(MediaError::Gone) => self.settle_lost(job, &file, AttachmentState::Gone).await,
            Err(MediaError::TooLarge { .. }) => {
                self.settle_lost(job, &file, AttachmentState::Refused).await
            }
            Err(error @ (MediaError::Damaged | MediaError::Retry { .. })) => Ok(Done::Again {
                after_ms: None,
                reason: error.to_string(),
            }),
            Err(error @ MediaError::Account) => {
                self.break_channel(channel.id, "media").await?;
                Ok(Done::Again {
                    after_ms: None,
                    reason: error.to_string(),
                })
            }
        }
    }

    async fn message_of_file(
        &self,
        file: &StoredAttachment,
    ) -> Result<Option<store::StoredMessage>, AppError> {
        match file.message {
            None => Ok(None),
            Some(id) => Ok(self.store.lookup_message(id).await?),
        }
    }

    async fn settle_fetched(
        &self,
        job: &ClaimedJob,
        mut file: StoredAttachment,
        bytes: bytes::Bytes,
        mime: Option<String>,
    ) -> Result<Done, AppError> {
        let voice = file.kind == MediaKind::Voice;
        let clean = match self.clean_file(bytes, mime.as_deref(), voice).await {
            Ok(clean) => clean,
            Err(AppError::Invalid(_)) => {
                return self.settle_lost(job, &file, AttachmentState::Refused).await;
            }
            Err(error) => return Err(error),
        };
        // A sticker stays a sticker; everything else is what its bytes say.
        if file.kind != MediaKind::Sticker || clean.kind != MediaKind::Image {
            file.kind = clean.kind;
        }
        file.mime = clean.mime;
        file.width = clean.dimensions.map(|(width, _)| width);
        file.height = clean.dimensions.map(|(_, height)| height);
        let size = i64::try_from(clean.bytes.len()).unwrap_or(i64::MAX);
        let secret = self.keep_file(file.id, clean.bytes).await?;
        self.settle_file(job, &file, AttachmentState::Stored, size, Some(secret))
            .await
    }

    async fn settle_lost(
        &self,
        job: &ClaimedJob,
        file: &StoredAttachment,
        state: AttachmentState,
    ) -> Result<Done, AppError> {
        self.settle_file(job, file, state, 0, None).await
    }

    async fn settle_file(
        &self,
        job: &ClaimedJob,
        file: &StoredAttachment,
        state: AttachmentState,
        size: i64,
        secret: Option<[u8; 32]>,
    ) -> Result<Done, AppError> {
        let mut unit = Unit::new();
        self.store
            .settle_attachment(&mut unit, file, state, size, secret)
            .await?;
        self.store.finish_job(&mut unit, job.id);
        if let Some(message) = self.message_of_file(file).await? {
            let now = self.now();
            self.store.feed_item(
                &mut unit,
                message.conversation,
                message.seq,
                message.id.bytes(),
                now,
            );
        }
        self.store.commit(unit).await?;
        Ok(Done::Written)
    }

    pub(super) async fn give_up_media(
        &self,
        unit: &mut Unit,
        job: &ClaimedJob,
    ) -> Result<(), AppError> {
        let id = AttachmentId::from_bytes(job.subject);
        let Some(file) = self.store.lookup_attachment(id).await? else {
            return Ok(());
        };
        if file.state != AttachmentState::Pending {
            return Ok(());
        }
        self.store
            .settle_attachment(unit, &file, AttachmentState::Gone, 0, None)
            .await?;
        if let Some(message) = self.message_of_file(&file).await? {
            let now = self.now();
            self.store.feed_item(
                unit,
                message.conversation,
                message.seq,
                message.id.bytes(),
                now,
            );
        }
        Ok(())
    }
}
