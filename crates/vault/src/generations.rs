//! Generations of key-encryption keys, as files beside the master key: not in the key store, so
//! that a copy of the key store from before an erasure opens nothing once its generation is gone.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const HEADER: &str = "tresen-generation-1:";
const PREFIX: &str = "generation-";
const SUFFIX: &str = ".key";

/// One file for each generation, wrapped by the master key.
#[derive(Debug, Clone)]
pub struct GenerationFiles {
    directory: PathBuf,
}

impl GenerationFiles {
    #[must_use]
    pub fn in_directory(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    #[must_use]
    pub fn path(&self, generation: i64) -> PathBuf {
        self.directory.join(format!("{PREFIX}{generation}{SUFFIX}"))
    }

    /// The numbers of all files, ascending.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn numbers(&self) -> io::Result<Vec<i64>> {
        let mut numbers = Vec::new();
        let entries = match std::fs::read_dir(&self.directory) {
            // Not made yet.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(numbers),
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| {
                let number = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
                number.parse::<i64>().ok()
            });
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// # Errors
    /// When it is not there, cannot be read, or is no such file.
    pub fn read(&self, generation: i64) -> io::Result<Vec<u8>> {
        let text = std::fs::read_to_string(self.path(generation))?;
        let digits = text.trim().strip_prefix(HEADER);
        let digits = digits.filter(|digits| digits.len() % 2 == 0 && digits.is_ascii());
        let digits = digits.ok_or(ErrorKind::InvalidData)?;
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
        bytes.ok_or_else(|| ErrorKind::InvalidData.into())
    }

    /// Durable when it returns; a file that is there stays as it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, generation: i64, wrapped: &[u8]) -> io::Result<()> {
        let target = self.path(generation);
        if target.exists() {
            return Ok(());
        }
        // Beside its place first: a half-written one would stop the next start.
        let draft = target.with_extension("draft");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&draft)?;
        let digits: String = wrapped.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(file, "{HEADER}{digits}")?;
        file.sync_all()?;
        std::fs::rename(&draft, &target)?;
        self.sync()
    }

    /// Overwritten and gone when it returns.
    ///
    /// # Errors
    /// When it cannot be written or removed.
    pub fn destroy(&self, generation: i64) -> io::Result<()> {
        let path = self.path(generation);
        let mut file = match OpenOptions::new().write(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        file.write_all(&vec![b'0'; length])?;
        file.sync_all()?;
        std::fs::remove_file(&path)?;
        self.sync()
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}
