//! Libraries that stand between the server and the machine: one lets calls fail on request
//! (`libfiu`), one shows another time (`libfaketime`). Both come from the distribution and are
//! loaded in front of the server's own; nothing in the server knows of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Result, While, failed};
use crate::server::Launch;

const FAILING: [&str; 2] = [
    "/usr/lib/fiu/fiu_run_preload.so",
    "/usr/lib/fiu/fiu_posix_preload.so",
];
const SHOWING: &str = "faketime/libfaketimeMT.so.1";

/// Input or output failed.
pub const EIO: i32 = 5;
/// No room is left.
pub const ENOSPC: i32 = 28;

pub const FLUSH: &[&str] = &["posix/io/sync/fsync", "posix/io/sync/fdatasync"];
pub const WRITE: &[&str] = &["posix/io/rw/pwrite"];

/// Calls of a server that can be made to fail.
#[derive(Debug, Clone)]
pub struct Calls {
    control: PathBuf,
}

impl Calls {
    /// # Errors
    /// When the library is not installed.
    pub fn new(place: &Path) -> Result<Self> {
        if let Some(missing) = FAILING.iter().find(|path| !Path::new(path).is_file()) {
            return Err(failed(
                "letting calls fail",
                format!("there is no {missing}; apt-get install fiu-utils"),
            ));
        }
        Ok(Self {
            control: place.join("calls"),
        })
    }

    /// From the next start on, the server can be told to fail.
    pub fn stand_before(&self, launch: &mut Launch) {
        launch.set("LD_PRELOAD", &FAILING.join(" "));
        launch.set("FIU_CTRL_FIFO", &self.control.display().to_string());
    }

    /// From now on these calls of the process fail, each with this probability.
    ///
    /// # Errors
    /// When the process does not listen.
    pub fn fail(&self, process: i32, calls: &[&str], error: i32, probability: f64) -> Result<()> {
        let orders = calls.iter().map(|call| {
            format!("enable_random name={call},probability={probability},failinfo={error}")
        });
        self.order(process, &orders.collect::<Vec<_>>())
    }

    /// From now on they succeed again.
    ///
    /// # Errors
    /// When the process does not listen.
    pub fn heal(&self, process: i32, calls: &[&str]) -> Result<()> {
        let orders = calls.iter().map(|call| format!("disable name={call}"));
        self.order(process, &orders.collect::<Vec<_>>())
    }

    fn order(&self, process: i32, orders: &[String]) -> Result<()> {
        let doing = "letting calls fail";
        let mut control = Command::new("fiu-ctrl");
        control.arg("-f").arg(&self.control);
        for order in orders {
            control.args(["-c", order]);
        }
        let output = control.arg(process.to_string()).output().doing(doing)?;
        if output.status.success() {
            Ok(())
        } else {
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            Err(failed(doing, told.trim()))
        }
    }
}

/// The wall clock of a server that can be put; the time that only passes is left alone.
#[derive(Debug, Clone)]
pub struct WallClock {
    library: PathBuf,
    shown: PathBuf,
}

impl WallClock {
    /// # Errors
    /// When the library is not installed.
    pub fn new(place: &Path) -> Result<Self> {
        let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
            .iter()
            .map(|folder| Path::new(folder).join(SHOWING))
            .find(|path| path.is_file())
            .ok_or_else(|| {
                failed(
                    "putting a clock",
                    format!("there is no {SHOWING}; apt-get install faketime"),
                )
            })?;
        let clock = Self {
            library,
            shown: place.join("clock"),
        };
        clock.put(0)?;
        Ok(clock)
    }

    pub fn stand_before(&self, launch: &mut Launch) {
        launch.set("LD_PRELOAD", &self.library.display().to_string());
        launch.set("FAKETIME_TIMESTAMP_FILE", &self.shown.display().to_string());
        launch.set("FAKETIME_NO_CACHE", "1");
        launch.set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }

    /// So many seconds beside the true time.
    ///
    /// # Errors
    /// When the file that says so cannot be written.
    pub fn put(&self, seconds: i64) -> Result<()> {
        // Replaced and not overwritten: a half-written number would be another one.
        let draft = self.shown.with_extension("draft");
        std::fs::write(&draft, format!("{seconds:+}\n")).doing("putting a clock")?;
        std::fs::rename(&draft, &self.shown).doing("putting a clock")
    }
}
