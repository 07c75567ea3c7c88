//! What the checks need beside Rust and Node, from Debian's packages when it is missing.

use std::path::Path;
use std::process::Command;

use crate::place::Place;
use crate::process::{self, Failure};
use crate::schedule::{Log, Verdict};

struct Package {
    name: &'static str,
    is_there: fn() -> bool,
}

const NEEDED: [Package; 9] = [
    Package {
        name: "chromium",
        is_there: has_chromium,
    },
    Package {
        name: "e2fsprogs",
        is_there: has_ext4_tools,
    },
    Package {
        name: "faketime",
        is_there: has_faketime,
    },
    Package {
        name: "fiu-utils",
        is_there: has_fiu,
    },
    Package {
        name: "postgresql",
        is_there: has_postgres,
    },
    Package {
        name: "python3-venv",
        is_there: has_venv,
    },
    Package {
        name: "qemu-system-x86",
        is_there: has_emulator,
    },
    Package {
        name: "slowhttptest",
        is_there: has_slowhttptest,
    },
    Package {
        name: "valgrind",
        is_there: has_valgrind,
    },
];

/// Without it the journeys run in the whole browser, which needs half as much again.
const WANTED: Package = Package {
    name: "chromium-headless-shell",
    is_there: has_shell,
};

fn has_shell() -> bool {
    Path::new("/usr/bin/chromium-headless-shell").is_file()
}

fn has_chromium() -> bool {
    Path::new("/usr/bin/chromium").is_file()
}

fn has_ext4_tools() -> bool {
    ["mkfs.ext4", "e2fsck", "debugfs"]
        .iter()
        .all(|tool| Path::new("/usr/sbin").join(tool).is_file())
}

fn has_faketime() -> bool {
    Path::new("/usr/bin/faketime").is_file()
}

fn has_fiu() -> bool {
    Path::new("/usr/bin/fiu-run").is_file()
}

fn has_emulator() -> bool {
    Path::new("/usr/bin/qemu-system-x86_64").is_file()
}

fn has_postgres() -> bool {
    std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .any(|version| version.path().join("bin/initdb").is_file())
}

fn has_slowhttptest() -> bool {
    Path::new("/usr/bin/slowhttptest").is_file()
}

fn has_valgrind() -> bool {
    process::succeeds(Command::new("valgrind").arg("--version"))
}

fn has_venv() -> bool {
    process::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"]))
}

pub fn install(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    let missing = missing();
    if missing.is_empty() && (WANTED.is_there)() {
        return Ok(Verdict::Checked);
    }
    let Some(become_root) = become_root() else {
        if missing.is_empty() {
            return Ok(Verdict::Checked);
        }
        return Err(Failure(format!(
            "the checks need {}; as root: apt-get install {}",
            missing.join(", "),
            missing.join(" ")
        )));
    };
    let apt = |arguments: &[&str]| {
        let mut words = become_root.to_vec();
        words.extend([
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-q",
            "-y",
        ]);
        let mut command = place.command(words[0]);
        command.args(&words[1..]).args(arguments);
        process::run_by_line(&mut command, |line| log.line(line))
    };
    let update = apt(&["update"]);
    let install = |names: &[&str]| {
        log.line(&format!("installing {}", names.join(", ")));
        let mut arguments = vec!["install", "--no-install-recommends"];
        arguments.extend(names);
        apt(&arguments)
    };
    if !missing.is_empty() {
        update?;
        install(&missing)?;
    }
    if !(WANTED.is_there)() && install(&[WANTED.name]).is_err() {
        log.line("it goes without");
    }
    let still_missing = self::missing();
    if still_missing.is_empty() {
        Ok(Verdict::Checked)
    } else {
        Err(Failure(format!(
            "still missing after the installation: {}",
            still_missing.join(", ")
        )))
    }
}

fn missing() -> Vec<&'static str> {
    NEEDED
        .iter()
        .filter(|package| !(package.is_there)())
        .map(|package| package.name)
        .collect()
}

/// Words before a command that make it root's; none when we are root already.
fn become_root() -> Option<&'static [&'static str]> {
    if process::succeeds(Command::new("sh").args(["-c", "test \"$(id -u)\" = 0"])) {
        Some(&[])
    } else if process::succeeds(Command::new("sudo").args(["-n", "true"])) {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}
