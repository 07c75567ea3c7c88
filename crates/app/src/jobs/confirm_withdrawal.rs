//! Says once, and in one fixed sentence, that a withdrawal was taken in. Where the gate does not
//! let it through (the window is closed by now), nothing is said: the withdrawal holds all the same.

use domain::gate::MessageClass;
use domain::{ConversationId, JobId, Pii};
use i18n::Language;
use store::{Aim, Author, ClaimedJob, JobKind, NewJob, Unit};

use super::Done;
use crate::sending::{SendInput, meant};
use crate::{App, AppError};

impl App {
    /// The confirmation is a job of its own: taking the withdrawal in must not wait for it.
    pub(crate) fn stage_withdrawal_confirmation(
        &self,
        unit: &mut Unit,
        conversation: ConversationId,
    ) {
        let job = NewJob {
            id: JobId::from_bytes(self.fresh()),
            kind: JobKind::ConfirmWithdrawal,
            lane: conversation.bytes(),
            subject: conversation.bytes(),
            now: self.now(),
        };
        self.store.add_job(unit, &job);
    }

    pub(super) async fn confirm_withdrawal(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let id = ConversationId::from_bytes(job.subject);
        let Some(conversation) = self.store.lookup_conversation(id).await? else {
            return self.drop_job(job).await;
        };
        let contact = self.store.lookup_contact(conversation.contact).await?;
        let locale = contact.and_then(|contact| contact.locale);
        let company = self.store.company().await?.ok_or(AppError::NotFound)?;
        let locale = locale.unwrap_or_else(|| company.locale.clone());
        let language = Language::parse(&locale).unwrap_or_default();
        let arguments = [("company", company.name.as_str())];
        let text = i18n::text(language, "consent-withdrawn", &arguments);
        let input = SendInput {
            text: Some(Pii::new(text)),
            ..SendInput::default()
        };
        let aim = Aim {
            class: MessageClass::WithdrawalConfirmation,
            purpose: None,
        };
        let intent = meant(&aim, None);
        let permit = match self.permit(&conversation, &input, None, &[], intent).await {
            Ok(permit) => permit,
            Err(AppError::Refused(_)) => return self.drop_job(job).await,
            Err(error) => return Err(error),
        };
        let able = self.capabilities(&conversation)?;
        let text = (input.text.clone(), None);
        let pieces = self.pieces(&input, text, None, Vec::new(), able);
        let name = Pii::new(company.name);
        let why = (&permit, &aim);
        let mut unit = self
            .stage(&conversation, Author::House, &name, &input, &pieces, why)
            .await?;
        self.store.finish_job(&mut unit, job.id);
        self.store.commit(unit).await?;
        Ok(Done::Written)
    }
}
