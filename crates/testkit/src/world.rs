//! The house under test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use adapters::{DirectoryBlobs, HttpNet};
use app::{App, NewTeammateInput, Registry, Runner, Settings};
use db::{Database, PostgresConfig, SqliteConfig};
use domain::teammate::Role;
use domain::{Pii, Timestamp};
use http_edge::Http;
use http_edge::edge::{EdgeLimits, serve};
use ports::{Clock, FixedClock, Ids, RandomIds};
use serde_json::{Value, json};
use store::{KeyRing, KeyTable, Store};
use telemetry::Metrics;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use vault::{GenerationFiles, MasterKey};

use crate::client::{Answer, http_client, request, send};
use crate::customer::Customer;
use crate::desk::{Auth, Desk};
use crate::disk::Disk;
use crate::postgres::{self, TestDatabase};
use crate::simulator::Simulator;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// When every story begins: 2026-11-21T22:26:40Z.
pub const START_MS: i64 = 1_795_300_000_000;
/// The door to the own chat.
pub const SLUG: &str = "laden";
const OWNER_EMAIL: &str = "inhaberin@laden.example";
const PASSWORD: &str = "ein langes Kennwort 7";

/// A house that runs.
struct House {
    app: App,
    runner: Runner,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    served: JoinHandle<http_edge::edge::Served>,
    worked: Option<JoinHandle<()>>,
}

pub struct World {
    pub engine: Engine,
    pub clock: FixedClock,
    pub sim: Simulator,
    /// The owner, signed in by the set-up.
    pub owner: Desk,
    client: reqwest::Client,
    database: Option<TestDatabase>,
    directory: tempfile::TempDir,
    disk_is_full: Arc<AtomicBool>,
    /// Where the house is reached; absent: where it listens.
    public_url: Option<String>,
    house: Option<House>,
}

/// The metrics of this process; a process has them once.
///
/// # Panics
/// When something else collects metrics here.
pub fn metrics() -> Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS
        .get_or_init(|| Metrics::install().expect("nothing else collects metrics"))
        .clone()
}

impl World {
    /// An empty house that nobody owns yet.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn empty(engine: Engine) -> Self {
        Self::empty_under(engine, None).await
    }

    async fn empty_under(engine: Engine, public_url: Option<&str>) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("tresen-world-")
            .tempdir()
            .expect("a temporary directory");
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(
                tokio::task::spawn_blocking(postgres::database)
                    .await
                    .expect("a database"),
            ),
        };
        let mut world = Self {
            engine,
            clock: FixedClock::at(Timestamp(START_MS)),
            sim: Simulator::start(START_MS).await,
            owner: Desk::new("", Auth::Nobody),
            client: http_client(),
            database,
            directory,
            disk_is_full: Arc::default(),
            public_url: public_url.map(str::to_owned),
            house: None,
        };
        world.open(None).await;
        world.owner.base = world.base();
        world
    }

    /// A house that is set up: a company, an owner, the own chat at [`SLUG`].
    ///
    /// # Panics
    /// When the set-up is refused.
    pub async fn start(engine: Engine) -> Self {
        Self::empty(engine).await.set_up().await
    }

    /// The same, reached by this address from outside.
    ///
    /// # Panics
    /// When the set-up is refused.
    pub async fn start_under(engine: Engine, public_url: &str) -> Self {
        let world = Self::empty_under(engine, Some(public_url)).await;
        world.set_up().await
    }

    async fn set_up(self) -> Self {
        let mut world = self;
        let token = world.setup_token().await;
        let nobody = world.desk(Auth::Nobody);
        let answer = nobody.post("/setup", setup_body(&token)).await;
        let body = answer.expect(201);
        let cookie = cookie_of(answer.header("set-cookie").expect("a session"));
        let csrf = body["session"]["csrf_token"].as_str().expect("a token");
        world.owner.auth = Auth::Cookie {
            cookie,
            csrf: csrf.to_owned(),
        };
        world
    }

    async fn open(&mut self, at: Option<SocketAddr>) {
        let at = at.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        let listener = TcpListener::bind(at).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let store = self.store().await;
        let blobs = DirectoryBlobs::open(self.data().join("blobs")).expect("a directory");
        let blobs = Disk::new(blobs, Arc::clone(&self.disk_is_full));
        let simulator = self.sim.url.rsplit_once(':').expect("a port").1;
        let allowed = [("127.0.0.1".to_owned(), simulator.parse().expect("a port"))];
        let net = HttpNet::new(allowed).expect("a client");
        let settings = Settings {
            public_url: self
                .public_url
                .clone()
                .unwrap_or_else(|| format!("http://{address}")),
        };
        let registry = Registry::new(connectors::registry());
        let app = App::new(store, Arc::new(blobs), Arc::new(net), registry, settings);
        let (stop, stopping) = watch::channel(false);
        let router = Http::new(app.clone(), Some(metrics()), stopping.clone()).router();
        let limits = EdgeLimits {
            drain_timeout: Duration::from_secs(5),
            ..EdgeLimits::default()
        };
        let mut ending = stopping;
        let served = tokio::spawn(serve(listener, router, limits, async move {
            _ = ending.wait_for(|stop| *stop).await;
        }));
        self.house = Some(House {
            runner: Runner::new(app.clone()),
            app,
            address,
            stop,
            served,
            worked: None,
        });
    }

    async fn store(&self) -> Store {
        let ids: Arc<dyn Ids> = Arc::new(RandomIds::default());
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let path = self.data().join("master.key");
        let master = if path.exists() {
            MasterKey::load(&path).expect("the master key")
        } else {
            MasterKey::create(&path, ids.secret()).expect("a master key")
        };
        let database = Database::open(self.database_config()).await;
        let keys = SqliteConfig::new(self.data().join("keys.db"));
        let keys = Database::open(db::Config::Sqlite(keys))
            .await
            .expect("keys");
        let files = GenerationFiles::in_directory(self.data());
        let keys = KeyTable::open(keys, files, self.clock.now().0)
            .await
            .expect("keys");
        let ring = KeyRing::open(master, Arc::new(keys), Arc::clone(&ids)).await;
        Store::open(
            database.expect("a database"),
            ring.expect("keys"),
            clock,
            ids,
        )
        .await
        .expect("the store opens")
    }

    /// Its database, when that is on PostgreSQL.
    #[must_use]
    pub const fn postgres(&self) -> Option<&TestDatabase> {
        self.database.as_ref()
    }

    fn database_config(&self) -> db::Config {
        match &self.database {
            None => {
                let file = SqliteConfig::new(self.data().join("tresen.db"));
                db::Config::Sqlite(file.exclusive())
            }
            Some(database) => {
                db::Config::Postgres(PostgresConfig::new(database.url.clone()).exclusive())
            }
        }
    }

    fn house(&self) -> &House {
        self.house.as_ref().expect("the house is open")
    }

    /// Ends the house in good order and opens it again on the same data and address.
    ///
    /// # Panics
    /// When it does not end or does not open.
    pub async fn restart(&mut self) {
        let address = self.house().address;
        self.end().await;
        self.open(Some(address)).await;
    }

    /// Ends the house; its data stays.
    ///
    /// # Panics
    /// When a part of it panicked.
    pub async fn end(&mut self) {
        let Some(house) = self.house.take() else {
            return;
        };
        house.stop.send_replace(true);
        house.served.await.expect("the edge ends");
        if let Some(worked) = house.worked {
            worked.await.expect("the jobs end");
        }
        house.app.store().clone().close().await;
    }

    /// From now on jobs run by themselves.
    pub fn run_jobs_always(&mut self) {
        let house = self.house.as_mut().expect("the house is open");
        let runner = Runner::new(house.app.clone());
        house.worked = Some(tokio::spawn(runner.run(house.stop.subscribe())));
    }

    /// Runs jobs until none is due.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn run_jobs(&self) -> usize {
        self.house().runner.run_until_quiet().await.expect("jobs")
    }

    /// Runs jobs and posts callbacks until nothing is left to do at this moment.
    ///
    /// # Panics
    /// When there is always something more.
    pub async fn settle(&self) {
        for _ in 0..200 {
            let ran = self.run_jobs().await;
            let posted = self.sim.flush().await;
            if ran == 0 && posted == 0 {
                return;
            }
        }
        panic!("the house does not come to rest");
    }

    /// Moves the clocks of the house and of the provider.
    pub async fn advance_ms(&self, ms: i64) {
        self.clock.advance_ms(ms);
        let by = json!({ "advance_ms": ms });
        self.sim.control("/clock", by).await;
    }

    /// What time it is here, as the interface writes it.
    #[must_use]
    pub fn now(&self) -> String {
        http_edge::dto::rfc3339(self.clock.now())
    }

    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.house().address)
    }

    /// From now on the disk of the files is full, or has room again.
    pub fn fill_disk(&self, full: bool) {
        self.disk_is_full.store(full, Ordering::SeqCst);
    }

    /// Where the house keeps its files.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.directory.path()
    }

    /// The address of the PostgreSQL database, where that is the engine.
    #[must_use]
    pub fn database_url(&self) -> Option<&str> {
        self.database.as_ref().map(|database| database.url.as_str())
    }

    #[must_use]
    pub fn blobs(&self) -> PathBuf {
        self.data().join("blobs")
    }

    /// The use cases, for what only the command line can do.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.house().app
    }

    /// The token of a fresh set-up link.
    ///
    /// # Panics
    /// When an owner exists.
    pub async fn setup_token(&self) -> String {
        let token = self.app().open_setup().await.expect("the store answers");
        token.expect("nobody owns it yet").expose().to_owned()
    }

    #[must_use]
    pub fn desk(&self, auth: Auth) -> Desk {
        Desk::new(&self.base(), auth)
    }

    #[must_use]
    pub fn customer(&self) -> Customer {
        Customer::new(&self.base())
    }

    /// A customer who opened the chat.
    pub async fn visitor(&self) -> Customer {
        let mut customer = self.customer();
        customer.start(SLUG).await;
        customer
    }

    /// A teammate as `tresen user add` makes one, with a token of all its rights.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn teammate(&self, role: Role, name: &str) -> Desk {
        let email = format!("{}@laden.example", name.to_lowercase());
        let input = NewTeammateInput {
            email: Pii::new(email.clone()),
            name: Pii::from(name),
            role,
            password: Pii::from(PASSWORD),
        };
        self.app().add_teammate(input).await.expect("a teammate");
        self.token(&email, &[], None).await
    }

    /// A program with a token as `tresen token issue` makes one.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn token(&self, email: &str, scopes: &[&str], lifetime_ms: Option<i64>) -> Desk {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let issued = self.app().issue_token(email, &scopes, lifetime_ms).await;
        let token = issued.expect("a token").expose().to_owned();
        self.desk(Auth::Bearer(token))
    }

    /// The owner's address and password, for signing in.
    #[must_use]
    pub fn owner_credentials() -> (&'static str, &'static str) {
        (OWNER_EMAIL, PASSWORD)
    }

    /// Connects a WhatsApp channel to the simulator, both ways. Answers the channel.
    ///
    /// # Panics
    /// When either side refuses.
    pub async fn connect_whatsapp(&self) -> Value {
        let channel = self.owner.post("/channels", whatsapp(&self.sim.url)).await;
        let channel = channel.expect(201);
        let path = channel["callback_path"].as_str().expect("a path");
        let number = json!({
            "webhook_url": format!("{}{path}", self.base()),
            "verify_token": Simulator::VERIFY_TOKEN,
        });
        self.sim.control("/numbers", number).await;
        self.settle().await;
        channel
    }

    /// Posts raw bytes to a path of the house, as a provider does.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn post_raw(&self, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        let mut request = self
            .client
            .post(format!("{}{path}", self.base()))
            .body(body);
        request = request.header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(request).await
    }

    /// Any request to the house, exactly as given.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Answer {
        let url = format!("{}{path}", self.base());
        let mut request = request(&self.client, method, url, None);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some((mime, bytes)) = body {
            request = request.header("content-type", mime).body(bytes);
        }
        send(request).await
    }

    /// The only conversation there is.
    ///
    /// # Panics
    /// When there is none, or more than one.
    pub async fn only_conversation(&self) -> String {
        let all = self
            .owner
            .conversations("status=open,waiting,snoozed,done")
            .await;
        assert_eq!(all.len(), 1, "{all:?}");
        all[0]["id"].as_str().expect("an id").to_owned()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(house) = &self.house {
            house.stop.send_replace(true);
        }
    }
}

/// A moment as the interface writes it.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    http_edge::dto::rfc3339(at)
}

/// The body that connects the simulator's number.
#[must_use]
pub fn whatsapp(api_base: &str) -> Value {
    json!({
        "kind": "whatsapp",
        "name": "WhatsApp Laden",
        "settings": {
            "phone_number_id": Simulator::PHONE_ID,
            "business_account_id": Simulator::WABA_ID,
            "access_token": Simulator::ACCESS_TOKEN,
            "app_secret": Simulator::APP_SECRET,
            "verify_token": Simulator::VERIFY_TOKEN,
            "api_base": api_base,
        },
    })
}

/// A set-up that is taken.
#[must_use]
pub fn setup_body(token: &str) -> Value {
    json!({
        "token": token,
        "company": { "name": "Laden Beispiel", "country": "DE" },
        "locale": "de",
        "owner": { "name": "Ida Inhaberin", "email": OWNER_EMAIL, "password": PASSWORD },
        "chat": { "slug": SLUG, "title": "Der Laden" },
        "privacy": {
            "controller": "Laden Beispiel",
            "contact_email": "datenschutz@laden.example",
            "retention_days": 90,
        },
    })
}

/// The value of a session cookie.
///
/// # Panics
/// When the header sets another one.
#[must_use]
pub fn cookie_of(header: &str) -> String {
    header
        .strip_prefix("tresen_session=")
        .and_then(|rest| rest.split(';').next())
        .expect("a session cookie")
        .to_owned()
}
