//! What a notice says, as far as decisions need it. The text itself is kept elsewhere, unchanged
//! for ever, under the digest that is its id.

use std::collections::BTreeSet;
use std::fmt;

use crate::channel::Medium;

/// The SHA-256 digest of a notice's document.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoticeId(pub [u8; 32]);

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Which notice was agreed to, and which promises it made. Notices with the same number promise
/// the same: another language, a better word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeMark {
    pub id: NoticeId,
    pub material: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeTerms {
    pub mark: NoticeMark,
    /// Whose advertising.
    pub advertiser: String,
    /// For which products.
    pub product_scope: String,
    /// Who receives the data.
    pub recipients: BTreeSet<String>,
    /// Codes of the purposes it asks for.
    pub purposes: BTreeSet<String>,
    pub media: BTreeSet<Medium>,
}

impl NoticeTerms {
    #[must_use]
    pub fn covers(&self, purpose: &str, medium: Medium) -> bool {
        let named = !self.advertiser.trim().is_empty() && !self.product_scope.trim().is_empty();
        named && self.purposes.contains(purpose) && self.media.contains(&medium)
    }

    /// Whether who agreed to this one has not agreed to the other: somebody else advertises,
    /// something else is advertised, or somebody more receives the data.
    #[must_use]
    pub fn promises_otherwise_than(&self, earlier: &Self) -> bool {
        self.advertiser != earlier.advertiser
            || self.product_scope != earlier.product_scope
            || !self.recipients.is_subset(&earlier.recipients)
    }

    /// The number of what a notice promises, given the one it follows and the highest number
    /// that was ever given.
    #[must_use]
    pub fn material_after(&self, earlier: &Self, highest: u32) -> u32 {
        if self.promises_otherwise_than(earlier) {
            highest.saturating_add(1)
        } else {
            earlier.mark.material
        }
    }
}
