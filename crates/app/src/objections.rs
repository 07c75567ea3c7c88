//! Words by which a contact objects to advertising. They count at once and in the same unit as the
//! message that says them; what exactly was meant can be asked afterwards.

use std::collections::BTreeMap;

use domain::withdrawal::{Clarity, classify};
use domain::{ChannelId, Pii, Timestamp};
use store::{ActivityKind, Unit};

use crate::App;
use crate::consents::Withdrawal;
use crate::error::AppError;
use crate::ingest::Person;

/// Its own kind of preference: what a provider tells later never lifts it.
pub(crate) const OBJECTION: &str = "objection";

impl App {
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
        Ok(())
    }
}
