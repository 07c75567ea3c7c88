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
            recipient,
            body,
            quote,
        }
    }

    #[must_use]
    pub const fn permit(&self) -> &SendPermit {
        &self.permit
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
