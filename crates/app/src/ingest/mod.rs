//! Understanding what a channel told us. Every event becomes one unit, or none when it was seen
//! before; whatever order and repetition they come in, the end is the same.

mod backlog;
mod identify;
mod message;
mod receipt;
mod update;

use std::collections::HashMap;
use telemetry::names;

use domain::CallbackId;
use domain::inbound::{AccountSeverity, InboundEvent, ParseIssue, Sender};
use store::{Channel, Guard, StoreError, Unit};

use crate::{App, AppError};

pub(crate) use backlog::Backlog;
pub(crate) use identify::Person;

/// What must be written, and what follows once it is.
pub(crate) struct Staged {
    pub(crate) unit: Unit,
    pub(crate) after: Vec<After>,
}

/// Something that happens after the commit.
pub(crate) enum After {
    BreakChannel { reason: String },
}

impl From<Unit> for Staged {
    fn from(unit: Unit) -> Self {
        Self {
            unit,
            after: Vec::new(),
        }
    }
}

/// Counts what a callback holds; what was not understood is one line of the log, however much.
pub(crate) fn count_items(channel: &Channel, understood: usize, issues: &[ParseIssue]) {
    let kind = channel.kind.as_str();
    metrics::counter!(names::CALLBACK_ITEMS, "channel_kind" => kind, "result" => "handled")
        .increment(understood as u64);
    let Some(first) = issues.first() else {
        return;
    };
    tracing::info!(
        channel_id = %channel.id,
        count = issues.len(),
        topic = first.what.as_str(),
        "a callback holds something that was not understood; it is kept"
    );
    metrics::counter!(names::CALLBACK_ITEMS, "channel_kind" => kind, "result" => "kept")
        .increment(issues.len() as u64);
}

impl App {
    /// `None`: there is nothing (more) to write.
    pub(crate) async fn stage_event(
        &self,
        channel: &Channel,
        event: &InboundEvent,
    ) -> Result<Option<Staged>, AppError> {
        match event {
            InboundEvent::Message(message) => self.stage_message(channel, message).await,
            InboundEvent::Receipt(receipt) => self.stage_receipt(channel, receipt).await,
            InboundEvent::Edit {
                target,
                sender,
                text,
                at,
                ..
            } => {
                self.stage_edit(channel, sender, target, text.as_ref(), *at)
                    .await
            }
            InboundEvent::Delete {
                target, sender, at, ..
            } => self.stage_delete(channel, sender, target, *at).await,
            InboundEvent::Reaction {
                target,
                sender,
                origin,
                emoji,
                at,
            } => {
                self.stage_reaction(channel, (sender, *origin), target, emoji.as_ref(), *at)
                    .await
            }
            InboundEvent::Identity {
                sender,
                known_as,
                cause,
                at,
            } => {
                self.stage_identity(channel, sender, known_as, *cause, *at)
                    .await
            }
            InboundEvent::Preference {
                sender,
                category,
                decision,
                at,
            } => {
                self.stage_preference(channel, sender, category, *decision, *at)
                    .await
            }
            InboundEvent::Account {
                topic,
                summary,
                severity,
                ..
            } => Ok(Some(self.stage_account(channel, topic, summary, *severity))),
            InboundEvent::TemplateChanged { .. } => {
                let mut unit = Unit::new();
                self.store
                    .add_job(&mut unit, &self.template_job(channel.id));
                Ok(Some(unit.into()))
            }
        }
    }

    fn stage_account(
        &self,
        channel: &Channel,
        topic: &str,
        summary: &str,
        severity: AccountSeverity,
    ) -> Staged {
        tracing::warn!(
            channel_id = %channel.id,
            topic = topic,
            reason = summary,
            "the provider tells us about our account"
        );
        let after = match severity {
            AccountSeverity::Info | AccountSeverity::Warning => Vec::new(),
            AccountSeverity::Blocking => vec![After::BreakChannel {
                // An error is told by its number, which has a sentence of its own.
                reason: if topic == "errors" { summary } else { topic }.to_owned(),
            }],
        };
        Staged {
            unit: Unit::new(),
            after,
        }
    }

    pub(crate) async fn after_event(
        &self,
        channel: &Channel,
        effect: After,
    ) -> Result<(), AppError> {
        match effect {
            After::BreakChannel { reason } => self.break_channel(channel.id, &reason).await,
        }
    }

    /// Whether this changes a message that is not here (yet). Providers promise no order: what
    /// changes a message may come before it.
    pub(crate) async fn waits_for_its_message(
        &self,
        channel: &Channel,
        event: &InboundEvent,
    ) -> Result<bool, AppError> {
        let (InboundEvent::Edit { target, sender, .. }
        | InboundEvent::Delete { target, sender, .. }
        | InboundEvent::Reaction { target, sender, .. }) = event
        else {
            return Ok(false);
        };
        let found = self.change_target(channel, sender, target).await?;
        Ok(found.is_none())
    }

    /// What a refused commit says about an event: that it was taken before, or that what is
    /// remembered of its sender may be out of date.
    pub(crate) fn was_taken_before(
        &self,
        channel: &Channel,
        event: &InboundEvent,
        guard: Guard,
    ) -> bool {
        let InboundEvent::Message(message) = event else {
            return false;
        };
        self.store
            .forget_addresses(channel.id, &message.sender.addresses);
        guard == Guard::Unseen
    }

    /// Applies one event, again when the world changed meanwhile.
    pub(crate) async fn apply_event(
        &self,
        channel: &Channel,
        event: &InboundEvent,
    ) -> Result<(), AppError> {
        let mut tries = 0;
        loop {
            let Some(staged) = self.stage_event(channel, event).await? else {
                return Ok(());
            };
            tries += 1;
            match self.store.commit(staged.unit).await {
                Ok(()) => {
                    for effect in staged.after {
                        self.after_event(channel, effect).await?;
                    }
                    return Ok(());
                }
                // Many events of one person may race here; each round at least one of them wins.
                Err(StoreError::Stale(guard)) if tries < domain::limits::COMMIT_TRIES_CROWDED => {
                    if self.was_taken_before(channel, event, guard) {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Which events must stay in order: those of one sender, and those about one of our messages.
/// Each comes with the callback it stood in.
pub(crate) fn lanes(
    events: Vec<(CallbackId, InboundEvent)>,
) -> Vec<Vec<(CallbackId, InboundEvent)>> {
    let mut lanes: Vec<Vec<(CallbackId, InboundEvent)>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for event in events {
        let keys = lane_keys(&event.1);
        let known = keys.iter().find_map(|key| places.get(key).copied());
        let place = known.unwrap_or_else(|| {
            lanes.push(Vec::new());
            lanes.len() - 1
        });
        for key in keys {
            places.insert(key, place);
        }
        lanes[place].push(event);
    }
    lanes
}

fn lane_keys(event: &InboundEvent) -> Vec<String> {
    let of_sender = |sender: &Sender| {
        sender
            .addresses
            .iter()
            .map(|address| format!("{}:{}", address.kind.as_str(), address.value.expose()))
            .collect()
    };
    match event {
        InboundEvent::Message(message) => of_sender(&message.sender),
        InboundEvent::Edit { sender, .. }
        | InboundEvent::Delete { sender, .. }
        | InboundEvent::Reaction { sender, .. }
        | InboundEvent::Identity { sender, .. }
        | InboundEvent::Preference { sender, .. } => of_sender(sender),
        InboundEvent::Receipt(receipt) => vec![format!("receipt:{}", receipt.provider_id.expose())],
        InboundEvent::Account { .. } | InboundEvent::TemplateChanged { .. } => {
            vec!["account".to_owned()]
        }
    }
}
