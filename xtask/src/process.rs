//! Running other programs.

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Why a step did not succeed, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Failure {
    pub fn io(doing: &str, error: &std::io::Error) -> Self {
        Self(format!("{doing} failed: {error}"))
    }
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs it with our own terminal.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|error| Failure::io(&shown(command), &error))?;
    judge(command, status)
}

/// Runs it and hands each line of its output over, stdout and stderr in the order they came.
pub fn run_by_line(command: &mut Command, mut line: impl FnMut(&str)) -> Result<(), Failure> {
    let failed = |command: &Command, error: &std::io::Error| Failure::io(&shown(command), error);
    let (reader, writer) = std::io::pipe().map_err(|error| failed(command, &error))?;
    let errors = writer
        .try_clone()
        .map_err(|error| failed(command, &error))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(errors)
        .spawn()
        .map_err(|error| failed(command, &error))?;
    // The command keeps the writing ends; while it does, the reading end never ends.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    for bytes in BufReader::new(reader).split(b'\n') {
        let bytes = bytes.map_err(|error| failed(command, &error))?;
        line(&plain(&String::from_utf8_lossy(&bytes)));
    }
    let status = child.wait().map_err(|error| failed(command, &error))?;
    judge(command, status)
}

/// Runs it and gives what it printed on stdout.
pub fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::io(&shown(command), &error))?;
    judge(command, output.status)?;
    String::from_utf8(output.stdout)
        .map_err(|_| Failure(format!("{} printed no text", shown(command))))
}

/// Whether it can be run at all and succeeds; its output is of no interest.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn judge(command: &Command, status: std::process::ExitStatus) -> Result<(), Failure> {
    if status.success() {
        Ok(())
    } else {
        Err(Failure(format!("{} ended with {status}", shown(command))))
    }
}

/// The line without colours and without what a progress bar overwrote.
fn plain(line: &str) -> String {
    let line = line.trim_end_matches('\r');
    let line = line.rsplit('\r').next().unwrap_or(line);
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            // `ESC [ … letter`: the sequence ends with its first letter.
            _ = letters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_comes_line_by_line_and_failure_is_told() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "echo one; echo two >&2; printf 'a\\r\\033[32mb\\033[0m\\n'; exit 3",
        ]);
        let ended = run_by_line(&mut command, |line| lines.push(line.to_owned()));
        assert_eq!(lines, ["one", "two", "b"]);
        let Failure(text) = ended.expect_err("it ends with 3");
        assert!(text.contains('3'), "{text}");
    }

    #[test]
    fn a_missing_program_is_a_failure_and_not_a_panic() {
        let ended = run_by_line(&mut Command::new("no-such-program"), |_| {});
        assert!(ended.is_err());
        assert!(!succeeds(&mut Command::new("no-such-program")));
    }
}
