//! The simulated WhatsApp Cloud API.
//!
//! Graph calls arrive at `graph`, the control interface of tests at `control`, and signed callbacks
//! leave through `callbacks`. All state is in `world`; `policy` decides, `faults` break things.

mod callbacks;
mod clock;
mod control;
mod faults;
mod graph;
mod handshake;
mod ledger;
mod policy;
mod samples;
pub mod seed;
mod server;
mod sim;
mod world;

use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use clock::Clock;
pub use world::World;

use sim::{Sim, State};

/// How a simulator starts.
pub struct Options {
    pub clock: Clock,
    /// Seed of shuffled orders.
    pub seed: u64,
    /// `None` starts with [`seed::built_in`].
    pub world: Option<World>,
    /// With `false` callbacks leave only on `POST /_sim/flush`, which makes a test repeatable.
    pub pump: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Clock::following_the_machine(),
            seed: 1,
            world: None,
            pump: true,
        }
    }
}

/// A running simulator; it stops when the handle is dropped.
pub struct Handle {
    url: String,
    sim: Arc<Sim>,
    tasks: Vec<JoinHandle<()>>,
}

impl Handle {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Writes the world as JSON.
    pub fn save_world(&self, path: &Path) -> std::io::Result<()> {
        let text = serde_json::to_vec_pretty(&self.sim.state().world)?;
        std::fs::write(path, text)
    }

    /// Stops listening and posting.
    pub async fn stop(mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            // Only "cancelled" can come back, and that is what was asked for.
            let _ = task.await;
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Reads a world saved by [`Handle::save_world`] or written by hand.
pub fn read_world(path: &Path) -> std::io::Result<World> {
    let bytes = std::fs::read(path)?;
    serde_json::from_slice(&bytes).map_err(std::io::Error::other)
}

/// Starts a simulator on a bound listener, inside the current tokio runtime.
pub fn serve(listener: TcpListener, options: Options) -> std::io::Result<Handle> {
    let url = format!("http://{}", listener.local_addr()?);
    let client = server::http_client().map_err(std::io::Error::other)?;
    let state = State {
        world: options.world.unwrap_or_else(seed::built_in),
        random: options.seed,
        ..State::default()
    };
    let sim = Arc::new(Sim::new(options.clock, url.clone(), client, state));
    let mut tasks = vec![tokio::spawn(server::accept(listener, Arc::clone(&sim)))];
    if options.pump {
        tasks.push(tokio::spawn(callbacks::pump(Arc::clone(&sim))));
    }
    Ok(Handle { url, sim, tasks })
}
