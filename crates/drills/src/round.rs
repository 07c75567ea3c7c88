//! One story of a drill: a house, its provider, a load in a process of its own, watchers and a
//! reader; then whatever the drill does to them; then the end, in which everybody is heard and the
//! checker judges.
//!
//! ```text
//! let mut round = Round::begin(plan, "name", Setup::default()).await?;
//! round.until_acked(100).await?;      // the load is at work
//! round.kill().await?;                // whatever the drill is about
//! round.start().await?;               // measures the recovery
//! let found = round.finish().await?;  // counts, violations
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::check;
use crate::client::{Client, Told, Who};
use crate::error::{Result, While, failed};
use crate::found::Found;
use crate::house;
use crate::ledger::{self, Entry};
use crate::load::{Order, Shape, Summary};
use crate::moment;
use crate::plan::{Engine, Place, Plan};
use crate::provider::Provider;
use crate::record::{Record, View};
use crate::server::{Launch, Server};
use crate::views::{self, Passer};
use crate::watch::Watcher;

const LOAD_END_MAX: Duration = Duration::from_secs(90);
const ANSWER_EVERY_MS: u64 = 5;
/// A house that looks the same so often, so long apart, has come to rest.
const SAME_LOOKS: u32 = 3;
const LOOK_EVERY_MS: u64 = 100;
/// Customers through whose eyes is looked at the end.
const CUSTOMERS_SEEN: usize = 3;

/// What a story begins with.
pub struct Setup {
    pub shape: Shape,
    /// Changes how the server is started: words in front of it, variables, arguments.
    pub launch: Box<dyn FnOnce(&mut Launch) + Send>,
    /// After the end of the load, what is unknown is asked for again so long.
    pub give_up_ms: u64,
    /// How long the house may take to come to rest after the load has ended.
    pub rest_ms: u64,
    /// Whether somebody watches and reads meanwhile.
    pub watched: bool,
    /// The URL of a database that the drill itself looks after.
    pub database: Option<String>,
    /// The host under which the server reaches its provider.
    pub provider_host: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            shape: Shape::default(),
            launch: Box::new(|_| {}),
            give_up_ms: 30_000,
            rest_ms: 60_000,
            watched: true,
            database: None,
            provider_host: "127.0.0.1".to_owned(),
        }
    }
}

impl Setup {
    /// Starts the server with a fault: see `crates/db/src/faults.rs` for their names.
    #[must_use]
    pub fn with_fault(mut self, fault: &str) -> Self {
        let fault = fault.to_owned();
        self.launch = Box::new(move |launch| launch.set("TRESEN_FAULT", &fault));
        self
    }

    #[must_use]
    pub fn with_shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }
}

struct Load {
    child: Child,
    stdin: Option<ChildStdin>,
    acked: watch::Receiver<u64>,
    heard: JoinHandle<Result<Summary>>,
    ledger: PathBuf,
}

/// A story that has begun.
pub struct Round<'a> {
    pub plan: &'a Plan,
    pub launch: Launch,
    pub place: Place,
    pub provider: Provider,
    pub client: Client,
    pub server: Option<Server>,
    /// What is counted for the result; a drill adds its faults.
    pub found: Found,
    /// What the drill itself did, beside the load.
    pub own: Vec<Entry>,
    /// Conversations by the name of their place, for what the drill itself did.
    pub own_places: BTreeMap<String, String>,
    /// Operations that a person asked to be sent once more.
    pub approved: BTreeMap<String, usize>,
    load: Load,
    rest_ms: u64,
    watchers: Vec<Watcher>,
    passer: Option<Passer>,
}

impl<'a> Round<'a> {
    /// Starts a house and everybody around it.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn begin(plan: &'a Plan, name: &str, setup: Setup) -> Result<Self> {
        let provider = Provider::start(plan.seed).await?;
        let place = match &setup.database {
            Some(url) => plan.house_on(name, url).await?,
            None => plan.house(name).await?,
        };
        let mut launch = place.launch.clone();
        let reach = format!("{}:{}", setup.provider_host, provider.port);
        launch
            .arguments
            .extend(["--allow-private-net".to_owned(), reach.clone()]);
        let quiet = launch.clone();
        (setup.launch)(&mut launch);
        // The house learns where its provider is before anything can go wrong.
        let server = quiet.start().await?;
        house::point_to(&quiet, &place.people, &format!("http://{reach}")).await?;
        server.end().await?;
        provider.calls_back(&launch.reach, &place.people.callback_path());
        let server = launch.start().await?;
        let client = Client::new(&launch.reach)?;
        let mut watchers = Vec::new();
        let mut passer = None;
        if setup.watched {
            let watcher = Watcher::start(&launch.reach, place.people.teammate(0), "desk 1");
            watcher.ready().await?;
            watchers.push(watcher);
            let dice = plan.dice(name).of("passer");
            passer = Some(Passer::start(
                client.clone(),
                place.people.teammate(1),
                dice,
            ));
        }
        let order = Order {
            base: launch.reach.clone(),
            ledger: launch.data.with_file_name("ledger.jsonl"),
            seed: plan.dice(name).roll() % 1_000_000,
            tokens: place.people.tokens.clone(),
            slug: place.people.slug.clone(),
            callback_path: place.people.callback_path(),
            whatsapp_channel: place.people.channel.clone(),
            shape: setup.shape,
            give_up_ms: setup.give_up_ms,
        };
        let load = Load::start(plan, &order).await?;
        Ok(Self {
            plan,
            launch,
            place,
            provider,
            client,
            server: Some(server),
            found: Found::default(),
            own: Vec::new(),
            own_places: BTreeMap::new(),
            approved: BTreeMap::new(),
            load,
            rest_ms: setup.rest_ms,
            watchers,
            passer,
        })
    }

    /// One of the two teammates.
    #[must_use]
    pub fn teammate(&self, number: usize) -> Who {
        self.place.people.teammate(number)
    }

    /// Promises that the load has heard.
    #[must_use]
    pub fn acked(&self) -> u64 {
        *self.load.acked.borrow()
    }

    /// The server's process, or 0 while there is none.
    #[must_use]
    pub fn process(&self) -> i32 {
        self.server.as_ref().map_or(0, Server::process)
    }

    /// Waits until the load has heard so many promises more.
    ///
    /// # Errors
    /// When it does not.
    pub async fn until_acked(&mut self, more: u64) -> Result<()> {
        let wanted = self.acked() + more;
        let heard = self.load.acked.wait_for(|acked| *acked >= wanted);
        match tokio::time::timeout(Duration::from_secs(60), heard).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(failed("waiting for promises", "the load has ended")),
            Err(_) => Err(failed("waiting for promises", "none come")),
        }
    }

    /// Everybody who watches drops the socket and comes back with its cursor.
    pub fn watchers_leave(&self) {
        self.watchers.iter().for_each(Watcher::leave);
    }

    /// Ends the server at once, wherever it is, and counts a fault.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn kill(&mut self) -> Result<()> {
        self.found.faults += 1;
        match self.server.take() {
            Some(server) => server.kill().await,
            None => Ok(()),
        }
    }

    /// Starts the server on what is there, and measures how long it takes to the first good
    /// answer.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn start(&mut self) -> Result<()> {
        let server = self.launch.start().await?;
        let begun = server.begun;
        self.server = Some(server);
        let who = self.teammate(0);
        for _ in 0..2_000 {
            let told = self.client.get("/api/v1/conversations?limit=1", &who).await;
            if told.status() == Some(200) {
                let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                self.found.recovered_after(took);
                return Ok(());
            }
            moment::pause(ANSWER_EVERY_MS).await;
        }
        Err(failed("starting the server", "it gives no good answer"))
    }

    /// Lets the load come to an end, waits until nothing moves any more, hears everybody and
    /// judges.
    ///
    /// # Errors
    /// When somebody cannot be heard. A house that does not come to rest is no error here: the
    /// checker says what is stuck.
    pub async fn finish(self) -> Result<Found> {
        let (found, _) = self.finish_with_record().await?;
        Ok(found)
    }

    /// As [`Round::finish`], with everything that was seen.
    ///
    /// # Errors
    /// As [`Round::finish`].
    pub async fn finish_with_record(mut self) -> Result<(Found, Record)> {
        let summary = self.load.end().await?;
        let mut ledger = ledger::read(&self.load.ledger)?;
        self.rest(&ledger::acked(&ledger)).await?;
        ledger.append(&mut self.own);
        let mut record = Record {
            ledger,
            places: self.places(&summary).await?,
            approved: self.approved.clone(),
            gapless_events: self.plan.engine == Engine::Sqlite,
            ..Record::default()
        };
        if let Some(passer) = self.passer.take() {
            record.readings = passer.finish().await;
        }
        record.views = self.customers(&summary).await?;
        // What customers read counts as delivered, and so everybody else is heard after them.
        self.rest(&BTreeSet::new()).await?;
        for watcher in self.watchers.drain(..) {
            record.watches.push(watcher.finish().await?);
        }
        for (number, limit) in [(0, 200), (1, 37)] {
            let who = self.teammate(number);
            let name = format!("teammate {}", number + 1);
            let view = views::teammate(&self.client, &who, &name, limit).await?;
            record.views.push(view);
        }
        record.taken = self.provider.taken();
        let violations = check::check(&record);
        self.found.acked += check::acked(&record);
        self.found.judge(violations);
        if let Some(server) = self.server.take() {
            server.end().await?;
        }
        Ok((self.found, record))
    }

    /// Conversations by the name of their place. Customers of the provider are known by their
    /// names, also those whom no teammate of the load has met.
    async fn places(&self, summary: &Summary) -> Result<BTreeMap<String, String>> {
        let mut places = summary.conversations.clone();
        places.extend(self.own_places.clone());
        let channel = &self.place.people.channel;
        let query = format!("limit=200&status=open,waiting,snoozed,done&channel_id={channel}");
        let list = self
            .client
            .pages("/api/v1/conversations", &query, &self.teammate(0))
            .await?;
        for conversation in &list {
            let name = conversation["contact"]["name"].as_str();
            if let (Some(name), Some(id)) = (name, conversation["id"].as_str()) {
                places.insert(name.to_owned(), id.to_owned());
            }
        }
        Ok(places)
    }

    async fn customers(&self, summary: &Summary) -> Result<Vec<View>> {
        let mut views = Vec::new();
        for customer in summary.customers.iter().take(CUSTOMERS_SEEN) {
            let Some(conversation) = summary.conversations.get(&customer.place) else {
                continue;
            };
            let who = Who::Visitor {
                cookie: customer.cookie.clone(),
                address: customer.address.clone(),
            };
            let name = format!("customer {}", customer.place);
            views.push(views::customer(&self.client, &who, &name, conversation).await?);
        }
        Ok(views)
    }

    /// Waits until no event comes any more, no receipt is outstanding, no message is on its way,
    /// and these operations are seen: a callback may be durable some time before it is understood.
    async fn rest(&self, promised: &BTreeSet<String>) -> Result<()> {
        let who = self.teammate(0);
        let (mut waited, mut same, mut last) = (0, 0, String::new());
        while waited < self.rest_ms {
            let head = views::head(&self.launch.reach, &who).await?;
            let moves = head != last || self.provider.pending_receipts() > 0;
            same = if moves { 0 } else { same + 1 };
            last = head;
            if same >= SAME_LOOKS {
                let view = views::teammate(&self.client, &who, "rest", 200).await?;
                let items = view.threads.values().flat_map(|thread| &thread.items);
                let seen: BTreeSet<&str> = items.clone().map(|item| item.op.as_str()).collect();
                let is_complete = promised.iter().all(|op| seen.contains(op.as_str()));
                let mut states = items.filter_map(|item| item.state.as_deref());
                if is_complete && !states.any(|state| state == "queued") {
                    return Ok(());
                }
                same = 0;
            }
            moment::pause(LOOK_EVERY_MS).await;
            waited += LOOK_EVERY_MS;
        }
        Ok(())
    }

    /// Asks the house something as a teammate.
    ///
    /// # Errors
    /// When the answer is not good.
    pub async fn ask(&self, path: &str) -> Result<serde_json::Value> {
        let told: Told = self.client.get(path, &self.teammate(0)).await;
        told.good(path)
    }
}

impl Load {
    async fn start(plan: &Plan, order: &Order) -> Result<Self> {
        let doing = "starting the load";
        let mut child = Command::new(&plan.own)
            .arg("load")
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .doing(doing)?;
        let mut stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let (Some(input), Some(stdout)) = (stdin.as_mut(), stdout) else {
            return Err(failed(doing, "it has no pipes"));
        };
        let text = serde_json::to_string(order).map_err(|error| failed(doing, error))?;
        input
            .write_all(format!("{text}\n").as_bytes())
            .await
            .doing(doing)?;
        let (told, acked) = watch::channel(0);
        let heard = tokio::spawn(async move {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(line) = lines.next_line().await.doing("hearing the load")? {
                match line.strip_prefix("acked ") {
                    Some(number) => {
                        told.send_replace(number.parse().unwrap_or(0));
                    }
                    None => {
                        return serde_json::from_str(&line)
                            .map_err(|error| failed("hearing the load", error));
                    }
                }
            }
            Err(failed("hearing the load", "it ended without a summary"))
        });
        Ok(Self {
            child,
            stdin,
            acked,
            heard,
            ledger: order.ledger.clone(),
        })
    }

    async fn end(&mut self) -> Result<Summary> {
        let doing = "ending the load";
        // The end of its input is the word.
        drop(self.stdin.take());
        let heard = tokio::time::timeout(LOAD_END_MAX, &mut self.heard).await;
        let summary = heard
            .map_err(|_| failed(doing, "it goes on"))?
            .map_err(|error| failed(doing, error))??;
        self.child.wait().await.doing(doing)?;
        Ok(summary)
    }
}
