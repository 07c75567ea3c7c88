//! What leaves the house. An [`Outbound`] needs a permit, and a note has no way to become one.

use crate::channel::{AddressKind, MediaKind};
use crate::content::{Choices, TemplateUse};
use crate::gate::SendPermit;
use crate::ids::{AttachmentId, MessageId};
use crate::pii::Pii;

/// Where a message goes on its channel.
#[derive(Clone)]
pub struct Recipient {
    pub kind: AddressKind,
    pub value: Pii<String>,
}

/// The body of one send. One wire message carries at most one file; the use case splits.
pub enum OutboundBody {
    Text(Pii<String>),
    Media {
        attachment: AttachmentId,
        kind: MediaKind,
        mime: String,
        name: Pii<String>,
        caption: Option<Pii<String>>,
    },
    Choices {
        text: Pii<String>,
        choices: Choices,
    },
    Template(TemplateUse),
    /// `None` takes the reaction back.
    Reaction {
        target: Pii<String>,
        emoji: Option<Pii<String>>,
    },
}

/// One message with the right to leave.
pub struct Outbound {
    permit: SendPermit,
    pub message_id: MessageId,
    /// Which try this is, from 1 on: what a provider says of an earlier one must not be taken
    /// for this one's fate.
    pub attempt: i64,
    pub recipient: Recipient,
    pub body: OutboundBody,
    /// The provider's id of the message this one answers.
    pub quote: Option<Pii<String>>,
}

impl Outbound {
    #[must_use]
    pub const fn new(
        permit: SendPermit,
        message_id: MessageId,
        recipient: Recipient,
        body: OutboundBody,
        quote: Option<Pii<String>>,
    ) -> Self {
        Self {
            permit,
            message_id,
            attempt: 1,
            recipient,
            body,
            quote,
        }
    }

    #[must_use]
    pub const fn at_attempt(mut self, number: i64) -> Self {
        self.attempt = number;
        self
    }

    /// What providers hand back with each receipt; [`OutboundReference`] reads it.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}.{}", self.message_id, self.attempt)
    }

    #[must_use]
    pub const fn permit(&self) -> &SendPermit {
        &self.permit
    }
}

/// Our own name of one try, as it comes back in a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboundReference {
    pub message_id: MessageId,
    pub attempt: i64,
}

impl OutboundReference {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (message, attempt) = text.split_once('.')?;
        Some(Self {
            message_id: message.parse().ok()?,
            attempt: attempt.parse().ok()?,
        })
    }
}

/// A sign of presence that carries no content and therefore needs no permit, but is only ever
/// sent in answer to a message of the contact.
pub enum Signal {
    /// The messages up to this one were seen.
    Read { provider_id: Pii<String> },
    /// A teammate is writing; answers the contact's last message.
    Typing { provider_id: Pii<String> },
}

/// What became of one attempt.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    Accepted {
        provider_id: Pii<String>,
    },
    /// Certainly not accepted; may be tried again after this many milliseconds.
    Retry {
        after_ms: Option<i64>,
        error: crate::delivery::DeliveryError,
    },
    /// Certainly not accepted and never will be.
    Refused(crate::delivery::DeliveryError),
    /// No answer: it may have arrived.
    Unknown,
}
