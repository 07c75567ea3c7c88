//! Steps that wait for each other, on three workers: one compiles Rust, one does the web or drives a
//! browser, and one takes what mostly waits. A fourth would make browsers and drills wait for each
//! other. Everything a step prints goes into a log file; the terminal shows one line a step, a sign
//! of life now and then, and the end of the log of what failed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::counts::Counts;
use crate::process::Failure;

const WORKERS: usize = 3;
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);
const LOG_LINES_SHOWN: usize = 120;

/// What became of a step.
pub enum Verdict {
    /// It ran tests.
    Tests(Counts),
    /// It checked one thing.
    Checked,
}

pub type Work<'a> = Box<dyn Fn(&Log) -> Result<Verdict, Failure> + Sync + 'a>;

pub struct Step<'a> {
    pub name: &'static str,
    /// Names of steps that must have passed before.
    pub needs: &'static [&'static str],
    /// Steps of the same lane never run side by side (cargo would only wait for itself).
    pub lane: &'static str,
    pub work: Work<'a>,
}

/// Where a step prints.
pub struct Log {
    lines: Mutex<Vec<String>>,
}

impl Log {
    pub fn line(&self, line: &str) {
        locked(&self.lines).push(line.to_owned());
    }

    pub fn lines(&self) -> Vec<String> {
        locked(&self.lines).clone()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    Passed,
    Failed,
    /// A step it needs did not pass.
    Blocked,
}

#[derive(Default)]
struct Board {
    states: BTreeMap<&'static str, State>,
    counts: Counts,
}

/// All steps together.
#[derive(Debug, PartialEq, Eq)]
pub struct Summary {
    pub counts: Counts,
    /// Names, in the order of the list.
    pub failed: Vec<&'static str>,
}

struct Floor<'a> {
    steps: &'a [Step<'a>],
    logs: PathBuf,
    board: Mutex<Board>,
    moved: Condvar,
}

/// Runs all steps; a failure stops only what needs it.
pub fn run(steps: &[Step<'_>], logs: PathBuf) -> Summary {
    let board = Board {
        states: steps
            .iter()
            .map(|step| (step.name, State::Waiting))
            .collect(),
        ..Board::default()
    };
    let floor = Floor {
        steps,
        logs,
        board: Mutex::new(board),
        moved: Condvar::new(),
    };
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| floor.work());
        }
    });
    let board = locked(&floor.board);
    Summary {
        counts: board.counts,
        failed: steps
            .iter()
            .map(|step| step.name)
            .filter(|name| matches!(board.states[name], State::Failed | State::Blocked))
            .collect(),
    }
}

impl Floor<'_> {
    fn work(&self) {
        while let Some(step) = self.next() {
            let log = Log {
                lines: Mutex::new(Vec::new()),
            };
            println!("▶ {}", step.name);
            let started = now();
            let ended = std::thread::scope(|scope| {
                let working = scope.spawn(|| (step.work)(&log));
                let mut said = started;
                while !working.is_finished() {
                    std::thread::park_timeout(Duration::from_millis(50));
                    if now().duration_since(said) >= SIGN_OF_LIFE {
                        said = now();
                        let last = log.lines().pop().unwrap_or_default();
                        println!("  … {} ({}): {last}", step.name, since(started));
                    }
                }
                working
                    .join()
                    .unwrap_or_else(|_| Err(Failure("the step itself panicked".to_owned())))
            });
            self.close(step, &since(started), &log.lines(), ended);
        }
    }

    /// The next step that may run, or `None` when there will be none any more.
    fn next(&self) -> Option<&Step<'_>> {
        let mut board = locked(&self.board);
        loop {
            self.block_hopeless(&mut board);
            let waiting = |step: &&Step<'_>| board.states[step.name] == State::Waiting;
            let ready = self.steps.iter().filter(waiting).find(|step| {
                let needs_met = step
                    .needs
                    .iter()
                    .all(|need| matches!(board.states.get(need), None | Some(State::Passed)));
                let lane_free = !self.steps.iter().any(|other| {
                    other.lane == step.lane && board.states[other.name] == State::Running
                });
                needs_met && lane_free
            });
            if let Some(step) = ready {
                board.states.insert(step.name, State::Running);
                return Some(step);
            }
            if !board.states.values().any(|state| *state == State::Waiting) {
                return None;
            }
            board = self
                .moved
                .wait(board)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn block_hopeless(&self, board: &mut Board) {
        for step in self.steps {
            if board.states[step.name] != State::Waiting {
                continue;
            }
            let hopeless = step.needs.iter().find(|need| {
                matches!(
                    board.states.get(*need),
                    Some(State::Failed | State::Blocked)
                )
            });
            if let Some(need) = hopeless {
                println!("✗ {}: not run, because it needs {need}", step.name);
                board.states.insert(step.name, State::Blocked);
                board.counts.failed += 1;
                self.moved.notify_all();
            }
        }
    }

    fn close(
        &self,
        step: &Step<'_>,
        took: &str,
        lines: &[String],
        ended: Result<Verdict, Failure>,
    ) {
        let file = self.logs.join(format!("{}.log", step.name));
        // A log that cannot be kept must not turn a good run into a bad one.
        _ = fs::create_dir_all(&self.logs).and_then(|()| {
            let mut log = fs::File::create(&file)?;
            lines.iter().try_for_each(|line| writeln!(log, "{line}"))
        });
        let (state, counts) = match ended {
            Ok(Verdict::Tests(counts)) if counts.failed == 0 && counts.passed > 0 => {
                println!("✓ {} ({took}): {} passed", step.name, counts.passed);
                (State::Passed, counts)
            }
            Ok(Verdict::Checked) => {
                println!("✓ {} ({took})", step.name);
                (State::Passed, one_passed())
            }
            Ok(Verdict::Tests(counts)) => {
                let why = if counts.passed + counts.failed == 0 {
                    "no test was run".to_owned()
                } else {
                    format!("{} passed, {} failed", counts.passed, counts.failed)
                };
                self.show_failure(step, took, lines, &why);
                (State::Failed, at_least_one_failed(counts))
            }
            Err(Failure(why)) => {
                self.show_failure(step, took, lines, &why);
                (State::Failed, at_least_one_failed(Counts::default()))
            }
        };
        let mut board = locked(&self.board);
        board.counts.add(counts);
        board.states.insert(step.name, state);
        self.moved.notify_all();
    }

    /// In one go, so that two failures do not mix.
    fn show_failure(&self, step: &Step<'_>, took: &str, lines: &[String], why: &str) {
        let told = telling(lines);
        let mut text = format!("✗ {} ({took}): {why}\n", step.name);
        for line in &told {
            text += &format!("  │ {line}\n");
        }
        if told.len() < lines.len() {
            let file = self.logs.join(format!("{}.log", step.name));
            text += &format!("  │ (all {} lines: {})\n", lines.len(), file.display());
        }
        print!("{text}");
    }
}

/// The lines that say what went wrong: compilers' errors and runners' accounts of failed tests, or
/// the end of the log where neither is found.
fn telling(lines: &[String]) -> Vec<&str> {
    let mut told = Vec::new();
    let mut until: Option<fn(&str) -> bool> = None;
    for line in lines {
        if until.is_none() {
            until = account_begins(line);
        }
        if let Some(ends) = until {
            told.push(line.as_str());
            if ends(line) {
                until = None;
            }
        }
    }
    if told.is_empty() {
        told = lines.iter().map(String::as_str).collect();
        return told.split_off(lines.len().saturating_sub(LOG_LINES_SHOWN));
    }
    told.truncate(LOG_LINES_SHOWN);
    told
}

/// How the account that begins with this line ends, if one begins here.
fn account_begins(line: &str) -> Option<fn(&str) -> bool> {
    if line == "failures:" {
        Some(|line| line.starts_with("test result: "))
    } else if line.starts_with("error") || line.starts_with("warning: ") {
        Some(str::is_empty)
    } else if line.trim_start().starts_with("FAIL ") {
        Some(|line| line.contains("Test Files "))
    } else {
        None
    }
}

const fn one_passed() -> Counts {
    Counts {
        passed: 1,
        failed: 0,
    }
}

fn at_least_one_failed(counts: Counts) -> Counts {
    Counts {
        passed: counts.passed,
        failed: counts.failed.max(1),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a build step took is no business of the product's clock"
)]
fn now() -> Instant {
    Instant::now()
}

pub fn since(started: Instant) -> String {
    let seconds = now().duration_since(started).as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

pub fn start() -> Instant {
    now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(
        name: &'static str,
        needs: &'static [&'static str],
        work: impl Fn(&Log) -> Result<Verdict, Failure> + Sync + 'static,
    ) -> Step<'static> {
        Step {
            name,
            needs,
            lane: name,
            work: Box::new(work),
        }
    }

    fn logs() -> PathBuf {
        std::env::temp_dir().join(format!("xtask-schedule-{}", std::process::id()))
    }

    #[test]
    fn a_failure_stops_only_what_needs_it() {
        let steps = [
            step("a", &[], |_| Err(Failure("broken".to_owned()))),
            step("b", &["a"], |_| Ok(Verdict::Checked)),
            step("c", &["b"], |_| Ok(Verdict::Checked)),
            step("d", &[], |_| {
                Ok(Verdict::Tests(Counts {
                    passed: 7,
                    failed: 0,
                }))
            }),
            step("e", &["d"], |_| Ok(Verdict::Checked)),
        ];
        let summary = run(&steps, logs());
        assert_eq!(
            summary,
            Summary {
                counts: Counts {
                    passed: 8,
                    failed: 3
                },
                failed: vec!["a", "b", "c"],
            }
        );
    }

    #[test]
    fn failed_tests_no_tests_and_a_panic_are_failures() {
        let steps = [
            step("some", &[], |_| {
                Ok(Verdict::Tests(Counts {
                    passed: 3,
                    failed: 2,
                }))
            }),
            step("none", &[], |_| Ok(Verdict::Tests(Counts::default()))),
            step("panic", &[], |_| panic!("on purpose")),
        ];
        let summary = run(&steps, logs());
        assert_eq!(summary.failed, ["some", "none", "panic"]);
        assert_eq!(
            summary.counts,
            Counts {
                passed: 3,
                failed: 4
            }
        );
    }

    #[test]
    fn a_failure_is_told_without_the_noise_around_it() {
        let noise = ["   Compiling a", "test a ... ok"].map(str::to_owned);
        let account = |lines: &[&str]| {
            let lines: Vec<String> = noise
                .iter()
                .cloned()
                .chain(lines.iter().map(|line| (*line).to_owned()))
                .chain(noise.iter().cloned())
                .collect();
            telling(&lines).join("|")
        };
        let failed = [
            "failures:",
            "",
            "left != right",
            "test result: FAILED. 1 failed",
        ];
        assert_eq!(account(&failed), failed.join("|"));
        let error = ["error: odd", "  --> a.rs:1", ""];
        assert_eq!(account(&error), error.join("|"));
        let page = [
            " FAIL  a.test.ts",
            "expected 1",
            "",
            " Test Files  1 failed",
        ];
        assert_eq!(account(&page), page.join("|"));
        assert_eq!(account(&["unheard of"]).matches('|').count(), 4);
    }

    #[test]
    fn steps_of_one_lane_take_turns_and_needs_come_first() {
        static INSIDE: Mutex<(usize, usize)> = Mutex::new((0, 0));
        let order = std::sync::Arc::new(Mutex::new(Vec::new()));
        let visit = |name: &'static str| {
            let order = std::sync::Arc::clone(&order);
            move |_: &Log| {
                {
                    let mut inside = locked(&INSIDE);
                    inside.0 += 1;
                    inside.1 = inside.1.max(inside.0);
                }
                std::thread::yield_now();
                locked(&order).push(name);
                locked(&INSIDE).0 -= 1;
                Ok(Verdict::Checked)
            }
        };
        let mut steps = vec![
            step("late", &["early"], visit("late")),
            step("early", &[], visit("early")),
            step("other", &[], visit("other")),
        ];
        for step in &mut steps {
            step.lane = "one";
        }
        assert!(run(&steps, logs()).failed.is_empty());
        assert_eq!(locked(&INSIDE).1, 1, "two steps of one lane at once");
        let order = locked(&order).clone();
        let at = |name| order.iter().position(|seen| *seen == name);
        assert!(at("early") < at("late"), "{order:?}");
    }
}
