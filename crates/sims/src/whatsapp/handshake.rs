//! The verification handshake: `GET ?hub.mode&hub.challenge&hub.verify_token`, sent whenever a
//! callback address or its token changes.

use std::time::Duration;

use super::graph::media::sha256;
use super::sim::Sim;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Asks the receiver to echo a challenge; `Err` says what it did instead.
pub async fn verify(sim: &Sim, url: &str, verify_token: &str) -> Result<(), String> {
    let challenge = challenge(sim, url);
    let answer = sim
        .client
        .get(url)
        .query(&[
            ("hub.mode", "subscribe"),
            ("hub.challenge", challenge.as_str()),
            ("hub.verify_token", verify_token),
        ])
        .timeout(TIMEOUT)
        .send()
        .await
        .map_err(|error| format!("The URL couldn't be validated: {}", error.without_url()))?;
    let status = answer.status().as_u16();
    let body = answer
        .text()
        .await
        .map_err(|error| format!("The URL couldn't be validated: {}", error.without_url()))?;
    if status == 200 && body == challenge {
        return Ok(());
    }
    Err(format!(
        "The URL couldn't be validated. Response does not match challenge, HTTP status {status}, \
         expected value=\"{challenge}\""
    ))
}

/// A number nobody can guess without seeing the request; a fresh one for each handshake.
fn challenge(sim: &Sim, url: &str) -> String {
    let number = sim.state().world.new_graph_id();
    let digest = sha256(format!("{number}{url}").as_bytes());
    let mut head = [0_u8; 4];
    head.copy_from_slice(&digest.as_ref()[..4]);
    u32::from_be_bytes(head).to_string()
}
