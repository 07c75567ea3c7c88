//! What a drill is told: how much of it, on which engine, with which seed, and where things lie.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use testkit::postgres::{TestDatabase, database};
use tokio::sync::OnceCell;

use crate::dice::Dice;
use crate::error::{Result, While};
use crate::house::{self, People};
use crate::server::Launch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// For every change: minutes.
    Short,
    /// On demand: as long as it takes.
    Long,
}

impl Form {
    /// How often something is done.
    #[must_use]
    pub const fn times(self, short: u64, long: u64) -> u64 {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// How a run of drills is held.
pub struct Plan {
    pub form: Form,
    pub engine: Engine,
    pub seed: u64,
    /// `tresen`, built with the feature `faults`.
    pub program: PathBuf,
    /// This very program, for its other processes.
    pub own: PathBuf,
    /// Where houses stand while they are drilled; emptied by whoever starts the run.
    pub scratch: PathBuf,
    template: OnceCell<(PathBuf, People)>,
    made: AtomicU64,
}

/// A house of its own for one drill.
pub struct Place {
    pub launch: Launch,
    pub people: People,
    /// Keeps the database, if there is one.
    pub database: Option<TestDatabase>,
}

impl Plan {
    #[must_use]
    pub fn new(form: Form, engine: Engine, seed: u64, program: PathBuf, scratch: PathBuf) -> Self {
        Self {
            form,
            engine,
            seed,
            program,
            own: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("tresen-drills")),
            scratch,
            template: OnceCell::new(),
            made: AtomicU64::new(0),
        }
    }

    #[must_use]
    pub fn times(&self, short: u64, long: u64) -> u64 {
        self.form.times(short, long)
    }

    #[must_use]
    pub fn dice(&self, name: &str) -> Dice {
        Dice::new(self.seed).of(name)
    }

    /// A directory that nobody has used.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn directory(&self, name: &str) -> Result<PathBuf> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let path = self.scratch.join(format!("{number:03}-{name}"));
        std::fs::create_dir_all(&path).doing("making a directory")?;
        Ok(path)
    }

    /// A house that was set up and is not running.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn house(&self, name: &str) -> Result<Place> {
        if self.engine == Engine::Postgres {
            let database = database();
            let mut place = self.house_on(name, &database.url).await?;
            place.database = Some(database);
            return Ok(place);
        }
        let place = self.directory(name)?;
        let launch = Launch::new(&self.program, &place.join("house"))?;
        let (template, people) = self
            .template
            .get_or_try_init(|| self.set_up_template())
            .await?;
        house::copy(template, &launch.data)?;
        Ok(Place {
            launch,
            people: people.clone(),
            database: None,
        })
    }

    /// The same on a database of the caller's own, such as one whose server a drill stops.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn house_on(&self, name: &str, database: &str) -> Result<Place> {
        let place = self.directory(name)?;
        let mut launch = Launch::new(&self.program, &place.join("house"))?;
        launch.database = Some(database.to_owned());
        let people = house::set_up(&launch).await?;
        Ok(Place {
            launch,
            people,
            database: None,
        })
    }

    async fn set_up_template(&self) -> Result<(PathBuf, People)> {
        let data = self.directory("template")?.join("house");
        let launch = Launch::new(&self.program, &data)?;
        let people = house::set_up(&launch).await?;
        Ok((data, people))
    }
}
