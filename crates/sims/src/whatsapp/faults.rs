//! Faults and policies a test switches on through the control interface.

use std::collections::VecDeque;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::graph::error::GraphError;

/// How events that leave together are arranged in one callback body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchShape {
    /// Several items in the arrays of one `value`, as the platform batches statuses.
    #[default]
    Value,
    /// One `changes[]` item an event.
    Changes,
    /// One `entry[]` item an event.
    Entries,
}

/// One Graph call that is going to be refused without being looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Graph code in the envelope; `None` answers with an HTML page, as a proxy in front would.
    pub code: Option<i64>,
    pub status: u16,
    /// Only calls whose path contains this word are refused (`messages`, `media`); empty: all.
    #[serde(default)]
    pub on: String,
}

/// Everything that can be made to go wrong. All fields are readable at `GET /_sim/faults`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Faults {
    /// Extra byte-identical copies of each callback.
    pub duplicate: u32,
    /// Extra copies of each event, which may land in another callback.
    pub duplicate_items: u32,
    /// Shuffle events that leave together.
    pub reorder: bool,
    /// Events a callback, 1 to 1,000.
    pub batch: usize,
    pub batch_shape: BatchShape,
    /// How long events wait for company when `batch` > 1 or `reorder` is on.
    pub linger_ms: i64,
    /// How long a finished callback waits before it is sent.
    pub delay_ms: i64,
    /// Callbacks in flight at once.
    pub parallel: usize,
    /// How long a Graph call waits, after it took effect, before it is answered.
    pub slow_ms: u64,
    pub refuse: VecDeque<Refusal>,
    /// Accepted messages whose answer is lost: the connection closes without a byte.
    pub drop_answer_after_accept: u32,
    /// Media downloads that return damaged bytes.
    pub corrupt_media: u32,
    /// How long a receiver may take before an attempt counts as failed.
    pub callback_timeout_ms: u64,
    pub retry_base_ms: i64,
    pub retry_limit: u32,
    /// Attempts of a callback that are skipped as if the receiver had been away.
    pub lose_callbacks: u32,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            duplicate: 0,
            duplicate_items: 0,
            reorder: false,
            batch: 1,
            batch_shape: BatchShape::Value,
            linger_ms: 100,
            delay_ms: 0,
            parallel: 1,
            slow_ms: 0,
            refuse: VecDeque::new(),
            drop_answer_after_accept: 0,
            corrupt_media: 0,
            callback_timeout_ms: 10_000,
            retry_base_ms: 1_000,
            retry_limit: 7,
            lose_callbacks: 0,
        }
    }
}

/// Upper bound of `batch`, and of queued refusals.
pub const MOST: usize = 1_000;

/// The body of `POST /_sim/faults`: only what is named changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultsChange {
    /// Start from the defaults before applying the rest.
    pub reset: bool,
    pub duplicate: Option<u32>,
    pub duplicate_items: Option<u32>,
    pub reorder: Option<bool>,
    pub batch: Option<usize>,
    pub batch_shape: Option<BatchShape>,
    pub linger_ms: Option<i64>,
    pub delay_ms: Option<i64>,
    pub parallel: Option<usize>,
    pub slow_ms: Option<u64>,
    pub drop_answer_after_accept: Option<u32>,
    pub corrupt_media: Option<u32>,
    pub callback_timeout_ms: Option<u64>,
    pub retry_base_ms: Option<i64>,
    pub retry_limit: Option<u32>,
    pub lose_callbacks: Option<u32>,
    /// Next n Graph calls: 429 with code 4.
    pub http_429: Option<usize>,
    /// Next n Graph calls: 500 with code 131000.
    pub http_500: Option<usize>,
    /// Next n Graph calls: 502 with an HTML page.
    pub http_502: Option<usize>,
    /// Next n Graph calls: 503 with code 131016.
    pub http_503: Option<usize>,
    /// Next n Graph calls: any code in the right envelope.
    pub graph_error: Option<AskedError>,
    /// Word the paths of refused calls must contain, for the four fields above.
    pub on: Option<String>,
    pub expire_media: Option<Expiry>,
    pub revoke_token: Option<OneOrAll>,
    pub restore_token: Option<OneOrAll>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct AskedError {
    pub code: i64,
    #[serde(default = "one")]
    pub count: usize,
}

fn one() -> usize {
    1
}

/// What expires: `true` and `"urls"` the download URLs handed out so far, `"ids"` the media itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Expiry {
    Switch(bool),
    Word(String),
}

/// `true` for all tokens, or one token by its value.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrAll {
    All(bool),
    One(String),
}

impl Faults {
    /// Applies a change; `Err` says which field is out of bounds.
    pub fn apply(&mut self, change: &FaultsChange) -> Result<(), String> {
        let mut next = if change.reset {
            Self::default()
        } else {
            self.clone()
        };
        let batch = change.batch.unwrap_or(next.batch);
        if !(1..=MOST).contains(&batch) {
            return Err(format!("batch must be 1 to {MOST}"));
        }
        next.batch = batch;
        let parallel = change.parallel.unwrap_or(next.parallel);
        if !(1..=64).contains(&parallel) {
            return Err("parallel must be 1 to 64".into());
        }
        next.parallel = parallel;
        take(&mut next.duplicate, change.duplicate);
        take(&mut next.duplicate_items, change.duplicate_items);
        if next.duplicate > 100 || next.duplicate_items > 100 {
            return Err("at most 100 duplicates".into());
        }
        take(&mut next.reorder, change.reorder);
        take(&mut next.batch_shape, change.batch_shape);
        take(&mut next.linger_ms, change.linger_ms);
        take(&mut next.delay_ms, change.delay_ms);
        take(&mut next.slow_ms, change.slow_ms);
        take(
            &mut next.drop_answer_after_accept,
            change.drop_answer_after_accept,
        );
        take(&mut next.corrupt_media, change.corrupt_media);
        take(&mut next.callback_timeout_ms, change.callback_timeout_ms);
        take(&mut next.retry_base_ms, change.retry_base_ms);
        take(&mut next.retry_limit, change.retry_limit);
        take(&mut next.lose_callbacks, change.lose_callbacks);
        next.queue_refusals(change)?;
        *self = next;
        Ok(())
    }

    fn queue_refusals(&mut self, change: &FaultsChange) -> Result<(), String> {
        let on = change.on.clone().unwrap_or_default();
        let asked = [
            (change.http_429, 429, Some(4)),
            (change.http_500, 500, Some(131_000)),
            (change.http_502, 502, None),
            (change.http_503, 503, Some(131_016)),
        ];
        for (count, status, code) in asked {
            self.queue(
                count.unwrap_or(0),
                Refusal {
                    code,
                    status,
                    on: on.clone(),
                },
            )?;
        }
        if let Some(AskedError { code, count }) = change.graph_error {
            let status = GraphError::new(code, "").status.as_u16();
            self.queue(
                count,
                Refusal {
                    code: Some(code),
                    status,
                    on,
                },
            )?;
        }
        Ok(())
    }

    fn queue(&mut self, count: usize, refusal: Refusal) -> Result<(), String> {
        if self.refuse.len() + count > MOST {
            return Err(format!("at most {MOST} queued refusals"));
        }
        self.refuse.extend(std::iter::repeat_n(refusal, count));
        Ok(())
    }

    /// Takes the refusal that is due for this path, if any.
    pub fn take_refusal(&mut self, path: &str) -> Option<Refusal> {
        let at = self
            .refuse
            .iter()
            .position(|refusal| path.contains(&refusal.on))?;
        self.refuse.remove(at)
    }
}

impl Refusal {
    pub fn error(&self) -> Option<GraphError> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.code.map(|code| {
            GraphError::new(code, "Refused because a test asked for it").with_status(status)
        })
    }
}

fn take<T: Clone>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// What happens to accepted messages by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatusPolicy {
    /// With `false` no status is emitted unless asked for.
    pub auto: bool,
    pub sent_ms: i64,
    pub delivered_ms: Option<i64>,
    /// Only for users with read receipts; `None` never reads.
    pub read_ms: Option<i64>,
    /// Only for voice notes, after reading.
    pub played_ms: Option<i64>,
    /// Codes answered in the HTTP answer instead of by a failed status later.
    pub answer_codes: Vec<i64>,
    /// Forced failures, first match wins.
    pub fail: Vec<FailRule>,
}

/// Messages to `to` (any address of a user; empty: everybody) fail with `code`, `next` times.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FailRule {
    pub code: i64,
    #[serde(default)]
    pub to: String,
    #[serde(default)]
    pub next: Option<u32>,
}

impl Default for StatusPolicy {
    fn default() -> Self {
        Self {
            auto: true,
            sent_ms: 0,
            delivered_ms: Some(20),
            read_ms: None,
            played_ms: None,
            answer_codes: Vec::new(),
            fail: Vec::new(),
        }
    }
}
