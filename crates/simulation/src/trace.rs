//! What happened, as a number for comparing and, if wanted, as lines for reading.

use std::fmt::{self, Write as _};

/// The story of one world.
#[derive(Default)]
pub struct Trace {
    hash: u64,
    line: String,
    kept: Option<Vec<String>>,
}

impl Trace {
    /// Keeps the lines as well.
    #[must_use]
    pub fn readable() -> Self {
        Self {
            kept: Some(Vec::new()),
            ..Self::default()
        }
    }

    pub fn say(&mut self, what: fmt::Arguments<'_>) {
        self.line.clear();
        // Writing to a String cannot fail.
        _ = self.line.write_fmt(what);
        // FNV-1a.
        for byte in self.line.bytes().chain([b'\n']) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if let Some(kept) = &mut self.kept {
            kept.push(self.line.clone());
        }
    }

    #[must_use]
    pub const fn hash(&self) -> u64 {
        self.hash
    }

    #[must_use]
    pub fn lines(&self) -> &[String] {
        self.kept.as_deref().unwrap_or_default()
    }
}
