//! `tresen user …` and `tresen token …`: without a running server, or beside one, which notices at
//! once.

use std::io::Read;

use app::{AppError, NewTeammateInput, TeammateChange};
use domain::{Pii, TokenId};
use i18n::Language;

use crate::config::{Command, Config, TokenIssue, UserAdd, UserChange};
use crate::house::{Claim, OpenError, check_place, open_app};

#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the password could not be read from standard input: {0}")]
    Password(std::io::Error),
    #[error("{0}")]
    Input(String),
    #[error(transparent)]
    App(AppError),
}

impl PeopleError {
    /// Input that a person can correct.
    #[must_use]
    pub const fn is_input(&self) -> bool {
        matches!(self, Self::Input(_) | Self::Open(OpenError::Missing { .. }))
    }
}

fn explain(error: AppError) -> PeopleError {
    let text = |key: &str| i18n::text(Language::En, key, &[]);
    match error {
        AppError::Invalid(problems) => {
            let lines: Vec<String> = problems
                .iter()
                .map(|p| {
                    format!(
                        "{}: {}",
                        p.field,
                        i18n::text_with(Language::En, p.key, &p.arguments)
                    )
                })
                .collect();
            PeopleError::Input(lines.join(" "))
        }
        AppError::Conflict("email_taken") => PeopleError::Input(text("problem-email-taken-detail")),
        AppError::Conflict("last_owner") => PeopleError::Input(text("problem-last-owner-detail")),
        AppError::NotFound => PeopleError::Input(
            "nobody has this e-mail address. `tresen user list` prints who is there".to_owned(),
        ),
        other => PeopleError::App(other),
    }
}

/// Does what one of the commands about people says.
///
/// # Errors
/// [`PeopleError`].
pub async fn run(command: &Command, config: &Config) -> Result<(), PeopleError> {
    check_place(config)?;
    match command {
        Command::UserAdd(user) => add_user(config, user).await,
        Command::UserList => list_users(config).await,
        Command::UserChange(change) => change_user(config, change).await,
        Command::UserPassword(email) => set_password(config, email).await,
        Command::TokenIssue(token) => issue_token(config, token).await,
        Command::TokenList => list_tokens(config).await,
        Command::TokenRevoke(id) => revoke_token(config, id).await,
        _ => Ok(()),
    }
}

fn read_password() -> Result<Pii<String>, PeopleError> {
    let mut password = String::new();
    std::io::stdin()
        .take(64 * 1024)
        .read_to_string(&mut password)
        .map_err(PeopleError::Password)?;
    Ok(Pii::new(password.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Adds a teammate; prints the id.
async fn add_user(config: &Config, user: &UserAdd) -> Result<(), PeopleError> {
    let password = read_password()?;
    let app = open_app(config, Claim::Beside, String::new()).await?;
    let input = NewTeammateInput {
        email: Pii::from(user.email.as_str()),
        name: Pii::from(user.name.as_str()),
        role: user.role,
        password,
    };
    let added = app.add_teammate(input).await;
    let id = match added {
        Ok(id) => id,
        Err(error) => return Err(explain(error)),
    };
    app.store().clone().close().await;
    println!("{id}");
    Ok(())
}

/// Issues a token; prints the token alone.
async fn issue_token(config: &Config, token: &TokenIssue) -> Result<(), PeopleError> {
    let app = open_app(config, Claim::Beside, String::new()).await?;
    let scopes: Vec<String> = token
        .scopes
        .iter()
        .flatten()
        .map(|right| right.scope().to_owned())
        .collect();
    let issued = app
        .issue_token(&token.email, &scopes, token.expires_after_ms)
        .await;
    let issued = issued.map_err(explain)?;
    app.store().clone().close().await;
    println!("{}", issued.expose());
    Ok(())
}

/// Prints everyone on the team, a line each.
async fn list_users(config: &Config) -> Result<(), PeopleError> {
    let app = open_app(config, Claim::Beside, String::new()).await?;
    for teammate in app.teammates().await.map_err(explain)? {
        println!(
            "{}\t{}\t{}\t{}\t{}",
            teammate.id,
            teammate.role.as_str(),
            if teammate.disabled {
                "disabled"
            } else {
                "active"
            },
            teammate.email.expose(),
            teammate.name.expose(),
        );
    }
    app.store().clone().close().await;
    Ok(())
}

/// Changes a teammate's role or standing.
async fn change_user(config: &Config, change: &UserChange) -> Result<(), PeopleError> {
    let app = open_app(config, Claim::Beside, String::new()).await?;
    let target = app
        .teammate_by_email(&change.email)
        .await
        .map_err(explain)?;
    let wanted = TeammateChange {
        role: change.role,
        disabled: change.disabled,
    };
    app.set_standing(target, wanted).await.map_err(explain)?;
    app.store().clone().close().await;
    Ok(())
}

/// Sets a teammate's password.
async fn set_password(config: &Config, email: &str) -> Result<(), PeopleError> {
    let password = read_password()?;
    let app = open_app(config, Claim::Beside, String::new()).await?;
    app.reset_password(email, password).await.map_err(explain)?;
    app.store().clone().close().await;
    Ok(())
}

/// Prints all tokens, a line each: never their secrets.
async fn list_tokens(config: &Config) -> Result<(), PeopleError> {
    let app = open_app(config, Claim::Beside, String::new()).await?;
    let team = app.teammates().await.map_err(explain)?;
    for token in app.all_tokens().await.map_err(explain)? {
        let owner = team.iter().find(|teammate| teammate.id == token.teammate);
        let end = token
            .expires_at
            .map_or_else(|| "no end".to_owned(), http_edge::dto::rfc3339);
        let scopes = if token.scopes.is_empty() {
            "everything the role may do"
        } else {
            token.scopes.as_str()
        };
        let email = owner.map_or("", |teammate| teammate.email.expose());
        println!("{}\t{email}\t{end}\t{scopes}", token.id);
    }
    app.store().clone().close().await;
    Ok(())
}

/// Takes a token back.
async fn revoke_token(config: &Config, id: &str) -> Result<(), PeopleError> {
    let unknown = || {
        PeopleError::Input(format!(
            "there is no token {id:?}. `tresen token list` prints them"
        ))
    };
    let id: TokenId = id.parse().map_err(|_| unknown())?;
    let app = open_app(config, Claim::Beside, String::new()).await?;
    let tokens = app.all_tokens().await.map_err(explain)?;
    let token = tokens.iter().find(|token| token.id == id);
    app.take_token_back(token.ok_or_else(unknown)?)
        .await
        .map_err(explain)?;
    app.store().clone().close().await;
    Ok(())
}
