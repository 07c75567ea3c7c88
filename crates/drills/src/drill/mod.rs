//! The drills. A new one is a file beside this one with a function, and a line in [`ALL`].
//!
//! A drill gets a [`Plan`] and answers what it [`Found`]. Most begin a
//! [`Round`](crate::round::Round), do something to it and let it finish. What stands in front of
//! the server is set in [`Setup::launch`](crate::round::Setup), which changes the
//! [`Launch`](crate::server::Launch): `prefix` (such as `fiu-run …`), `environment`, `arguments`,
//! `reach` and `listen`. A drill that cannot be held on a machine answers with
//! [`Found::skipped`](crate::found::Found).

mod callbacks;
mod claim;
mod clock;
mod commits;
mod database_down;
mod full_disk;
mod io_errors;
mod kills;
mod memory;
mod mutants;
mod points;
mod power;
mod provider;
mod sockets;

use std::future::Future;
use std::pin::Pin;

use crate::error::Result;
use crate::found::Found;
use crate::plan::{Engine, Form, Plan};
use crate::promise::Promise;

/// What a drill's function answers.
pub type Held<'a> = Pin<Box<dyn Future<Output = Result<Found>> + 'a>>;

pub struct Drill {
    /// How it is asked for: `cargo xtask drill --only NAME`.
    pub name: &'static str,
    /// What happens, in one sentence.
    pub about: &'static str,
    pub promises: &'static [Promise],
    pub engines: &'static [Engine],
    /// The engines on which the short form holds it; the long form holds it on all of its own.
    pub short_on: &'static [Engine],
    pub hold: for<'a> fn(&'a Plan) -> Held<'a>,
}

impl Drill {
    /// The engines on which a run holds it, for what was asked.
    #[must_use]
    pub fn held_on(&self, form: Form, is_named: bool, engine: Option<Engine>) -> Vec<Engine> {
        let wanted = match (form, self.short_on) {
            (Form::Long, _) => self.engines,
            (Form::Short, []) if is_named => &self.engines[..1],
            (Form::Short, []) => &[],
            // An engine that is asked for by name is not only where it usually is.
            (Form::Short, _) if engine.is_some() => self.engines,
            (Form::Short, short_on) => short_on,
        };
        let is_wanted = |held: &&Engine| engine.is_none_or(|engine| **held == engine);
        wanted.iter().filter(is_wanted).copied().collect()
    }
}

pub const BOTH: &[Engine] = &[Engine::Sqlite, Engine::Postgres];
pub const SQLITE: &[Engine] = &[Engine::Sqlite];
pub const POSTGRES: &[Engine] = &[Engine::Postgres];

/// All drills, in the order in which they are held.
pub static ALL: &[&Drill] = &[
    &mutants::DRILL,
    &kills::DRILL,
    &points::DRILL,
    &commits::DRILL,
    &callbacks::DRILL,
    &provider::DRILL,
    &provider::SILENCE,
    &sockets::NEVER_READ,
    &sockets::STORM,
    &claim::DRILL,
    &io_errors::DRILL,
    &io_errors::SEEN,
    &full_disk::DRILL,
    &clock::DRILL,
    &clock::SEEN,
    &memory::DRILL,
    &power::DRILL,
    &power::SEEN,
    &database_down::DRILL,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_holds_a_drill_on_its_engines() {
        let (sqlite, postgres) = (Engine::Sqlite, Engine::Postgres);
        let held = |drill: &Drill, form, engine| drill.held_on(form, false, engine);
        assert_eq!(held(&kills::DRILL, Form::Short, None), BOTH);
        assert_eq!(held(&points::DRILL, Form::Short, None), SQLITE);
        assert_eq!(held(&points::DRILL, Form::Long, None), BOTH);
        assert_eq!(held(&points::DRILL, Form::Short, Some(postgres)), POSTGRES);
        assert_eq!(held(&provider::SILENCE, Form::Short, None), []);
        assert_eq!(provider::SILENCE.held_on(Form::Short, true, None), SQLITE);
        assert_eq!(held(&database_down::DRILL, Form::Long, Some(sqlite)), []);
    }
}
