//! Rules about what the contact wants: objections, consents, and what takes their place.

use super::table::{Ground, ground, needs_opt_out};
use super::{Agreed, ListCheck, MessageClass, Reason, SendRequest, Standing};
use crate::channel::Medium;
use crate::consent::{PurposeClass, State, Status};
use crate::ids::ConsentEventId;
use crate::window::ReplyWindow;

/// What a permit rests on: the events of the consent that was used, if one was.
pub(super) type Used = Vec<ConsentEventId>;

pub(super) fn check(
    class: MessageClass,
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) -> Used {
    let medium = standing.capabilities.medium;
    objections(class, standing, reasons);
    let case = &standing.person.case;
    let once = |limit: u32, reasons: &mut Vec<Reason>| {
        if case.sent_of_class >= limit {
            reasons.push(Reason::plain("only_once"));
        }
    };
    let mut used = Used::new();
    match ground(class, medium) {
        Ground::Nothing => {}
        Ground::Impossible => reasons.push(Reason::plain("class_unsupported")),
        Ground::Conversation => begun(standing, reasons),
        Ground::ConversationUpTo(max) => {
            begun(standing, reasons);
            if case.sent_of_class >= max {
                reasons.push(Reason::with(
                    "follow_up_limit",
                    vec![("max", max.to_string())],
                ));
            }
        }
        Ground::Contract if case.chosen_for_contract => {}
        Ground::Contract => reasons.push(Reason::plain("channel_not_chosen")),
        Ground::Consent => used = consent(class, request, standing, reasons),
        Ground::ConsentOrCustomer => used = or_customer(class, request, standing, reasons),
        Ground::OnceOrConsent if fits_conversation(standing) => {}
        Ground::OnceOrConsent => used = consent(class, request, standing, reasons),
        Ground::OnceInConversation if fits_conversation(standing) => {}
        Ground::OnceInConversation => reasons.push(Reason::plain("only_in_conversation")),
        Ground::Once => once(1, reasons),
        Ground::OnceInWindow => {
            if matches!(standing.window, ReplyWindow::Closed { .. }) && request.template.is_some() {
                // A template would pass the window; this text is not worth one.
                reasons.push(Reason::plain("window_closed"));
            }
            once(1, reasons);
        }
        Ground::OnceAsAnswer | Ground::OnceAsAnswerOrCode => {
            let code = ground(class, medium) == Ground::OnceAsAnswerOrCode && case.text_codes;
            if !case.answers && !code {
                reasons.push(Reason::plain("only_as_answer"));
            }
            once(1, reasons);
        }
    }
    if needs_opt_out(class, medium) && !request.intent.opt_out {
        reasons.push(Reason::plain("opt_out_missing"));
    }
    if class == MessageClass::Marketing && medium == Medium::Mail {
        match standing.person.list {
            ListCheck::NotNeeded | ListCheck::Clear => {}
            ListCheck::Listed => reasons.push(Reason::plain("list_entry")),
            ListCheck::Unasked => reasons.push(Reason::plain("list_unasked")),
        }
    }
    used
}

fn objections(class: MessageClass, standing: &Standing<'_>, reasons: &mut Vec<Reason>) {
    let person = &standing.person;
    // Who objected is not asked to agree either, unless it wrote to us about it.
    let asks = class == MessageClass::Confirmation && !person.case.answers;
    if !class.is_advertising() && !asks {
        return;
    }
    if standing.marketing_stopped {
        reasons.push(Reason::plain("marketing_stopped"));
    }
    if person.objected {
        reasons.push(Reason::plain("objected"));
    }
    if person.paused {
        reasons.push(Reason::plain("marketing_paused"));
    }
}

fn begun(standing: &Standing<'_>, reasons: &mut Vec<Reason>) {
    if !standing.person.case.begun_by_contact {
        reasons.push(Reason::plain("conversation_not_begun"));
    }
}

/// Inside a conversation that the contact began and that is still open, for the first time.
fn fits_conversation(standing: &Standing<'_>) -> bool {
    let case = &standing.person.case;
    case.begun_by_contact
        && case.open
        && case.sent_of_class == 0
        && standing.window.allows_free_text()
}

/// A consent, or all of what § 7(3) UWG asks for.
fn or_customer(
    class: MessageClass,
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) -> Used {
    let mut against = Vec::new();
    let used = consent(class, request, standing, &mut against);
    if against.is_empty() {
        return used;
    }
    let person = &standing.person;
    let said_no = person.agreed.as_ref().is_some_and(|agreed| {
        matches!(
            agreed.consent.state,
            State::Withdrawn { .. } | State::Refused { .. }
        )
    });
    match person.customer {
        Some(customer) if customer.is_whole() && !said_no && request.intent.opt_out => {}
        Some(_) => {
            reasons.append(&mut against);
            reasons.push(Reason::plain("existing_customer"));
        }
        None => reasons.append(&mut against),
    }
    Used::new()
}

fn consent(
    class: MessageClass,
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) -> Used {
    let Some(agreed) = &standing.person.agreed else {
        reasons.push(Reason::plain("consent_missing"));
        return Used::new();
    };
    let status = agreed
        .consent
        .status(standing.now, agreed.notice, &agreed.address);
    let before = reasons.len();
    match status {
        Status::Granted => {}
        Status::None | Status::Refused | Status::Lapsed => {
            reasons.push(Reason::plain("consent_missing"));
        }
        Status::Requested | Status::Pending => reasons.push(Reason::plain("consent_pending")),
        Status::Outdated => reasons.push(Reason::plain("consent_outdated")),
        Status::Expired => reasons.push(Reason::plain("consent_expired")),
        Status::Unverified => reasons.push(Reason::plain("address_unverified")),
        Status::Withdrawn => reasons.push(Reason::plain("consent_withdrawn")),
        Status::Invalidated => reasons.push(Reason::plain("consent_invalidated")),
        Status::Asserted => reasons.push(Reason::plain("consent_unproven")),
    }
    if !covers(class, request, agreed, standing) {
        reasons.push(Reason::plain("consent_scope"));
    }
    let subject = &agreed.consent.subject;
    let here = subject.contact == agreed.contact
        && subject.channel == standing.channel
        && agreed.address.channel == standing.channel
        && subject.address == agreed.address.id;
    if !here {
        reasons.push(Reason::plain("channel_mismatch"));
    }
    if reasons.len() > before {
        return Used::new();
    }
    agreed.consent.rests_on.clone()
}

/// Whether it was agreed to exactly this: the purpose, the class, the notice, the medium.
fn covers(
    class: MessageClass,
    request: &SendRequest<'_>,
    agreed: &Agreed<'_>,
    standing: &Standing<'_>,
) -> bool {
    let purpose = agreed.purpose;
    let subject = &agreed.consent.subject;
    let class_fits = match class {
        MessageClass::Marketing => purpose.class == PurposeClass::Marketing,
        MessageClass::Survey => purpose.class == PurposeClass::Survey,
        _ => false,
    };
    let explicit = match &agreed.consent.state {
        State::Granted(grant) => grant.explicit || !purpose.needs_explicit,
        _ => true,
    };
    class_fits
        && explicit
        && purpose.code == subject.purpose
        && request.intent.purpose.as_deref() == Some(subject.purpose.as_str())
        && agreed
            .notice
            .covers(&subject.purpose, standing.capabilities.medium)
}
