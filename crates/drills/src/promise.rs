//! The promises that drills prove, each with what keeps it.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Promise {
    P1,
    P2,
    P3,
    P4,
    P5,
    P7,
    P9,
    P10,
    P11,
    P12,
    P18,
}

impl Promise {
    pub const ALL: [Self; 11] = [
        Self::P1,
        Self::P2,
        Self::P3,
        Self::P4,
        Self::P5,
        Self::P7,
        Self::P9,
        Self::P10,
        Self::P11,
        Self::P12,
        Self::P18,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
            Self::P5 => "P5",
            Self::P7 => "P7",
            Self::P9 => "P9",
            Self::P10 => "P10",
            Self::P11 => "P11",
            Self::P12 => "P12",
            Self::P18 => "P18",
        }
    }

    /// What is promised, in words.
    #[must_use]
    pub const fn promised(self) -> &'static str {
        match self {
            Self::P1 => {
                "**Acknowledged is durable.** A 2xx for a message means that it survives the end \
                 of the process, of the system and of the power."
            }
            Self::P2 => {
                "**A customer's message is taken at least once and shown once.** A provider gets \
                 200 only after its callback is durable."
            }
            Self::P3 => {
                "**One order in each conversation,** without gaps, the same for every reader."
            }
            Self::P4 => {
                "**Asking again is safe.** The same id of the client is one message; the same id \
                 with other words is 409."
            }
            Self::P5 => {
                "**What goes out goes once.** Message and delivery commit together, every attempt \
                 is written before it starts, and what may have arrived is `unknown` until a \
                 person decides."
            }
            Self::P7 => {
                "**Coming back loses nothing.** With the last cursor come exactly the missing \
                 events, or the word to fetch afresh."
            }
            Self::P9 => {
                "**Nothing disappears silently.** What cannot be understood or done stays and is \
                 counted; it holds up its own conversation at most."
            }
            Self::P10 => {
                "**The state of a delivery never falls,** however receipts are repeated and \
                 disordered."
            }
            Self::P11 => "**Clocks do not matter for order,** and a jump fires or loses no timer.",
            Self::P12 => {
                "**Too much is refused, and not lost.** 429 or 503 come before memory ends; \
                 sockets that do not read are dropped."
            }
            Self::P18 => {
                "**A provider that is down stops nothing else.** The desk, the own chat and \
                 callbacks go on."
            }
        }
    }

    /// What keeps it.
    #[must_use]
    pub const fn mechanism(self) -> &'static str {
        match self {
            Self::P1 => {
                "One writer, one COMMIT for what is queued, answers only after it: \
                 `crates/db/src/sqlite/writer.rs` (WAL, `synchronous=FULL`), \
                 `crates/db/src/postgres/writer.rs` (`synchronous_commit=on`)."
            }
            Self::P2 => {
                "The raw callback is committed before the 200 (`crates/app/src/callbacks.rs`); the \
                 unique key of channel and provider's id is committed with the message."
            }
            Self::P3 => {
                "The number is given by the statement that appends \
                 (`crates/store/src/append.rs`); nobody orders by clock."
            }
            Self::P4 => {
                "The id and the digest of the words are claimed in the batch of the message \
                 (`client_write`)."
            }
            Self::P5 => "`crates/app/src/jobs/deliver.rs`, on a connector without idempotency.",
            Self::P7 => {
                "Every change is a numbered row of the feed, written in the batch of the change; \
                 sockets only read it (`crates/http/src/live/`)."
            }
            Self::P9 => {
                "Total parsers, lanes of jobs, a bounded number of tries and then a rest that is \
                 seen (`crates/app/src/jobs/mod.rs`)."
            }
            Self::P10 => {
                "States are joined, the larger rank wins (`crates/domain/src/delivery.rs`)."
            }
            Self::P11 => {
                "Numbers instead of times; deadlines are stored instants; a clock that was put is \
                 not believed at once (`crates/app/src/clock_watch.rs`)."
            }
            Self::P12 => "Bounds of every queue, body and place in `crates/domain/src/limits.rs`.",
            Self::P18 => {
                "Sending is a job, never part of a request; each conversation is a lane of its own."
            }
        }
    }
}
