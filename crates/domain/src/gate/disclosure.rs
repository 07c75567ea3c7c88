//! What goes with a message: the first information about the contact's data, and that a program
//! writes.

use super::{Enclosure, MessageClass, NoticeServed, Reason, SendRequest, Standing};

pub(super) fn check(
    class: MessageClass,
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) -> Vec<Enclosure> {
    let mut enclosures = Vec::new();
    // The fixed texts say it themselves or say nothing.
    match standing.person.notice {
        _ if class.is_fixed() => {}
        NoticeServed::Served => {}
        NoticeServed::Attachable => enclosures.push(Enclosure::FirstNotice),
        // Who must be warned is warned first and informed then.
        NoticeServed::Missing if class == MessageClass::Security => {}
        NoticeServed::Missing => reasons.push(Reason::plain("no_notice")),
    }
    if request.intent.by_bot && !standing.person.bot_disclosed {
        enclosures.push(Enclosure::BotDisclosure);
    }
    enclosures
}
