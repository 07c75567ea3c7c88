//! A seeded simulation of the house: the real use cases, the real writer and the real SQL, with the
//! clock, the order of everything that waits, the provider's moods and the deaths of the process
//! drawn from one number.
//!
//! One seed is one world. Acts of people and of the provider run beside each other in one thread,
//! and whatever they wait for (a read, a commit, the network, a key) happens when the simulation
//! says so; between two such moments nothing else can come in between, so the order of these
//! moments is the order of everything. A death drops all of it at once and opens the house again
//! on what was on the disk.
//!
//! ```text
//! script ──▶ people, provider ──▶ App ──▶ Store ──▶ db::Steps ◀── World: what happens next
//!                  │                                                │
//!                  └──▶ Model: what was promised ◀── Check ◀────────┘ at the end
//! ```

mod acts;
mod chance;
mod check;
mod ending;
mod follower;
mod model;
mod mutants;
mod outside;
mod people;
mod provider;
mod run;
mod script;
mod settle;
mod template;
mod trace;
mod world;

pub use model::Violation;
pub use mutants::Mutant;
pub use run::{Failure, Outcome, Report, find, replay, simulate};
pub use script::{Change, Death, Input, Scene, script};
pub use template::{Template, TemplateError};
pub use world::Counts;
