//! How many tests a runner ran, read from its closing lines.

use regex_lite::Regex;

/// Passed and failed tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Which closing lines to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    Cargo,
    Vitest,
    /// `12 passed, 1 failed`, alone on a line.
    Plain,
}

/// Adds up all closing lines in a runner's output.
pub fn count(runner: Runner, lines: &[String]) -> Counts {
    let read: fn(&str) -> Option<Counts> = match runner {
        Runner::Cargo => cargo,
        Runner::Vitest => vitest,
        Runner::Plain => plain,
    };
    lines
        .iter()
        .filter_map(|line| read(line))
        .fold(Counts::default(), |mut sum, counts| {
            sum.add(counts);
            sum
        })
}

fn before(line: &str, word: &str) -> Option<usize> {
    let pattern = Regex::new(&format!(r"(\d+) {word}\b")).ok()?;
    pattern.captures(line)?.get(1)?.as_str().parse().ok()
}

fn both(line: &str) -> Option<Counts> {
    let (passed, failed) = (before(line, "passed"), before(line, "failed"));
    (passed.is_some() || failed.is_some()).then(|| Counts {
        passed: passed.unwrap_or(0),
        failed: failed.unwrap_or(0),
    })
}

fn cargo(line: &str) -> Option<Counts> {
    line.starts_with("test result: ").then(|| both(line))?
}

fn vitest(line: &str) -> Option<Counts> {
    line.trim_start()
        .starts_with("Tests ")
        .then(|| both(line))?
}

fn plain(line: &str) -> Option<Counts> {
    let pattern = Regex::new(r"^\d+ passed, \d+ failed(, \d+ skipped)?$").ok()?;
    pattern.is_match(line.trim()).then(|| both(line))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(runner: Runner, text: &str) -> (usize, usize) {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let counts = count(runner, &lines);
        (counts.passed, counts.failed)
    }

    #[test]
    fn closing_lines_of_all_runners() {
        let cargo = "test a ... ok\n\
            test result: ok. 16 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(counted(Runner::Cargo, cargo), (18, 3));
        let vitest = " Test Files  1 failed | 3 passed (4)\n      Tests  1 failed | 11 passed (12)";
        assert_eq!(counted(Runner::Vitest, vitest), (11, 1));
        assert_eq!(counted(Runner::Plain, "x\n48 passed, 0 failed\n"), (48, 0));
        assert_eq!(
            counted(Runner::Plain, "5 passed, 2 failed, 1 skipped"),
            (5, 2)
        );
        assert_eq!(counted(Runner::Plain, "so far 48 passed, 0 failed"), (0, 0));
        assert_eq!(counted(Runner::Cargo, "48 passed, 0 failed"), (0, 0));
    }
}
