//! What still has to leave: scheduled statuses, events waiting for company, callbacks to post.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use serde::Serialize;

use super::body;
use super::event::{self, Event, EventNote};
use crate::whatsapp::faults::Faults;
use crate::whatsapp::graph::error::GraphError;
use crate::whatsapp::sim::State;
use crate::whatsapp::world::{Stage, World};

/// Scheduled items and waiting events together; above it nothing new is taken in.
const QUEUE_LIMIT: usize = 200_000;
/// Finished callbacks kept for the ledger.
const HISTORY_LIMIT: usize = 50_000;

#[derive(Debug, Clone)]
pub enum Task {
    Status {
        wamid: String,
        stage: Stage,
        error: Option<GraphError>,
    },
    Event(Event),
    Post(u64),
}

#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    pub at_ms: i64,
    /// HTTP status, absent when no answer came.
    pub status: Option<u16>,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PostState {
    Pending,
    Acknowledged,
    GivenUp,
}

/// One callback body on its way to one receiver.
#[derive(Debug, Clone)]
pub struct Post {
    pub id: u64,
    pub url: String,
    pub secret: String,
    pub body: Bytes,
    pub events: Vec<EventNote>,
    pub copy_of: Option<u64>,
    pub attempts: Vec<Attempt>,
    pub state: PostState,
}

#[derive(Debug, Default)]
pub struct Outbox {
    due: BTreeMap<(i64, u64), Task>,
    waiting: VecDeque<Event>,
    pub posts: BTreeMap<u64, Post>,
    next: u64,
    /// Events nobody listened to.
    pub undeliverable: u64,
    pub dropped_history: u64,
}

impl Outbox {
    pub fn has_room(&self) -> bool {
        self.due.len() + self.waiting.len() < QUEUE_LIMIT
    }

    pub fn schedule(&mut self, at_ms: i64, task: Task) {
        self.next += 1;
        self.due.insert((at_ms, self.next), task);
    }

    /// Schedules an event and returns the id under which the ledger knows it.
    pub fn schedule_event(&mut self, at_ms: i64, mut event: Event) -> u64 {
        self.next += 1;
        event.id = self.next;
        let id = event.id;
        self.schedule(at_ms, Task::Event(event));
        id
    }

    pub fn pending(&self) -> usize {
        self.due.len() + self.waiting.len()
    }

    /// When the next thing is due, if anything is queued.
    pub fn next_due_ms(&self, faults: &Faults) -> Option<i64> {
        let waiting = self
            .waiting
            .front()
            .map(|event| event.entered_ms + faults.linger_ms);
        let due = self.due.keys().next().map(|(at, _)| *at);
        [waiting, due].into_iter().flatten().min()
    }

    fn pop_due(&mut self, now_ms: i64, force: bool, skip: &[u64]) -> Option<Task> {
        let key = self.due.iter().find_map(|(key, task)| {
            let skipped = matches!(task, Task::Post(id) if skip.contains(id));
            ((key.0 <= now_ms || force) && !skipped).then_some(*key)
        })?;
        self.due.remove(&key)
    }

    fn enter(&mut self, mut event: Event, now_ms: i64) {
        if event.id == 0 {
            self.next += 1;
            event.id = self.next;
        }
        event.entered_ms = now_ms;
        self.waiting.push_back(event);
    }

    fn forget_old(&mut self) {
        while self.posts.len() > HISTORY_LIMIT {
            let Some(id) = self
                .posts
                .values()
                .find(|post| post.state != PostState::Pending)
                .map(|post| post.id)
            else {
                return;
            };
            self.posts.remove(&id);
            self.dropped_history += 1;
        }
    }
}

/// Moves everything that is due forward and returns the callbacks to post now. With `force` time
/// plays no part; callbacks in `skip` were tried already in this flush.
pub fn advance(state: &mut State, now_ms: i64, force: bool, skip: &[u64]) -> Vec<u64> {
    let mut ready = Vec::new();
    while let Some(task) = state.outbox.pop_due(now_ms, force, skip) {
        match task {
            Task::Post(id) => ready.push(id),
            Task::Event(event) => state.outbox.enter(event, now_ms),
            Task::Status {
                wamid,
                stage,
                error,
            } => {
                if let Some(event) = take_stage(&mut state.world, &wamid, stage, error, now_ms) {
                    state.outbox.enter(event, now_ms);
                }
            }
        }
    }
    compose_waiting(state, now_ms, force, &mut ready);
    state.outbox.forget_old();
    ready
}

/// Puts a message into its next stage; late or impossible steps say nothing.
fn take_stage(
    world: &mut World,
    wamid: &str,
    stage: Stage,
    error: Option<GraphError>,
    now_ms: i64,
) -> Option<Event> {
    let message = world.messages.get_mut(wamid)?;
    if matches!(
        message.stage,
        Stage::Failed | Stage::Dropped | Stage::Received
    ) {
        return None;
    }
    message.stage = stage;
    message.error_code = error.as_ref().map(|error| error.code);
    let message = message.clone();
    event::status_event(world, &message, stage, error.as_ref(), now_ms)
}

fn compose_waiting(state: &mut State, now_ms: i64, force: bool, ready: &mut Vec<u64>) {
    let faults = state.faults.clone();
    let count = state.outbox.waiting.len();
    let alone = faults.batch == 1 && !faults.reorder;
    let oldest_waited = state
        .outbox
        .waiting
        .front()
        .is_some_and(|event| event.entered_ms + faults.linger_ms <= now_ms);
    let take = if force || alone || oldest_waited {
        count
    } else if faults.batch > 1 {
        count / faults.batch * faults.batch
    } else {
        0
    };
    let mut events: Vec<Event> = Vec::new();
    for event in state.outbox.waiting.drain(..take) {
        for _ in 0..=faults.duplicate_items {
            events.push(event.clone());
        }
    }
    if faults.reorder {
        state.shuffle(&mut events);
    }
    for (url, secret, group) in by_target(state, events) {
        for chunk in group.chunks(faults.batch) {
            for (body, notes) in body::compose(chunk, faults.batch_shape, now_ms) {
                add_posts(
                    state,
                    &faults,
                    (&url, &secret),
                    &body,
                    &notes,
                    (now_ms, force),
                    ready,
                );
            }
        }
    }
}

fn by_target(state: &mut State, events: Vec<Event>) -> Vec<(String, String, Vec<Event>)> {
    let mut groups: Vec<(String, String, Vec<Event>)> = Vec::new();
    for event in events {
        let target = state
            .world
            .callback_target(&event.waba_id, event.phone_id.as_deref());
        let Some((url, secret)) = target else {
            state.outbox.undeliverable += 1;
            continue;
        };
        match groups
            .iter_mut()
            .find(|group| group.0 == url && group.1 == secret)
        {
            Some(group) => group.2.push(event),
            None => groups.push((url, secret, vec![event])),
        }
    }
    groups
}

fn add_posts(
    state: &mut State,
    faults: &Faults,
    (url, secret): (&str, &str),
    body: &Bytes,
    events: &[EventNote],
    (now_ms, force): (i64, bool),
    ready: &mut Vec<u64>,
) {
    let mut original = None;
    for _ in 0..=faults.duplicate {
        state.outbox.next += 1;
        let id = state.outbox.next;
        let post = Post {
            id,
            url: url.to_owned(),
            secret: secret.to_owned(),
            body: body.clone(),
            events: events.to_vec(),
            copy_of: original,
            attempts: Vec::new(),
            state: PostState::Pending,
        };
        original = original.or(Some(id));
        state.outbox.posts.insert(id, post);
        if faults.delay_ms > 0 && !force {
            state
                .outbox
                .schedule(now_ms + faults.delay_ms, Task::Post(id));
        } else {
            ready.push(id);
        }
    }
}

/// Notes the result of one attempt and schedules the next one after a growing pause.
pub fn record(state: &mut State, post_id: u64, attempt: Attempt) {
    let (base, limit) = (state.faults.retry_base_ms, state.faults.retry_limit);
    let Some(post) = state.outbox.posts.get_mut(&post_id) else {
        return;
    };
    let at_ms = attempt.at_ms;
    let acknowledged = attempt.status == Some(200);
    post.attempts.push(attempt);
    let tries = u32::try_from(post.attempts.len()).unwrap_or(u32::MAX);
    if acknowledged {
        post.state = PostState::Acknowledged;
    } else if tries > limit {
        post.state = PostState::GivenUp;
    } else {
        let pause = base.saturating_mul(1 << (tries - 1).min(16));
        state.outbox.schedule(at_ms + pause, Task::Post(post_id));
    }
}
