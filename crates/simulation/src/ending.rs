//! What comes after a world came to rest, in some of them: years pass, some contacts write again and
//! others do not, and what nobody continued is erased, while the process dies and commits fail.

use domain::time;
use ports::BlobName;

use crate::check::{Ending, Found, Remains, erased};
use crate::model::{Violation, Writer};
use crate::script::Death;
use crate::template::RETENTION_DAYS;
use crate::world::{Life, Step, World};

/// Of so many worlds one is watched to its end.
const ONE_IN: usize = 5;
const TROUBLES_MAX: usize = 3;
/// Looks at what is over, a quarter of an hour apart.
const ROUNDS: usize = 40;
/// Between the last words of those who go on and the end of those who do not.
const BETWEEN_DAYS: i64 = 20;

impl World<'_> {
    /// Whether this world is watched to its end; then time has passed, and some have written again.
    ///
    /// # Errors
    /// What did not go as it must while nothing was wrong.
    pub async fn begin_ending(
        &mut self,
        life: &mut Life,
        found: Found,
    ) -> Result<Option<Ending>, Violation> {
        let newest = found
            .all
            .iter()
            .map(|(last, _)| last.last_message_at.0)
            .max();
        let Some(newest) = newest.filter(|_| self.chance.one_in(ONE_IN)) else {
            return Ok(None);
        };
        self.say("years pass");
        let end = newest + RETENTION_DAYS * time::DAY_MS;
        self.clock_to(end - BETWEEN_DAYS * time::DAY_MS);
        for contact in 0..4 {
            if self.chance.one_in(2) {
                self.somebody_goes_on(life, contact).await?;
            }
        }
        life.people.work();
        self.drain(life).await?;
        let before = self.look(life).await?;
        self.clock_to(end + time::DAY_MS);
        let late = self
            .chance
            .one_in(3)
            .then(|| self.somebody_comes_late())
            .flatten();
        let troubles = self.chance.below(TROUBLES_MAX + 1);
        Ok(Some(Ending {
            before,
            late,
            troubles,
        }))
    }

    /// A customer of the own chat, or a contact of the provider, has something to say again.
    async fn somebody_goes_on(&mut self, life: &mut Life, contact: usize) -> Result<(), Violation> {
        let customer = contact / 2;
        if contact.is_multiple_of(2) {
            let known = self.shared.lock().model.visitors.contains_key(&customer);
            if known {
                let mut around = self.shared.lock();
                let number = around.model.begin(Writer::Customer(customer));
                drop(around);
                life.people.write(number, format!("wieder da {number}"));
            }
            return self.drain(life).await;
        }
        if let Some(event) = self.speaks_again(customer) {
            let mut around = self.shared.lock();
            let now = around.now;
            let post = around.provider.post_these(vec![event], now);
            drop(around);
            life.people.post(post);
        }
        self.drain(life).await
    }

    /// A contact that is known writes again, at one of the numbers where it is known. Answers what
    /// the provider has to tell.
    fn speaks_again(&mut self, contact: usize) -> Option<usize> {
        let now = ports::Clock::now(&self.clock);
        let mut around = self.shared.lock();
        let line = around.provider.line_of_contact(contact)?;
        let number = around.provider.events.len();
        let text = format!("Nachricht {number}");
        around.provider.write((contact, line), text, now);
        Some(number)
    }

    fn somebody_comes_late(&mut self) -> Option<usize> {
        let contact = self.chance.below(2);
        self.speaks_again(contact)
    }

    /// Lets what is over end, with what goes wrong on the way.
    ///
    /// # Errors
    /// The first promise that was broken.
    pub async fn end(&mut self, life: &mut Life, ending: &mut Ending) -> Result<Step, Violation> {
        self.say("what is over ends");
        while ending.troubles > 0 {
            ending.troubles -= 1;
            match self.chance.below(4) {
                0 => self.dies = Some(Death::BeforeCommit),
                1 => self.dies = Some(Death::AfterCommit),
                2 => self.commit_fails = Some(self.chance.one_in(2)),
                _ => {}
            }
            let steps = if self.dies.is_some() {
                usize::MAX
            } else {
                self.chance.below(60)
            };
            self.post_late(life, ending);
            life.people.work();
            for _ in 0..steps {
                match self.step(life).await {
                    Step::Went => {}
                    Step::Idle => break,
                    Step::Died => return Ok(Step::Died),
                }
            }
            if self.chance.one_in(2) {
                return Ok(Step::Died);
            }
        }
        self.calm_down();
        self.finish(life, ending).await
    }

    fn post_late(&self, life: &Life, ending: &Ending) {
        let Some(late) = ending.late else { return };
        let mut around = self.shared.lock();
        if around.provider.events[late].taken.is_some() {
            return;
        }
        let now = around.now;
        let post = around.provider.post_these(vec![late], now);
        drop(around);
        life.people.post(post);
    }

    async fn finish(&mut self, life: &mut Life, ending: &Ending) -> Result<Step, Violation> {
        self.drain(life).await?;
        for _ in 0..ROUNDS {
            self.post_late(life, ending);
            life.people.work();
            self.drain(life).await?;
            let found = self.look(life).await?;
            let waiting = found.jobs.iter().any(|(_, count)| *count > 0);
            if ending.is_done(&found) && !waiting {
                // What is loose is removed with the next look at what is old.
                self.clock.advance_ms(16 * time::MINUTE_MS);
                life.people.work();
                self.drain(life).await?;
                let files = self.files.clone();
                let remains = Remains {
                    tables: self.tables(life).await?,
                    keys: self.key_holders(),
                    found: &found,
                    has_file: &|id| files.has(&BlobName::of_bytes(id.bytes())),
                };
                erased(ending, &self.shared.lock(), &remains)?;
                self.counts.ended += 1;
                return Ok(Step::Idle);
            }
            self.clock.advance_ms(16 * time::MINUTE_MS);
        }
        let what = "something is neither erased nor kept".to_owned();
        Err(Violation::new("what is over ends", what))
    }

    /// Every row of every table, as words.
    async fn tables(&mut self, life: &mut Life) -> Result<Vec<(String, Vec<String>)>, Violation> {
        let database = life.database.clone();
        let read = async move {
            let names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
            let mut tables = Vec::new();
            for name in database.query(names, Vec::new()).await? {
                let name = name.text(0)?.to_owned();
                let rows = database
                    .query(format!("SELECT * FROM {name}"), Vec::new())
                    .await?;
                let words = |row: db::Row| {
                    let values = row.into_values();
                    values.iter().map(shown).collect::<Vec<_>>().join("|")
                };
                tables.push((name, rows.into_iter().map(words).collect()));
            }
            Ok::<_, db::DbError>(tables)
        };
        let read = self.ask(life, read).await?;
        read.map_err(|error| Violation::new("reading", error.to_string()))
    }
}

fn shown(value: &db::Value) -> String {
    match value {
        db::Value::Blob(bytes) => format!("{bytes:02x?}"),
        _ => String::new(),
    }
}
