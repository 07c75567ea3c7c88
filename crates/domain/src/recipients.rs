//! Who outside learns of what is said on a channel, by name: the concrete recipients that a person
//! may ask for (Art. 15(1)(c) GDPR).

/// In what capacity somebody receives data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capacity {
    /// On our instructions (Art. 28).
    Processor,
    /// For its own purposes, on its own responsibility.
    Controller,
}

impl Capacity {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Processor => "processor",
            Self::Controller => "controller",
        }
    }
}

/// The ground on which data may leave for a country without a law like ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferBasis {
    /// It stays where the GDPR holds.
    None,
    /// The adequacy decision for certified companies in the United States.
    DataPrivacyFramework,
}

impl TransferBasis {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::DataPrivacyFramework => "dpf",
        }
    }
}

/// One recipient of what is said on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    pub id: &'static str,
    pub name: &'static str,
    /// ISO 3166.
    pub country: &'static str,
    pub capacity: Capacity,
    /// Where it may be passed on to beyond that country.
    pub onward: Option<&'static str>,
    pub basis: TransferBasis,
    /// Catalogue key: what it learns, and what for.
    pub learns: &'static str,
}
