//! `tresen user add` and `tresen token issue`: without a running server, or beside one.

use std::io::Read;

use app::{AppError, NewTeammateInput};
use domain::Pii;
use i18n::Language;

use crate::config::{Config, TokenIssue, UserAdd};
use crate::house::{Claim, OpenError, open_app};

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
        matches!(self, Self::Input(_))
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
            PeopleError::Input(lines.join("; "))
        }
        AppError::Conflict("email_taken") => PeopleError::Input(text("problem-email-taken-detail")),
        AppError::NotFound => PeopleError::Input("nobody has this e-mail address".to_owned()),
        other => PeopleError::App(other),
    }
}

/// Adds a teammate; prints the id.
///
/// # Errors
/// [`PeopleError`].
pub async fn add_user(config: &Config, user: &UserAdd) -> Result<(), PeopleError> {
    let mut password = String::new();
    std::io::stdin()
        .take(64 * 1024)
        .read_to_string(&mut password)
        .map_err(PeopleError::Password)?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let app = open_app(config, Claim::Beside, String::new()).await?;
    let input = NewTeammateInput {
        email: Pii::from(user.email.as_str()),
        name: Pii::from(user.name.as_str()),
        role: user.role,
        password: Pii::new(password),
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
///
/// # Errors
/// [`PeopleError`].
pub async fn issue_token(config: &Config, token: &TokenIssue) -> Result<(), PeopleError> {
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
