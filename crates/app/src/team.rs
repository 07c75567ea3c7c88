//! What can be taken back: roles, sessions, tokens, passkeys, passwords. Each of these reaches
//! open sockets through the feed, also from a command beside the running server.

use domain::access::{Access, Denied};
use domain::teammate::{Right, Role};
use domain::{PasskeyId, Pii, TeammateId, TokenId, time};
use store::{FeedKind, Guard, Teammate, TokenListed, Unit};
use vault::digest;

use crate::guesses::Guess;
use crate::identity::check_password;
use crate::{App, AppError, Identity};

/// After that long a person proves itself again before it changes what it signs in with.
const CONFIRMED_MS: i64 = 15 * time::MINUTE_MS;

/// Only what is named changes.
#[derive(Debug, Clone, Copy, Default)]
pub struct TeammateChange {
    pub role: Option<Role>,
    pub disabled: Option<bool>,
}

impl Identity {
    /// Whether this is a person in front of a browser, and not a program with its token.
    #[must_use]
    pub const fn is_person(&self) -> bool {
        self.confirmed_at.is_some()
    }

    /// # Errors
    /// [`AppError::Denied`] for a token: it must not make itself into more than it is.
    pub fn person(&self) -> Result<(), AppError> {
        if self.is_person() {
            return Ok(());
        }
        Err(AppError::Denied(Denied {
            role: self.teammate.role,
            right: Right::ReadTeammates,
        }))
    }
}

impl App {
    /// Tells whoever watches with this teammate's rights to look at them again.
    pub(crate) fn feed_rights(&self, unit: &mut Unit, id: TeammateId) {
        let now = self.now();
        self.store
            .feed_subject(unit, FeedKind::TeammateUpdated, id.bytes(), now);
    }

    /// # Errors
    /// [`AppError::Denied`] for a token, [`AppError::Conflict`] `confirm_needed` when the person
    /// proved itself too long ago.
    pub(crate) fn check_confirmed(&self, who: &Identity) -> Result<(), AppError> {
        who.person()?;
        let fresh = who
            .confirmed_at
            .is_some_and(|at| self.now().0 - at.0 < CONFIRMED_MS);
        if fresh {
            Ok(())
        } else {
            Err(AppError::Conflict("confirm_needed"))
        }
    }

    async fn check_own_password(
        &self,
        who: &Identity,
        password: Pii<String>,
    ) -> Result<(), AppError> {
        let email = who.teammate.email.expose();
        let guess = Guess::Inside {
            account: self.guessed_account(email),
        };
        self.passwords.guesses.take(guess, self.now())?;
        let found = self.store.lookup_teammate_by_email(email).await?;
        let hash = found.and_then(|(_, hash)| hash);
        if self.compare(guess, password, hash).await? {
            self.passwords.guesses.right(guess, self.now());
            Ok(())
        } else {
            Err(AppError::invalid("password", "field-password-wrong"))
        }
    }

    /// The person behind the session gives its password again.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a wrong one, [`AppError::Denied`] for a token.
    pub async fn confirm(
        &self,
        who: &Identity,
        cookie: &str,
        password: Pii<String>,
    ) -> Result<(), AppError> {
        who.person()?;
        self.check_own_password(who, password).await?;
        let mut unit = Unit::new();
        self.store
            .confirm_session(&mut unit, digest(cookie.as_bytes()), self.now());
        Ok(self.store.commit(unit).await?)
    }

    /// A new password; every other session of this teammate ends, and no device of its is known
    /// any more. The answer is by what this one is known from now on.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a wrong old or an unusable new one.
    pub async fn change_password(
        &self,
        who: &Identity,
        cookie: &str,
        old: Pii<String>,
        new: Pii<String>,
    ) -> Result<String, AppError> {
        who.person()?;
        if let Some(problem) = check_password("new_password", &new) {
            return Err(AppError::Invalid(vec![problem]));
        }
        self.check_own_password(who, old).await?;
        let hash = self.passwords.hash(new, self.store.ids().secret()).await?;
        let mut unit = Unit::new();
        self.store.set_password(&mut unit, who.id(), &hash);
        self.store
            .end_sessions_of(&mut unit, who.id(), Some(digest(cookie.as_bytes())));
        self.feed_rights(&mut unit, who.id());
        self.store.commit(unit).await?;
        let standing = self.sign_in_standing(who.teammate.email.expose(), Some(&hash));
        Ok(self.device_token(standing))
    }

    /// Signs this teammate out everywhere else.
    ///
    /// # Errors
    /// [`AppError::Denied`] for a token.
    pub async fn end_other_sessions(&self, who: &Identity, cookie: &str) -> Result<(), AppError> {
        who.person()?;
        let mut unit = Unit::new();
        self.store
            .end_sessions_of(&mut unit, who.id(), Some(digest(cookie.as_bytes())));
        self.feed_rights(&mut unit, who.id());
        Ok(self.store.commit(unit).await?)
    }

    /// # Errors
    /// [`AppError::NotFound`], also for a passkey of somebody else.
    pub async fn remove_passkey(&self, who: &Identity, id: PasskeyId) -> Result<(), AppError> {
        self.check_confirmed(who)?;
        let own = self.store.passkeys_of(who.id()).await?;
        if !own.iter().any(|passkey| passkey.id == id) {
            return Err(AppError::NotFound);
        }
        let mut unit = Unit::new();
        self.store.end_passkey(&mut unit, id);
        Ok(self.store.commit(unit).await?)
    }

    /// The tokens this person may take back: its own, and everybody's for who manages the team.
    ///
    /// # Errors
    /// [`AppError::Denied`] for a token.
    pub async fn tokens(&self, who: &Identity) -> Result<Vec<TokenListed>, AppError> {
        who.person()?;
        let all = who.access(Right::ManageTeammates).is_ok();
        let mut tokens = self.store.tokens().await?;
        tokens.retain(|token| all || token.teammate == who.id());
        Ok(tokens)
    }

    /// Every token there is, for the command line.
    ///
    /// # Errors
    /// What the store says.
    pub async fn all_tokens(&self) -> Result<Vec<TokenListed>, AppError> {
        Ok(self.store.tokens().await?)
    }

    /// # Errors
    /// [`AppError::NotFound`], also for a token that is none of the asker's business.
    pub async fn revoke_token(&self, who: &Identity, id: TokenId) -> Result<(), AppError> {
        let tokens = self.tokens(who).await?;
        let token = tokens.iter().find(|token| token.id == id);
        self.take_token_back(token.ok_or(AppError::NotFound)?).await
    }

    /// # Errors
    /// What the store says.
    pub async fn take_token_back(&self, token: &TokenListed) -> Result<(), AppError> {
        let mut unit = Unit::new();
        self.store.end_token(&mut unit, token.id);
        self.feed_rights(&mut unit, token.teammate);
        Ok(self.store.commit(unit).await?)
    }

    /// Changes a teammate's role, or lets it in no more. Nobody changes itself, and only an owner
    /// touches owners.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::NotFound`], [`AppError::Conflict`] when it is the asker
    /// itself or no owner would remain.
    pub async fn change_teammate(
        &self,
        _access: &Access,
        who: &Identity,
        id: TeammateId,
        change: TeammateChange,
    ) -> Result<Teammate, AppError> {
        let found = self.store.lookup_teammate(id).await?;
        let target = found.ok_or(AppError::NotFound)?;
        if id == who.id() {
            return Err(AppError::Conflict("own_rights"));
        }
        let touches_owner = target.role == Role::Owner || change.role == Some(Role::Owner);
        if touches_owner && who.teammate.role != Role::Owner {
            return Err(AppError::Denied(Denied {
                role: who.teammate.role,
                right: Right::ManageTeammates,
            }));
        }
        self.set_standing(target, change).await
    }

    /// What [`Self::change_teammate`] does, for the command line: whoever can run it holds the keys.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when no owner would remain.
    pub async fn set_standing(
        &self,
        mut target: Teammate,
        change: TeammateChange,
    ) -> Result<Teammate, AppError> {
        let role = change.role.unwrap_or(target.role);
        let disabled = change.disabled.unwrap_or(target.disabled);
        let mut unit = Unit::new();
        self.store
            .change_teammate(&mut unit, target.id, role, disabled.then(|| self.now()));
        if disabled {
            self.store.end_sessions_of(&mut unit, target.id, None);
            self.store.end_tokens_of(&mut unit, target.id);
            self.store.end_passkeys_of(&mut unit, target.id);
        }
        self.feed_rights(&mut unit, target.id);
        match self.store.commit(unit).await.map_err(AppError::from) {
            Err(error) if error.is_guard(Guard::OwnerRemains) => {
                Err(AppError::Conflict("last_owner"))
            }
            Err(error) => Err(error),
            Ok(()) => {
                (target.role, target.disabled) = (role, disabled);
                Ok(target)
            }
        }
    }

    /// A new password from the command line; all sessions and passkeys end.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Invalid`].
    pub async fn reset_password(&self, email: &str, new: Pii<String>) -> Result<(), AppError> {
        if let Some(problem) = check_password("password", &new) {
            return Err(AppError::Invalid(vec![problem]));
        }
        let target = self.teammate_by_email(email).await?;
        let hash = self.passwords.hash(new, self.store.ids().secret()).await?;
        let mut unit = Unit::new();
        self.store.set_password(&mut unit, target.id, &hash);
        self.store.end_sessions_of(&mut unit, target.id, None);
        self.store.end_passkeys_of(&mut unit, target.id);
        self.feed_rights(&mut unit, target.id);
        Ok(self.store.commit(unit).await?)
    }

    /// # Errors
    /// [`AppError::NotFound`] when nobody has this address.
    pub async fn teammate_by_email(&self, email: &str) -> Result<Teammate, AppError> {
        let found = self.store.lookup_teammate_by_email(email).await?;
        Ok(found.ok_or(AppError::NotFound)?.0)
    }
}
