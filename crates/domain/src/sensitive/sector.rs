//! What kind of company this installation serves, as far as the law asks more of it.

use super::Confidence;

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

/// What a mode asks, as facts that others act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectorRules {
    /// From how sure a finding on is what leaves through a third party held?
    pub hold_from: Confidence,
    /// A teammate may send anyway, with a reason that is logged.
    pub override_allowed: bool,
    /// Words about health may follow an explicit consent (Art. 9(2)(a) GDPR), with a reason.
    pub override_with_explicit_consent: bool,
    /// Pictures may show papers, so they are held as words are.
    pub pictures_held: bool,
    /// Third parties carry nothing but the fixed words that call to the own chat.
    pub doorbell_only: bool,
    pub language_models_allowed: bool,
    pub own_channel_first: bool,
    /// What a third party keeps of a conversation is taken back where its platform can.
    pub third_party_copy_redacted: bool,
    /// The third party's automatic book of contacts forgets the contact.
    pub contact_book_emptied: bool,
    /// Processors outside of the EEA and adequate countries are refused (§ 80 SGB X).
    pub processors_in_adequate_countries_only: bool,
    /// For every disclosure it is logged through which medium it went.
    pub medium_logged: bool,
    /// An account opens only after its holder promised secrecy.
    pub secrecy_promised_first: bool,
    /// Automatic answers always offer a person.
    pub person_always_offered: bool,
    /// How long vouchers are kept; the general rule where there is none.
    pub vouchers_kept_years: Option<u8>,
}

impl SectorMode {
    #[must_use]
    pub const fn rules(self) -> SectorRules {
        let standard = SectorRules {
            hold_from: Confidence::High,
            override_allowed: true,
            override_with_explicit_consent: true,
            pictures_held: false,
            doorbell_only: false,
            language_models_allowed: true,
            own_channel_first: false,
            third_party_copy_redacted: false,
            contact_book_emptied: false,
            processors_in_adequate_countries_only: false,
            medium_logged: false,
            secrecy_promised_first: false,
            person_always_offered: false,
            vouchers_kept_years: None,
        };
        let sector = SectorRules {
            hold_from: Confidence::Medium,
            override_allowed: false,
            override_with_explicit_consent: false,
            ..standard
        };
        match self {
            Self::Standard => standard,
            Self::Health => SectorRules {
                override_with_explicit_consent: true,
                pictures_held: true,
                own_channel_first: true,
                ..sector
            },
            Self::SocialData => SectorRules {
                pictures_held: true,
                doorbell_only: true,
                own_channel_first: true,
                third_party_copy_redacted: true,
                contact_book_emptied: true,
                processors_in_adequate_countries_only: true,
                medium_logged: true,
                ..sector
            },
            Self::Mandate => SectorRules {
                language_models_allowed: false,
                secrecy_promised_first: true,
                ..sector
            },
            Self::Finance => SectorRules {
                person_always_offered: true,
                vouchers_kept_years: Some(10),
                ..sector
            },
        }
    }
}
