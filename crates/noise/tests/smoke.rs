//! The fuzz targets without a fuzzer: the corpus, and seeded changes of it.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use noise::{Changes, TARGETS, Target};

const CHANGES: u64 = 10_000;
/// Decoding a picture, or signing and judging a package, costs a thousand times what reading a line
/// does.
const CHANGES_OF_SLOW_ONES: u64 = 2_000;
const SLOW_ONES: [&str; 2] = ["package_file", "picture"];

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = fuzz().join("corpus").join(target.name);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let read = |path: &PathBuf| fs::read(path).expect("a seed");
    paths.iter().map(read).collect()
}

fn must_hold(target: &Target, input: &[u8], from: &str) {
    let run = target.run;
    let held = catch_unwind(|| run(input));
    assert!(
        held.is_ok(),
        "{} {from}: \"{}\"",
        target.name,
        input.escape_ascii()
    );
}

// Case: FI10, WH07, DO03
#[test]
fn every_target_holds_for_the_corpus_and_for_changes_of_it() {
    for target in TARGETS {
        let seeds = corpus(target);
        assert!(!seeds.is_empty(), "{} has no seed", target.name);
        for seed in &seeds {
            must_hold(target, seed, "seed");
        }
        must_hold(target, b"", "nothing");
        let count = if SLOW_ONES.contains(&target.name) {
            CHANGES_OF_SLOW_ONES
        } else {
            CHANGES
        };
        for number in 0..count {
            let input = Changes::of_seed(number).of(&seeds);
            must_hold(target, &input, &format!("change {number}"));
        }
    }
}

fn names_in(folder: &str) -> BTreeSet<String> {
    let files = fs::read_dir(fuzz().join(folder)).expect("a folder");
    let names = files.map(|file| file.expect("an entry").file_name());
    let text = names.map(|name| name.to_string_lossy().into_owned());
    text.map(|name| name.trim_end_matches(".rs").to_owned())
        .collect()
}

#[test]
fn every_target_has_a_program_and_a_corpus_and_nothing_else_has() {
    let known: BTreeSet<String> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    assert_eq!(known.len(), TARGETS.len());
    assert_eq!(names_in("fuzz_targets"), known);
    assert_eq!(names_in("corpus"), known);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).expect("a manifest");
    let programs = manifest.matches("[[bin]]").count();
    assert_eq!(programs, known.len());
    assert!(
        known
            .iter()
            .all(|name| manifest.contains(&format!("name = \"{name}\"")))
    );
}

#[test]
fn changes_are_the_same_for_the_same_seed() {
    let seeds = [b"one two three".to_vec(), b"{\"a\": [1]}".to_vec()];
    let all = || -> Vec<Vec<u8>> { (0..200).map(|n| Changes::of_seed(n).of(&seeds)).collect() };
    assert_eq!(all(), all());
    let different: BTreeSet<Vec<u8>> = all().into_iter().collect();
    assert!(different.len() > 150, "{}", different.len());
}
