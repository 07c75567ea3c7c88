//! Asking: a code that the person sends to us, or buttons in a conversation that it began. Nothing
//! of ours reaches anybody who has not written first, and what is sent is a fixed text.

use domain::access::Access;
use domain::channel::Medium;
use domain::consent::{AddressState, AskedBy, Request, Subject, Way, What};
use domain::content::{Choice, Choices};
use domain::gate::{MessageClass, lint};
use domain::time::DAY_MS;
use domain::{ChallengeId, ChannelId, ContactId, Pii, Timestamp, limits};
use i18n::Language;
use proof::{Act, ActKind, Source};
use store::{Aim, Conversation, FeedKind, NewChallenge, StoredConsent};
use vault::{Token, digest};

use super::ledger::{foreseen, nothing_yet};
use super::{Happened, Place, Shown, refused};
use crate::identity::check_signs;
use crate::sending::{SendInput, meant};
use crate::{App, AppError, FieldProblem};

/// What a person writes before the code.
pub(super) const CODE_WORD: &str = "START";
const CODE_CHARS: usize = 8;
/// Signs that nobody takes for one another, spoken or written by hand.
const CODE_SIGNS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
const PLACE_CHARS_MAX: usize = 100;
/// What a button carries before the answer and the secret.
pub(super) const BUTTON: &str = "consent";

pub struct InvitationInput {
    pub purpose: String,
    pub channel: ChannelId,
    pub language: Language,
    /// Where it is shown: `form:shop`, `qr:counter`.
    pub place: String,
}

/// A code to be shown with its notice; whoever sends it from its own account agrees.
pub struct Invitation {
    pub id: ChallengeId,
    /// What has to be sent, word for word.
    pub words: String,
    pub purpose: String,
    pub channel: ChannelId,
    pub notice: super::PublishedNotice,
    pub expires_at: Timestamp,
}

/// Eight signs, in two groups when people read them.
fn code_of(secret: [u8; 32]) -> String {
    let sign = |byte: &u8| char::from(CODE_SIGNS[usize::from(*byte) % CODE_SIGNS.len()]);
    secret.iter().take(CODE_CHARS).map(sign).collect()
}

/// The code in a message that is nothing but the word and a code.
pub(super) fn code_in(text: &str) -> Option<String> {
    let text = text.trim();
    let begins = text.get(..CODE_WORD.len())?;
    if !begins.eq_ignore_ascii_case(CODE_WORD) {
        return None;
    }
    let rest = text[CODE_WORD.len()..]
        .chars()
        .filter(|c| *c != '-' && !c.is_whitespace());
    let code: String = rest
        .take(CODE_CHARS + 1)
        .flat_map(char::to_uppercase)
        .collect();
    let fits = code.len() == CODE_CHARS && code.bytes().all(|byte| CODE_SIGNS.contains(&byte));
    fits.then_some(code)
}

pub(super) fn button_id(yes: bool, token: &str) -> String {
    format!("{BUTTON}:{}:{token}", if yes { "yes" } else { "no" })
}

pub(super) fn asked(asked_by: AskedBy, explicit: bool) -> What {
    What::Requested(Request {
        notice_served: true,
        preticked: false,
        explicit,
        asked_by,
    })
}

pub(super) fn source(kind: &str, value: &str) -> Option<Source> {
    Some(Source {
        kind: kind.to_owned(),
        value: value.to_owned(),
    })
}

impl App {
    /// A fresh code, to be shown together with the notice that comes back.
    ///
    /// # Errors
    /// [`AppError::Invalid`]; [`AppError::Conflict`] where nobody can write first.
    pub async fn invite(
        &self,
        _access: &Access,
        input: &InvitationInput,
    ) -> Result<Invitation, AppError> {
        let fits = (1..=PLACE_CHARS_MAX).contains(&input.place.trim().chars().count());
        if !fits {
            let problem = FieldProblem::new("place", "field-length");
            let problem = problem.with("min", 1).with("max", PLACE_CHARS_MAX);
            return Err(AppError::Invalid(vec![problem]));
        }
        if let Some(problem) = check_signs("place", &input.place) {
            return Err(AppError::Invalid(vec![problem]));
        }
        let purpose = self.wanted_purpose(&input.purpose).await?;
        let channel = self
            .channel(input.channel)
            .await?
            .ok_or(AppError::NotFound)?;
        let shown = self
            .in_force(&purpose.purpose, input.language.as_str())
            .await?;
        let shown = shown.ok_or(AppError::Conflict("consent_no_notice"))?;
        let medium = channel.kind.medium();
        if !Way::WritesFirst.is_possible(medium) || !shown.terms.covers(&input.purpose, medium) {
            return Err(AppError::Conflict("consent_scope"));
        }
        let now = self.now();
        let code = code_of(self.store.ids().secret());
        let new = NewChallenge {
            id: ChallengeId::from_bytes(self.fresh()),
            token: digest(code.as_bytes()),
            way: Way::WritesFirst,
            purpose: input.purpose.clone(),
            channel: channel.id,
            notice: shown.terms.mark.id,
            contact: None,
            place: input.place.trim().to_owned(),
            issued_at: now,
            expires_at: Way::WritesFirst.deadline(now),
        };
        let mut unit = store::Unit::new();
        self.store.add_challenge(&mut unit, &new);
        self.store.commit(unit).await?;
        let (first, second) = code.split_at(CODE_CHARS / 2);
        Ok(Invitation {
            id: new.id,
            words: format!("{CODE_WORD} {first}-{second}"),
            purpose: new.purpose,
            channel: new.channel,
            notice: super::PublishedNotice {
                stored: shown.stored,
                document: shown.document,
            },
            expires_at: new.expires_at,
        })
    }

    /// Asks somebody who writes with us whether it agrees, with a button for yes and one for no.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it must not be asked; [`AppError::Refused`] by the gate.
    pub async fn ask_for_consent(
        &self,
        access: &Access,
        contact: ContactId,
        name: &Pii<String>,
        (purpose, channel): (&str, ChannelId),
    ) -> Result<StoredConsent, AppError> {
        let author = self.author_of(access)?;
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            let known = self.store.lookup_contact(contact).await?;
            let known = known.ok_or(AppError::NotFound)?;
            let stored = self.wanted_purpose(purpose).await?;
            let conversation = self.begun_conversation(contact, channel).await?;
            let locale = known.locale.as_deref().unwrap_or("de");
            let shown = self.in_force(&stored.purpose, locale).await?;
            let shown = shown.ok_or(AppError::Conflict("consent_no_notice"))?;
            let place = self.place(
                (conversation.channel, conversation.channel_kind),
                conversation.address,
                (
                    conversation.address_kind,
                    conversation.address_value.expose(),
                ),
                AddressState::Active,
            );
            if place.facts.medium == Medium::OwnChat {
                // There the page itself asks, with a second tap.
                return Err(AppError::Conflict("consent_own_chat"));
            }
            let question = Question::new(&shown, &stored.name, self.store.ids().secret());
            let about = (&stored.purpose, &shown, &place);
            let happened = self
                .question_asked(contact, &conversation, about, &question)
                .await?;
            let before = self.consent_at(contact, purpose, &place, &shown).await?;
            let now = self.now();
            foreseen(&before.consent, &happened, now).map_err(refused)?;
            let aim = Aim {
                class: MessageClass::Confirmation,
                purpose: Some(purpose.to_owned()),
            };
            let input = question.input();
            let intent = meant(&aim, None);
            let permit = self
                .permit(&conversation, &input, None, &[], intent)
                .await?;
            let able = self.capabilities(&conversation)?;
            let text = (input.text.clone(), None);
            let pieces = self.pieces(&input, text, None, Vec::new(), able);
            let why = (&permit, &aim);
            let mut unit = self
                .stage(&conversation, author, name, &input, &pieces, why)
                .await?;
            let mut ledger = self.ledger(&unit).await?;
            let after = ledger.record(&mut unit, before, &happened).await?;
            ledger.seal(&mut unit).await?;
            let challenge = question.challenge(self, contact, channel, purpose, &shown, now);
            self.store.add_challenge(&mut unit, &challenge);
            let (to, notice) = ((contact, channel), shown.terms.mark.id);
            self.store
                .consent_notice_served(&mut unit, to, notice, "buttons", now);
            let kind = FeedKind::ContactUpdated;
            self.store
                .feed_subject(&mut unit, kind, contact.bytes(), now);
            self.store.commit(unit).await?;
            Ok(after)
        })
        .await
    }

    async fn begun_conversation(
        &self,
        contact: ContactId,
        channel: ChannelId,
    ) -> Result<Conversation, AppError> {
        let needed = || AppError::Conflict("consent_conversation_needed");
        let id = self.store.lookup_conversation_of(contact, channel).await?;
        let conversation = self.store.lookup_conversation(id.ok_or_else(needed)?);
        conversation.await?.ok_or_else(needed)
    }

    async fn question_asked<'a>(
        &self,
        contact: ContactId,
        conversation: &Conversation,
        about: (&'a domain::consent::Purpose, &'a Shown, &'a Place),
        question: &Question,
    ) -> Result<Vec<Happened<'a>>, AppError> {
        let now = self.now();
        let recent = |at: Timestamp| now.0 - at.0 < DAY_MS;
        let asked_by = AskedBy::House {
            in_conversation: conversation.last_inbound_at.is_some_and(recent),
        };
        let by = domain::consent::Actor::House;
        let what = asked(asked_by, about.0.needs_explicit);
        let mut requested = Happened::new(by, what, about);
        requested.source = source("conversation", &conversation.id.to_string());
        let issued = What::ChallengeIssued {
            way: Way::ChatButtons,
            neutral: question.is_neutral,
        };
        let mut issued = Happened::new(by, issued, about);
        let since = Timestamp(now.0 - DAY_MS);
        issued.act = Some(question.as_sent());
        issued.challenges_today = self.store.challenges_since(contact, since).await?;
        Ok(vec![requested, issued])
    }

    /// A contact's consent for this purpose at this address, or the empty one.
    pub(crate) async fn consent_at(
        &self,
        contact: ContactId,
        purpose: &str,
        place: &Place,
        shown: &Shown,
    ) -> Result<StoredConsent, AppError> {
        let subject = Subject {
            contact,
            purpose: purpose.to_owned(),
            channel: place.facts.channel,
            address: place.facts.id,
        };
        let consents = self.store.consents_of(contact).await?;
        let mine = consents
            .into_iter()
            .find(|consent| consent.consent.subject == subject);
        Ok(mine.unwrap_or_else(|| nothing_yet(subject, shown)))
    }
}

/// The one text that asks: the notice word for word, what yes and no do, and two buttons.
struct Question {
    text: String,
    yes: Choice,
    no: Choice,
    token: String,
    is_neutral: bool,
}

impl Question {
    fn new(shown: &Shown, name: &str, secret: [u8; 32]) -> Self {
        let language = Language::parse(&shown.stored.locale).unwrap_or_default();
        let token = Token::from_secret("tcq", secret).expose().to_owned();
        let arguments = [
            ("company", shown.terms.advertiser.as_str()),
            ("purpose", name),
        ];
        let question = i18n::text(language, "consent-question", &arguments);
        let text = format!("{}\n\n{question}", shown.document.text);
        let choice = |yes: bool, key: &str| Choice {
            id: button_id(yes, &token),
            title: i18n::text(language, key, &[]),
            description: None,
        };
        Self {
            // What it is called is no advertising.
            is_neutral: lint::is_neutral(&text.replace(name, "")),
            yes: choice(true, "consent-yes"),
            no: choice(false, "consent-no"),
            text,
            token,
        }
    }

    /// For the proof: the text and below it what could be tapped on.
    fn as_sent(&self) -> Act {
        let (text, yes, no) = (&self.text, &self.yes.title, &self.no.title);
        Act {
            kind: ActKind::Text,
            words: Some(format!("{text}\n[{yes}]\n[{no}]")),
        }
    }

    fn input(&self) -> SendInput {
        SendInput {
            text: Some(Pii::new(self.text.clone())),
            choices: Some(Choices::Buttons(vec![self.yes.clone(), self.no.clone()])),
            ..SendInput::default()
        }
    }

    fn challenge(
        &self,
        app: &App,
        contact: ContactId,
        channel: ChannelId,
        purpose: &str,
        shown: &Shown,
        now: Timestamp,
    ) -> NewChallenge {
        NewChallenge {
            id: ChallengeId::from_bytes(app.fresh()),
            token: digest(self.token.as_bytes()),
            way: Way::ChatButtons,
            purpose: purpose.to_owned(),
            channel,
            notice: shown.terms.mark.id,
            contact: Some(contact),
            place: "buttons".to_owned(),
            issued_at: now,
            expires_at: Way::ChatButtons.deadline(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = code_of([7; 32]);
        let (first, second) = code.split_at(4);
        for written in [
            format!("START {first}-{second}"),
            format!("  start {}{}\n", first.to_lowercase(), second),
            format!("Start {first} - {second}"),
        ] {
            assert_eq!(
                code_in(&written).as_deref(),
                Some(code.as_str()),
                "{written}"
            );
        }
        for other in [
            "START",
            "START bitte",
            "Startet das heute?",
            "STOP",
            "ſtart AAAA-AAAA",
        ] {
            assert_eq!(code_in(other), None, "{other}");
        }
        assert_eq!(code_in(&format!("START {first}-{second}X")), None);
    }
}
