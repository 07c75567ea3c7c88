//! Carries one message out. The gate is asked again, the attempt is written before it starts,
//! and an answer that never came is never taken for a failure.

use async_trait::async_trait;
use domain::channel::{Capabilities, ChannelState};
use domain::content::Content;
use domain::delivery::{DeliveryError, DeliveryState, FailureClass};
use domain::gate::{self, MessageClass, Reason, SendRequest, TemplateUseFact, Verdict};
use domain::outbound::{Outbound, OutboundBody, Outcome, Recipient};
use domain::{AttachmentId, ConsentEventId, MessageId, Pii, limits};
use ports::{Refusal, Upload, Uploads};
use store::faults::{self, Lie, Point};
use store::{
    Author, ClaimedJob, Conversation, Decision, Guard, StoreError, StoredAttachment, StoredMessage,
    Unit,
};
use telemetry::names;

use super::Done;
use crate::consents::Facts;
use crate::my_data::HIDDEN;
use crate::sending::{file_fact, meant};
use crate::{App, AppError};

/// Hands a connector the files its message names.
pub(super) struct MessageFiles<'a> {
    pub(super) app: &'a App,
}

#[async_trait]
impl Uploads for MessageFiles<'_> {
    async fn load(&self, id: AttachmentId) -> Option<Upload> {
        let attachment = self.app.store.lookup_attachment(id).await.ok()??;
        let file = self.app.open_file(&attachment).await.ok()?;
        let bytes = file.whole().await.ok()?;
        let name = attachment.name.clone().unwrap_or_else(|| Pii::from("file"));
        Some(Upload {
            name,
            mime: attachment.mime,
            bytes,
        })
    }
}

impl App {
    pub(super) async fn deliver(&self, job: &ClaimedJob) -> Result<Done, AppError> {
        let id = MessageId::from_bytes(job.subject);
        let Some(message) = self.store.lookup_message(id).await? else {
            return self.drop_job(job).await;
        };
        if message.state != Some(DeliveryState::Queued) {
            return self.drop_job(job).await;
        }
        let Some(conversation) = self.store.lookup_conversation(message.conversation).await? else {
            return self.drop_job(job).await;
        };
        if conversation.channel_state != ChannelState::Active {
            return Ok(Done::Later {
                after_ms: 30_000,
                reason: "the channel is not active",
            });
        }
        let able = self.capabilities(&conversation)?;
        let attempts = self.store.attempts(id).await?;
        let died_in_between = attempts
            .last()
            .filter(|attempt| attempt.finished_at.is_none());
        if let Some(attempt) = died_in_between
            && !able.idempotent_send
            && !faults::lies(Lie::ResentFromUnknown)
        {
            // The process died between asking and hearing: it may have arrived. The attempt ends
            // here, so that a person who decides to send again starts a new one.
            let number = Some(attempt.number);
            return self
                .settle_delivery(job, &conversation, &message, number, Outcome::Unknown)
                .await;
        }
        if self.is_worth_nothing(&message) {
            let error = DeliveryError {
                code: "secret_over".to_owned(),
                class: FailureClass::Request,
            };
            return self
                .settle_delivery(job, &conversation, &message, None, Outcome::Refused(error))
                .await;
        }
        let files = self.store.attachments_of(id).await?;
        let number = attempts.last().map_or(1, |attempt| attempt.number + 1);
        let (verdict, facts) = self
            .judge_again(&conversation, &message, &files, able)
            .await?;
        match verdict {
            Verdict::Permit(permit) => {
                let granted = (permit, facts, number);
                self.dispatch(job, &conversation, &message, &files, granted)
                    .await
            }
            // Only the hour stands against it.
            Verdict::Defer { until, .. } if message.aim.class.is_advertising() => Ok(Done::Later {
                after_ms: until.0 - self.now().0,
                reason: "the hours of the contact",
            }),
            Verdict::Defer { reasons, .. } | Verdict::Deny(reasons) => {
                self.refuse(job, (&conversation, &message), &reasons, number)
                    .await
            }
        }
    }

    /// A link or a code whose secret is forgotten or over opens nothing any more.
    fn is_worth_nothing(&self, message: &StoredMessage) -> bool {
        let text = message.content.text.as_ref();
        let hides = text.is_some_and(|text| text.expose().contains(HIDDEN));
        let ours = message.author == Author::House && message.aim.class == MessageClass::Security;
        hides && ours && self.doors.secret(message.id, self.now()).is_none()
    }

    /// It does not leave, and every reason is kept.
    async fn refuse(
        &self,
        job: &ClaimedJob,
        (conversation, message): (&Conversation, &StoredMessage),
        reasons: &[Reason],
        number: i64,
    ) -> Result<Done, AppError> {
        let mut unit = Unit::new();
        let decision = self.decision(message, number, (reasons, gate::RULE_VERSION), &[]);
        self.store.add_decision(&mut unit, &decision);
        self.store.commit(unit).await?;
        let reason = reasons.first().map_or("refused", |reason| reason.code);
        let error = DeliveryError {
            code: format!("gate_{reason}"),
            class: if message.aim.class.is_advertising() {
                FailureClass::OptedOut
            } else {
                FailureClass::Window
            },
        };
        self.settle_delivery(job, conversation, message, None, Outcome::Refused(error))
            .await
    }

    fn decision(
        &self,
        message: &StoredMessage,
        number: i64,
        (reasons, rule_version): (&[Reason], i64),
        events: &[ConsentEventId],
    ) -> Decision {
        Decision {
            message: message.id,
            number,
            at: self.now(),
            class: message.aim.class,
            purpose: message.aim.purpose.clone(),
            reasons: reasons
                .iter()
                .map(|reason| reason.code.to_owned())
                .collect(),
            rule_version,
            consent_events: events.to_vec(),
        }
    }

    /// Advertising leaves only while the consent stands exactly as it was read, and its use is
    /// written down with the attempt: whoever withdraws at this moment is first or second, and
    /// never overlooked.
    async fn stage_use(
        &self,
        unit: &mut Unit,
        (conversation, message): (&Conversation, &StoredMessage),
        permit: &gate::SendPermit,
        facts: &Facts,
        number: i64,
    ) -> Result<(), AppError> {
        if !permit.class().is_advertising() {
            return Ok(());
        }
        let decision = self.decision(
            message,
            number,
            (&[], permit.rule_version()),
            permit.consent_events(),
        );
        self.store.add_decision(unit, &decision);
        self.store
            .nobody_objected(unit, conversation.contact, conversation.channel);
        if permit.consent_events().is_empty() {
            return Ok(());
        }
        let Some(consent) = &facts.consent else {
            return Err(AppError::Internal("a permit without its consent".into()));
        };
        if number > 1 {
            self.store.consent_unchanged(unit, consent);
            return Ok(());
        }
        self.stage_consent_used(unit, consent, facts).await
    }

    /// One attempt, written before it starts.
    async fn dispatch(
        &self,
        job: &ClaimedJob,
        conversation: &Conversation,
        message: &StoredMessage,
        files: &[StoredAttachment],
        (permit, facts, number): (gate::SendPermit, Facts, i64),
    ) -> Result<Done, AppError> {
        let able = self.capabilities(conversation)?;
        let id = message.id;
        let wants = [
            (conversation.channel.bytes(), able.pace_channel),
            (conversation.id.bytes(), able.pace_pair),
        ];
        if let Err(wait_ms) = self.pacer.take(&wants, self.now()) {
            return Ok(Done::Later {
                after_ms: wait_ms,
                reason: "the channel's pace",
            });
        }
        let mut unit = Unit::new();
        self.store
            .start_attempt(&mut unit, id, number, permit.rule_version(), self.now());
        self.stage_use(&mut unit, (conversation, message), &permit, &facts, number)
            .await?;
        if permit.class() != MessageClass::Security {
            self.store.not_restricted(&mut unit, conversation.contact);
        }
        match self.store.commit(unit).await {
            Err(StoreError::Stale(Guard::Unrestricted)) => {
                return Ok(Done::Later {
                    after_ms: 0,
                    reason: "the contact is restricted",
                });
            }
            Err(error) if error.is_stale() && permit.class().is_advertising() => {
                // Something happened to the consent, or to the ledger: the gate is asked again.
                return Ok(Done::Later {
                    after_ms: 0,
                    reason: "the consent changed",
                });
            }
            other => other?,
        }
        faults::hit(Point::BeforeSend);
        let recipient = Recipient {
            kind: conversation.address_kind,
            value: conversation.address_value.clone(),
        };
        let quote = message
            .content
            .quote
            .as_ref()
            .and_then(|quote| quote.provider_id.clone());
        let body = body_of(&self.spoken(message), files);
        let outbound = Outbound::new(permit, id, recipient, body, quote).at_attempt(number);
        let outcome = self.execute_or_lie(conversation, &outbound).await?;
        faults::hit(Point::AfterProviderAck);
        self.settle_delivery(job, conversation, message, Some(number), outcome)
            .await
    }

    /// The gate's word at this moment, and what it knew of the person.
    async fn judge_again(
        &self,
        conversation: &Conversation,
        message: &StoredMessage,
        files: &[StoredAttachment],
        able: &Capabilities,
    ) -> Result<(Verdict, Facts), AppError> {
        let used = message.content.template.as_ref();
        let wanted = used.map(TemplateUseFact::of);
        let template = self.template_used(conversation, used).await?;
        let words = message.content.text.as_ref();
        let intent = meant(&message.aim, words);
        let class = intent.class_of(template.as_ref());
        let facts = self.facts(conversation, &intent, class).await?;
        // Length and form were judged when it was written and cannot have changed since.
        let request = SendRequest {
            text_chars: message
                .content
                .text
                .as_ref()
                .map_or(0, |t| t.expose().chars().count()),
            // A template brings its own picture, which the provider approved with it.
            files: match wanted {
                Some(_) => Vec::new(),
                None => files.iter().map(file_fact).collect(),
            },
            buttons: Vec::new(),
            list_rows: Vec::new(),
            template: wanted.as_ref(),
            reaction: false,
            intent,
        };
        let standing = self.standing(conversation, able, template.as_ref(), &facts);
        let verdict = gate::judge(&request, &standing);
        Ok((verdict, facts))
    }

    /// What is said outside: where a secret stands hidden in what is kept, the secret.
    fn spoken(&self, message: &StoredMessage) -> Content {
        let mut content = message.content.clone();
        let told = content.text.as_ref();
        let told = told.and_then(|text| self.revealed(message.id, text.expose()));
        if let Some(told) = told {
            content.text = Some(Pii::new(told));
        }
        content
    }

    /// Calls the connector, unless a drill wants to see a mistake.
    async fn execute_or_lie(
        &self,
        conversation: &Conversation,
        outbound: &Outbound,
    ) -> Result<Outcome, AppError> {
        if faults::lies_each(Lie::SendSkipped, 5) {
            let provider_id = Pii::from("nobody-was-asked");
            return Ok(Outcome::Accepted { provider_id });
        }
        if faults::lies(Lie::SentTwice) {
            self.execute(conversation, outbound).await?;
        }
        let outcome = self.execute(conversation, outbound).await?;
        if matches!(outcome, Outcome::Unknown) && faults::lies(Lie::ResentFromUnknown) {
            let error = DeliveryError {
                code: "no_answer".to_owned(),
                class: FailureClass::Transient,
            };
            let after_ms = Some(100);
            return Ok(Outcome::Retry { after_ms, error });
        }
        Ok(outcome)
    }

    pub(super) async fn execute(
        &self,
        conversation: &Conversation,
        outbound: &Outbound,
    ) -> Result<Outcome, AppError> {
        let connector = self
            .registry
            .get(conversation.channel_kind)
            .ok_or_else(|| AppError::Internal("a channel without its connector".into()))?;
        let channel = self
            .channel(conversation.channel)
            .await?
            .ok_or(AppError::NotFound)?;
        let files = MessageFiles { app: self };
        let outcome = connector
            .execute(&*self.net, &channel.settings, &files, outbound)
            .await;
        Ok(outcome.unwrap_or_else(|Refusal(error)| Outcome::Refused(error)))
    }

    async fn settle_delivery(
        &self,
        job: &ClaimedJob,
        conversation: &Conversation,
        message: &StoredMessage,
        attempt: Option<i64>,
        outcome: Outcome,
    ) -> Result<Done, AppError> {
        let (word, _) = word_of(&outcome);
        metrics::counter!(
            names::DELIVERIES,
            "channel_kind" => conversation.channel_kind.as_str(), "state" => word
        )
        .increment(1);
        // Receipts may come while the answer is being written down. Only the writing is repeated
        // then, never the sending.
        self.retry(|| self.write_outcome(job, (conversation, message), attempt, &outcome))
            .await
    }

    async fn write_outcome(
        &self,
        job: &ClaimedJob,
        (conversation, message): (&Conversation, &StoredMessage),
        attempt: Option<i64>,
        outcome: &Outcome,
    ) -> Result<Done, AppError> {
        let (word, error) = word_of(outcome);
        let mut unit = Unit::new();
        if let Some(number) = attempt {
            self.store
                .finish_attempt(&mut unit, message.id, number, word, error, self.now());
        }
        match outcome {
            Outcome::Accepted { provider_id } => {
                self.join_accepted(&mut unit, conversation, message, provider_id)
                    .await?;
            }
            Outcome::Unknown => {
                self.store
                    .join_delivery(&mut unit, message.id, DeliveryState::Unknown, None);
            }
            Outcome::Refused(error) => {
                self.store
                    .join_delivery(&mut unit, message.id, DeliveryState::Failed, Some(error));
            }
            Outcome::Retry { after_ms, error } => {
                if job.attempts + 1 < limits::JOB_ATTEMPTS_MAX {
                    // Who wrote it sees that it waits, and why.
                    self.store.note_retry(&mut unit, message.id, error);
                    self.feed_message(&mut unit, message);
                    self.store.commit(unit).await?;
                    let reason = error.code.clone();
                    return Ok(Done::Again {
                        after_ms: *after_ms,
                        reason,
                    });
                }
                self.store
                    .join_delivery(&mut unit, message.id, DeliveryState::Failed, Some(error));
            }
        }
        self.store.finish_job(&mut unit, job.id);
        self.feed_message(&mut unit, message);
        self.store.commit(unit).await?;
        if let Some(error) = error.filter(|error| error.class == FailureClass::Account) {
            self.break_channel(conversation.channel, &error.code)
                .await?;
        }
        Ok(Done::Written)
    }

    /// Accepted: the provider's id is known now, and with it what receipts said before we knew.
    async fn join_accepted(
        &self,
        unit: &mut Unit,
        conversation: &Conversation,
        message: &StoredMessage,
        provider_id: &Pii<String>,
    ) -> Result<(), AppError> {
        self.store
            .set_provider_id(unit, conversation.contact, message.id, provider_id)
            .await?;
        self.store
            .join_delivery(unit, message.id, DeliveryState::Sent, None);
        let parked = self
            .store
            .parked_receipts(conversation.channel, provider_id)
            .await?;
        for receipt in &parked {
            self.store
                .join_delivery(unit, message.id, receipt.state, receipt.error.as_ref());
            if let Some(cost) = &receipt.cost {
                self.store.set_cost(unit, message.id, cost);
            }
        }
        // Also where none was found: one that came since then would wait for ever.
        self.store
            .unpark_receipts(unit, conversation.channel, provider_id, parked.len());
        Ok(())
    }

    pub(super) async fn give_up_delivery(
        &self,
        unit: &mut Unit,
        job: &ClaimedJob,
    ) -> Result<(), AppError> {
        let id = MessageId::from_bytes(job.subject);
        let Some(message) = self.store.lookup_message(id).await? else {
            return Ok(());
        };
        let error = DeliveryError {
            code: "gave_up".to_owned(),
            class: FailureClass::Transient,
        };
        self.store
            .join_delivery(unit, id, DeliveryState::Failed, Some(&error));
        let now = self.now();
        self.store
            .feed_item(unit, message.conversation, message.seq, id.bytes(), now);
        Ok(())
    }
}

/// The word under which an outcome is kept and counted, and what the provider objected.
const fn word_of(outcome: &Outcome) -> (&'static str, Option<&DeliveryError>) {
    match outcome {
        Outcome::Accepted { .. } => ("accepted", None),
        Outcome::Retry { error, .. } => ("retry", Some(error)),
        Outcome::Refused(error) => ("refused", Some(error)),
        Outcome::Unknown => ("unknown", None),
    }
}

fn body_of(content: &Content, files: &[StoredAttachment]) -> OutboundBody {
    let text = content.text.clone();
    if let Some(template) = &content.template {
        return OutboundBody::Template(template.clone());
    }
    if let Some(choices) = &content.choices {
        return OutboundBody::Choices {
            text: text.unwrap_or_default(),
            choices: choices.clone(),
        };
    }
    match files.first() {
        Some(file) => OutboundBody::Media {
            attachment: file.id,
            kind: file.kind,
            mime: file.mime.clone(),
            name: file.name.clone().unwrap_or_else(|| Pii::from("file")),
            caption: text,
        },
        None => OutboundBody::Text(text.unwrap_or_default()),
    }
}
