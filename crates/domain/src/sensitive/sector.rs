//! What kind of company this installation serves, as far as the law asks more of it.

/// One switch with many defaults. The names are those of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SectorMode {
    #[default]
    Standard,
    /// Pharmacies, practices, opticians.
    Health,
    /// Statutory insurers: social data never passes a third party.
    SocialData,
    /// Lawyers and tax advisers, bound to secrecy (§ 203 StGB).
    Mandate,
    Finance,
}

impl SectorMode {
    pub const ALL: [Self; 5] = [
        Self::Standard,
        Self::Health,
        Self::SocialData,
        Self::Mandate,
        Self::Finance,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Health => "gesundheit",
            Self::SocialData => "sozialdaten",
            Self::Mandate => "mandat",
            Self::Finance => "finance",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }

    /// Insured people write their number here without saying what it is.
    #[must_use]
    pub const fn expects_health_numbers(self) -> bool {
        matches!(self, Self::Health | Self::SocialData)
    }
}
