//! Fills data directories with history, by the product's own use cases: what lies there afterwards
//! is what callbacks would have left, only without the way through HTTP.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::{App, NewTeammateInput};
use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use domain::channel::{ChannelKind, ChannelState};
use domain::teammate::Role;
use domain::{ChannelId, Pii};
use ports::Settings;
use store::{Channel, ConversationFilter, PageRequest, Unit};
use tokio::task::JoinSet;
use tresen::config;
use tresen::house::{Claim, open_app};

use crate::bodies::{APP_SECRET, BUSINESS_ACCOUNT_ID, Callback, Maker, PHONE_NUMBER_ID};
use crate::error::{Result, While, failed};
use crate::house::{Contents, DataDirectory};
use crate::moment;

/// Writers at once: enough for full group commits.
const AT_ONCE: u64 = 256;
/// History lies behind us by this much; the retention of a new house keeps 90 days.
const REACHES_BACK_S: i64 = 60 * 24 * 3_600;

/// What a history is made of.
#[derive(Debug, Clone)]
pub struct Plan {
    pub messages: u64,
    pub contacts: u64,
    /// Messages of one further conversation.
    pub long: u64,
    /// Teammates who look on.
    pub watchers: usize,
    /// The address of a database, instead of a file in the directory.
    pub database: Option<String>,
}

impl Plan {
    /// Five messages a conversation, as a house has that is written to now and then.
    #[must_use]
    pub const fn of(messages: u64) -> Self {
        let contacts = messages / 5;
        Self {
            messages,
            contacts: if contacts == 0 { 1 } else { contacts },
            long: 0,
            watchers: 0,
            database: None,
        }
    }
}

/// The directory with this history: what an earlier run left, or filled now.
///
/// # Errors
/// When it cannot be filled.
pub async fn directory(path: &Path, plan: &Plan) -> Result<DataDirectory> {
    if let Some(kept) = DataDirectory::open(path)
        && kept.contents.schema == schema()
        && kept.contents.messages == plan.messages
        && kept.contents.contacts == plan.contacts
        && kept.contents.long_conversation.is_some() == (plan.long > 0)
        && kept.contents.watchers.len() == plan.watchers
        && kept.contents.database == plan.database
    {
        return Ok(kept);
    }
    if path.exists() {
        std::fs::remove_dir_all(path).doing("removing an older history")?;
    }
    std::fs::create_dir_all(path).doing("making a data directory")?;
    fill(path, plan).await
}

/// Changes whenever a migration does: then an older directory cannot be opened.
fn schema() -> String {
    let mut context = Context::new(&SHA256);
    for migration in &store::MIGRATIONS {
        context.update(migration.sql.as_bytes());
    }
    let digest = context.finish();
    digest.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn configuration(path: &Path, plan: &Plan) -> Result<config::Config> {
    let mut words = vec![
        "tresen".to_owned(),
        "serve".to_owned(),
        "--data".to_owned(),
        path.display().to_string(),
    ];
    if let Some(url) = &plan.database {
        words.extend(["--database".to_owned(), url.clone()]);
    }
    let arguments = words.into_iter().map(std::ffi::OsString::from);
    let nothing = |_: &Path| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
    match config::parse(arguments, &std::collections::BTreeMap::new(), &nothing) {
        Ok(invocation) => Ok(invocation.config),
        Err(_) => Err(failed("configuring a house", "its options changed")),
    }
}

async fn fill(path: &Path, plan: &Plan) -> Result<DataDirectory> {
    let config = configuration(path, plan)?;
    let app = open_app(&config, Claim::Server, "http://localhost".to_owned())
        .await
        .map_err(|error| failed("opening a house", error))?;
    let token = add_teammate(&app, "owner", Role::Owner).await?;
    let mut watchers = Vec::with_capacity(plan.watchers);
    for number in 0..plan.watchers {
        watchers.push(add_teammate(&app, &format!("team{number}"), Role::Owner).await?);
    }
    let channel = add_channel(&app).await?;
    write_history(&app, channel, plan).await?;
    let long_conversation = match plan.long {
        0 => None,
        messages => Some(write_long(&app, channel, plan, messages).await?),
    };
    app.store().clone().close().await;
    let filled = DataDirectory {
        path: path.to_owned(),
        contents: Contents {
            schema: schema(),
            channel: channel.to_string(),
            token,
            watchers,
            contacts: plan.contacts,
            messages: plan.messages,
            long_conversation,
            database: plan.database.clone(),
        },
    };
    filled.keep()?;
    Ok(filled)
}

/// Adds a teammate; answers an API token with all rights.
async fn add_teammate(app: &App, name: &str, role: Role) -> Result<String> {
    let wrong = |error: app::AppError| failed("adding a teammate", error);
    let email = format!("{name}@laden.example");
    let input = NewTeammateInput {
        email: Pii::from(email.as_str()),
        name: Pii::from(name),
        role,
        password: Pii::from("correct horse battery"),
    };
    app.add_teammate(input).await.map_err(wrong)?;
    let scopes: Vec<String> = domain::teammate::Right::ALL
        .iter()
        .map(|right| right.scope().to_owned())
        .collect();
    let token = app
        .issue_token(&email, &scopes, None)
        .await
        .map_err(wrong)?;
    Ok(token.expose().to_owned())
}

/// Takes callbacks of ten contacts, one after the other, in a new house: what the instructions are
/// counted of.
///
/// # Errors
/// When one is not taken.
pub async fn walk(path: &Path, messages: u64) -> Result<()> {
    let config = configuration(path, &Plan::of(messages))?;
    let app = open_app(&config, Claim::Server, "http://localhost".to_owned())
        .await
        .map_err(|error| failed("opening a house", error))?;
    let channel = add_channel(&app).await?;
    let maker = Maker::new("w");
    let at = moment::unix_ms() / 1_000;
    for number in 0..messages {
        take(&app, channel, maker.message(number, number % 10, at)).await?;
    }
    app.store().clone().close().await;
    Ok(())
}

/// A channel without the job that fetches its templates: there is no provider to ask.
async fn add_channel(app: &App) -> Result<ChannelId> {
    let mut settings = Settings::default();
    for (name, value) in [
        ("phone_number_id", PHONE_NUMBER_ID),
        ("business_account_id", BUSINESS_ACCOUNT_ID),
        ("access_token", "a token that is never sent"),
        ("app_secret", APP_SECRET),
        ("verify_token", "a word that is never asked for"),
    ] {
        settings.set(name, vec![value.to_owned()]);
    }
    let now = app.now();
    let channel = Channel {
        id: ChannelId::from_bytes(app.store().ids().fresh(now)),
        kind: ChannelKind::Whatsapp,
        state: ChannelState::Active,
        name: "Laden".to_owned(),
        settings,
        trouble: None,
        created_at: now,
        version: 1,
    };
    let doing = "adding a channel";
    let mut unit = Unit::new();
    app.store()
        .add_channel(&mut unit, &channel)
        .await
        .map_err(|error| failed(doing, error))?;
    app.store()
        .commit(unit)
        .await
        .map_err(|error| failed(doing, error))?;
    Ok(channel.id)
}

async fn take(app: &App, channel: ChannelId, callback: Callback) -> Result<()> {
    let headers = [("x-hub-signature-256".to_owned(), callback.signature)];
    app.take_callback(channel, &headers, Bytes::from(callback.body))
        .await
        .map_err(|error| failed("writing history", error))
}

/// Each contact's first message, then each one's second, and so on.
async fn write_history(app: &App, channel: ChannelId, plan: &Plan) -> Result<()> {
    let maker = Arc::new(Maker::new("h"));
    let next = Arc::new(AtomicU64::new(0));
    let begins = moment::unix_ms() / 1_000 - REACHES_BACK_S;
    let (messages, contacts) = (plan.messages, plan.contacts);
    let mut writers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (app, maker, next) = (app.clone(), Arc::clone(&maker), Arc::clone(&next));
        writers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= messages {
                    return Ok(());
                }
                let passed = i128::from(REACHES_BACK_S) * i128::from(number);
                let passed = passed / i128::from(messages);
                let at = begins + i64::try_from(passed).unwrap_or(0);
                let callback = maker.message(number, number % contacts, at);
                take(&app, channel, callback).await?;
                if number.is_multiple_of(100_000) && number > 0 {
                    eprintln!("  {number} of {messages} messages written");
                }
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.map_err(|error| failed("writing history", error))??;
    }
    Ok(())
}

/// One conversation with many messages; answers its id.
async fn write_long(app: &App, channel: ChannelId, plan: &Plan, messages: u64) -> Result<String> {
    let maker = Maker::new("l");
    let at = moment::unix_ms() / 1_000 - 3_600;
    for number in 0..messages {
        let callback = maker.message(number, plan.contacts, at);
        take(app, channel, callback).await?;
    }
    let doing = "looking for the long conversation";
    let page = PageRequest {
        after: None,
        limit: 1,
    };
    let found = app
        .store()
        .conversations(&ConversationFilter::default(), page)
        .await
        .map_err(|error| failed(doing, error))?;
    found
        .items
        .first()
        .map(|conversation| conversation.id.to_string())
        .ok_or_else(|| failed(doing, "it is not the newest one"))
}
