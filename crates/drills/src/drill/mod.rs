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
mod commits;
mod kills;
mod mutants;
mod points;
mod provider;
mod sockets;

use std::future::Future;
use std::pin::Pin;

use crate::error::Result;
use crate::found::Found;
use crate::plan::{Engine, Plan};
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
    /// Whether the short form holds it.
    pub is_short: bool,
    pub hold: for<'a> fn(&'a Plan) -> Held<'a>,
}

pub const BOTH: &[Engine] = &[Engine::Sqlite, Engine::Postgres];
pub const SQLITE: &[Engine] = &[Engine::Sqlite];

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
];
