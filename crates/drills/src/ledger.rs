//! The ledger: what was intended before it was sent, and what came of it. Written by the process
//! that sends, on a file of its own, brought to the disk every ten milliseconds.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::digest::sha256;
use crate::error::{Result, While, failed};
use crate::moment;

const SYNC_EVERY: Duration = Duration::from_millis(10);

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A customer writes in the own chat.
    Chat,
    /// A teammate answers in the own chat.
    Answer,
    /// A teammate answers through the provider.
    Send,
    /// A teammate writes a note.
    Note,
    /// The provider tells of a customer's message.
    Callback,
}

impl Kind {
    /// Whether the customer said it.
    #[must_use]
    pub const fn is_inbound(self) -> bool {
        matches!(self, Self::Chat | Self::Callback)
    }

    /// Whether the answer names the number that the message was given.
    #[must_use]
    pub const fn tells_seq(self) -> bool {
        !matches!(self, Self::Callback)
    }
}

/// Written before something is sent; once more before it is sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Names the operation; the first word of what is said.
    pub op: String,
    pub kind: Kind,
    /// Whom it is said to or by: the customer's name in the ledger.
    pub place: String,
    pub author: String,
    /// Grows with everything this author does in this place.
    pub author_seq: u64,
    pub sha256: String,
    pub at_us: u64,
    pub attempt: u32,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was promised to be kept.
    Ack {
        seq: Option<i64>,
        id: Option<String>,
    },
    /// It was refused for a reason that stays.
    Refused { status: u16 },
    /// It may have been kept or not.
    Unknown { why: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    Intent(Intent),
    Outcome {
        op: String,
        at_us: u64,
        outcome: Outcome,
    },
}

/// What was promised, by the names of its operations.
#[must_use]
pub fn acked(ledger: &[Entry]) -> BTreeSet<String> {
    let promised = ledger.iter().filter_map(|entry| match entry {
        Entry::Outcome {
            op,
            outcome: Outcome::Ack { .. },
            ..
        } => Some(op.clone()),
        _ => None,
    });
    promised.collect()
}

/// Something that was said and acknowledged at once, for those who keep no ledger of their own.
#[must_use]
pub fn acknowledged(kind: Kind, place: &str, text: &str, answer: &serde_json::Value) -> [Entry; 2] {
    let op = text.split(' ').next().unwrap_or("").to_owned();
    let at_us = moment::unix_us();
    let intent = Intent {
        op: op.clone(),
        kind,
        place: place.to_owned(),
        // Everybody said one thing only, so nobody has an order.
        author: op.clone(),
        author_seq: 1,
        sha256: sha256(text),
        at_us,
        attempt: 1,
    };
    let outcome = Outcome::Ack {
        seq: answer["seq"].as_i64(),
        id: answer["id"].as_str().map(str::to_owned),
    };
    [Entry::Intent(intent), Entry::Outcome { op, at_us, outcome }]
}

struct Inner {
    file: Mutex<File>,
    unsynced: AtomicBool,
    acked: AtomicU64,
    ended: AtomicBool,
}

/// A ledger that is being written.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

impl Ledger {
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).doing("making the ledger")?;
        let inner = Arc::new(Inner {
            file: Mutex::new(file),
            unsynced: AtomicBool::new(false),
            acked: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        });
        let syncing = Arc::clone(&inner);
        std::thread::spawn(move || {
            while !syncing.ended.load(Ordering::Relaxed) {
                std::thread::sleep(SYNC_EVERY);
                syncing.sync();
            }
        });
        Ok(Self { inner })
    }

    /// # Errors
    /// When it cannot be written: then nothing may be sent.
    pub fn intend(&self, intent: Intent) -> Result<()> {
        self.write(&Entry::Intent(intent))
    }

    /// # Errors
    /// When it cannot be written.
    pub fn close(&self, op: &str, outcome: Outcome) -> Result<()> {
        if matches!(outcome, Outcome::Ack { .. }) {
            self.inner.acked.fetch_add(1, Ordering::Relaxed);
        }
        self.write(&Entry::Outcome {
            op: op.to_owned(),
            at_us: moment::unix_us(),
            outcome,
        })
    }

    /// Promises up to now.
    #[must_use]
    pub fn acked(&self) -> u64 {
        self.inner.acked.load(Ordering::Relaxed)
    }

    fn write(&self, entry: &Entry) -> Result<()> {
        let mut line =
            serde_json::to_vec(entry).map_err(|error| failed("writing the ledger", error))?;
        line.push(b'\n');
        let mut file = self
            .inner
            .file
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line).doing("writing the ledger")?;
        self.inner.unsynced.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Brings the rest to the disk.
    pub fn end(&self) {
        self.inner.ended.store(true, Ordering::Relaxed);
        self.inner.sync();
    }
}

impl Inner {
    fn sync(&self) {
        if self.unsynced.swap(false, Ordering::Relaxed) {
            // The lock is not held: writers go on while the disk works.
            let file = self
                .file
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .try_clone();
            if let Err(error) = file.and_then(|file| file.sync_data()) {
                eprintln!("the ledger could not be brought to the disk: {error}");
            }
        }
    }
}

/// Everything in a ledger. A last line without an end was being written when its writer died.
///
/// # Errors
/// When it cannot be read or a line is not understood.
pub fn read(path: &Path) -> Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path).doing("reading the ledger")?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|error| failed("reading the ledger", error)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_a_torn_line_is_left_out() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("ledger.jsonl");
        let ledger = Ledger::create(&path).unwrap();
        let intent = Intent {
            op: "c1-1".into(),
            kind: Kind::Chat,
            place: "c1".into(),
            author: "c1".into(),
            author_seq: 1,
            sha256: "00".into(),
            at_us: 5,
            attempt: 1,
        };
        ledger.intend(intent.clone()).unwrap();
        let ack = Outcome::Ack {
            seq: Some(3),
            id: Some("msg_1".into()),
        };
        ledger.close("c1-1", ack.clone()).unwrap();
        ledger.end();
        let mut file = File::options().append(true).open(&path).unwrap();
        file.write_all(b"{\"intent\":{\"op\":\"c1-").unwrap();
        let entries = read(&path).unwrap();
        assert_eq!(entries[0], Entry::Intent(intent));
        assert!(matches!(&entries[1], Entry::Outcome { op, outcome, .. }
            if op == "c1-1" && *outcome == ack));
        assert_eq!(entries.len(), 2);
        assert_eq!(ledger.acked(), 1);
    }
}
