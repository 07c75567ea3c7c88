//! The house every world begins with: a company, two teammates, its own chat and two numbers at the
//! provider. Made once by the house itself, and copied for each seed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use app::{App, NewChannelInput, NewTeammateInput, Registry, Runner, Settings, SetupInput};
use async_trait::async_trait;
use bytes::Bytes;
use db::{Database, SqliteConfig};
use domain::access::{Access, Actor};
use domain::channel::ChannelKind;
use domain::teammate::{Right, Role};
use domain::{ChannelId, Pii, TeammateId, Timestamp};
use i18n::Language;
use ports::{Clock, FixedClock, Ids, Net, NetError, NetRequest, NetResponse};
use store::{KeyRing, Store};
use vault::MasterKey;

use crate::outside::{CountedIds, Files, KeyDoors, Keys};

/// When every world begins: 2026-11-21T22:26:40Z.
pub const START: Timestamp = Timestamp(1_795_300_000_000);
pub const SLUG: &str = "laden";
pub const APP_SECRET: &str = "secret-of-the-simulation";
/// The numbers of the company at the provider.
pub const PHONE_NUMBER_IDS: [&str; 2] = ["106540352242922", "106540352242933"];
/// Days after which a conversation is erased: far beyond what happens in a world before its end.
pub const RETENTION_DAYS: i64 = 3_650;
pub const BUSINESS_ACCOUNT_ID: &str = "102290129340398";
/// Ids of worlds begin far above those of the template.
pub const FIRST_ID: u64 = 1 << 20;
const FOLDER: &str = "/dev/shm";

/// Why there is no template.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("a file of the simulation could not be used: {0}")]
    File(#[from] std::io::Error),
    #[error("the first house could not be made: {0}")]
    House(String),
}

fn house(error: impl std::fmt::Display) -> TemplateError {
    TemplateError::House(error.to_string())
}

pub struct Template {
    folder: tempfile::TempDir,
    pub database: Vec<u8>,
    pub keys: Keys,
    pub teammates: Vec<TeammateId>,
    pub whatsapp: [ChannelId; 2],
}

/// The provider while the house is set up: it has no templates.
struct Quiet;

#[async_trait]
impl Net for Quiet {
    async fn call(&self, _request: NetRequest) -> Result<NetResponse, NetError> {
        Ok(NetResponse {
            status: 200,
            headers: Vec::new(),
            body: Bytes::from_static(b"{\"data\":[]}"),
        })
    }
}

#[must_use]
pub fn settings() -> Settings {
    Settings {
        public_url: "https://laden.example".to_owned(),
    }
}

impl Template {
    /// Sets up a house in the usual way and keeps its files.
    ///
    /// # Errors
    /// [`TemplateError`] when there is no room for it, or it does not work at all.
    pub fn make() -> Result<Self, TemplateError> {
        let place = Path::new(FOLDER);
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("tresen-simulation-");
        let folder = if place.is_dir() {
            builder.tempdir_in(place)?
        } else {
            builder.tempdir()?
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let keys = Arc::new(Mutex::new(Keys::default()));
        let (teammates, whatsapp) = runtime.block_on(set_up(folder.path(), &keys))?;
        let database = std::fs::read(folder.path().join("first.db"))?;
        let keys = keys.lock().map_err(house)?.clone();
        Ok(Self {
            folder,
            database,
            keys,
            teammates,
            whatsapp,
        })
    }

    /// # Errors
    /// [`TemplateError`] when its file is gone.
    pub fn master(&self) -> Result<MasterKey, TemplateError> {
        MasterKey::load(&master_path(self.folder.path())).map_err(house)
    }

    /// A path for the database of a world.
    #[must_use]
    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn master_path(folder: &Path) -> PathBuf {
    folder.join("master.key")
}

async fn set_up(
    folder: &Path,
    keys: &Arc<Mutex<Keys>>,
) -> Result<(Vec<TeammateId>, [ChannelId; 2]), TemplateError> {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(START));
    let ids: Arc<dyn Ids> = Arc::new(CountedIds::from(1));
    let config = SqliteConfig::new(folder.join("first.db"));
    let database = Database::open(db::Config::Sqlite(config)).await;
    let master = MasterKey::create(&master_path(folder), ids.secret()).map_err(house)?;
    let key_store = KeyDoors {
        keys: Arc::clone(keys),
        doors: None,
    };
    let ring = KeyRing::open(master, Arc::new(key_store), Arc::clone(&ids)).await;
    let store = Store::open(database.map_err(house)?, ring.map_err(house)?, clock, ids)
        .await
        .map_err(house)?;
    let registry = Registry::new(connectors::registry());
    let app = App::new(
        store.clone(),
        Arc::new(Files::default()),
        Arc::new(Quiet),
        registry,
        settings(),
    );
    let made = furnish(&app).await.map_err(house)?;
    store.close().await;
    Ok(made)
}

async fn furnish(app: &App) -> Result<(Vec<TeammateId>, [ChannelId; 2]), app::AppError> {
    let token = app
        .open_setup()
        .await?
        .map_or_else(String::new, |token| token.expose().to_owned());
    let owner = teammate("Ida", Role::Owner);
    let outcome = app
        .set_up(SetupInput {
            token: Pii::new(token),
            company: "Laden Beispiel".to_owned(),
            country: Some("DE".to_owned()),
            imprint_url: None,
            language: Language::De,
            owner,
            slug: SLUG.to_owned(),
            title: "Der Laden".to_owned(),
            controller: "Laden Beispiel".to_owned(),
            contact_email: Pii::from("datenschutz@laden.example"),
            retention_days: RETENTION_DAYS,
        })
        .await?;
    let owner = outcome.session.teammate.id;
    let teammate_id = app.add_teammate(teammate("Tomasz", Role::Teammate)).await?;
    let right = Right::ManageChannels;
    let access = Access::grant(Actor::Teammate(owner), Role::Owner, right)?;
    let [one, other] = PHONE_NUMBER_IDS;
    let one = connect(app, &access, one).await?;
    let other = connect(app, &access, other).await?;
    Runner::new(app.clone()).run_until_quiet().await?;
    Ok((vec![owner, teammate_id], [one, other]))
}

async fn connect(app: &App, access: &Access, number: &str) -> Result<ChannelId, app::AppError> {
    let mut settings = ports::Settings::default();
    for (name, value) in [
        ("phone_number_id", number),
        ("business_account_id", BUSINESS_ACCOUNT_ID),
        ("access_token", "token-of-the-simulation"),
        ("app_secret", APP_SECRET),
        ("verify_token", "word-of-the-simulation"),
        ("api_base", "https://graph.example"),
    ] {
        settings.set(name, vec![value.to_owned()]);
    }
    let input = NewChannelInput {
        kind: ChannelKind::Whatsapp,
        name: format!("WhatsApp {number}"),
        settings,
    };
    Ok(app.add_channel(access, input, None).await?.id)
}

fn teammate(name: &str, role: Role) -> NewTeammateInput {
    NewTeammateInput {
        email: Pii::new(format!("{}@laden.example", name.to_lowercase())),
        name: Pii::from(name),
        role,
        password: Pii::from("ein langes Kennwort 7"),
    }
}
