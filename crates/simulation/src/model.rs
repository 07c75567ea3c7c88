//! What must be true, kept beside the house from what it answered: no look into the house is
//! needed to know what it promised.

use std::collections::BTreeMap;

use app::{AppError, ChatVisitor};
use domain::{AttachmentId, ConversationId, MessageId};
use store::StoreError;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub rule: &'static str,
    pub what: String,
}

impl Violation {
    #[must_use]
    pub const fn new(rule: &'static str, what: String) -> Self {
        Self { rule, what }
    }
}

/// Who wrote something under an id of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    Customer(usize),
    Teammate {
        teammate: usize,
        conversation: ConversationId,
        note: bool,
    },
}

/// What one try was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is written, as this item.
    Written([u8; 16]),
    /// It is not written.
    Refused,
    /// Something else is written under this id.
    Reused,
    /// It may be written or not.
    Unknown,
}

impl Verdict {
    #[must_use]
    pub fn of(error: &AppError) -> Self {
        match error {
            AppError::Conflict("client_id_reused") => Self::Reused,
            AppError::Store(StoreError::Unknown | StoreError::Keys(_)) => Self::Unknown,
            _ => Self::Refused,
        }
    }
}

/// One request to write.
#[derive(Debug, Clone)]
pub struct Try {
    pub text: String,
    pub began: u64,
    /// `None` as long as no answer came; the process may have died meanwhile.
    pub ended: Option<(u64, Verdict)>,
}

/// Everything that was tried under one id.
#[derive(Debug, Clone)]
pub struct Write {
    pub by: Writer,
    pub id: String,
    /// The file that goes with it, and what is in it.
    pub file: Option<(AttachmentId, String)>,
    pub tries: Vec<Try>,
}

impl Write {
    /// What it certainly became.
    #[must_use]
    pub fn written(&self) -> Option<([u8; 16], u64)> {
        self.tries.iter().find_map(|attempt| match attempt.ended {
            Some((at, Verdict::Written(item))) => Some((item, at)),
            _ => None,
        })
    }

    /// It was refused when nothing else was under way any more: it is not written, whatever was
    /// not known before.
    #[must_use]
    pub fn is_refused(&self, calm_since: Option<u64>) -> bool {
        let last = self.tries.last();
        last.is_some_and(|last| {
            let calm = calm_since.is_some_and(|since| last.began >= since);
            calm && matches!(last.ended, Some((_, Verdict::Refused)))
        })
    }

    #[must_use]
    pub fn began(&self) -> u64 {
        self.tries.first().map_or(0, |attempt| attempt.began)
    }
}

/// A sign that the team set at a message, or took back.
#[derive(Debug, Clone)]
pub struct Sign {
    pub message: MessageId,
    /// The provider's id of that message.
    pub target: String,
    pub emoji: Option<&'static str>,
    pub began: u64,
    pub ended: Option<(u64, Verdict)>,
}

#[derive(Default)]
pub struct Model {
    pub writes: Vec<Write>,
    pub signs: Vec<Sign>,
    /// Files that customers brought and have not sent.
    pub uploads: Vec<(usize, AttachmentId, String)>,
    /// Files that were ever brought.
    pub brought: usize,
    /// Customers of the own chat, once they were let in.
    pub visitors: BTreeMap<usize, ChatVisitor>,
    /// Conversations that somebody was told of, in that order.
    pub places: Vec<ConversationId>,
    /// How often a person may have decided to send a message again.
    pub approvals: BTreeMap<MessageId, usize>,
    /// From then on there is one act after the other.
    pub calm_since: Option<u64>,
    /// What went wrong while the world went on.
    pub violations: Vec<Violation>,
}

impl Model {
    /// Nobody knows what became of it: its author has to ask again.
    #[must_use]
    pub fn is_open(&self, write: &Write) -> bool {
        let unknown = |each: &Try| matches!(each.ended, None | Some((_, Verdict::Unknown)));
        write.written().is_none()
            && !write.is_refused(self.calm_since)
            && write.tries.iter().any(unknown)
    }

    pub fn place(&mut self, conversation: ConversationId) {
        if !self.places.contains(&conversation) {
            self.places.push(conversation);
        }
    }

    pub fn violated(&mut self, rule: &'static str, what: String) {
        self.violations.push(Violation::new(rule, what));
    }

    /// A new id of this author; answers the place of the write.
    pub fn begin(&mut self, by: Writer) -> usize {
        let number = self.writes.len();
        self.writes.push(Write {
            by,
            id: format!("id-{number}"),
            file: None,
            tries: Vec::new(),
        });
        number
    }

    /// A customer's message takes the file with it that its author brought.
    pub fn attach(&mut self, write: usize) {
        let Writer::Customer(customer) = self.writes[write].by else {
            return;
        };
        let mut uploads = self.uploads.iter();
        if let Some(place) = uploads.position(|(by, ..)| *by == customer) {
            let (_, id, content) = self.uploads.remove(place);
            self.writes[write].file = Some((id, content));
        }
    }

    /// One more try; answers its number.
    pub fn try_again(&mut self, write: usize, text: &str, now: u64) -> usize {
        let tries = &mut self.writes[write].tries;
        tries.push(Try {
            text: text.to_owned(),
            began: now,
            ended: None,
        });
        tries.len() - 1
    }

    /// Writes of authors like this one, for repeating one of them.
    #[must_use]
    pub fn writes_of(&self, by: impl Fn(&Writer) -> bool) -> Vec<usize> {
        (0..self.writes.len())
            .filter(|number| by(&self.writes[*number].by))
            .collect()
    }
}
