//! Who asks: teammates by password or passkey, programs by token.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::access::{Access, Actor};
use domain::teammate::{Right, Role};
use domain::{Pii, TeammateId, Timestamp, TokenId, limits};
use store::{Guard, NewTeammate, SessionRow, Teammate, TokenRow, Unit};
use tokio::sync::{OnceCell, Semaphore};
use vault::{Token, digest};

use crate::guesses::{Guess, Guesses};
use crate::{App, AppError, FieldProblem};

/// A teammate who proved itself, in person or by a token with fewer rights.
#[derive(Clone)]
pub struct Identity {
    pub actor: Actor,
    pub teammate: Teammate,
    /// Scopes of a token; `None` for a person.
    scopes: Option<Vec<String>>,
    /// When this proof ends; `None` for a token that lasts until it is taken back.
    pub expires_at: Option<Timestamp>,
    /// When a person last gave its password or passkey; `None` for a token.
    pub(crate) confirmed_at: Option<Timestamp>,
}

impl Identity {
    #[must_use]
    pub const fn id(&self) -> TeammateId {
        self.teammate.id
    }

    /// # Errors
    /// [`AppError::Denied`] when the role or the token's scopes do not reach so far.
    pub fn access(&self, right: Right) -> Result<Access, AppError> {
        if let Some(scopes) = &self.scopes
            && !scopes.is_empty()
            && !scopes.iter().any(|scope| scope == right.scope())
        {
            return Err(AppError::Denied(domain::access::Denied {
                role: self.teammate.role,
                right,
            }));
        }
        Ok(Access::grant(self.actor, self.teammate.role, right)?)
    }
}

/// A session as it is handed out, once.
pub struct IssuedSession {
    pub cookie: Token,
    /// For the device to keep beyond the session: see [`App::sign_in`].
    pub device: String,
    pub csrf: Token,
    pub teammate: Teammate,
    pub expires_at: Timestamp,
}

pub struct NewTeammateInput {
    pub email: Pii<String>,
    pub name: Pii<String>,
    pub role: Role,
    pub password: Pii<String>,
}

/// Sign-ins that may wait for a hash: more would only wait in vain.
const WAITING_MAX: usize = 32;

/// Hashing is slow on purpose and therefore bounded: two at a time.
pub(crate) struct Passwords {
    places: Semaphore,
    waiting: Semaphore,
    pub(crate) guesses: Guesses,
    /// What is compared when there is no such teammate.
    nobody: OnceCell<String>,
    /// Hashes that were computed.
    computed: AtomicU64,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            places: Semaphore::new(2),
            waiting: Semaphore::new(WAITING_MAX),
            guesses: Guesses::default(),
            nobody: OnceCell::new(),
            computed: AtomicU64::new(0),
        }
    }

    fn argon() -> Argon2<'static> {
        // 19 MiB, 2 passes, 1 lane: the current floor of the OWASP cheat sheet.
        let params = Params::new(19 * 1024, 2, 1, None).expect("the parameters are in range");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let Ok(_waits) = self.waiting.try_acquire() else {
            return Err(AppError::Crowded);
        };
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| AppError::Internal("closing".into()))?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| AppError::Internal(e.to_string()))
    }

    pub(crate) async fn hash(
        &self,
        password: Pii<String>,
        salt: [u8; 32],
    ) -> Result<String, AppError> {
        self.blocking(move || {
            let salt = SaltString::encode_b64(&salt[..16]).map_err(|e| e.to_string())?;
            Self::argon()
                .hash_password(password.expose().as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|e| e.to_string())
        })
        .await?
        .map_err(AppError::Internal)
    }

    /// Also takes its time when there is no such teammate, so that the answer's delay does not
    /// tell who works here.
    pub(crate) async fn verify(
        &self,
        password: Pii<String>,
        stored: Option<String>,
    ) -> Result<bool, AppError> {
        let nobody = self
            .nobody
            .get_or_try_init(|| self.hash(Pii::from("nobody works here"), [7; 32]))
            .await?;
        let known = stored.is_some();
        let text = stored.unwrap_or_else(|| nobody.clone());
        self.blocking(move || {
            let hash = PasswordHash::new(&text).map_err(|e| e.to_string())?;
            let fits = Self::argon().verify_password(password.expose().as_bytes(), &hash);
            Ok::<bool, String>(fits.is_ok() && known)
        })
        .await?
        .map_err(AppError::Internal)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn check_password(field: &str, password: &Pii<String>) -> Option<FieldProblem> {
    let chars = password.expose().chars().count();
    if chars < limits::PASSWORD_CHARS_MIN {
        Some(
            FieldProblem::new(field, "field-password-short")
                .with("min", limits::PASSWORD_CHARS_MIN),
        )
    } else if chars > limits::PASSWORD_CHARS_MAX {
        Some(FieldProblem::new(field, "field-too-long").with("max", limits::PASSWORD_CHARS_MAX))
    } else {
        None
    }
}

pub(crate) fn check_email(field: &str, email: &Pii<String>) -> Option<FieldProblem> {
    let text = email.expose().trim();
    let fits = text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
    (!fits).then(|| FieldProblem::new(field, "field-email"))
}

pub(crate) fn check_name(field: &str, name: &Pii<String>) -> Option<FieldProblem> {
    let chars = name.expose().trim().chars().count();
    if domain::naming::is_blank(name.expose()) {
        Some(FieldProblem::new(field, "field-required"))
    } else if chars > limits::NAME_CHARS_MAX {
        Some(FieldProblem::new(field, "field-too-long").with("max", limits::NAME_CHARS_MAX))
    } else {
        check_signs(field, name.expose())
    }
}

/// What people and programs write through the interface holds no control signs. Providers are
/// never refused for theirs: the connectors leave them out.
pub(crate) fn check_signs(field: &str, text: &str) -> Option<FieldProblem> {
    text.chars()
        .any(domain::naming::steers)
        .then(|| FieldProblem::new(field, "field-signs"))
}

impl App {
    /// Passwords that were hashed since the start, to keep one or to compare one.
    #[must_use]
    pub fn passwords_hashed(&self) -> u64 {
        self.passwords.computed.load(Ordering::Relaxed)
    }

    /// # Errors
    /// [`AppError::Invalid`] for bad input, [`AppError::Conflict`] for a taken address.
    pub async fn add_teammate(&self, input: NewTeammateInput) -> Result<TeammateId, AppError> {
        let mut unit = Unit::new();
        let id = self.stage_teammate(&mut unit, input, "").await?;
        match self.store.commit(unit).await.map_err(AppError::from) {
            Err(error) if error.is_guard(Guard::EmailFree) => {
                Err(AppError::Conflict("email_taken"))
            }
            Err(error) => Err(error),
            Ok(()) => Ok(id),
        }
    }

    /// Everyone on the team, also those who left.
    ///
    /// # Errors
    /// What the store says.
    pub async fn teammates(&self) -> Result<Vec<Teammate>, AppError> {
        Ok(self.store.teammates().await?)
    }

    /// Checks the input and adds the teammate to a unit; `prefix` names the fields.
    pub(crate) async fn stage_teammate(
        &self,
        unit: &mut Unit,
        input: NewTeammateInput,
        prefix: &str,
    ) -> Result<TeammateId, AppError> {
        let problems: Vec<FieldProblem> = [
            check_name(&format!("{prefix}name"), &input.name),
            check_email(&format!("{prefix}email"), &input.email),
            check_password(&format!("{prefix}password"), &input.password),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !problems.is_empty() {
            return Err(AppError::Invalid(problems));
        }
        let hash = self
            .passwords
            .hash(input.password, self.store.ids().secret())
            .await?;
        let teammate = NewTeammate {
            id: TeammateId::from_bytes(self.fresh()),
            role: input.role,
            name: input.name.map(|name| name.trim().to_owned()),
            email: input.email,
            password_hash: Some(hash),
            now: self.now(),
        };
        self.store.add_teammate(unit, &teammate).await?;
        Ok(teammate.id)
    }

    /// # Errors
    /// [`AppError::Unauthorized`] for any wrong combination, [`AppError::RateLimited`] after
    /// too many of them for this account or from this peer, which is counted as it is given,
    /// [`AppError::Crowded`] when too many sign in just now.
    /// `device` is what the browser kept of an earlier session; where it fits the account, what
    /// strangers try does not count.
    pub async fn sign_in(
        &self,
        email: Pii<String>,
        password: Pii<String>,
        peer: Option<IpAddr>,
        device: Option<&str>,
    ) -> Result<IssuedSession, AppError> {
        let found = self.store.lookup_teammate_by_email(email.expose()).await?;
        let (teammate, hash) = match found {
            Some((teammate, hash)) if !teammate.disabled => (Some(teammate), hash),
            _ => (None, None),
        };
        let standing = self.sign_in_standing(email.expose(), hash.as_deref());
        let guess = Guess::AtTheDoor {
            account: self.guessed_account(email.expose()),
            standing,
            peer,
            device: device.and_then(|token| self.known_device(standing, token)),
        };
        self.passwords.guesses.take(guess, self.now())?;
        if password.expose().len() > limits::PASSWORD_CHARS_MAX * 4 {
            return Err(AppError::Unauthorized("wrong_credentials"));
        }
        let fits = self.compare(guess, password, hash).await?;
        match teammate {
            Some(teammate) if fits => {
                self.passwords.guesses.right(guess, self.now());
                self.issue_session(teammate).await
            }
            _ => Err(AppError::Unauthorized("wrong_credentials")),
        }
    }

    /// Whether the password is the one of this hash. A guess that found no place in front of the
    /// comparison was none.
    pub(crate) async fn compare(
        &self,
        guess: Guess,
        password: Pii<String>,
        hash: Option<String>,
    ) -> Result<bool, AppError> {
        let compared = self.passwords.verify(password, hash).await;
        if let Err(AppError::Crowded) = compared {
            self.passwords.guesses.give_back(guess);
        }
        compared
    }

    /// What tries to sign in as this address are counted by.
    pub(crate) fn guessed_account(&self, email: &str) -> [u8; 16] {
        self.store.lookup("sign-in", &email.trim().to_lowercase())
    }

    /// An account with its present password. What is known about where it signed in hangs on
    /// this, and so ends with the password.
    pub(crate) fn sign_in_standing(&self, email: &str, hash: Option<&str>) -> [u8; 16] {
        let account = hex(&self.guessed_account(email));
        let hash = hash.unwrap_or_default();
        self.store.lookup("standing", &format!("{account}{hash}"))
    }

    /// What a browser keeps after a sign-in: it says that this account signed in there, and
    /// opens nothing. Only this house can make one, so nothing is stored.
    pub(crate) fn device_token(&self, standing: [u8; 16]) -> String {
        let nonce = hex(&self.fresh());
        let proof = hex(&self.device_proof(standing, &nonce));
        format!("{nonce}{proof}")
    }

    fn device_proof(&self, standing: [u8; 16], nonce: &str) -> [u8; 16] {
        let standing = hex(&standing);
        self.store.lookup("device", &format!("{standing}{nonce}"))
    }

    /// The device's name among the places of guesses, if this account signed in on it.
    fn known_device(&self, standing: [u8; 16], token: &str) -> Option<[u8; 16]> {
        let (nonce, proof) = token.split_at_checked(32)?;
        let right = self.device_proof(standing, nonce);
        vault::constant_time_equal(proof.as_bytes(), hex(&right).as_bytes()).then_some(right)
    }

    pub(crate) async fn issue_session(
        &self,
        teammate: Teammate,
    ) -> Result<IssuedSession, AppError> {
        let now = self.now();
        let cookie = Token::from_secret("tss", self.store.ids().secret());
        let expires_at = now.plus_ms(limits::SESSION_LIFETIME_MS);
        let row = SessionRow {
            digest: digest(cookie.expose().as_bytes()),
            teammate: teammate.id,
            csrf: csrf_of(&cookie),
            confirmed_at: now,
            expires_at,
        };
        let mut unit = Unit::new();
        self.store.add_session(&mut unit, &row, now);
        self.store.commit(unit).await?;
        let csrf = Token::from_secret("csrf", row.csrf);
        let email = teammate.email.expose();
        let found = self.store.lookup_teammate_by_email(email).await?;
        let hash = found.and_then(|(_, hash)| hash);
        Ok(IssuedSession {
            device: self.device_token(self.sign_in_standing(email, hash.as_deref())),
            cookie,
            csrf,
            teammate,
            expires_at,
        })
    }

    /// The teammate behind a session cookie, and the token its writes must carry.
    ///
    /// # Errors
    /// [`AppError::Unauthorized`] when the session is over.
    pub async fn session(&self, cookie: &str) -> Result<(Identity, Token), AppError> {
        let over = AppError::Unauthorized("session_over");
        let digest = digest(cookie.as_bytes());
        let Some(row) = self.store.lookup_session(digest, self.now()).await? else {
            return Err(over);
        };
        let teammate = self.active_teammate(row.teammate).await?.ok_or(over)?;
        let actor = Actor::Teammate(teammate.id);
        Ok((
            Identity {
                actor,
                teammate,
                scopes: None,
                expires_at: Some(row.expires_at),
                confirmed_at: Some(row.confirmed_at),
            },
            Token::from_secret("csrf", row.csrf),
        ))
    }

    async fn active_teammate(&self, id: TeammateId) -> Result<Option<Teammate>, AppError> {
        Ok(self
            .store
            .lookup_teammate(id)
            .await?
            .filter(|teammate| !teammate.disabled))
    }

    /// # Errors
    /// What the store says.
    pub async fn sign_out(&self, who: &Identity, cookie: &str) -> Result<(), AppError> {
        let mut unit = Unit::new();
        self.store.end_session(&mut unit, digest(cookie.as_bytes()));
        self.feed_rights(&mut unit, who.id());
        Ok(self.store.commit(unit).await?)
    }

    /// A token of a teammate for programs. Shown once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nobody has this address, [`AppError::Invalid`] for a scope
    /// that does not exist.
    pub async fn issue_token(
        &self,
        email: &str,
        scopes: &[String],
        lifetime_ms: Option<i64>,
    ) -> Result<Token, AppError> {
        let known = |scope: &String| Right::ALL.iter().any(|right| right.scope() == scope);
        if let Some(unknown) = scopes.iter().find(|scope| !known(scope)) {
            let problem = FieldProblem::new("scopes", "field-scope-unknown").with("scope", unknown);
            return Err(AppError::Invalid(vec![problem]));
        }
        let found = self.store.lookup_teammate_by_email(email).await?;
        let (teammate, _) = found.ok_or(AppError::NotFound)?;
        let now = self.now();
        let token = Token::from_secret("tresen", self.store.ids().secret());
        let row = TokenRow {
            id: TokenId::from_bytes(self.fresh()),
            digest: digest(token.expose().as_bytes()),
            teammate: teammate.id,
            scopes: scopes.join(" "),
            expires_at: lifetime_ms.map(|ms| now.plus_ms(ms)),
        };
        let mut unit = Unit::new();
        self.store.add_token(&mut unit, &row, now);
        self.store.commit(unit).await?;
        Ok(token)
    }

    /// The program behind a bearer token.
    ///
    /// # Errors
    /// [`AppError::Unauthorized`] for an unknown or expired token.
    pub async fn bearer(&self, token: &str) -> Result<Identity, AppError> {
        let wrong = AppError::Unauthorized("token_wrong");
        let digest = digest(token.as_bytes());
        let Some(row) = self.store.lookup_token(digest, self.now()).await? else {
            return Err(wrong);
        };
        let teammate = self.active_teammate(row.teammate).await?.ok_or(wrong)?;
        let scopes = row.scopes.split_whitespace().map(str::to_owned).collect();
        let actor = Actor::Token {
            token: row.id,
            teammate: teammate.id,
        };
        Ok(Identity {
            actor,
            teammate,
            scopes: Some(scopes),
            expires_at: row.expires_at,
            confirmed_at: None,
        })
    }
}

/// The token that writes must carry follows from the cookie, which scripts cannot read.
fn csrf_of(cookie: &Token) -> [u8; 32] {
    let mut text = String::from("csrf:");
    text.push_str(cookie.expose());
    digest(text.as_bytes())
}
