//! What the judge says: every check, what it looked at, and what is wrong.

use std::fmt;

use crate::event::ConsentState;
use crate::hash::Hash;
use crate::moment::Moment;

/// The checks, in the order they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    Archive,
    Manifest,
    Entries,
    Key,
    Signature,
    Heads,
    History,
    Anchors,
    Notices,
    Events,
    Chain,
    Evidence,
    Records,
    Sheets,
}

impl CheckKind {
    pub const ALL: [Self; 14] = [
        Self::Archive,
        Self::Manifest,
        Self::Entries,
        Self::Key,
        Self::Signature,
        Self::Heads,
        Self::History,
        Self::Anchors,
        Self::Notices,
        Self::Events,
        Self::Chain,
        Self::Evidence,
        Self::Records,
        Self::Sheets,
    ];

    /// A stable name, for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Manifest => "manifest",
            Self::Entries => "entries",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Heads => "heads",
            Self::History => "history",
            Self::Anchors => "anchors",
            Self::Notices => "notices",
            Self::Events => "events",
            Self::Chain => "chain",
            Self::Evidence => "evidence",
            Self::Records => "records",
            Self::Sheets => "sheets",
        }
    }

    /// What holds when nothing was found.
    #[must_use]
    pub const fn claim(self) -> &'static str {
        match self {
            Self::Archive => "the file is whole and hides nothing",
            Self::Manifest => "the table of contents can be read",
            Self::Entries => "every file is the one that was packed, and none is missing",
            Self::Key => "the key is the one that is trusted",
            Self::Signature => "the table of contents was signed with the key",
            Self::Heads => "every tree head was signed with the key",
            Self::History => "no tree was rewritten between its heads",
            Self::Anchors => "the heads kept elsewhere are those of this package",
            Self::Notices => "every text and form is the one its name says",
            Self::Events => "every event is in its tree as it was written down",
            Self::Chain => "each consent's events follow each other without a gap",
            Self::Evidence => "each event carries the evidence it needs",
            Self::Records => "the records say what the events say",
            Self::Sheets => "every sheet belongs to a record",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file it is about.
    pub path: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub kind: CheckKind,
    /// How many things were looked at. With none, the check says nothing.
    pub count: usize,
    pub findings: Vec<Finding>,
}

/// One consent in a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSummary {
    pub id: Hash,
    pub purpose: String,
    pub channel: String,
    pub events: usize,
    /// Where it stood after its last event, and since when.
    pub state: Option<ConsentState>,
    pub since: Moment,
}

/// Whose package it is, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub name: String,
    pub fingerprint: Hash,
    pub created: Moment,
    pub records: Vec<RecordSummary>,
}

/// The judgement about a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// A check that could not be made for what was found before is not among them.
    pub checks: Vec<Check>,
    pub summary: Option<Summary>,
    /// Whether the key was given by who asked. Without that the package only agrees with itself.
    pub key_was_given: bool,
}

impl Verdict {
    /// Whether every check was made and nothing was found.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.checks.len() == CheckKind::ALL.len()
            && self.checks.iter().all(|check| check.findings.is_empty())
    }

    /// What is wrong, check by check.
    pub fn findings(&self) -> impl Iterator<Item = (CheckKind, &Finding)> {
        self.checks
            .iter()
            .flat_map(|check| check.findings.iter().map(|found| (check.kind, found)))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// One line for everything that is wrong.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (kind, finding)) in self.findings().enumerate() {
            let comma = if at > 0 { "; " } else { "" };
            write!(f, "{comma}{}: {finding}", kind.as_str())?;
        }
        Ok(())
    }
}
