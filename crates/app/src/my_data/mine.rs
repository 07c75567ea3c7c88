//! What a person does about its own data: coming in, proving that it has the address, correcting,
//! withdrawing, restricting, and being erased.

use domain::access::Access;
use domain::gate::MessageClass;
use domain::teammate::Right;
use domain::{ChannelId, ContactId, ConversationId, MessageId, Pii, Timestamp, limits};
use i18n::Language;
use store::{Aim, Author, Conversation, Erasure, Restriction, Unit};
use vault::Token;

use super::door::{HIDDEN, MySession};
use crate::chat::ChatVisitor;
use crate::consents::Withdrawal;
use crate::sending::{SendInput, meant};
use crate::{App, AppError};

const CODE_DIGITS: usize = 6;

impl MySession {
    /// The person may see and change what is its own, and nothing else.
    #[must_use]
    pub const fn access(&self) -> Access {
        Access::own(self.contact, Right::AnswerRequests)
    }
}

/// Six digits; the few values that would make some likelier than others are passed over.
fn code_of(secret: [u8; 32]) -> String {
    let digits = secret.iter().filter(|byte| **byte < 250);
    let code: String = digits
        .take(CODE_DIGITS)
        .map(|byte| char::from(b'0' + byte % 10))
        .collect();
    // 32 bytes of which fewer than six are below 250 do not happen; a short code opens nothing.
    format!("{code:0>CODE_DIGITS$}")
}

impl App {
    /// Sends the person behind a conversation a link to its own data.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Refused`] by the gate.
    pub async fn send_my_link(
        &self,
        _access: &Access,
        conversation: ConversationId,
    ) -> Result<MessageId, AppError> {
        let found = self.store.lookup_conversation(conversation).await?;
        let found = found.ok_or(AppError::NotFound)?;
        let now = self.now();
        let link = Token::from_secret("tml", self.store.ids().secret());
        let url = format!("{}/me#{HIDDEN}", self.settings().public_url);
        let text = ("my-data-link", vec![("url", url)]);
        let ends = now.plus_ms(limits::MY_LINK_MS);
        self.send_secret(&found, text, link.expose(), ends, || {
            // It opens before anybody can have it.
            let whose = (found.contact, found.id);
            self.doors.keep_link(link.expose(), whose, now);
            Ok(())
        })
        .await
    }

    /// Opens a link, once.
    ///
    /// # Errors
    /// [`AppError::Unauthorized`] for a link that is used, over, or nobody's.
    pub async fn open_my_link(&self, secret: &str) -> Result<(Token, MySession), AppError> {
        let (contact, conversation) = self.doors.open_link(secret, self.now())?;
        if !self.store.has_contact(contact).await? {
            return Err(AppError::Unauthorized("my_link_unknown"));
        }
        Ok(self.begin_my_session(contact, Some(conversation)))
    }

    /// From the own chat, whose cookie is the person.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open_from_chat(
        &self,
        visitor: &ChatVisitor,
    ) -> Result<(Token, MySession), AppError> {
        let channel = visitor.entry.channel;
        let conversation = self
            .store
            .lookup_conversation_of(visitor.contact, channel)
            .await?;
        Ok(self.begin_my_session(visitor.contact, conversation))
    }

    fn begin_my_session(
        &self,
        contact: ContactId,
        conversation: Option<ConversationId>,
    ) -> (Token, MySession) {
        let now = self.now();
        let secret = Token::from_secret("tms", self.store.ids().secret());
        let session = MySession {
            contact,
            conversation,
            expires_at: now.plus_ms(limits::MY_SESSION_MS),
            proven_until: None,
        };
        self.doors
            .keep_session(secret.expose(), session.clone(), now);
        (secret, session)
    }

    /// # Errors
    /// [`AppError::Unauthorized`] when it is over, or nobody's.
    pub fn my_session(&self, secret: &str) -> Result<MySession, AppError> {
        let found = self.doors.session(secret, self.now());
        found.ok_or(AppError::Unauthorized("my_session_over"))
    }

    pub fn end_my_session(&self, secret: &str) {
        self.doors.end_session(secret);
    }

    /// Sends a code to where the person writes from; answers until when it is good.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where it never wrote, or so long ago that nothing may be sent there;
    /// [`AppError::RateLimited`].
    pub async fn send_my_code(
        &self,
        secret: &str,
        session: &MySession,
    ) -> Result<Timestamp, AppError> {
        let nowhere = || AppError::Conflict("my_code_nowhere");
        let conversation = session.conversation.ok_or_else(nowhere)?;
        let found = self.store.lookup_conversation(conversation).await?;
        let found = found.filter(|found| found.contact == session.contact);
        let found = found.ok_or_else(nowhere)?;
        let now = self.now();
        let ends = now.plus_ms(limits::MY_CODE_MS);
        let code = code_of(vault::digest(&self.store.ids().secret()));
        let text = ("my-data-code", vec![("code", HIDDEN.to_owned())]);
        let sent = self
            .send_secret(&found, text, &code, ends, || {
                self.doors.may_send_code(session.contact, now)
            })
            .await;
        match sent {
            // The gate's reasons are for the team. Whoever writes there opens the way again.
            Err(AppError::Refused(_)) => return Err(nowhere()),
            sent => sent?,
        };
        self.doors.keep_code(secret, &code, now);
        Ok(ends)
    }

    /// # Errors
    /// [`AppError::Invalid`] for a wrong code, [`AppError::Conflict`] when there is none any more.
    pub fn prove_my_code(&self, secret: &str, code: &str) -> Result<Timestamp, AppError> {
        let digits: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
        self.doors.prove(secret, &digits, self.now())
    }

    /// What needs a code that was right a moment ago.
    fn must_be_proven(&self, session: &MySession) -> Result<(), AppError> {
        let now = self.now();
        let is_proven = session.proven_until.is_some_and(|until| until > now);
        is_proven.then_some(()).ok_or(AppError::CodeNeeded)
    }

    /// Asks for the copy of what is kept.
    ///
    /// # Errors
    /// [`AppError::CodeNeeded`].
    pub async fn begin_my_export(
        &self,
        session: &MySession,
        language: Language,
    ) -> Result<super::Export, AppError> {
        self.must_be_proven(session)?;
        self.begin_export(&session.access(), session.contact, language)
            .await
    }

    /// Name and language, as the person says they are.
    ///
    /// # Errors
    /// [`AppError::Invalid`]; [`AppError::NotFound`].
    pub async fn correct_mine(
        &self,
        session: &MySession,
        name: Option<&Pii<String>>,
        language: Option<Language>,
    ) -> Result<(), AppError> {
        if let Some(problem) = name.and_then(|name| crate::identity::check_name("name", name)) {
            return Err(AppError::Invalid(vec![problem]));
        }
        self.retry(|| async {
            let known = self.store.lookup_contact(session.contact).await?;
            let mut known = known.ok_or(AppError::NotFound)?;
            if let Some(name) = name {
                known.name = Some(name.clone().map(|name| name.trim().to_owned()));
            }
            if let Some(language) = language {
                known.locale = Some(language.as_str().to_owned());
            }
            let mut unit = Unit::new();
            self.store.update_contact(&mut unit, &known).await?;
            self.feed_contact(&mut unit, session.contact).await?;
            Ok(self.store.commit(unit).await?)
        })
        .await
    }

    /// One tap, and a consent is over, on whichever channel it was given.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a purpose there is not.
    pub async fn withdraw_mine(
        &self,
        session: &MySession,
        purpose: &str,
        channel: ChannelId,
    ) -> Result<(), AppError> {
        self.wanted_purpose(purpose).await?;
        let contact = session.contact;
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            let how = Withdrawal::by_tap(purpose, ("page", "my-data"));
            let mut unit = Unit::new();
            let conversation = self.store.lookup_conversation_of(contact, channel).await?;
            self.stage_withdrawal(&mut unit, contact, channel, conversation, &how)
                .await?;
            Ok(self.store.commit(unit).await?)
        })
        .await
    }

    /// From now on what is kept is only kept.
    ///
    /// # Errors
    /// As [`App::restrict`].
    pub async fn restrict_mine(
        &self,
        session: &MySession,
        reason: &Pii<String>,
    ) -> Result<Restriction, AppError> {
        self.restrict(&session.access(), session.contact, reason)
            .await
    }

    /// Lifts what the person asked for itself; what the company restricted it lifts as well.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when nothing is restricted, or not by the person.
    pub async fn lift_mine(&self, session: &MySession) -> Result<Restriction, AppError> {
        let all = self.store.restrictions_of(session.contact).await?;
        let standing = all.iter().find(|one| one.lifted.is_none());
        if standing.is_some_and(|one| one.asked_by.is_some()) {
            return Err(AppError::Conflict("restricted_by_company"));
        }
        let company = self.store.company().await?;
        let language = company.and_then(|company| Language::parse(&company.locale));
        let reason = i18n::text(language.unwrap_or_default(), "my-data-lifted", &[]);
        let reason = Pii::new(reason);
        self.lift_restriction(&session.access(), session.contact, &reason)
            .await
    }

    /// Asks to be erased. Nothing happens for a day, in which it can be taken back.
    ///
    /// # Errors
    /// [`AppError::CodeNeeded`]; [`AppError::Conflict`] when something has to be kept.
    pub async fn erase_mine(&self, session: &MySession) -> Result<Erasure, AppError> {
        self.must_be_proven(session)?;
        self.begin_erasure(session.contact, None).await
    }

    /// Takes the wish back, as long as nothing has begun.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when it has.
    pub async fn keep_mine(&self, session: &MySession) -> Result<(), AppError> {
        let begun = self.store.erasure_of(session.contact).await?;
        let Some(begun) = begun else { return Ok(()) };
        let step = begun.step.filter(|_| begun.asked_by.is_none());
        let step = step.ok_or(AppError::Conflict("being_erased"))?;
        if step != domain::erasure::Step::ALL[0] {
            return Err(AppError::Conflict("being_erased"));
        }
        let mut unit = Unit::new();
        self.store.take_back_erasure(&mut unit, begun.id, step);
        match self.store.commit(unit).await {
            Err(error) if error.is_stale() => Err(AppError::Conflict("being_erased")),
            other => Ok(other?),
        }
    }

    /// What a message of ours says to its contact: where a secret was, the secret.
    #[must_use]
    pub fn revealed(&self, message: MessageId, text: &str) -> Option<String> {
        if !text.contains(HIDDEN) {
            return None;
        }
        let secret = self.doors.secret(message, self.now())?;
        Some(text.replacen(HIDDEN, &secret, 1))
    }

    /// A fixed text with a secret in it, into the conversation. It is the house's, and nobody's
    /// answer: the conversation waits on.
    async fn send_secret(
        &self,
        conversation: &Conversation,
        (key, arguments): (&'static str, Vec<(&'static str, String)>),
        secret: &str,
        ends: Timestamp,
        may: impl FnOnce() -> Result<(), AppError>,
    ) -> Result<MessageId, AppError> {
        let company = self.store.company().await?.ok_or(AppError::NotFound)?;
        let known = self.store.lookup_contact(conversation.contact).await?;
        let locale = known.and_then(|known| known.locale);
        let language = Language::parse(locale.as_deref().unwrap_or(&company.locale));
        let text = i18n::text_with(language.unwrap_or_default(), key, &arguments);
        let input = SendInput {
            text: Some(Pii::new(text)),
            ..SendInput::default()
        };
        let aim = Aim {
            class: MessageClass::Security,
            purpose: None,
        };
        let intent = meant(&aim, None);
        let permit = self.permit(conversation, &input, None, &[], intent).await?;
        may()?;
        let able = self.capabilities(conversation)?;
        let text = (input.text.clone(), None);
        let pieces = self.pieces(&input, text, None, Vec::new(), able);
        let [piece] = pieces.as_slice() else {
            return Err(AppError::Internal("a secret is one message".into()));
        };
        let id = piece.id;
        let name = Pii::new(company.name);
        let why = (&permit, &aim);
        let unit = self
            .stage(conversation, Author::House, &name, &input, &pieces, why)
            .await?;
        // Known before it can leave.
        self.doors
            .keep_secret(id, secret, ends, permit.decided_at());
        self.store.commit(unit).await?;
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_six_digits() {
        assert_eq!(code_of([7; 32]), "777777");
        let mut secret = [255; 32];
        secret[..7].copy_from_slice(&[0, 11, 252, 22, 33, 44, 249]);
        assert_eq!(code_of(secret), "012349");
    }
}
