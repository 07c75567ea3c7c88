//! Passkeys: registered by a signed-in teammate, then enough to sign in.
//!
//! Browsers tie a passkey to a host name; an address of digits has none, so an installation that
//! is reached only by one offers passwords alone.

use std::collections::HashMap;
use std::sync::Mutex;

use domain::{PasskeyId, Pii, TeammateId, Timestamp, time};
use store::{Passkey, Unit};
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey as Credential, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::{App, AppError, Identity, IssuedSession};

/// What the browser is asked, and the name of the question.
pub struct PasskeyStart {
    pub challenge_id: String,
    pub options: serde_json::Value,
}

enum Question {
    Register {
        teammate: TeammateId,
        state: Box<PasskeyRegistration>,
    },
    SignIn {
        state: Box<DiscoverableAuthentication>,
    },
}

const QUESTION_LIFETIME_MS: i64 = 5 * time::MINUTE_MS;
const QUESTIONS_MAX: usize = 10_000;

pub(crate) struct Passkeys {
    webauthn: Option<Webauthn>,
    questions: Mutex<HashMap<String, (Timestamp, Question)>>,
}

impl Passkeys {
    pub(crate) fn new(public_url: &str) -> Self {
        Self {
            webauthn: build(public_url),
            questions: Mutex::default(),
        }
    }

    fn webauthn(&self) -> Result<&Webauthn, AppError> {
        self.webauthn
            .as_ref()
            .ok_or(AppError::Conflict("passkeys_need_a_host_name"))
    }

    fn ask(&self, id: String, question: Question, now: Timestamp) {
        let mut questions = self
            .questions
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        questions.retain(|_, (asked, _)| now.0 - asked.0 < QUESTION_LIFETIME_MS);
        // A flood of questions pushes out the oldest, and refuses nobody.
        if questions.len() >= QUESTIONS_MAX
            && let Some(oldest) = questions
                .iter()
                .min_by_key(|(_, (asked, _))| asked.0)
                .map(|(id, _)| id.clone())
        {
            questions.remove(&oldest);
        }
        questions.insert(id, (now, question));
    }

    /// A question can be answered once.
    fn take(&self, id: &str, now: Timestamp) -> Result<Question, AppError> {
        let mut questions = self
            .questions
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match questions.remove(id) {
            Some((asked, question)) if now.0 - asked.0 < QUESTION_LIFETIME_MS => Ok(question),
            _ => Err(AppError::Unauthorized("passkey_refused")),
        }
    }
}

fn build(public_url: &str) -> Option<Webauthn> {
    let origin = Url::parse(public_url).ok()?;
    let host = origin.domain()?.to_owned();
    WebauthnBuilder::new(&host, &origin)
        .ok()?
        .rp_name("Tresen")
        .build()
        .ok()
}

fn refused<E>(_error: E) -> AppError {
    AppError::Unauthorized("passkey_refused")
}

fn json<T: serde::Serialize>(value: &T) -> Result<serde_json::Value, AppError> {
    serde_json::to_value(value).map_err(|error| AppError::Internal(error.to_string()))
}

impl App {
    fn question_id(&self) -> String {
        vault::Token::from_secret("pkq", self.store.ids().secret())
            .expose()
            .to_owned()
    }

    /// # Errors
    /// [`AppError::Conflict`] where passkeys cannot work, or `confirm_needed`;
    /// [`AppError::Denied`] for a token.
    pub async fn start_passkey(&self, who: &Identity) -> Result<PasskeyStart, AppError> {
        self.check_confirmed(who)?;
        let webauthn = self.passkeys.webauthn()?;
        let known: Vec<CredentialID> = self
            .store
            .passkeys_of(who.id())
            .await?
            .into_iter()
            .map(|passkey| passkey.credential_id)
            .collect();
        let (challenge, state) = webauthn
            .start_passkey_registration(
                Uuid::from_bytes(who.id().bytes()),
                who.teammate.email.expose(),
                who.teammate.name.expose(),
                Some(known),
            )
            .map_err(refused)?;
        let challenge_id = self.question_id();
        let question = Question::Register {
            teammate: who.id(),
            state: Box::new(state),
        };
        self.passkeys
            .ask(challenge_id.clone(), question, self.now());
        let mut options = json(&challenge)?;
        // The passkey must be found without a name being typed, or it could not sign anybody in.
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
            selection["residentKey"] = "required".into();
            selection["requireResidentKey"] = true.into();
        }
        Ok(PasskeyStart {
            challenge_id,
            options,
        })
    }

    /// # Errors
    /// [`AppError::Unauthorized`] when the answer does not fit the question.
    pub async fn finish_passkey(
        &self,
        who: &Identity,
        challenge_id: &str,
        credential: serde_json::Value,
    ) -> Result<PasskeyId, AppError> {
        who.person()?;
        let webauthn = self.passkeys.webauthn()?;
        let Question::Register { teammate, state } =
            self.passkeys.take(challenge_id, self.now())?
        else {
            return Err(AppError::Unauthorized("passkey_refused"));
        };
        if teammate != who.id() {
            return Err(AppError::Unauthorized("passkey_refused"));
        }
        let answer: RegisterPublicKeyCredential = serde_json::from_value(credential)
            .map_err(|_| AppError::invalid("credential", "field-required"))?;
        let credential = webauthn
            .finish_passkey_registration(&answer, &state)
            .map_err(refused)?;
        let passkey = Passkey {
            id: PasskeyId::from_bytes(self.fresh()),
            teammate,
            credential_id: credential.cred_id().to_vec(),
            body: stored_form(&credential)?,
            created_at: self.now(),
        };
        let mut unit = Unit::new();
        self.store.add_passkey(&mut unit, &passkey).await?;
        self.store.commit(unit).await?;
        Ok(passkey.id)
    }

    /// # Errors
    /// What the store says.
    pub async fn passkeys_of(
        &self,
        who: &Identity,
    ) -> Result<Vec<(PasskeyId, Timestamp)>, AppError> {
        who.person()?;
        let passkeys = self.store.passkeys_of(who.id()).await?;
        Ok(passkeys
            .into_iter()
            .map(|passkey| (passkey.id, passkey.created_at))
            .collect())
    }

    /// # Errors
    /// [`AppError::Conflict`] where passkeys cannot work.
    pub fn start_passkey_sign_in(&self) -> Result<PasskeyStart, AppError> {
        let webauthn = self.passkeys.webauthn()?;
        let (challenge, state) = webauthn
            .start_discoverable_authentication()
            .map_err(refused)?;
        let challenge_id = self.question_id();
        let question = Question::SignIn {
            state: Box::new(state),
        };
        self.passkeys
            .ask(challenge_id.clone(), question, self.now());
        Ok(PasskeyStart {
            challenge_id,
            options: json(&challenge)?,
        })
    }

    /// # Errors
    /// [`AppError::Unauthorized`] for a passkey that is not ours or an answer that does not fit.
    pub async fn finish_passkey_sign_in(
        &self,
        challenge_id: &str,
        credential: serde_json::Value,
    ) -> Result<IssuedSession, AppError> {
        let webauthn = self.passkeys.webauthn()?;
        let Question::SignIn { state } = self.passkeys.take(challenge_id, self.now())? else {
            return Err(AppError::Unauthorized("passkey_refused"));
        };
        let answer: PublicKeyCredential = serde_json::from_value(credential)
            .map_err(|_| AppError::invalid("credential", "field-required"))?;
        let (_, id) = webauthn
            .identify_discoverable_authentication(&answer)
            .map_err(refused)?;
        let found = self.store.lookup_passkey(id).await?;
        let mut passkey = found.ok_or(AppError::Unauthorized("passkey_refused"))?;
        let mut stored: Credential = serde_json::from_slice(passkey.body.expose())
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let result = webauthn
            .finish_discoverable_authentication_v2(&answer, *state, &stored)
            .map_err(refused)?;
        stored.update_credential(&result);
        passkey.body = stored_form(&stored)?;
        let mut unit = Unit::new();
        self.store.update_passkey(&mut unit, &passkey).await?;
        self.store.commit(unit).await?;
        let teammate = self.store.lookup_teammate(passkey.teammate).await?;
        match teammate.filter(|teammate| !teammate.disabled) {
            Some(teammate) => self.issue_session(teammate).await,
            None => Err(AppError::Unauthorized("passkey_refused")),
        }
    }
}

fn stored_form(credential: &Credential) -> Result<Pii<Vec<u8>>, AppError> {
    serde_json::to_vec(credential)
        .map(Pii::new)
        .map_err(|error| AppError::Internal(error.to_string()))
}
