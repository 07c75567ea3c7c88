//! Rules about the contact, the channel and the ground on which data goes there.

use super::{MessageClass, Reason, Sector, SendRequest, Standing};
use crate::channel::{ChannelState, Medium};

/// Erased, restricted.
pub(super) fn check_contact(
    class: MessageClass,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) {
    let person = &standing.person;
    if person.erased {
        reasons.push(Reason::plain("erased"));
    }
    if person.restricted && class != MessageClass::Security {
        reasons.push(Reason::plain("restricted"));
    }
}

/// What the channel, the company and its sector let through.
pub(super) fn check_channel(
    class: MessageClass,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) {
    match standing.channel_state {
        ChannelState::Active => {}
        ChannelState::Paused => reasons.push(Reason::plain("channel_paused")),
        ChannelState::Broken => reasons.push(Reason::plain("channel_broken")),
    }
    let person = &standing.person;
    if person.channel_refused {
        reasons.push(Reason::plain("channel_policy"));
    }
    let ours = standing.capabilities.medium == Medium::OwnChat;
    if person.sector == Sector::DoorbellOnly && !ours && class != MessageClass::Doorbell {
        reasons.push(Reason::plain("sector_policy"));
    }
}

/// The provider abroad, the contact's age, and advertising that pretends to be something else.
pub(super) fn check_ground(
    class: MessageClass,
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) {
    let person = &standing.person;
    if person.transfer_held {
        reasons.push(Reason::plain("transfer_basis"));
    }
    let asks = class.is_advertising() || class == MessageClass::Confirmation;
    if asks && !person.age.may_agree() {
        reasons.push(Reason::plain("minor"));
    }
    let intent = &request.intent;
    // A reply may name a price: the contact asked. Everything else that is not advertising
    // must not advertise.
    let called = intent.class;
    let disguised = class == MessageClass::Marketing
        && !matches!(called, MessageClass::Marketing | MessageClass::Reply);
    let mixed =
        intent.advertises && !matches!(called, MessageClass::Marketing | MessageClass::Reply);
    if disguised || mixed {
        reasons.push(Reason::plain("class_mixed"));
    }
    if called.is_fixed() && !intent.fixed_text {
        reasons.push(Reason::plain("fixed_text_only"));
    }
}
