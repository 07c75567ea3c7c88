//! The throw-away directory. It is gone when the demo ends, however it ends short of a kill.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

pub struct Place(TempDir);

impl Place {
    /// # Errors
    /// When the machine's directory for such things cannot be written.
    pub fn new() -> std::io::Result<Self> {
        tempfile::Builder::new()
            .prefix("tresen-demo-")
            .tempdir()
            .map(Self)
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the house may keep everything; it makes the directory for nobody else to read.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// # Errors
    /// When something is left behind; the error says what.
    pub fn remove(self) -> std::io::Result<()> {
        self.0.close()
    }
}
