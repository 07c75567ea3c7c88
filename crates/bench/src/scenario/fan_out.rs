//! A message to everybody who looks on, what an idle socket keeps, and everybody coming back at
//! once.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::Settings;
use super::ingest::ACTIVE;
use crate::accounting::{self, Memory};
use crate::bodies::{Maker, Writers};
use crate::error::{Result, While, failed};
use crate::figures::Times;
use crate::history::{self, Plan};
use crate::house::{DataDirectory, Server};
use crate::moment;
use crate::report::{Goal, Report};
use crate::sockets::{Order, Seen, Sink};
use crate::wire::Connection;

const NAME: &str = "fan-out";
/// Between two messages: each is a frame of its own.
const GAP: Duration = Duration::from_millis(50);
/// Half of what one teammate may have: after a break the old ones may still count.
const SOCKETS_EACH: usize = 10;
const SETTLES: Duration = Duration::from_secs(2);

/// A process of ours with many sockets.
struct Crowd {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Crowd {
    async fn start(command: &str, order: &impl Serialize) -> Result<Self> {
        let doing = "starting a crowd";
        let text = serde_json::to_string(order).map_err(|error| failed(doing, error))?;
        let mut child = Command::new(std::env::current_exe().doing(doing)?)
            .args([command, &text])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .doing(doing)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| failed(doing, "it has no pipes"))?;
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        read.await.doing("listening to a crowd")?;
        Ok(line.trim().to_owned())
    }

    async fn is_up(&mut self) -> Result<()> {
        match self.line().await?.as_str() {
            "up" => Ok(()),
            other => Err(failed("opening live sockets", format!("it said {other:?}"))),
        }
    }

    async fn go_on(&mut self) -> Result<()> {
        self.input.write_all(b"go\n").await.doing("telling a crowd")
    }

    async fn answer<T: for<'a> Deserialize<'a>>(mut self) -> Result<T> {
        let line = self.line().await?;
        self.child.wait().await.doing("waiting for a crowd")?;
        serde_json::from_str(&line).map_err(|error| failed("listening to a crowd", error))
    }
}

#[derive(Debug, Clone, Serialize)]
struct Delivered {
    /// CPU of the server in microseconds for one message to one socket.
    cpu_us: f64,
    frame_bytes: usize,
    /// From sending the callback until the message was at half of, at 99 of 100, at all sockets.
    to_half: Times,
    to_most: Times,
    to_all: Times,
}

async fn deliver(
    server: &Server,
    data: &DataDirectory,
    sockets: usize,
    messages: usize,
) -> Result<Delivered> {
    let order = Order {
        address: server.address,
        tokens: data.contents.watchers.clone(),
        sockets,
        messages,
        storm: false,
    };
    let mut crowd = Crowd::start("sockets", &order).await?;
    crowd.is_up().await?;
    tokio::time::sleep(SETTLES).await;
    let writers = Writers {
        contacts: data.contents.contacts,
        active: ACTIVE,
    };
    let maker = Maker::new(&format!("f{:x}", moment::unix_ms()));
    let path = data.callback_path();
    let now = moment::unix_ms() / 1_000;
    let requests = maker.requests(&path, writers, 0..messages as u64, now);
    let mut connection = Connection::open(server.address).await?;
    let before = accounting::cpu(server.process)?;
    let mut sent = Vec::with_capacity(messages);
    for request in requests {
        sent.push(moment::unix_us());
        let status = connection.status(&request).await?;
        if status != 200 {
            return Err(failed("sending a message to many", status));
        }
        tokio::time::sleep(GAP).await;
    }
    let seen: Seen = crowd.answer().await?;
    let used = accounting::cpu(server.process)?.since(&before);
    let times = |at: usize| {
        let since = seen.arrived.iter().zip(&sent);
        let since = since.map(|(arrived, sent)| arrived[at].saturating_sub(*sent));
        Times::of(
            since
                .map(|us| u32::try_from(us).unwrap_or(u32::MAX))
                .collect(),
        )
    };
    Ok(Delivered {
        cpu_us: used.total * 1e6 / (sockets * messages) as f64,
        frame_bytes: seen.frame_bytes,
        to_half: times(0),
        to_most: times(1),
        to_all: times(2),
    })
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Written {
    cpu_us: f64,
    loop_ms: f64,
}

/// One thread that writes the same bytes to as many sockets, one after the other.
async fn write_loop(sockets: usize, messages: usize, bytes: usize) -> Result<Written> {
    let doing = "writing to bare sockets";
    let listener = TcpListener::bind("127.0.0.1:0").doing(doing)?;
    let address = listener.local_addr().doing(doing)?;
    let crowd = Crowd::start("sink", &Sink { address, sockets }).await?;
    let written = tokio::task::spawn_blocking(move || {
        let mut streams = Vec::with_capacity(sockets);
        for _ in 0..sockets {
            let (stream, _) = listener.accept().doing(doing)?;
            stream.set_nodelay(true).doing(doing)?;
            streams.push(stream);
        }
        let frame = vec![b'x'; bytes];
        let (mut cpu, mut took) = (0.0, 0.0);
        for _ in 0..messages {
            let (before, begun) = (accounting::own_thread()?, moment::now());
            for stream in &mut streams {
                stream.write_all(&frame).doing(doing)?;
            }
            took += begun.elapsed().as_secs_f64();
            cpu += accounting::own_thread()? - before;
            std::thread::sleep(GAP);
        }
        Ok(Written {
            cpu_us: cpu * 1e6 / (sockets * messages) as f64,
            loop_ms: took * 1e3 / messages as f64,
        })
    })
    .await
    .map_err(|error| failed(doing, error))??;
    // The sockets are closed by now, so the crowd ends.
    let _bytes: u64 = crowd.answer().await?;
    Ok(written)
}

#[derive(Debug, Clone, Serialize)]
struct Kept {
    before: Memory,
    idle: Memory,
    storm: Memory,
    after: Memory,
    opened: Times,
    opened_again: Times,
}

/// Idle sockets, then all of them dropped and back at once.
async fn storm(settings: &Settings, data: &DataDirectory, sockets: usize) -> Result<Kept> {
    let server = Server::start(&settings.program, data).await?;
    tokio::time::sleep(SETTLES).await;
    let before = accounting::memory(server.process)?;
    let order = Order {
        address: server.address,
        tokens: data.contents.watchers.clone(),
        sockets,
        messages: 0,
        storm: true,
    };
    let mut crowd = Crowd::start("sockets", &order).await?;
    crowd.is_up().await?;
    tokio::time::sleep(SETTLES).await;
    let idle = accounting::memory(server.process)?;
    accounting::forget_peak(server.process)?;
    crowd.go_on().await?;
    crowd.is_up().await?;
    let storm = accounting::memory(server.process)?;
    tokio::time::sleep(SETTLES).await;
    let after = accounting::memory(server.process)?;
    crowd.go_on().await?;
    let seen: Seen = crowd.answer().await?;
    server.end().await?;
    Ok(Kept {
        before,
        idle,
        storm,
        after,
        opened: seen.opened,
        opened_again: seen.opened_again,
    })
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let size = |full, quick| usize::try_from(settings.size(full, quick)).unwrap_or(0);
    let (sockets, messages, idle) = (size(1_000, 50), size(100, 10), size(5_000, 100));
    let plan = Plan {
        watchers: idle / SOCKETS_EACH,
        ..Plan::of(settings.size(10_000, 1_000))
    };
    let data = history::directory(&settings.directory("watched"), &plan).await?;
    let (mut ours, mut bare, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..settings.rounds {
        let server = Server::start(&settings.program, &data).await?;
        let work = deliver(&server, &data, sockets, messages);
        let found = settings
            .round(report, (NAME, "tresen", number), work)
            .await?;
        server.end().await?;
        let work = write_loop(sockets, messages, found.frame_bytes + 4);
        bare.push(settings.round(report, (NAME, "bare", number), work).await?);
        ours.push(found);
        let work = storm(settings, &data, idle);
        kept.push(
            settings
                .round(report, (NAME, "storm", number), work)
                .await?,
        );
    }
    tell_deliveries(report, &ours, &bare);
    tell_sockets(report, &kept, idle);
    Ok(())
}

fn tell_deliveries(report: &mut Report, ours: &[Delivered], bare: &[Written]) {
    let ratios: Vec<f64> = ours
        .iter()
        .zip(bare)
        .map(|(ours, bare)| ours.cpu_us / bare.cpu_us)
        .collect();
    report.row(
        NAME,
        "CPU of one message to one of 1,000 sockets ÷ a bare write",
        "×",
        Some(Goal::AtMost(2.0)),
        &ratios,
    );
    let each = |read: fn(&Delivered) -> f64| ours.iter().map(read).collect::<Vec<_>>();
    report.row(
        NAME,
        "CPU of one message to one socket",
        "µs",
        None,
        &each(|r| r.cpu_us),
    );
    report.row(
        NAME,
        "from the callback to 99 of 100 sockets, median",
        "ms",
        None,
        &each(|r| f64::from(r.to_most.p50) / 1e3),
    );
}

fn tell_sockets(report: &mut Report, kept: &[Kept], idle: usize) {
    let per_socket = |kept: &Kept| {
        kept.idle.resident.saturating_sub(kept.before.resident) as f64 / idle as f64 / 1_024.0
    };
    report.row(
        NAME,
        "memory of an idle desk socket",
        "KiB",
        Some(Goal::AtMost(10.0)),
        &kept.iter().map(per_socket).collect::<Vec<_>>(),
    );
    report.row(
        NAME,
        "most memory while all come back at once ÷ steady",
        "×",
        Some(Goal::AtMost(1.3)),
        &kept
            .iter()
            .map(|kept| kept.storm.peak as f64 / kept.idle.resident as f64)
            .collect::<Vec<_>>(),
    );
    report.row(
        NAME,
        "coming back, 99th percentile of a socket",
        "ms",
        None,
        &kept
            .iter()
            .map(|kept| f64::from(kept.opened_again.p99) / 1e3)
            .collect::<Vec<_>>(),
    );
}
