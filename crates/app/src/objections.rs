//! Words by which a contact objects to advertising. They count at once and in the same unit as the
//! message that says them. What exactly was meant is a teammate's task: until it is done advertising
//! rests, and after three days the doubt counts as a withdrawal.

use std::collections::BTreeMap;

use domain::access::Access;
use domain::consent::Actor;
use domain::withdrawal::{Clarity, SOFT_FINAL_MS, classify};
use domain::{ChannelId, ContactId, ConversationId, Pii, Timestamp, limits};
use proof::{Act, ActKind};
use store::{ActivityKind, FeedKind, Unit};

use crate::App;
use crate::consents::Withdrawal;
use crate::error::AppError;
use crate::identity::check_signs;
use crate::ingest::Person;

/// Its own kind of preference: what a provider tells later never lifts it.
pub(crate) const OBJECTION: &str = "objection";

/// What it is called once a teammate found that nobody objected.
const LIFTED: &str = "lifted";
/// Tasks that are listed at once.
const TASKS_MAX: i64 = 200;

/// Words that may be an objection, and that nobody has cleared up yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenObjection {
    pub contact: ContactId,
    pub channel: ChannelId,
    pub conversation: Option<ConversationId>,
    pub clarity: Clarity,
    pub said_at: Timestamp,
    /// From then on it counts as a withdrawal. A bare word that may mean anything only rests.
    pub final_at: Option<Timestamp>,
}

/// What a teammate found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectionDecision {
    /// The contact wants no advertising.
    Withdraw,
    /// It meant something else.
    Lift,
}

impl App {
    /// What has to be cleared up, the most urgent first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open_objections(&self, _access: &Access) -> Result<Vec<OpenObjection>, AppError> {
        let mut open = Vec::new();
        let all = self
            .store
            .soft_objections(Timestamp(i64::MAX), TASKS_MAX)
            .await?;
        for (contact, channel, said_at) in all {
            if self.store.restricted_since(contact).await?.is_some() {
                continue;
            }
            open.push(OpenObjection {
                contact,
                channel,
                conversation: self.store.lookup_conversation_of(contact, channel).await?,
                clarity: Clarity::Soft,
                said_at,
                final_at: Some(said_at.plus_ms(SOFT_FINAL_MS)),
            });
        }
        Ok(open)
    }

    pub(crate) async fn open_objection(
        &self,
        (contact, channel): (ContactId, ChannelId),
    ) -> Result<Option<OpenObjection>, AppError> {
        let said = self
            .store
            .preference_said(contact, channel, OBJECTION)
            .await?;
        let open = said.and_then(|(word, at)| Some((Clarity::parse(&word)?, at)));
        Ok(open
            .filter(|(clarity, _)| *clarity != Clarity::Hard)
            .map(|(clarity, said_at)| OpenObjection {
                contact,
                channel,
                conversation: None,
                clarity,
                said_at,
                final_at: (clarity == Clarity::Soft).then(|| said_at.plus_ms(SOFT_FINAL_MS)),
            }))
    }

    /// Clears up what a contact meant: it ends here and now, or it was nothing of the kind and
    /// advertising goes on where a consent allows it. How that was found out is written down.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] when nothing is open; [`AppError::Invalid`]
    /// without words.
    pub async fn decide_objection(
        &self,
        access: &Access,
        to: (ContactId, ChannelId),
        decision: ObjectionDecision,
        words: &str,
    ) -> Result<(), AppError> {
        let teammate = access.actor().teammate().ok_or(AppError::NotFound)?;
        let author = self.author_of(access)?;
        if words.trim().is_empty() || words.chars().count() > limits::NAME_CHARS_MAX {
            return Err(AppError::invalid("words", "field-required"));
        }
        if let Some(problem) = check_signs("words", words) {
            return Err(AppError::Invalid(vec![problem]));
        }
        let (contact, channel) = to;
        let known = self.store.lookup_contact(contact).await?;
        known.ok_or(AppError::NotFound)?;
        self.not_restricted_for(access, contact).await?;
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            let open = self.open_objection(to).await?;
            let open = open.ok_or(AppError::Conflict("objection_settled"))?;
            let word = match decision {
                ObjectionDecision::Withdraw => Clarity::Hard.as_str(),
                ObjectionDecision::Lift => LIFTED,
            };
            let mut unit = Unit::new();
            let said = (open.clarity.as_str(), open.said_at);
            self.store
                .settle_preference(&mut unit, to, OBJECTION, said, word);
            let conversation = self.store.lookup_conversation_of(contact, channel).await?;
            if let Some(conversation) = conversation {
                let facts = BTreeMap::from([
                    ("category".to_owned(), OBJECTION.to_owned()),
                    ("decision".to_owned(), word.to_owned()),
                    ("words".to_owned(), words.trim().to_owned()),
                ]);
                let kind = ActivityKind::PreferenceChanged;
                self.stage_activity_of(&mut unit, (contact, conversation), (kind, author), facts)
                    .await?;
            }
            if decision == ObjectionDecision::Withdraw {
                let act = Act {
                    kind: ActKind::Spoken,
                    words: Some(words.trim().to_owned()),
                };
                let how = Withdrawal::settled_by(Actor::Teammate(teammate), act);
                self.stage_withdrawal(&mut unit, contact, channel, conversation, &how)
                    .await?;
                if let Some(conversation) = conversation {
                    self.stage_withdrawal_confirmation(&mut unit, conversation);
                }
            }
            let kind = FeedKind::ContactUpdated;
            self.store
                .feed_subject(&mut unit, kind, contact.bytes(), self.now());
            Ok(self.store.commit(unit).await?)
        })
        .await
    }

    /// Keeps what the message objects to, unless it was said as plainly before.
    pub(crate) async fn stage_objection(
        &self,
        unit: &mut Unit,
        channel: ChannelId,
        person: &Person,
        text: Option<&Pii<String>>,
        at: Timestamp,
    ) -> Result<(), AppError> {
        let Some(clarity) = text.and_then(|text| classify(text.expose())) else {
            return Ok(());
        };
        let known = if person.is_new {
            None
        } else {
            self.store
                .preference(person.contact, channel, OBJECTION)
                .await?
        };
        if known.as_deref().and_then(Clarity::parse) >= Some(clarity) {
            return Ok(());
        }
        let word = clarity.as_str();
        self.store
            .set_preference(unit, person.contact, channel, OBJECTION, word, at);
        let facts = BTreeMap::from([
            ("category".to_owned(), OBJECTION.to_owned()),
            ("decision".to_owned(), word.to_owned()),
        ]);
        self.stage_activity(unit, person, ActivityKind::PreferenceChanged, facts)
            .await?;
        // Somebody we did not know until now cannot have agreed to anything.
        if let (Clarity::Hard, false, Some(words)) = (clarity, person.is_new, text) {
            let how = Withdrawal::in_words(words, at);
            let conversation = Some(person.conversation);
            self.stage_withdrawal(unit, person.contact, channel, conversation, &how)
                .await?;
        }
        if clarity == Clarity::Hard {
            self.stage_withdrawal_confirmation(unit, person.conversation);
        }
        Ok(())
    }
}
