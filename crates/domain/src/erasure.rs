//! The erasure of a contact: its steps in their order, and what stands against it.

use crate::time::Timestamp;

/// What an erasure has to do next. Each step may run twice; each begins where the one before it
/// has ended, also after the process died in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Nothing is sent any more, and nobody of it is signed in.
    Stop,
    /// The bytes of its files.
    Files,
    /// Raw callbacks of its channels: some of them are its words.
    Callbacks,
    /// Conversations with everything in them, and at last the contact itself.
    Rows,
    /// What the search index and the database's log still hold of removed rows.
    Traces,
    /// Its key; the tombstone takes its place.
    Key,
    /// All other keys are wrapped by a new generation, and the old one is destroyed.
    Generation,
    /// What was done is counted and signed.
    Certificate,
}

impl Step {
    pub const ALL: [Self; 8] = [
        Self::Stop,
        Self::Files,
        Self::Callbacks,
        Self::Rows,
        Self::Traces,
        Self::Key,
        Self::Generation,
        Self::Certificate,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Files => "files",
            Self::Callbacks => "callbacks",
            Self::Rows => "rows",
            Self::Traces => "traces",
            Self::Key => "key",
            Self::Generation => "generation",
            Self::Certificate => "certificate",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    /// `None` behind the last one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let mut later = Self::ALL.into_iter().skip_while(|step| *step != self);
        later.nth(1)
    }

    /// Up to here nothing is gone yet, and a hold still stops it.
    #[must_use]
    pub const fn can_be_stopped(self) -> bool {
        matches!(self, Self::Stop | Self::Files)
    }
}

/// How much there is of a contact, or was. Numbers only: this is what the certificate says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stock {
    pub conversations: i64,
    pub messages: i64,
    pub notes: i64,
    pub files: i64,
    pub addresses: i64,
}

/// A legal hold: somebody with a matter asked for it, and a second person agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldState {
    pub review_at: Timestamp,
    pub is_agreed: bool,
    pub is_ended: bool,
}

impl HoldState {
    /// A hold that nobody agreed to holds as well, so that nothing is lost while the second person
    /// is asked; one whose review is overdue goes on until somebody ends it.
    #[must_use]
    pub const fn stands(self) -> bool {
        !self.is_ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_follow_each_other_and_end() {
        let mut step = Some(Step::ALL[0]);
        let mut seen = Vec::new();
        while let Some(now) = step {
            seen.push(now);
            assert_eq!(Step::parse(now.as_str()), Some(now));
            step = now.next();
        }
        assert_eq!(seen, Step::ALL);
        assert_eq!(Step::parse("elsewhere"), None);
    }
}
