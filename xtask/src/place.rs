//! Where things lie: the checkout, and the caches outside it that survive a fresh clone.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, Failure};

/// Variables that `cargo run` sets for us. Handed on, they would make the same build look like
/// another one to build scripts.
const OUTER_CARGO: [&str; 5] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_",
    "CARGO_BIN_",
    "CARGO_CRATE_",
];

pub struct Place {
    pub root: PathBuf,
    /// Tools, package caches, logs: `$HOME/.cache/tresen`.
    pub cache: PathBuf,
    /// What `cargo` builds: `CARGO_TARGET_DIR`, or a fixed directory in the cache.
    pub target: PathBuf,
}

impl Place {
    pub fn here() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("xtask lies in the checkout")
            .to_path_buf();
        let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
        let cache = home.join(".cache/tresen");
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| cache.join("target"), |target| root.join(target));
        Self {
            root,
            cache,
            target,
        }
    }

    pub fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// The development binary of this name.
    pub fn binary(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// A command in the checkout that uses our caches.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("JUDGES_CACHE", self.cache.join("judges"))
            .env("npm_config_cache", self.cache.join("npm"))
            .env("PIP_CACHE_DIR", self.cache.join("pip"))
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        command
    }

    pub fn cargo(&self) -> Command {
        self.as_cargo(self.command("cargo"))
    }

    fn as_cargo(&self, mut command: Command) -> Command {
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if OUTER_CARGO.iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// The same, with the compiler that also lints: each of our crates is looked at while it is
    /// compiled for the tests, and what it stands on is compiled once instead of being checked and
    /// compiled. A warning ends it.
    pub fn linting_cargo(&self) -> Result<Command, Failure> {
        self.linting(self.cargo())
    }

    /// The same, but patient.
    pub fn patient_linting_cargo(&self) -> Result<Command, Failure> {
        self.linting(self.as_cargo(self.patient("cargo")))
    }

    /// A command that gives way to programs that somebody waits for: a browser beside a compiler
    /// would otherwise wait longer than its journeys allow.
    pub fn patient(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.command("nice");
        command.args(["-n", "10"]).arg(program);
        command
    }

    fn linting(&self, mut command: Command) -> Result<Command, Failure> {
        let root = process::output(self.command("rustc").args(["--print", "sysroot"]))?;
        let linter = Path::new(root.trim()).join("bin/clippy-driver");
        if !linter.is_file() {
            return Err(Failure(
                "Rust is installed without clippy; `rustup component add clippy` adds it"
                    .to_owned(),
            ));
        }
        command
            .env("RUSTC_WORKSPACE_WRAPPER", linter)
            .env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
        Ok(command)
    }

    pub fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("npm");
        command
            .current_dir(self.web())
            .args(arguments)
            .env("npm_config_fund", "false")
            .env("npm_config_audit", "false")
            .env("npm_config_update_notifier", "false");
        command
    }
}
