//! Everything that was seen of a house from outside, as the checker reads it. It can be written
//! down, so that lies can be planted in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::sha256;
use crate::ledger::Entry;
use crate::provider::Taken;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    Message,
    Note,
    Activity,
}

/// An item of a timeline, as far as it can be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub seq: i64,
    pub id: String,
    pub kind: ItemKind,
    pub inbound: bool,
    /// The first word of what is said: the name of the operation.
    pub op: String,
    pub sha256: String,
    pub state: Option<String>,
    pub version: i64,
}

impl Item {
    /// `None` for what is no item.
    #[must_use]
    pub fn of(item: &Value) -> Option<Self> {
        let kind = match item["type"].as_str()? {
            "message" => ItemKind::Message,
            "note" => ItemKind::Note,
            _ => ItemKind::Activity,
        };
        let text = item["text"].as_str().unwrap_or("");
        Some(Self {
            seq: item["seq"].as_i64()?,
            id: item["id"].as_str()?.to_owned(),
            kind,
            inbound: item["direction"] == "inbound",
            op: text.split(' ').next().unwrap_or("").to_owned(),
            sha256: sha256(text),
            state: item["delivery"]["state"].as_str().map(str::to_owned),
            version: item["version"].as_i64().unwrap_or(0),
        })
    }
}

/// What the list says about a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub unread: i64,
    pub last_seq: Option<i64>,
    pub version: i64,
}

impl Line {
    #[must_use]
    pub fn of(conversation: &Value) -> Self {
        Self {
            unread: conversation["unread"].as_i64().unwrap_or(-1),
            last_seq: conversation["last_seq"].as_i64(),
            version: conversation["version"].as_i64().unwrap_or(0),
        }
    }
}

/// One conversation as somebody sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    pub items: Vec<Item>,
    pub line: Line,
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    Teammate,
    Customer,
}

/// Everything one reader sees at the end, by conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    pub name: String,
    pub reader: Reader,
    pub threads: BTreeMap<String, Thread>,
}

/// One reading of one conversation while things happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub conversation: String,
    /// Nothing that was promised before may be missing.
    pub begun_us: u64,
    pub ended_us: u64,
    pub items: Vec<Item>,
}

/// An event of a live socket, as far as it can be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub number: i64,
    pub kind: String,
    pub conversation: String,
    pub item: Option<Item>,
    pub line: Option<Line>,
}

/// One watcher through all its sockets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    pub name: String,
    pub reader: Reader,
    pub events: Vec<Event>,
    /// What the client made of them.
    pub threads: BTreeMap<String, Thread>,
    pub sockets: u64,
    /// How often it was told to fetch afresh.
    pub resets: u64,
}

/// Everything together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Record {
    pub ledger: Vec<Entry>,
    /// Conversations by the name of their place in the ledger.
    pub places: BTreeMap<String, String>,
    pub views: Vec<View>,
    pub readings: Vec<Reading>,
    pub watches: Vec<Watch>,
    pub taken: Vec<Taken>,
    /// Attempts that a person asked for once more, by operation.
    pub approved: BTreeMap<String, usize>,
    /// Whether the events of the house are numbered without gaps (they are on SQLite).
    pub gapless_events: bool,
}
