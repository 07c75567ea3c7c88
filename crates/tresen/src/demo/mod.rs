//! `tresen demo`: the whole house on a throw-away directory, with an example company, its last
//! days, and customers who write while one watches.
//!
//! Only who works there is put in from inside. Everything else comes through the doors that
//! everybody uses: signed callbacks, the customers' chat, the desk's interface.

mod caller;
mod chance;
mod clock;
mod company;
mod customers;
mod desk;
mod graph;
mod history;
mod living;
mod pictures;
mod place;
mod replies;
mod story;
mod voice;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::time::DAY_MS;
use ports::RandomIds;
use tokio::sync::{mpsc, watch};

use crate::config::{Blobs, Config, Database, HostPort, Keys};
use crate::serve::{EndWish, Running, ServeError};
use caller::{CallError, Caller};
use chance::Chance;
use clock::TravelClock;
use customers::Town;
use customers::whatsapp::Provider;
use desk::Team;
use graph::{Account, Graph, Heard};
use living::Life;
use place::Place;

pub use company::{PASSWORD, SLUG, TEAMMATES};
pub use living::Pace;

/// The company was set up a week ago.
const BEGAN_AGO_MS: i64 = 7 * DAY_MS;
/// Everybody's demo is the same.
const SEED: u64 = 1_897;
/// Words of the company on their way to its customers.
const HEARD_MAX: usize = 256;

/// Nobody waits longer than ten seconds for the last picture.
const SETTLE_LOOK: Duration = Duration::from_millis(50);
const SETTLE_LOOKS: u32 = 200;

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("a directory for the demo cannot be made: {0}")]
    Directory(std::io::Error),
    #[error("the demo's directory could not be removed: {0}")]
    Left(std::io::Error),
    #[error("the demo's messenger cannot listen: {0}")]
    Messenger(std::io::Error),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("the example company could not be set up: {0}")]
    Company(#[from] app::AppError),
    #[error("the example company's past could not be told: {0}")]
    Call(#[from] CallError),
    #[error("the demo was ended before it began")]
    Ended,
    #[error(transparent)]
    Story(#[from] story::StoryError),
}

/// A demo that lives.
pub struct Demo {
    running: Running,
    place: Place,
    graph: Graph,
    stop: watch::Sender<bool>,
    life: tokio::task::JoinHandle<()>,
}

impl Demo {
    /// Opens the house, sets the company up, tells its past and lets it live. When `give_up`
    /// turns true before that is done, it is ended in good order.
    ///
    /// # Errors
    /// [`DemoError`]; the directory is removed then as well.
    pub async fn start(
        config: &Config,
        pace: Pace,
        give_up: &watch::Receiver<bool>,
    ) -> Result<Self, DemoError> {
        let place = Place::new().map_err(DemoError::Directory)?;
        let account = Account::new(&RandomIds::default());
        let (hear, mut hearing) = mpsc::channel(HEARD_MAX);
        let graph = Graph::start(account.clone(), hear.clone())
            .await
            .map_err(DemoError::Messenger)?;
        let clock = Arc::new(TravelClock::behind(BEGAN_AGO_MS));
        let config = throw_away(config, &place, graph.address());
        let running = Running::start_by(&config, clock.clone()).await?;
        let (stop, stopping) = watch::channel(false);
        let messenger = (account, graph.address());
        let prepared = prepare(&running, messenger, clock, &mut hearing, give_up);
        let (town, customers) = match prepared.await {
            Ok(prepared) => prepared,
            Err(error) => {
                running.end().await;
                return Err(error);
            }
        };
        let told = (hear, stopping);
        let life = Life::new(town, customers, story::living()?, pace, told);
        let life = tokio::spawn(life.run(running.app.clone(), hearing));
        Ok(Self {
            running,
            place,
            graph,
            stop,
            life,
        })
    }

    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.running.address
    }

    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.running.public_url
    }

    /// What is thrown away at the end.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.place.path()
    }

    /// Ends it and throws everything away.
    ///
    /// # Errors
    /// [`DemoError::Left`] when something could not be removed.
    pub async fn end(self) -> Result<(), DemoError> {
        self.stop.send_replace(true);
        if let Err(error) = self.life.await {
            tracing::error!(error = %error, "the demo's life ended badly");
        }
        self.running.end().await;
        self.graph.end();
        self.place.remove().map_err(DemoError::Left)
    }

    /// What a newcomer needs to know.
    #[must_use]
    pub fn welcome(&self) -> String {
        let url = self.public_url();
        let mut text = format!(
            "\nBergmann Lederwaren, an example company in Leipzig, is open.\n\n\
             desk   {url}/\n\
             chat   {url}/c/{SLUG}\n\n\
             Sign in as one of them; the password of all is {PASSWORD}\n"
        );
        for mate in &TEAMMATES {
            let role = mate.role.as_str();
            text.push_str(&format!("  {:<22} {} ({role})\n", mate.email, mate.name));
        }
        text.push_str("\nCustomers write while you watch. End it with Ctrl-C: everything is thrown away then.\n");
        text
    }
}

/// Nothing of a real installation is touched, whatever the configuration names.
fn throw_away(config: &Config, place: &Place, messenger: SocketAddr) -> Config {
    let mut config = config.clone();
    config.data = place.data();
    config.database = Database::Sqlite;
    config.keys = Keys::DataDirectory;
    config.blobs = Blobs::DataDirectory;
    config.allow_private_net.push(HostPort {
        host: messenger.ip().to_string(),
        port: messenger.port(),
    });
    config
}

async fn prepare(
    running: &Running,
    (account, messenger): (Account, SocketAddr),
    clock: Arc<TravelClock>,
    hearing: &mut mpsc::Receiver<Heard>,
    give_up: &watch::Receiver<bool>,
) -> Result<(Town, Vec<customers::Customer>), DemoError> {
    company::found(&running.app).await?;
    let caller = Caller::to(running.address);
    let mut team = Team::new(caller);
    let api_base = format!("http://{messenger}");
    let callbacks = company::connect(&mut team, &account, &api_base).await?;
    let mut town = Town {
        clock,
        caller,
        team,
        provider: Provider::new(caller, callbacks, account),
        chance: Chance::new(SEED),
    };
    let customers = history::play(&mut town, hearing, story::past()?, give_up).await?;
    settle(&running.app).await?;
    Ok((town, customers))
}

/// Waits a while until the house has done what the past left to do, so that the first look
/// finds every picture in its place.
async fn settle(app: &app::App) -> Result<(), DemoError> {
    for _ in 0..SETTLE_LOOKS {
        let counts = app
            .store()
            .job_counts()
            .await
            .map_err(app::AppError::from)?;
        if counts.iter().all(|(state, _)| state != "ready") {
            break;
        }
        tokio::time::sleep(SETTLE_LOOK).await;
    }
    Ok(())
}

/// Runs the demo until the process is asked to end.
///
/// # Errors
/// [`DemoError`] with what went wrong.
pub async fn run(config: &Config) -> Result<(), DemoError> {
    let wish = EndWish::listen()?;
    println!("Setting up an example company, a moment …");
    let (end, ended) = watch::channel(false);
    tokio::spawn(async move {
        wish.spoken().await;
        end.send_replace(true);
    });
    let demo = match Demo::start(config, Pace::CALM, &ended).await {
        Ok(demo) => demo,
        // Whoever loses patience gets away, too, and nothing stays behind.
        Err(DemoError::Ended) => return Ok(()),
        Err(error) => return Err(error),
    };
    println!("{}", demo.welcome());
    println!("ready http://{}", demo.address());
    let mut ended = ended;
    // The sender goes only after it has said so.
    _ = ended.wait_for(|ended| *ended).await;
    println!("Closing, and throwing everything away …");
    demo.end().await
}
