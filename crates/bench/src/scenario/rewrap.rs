//! What an erasure costs everybody else: every key is wrapped by a new generation.

use std::path::Path;
use std::sync::Arc;

use db::{Config, Database};
use ports::{Ids, KeyStore, RandomIds, SubjectKey, WrappedKey};
use serde::Serialize;
use store::{KeyRing, KeyTable};
use tokio::sync::watch;
use vault::{DataKey, GenerationFiles, MasterKey};

use super::Settings;
use crate::error::{Result, While, failed};
use crate::moment;
use crate::report::{Goal, Report};

const NAME: &str = "rewrap";
const FILLED_AT_ONCE: u64 = 50_000;

#[derive(Debug, Serialize)]
struct Rewrapped {
    keys: u64,
    seconds: f64,
    /// The longest look-up of a key meanwhile, where somebody looked.
    longest_us: Option<u32>,
}

impl Rewrapped {
    /// What a quick run measures is too small to say anything about a million.
    fn a_million(&self) -> f64 {
        self.seconds / self.keys as f64 * 1e6
    }
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let keys = settings.size(1_000_000, 2_000);
    let (mut alone, mut busy) = (Vec::new(), Vec::new());
    for number in 0..settings.rounds {
        let work = rewrap(&settings.cache, keys, false);
        alone.push(
            settings
                .round(report, (NAME, "alone", number), work)
                .await?,
        );
        let work = rewrap(&settings.cache, keys, true);
        busy.push(settings.round(report, (NAME, "busy", number), work).await?);
    }
    let seconds = |rounds: &[Rewrapped]| rounds.iter().map(Rewrapped::a_million).collect();
    let alone: Vec<f64> = seconds(&alone);
    report.row(
        NAME,
        "a million keys wrapped by a new generation, the old one destroyed",
        "s",
        Some(Goal::AtMost(30.0)),
        &alone,
    );
    let while_busy: Vec<f64> = seconds(&busy);
    report.row(
        NAME,
        "the same while keys are looked up",
        "s",
        None,
        &while_busy,
    );
    let longest: Vec<f64> = busy
        .iter()
        .filter_map(|round| round.longest_us)
        .map(|longest| f64::from(longest) / 1e3)
        .collect();
    report.row(
        NAME,
        "the longest look-up of a key meanwhile",
        "ms",
        None,
        &longest,
    );
    Ok(())
}

async fn rewrap(cache: &Path, keys: u64, is_busy: bool) -> Result<Rewrapped> {
    let room = tempfile::tempdir_in(cache).doing("making a key store")?;
    let wrong = |error: &dyn std::fmt::Display| failed("wrapping keys", error);
    let ids: Arc<dyn Ids> = Arc::new(RandomIds::default());
    let path = room.path().join("master.key");
    let master = MasterKey::create(&path, ids.secret()).map_err(|error| wrong(&error))?;
    let database = Database::open(Config::sqlite(room.path().join("keys.db")))
        .await
        .map_err(|error| wrong(&error))?;
    let files = GenerationFiles::in_directory(room.path());
    let table = KeyTable::open(database.clone(), files, 0)
        .await
        .map_err(|error| wrong(&error))?;
    let table = Arc::new(table);
    let ring = KeyRing::open(master, Arc::<KeyTable>::clone(&table), Arc::clone(&ids))
        .await
        .map_err(|error| wrong(&error))?;
    let master = MasterKey::load(&path).map_err(|error| wrong(&error))?;
    fill(&table, &master, &*ids, keys).await?;
    let (stop, stopped) = watch::channel(false);
    let looks = is_busy.then(|| tokio::spawn(look(table, keys, stopped)));
    let begun = moment::now();
    let wrapped = ring.renew().await.map_err(|error| wrong(&error))?;
    let seconds = begun.elapsed().as_secs_f64();
    stop.send_replace(true);
    let longest_us = match looks {
        None => None,
        Some(looks) => Some(looks.await.map_err(|error| wrong(&error))??),
    };
    database.close().await;
    if wrapped != keys {
        return Err(failed("wrapping keys", format!("{wrapped} of {keys} were")));
    }
    Ok(Rewrapped {
        keys,
        seconds,
        longest_us,
    })
}

/// Looks one key up after the other; answers how long the longest took.
async fn look(table: Arc<KeyTable>, keys: u64, stopped: watch::Receiver<bool>) -> Result<u32> {
    let (mut longest, mut number) = (0, 0);
    loop {
        let begun = moment::now();
        let key = table.get(subject(number)).await;
        let key = key.map_err(|error| failed("looking a key up", error))?;
        if key.is_none() {
            return Err(failed("looking a key up", "it is not there"));
        }
        longest = longest.max(moment::micros(begun.elapsed()));
        // Far from the last one.
        number = (number + 7_919) % keys;
        if *stopped.borrow() {
            return Ok(longest);
        }
    }
}

/// Ids begin with their time, so they come in order.
fn subject(number: u64) -> [u8; 16] {
    let mut subject = [7; 16];
    subject[..8].copy_from_slice(&number.to_be_bytes());
    subject
}

/// Keys of so many contacts, by the generation there is.
async fn fill(table: &KeyTable, master: &MasterKey, ids: &dyn Ids, keys: u64) -> Result<()> {
    let wrong = |error: &dyn std::fmt::Display| failed("filling a key store", error);
    let stored = table.generations().await.map_err(|error| wrong(&error))?;
    let stored = stored
        .first()
        .ok_or_else(|| wrong(&"it has no generation"))?;
    let kek = master
        .unwrap_generation(stored.generation, &stored.bytes)
        .map_err(|error| wrong(&error))?;
    let generation = stored.generation;
    let mut made = 0;
    while made < keys {
        let mut some: Vec<SubjectKey> = Vec::new();
        for number in made..keys.min(made + FILLED_AT_ONCE) {
            let subject = subject(number);
            let (_, bytes) =
                DataKey::create(subject, &ids.secret(), &kek).map_err(|error| wrong(&error))?;
            some.push((subject, WrappedKey { generation, bytes }));
        }
        made += some.len() as u64;
        table.adopt(&some).await.map_err(|error| wrong(&error))?;
    }
    Ok(())
}
