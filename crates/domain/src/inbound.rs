//! What a channel tells us, after parsing: neutral events, no provider's words.

use crate::channel::{AddressKind, MediaKind};
use crate::content::Card;
use crate::delivery::{Cost, DeliveryError, DeliveryState};
use crate::pii::Pii;
use crate::time::Timestamp;

/// One thing that happened on a channel.
pub enum InboundEvent {
    Message(InboundMessage),
    /// An earlier message was changed: the contact's own, or (origin `Echo`) one the company sent
    /// from the vendor's app. `sender` is the contact in both cases.
    Edit {
        target: Pii<String>,
        provider_id: Pii<String>,
        sender: Sender,
        origin: Origin,
        text: Option<Pii<String>>,
        at: Timestamp,
    },
    /// An earlier message was deleted, by the contact or (origin `Echo`) by the company.
    Delete {
        target: Pii<String>,
        sender: Sender,
        origin: Origin,
        at: Timestamp,
    },
    /// `emoji: None` takes a reaction back. With origin `Echo` the company reacted, from the
    /// vendor's app.
    Reaction {
        target: Pii<String>,
        sender: Sender,
        origin: Origin,
        emoji: Option<Pii<String>>,
        at: Timestamp,
    },
    Receipt(Receipt),
    /// The contact is now known by other addresses.
    Identity {
        sender: Sender,
        known_as: Vec<ExternalAddress>,
        cause: IdentityCause,
        at: Timestamp,
    },
    /// The contact told the provider what it wants.
    Preference {
        sender: Sender,
        category: String,
        decision: PreferenceDecision,
        at: Timestamp,
    },
    /// The provider tells us about our account or number.
    Account {
        topic: String,
        summary: String,
        severity: AccountSeverity,
        at: Option<Timestamp>,
    },
    /// A template changed its state; the list is fetched afresh.
    TemplateChanged {
        name: String,
        language: Option<String>,
        status: Option<String>,
    },
}

/// Who sent it, by every address the channel named. The first one is the most durable.
#[derive(Clone, Default)]
pub struct Sender {
    pub addresses: Vec<ExternalAddress>,
    /// The name the person gave itself; display data, never a key.
    pub name: Option<Pii<String>>,
    pub username: Option<Pii<String>>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct ExternalAddress {
    pub kind: AddressKind,
    pub value: Pii<String>,
}

pub struct InboundMessage {
    /// The provider's id: the key of deduplication.
    pub provider_id: Pii<String>,
    pub sender: Sender,
    /// The provider's clock; the reply window is counted from it.
    pub at: Timestamp,
    pub origin: Origin,
    pub text: Option<Pii<String>>,
    pub media: Vec<InboundMedia>,
    pub card: Option<Card>,
    /// The provider's id of the message this one answers.
    pub quote: Option<Pii<String>>,
    pub forwarded: bool,
    /// Came through an advertisement or a link, shown as a card of its own.
    pub referral: Option<Card>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    Contact,
    /// Sent by the company from the vendor's own app: outbound, opens no window, wakes no bot.
    Echo,
    /// Imported from before we were connected.
    History,
}

/// A file the provider keeps for us; fetched by a job of its own.
#[derive(Clone)]
pub struct InboundMedia {
    pub kind: MediaKind,
    /// What the connector needs to fetch it.
    pub reference: Pii<String>,
    pub mime: Option<String>,
    pub sha256: Option<String>,
    pub name: Option<Pii<String>>,
}

/// What became of a message we sent.
pub struct Receipt {
    pub provider_id: Pii<String>,
    /// Our own message id, when the channel echoes it.
    pub our_reference: Option<String>,
    pub state: DeliveryState,
    pub at: Timestamp,
    pub error: Option<DeliveryError>,
    pub cost: Option<Cost>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityCause {
    ChangedNumber,
    ChangedUserId,
    /// The security code changed (a new device, possibly another person).
    ChangedDevice,
    Linked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PreferenceDecision {
    Stop,
    Resume,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountSeverity {
    Info,
    Warning,
    /// Sending stops until a person acts.
    Blocking,
}

/// Something in a callback that was not understood. It is kept raw and counted, and it never
/// stops the items beside it. Carries no content: only where and what kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseIssue {
    /// Position of the item in its callback.
    pub item: usize,
    /// What was not understood, e.g. `unknown_field:flows`.
    pub what: String,
}
