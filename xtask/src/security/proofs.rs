//! Finds what tests say they prove: a line `// Case: AZ01, WH03` above a test, a story or a step,
//! or a name that begins with what it proves.

use std::collections::BTreeMap;

use crate::process::Failure;

/// How tests name what they prove.
pub struct Tags {
    /// A comment of exactly this shape.
    line: &'static str,
    pub is_id: fn(&str) -> bool,
    /// The id that a name begins with, where names count.
    named: fn(&str) -> Option<String>,
}

pub const CASES: Tags = Tags {
    line: "// Case: ",
    is_id: is_case,
    named: |_| None,
};

pub const CHECKS: Tags = Tags {
    line: "// Check: ",
    is_id: is_check,
    named: check_of_name,
};

/// Lines between the comment and the name of its test.
const NEAR: usize = 12;

/// A test that tries an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub path: String,
    pub name: String,
    /// The step of `cargo xtask test` that runs it.
    pub step: String,
}

/// Two capital letters and two digits.
fn is_case(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 4
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

/// The same with a dash between.
fn is_check(text: &str) -> bool {
    text.split_once('-')
        .is_some_and(|(family, number)| is_case(&format!("{family}{number}")) && family.len() == 2)
}

/// `co_07_…` proves CO-07.
fn check_of_name(name: &str) -> Option<String> {
    let (family, rest) = name.split_once('_')?;
    let (number, rest) = rest.split_once('_')?;
    let id = format!("{}-{number}", family.to_ascii_uppercase());
    (family.bytes().all(|b| b.is_ascii_lowercase()) && !rest.is_empty() && is_check(&id))
        .then_some(id)
}

/// All proofs by case, in the order of the files.
pub fn of<'a>(
    files: impl Iterator<Item = (&'a str, &'a str)>,
    tags: &Tags,
) -> Result<BTreeMap<String, Vec<Proof>>, Failure> {
    let mut all: BTreeMap<String, Vec<Proof>> = BTreeMap::new();
    let mut files: Vec<_> = files.filter(|(path, _)| may_hold_tests(path)).collect();
    // The order must not depend on what is committed already.
    files.sort_unstable();
    for (path, text) in files {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let after = &lines[at + 1..lines.len().min(at + 1 + NEAR)];
            let mut proves = |id: String, name: String| {
                let step = step_of(path, &name).to_owned();
                let path = path.to_owned();
                let proof = Proof { path, name, step };
                let known = all.entry(id).or_default();
                // A name and a line may say the same.
                if !known.contains(&proof) {
                    known.push(proof);
                }
            };
            if line.trim_start().starts_with("#[") && line.contains("test") {
                let begun = &lines[at..lines.len().min(at + 1 + NEAR)];
                if let Some(name) = name_below(path, text, begun)
                    && let Some(id) = (tags.named)(&name)
                {
                    proves(id, name);
                }
            }
            let Some(ids) = line.trim_start().strip_prefix(tags.line) else {
                continue;
            };
            let place = format!("{path}:{}", at + 1);
            let name = name_below(path, text, after)
                .ok_or_else(|| Failure(format!("{place}: no test follows `{}`", line.trim())))?;
            for id in ids.split(", ") {
                if !(tags.is_id)(id) {
                    return Err(Failure(format!("{place}: `{id}` is no case")));
                }
                proves(id.to_owned(), name.clone());
            }
        }
    }
    Ok(all)
}

fn may_hold_tests(path: &str) -> bool {
    let rust = path.ends_with(".rs") && !path.starts_with("xtask/src/security/");
    rust || path.ends_with(".spec.ts") || path.ends_with(".test.ts")
}

fn is_step(path: &str) -> bool {
    path.starts_with("xtask/src/steps/")
}

fn step_of<'a>(path: &str, name: &'a str) -> &'a str {
    match path {
        _ if is_step(path) => name,
        _ if path.starts_with("web/e2e/") => "e2e",
        _ if path.starts_with("web/") => "web-tests",
        _ => "rust-tests",
    }
}

fn name_below(path: &str, text: &str, after: &[&str]) -> Option<String> {
    if is_step(path) {
        let from = after.iter().position(|line| line.contains("step("))?;
        return after[from..].iter().find_map(|line| quoted(line));
    }
    if path.ends_with(".ts") {
        let first = after.iter().find(|line| !is_comment(line))?.trim_start();
        let call = ["test(", "it(", "test.fixme("];
        return call
            .iter()
            .any(|word| first.starts_with(word))
            .then(|| quoted(first))?;
    }
    let mut is_test = false;
    for line in after.iter().map(|line| line.trim_start()) {
        if line.starts_with("#[") {
            is_test |= line.contains("test");
        } else if let Some((before, rest)) = line.split_once("fn ") {
            let plain = ["", "pub ", "pub(crate) ", "async ", "pub(crate) async "];
            let name: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            let known = plain.contains(&before) && (is_test || is_story(text, &name));
            return known.then_some(name);
        } else if !is_comment(line) && !line.starts_with([')', ']']) && !is_inside(line) {
            return None;
        }
    }
    None
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// A line of an attribute that is longer than one.
fn is_inside(line: &str) -> bool {
    line.starts_with("clippy::") || line.starts_with("reason =")
}

/// Whether the file runs it on each engine.
fn is_story(text: &str, name: &str) -> bool {
    let lists = text.split("on_both_engines! {").skip(1);
    let mut names = lists.filter_map(|rest| rest.split('}').next());
    names.any(|list| list.split(',').any(|found| found.trim() == name))
}

/// The first literal of a line.
fn quoted(line: &str) -> Option<String> {
    let from = line.find(['"', '`', '\''])?;
    let sign = line[from..].chars().next()?;
    let rest = &line[from + 1..];
    Some(rest[..rest.find(sign)?].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(path: &str, text: &str) -> Option<Proof> {
        let all = of([(path, text)].into_iter(), &CASES).ok()?;
        all.into_values().flatten().next()
    }

    #[test]
    fn tests_stories_journeys_and_steps_are_found() {
        for (path, text, name, step) in [
            (
                "crates/a/tests/it.rs",
                "// Case: AZ01\n/// Says more.\n#[tokio::test(flavor = \"x\")]\nasync fn one() {",
                "one",
                "rust-tests",
            ),
            (
                "crates/e2e/tests/it/a.rs",
                "on_both_engines! {\n    other,\n    two,\n}\n// Case: AZ01\npub(crate) async fn two(e: E) {",
                "two",
                "rust-tests",
            ),
            (
                "web/e2e/tests/a.spec.ts",
                "// Case: AZ01\ntest(\"a note stays\", async () => {",
                "a note stays",
                "e2e",
            ),
            (
                "web/desk/src/a.test.ts",
                "  // Case: AZ01\n  it('adds', () => {",
                "adds",
                "web-tests",
            ),
            (
                "xtask/src/steps/mod.rs",
                "        // Case: AZ01\n        step(\n            \"advisories\",",
                "advisories",
                "advisories",
            ),
        ] {
            let proof = only(path, text).unwrap_or_else(|| panic!("{path}"));
            assert_eq!((proof.name.as_str(), proof.step.as_str()), (name, step));
        }
    }

    #[test]
    fn a_tag_above_nothing_is_refused() {
        for (path, text) in [
            ("crates/a/tests/it.rs", "// Case: AZ01\nfn plain() {}"),
            ("crates/a/tests/it.rs", "// Case: AZ1\n#[test]\nfn one() {}"),
            (
                "crates/a/tests/it.rs",
                "// Case: AZ01\nconst X: u8 = 1;\n#[test]\nfn one() {}",
            ),
            (
                "crates/a/tests/it.rs",
                "on_both_engines! {\n    other,\n}\n// Case: AZ01\nasync fn two(e: E) {",
            ),
            (
                "web/e2e/tests/a.spec.ts",
                "// Case: AZ01\nconst a = \"test(\";",
            ),
        ] {
            assert!(of([(path, text)].into_iter(), &CASES).is_err(), "{text}");
        }
    }

    #[test]
    fn a_check_is_named_by_a_line_or_by_a_name() {
        let text = "// Check: CO-07, SG-02\n#[test]\nfn co_07_a_box() {}\n\
            #[tokio::test]\nasync fn er_02_no_trace() {}\n#[test]\nfn co_operate() {}\n\
            fn sg_01_no_test() {}\n";
        let all = of([("crates/a/tests/it.rs", text)].into_iter(), &CHECKS).unwrap();
        let ids: Vec<(&str, usize)> = all.iter().map(|(id, p)| (id.as_str(), p.len())).collect();
        assert_eq!(ids, [("CO-07", 1), ("ER-02", 1), ("SG-02", 1)]);
        let odd = "// Check: CO7\n#[test]\nfn one() {}\n";
        assert!(of([("crates/a/tests/it.rs", odd)].into_iter(), &CHECKS).is_err());
    }
}
