//! A fixed number of requests in flight, on as many connections, from one thread.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::Sent;
use crate::error::{Result, While, failed};
use crate::moment;
use crate::wire::Connection;

pub fn send(address: SocketAddr, requests: Vec<Vec<u8>>, width: usize) -> Result<Sent> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .doing("making load")?
        .block_on(flow(address, requests, width))
}

async fn flow(address: SocketAddr, requests: Vec<Vec<u8>>, width: usize) -> Result<Sent> {
    let waiting = Arc::new(Mutex::new(VecDeque::from(requests)));
    let mut lanes = JoinSet::new();
    for _ in 0..width {
        let waiting = Arc::clone(&waiting);
        lanes.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut sent = Sent::default();
            loop {
                let next = waiting
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .pop_front();
                let Some(request) = next else {
                    return Ok::<_, crate::BenchError>(sent);
                };
                let asked = moment::now();
                let status = connection.status(&request).await?;
                sent.answers.push(moment::micros(asked.elapsed()));
                sent.refused += u64::from(status != 200);
            }
        });
    }
    let mut all = Sent::default();
    while let Some(ended) = lanes.join_next().await {
        let sent = ended.map_err(|error| failed("making load", error))??;
        all.answers.extend(sent.answers);
        all.refused += sent.refused;
    }
    Ok(all)
}
