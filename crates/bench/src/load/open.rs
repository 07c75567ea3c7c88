//! Requests at fixed times, whatever the server does. Each connection is a thread that blocks: the
//! kernel wakes it to the microsecond, and a slow answer delays nobody else.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::Sent;
use crate::error::{Result, While, failed};
use crate::moment;
use crate::wire;

/// Connections; a request whose connection still waits is late, and that time counts.
const LANES: usize = 128;
/// Until all connections stand.
const RUN_UP: Duration = Duration::from_millis(200);

pub fn send(address: SocketAddr, requests: Vec<Vec<u8>>, rate: u32) -> Result<Sent> {
    let count = requests.len();
    let step = Duration::from_secs(1) / rate.max(1);
    let lanes = LANES.min(count.max(1));
    let mut work: Vec<Vec<(usize, Vec<u8>)>> = (0..lanes).map(|_| Vec::new()).collect();
    for (number, request) in requests.into_iter().enumerate() {
        work[number % lanes].push((number, request));
    }
    let begins = moment::now() + RUN_UP;
    let ended: Vec<Result<Sent>> = std::thread::scope(|scope| {
        let threads: Vec<_> = work
            .into_iter()
            .map(|own| scope.spawn(move || lane(address, own, begins, step)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(failed("making load", "a thread panicked")))
            })
            .collect()
    });
    let mut all = Sent::default();
    for sent in ended {
        let sent = sent?;
        all.answers.extend(sent.answers);
        all.late.extend(sent.late);
        all.refused += sent.refused;
    }
    Ok(all)
}

fn lane(
    address: SocketAddr,
    own: Vec<(usize, Vec<u8>)>,
    begins: Instant,
    step: Duration,
) -> Result<Sent> {
    // The kernel rounds sleeps up by fifty microseconds unless it is told not to.
    rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1))
        .map_err(std::io::Error::from)
        .doing("making load")?;
    let mut stream = TcpStream::connect(address).doing("connecting")?;
    stream.set_nodelay(true).doing("connecting")?;
    let mut sent = Sent::default();
    let mut buffer = [0; 4_096];
    for (number, request) in own {
        let due = begins + step * u32::try_from(number).unwrap_or(u32::MAX);
        std::thread::sleep(due.saturating_duration_since(moment::now()));
        sent.late.push(moment::micros(due.elapsed()));
        stream.write_all(&request).doing("asking the server")?;
        let status = answer(&mut stream, &mut buffer)?;
        sent.answers.push(moment::micros(due.elapsed()));
        sent.refused += u64::from(status != 200);
    }
    Ok(sent)
}

/// Reads one small answer.
fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<u16> {
    let mut filled = 0;
    loop {
        let read = stream
            .read(&mut buffer[filled..])
            .doing("asking the server")?;
        if read == 0 {
            return Err(failed("asking the server", "it closed the connection"));
        }
        filled += read;
        if let Some(head) = wire::head(&buffer[..filled])
            && filled >= head.length + head.body
        {
            return Ok(head.status);
        }
    }
}
