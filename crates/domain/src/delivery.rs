//! What became of a message: a join-semilattice, so that repetition and reordering of a
//! provider's receipts always end in the same state.

/// The state of one delivery. The rank grows towards "read"; `Failed` stands above everything,
/// because a provider that once said "failed" sends no second truth later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Committed here, not yet handed over.
    Queued,
    /// Handed over, and the answer never came: it may have arrived. Never resent by itself.
    Unknown,
    /// The provider took it.
    Sent,
    /// It reached the contact's device.
    Delivered,
    /// The contact opened it.
    Read,
    /// It will not arrive.
    Failed,
}

impl DeliveryState {
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Unknown,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
    ];

    /// Position in the lattice; the larger one wins.
    #[must_use]
    pub const fn rank(self) -> i64 {
        match self {
            Self::Queued => 0,
            Self::Unknown => 1,
            Self::Sent => 2,
            Self::Delivered => 3,
            Self::Read => 4,
            Self::Failed => 5,
        }
    }

    #[must_use]
    pub fn of_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.rank() == rank)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }

    /// The least state above both: commutative, associative, idempotent.
    #[must_use]
    pub const fn join(self, other: Self) -> Self {
        if self.rank() >= other.rank() {
            self
        } else {
            other
        }
    }

    /// A person may decide to send again; the house never does so by itself.
    #[must_use]
    pub const fn may_be_retried_by_a_person(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown)
    }
}

/// What the provider charged, as far as it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    pub billable: bool,
    pub category: String,
}

/// Why a delivery failed: the provider's code and our class of it. No personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryError {
    /// Stable code, e.g. `whatsapp_131047`; its explanation stands in the catalogue.
    pub code: String,
    pub class: FailureClass,
}

/// What a failure means for the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// Too fast: wait, then send again.
    Pace,
    /// The provider had a bad moment: send again later.
    Transient,
    /// The reply window is closed: only a template may be sent.
    Window,
    /// Not this content to this contact, not now.
    Recipient,
    /// The contact does not want this kind of message.
    OptedOut,
    /// The template is not usable.
    Template,
    /// We built a request the provider does not understand.
    Request,
    /// The account is in trouble: the channel stops until a person acts.
    Account,
}

impl FailureClass {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pace => "pace",
            Self::Transient => "transient",
            Self::Window => "window",
            Self::Recipient => "recipient",
            Self::OptedOut => "opted_out",
            Self::Template => "template",
            Self::Request => "request",
            Self::Account => "account",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn state() -> impl Strategy<Value = DeliveryState> {
        prop::sample::select(DeliveryState::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_ends_in_the_same_state(
            states in prop::collection::vec(state(), 1..12),
            order in any::<prop::sample::Index>(),
        ) {
            let straight = states.iter().fold(DeliveryState::Queued, |a, b| a.join(*b));
            let mut turned = states.clone();
            turned.rotate_left(order.index(states.len()));
            turned.extend(states.iter().rev());
            let shuffled = turned.iter().fold(DeliveryState::Queued, |a, b| a.join(*b));
            prop_assert_eq!(straight, shuffled);
        }

        #[test]
        fn a_state_never_falls(a in state(), b in state()) {
            prop_assert!(a.join(b).rank() >= a.rank());
            prop_assert_eq!(a.join(b), b.join(a));
            prop_assert_eq!(a.join(a), a);
        }
    }

    #[test]
    fn ranks_name_states_one_to_one() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::of_rank(state.rank()), Some(state));
        }
        assert_eq!(DeliveryState::of_rank(9), None);
    }
}
