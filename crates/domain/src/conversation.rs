//! A conversation's life: whose turn it is, and what each event does to it.

use crate::ids::TeammateId;
use crate::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Our turn.
    Open,
    /// The contact's turn.
    Waiting,
    Snoozed,
    Done,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Open, Self::Waiting, Self::Snoozed, Self::Done];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Snoozed => "snoozed",
            Self::Done => "done",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// The part of a conversation that decisions change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    pub status: Status,
    pub assignee: Option<TeammateId>,
    pub snoozed_until: Option<Timestamp>,
}

/// A change a person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Assign(Option<TeammateId>),
    SetStatus(Status),
    Snooze(Timestamp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    #[error("a conversation is snoozed until a moment in the future")]
    SnoozeInThePast,
    #[error("a snoozed conversation needs the moment at which it comes back")]
    SnoozeWithoutEnd,
}

impl State {
    pub const NEW: Self = Self {
        status: Status::Open,
        assignee: None,
        snoozed_until: None,
    };

    /// The contact wrote: it is our turn, whatever was before.
    #[must_use]
    pub const fn on_inbound(self) -> Self {
        Self {
            status: Status::Open,
            assignee: self.assignee,
            snoozed_until: None,
        }
    }

    /// A teammate answered: the contact's turn, and who answers takes the conversation.
    #[must_use]
    pub fn on_answer(self, author: Option<TeammateId>) -> Self {
        let status = if self.status == Status::Done {
            Status::Done
        } else {
            Status::Waiting
        };
        Self {
            status,
            assignee: self.assignee.or(author),
            snoozed_until: None,
        }
    }

    /// # Errors
    /// [`ChangeError`] when the change makes no sense at `now`.
    pub fn apply(self, change: Change, now: Timestamp) -> Result<Self, ChangeError> {
        match change {
            Change::Assign(assignee) => Ok(Self { assignee, ..self }),
            Change::SetStatus(Status::Snoozed) => match self.snoozed_until {
                Some(until) if until > now => Ok(Self {
                    status: Status::Snoozed,
                    ..self
                }),
                _ => Err(ChangeError::SnoozeWithoutEnd),
            },
            Change::SetStatus(status) => Ok(Self {
                status,
                snoozed_until: None,
                ..self
            }),
            Change::Snooze(until) if until > now => Ok(Self {
                status: Status::Snoozed,
                snoozed_until: Some(until),
                ..self
            }),
            Change::Snooze(_) => Err(ChangeError::SnoozeInThePast),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inbound_message_reopens_and_keeps_the_assignee() {
        let who = Some(TeammateId::from_bytes([1; 16]));
        for status in Status::ALL {
            let state = State {
                status,
                assignee: who,
                snoozed_until: Some(Timestamp(9)),
            };
            assert_eq!(
                state.on_inbound(),
                State {
                    status: Status::Open,
                    assignee: who,
                    snoozed_until: None
                }
            );
        }
    }

    #[test]
    fn an_answer_assigns_only_when_nobody_has_it() {
        let first = TeammateId::from_bytes([1; 16]);
        let second = TeammateId::from_bytes([2; 16]);
        let state = State::NEW.on_answer(Some(first));
        assert_eq!(state.assignee, Some(first));
        assert_eq!(state.status, Status::Waiting);
        assert_eq!(state.on_answer(Some(second)).assignee, Some(first));
    }

    #[test]
    fn snoozing_needs_a_future_moment() {
        let now = Timestamp(10);
        assert_eq!(
            State::NEW.apply(Change::Snooze(now), now),
            Err(ChangeError::SnoozeInThePast)
        );
        assert_eq!(
            State::NEW.apply(Change::SetStatus(Status::Snoozed), now),
            Err(ChangeError::SnoozeWithoutEnd)
        );
        let snoozed = State::NEW
            .apply(Change::Snooze(Timestamp(11)), now)
            .unwrap();
        assert_eq!(snoozed.status, Status::Snoozed);
        let woken = snoozed.apply(Change::SetStatus(Status::Open), now).unwrap();
        assert_eq!(woken.snoozed_until, None);
    }
}
