//! Fetches the list of templates a provider approved for a channel.

use domain::ChannelId;
use ports::TemplateError;
use store::{ClaimedJob, FeedKind, Unit};

use super::Done;
use crate::{App, AppError};

impl App {
    pub(super) async fn sync_templates(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let id = ChannelId::from_bytes(job.subject);
        let Some(channel) = self.channel(id).await? else {
            return self.drop_job(job).await;
        };
        let connector = self
            .registry
            .get(channel.kind)
            .ok_or_else(|| AppError::Internal("a channel without its connector".into()))?;
        match connector.templates(&*self.net, &channel.settings).await {
            Ok(templates) => {
                let now = self.now();
                let mut unit = Unit::new();
                self.store
                    .replace_templates(&mut unit, id, &templates, now)?;
                self.store
                    .feed_subject(&mut unit, FeedKind::ChannelUpdated, id.bytes(), now);
                self.store.finish_job(&mut unit, job.id);
                self.store.commit(unit).await?;
                Ok(Done::Written)
            }
            Err(TemplateError::Account) => {
                self.break_channel(id, "templates").await?;
                self.drop_job(job).await
            }
            Err(error @ TemplateError::Retry { .. }) => Ok(Done::Again {
                after_ms: None,
                reason: error.to_string(),
            }),
        }
    }
}
