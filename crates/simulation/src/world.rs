//! One world: a house on its own database, people around it, and one hand that decides what
//! happens next. Everything the house waits for waits for this hand, and the hand follows the seed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use app::{App, Registry, Runner};
use db::{CommitFate, Database, SqliteConfig, Steps};
use domain::{ConversationId, time};
use ports::{Clock, FixedClock, Ids};
use store::{KeyRing, Store};
use tokio::sync::oneshot;

use crate::chance::Chance;
use crate::model::{Violation, Writer};
use crate::mutants::Mutant;
use crate::outside::{CountedIds, Door, Doors, KeyDoors, Keys, NoBlobs, open};
use crate::people::{People, Shared};
use crate::provider::{Mood, message_in};
use crate::script::{Death, Input, Scene};
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
const AHEAD_MAX_MS: i64 = 12 * time::DAY_MS;

pub struct World<'a> {
    pub template: &'a Template,
    pub script: &'a [Scene],
    pub mutant: Option<Mutant>,
    pub shared: Shared,
    pub clock: FixedClock,
    pub counts: Counts,
    ids: Arc<dyn Ids>,
    keys: Arc<Mutex<Keys>>,
    /// What happens next, and how the provider answers.
    chance: Chance,
    dies: Option<Death>,
    commit_fails: Option<bool>,
    /// Faults are over: what is left must come to rest.
    pub calm: bool,
    path: PathBuf,
}

/// The house between two deaths.
pub struct Life {
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
            chance: Chance::new(seed, 2),
            dies: None,
            commit_fails: None,
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
        self.settle(&mut life).await?;
        Ok(Ended::Settled)
    }

    /// Opens the house on what is on the disk. `None` when it died over it.
    async fn open(&mut self) -> Result<Option<Life>, Violation> {
        let broken = |error: String| Violation::new("the house opens", error);
        let mut config = SqliteConfig::new(&self.path);
        (config.writer_cache, config.reader_cache) = (2 << 20, 2 << 20);
        let opened = Database::open_stepped(config);
        let (database, mut steps) = opened.map_err(|error| broken(error.to_string()))?;
        let master = self.template.master();
        let master = master.map_err(|error| broken(error.to_string()))?;
        let doors = Doors::default();
        let (tell, mut told) = oneshot::channel();
        let (clock, ids) = (Arc::new(self.clock.clone()), Arc::clone(&self.ids));
        let key_store = KeyDoors {
            keys: Arc::clone(&self.keys),
            doors: Some(doors.clone()),
        };
        let net = doors.clone();
        tokio::spawn(async move {
            let opened = async {
                let ring = KeyRing::open(master, Arc::new(key_store), Arc::clone(&ids)).await?;
                let clock: Arc<dyn Clock> = clock;
                let store = Store::open(database, ring, clock, ids).await?;
                let registry = Registry::new(connectors::registry());
                let app = App::new(
                    store,
                    Arc::new(NoBlobs),
                    Arc::new(net),
                    registry,
                    settings(),
                );
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
                    channel: self.template.whatsapp,
                };
                return Ok(Some(Life {
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
                open(&self.keys, door);
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

    fn place(&self, which: usize) -> Option<ConversationId> {
        let around = self.shared.lock();
        let places = &around.model.places;
        places.get(which % places.len().max(1)).copied()
    }

    /// Begins what an input says.
    fn begin(&mut self, input: Input, life: &Life) -> Step {
        // What a lying disk forgot is missed after the next start at the latest.
        if self.dies == Some(Death::Now) {
            self.dies = None;
            return Step::Died;
        }
        let people = &life.people;
        match input {
            Input::Dies { when: Death::Now } => return Step::Died,
            Input::Dies { when } => self.dies = Some(when),
            Input::CommitFails { written } => self.commit_fails = Some(written),
            Input::Clock { minutes } => self.move_clock(minutes * time::MINUTE_MS),
            Input::Works => people.work(),
            Input::Follows => people.follow(),
            Input::ChatReached { customer, read } => people.reached(customer, read),
            Input::Writes { .. } | Input::Edits { .. } | Input::Revokes { .. } => {
                self.provider_gets(input);
            }
            Input::Posts { which, many, again } => {
                let mut around = self.shared.lock();
                let now = around.now;
                let post = around.provider.post(which, many, again, now);
                drop(around);
                if let Some(post) = post {
                    people.post(post);
                }
            }
            Input::Changes {
                teammate,
                place,
                change,
            } => {
                if let Some(conversation) = self.place(place) {
                    people.change(teammate, conversation, change);
                }
            }
            Input::Reads { teammate, place } => {
                if let Some(conversation) = self.place(place) {
                    people.read(teammate, conversation);
                }
            }
            Input::SendsAgain { teammate, which } => self.send_again(teammate, which, people),
            _ => self.begin_write(input, people),
        }
        Step::Went
    }

    fn move_clock(&mut self, by: i64) {
        let ahead = self.clock.now().0 + by - START.0;
        if ahead <= AHEAD_MAX_MS {
            self.clock.advance_ms(by);
        }
    }

    fn provider_gets(&mut self, input: Input) {
        let now = self.clock.now();
        let mut around = self.shared.lock();
        let number = around.provider.events.len();
        let provider = &mut around.provider;
        match input {
            Input::Writes { contact } => {
                provider.write(contact, format!("Nachricht {number}"), now);
            }
            Input::Edits { contact, which } => provider.edit(contact, which, now),
            Input::Revokes { contact, which } => provider.revoke(contact, which, now),
            _ => {}
        }
    }

    fn send_again(&self, teammate: usize, which: usize, people: &People) {
        let message = {
            let around = self.shared.lock();
            let may = domain::delivery::DeliveryState::may_be_retried_by_a_person;
            let states = around.follower.states.iter();
            let failed: Vec<_> = states.filter(|(_, state)| may(**state)).collect();
            failed.get(which % failed.len().max(1)).map(|(id, _)| **id)
        };
        if let Some(message) = message {
            people.send_again(teammate, message);
        }
    }

    /// Inputs that write under an id of their author.
    fn begin_write(&self, input: Input, people: &People) {
        let new = |by: Writer| {
            let mut around = self.shared.lock();
            let text = format!("text {}", around.model.writes.len());
            let number = around.model.begin(by);
            drop(around);
            people.write(number, text);
        };
        let repeat = |which: usize, by: &dyn Fn(&Writer) -> bool, other: bool| {
            let around = self.shared.lock();
            let theirs = around.model.writes_of(by);
            let Some(number) = theirs.get(which % theirs.len().max(1)).copied() else {
                return;
            };
            let tries = &around.model.writes[number].tries;
            let text = if other {
                format!("text {number}, otherwise {}", tries.len())
            } else {
                tries
                    .first()
                    .map_or_else(String::new, |first| first.text.clone())
            };
            drop(around);
            people.write(number, text);
        };
        let by_teammate = |teammate: usize, place: usize, note: bool| {
            if let Some(conversation) = self.place(place) {
                new(Writer::Teammate {
                    teammate,
                    conversation,
                    note,
                });
            }
        };
        match input {
            Input::ChatWrites { customer } => new(Writer::Customer(customer)),
            Input::ChatRepeats { customer, which } => {
                repeat(which, &|by| *by == Writer::Customer(customer), false);
            }
            Input::ChatReuses { customer, which } => {
                repeat(which, &|by| *by == Writer::Customer(customer), true);
            }
            Input::Answers { teammate, place } => by_teammate(teammate, place, false),
            Input::Notes { teammate, place } => by_teammate(teammate, place, true),
            Input::AnswerRepeats { teammate, which } => {
                repeat(which, &|by| is_of(by, teammate, false), false);
            }
            Input::NoteRepeats { teammate, which } => {
                repeat(which, &|by| is_of(by, teammate, true), false);
            }
            _ => {}
        }
    }
}

fn is_of(by: &Writer, who: usize, notes: bool) -> bool {
    matches!(by, Writer::Teammate { teammate, note, .. } if *teammate == who && *note == notes)
}
