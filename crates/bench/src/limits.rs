//! The physical limit of everything durable: how long the disk takes to say that bytes are safe.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::error::{Result, While};
use crate::figures::Times;
use crate::moment;

const BLOCK: usize = 4_096;
/// The file is as long as a log that is written over again and again.
const BLOCKS: u64 = 1_024;

/// Overwrites blocks of a file and makes each durable, for as long as `lasts`.
///
/// # Errors
/// When the file cannot be written.
pub fn fdatasync(directory: &Path, lasts: Duration) -> Result<Times> {
    let doing = "probing the disk";
    let mut file = tempfile::tempfile_in(directory).doing(doing)?;
    file.write_all(&vec![1; BLOCK * BLOCKS as usize])
        .doing(doing)?;
    file.sync_all().doing(doing)?;
    let mut micros = Vec::new();
    let begun = moment::now();
    let mut block = 0_u64;
    while begun.elapsed() < lasts {
        let byte = u8::try_from(block % 251).unwrap_or(0);
        file.seek(SeekFrom::Start(block % BLOCKS * BLOCK as u64))
            .doing(doing)?;
        file.write_all(&[byte; BLOCK]).doing(doing)?;
        let asked = moment::now();
        sync(&file)?;
        micros.push(moment::micros(asked.elapsed()));
        block += 1;
    }
    Ok(Times::of(micros))
}

fn sync(file: &File) -> Result<()> {
    file.sync_data().doing("probing the disk")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_answers() {
        let directory = tempfile::tempdir().unwrap();
        let times = fdatasync(directory.path(), Duration::from_millis(50)).unwrap();
        assert!(times.count > 0 && times.p50 <= times.p99 && times.p99 <= times.max);
    }
}
