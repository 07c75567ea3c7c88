//! The trees of an installation: one for each class of events and period, so that a whole tree can
//! go when its time to be kept has ended.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a tree holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TreeClass {
    Consent,
    Send,
    Erasure,
    /// Who read what; a tree a month.
    Access,
    Admin,
}

impl TreeClass {
    pub const ALL: [Self; 5] = [
        Self::Consent,
        Self::Send,
        Self::Erasure,
        Self::Access,
        Self::Admin,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Send => "send",
            Self::Erasure => "erasure",
            Self::Access => "access",
            Self::Admin => "admin",
        }
    }
}

/// A class and its year, or its year and month: `consent-2026`, `access-2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeName {
    class: TreeClass,
    year: u16,
    month: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a tree, such as consent-2026 or access-2026-11")]
pub struct NotATree;

impl TreeName {
    /// The tree an event of this class belongs into. The month counts only where trees are monthly.
    ///
    /// # Errors
    /// When year or month is none.
    pub fn new(class: TreeClass, year: u16, month: u8) -> Result<Self, NotATree> {
        if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) {
            return Err(NotATree);
        }
        let month = (class == TreeClass::Access).then_some(month);
        Ok(Self { class, year, month })
    }

    #[must_use]
    pub const fn class(self) -> TreeClass {
        self.class
    }

    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }
}

impl fmt::Display for TreeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.class.as_str(), self.year)?;
        self.month.map_or(Ok(()), |month| write!(f, "-{month:02}"))
    }
}

impl FromStr for TreeName {
    type Err = NotATree;

    fn from_str(text: &str) -> Result<Self, NotATree> {
        let mut parts = text.splitn(3, '-');
        let class = parts.next().ok_or(NotATree)?;
        let class = TreeClass::ALL
            .into_iter()
            .find(|known| known.as_str() == class)
            .ok_or(NotATree)?;
        let year = parts.next().and_then(|year| year.parse().ok());
        let month = parts.next().map_or(Ok(1), str::parse);
        let name = Self::new(class, year.ok_or(NotATree)?, month.map_err(|_| NotATree)?)?;
        // A month where there is none, a sign, a missing zero: all come out differently.
        (name.to_string() == text).then_some(name).ok_or(NotATree)
    }
}

impl Serialize for TreeName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TreeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
