//! The load: a process of its own, so that what it costs is not counted as the server's. It makes
//! and signs everything before the clock starts.

mod closed;
mod open;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;

use crate::accounting::{self, Cpu};
use crate::bodies::{Maker, Writers};
use crate::error::{Result, While, failed};
use crate::figures::Times;
use crate::moment;

/// How requests follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Each answer makes room for the next request.
    InFlight(usize),
    /// So many a second, whatever the server does; an answer's time counts from when its request
    /// was due.
    PerSecond(u32),
}

/// What is to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub address: SocketAddr,
    pub path: String,
    pub pace: Pace,
    pub requests: u64,
    /// Requests at the beginning that are not counted.
    pub warm_up: u64,
    pub writers: Writers,
    /// Part of the ids: the same run again is all duplicates.
    pub run: String,
    /// When the messages were written, in seconds since 1970.
    pub at: i64,
    /// The server's process, whose use is counted over the same time.
    pub server: u32,
}

/// What came of it, without the warm-up.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    pub requests: u64,
    /// Answers other than 200.
    pub refused: u64,
    pub seconds: f64,
    pub answers: Times,
    /// How late requests were sent, in an open loop: the load's own fault.
    pub late: Times,
    pub server: Cpu,
    pub server_written: u64,
    pub load_cpu: f64,
}

impl Outcome {
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// CPU of the server in microseconds a message.
    #[must_use]
    pub fn cpu_per_message(&self) -> f64 {
        self.server.total * 1e6 / self.requests as f64
    }
}

/// What a pace gives back.
#[derive(Debug, Default)]
struct Sent {
    answers: Vec<u32>,
    late: Vec<u32>,
    refused: u64,
}

/// Counters that are read when the clock starts and when it stops.
struct Reading {
    at: std::time::Instant,
    server: Cpu,
    own: f64,
    written: u64,
}

impl Reading {
    fn take(server: u32) -> Result<Self> {
        Ok(Self {
            server: accounting::cpu(server)?,
            own: accounting::cpu(std::process::id())?.total,
            written: accounting::written(server)?,
            at: moment::now(),
        })
    }
}

/// Does what the order says, in this process.
///
/// # Errors
/// When the server cannot be reached.
pub fn run(order: &Order) -> Result<Outcome> {
    let maker = Maker::new(&order.run);
    let all = order.warm_up + order.requests;
    let mut requests = maker.requests(&order.path, order.writers, 0..all, order.at);
    let counted = requests.split_off(usize::try_from(order.warm_up).unwrap_or(0));
    let send = |requests: Vec<Vec<u8>>| match order.pace {
        Pace::InFlight(width) => closed::send(order.address, requests, width),
        Pace::PerSecond(rate) => open::send(order.address, requests, rate),
    };
    if !requests.is_empty() {
        send(requests)?;
    }
    let before = Reading::take(order.server)?;
    let sent = send(counted)?;
    let after = Reading::take(order.server)?;
    Ok(Outcome {
        requests: order.requests,
        refused: sent.refused,
        seconds: (after.at - before.at).as_secs_f64(),
        answers: Times::of(sent.answers),
        late: Times::of(sent.late),
        server: after.server.since(&before.server),
        server_written: after.written.saturating_sub(before.written),
        load_cpu: after.own - before.own,
    })
}

/// Starts a process that does it.
///
/// # Errors
/// When the load fails or is refused.
pub async fn order(order: &Order) -> Result<Outcome> {
    let doing = "making load";
    let own = std::env::current_exe().doing(doing)?;
    let text = serde_json::to_vec(order).map_err(|error| failed(doing, error))?;
    let outcome: Outcome = ask(&own, "load", &text).await?;
    if outcome.refused > 0 {
        return Err(failed(
            doing,
            format!("{} requests were refused", outcome.refused),
        ));
    }
    Ok(outcome)
}

/// Runs one of our own subcommands with an order on its input, and reads what it found.
///
/// # Errors
/// When it fails.
pub async fn ask<T: serde::de::DeserializeOwned>(
    program: &Path,
    command: &str,
    order: &[u8],
) -> Result<T> {
    let doing = format!("running {command}");
    let mut child = tokio::process::Command::new(program)
        .arg(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .doing(&doing)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(order).await.doing(&doing)?;
    }
    let ended = child.wait_with_output().await.doing(&doing)?;
    if !ended.status.success() {
        return Err(failed(doing, ended.status));
    }
    serde_json::from_slice(&ended.stdout).map_err(|error| failed(doing, error))
}
