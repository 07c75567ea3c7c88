//! Drills: the real program under load and under faults, seen from outside only, and a checker
//! that says which promise was broken.
//!
//! ```text
//!   load (a process)  ──▶  tresen serve  ◀── provider (ours, with a ledger of what it took)
//!     │ ledger of intents        ▲
//!     │ and outcomes             │ killed, frozen, starved, lied to: a drill
//!     ▼                          │
//!   checker ◀── views of two teammates and customers · readings meanwhile · live streams
//! ```
//!
//! - [`server`]: the program as a process; what stands in front of it is words.
//! - [`house`], [`plan`]: a set-up installation of its own for each drill, on either engine.
//! - [`load`], [`ledger`]: who writes, and what was promised to them.
//! - [`provider`]: takes messages, calls back, misbehaves on request.
//! - [`watch`], [`views`]: who looks.
//! - [`record`], [`check`]: what was seen, and the verdict. Lies planted in recorded sightings
//!   are the checker's tests.
//! - [`round`]: all of this as one story; [`drill`]: the drills, and how to add one.
//! - [`computer`], [`preload`], [`small_disk`]: what stands around a server and can fail: the
//!   power, calls to the system, the clock, the room on the disk.
//! - [`integrity`]: whether the files are whole.
//! - [`found`], [`promise`], [`page`]: results, and `docs/guarantees.md` made of them.

pub mod check;
pub mod client;
pub mod computer;
pub mod dice;
pub mod digest;
pub mod drill;
pub mod error;
pub mod found;
pub mod graph;
pub mod house;
pub mod integrity;
pub mod ledger;
pub mod load;
pub mod moment;
pub mod page;
pub mod plan;
pub mod preload;
pub mod promise;
pub mod provider;
pub mod record;
pub mod round;
pub mod server;
pub mod small_disk;
pub mod uploads;
pub mod views;
pub mod watch;
