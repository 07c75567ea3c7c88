//! Teammates who look on: as many live sockets as wanted, in a process of their own. The client
//! speaks as little of the protocol as it needs, so that it takes little of the machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::error::{Result, While, failed};
use crate::figures::Times;
use crate::moment;

/// Handshakes at once.
const AT_ONCE: usize = 256;
/// How a frame tells of a new message.
const TOLD: &[u8] = b"\"message.created\"";
const GIVES_UP: Duration = Duration::from_secs(60);
/// The nonce of every handshake: what it protects from does not exist on this machine.
const NONCE: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// How many sockets, and what they wait for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub address: SocketAddr,
    /// Of those who look on; they share the sockets evenly.
    pub tokens: Vec<String>,
    pub sockets: usize,
    /// Messages that each socket waits for.
    pub messages: usize,
    /// Drop all sockets and come back with their cursors, all at once.
    pub storm: bool,
}

/// What they saw.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// From asking for a socket until its first frame.
    pub opened: Times,
    /// The same when all came back at once.
    pub opened_again: Times,
    /// Bytes of the first frame that was waited for.
    pub frame_bytes: usize,
    /// When each message had arrived at half of the sockets, at 99 of 100, at all: microseconds
    /// since 1970.
    pub arrived: Vec<[u64; 3]>,
}

/// People sit at different addresses, and the house bounds what comes from one.
const ADDRESSES: usize = 20;

async fn connect(to: SocketAddr, number: usize) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let last = u8::try_from(2 + number % ADDRESSES).unwrap_or(2);
    socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into())?;
    socket.connect(to).await
}

struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Socket {
    async fn open(order: &Order, number: usize, cursor: Option<&str>) -> Result<(Self, String)> {
        let doing = "opening a live socket";
        let mut stream = connect(order.address, number).await.doing(doing)?;
        let token = order.tokens.get(number % order.tokens.len().max(1));
        let query = cursor.map_or_else(String::new, |cursor| format!("?cursor={cursor}"));
        let request = format!(
            "GET /api/v1/live{query} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {}\r\n\
             connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: {NONCE}\r\n\r\n",
            token.map_or("", String::as_str)
        );
        stream.write_all(request.as_bytes()).await.doing(doing)?;
        let mut socket = Self {
            stream,
            buffer: Vec::with_capacity(1_024),
        };
        let end = loop {
            let end = socket
                .buffer
                .windows(4)
                .position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break end + 4;
            }
            socket.fill().await?;
        };
        if !socket.buffer.starts_with(b"HTTP/1.1 101") {
            let told = String::from_utf8_lossy(&socket.buffer).into_owned();
            return Err(failed(doing, told));
        }
        socket.buffer.drain(..end);
        let first = socket.frame().await?;
        let first: serde_json::Value =
            serde_json::from_slice(&first).map_err(|error| failed(doing, error))?;
        let cursor = first["cursor"].as_str().unwrap_or("").to_owned();
        Ok((socket, cursor))
    }

    async fn fill(&mut self) -> Result<()> {
        let doing = "reading a live socket";
        match self.stream.read_buf(&mut self.buffer).await.doing(doing)? {
            0 => Err(failed(doing, "the server closed it")),
            _ => Ok(()),
        }
    }

    /// The next text; signs of life in between are skipped.
    async fn frame(&mut self) -> Result<Vec<u8>> {
        loop {
            if let Some((kind, start, end)) = whole(&self.buffer) {
                let payload = self.buffer[start..end].to_vec();
                self.buffer.drain(..end);
                match kind {
                    1 => return Ok(payload),
                    8 => return Err(failed("reading a live socket", "it was closed")),
                    _ => {}
                }
            } else {
                self.fill().await?;
            }
        }
    }
}

/// Where bare sockets go, and how many.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sink {
    pub address: SocketAddr,
    pub sockets: usize,
}

/// Opens plain sockets and reads whatever comes until they are closed; answers the bytes.
///
/// # Errors
/// When a socket cannot be opened.
pub async fn sink(order: Sink) -> Result<u64> {
    let mut reading = JoinSet::new();
    for _ in 0..order.sockets {
        let mut stream = TcpStream::connect(order.address)
            .await
            .doing("connecting")?;
        reading.spawn(async move {
            let mut buffer = vec![0; 4_096];
            let mut bytes = 0_u64;
            while let Ok(read) = stream.read(&mut buffer).await
                && read > 0
            {
                bytes += read as u64;
            }
            bytes
        });
    }
    Ok(reading.join_all().await.into_iter().sum())
}

/// Kind, begin and end of the payload of a frame from a server, when it is there as a whole.
fn whole(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let kind = bytes.first()? & 0x0f;
    let (start, length) = match *bytes.get(1)? {
        126 => (
            4,
            usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
        ),
        127 => {
            let length = u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?);
            (10, usize::try_from(length).ok()?)
        }
        short => (2, usize::from(short)),
    };
    (bytes.len() >= start + length).then_some((kind, start, start + length))
}

/// Opens sockets, tells so on the output, and does with them what the order says. `told` is where
/// the steering process says when to go on.
///
/// # Errors
/// When a socket is refused or ends.
pub async fn run(order: Order, told: tokio::io::Stdin) -> Result<Seen> {
    let order = Arc::new(order);
    let mut seen = Seen::default();
    let (mut sockets, times) = open_all(&order, Vec::new()).await?;
    seen.opened = times;
    say("up");
    let mut told = BufReader::new(told);
    let mut line = String::new();
    if order.storm {
        hear(&mut told, &mut line).await?;
        let cursors = sockets.drain(..).map(|(_, cursor)| cursor).collect();
        let (again, times) = open_all(&order, cursors).await?;
        sockets = again;
        seen.opened_again = times;
        say("up");
    }
    if order.messages > 0 {
        arrivals(&order, sockets, &mut seen).await?;
    } else {
        // Kept open until the steering process has looked.
        hear(&mut told, &mut line).await?;
    }
    Ok(seen)
}

fn say(word: &str) {
    println!("{word}");
}

async fn hear(told: &mut BufReader<tokio::io::Stdin>, line: &mut String) -> Result<()> {
    told.read_line(line).await.doing("waiting for a word")?;
    Ok(())
}

async fn open_all(
    order: &Arc<Order>,
    cursors: Vec<String>,
) -> Result<(Vec<(Socket, String)>, Times)> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut opening = JoinSet::new();
    for number in 0..order.sockets {
        let (order, places) = (Arc::clone(order), Arc::clone(&places));
        let cursor = cursors.get(number).cloned();
        opening.spawn(async move {
            let _place = places.acquire().await;
            let asked = moment::now();
            let opened = Socket::open(&order, number, cursor.as_deref()).await?;
            Ok::<_, crate::BenchError>((opened, moment::micros(asked.elapsed())))
        });
    }
    let (mut sockets, mut micros) = (Vec::new(), Vec::new());
    while let Some(opened) = opening.join_next().await {
        let (socket, took) = opened.map_err(|error| failed("opening live sockets", error))??;
        sockets.push(socket);
        micros.push(took);
    }
    Ok((sockets, Times::of(micros)))
}

async fn arrivals(order: &Order, sockets: Vec<(Socket, String)>, seen: &mut Seen) -> Result<()> {
    let messages = order.messages;
    let mut reading = JoinSet::new();
    for (mut socket, _) in sockets {
        reading.spawn(async move {
            let mut times = Vec::with_capacity(messages);
            let mut bytes = 0;
            while times.len() < messages {
                let frame = socket.frame().await?;
                let at = moment::unix_us();
                let told = frame
                    .windows(TOLD.len())
                    .filter(|part| *part == TOLD)
                    .count();
                // A message may share its frame with others when the machine is busy.
                if told == 1 {
                    bytes = frame.len();
                }
                times.extend(std::iter::repeat_n(at, told));
            }
            Ok::<_, crate::BenchError>((times, bytes))
        });
    }
    let mut all: Vec<Vec<u64>> = vec![Vec::new(); messages];
    let read = async {
        while let Some(read) = reading.join_next().await {
            let (times, bytes) = read.map_err(|error| failed("reading live sockets", error))??;
            seen.frame_bytes = bytes;
            for (frame, at) in all.iter_mut().zip(times) {
                frame.push(at);
            }
        }
        Ok(())
    };
    tokio::time::timeout(GIVES_UP, read)
        .await
        .map_err(|_| failed("reading live sockets", "not every message arrived"))??;
    seen.arrived = all
        .into_iter()
        .map(|mut times| {
            times.sort_unstable();
            let at =
                |share: usize| times.get((times.len() * share).div_ceil(100).saturating_sub(1));
            [50, 99, 100].map(|share| at(share).copied().unwrap_or(0))
        })
        .collect();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_when_they_are_whole() {
        assert_eq!(whole(&[0x81]), None);
        assert_eq!(whole(&[0x81, 2, b'a']), None);
        assert_eq!(whole(&[0x81, 2, b'a', b'b', 0x89]), Some((1, 2, 4)));
        let mut long = vec![0x81, 126, 1, 0];
        long.resize(4 + 256, b'x');
        assert_eq!(whole(&long), Some((1, 4, 260)));
        assert_eq!(whole(&long[..259]), None);
    }
}
