//! Consent events: what happened to one consent, and the evidence for it.
//!
//! None of these types can be printed for debugging: they hold what a person said and is reached at.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::commitment::{Leaf, Salt};
use crate::hash::Hash;
use crate::moment::Moment;
use crate::version::Version;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[serde(rename = $word)] $variant,)+
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

words! {
    /// What happened.
    EventKind {
        Requested = "requested",
        ChallengeIssued = "challenge_issued",
        Confirmed = "confirmed",
        Refused = "refused",
        Lapsed = "lapsed",
        Asserted = "asserted",
        Used = "used",
        Renewed = "renewed",
        Outdated = "outdated",
        Expired = "expired",
        Unverified = "unverified",
        Paused = "paused",
        Resumed = "resumed",
        Objected = "objected",
        Withdrawn = "withdrawn",
        Invalidated = "invalidated",
    }
}

words! {
    /// Where a consent stands before and after an event.
    ConsentState {
        None = "none",
        Requested = "requested",
        Pending = "pending",
        Granted = "granted",
        Refused = "refused",
        Lapsed = "lapsed",
        Asserted = "asserted",
        Outdated = "outdated",
        Expired = "expired",
        Unverified = "unverified",
        Paused = "paused",
        Withdrawn = "withdrawn",
        Invalidated = "invalidated",
    }
}

words! {
    /// By which act.
    ActKind {
        Checkbox = "checkbox",
        Button = "button",
        Text = "text",
        Spoken = "spoken",
        Import = "import",
    }
}

impl EventKind {
    /// Whether the customer did it; the rest is done by the house or by time.
    #[must_use]
    pub const fn is_by_subject(self) -> bool {
        matches!(
            self,
            Self::Requested
                | Self::Confirmed
                | Self::Refused
                | Self::Renewed
                | Self::Objected
                | Self::Withdrawn
        )
    }

    /// Whether it is what makes sending lawful, and so must be proven in full.
    #[must_use]
    pub const fn is_grant(self) -> bool {
        matches!(self, Self::Confirmed | Self::Renewed)
    }
}

/// What the customer did, and the words or the button's label as they stood.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    pub kind: ActKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// Where it began: a page, a QR code, a broadcast, a terminal, a teammate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub kind: String,
    pub value: String,
}

/// What was asked back, and what came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    pub id: String,
    pub issued: Moment,
    /// `code`, `link`, `button`.
    pub kind: String,
    /// SHA-256 of the secret in it.
    pub token: Hash,
}

/// Technical traces.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// SHA-256 of the provider's callback as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback: Option<Hash>,
    /// The network it came from: an address cut to /24 or /48.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// One event. The first eight members are always there; a proof of consent needs the others too
/// (`missing`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentEvent {
    pub channel: String,
    pub event: EventKind,
    pub locale: String,
    /// The address of the notice's document: `sha256:…`.
    pub notice: String,
    pub purpose: String,
    /// The contact, by its id and never by its name.
    pub subject: String,
    #[serde(rename = "ts")]
    pub at: Moment,
    pub v: Version,

    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
    /// Whose clock `ts` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Moment>,
    /// Whether special categories of data were named (Art. 9 GDPR).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explicit: Option<bool>,
    /// The leaf of the event before it in the same record; the first one has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Hash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<ConsentState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The address as a keyed hash: consent binds to a channel and an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_ts: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ConsentState>,
}

impl ConsentEvent {
    /// The bytes that are committed to.
    ///
    /// # Errors
    /// None in practice: every event has a canonical form.
    pub fn bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::write(self)
    }

    /// # Errors
    /// When the bytes are no canonical event.
    pub fn read(bytes: &[u8]) -> Result<Self, CanonicalError> {
        canonical::read(bytes)
    }

    /// The leaf that commits to this event, as number `seq` of its tree.
    ///
    /// # Errors
    /// As `bytes`.
    pub fn leaf(&self, tenant: &str, seq: u64, salt: &Salt) -> Result<Leaf, CanonicalError> {
        Ok(Leaf {
            commit: salt.commit(&self.bytes()?),
            kind: self.leaf_kind(),
            seq,
            tenant: tenant.to_owned(),
            at: self.at,
            v: Version,
        })
    }

    #[must_use]
    pub fn leaf_kind(&self) -> String {
        format!("consent.{}", self.event.as_str())
    }

    /// What a court would miss: nothing, when the proof is complete.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let mut wanted = vec![
            ("clock", self.clock.is_some()),
            ("from", self.from.is_some()),
            ("id", self.id.is_some()),
            ("identity", self.identity.is_some()),
            ("to", self.to.is_some()),
        ];
        if self.event.is_grant() {
            wanted.extend([
                ("act", self.act.is_some()),
                (
                    "evidence",
                    self.evidence
                        .as_ref()
                        .is_some_and(|e| *e != Evidence::default()),
                ),
                ("expires", self.expires.is_some()),
                ("source", self.source.is_some()),
            ]);
        }
        // Only a confirmation answers a question; renewing happens where the customer already is.
        if self.event == EventKind::Confirmed {
            let answered = self.challenge.as_ref().is_some_and(|c| c.answer.is_some());
            wanted.push(("challenge.answer", answered));
        }
        let missing = wanted.into_iter().filter(|(_, is_there)| !is_there);
        missing.map(|(name, _)| name).collect()
    }
}
