//! What follows from findings: may it leave, and what happens with what arrived. Every cell of the
//! table in docs/sensitive-content.md is a branch here and a line in the tests.

use super::{Confidence, Finding, Kind, Rule, Settings};
use crate::channel::ChannelKind;
use crate::time::{DAY_MS, MINUTE_MS, Timestamp};

/// One neutral hint to the customer in this time.
pub const HINT_INTERVAL_MS: i64 = DAY_MS;
/// The link in a doorbell is good for so long, so the next one is not sent before.
pub const DOORBELL_INTERVAL_MS: i64 = 30 * MINUTE_MS;

/// Who wants something to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Author {
    Teammate,
    Bot,
    Api,
    /// A text the provider approved, whoever asked for it.
    Template,
    Broadcast,
}

impl Author {
    pub const ALL: [Self; 5] = [
        Self::Teammate,
        Self::Bot,
        Self::Api,
        Self::Template,
        Self::Broadcast,
    ];
}

/// What is to leave, as far as the decision cares.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// In its text, its parameters and the names of its files.
    pub findings: &'a [Finding],
    pub author: Author,
    pub has_picture: bool,
    /// Word for word the house's own call to the secure chat ([`super::Doorbell::is`]).
    pub is_doorbell: bool,
    /// The gate found that what it is for permits it.
    pub purpose_permits: bool,
    /// An explicit consent to health content on this channel is in the ledger.
    pub explicit_consent: bool,
}

/// What a teammate can do with what is held; the first is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The words go into the own chat, and the third party gets the doorbell.
    OwnChannel,
    RemovePart,
    /// As it is; a reason is asked for and logged.
    SendAnyway,
}

/// Why nothing can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// This installation sends nothing but the doorbell through third parties.
    DoorbellOnly,
    /// No person looked at it: a teammate gets the task.
    NoPerson,
    /// What goes to many never holds such content.
    Broadcast,
    Purpose,
}

impl Denial {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DoorbellOnly => "sensitive_doorbell_only",
            Self::NoPerson => "sensitive_no_person",
            Self::Broadcast => "sensitive_broadcast",
            Self::Purpose => "sensitive_purpose",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    Hold(Vec<Choice>),
    Deny(Denial),
}

/// May it leave?
#[must_use]
pub fn outbound(outgoing: &Outgoing<'_>, channel: ChannelKind, settings: &Settings) -> Verdict {
    let rules = settings.mode.rules();
    let third_party = channel.is_third_party();
    if third_party && rules.doorbell_only {
        return if outgoing.is_doorbell {
            Verdict::Allow
        } else {
            Verdict::Deny(Denial::DoorbellOnly)
        };
    }
    let from = if settings.stricter {
        Confidence::Medium
    } else {
        rules.hold_from
    };
    let mut held = outgoing
        .findings
        .iter()
        .filter(|finding| finding.confidence >= from);
    let pictures = outgoing.has_picture && rules.pictures_held && third_party;
    if held.clone().next().is_none() && !pictures {
        return Verdict::Allow;
    }
    match (outgoing.author, third_party) {
        (Author::Broadcast, _) => Verdict::Deny(Denial::Broadcast),
        (Author::Teammate, false) => Verdict::Allow,
        (Author::Teammate, true) => {
            let only_health = held.all(|finding| finding.kind() == Kind::Health);
            let consented =
                rules.override_with_explicit_consent && outgoing.explicit_consent && only_health;
            let mut choices = vec![Choice::OwnChannel, Choice::RemovePart];
            if rules.override_allowed && !settings.overrides_forbidden || consented {
                choices.push(Choice::SendAnyway);
            }
            Verdict::Hold(choices)
        }
        (_, true) => Verdict::Deny(Denial::NoPerson),
        (_, false) if outgoing.purpose_permits => Verdict::Allow,
        (_, false) => Verdict::Deny(Denial::Purpose),
    }
}

/// What the customer is answered with at once, by the house itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// A neutral hint with the link to the own chat.
    Hint,
    /// The fixed words with the link, which also name the emergency numbers.
    Doorbell,
    /// Whom to call, and that a person is looking.
    Emergency,
}

/// What happens with what arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handling {
    /// Kept by the rule for special categories.
    pub flagged: bool,
    /// Lists, banners of the system and mail show the masked form.
    pub masked: bool,
    pub indexed: bool,
    /// Bots may read it.
    pub automated: bool,
    pub language_model: bool,
    /// The teammate is told what is probably in it, and offered the switch.
    pub banner: bool,
    /// A person is called at once, ahead of every queue.
    pub person_at_once: bool,
    pub reply: Option<Reply>,
}

/// What arrived, and what this conversation was told lately.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    pub findings: &'a [Finding],
    pub now: Timestamp,
    pub last_hint: Option<Timestamp>,
    pub last_doorbell: Option<Timestamp>,
}

#[must_use]
pub fn inbound(incoming: &Incoming<'_>, channel: ChannelKind, settings: &Settings) -> Handling {
    let rules = settings.mode.rules();
    let third_party = channel.is_third_party();
    let probable = incoming
        .findings
        .iter()
        .any(|one| one.confidence >= Confidence::Medium);
    let sure = incoming
        .findings
        .iter()
        .any(|one| one.confidence == Confidence::High);
    let danger = incoming
        .findings
        .iter()
        .any(|one| one.rule == Rule::EmergencyWord);
    let due = |last: Option<Timestamp>, interval: i64| {
        last.is_none_or(|last| incoming.now >= last.plus_ms(interval))
    };
    let doorbell = third_party && rules.doorbell_only;
    let reply = match (danger, doorbell) {
        // The doorbell names the emergency numbers, and nothing else may leave there.
        (true, true) => Some(Reply::Doorbell),
        (true, false) => Some(Reply::Emergency),
        (false, true) => {
            due(incoming.last_doorbell, DOORBELL_INTERVAL_MS).then_some(Reply::Doorbell)
        }
        (false, false) if third_party && sure => {
            due(incoming.last_hint, HINT_INTERVAL_MS).then_some(Reply::Hint)
        }
        (false, false) => None,
    };
    Handling {
        flagged: sure,
        masked: sure,
        indexed: !sure,
        // Whoever is in danger is not answered by a program, wherever they write.
        automated: !(danger || third_party && sure),
        language_model: rules.language_models_allowed && !(danger || third_party && sure),
        banner: third_party && probable || danger,
        person_at_once: danger,
        reply,
    }
}
