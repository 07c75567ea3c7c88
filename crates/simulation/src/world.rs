//! One world: a house on its own database, people around it, and one hand that decides what
//! happens next. Everything the house waits for waits for this hand, and the hand follows the seed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use app::{App, Registry, Runner};
use db::{CommitFate, Database, SqliteConfig, Steps};
use domain::time;
use ports::{Clock, FixedClock, Ids};
use store::{KeyRing, Store};
use tokio::sync::oneshot;

use crate::chance::Chance;
use crate::check::Ending;
use crate::model::Violation;
use crate::mutants::Mutant;
use crate::outside::{CountedIds, Door, Doors, Files, KeyDoors, Keys, open};
use crate::people::{People, Shared};
use crate::provider::{Mood, message_in};
use crate::script::{Death, Scene};
use crate::template::{FIRST_ID, START, Template, settings};

/// How many of what was seen, over all worlds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub inputs: u64,
    pub steps: u64,
    pub groups: u64,
    /// Batches that shared their commit with others.
    pub shared: u64,
    pub deaths: u64,
    pub failed_commits: u64,
    pub sent: u64,
    pub written: u64,
    /// Worlds that were watched to the end of what is kept.
    pub ended: u64,
}

impl Counts {
    pub const fn add(&mut self, other: &Self) {
        self.inputs += other.inputs;
        self.steps += other.steps;
        self.groups += other.groups;
        self.shared += other.shared;
        self.deaths += other.deaths;
        self.failed_commits += other.failed_commits;
        self.sent += other.sent;
        self.written += other.written;
        self.ended += other.ended;
    }
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Went,
    /// Nobody waits for anything.
    Idle,
    Died,
}

enum Ended {
    Died,
    Settled,
}

/// The clock never goes further ahead than this in one world: what is kept for a while would be
/// cleared away, and its repetitions would rightly count as new.
pub const AHEAD_MAX_MS: i64 = 12 * time::DAY_MS;

pub struct World<'a> {
    pub template: &'a Template,
    pub script: &'a [Scene],
    pub mutant: Option<Mutant>,
    pub shared: Shared,
    pub clock: FixedClock,
    pub counts: Counts,
    ids: Arc<dyn Ids>,
    keys: Arc<Mutex<Keys>>,
    pub files: Files,
    /// What happens next, and how the provider answers.
    pub chance: Chance,
    pub dies: Option<Death>,
    pub commit_fails: Option<bool>,
    /// Everything came to rest, and what is over ends.
    ending: Option<Ending>,
    /// Faults are over: what is left must come to rest.
    pub calm: bool,
    path: PathBuf,
}

/// The house between two deaths.
pub struct Life {
    /// For looking only.
    pub database: Database,
    steps: Steps,
    doors: Doors,
    pub people: People,
}

impl<'a> World<'a> {
    /// # Errors
    /// A violation when the files cannot be written.
    pub fn new(
        template: &'a Template,
        seed: u64,
        script: &'a [Scene],
        mutant: Option<Mutant>,
    ) -> Result<Self, Violation> {
        let path = template.place("world.db");
        let fresh = || {
            for suffix in ["-wal", "-shm"] {
                let mut beside = path.clone().into_os_string();
                beside.push(suffix);
                match std::fs::remove_file(beside) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(error);
                    }
                    _ => {}
                }
            }
            std::fs::write(&path, &template.database)
        };
        fresh().map_err(|error| Violation::new("files of the simulation", error.to_string()))?;
        Ok(Self {
            template,
            script,
            mutant,
            shared: Shared::default(),
            clock: FixedClock::at(START),
            counts: Counts::default(),
            ids: Arc::new(CountedIds::from(FIRST_ID)),
            keys: Arc::new(Mutex::new(template.keys.clone())),
            files: Files::keeping(mutant == Some(Mutant::FilesKept)),
            chance: Chance::new(seed, 2),
            dies: None,
            commit_fails: None,
            ending: None,
            calm: false,
            path,
        })
    }

    /// Lives as often as it dies, until everything came to rest and was looked at.
    ///
    /// # Errors
    /// The first promise that was broken.
    pub fn run(&mut self) -> Result<(), Violation> {
        let mut position = 0;
        loop {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .map_err(|error| Violation::new("a runtime", error.to_string()))?;
            let ended = runtime.block_on(self.life(&mut position));
            // Everything that was under way is gone, without having been told.
            drop(runtime);
            if let Some(violation) = self.shared.lock().model.violations.first() {
                return Err(violation.clone());
            }
            match ended? {
                Ended::Settled => return Ok(()),
                Ended::Died => {
                    self.counts.deaths += 1;
                    let mut around = self.shared.lock();
                    around.under_way = 0;
                    around.follower.busy = false;
                    around.trace.say(format_args!("the process dies"));
                }
            }
        }
    }

    async fn life(&mut self, position: &mut usize) -> Result<Ended, Violation> {
        let Some(mut life) = self.open().await? else {
            return Ok(Ended::Died);
        };
        while let Some(scene) = self.script.get(*position) {
            *position += 1;
            self.counts.inputs += 1;
            self.shared
                .lock()
                .trace
                .say(format_args!("{}", scene.input));
            if self.begin(scene.input, &life) == Step::Died {
                return Ok(Ended::Died);
            }
            for _ in 0..scene.steps {
                match self.step(&mut life).await {
                    Step::Went => {}
                    Step::Idle => break,
                    Step::Died => return Ok(Ended::Died),
                }
            }
        }
        if self.ending.is_none() {
            let found = self.settle(&mut life).await?;
            self.ending = self.begin_ending(&mut life, found).await?;
        }
        let Some(mut ending) = self.ending.take() else {
            return Ok(Ended::Settled);
        };
        let ended = self.end(&mut life, &mut ending).await?;
        self.ending = Some(ending);
        Ok(match ended {
            Step::Died => Ended::Died,
            Step::Went | Step::Idle => Ended::Settled,
        })
    }

    pub fn say(&self, what: &str) {
        self.shared.lock().trace.say(format_args!("{what}"));
    }

    /// Puts the clock to this moment.
    pub fn clock_to(&self, at_ms: i64) {
        self.clock.advance_ms(at_ms - self.clock.now().0);
    }

    /// Whose keys there are.
    #[must_use]
    pub fn key_holders(&self) -> std::collections::BTreeSet<[u8; 16]> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.holders()
    }

    /// Opens the house on what is on the disk. `None` when it died over it.
    async fn open(&mut self) -> Result<Option<Life>, Violation> {
        let broken = |error: String| Violation::new("the house opens", error);
        let mut config = SqliteConfig::new(&self.path);
        (config.writer_cache, config.reader_cache) = (2 << 20, 2 << 20);
        let opened = Database::open_stepped(config);
        let (database, mut steps) = opened.map_err(|error| broken(error.to_string()))?;
        let looking = database.clone();
        let master = self.template.master();
        let master = master.map_err(|error| broken(error.to_string()))?;
        let doors = Doors::default();
        let (tell, mut told) = oneshot::channel();
        let (clock, ids) = (Arc::new(self.clock.clone()), Arc::clone(&self.ids));
        let key_store = KeyDoors {
            keys: Arc::clone(&self.keys),
            doors: Some(doors.clone()),
        };
        let (net, files) = (doors.clone(), self.files.clone());
        tokio::spawn(async move {
            let opened = async {
                let ring = KeyRing::open(master, Arc::new(key_store), Arc::clone(&ids)).await?;
                let clock: Arc<dyn Clock> = clock;
                let store = Store::open(database, ring, clock, ids).await?;
                let registry = Registry::new(connectors::registry());
                let app = App::new(store, Arc::new(files), Arc::new(net), registry, settings());
                // As the runner does at its start: a failure only means that leases run out.
                _ = app.store().release_jobs().await;
                Ok::<App, store::StoreError>(app)
            };
            // Who waits for it is dropped together with this.
            _ = tell.send(opened.await);
        });
        tokio::task::yield_now().await;
        loop {
            if let Ok(opened) = told.try_recv() {
                let app = opened.map_err(|error| broken(error.to_string()))?;
                let people = People {
                    runner: Arc::new(Runner::new(app.clone())),
                    app,
                    shared: self.shared.clone(),
                    teammates: self.template.teammates.clone().into(),
                    channels: self.template.whatsapp,
                };
                return Ok(Some(Life {
                    database: looking,
                    steps,
                    doors,
                    people,
                }));
            }
            match self.step_of(&mut steps, &doors).await {
                Step::Went => {}
                Step::Idle => return Err(broken("it waits for nothing".to_owned())),
                Step::Died => return Ok(None),
            }
        }
    }

    /// Lets one thing that somebody waits for happen.
    pub async fn step(&mut self, life: &mut Life) -> Step {
        self.step_of(&mut life.steps, &life.doors).await
    }

    async fn step_of(&mut self, steps: &mut Steps, doors: &Doors) -> Step {
        if steps.reads_waiting() + steps.writes_waiting() + doors.waiting() == 0 {
            // What has just begun has not come to its first wait yet.
            tokio::task::yield_now().await;
        }
        let (reads, open) = (steps.reads_waiting(), doors.waiting());
        // A group forms while the writer is not looked at.
        let writes = steps.writes_waiting().min(2);
        let ready = reads + open + writes;
        if ready == 0 {
            return Step::Idle;
        }
        self.counts.steps += 1;
        self.shared.lock().now += 1;
        let pick = self.chance.below(ready);
        let step = if pick < reads {
            self.read(steps, pick);
            Step::Went
        } else if pick < reads + open {
            self.open_door(doors, pick - reads)
        } else {
            self.write(steps)
        };
        if step == Step::Went {
            tokio::task::yield_now().await;
        }
        step
    }

    fn read(&mut self, steps: &mut Steps, index: usize) {
        {
            let text = steps.read_text(index);
            let short = text.split_once(" WHERE").map_or(text, |(before, _)| before);
            let from = short.rsplit_once("FROM ").map_or(short, |(_, from)| from);
            self.shared
                .lock()
                .trace
                .say(format_args!("    reads {from}"));
        }
        let mutant = self.mutant;
        steps.read(index, &mut |sql| {
            if let Some(mutant) = mutant {
                mutant.read(sql);
            }
        });
    }

    fn write(&mut self, steps: &mut Steps) -> Step {
        let waiting = steps.writes_waiting();
        let most = if self.chance.one_in(3) {
            1 + self.chance.below(waiting)
        } else {
            waiting
        };
        let (fate, step) = self.fate();
        let mutant = self.mutant;
        let taken = steps.write(most, fate, &mut |statement| {
            if let Some(mutant) = mutant {
                mutant.statement(statement);
            }
        });
        self.counts.groups += 1;
        if taken > 1 {
            self.counts.shared += taken as u64;
        }
        self.shared
            .lock()
            .trace
            .say(format_args!("    commits {taken}: {fate:?}"));
        step
    }

    fn fate(&mut self) -> (CommitFate, Step) {
        if let Some(written) = self.commit_fails.take() {
            self.counts.failed_commits += 1;
            return (CommitFate::Unknown { written }, Step::Went);
        }
        match self.dies {
            Some(Death::BeforeCommit) if self.mutant == Some(Mutant::AckBeforeCommit) => {
                // Dies after the answers have been heard.
                self.dies = Some(Death::Now);
                (CommitFate::Forgotten, Step::Went)
            }
            Some(Death::BeforeCommit) => {
                self.dies = None;
                (CommitFate::DiedBefore, Step::Died)
            }
            Some(Death::AfterCommit) => {
                self.dies = None;
                (CommitFate::DiedAfter, Step::Died)
            }
            _ => (CommitFate::Committed, Step::Went),
        }
    }

    fn open_door(&mut self, doors: &Doors, index: usize) -> Step {
        let (request, answer) = match doors.take(index) {
            Some(Door::Call(request, answer)) => (request, answer),
            Some(door) => {
                self.shared.lock().trace.say(format_args!("    a key"));
                let is_kept = self.mutant == Some(Mutant::KeyKept);
                open(&self.keys, door, is_kept);
                return Step::Went;
            }
            None => return Step::Went,
        };
        let sends = message_in(&request).is_some();
        let mood = if self.calm || !sends {
            Mood::Takes
        } else {
            Mood::draw(&mut self.chance)
        };
        let now = self.clock.now();
        let mut around = self.shared.lock();
        let word = if sends { "message" } else { "sign" };
        around
            .trace
            .say(format_args!("    the provider gets a {word}: {mood:?}"));
        let provider = &mut around.provider;
        let mut answered = provider.answer(&request, mood, (&mut self.chance, now));
        if sends {
            self.counts.sent += 1;
            if answered.is_err() && self.mutant == Some(Mutant::RequestRepeated) {
                let again = (&mut self.chance, now);
                answered = provider.answer(&request, Mood::Takes, again);
            }
        }
        drop(around);
        // Whoever asked may have gone.
        _ = answer.send(answered);
        if sends && self.dies == Some(Death::AfterSending) {
            self.dies = None;
            return Step::Died;
        }
        Step::Went
    }

    /// Everything that is waited for happens, in no particular order, until nobody waits.
    pub async fn drain(&mut self, life: &mut Life) -> Result<(), Violation> {
        loop {
            match self.step(life).await {
                Step::Went => {}
                Step::Idle => break,
                Step::Died => return Err(Violation::new("calm", "it died".to_owned())),
            }
        }
        match self.shared.lock().under_way {
            0 => Ok(()),
            left => {
                let what = format!("{left} acts wait for nothing");
                Err(Violation::new("everything ends", what))
            }
        }
    }

    /// From now on nothing goes wrong.
    pub fn calm_down(&mut self) {
        self.calm = true;
        self.dies = None;
        self.commit_fails = None;
    }
}
