//! The simulation itself: it repeats itself exactly, and it sees what it is there to see.

use clap::ValueEnum as _;
use simulation::{Mutant, Template, find, replay, script, simulate};

/// As many as continuous integration looks at.
const SEEDS: u64 = 10_000;

#[test]
fn the_same_seed_is_the_same_world() {
    let template = Template::make().unwrap();
    let again = Template::make().unwrap();
    let mut hashes = Vec::new();
    for seed in 0..40 {
        let scenes = script(seed);
        let first = simulate(&template, seed, &scenes, None, false);
        let second = simulate(&again, seed, &scenes, None, false);
        assert_eq!(first.hash, second.hash, "seed {seed}");
        assert_eq!(first.counts, second.counts, "seed {seed}");
        assert!(!hashes.contains(&first.hash), "seed {seed}");
        hashes.push(first.hash);
    }
}

#[test]
fn every_planted_fault_is_found_and_can_be_replayed() {
    let template = Template::make().unwrap();
    let mutants = Mutant::value_variants();
    assert!(mutants.len() >= 8);
    for mutant in mutants {
        let report = find(&template, 0..SEEDS, Some(*mutant), |_| {});
        let failure = report.failure;
        let failure = failure.unwrap_or_else(|| panic!("{mutant:?} was not found"));
        let (seed, inputs) = (failure.seed, failure.inputs.as_slice());
        let replayed = replay(&template, seed, Some(inputs), Some(*mutant));
        assert_eq!(
            replayed.violation.as_ref(),
            Some(&failure.violation),
            "{mutant:?}"
        );
        assert!(inputs.len() <= script(seed).len());
        let rule = replayed.violation.map_or("", |violation| violation.rule);
        println!("{mutant:?}: seed {seed}, {} inputs: {rule}", inputs.len());
    }
}
