//! Running worlds: one, many, and the shortest one that still fails.

use std::ops::Range;

use crate::model::Violation;
use crate::mutants::Mutant;
use crate::script::{Scene, script};
use crate::template::Template;
use crate::trace::Trace;
use crate::world::{Counts, World};

/// What became of one world.
pub struct Outcome {
    pub violation: Option<Violation>,
    /// The same for the same seed, inputs and house.
    pub hash: u64,
    pub lines: Vec<String>,
    pub counts: Counts,
}

/// A world that broke a promise, and the few inputs it takes.
pub struct Failure {
    pub seed: u64,
    pub violation: Violation,
    /// Numbers of the inputs that are left.
    pub inputs: Vec<usize>,
}

/// What many worlds came to.
pub struct Report {
    pub seeds: u64,
    pub counts: Counts,
    pub failure: Option<Failure>,
}

/// Lets one world happen.
#[must_use]
pub fn simulate(
    template: &Template,
    seed: u64,
    scenes: &[Scene],
    mutant: Option<Mutant>,
    readable: bool,
) -> Outcome {
    let mut world = match World::new(template, seed, scenes, mutant) {
        Ok(world) => world,
        Err(violation) => {
            return Outcome {
                violation: Some(violation),
                hash: 0,
                lines: Vec::new(),
                counts: Counts::default(),
            };
        }
    };
    if readable {
        world.shared.lock().trace = Trace::readable();
    }
    let violation = world.run().err();
    let around = world.shared.lock();
    Outcome {
        violation,
        hash: around.trace.hash(),
        lines: around.trace.lines().to_vec(),
        counts: world.counts,
    }
}

/// The world of a seed, or of some of its inputs, as a story to read.
#[must_use]
pub fn replay(
    template: &Template,
    seed: u64,
    only: Option<&[usize]>,
    mutant: Option<Mutant>,
) -> Outcome {
    let scenes = script(seed);
    let scenes = match only {
        None => scenes,
        Some(only) => pick(&scenes, only),
    };
    simulate(template, seed, &scenes, mutant, true)
}

fn pick(scenes: &[Scene], only: &[usize]) -> Vec<Scene> {
    only.iter()
        .filter_map(|number| scenes.get(*number).copied())
        .collect()
}

/// Lets worlds happen until one fails, and cuts that one down.
pub fn find(
    template: &Template,
    seeds: Range<u64>,
    mutant: Option<Mutant>,
    mut tell: impl FnMut(u64),
) -> Report {
    let mut report = Report {
        seeds: 0,
        counts: Counts::default(),
        failure: None,
    };
    for seed in seeds {
        let scenes = script(seed);
        let outcome = simulate(template, seed, &scenes, mutant, false);
        report.seeds += 1;
        report.counts.add(&outcome.counts);
        if let Some(violation) = outcome.violation {
            report.failure = Some(shrink(template, seed, &scenes, mutant, violation));
            return report;
        }
        tell(report.seeds);
    }
    report
}

/// The shortest beginning of the script that breaks the same promise, and of that only the inputs
/// without which it holds.
fn shrink(
    template: &Template,
    seed: u64,
    scenes: &[Scene],
    mutant: Option<Mutant>,
    violation: Violation,
) -> Failure {
    let breaks = |inputs: &[usize]| {
        let cut = pick(scenes, inputs);
        let found = simulate(template, seed, &cut, mutant, false).violation;
        found.filter(|found| found.rule == violation.rule)
    };
    let mut inputs: Vec<usize> = (0..scenes.len()).collect();
    let mut last = violation.clone();
    for length in 1..scenes.len() {
        if let Some(found) = breaks(&inputs[..length]) {
            inputs.truncate(length);
            last = found;
            break;
        }
    }
    let mut place = inputs.len();
    while place > 0 {
        place -= 1;
        let mut fewer = inputs.clone();
        fewer.remove(place);
        if let Some(found) = breaks(&fewer) {
            inputs = fewer;
            last = found;
        }
    }
    Failure {
        seed,
        violation: last,
        inputs,
    }
}
