//! A disk of a few megabytes under a data directory, which can be filled up and emptied again.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Result, While, failed};

const PIECE: usize = 64 * 1024;

/// Gone again with this value.
#[derive(Debug)]
pub struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    /// Puts what is in the directory on a disk of its own, in the same place.
    ///
    /// # Errors
    /// When this process may not mount.
    pub fn under(data: &Path, megabytes: u32) -> Result<Self> {
        let doing = "making a small disk";
        let aside = data.with_extension("aside");
        std::fs::rename(data, &aside).doing(doing)?;
        std::fs::create_dir(data).doing(doing)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o"]);
        mount.arg(format!("size={megabytes}m,mode=0700"));
        let mounted = run(mount.arg("tmpfs").arg(data));
        if let Err(error) = mounted {
            std::fs::remove_dir(data).doing(doing)?;
            std::fs::rename(&aside, data).doing(doing)?;
            return Err(error);
        }
        let disk = Self {
            at: data.to_owned(),
        };
        run(Command::new("cp").arg("-a").arg(aside.join(".")).arg(data))?;
        std::fs::remove_dir_all(&aside).doing(doing)?;
        Ok(disk)
    }

    fn ballast(&self) -> PathBuf {
        self.at.join("ballast")
    }

    /// Takes all the room there is.
    ///
    /// # Errors
    /// When it cannot be written for another reason than that.
    pub fn fill(&self) -> Result<()> {
        let doing = "filling a disk";
        let mut file = File::create(self.ballast()).doing(doing)?;
        let mut piece = PIECE;
        // Smaller and smaller pieces, until not even the smallest fits.
        while piece >= 512 {
            match file.write_all(&vec![0_u8; piece]) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => piece /= 2,
                Err(error) => return Err(failed(doing, error)),
            }
        }
        Ok(())
    }

    /// Gives the room back.
    ///
    /// # Errors
    /// When it was not taken.
    pub fn make_room(&self) -> Result<()> {
        std::fs::remove_file(self.ballast()).doing("making room on a disk")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, because a process that is just ending may have it open. What fails here leaves a
        // few megabytes behind, and there is nobody to tell.
        _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().doing(format!("running {name}"))?;
    if output.status.success() {
        Ok(())
    } else {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(failed(format!("running {name}"), told.trim()))
    }
}
