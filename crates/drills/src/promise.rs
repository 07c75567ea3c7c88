//! The promises that drills prove, with the mechanism behind each.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Promise {
    P1,
    P2,
    P3,
    P4,
    P5,
    P7,
    P9,
    P10,
    P11,
    P12,
    P18,
}

impl Promise {
    pub const ALL: [Self; 11] = [
        Self::P1,
        Self::P2,
        Self::P3,
        Self::P4,
        Self::P5,
        Self::P7,
        Self::P9,
        Self::P10,
        Self::P11,
        Self::P12,
        Self::P18,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
            Self::P5 => "P5",
            Self::P7 => "P7",
            Self::P9 => "P9",
            Self::P10 => "P10",
            Self::P11 => "P11",
            Self::P12 => "P12",
            Self::P18 => "P18",
        }
    }
}
