//! Who asks: teammates by password or passkey, programs by token.

use std::collections::HashMap;
use std::sync::Mutex;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::access::{Access, Actor};
use domain::teammate::{Right, Role};
use domain::{Pii, TeammateId, Timestamp, TokenId, limits};
use store::{Guard, NewTeammate, SessionRow, Teammate, TokenRow, Unit};
use tokio::sync::Semaphore;
use vault::{Token, digest};

use crate::{App, AppError, FieldProblem};

/// A teammate who proved itself, in person or by a token with fewer rights.
#[derive(Clone)]
pub struct Identity {
    pub actor: Actor,
    pub teammate: Teammate,
    /// Scopes of a token; `None` for a person.
    scopes: Option<Vec<String>>,
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

/// Attempts per address of the last minutes; enough against guessing, and no lock-out for ever.
const FAILURES_MAX: usize = 8;
const FAILURES_FORGOTTEN_MS: i64 = 5 * domain::time::MINUTE_MS;
const FAILURE_KEYS_MAX: usize = 10_000;

/// Hashing is slow on purpose and therefore bounded: two at a time.
pub(crate) struct Passwords {
    places: Semaphore,
    failures: Mutex<HashMap<[u8; 16], Vec<i64>>>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            places: Semaphore::new(2),
            failures: Mutex::default(),
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
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| AppError::Internal("closing".into()))?;
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
    async fn verify(
        &self,
        password: Pii<String>,
        stored: Option<String>,
    ) -> Result<bool, AppError> {
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$\
                              1111111111111111111111111111111111111111111";
        self.blocking(move || {
            let text = stored.as_deref().unwrap_or(NOBODY);
            let Ok(hash) = PasswordHash::new(text) else {
                return false;
            };
            let fits = Self::argon()
                .verify_password(password.expose().as_bytes(), &hash)
                .is_ok();
            fits && stored.is_some()
        })
        .await
    }

    fn check_rate(&self, key: [u8; 16], now: Timestamp) -> Result<(), AppError> {
        let mut failures = self
            .failures
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        failures.retain(|_, times| {
            times.retain(|at| now.0 - at < FAILURES_FORGOTTEN_MS);
            !times.is_empty()
        });
        let full = failures.len() >= FAILURE_KEYS_MAX && !failures.contains_key(&key);
        let many = failures
            .get(&key)
            .is_some_and(|times| times.len() >= FAILURES_MAX);
        if full || many {
            Err(AppError::RateLimited)
        } else {
            Ok(())
        }
    }

    fn note_failure(&self, key: [u8; 16], now: Timestamp) {
        let mut failures = self
            .failures
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        failures.entry(key).or_default().push(now.0);
    }
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
    if chars == 0 {
        Some(FieldProblem::new(field, "field-required"))
    } else if chars > limits::NAME_CHARS_MAX {
        Some(FieldProblem::new(field, "field-too-long").with("max", limits::NAME_CHARS_MAX))
    } else {
        None
    }
}

impl App {
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
    /// too many of them.
    pub async fn sign_in(
        &self,
        email: Pii<String>,
        password: Pii<String>,
    ) -> Result<IssuedSession, AppError> {
        let key = self
            .store
            .lookup("sign-in", &email.expose().trim().to_lowercase());
        self.passwords.check_rate(key, self.now())?;
        if password.expose().len() > limits::PASSWORD_CHARS_MAX * 4 {
            return Err(AppError::Unauthorized("wrong_credentials"));
        }
        let found = self.store.lookup_teammate_by_email(email.expose()).await?;
        let (teammate, hash) = match found {
            Some((teammate, hash)) if !teammate.disabled => (Some(teammate), hash),
            _ => (None, None),
        };
        let fits = self.passwords.verify(password, hash).await?;
        match teammate {
            Some(teammate) if fits => self.issue_session(teammate).await,
            _ => {
                self.passwords.note_failure(key, self.now());
                Err(AppError::Unauthorized("wrong_credentials"))
            }
        }
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
            expires_at,
        };
        let mut unit = Unit::new();
        self.store.add_session(&mut unit, &row, now);
        self.store.commit(unit).await?;
        let csrf = Token::from_secret("csrf", row.csrf);
        Ok(IssuedSession {
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
    pub async fn sign_out(&self, cookie: &str) -> Result<(), AppError> {
        let mut unit = Unit::new();
        self.store.end_session(&mut unit, digest(cookie.as_bytes()));
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
        })
    }
}

/// The token that writes must carry follows from the cookie, which scripts cannot read.
fn csrf_of(cookie: &Token) -> [u8; 32] {
    let mut text = String::from("csrf:");
    text.push_str(cookie.expose());
    digest(text.as_bytes())
}
