//! The callback side: signed posts to the receiver, with batching, faults and retries.

pub mod body;
pub mod event;
pub mod outbox;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use http::header::CONTENT_TYPE;

use super::sim::Sim;
use outbox::Attempt;

/// Longest sleep of the pump; it wakes on every change anyway.
const IDLE_MS: i64 = 60_000;

/// Posts callbacks for as long as the simulator runs.
pub async fn pump(sim: Arc<Sim>) {
    loop {
        let posted = {
            let _turn = sim.pumping.lock().await;
            step(&sim, false, &[]).await
        };
        if !posted.is_empty() {
            continue;
        }
        let next = {
            let state = sim.state();
            state.outbox.next_due_ms(&state.faults)
        };
        let woken = sim.wake.notified();
        match next {
            Some(at_ms) if !sim.clock.is_frozen() => {
                let pause = (at_ms - sim.clock.now_ms()).clamp(0, IDLE_MS);
                let pause = Duration::from_millis(pause.unsigned_abs());
                tokio::select! {
                    () = woken => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
            _ => woken.await,
        }
    }
}

/// Sends everything that is queued, due or not, each callback once. Returns how many were posted.
pub async fn flush(sim: &Arc<Sim>) -> usize {
    let _turn = sim.pumping.lock().await;
    let mut tried = Vec::new();
    loop {
        let posted = step(sim, true, &tried).await;
        if posted.is_empty() {
            return tried.len();
        }
        tried.extend(posted);
    }
}

async fn step(sim: &Arc<Sim>, force: bool, skip: &[u64]) -> Vec<u64> {
    let (ready, parallel) = {
        let mut state = sim.state();
        let parallel = state.faults.parallel;
        (
            outbox::advance(&mut state, sim.clock.now_ms(), force, skip),
            parallel,
        )
    };
    for chunk in ready.chunks(parallel) {
        join_all(chunk.iter().map(|id| post(sim, *id))).await;
    }
    ready
}

async fn post(sim: &Arc<Sim>, id: u64) {
    let (url, secret, body, timeout_ms, lost) = {
        let mut state = sim.state();
        let lost = state.faults.lose_callbacks > 0;
        state.faults.lose_callbacks = state.faults.lose_callbacks.saturating_sub(1);
        let timeout_ms = state.faults.callback_timeout_ms;
        let Some(post) = state.outbox.posts.get(&id) else {
            return;
        };
        (
            post.url.clone(),
            post.secret.clone(),
            post.body.clone(),
            timeout_ms,
            lost,
        )
    };
    let result = if lost {
        Err("lost on purpose".to_owned())
    } else {
        sim.client
            .post(&url)
            .header(CONTENT_TYPE, "application/json")
            .header("user-agent", "facebookexternalua")
            .header("x-hub-signature-256", body::signature(&secret, &body))
            .timeout(Duration::from_millis(timeout_ms))
            .body(body)
            .send()
            .await
            .map(|answer| answer.status().as_u16())
            .map_err(|error| error.without_url().to_string())
    };
    let attempt = Attempt {
        at_ms: sim.clock.now_ms(),
        status: result.as_ref().ok().copied(),
        error: result.err(),
    };
    outbox::record(&mut sim.state(), id, attempt);
}
