//! Instructions of the way in, counted by valgrind through `gungraun`: a gate that a busy machine
//! does not move. It is counted on the development build, which is there already: what matters is
//! that a number grew, and compiling everything a third time took longer than all the counting.

use super::tools;
use crate::drill;
use crate::place::Place;
use crate::process::{self, Failure};
use crate::schedule::{Log, Verdict};

pub fn check(place: &Place, log: &Log) -> Result<Verdict, Failure> {
    let mut command = place.linting_cargo()?;
    command
        .args([
            "bench",
            "--workspace",
            "--bench",
            "hot_path",
            "--profile",
            "dev",
            "--locked",
        ])
        .args(drill::FEATURES)
        .env("GUNGRAUN_RUNNER", tools::counter(place))
        .env("GUNGRAUN_COLOR", "never");
    process::run_by_line(&mut command, |line| log.line(line))?;
    Ok(Verdict::Checked)
}
