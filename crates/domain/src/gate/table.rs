//! The table of classes and media: what may be sent where, and on which ground.

use super::MessageClass;
use crate::channel::Medium;

/// What a message of a class needs on a medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// Never.
    Impossible,
    /// The contact began the conversation.
    Conversation,
    /// As above, and at most so many in a row.
    ConversationUpTo(u32),
    /// Nothing but itself.
    Nothing,
    /// A contract, and a channel that the contact chose for it.
    Contract,
    Consent,
    /// A consent, or § 7(3) UWG.
    ConsentOrCustomer,
    /// Once while the conversation is open; later a consent.
    OnceOrConsent,
    /// Once while the conversation is open, and never later.
    OnceInConversation,
    Once,
    /// Once, while the window is open.
    OnceInWindow,
    /// Once, as an answer to what the contact wrote.
    OnceAsAnswer,
    /// As above, or as a code where the company switched that on.
    OnceAsAnswerOrCode,
}

const FOLLOW_UPS_MAX: u32 = 2;

pub(super) const fn ground(class: MessageClass, medium: Medium) -> Ground {
    use Medium::{Mail, OpenChat, OwnChat, TemplatedChat, TextMessage, WindowedChat};
    match class {
        MessageClass::Reply => Ground::Conversation,
        MessageClass::FollowUp => match medium {
            TemplatedChat | TextMessage => Ground::ConversationUpTo(FOLLOW_UPS_MAX),
            OwnChat | Mail | OpenChat | WindowedChat => Ground::Conversation,
        },
        MessageClass::Transactional => match medium {
            OwnChat | Mail | WindowedChat => Ground::Nothing,
            TemplatedChat | TextMessage | OpenChat => Ground::Contract,
        },
        MessageClass::Security => Ground::Nothing,
        MessageClass::Survey => match medium {
            OwnChat | TemplatedChat | OpenChat => Ground::OnceOrConsent,
            Mail => Ground::ConsentOrCustomer,
            TextMessage => Ground::Consent,
            WindowedChat => Ground::OnceInConversation,
        },
        MessageClass::Marketing => match medium {
            Mail => Ground::ConsentOrCustomer,
            OwnChat | TemplatedChat | TextMessage | OpenChat => Ground::Consent,
            WindowedChat => Ground::Impossible,
        },
        MessageClass::Confirmation => match medium {
            OwnChat => Ground::Impossible,
            Mail => Ground::Once,
            TextMessage => Ground::OnceAsAnswerOrCode,
            TemplatedChat | OpenChat | WindowedChat => Ground::OnceAsAnswer,
        },
        MessageClass::WithdrawalConfirmation => match medium {
            TemplatedChat | WindowedChat => Ground::OnceInWindow,
            OwnChat | Mail | TextMessage | OpenChat => Ground::Once,
        },
        MessageClass::Doorbell => match medium {
            OwnChat => Ground::Impossible,
            Mail | TemplatedChat | TextMessage | OpenChat | WindowedChat => Ground::Nothing,
        },
    }
}

/// Whether each advertisement itself must show a way to object.
pub(super) const fn needs_opt_out(class: MessageClass, medium: Medium) -> bool {
    match class {
        MessageClass::Marketing => matches!(medium, Medium::Mail | Medium::TextMessage),
        // The exception of § 7(3) needs it at every use, a survey's consent does not.
        _ => false,
    }
}
