//! What is written for people is true: paths exist, both languages say the same, every reason of
//! the gate has a sentence, every metric in the table is measured somewhere.

use std::collections::BTreeSet;

use regex_lite::Regex;

use super::{Finding, Tree};

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const METRICS: &str = "crates/telemetry/src/metrics.rs";
const GATE: &str = "crates/domain/src/gate/";
/// What a path in backticks begins with; everything else in backticks is a name.
const PATH_BEGINNINGS: [&str; 7] = [
    "crates/", "web/", "docs/", "xtask/", "judges/", ".ci/", ".cargo/",
];
const ROOT_FILES: [&str; 5] = [".md", ".toml", ".lock", ".json", ".rs"];

/// Paths that ARCHITECTURE.md names. A part in `<…>` or with `*` stands for several.
pub fn named_paths(tree: &Tree) -> Vec<Finding> {
    let Some(source) = tree.lookup(ARCHITECTURE) else {
        return vec![missing(ARCHITECTURE)];
    };
    let quoted = Regex::new(r"`([^`\s]+)`").expect("the pattern is constant");
    let mut findings = Vec::new();
    for (at, line) in source.text.lines().enumerate() {
        for found in quoted.captures_iter(line) {
            let path = found.get(1).map_or("", |path| path.as_str());
            if is_path(path) && !exists(tree, path) {
                let what = format!("`{path}` does not exist");
                findings.push(source.finding(at + 1, "prose::named_paths", what));
            }
        }
    }
    findings
}

fn missing(path: &str) -> Finding {
    Finding {
        path: path.to_owned(),
        line: 0,
        rule: "prose::named_paths",
        what: "the file is missing".to_owned(),
    }
}

fn is_path(text: &str) -> bool {
    PATH_BEGINNINGS.iter().any(|start| text.starts_with(start))
        || (!text.contains('/') && ROOT_FILES.iter().any(|end| text.ends_with(end)))
}

fn exists(tree: &Tree, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let fixed = path.split(['<', '*', '{']).next().unwrap_or(path);
    if fixed != path {
        return tree.paths.iter().any(|known| known.starts_with(fixed));
    }
    let folder = format!("{path}/");
    tree.paths
        .iter()
        .any(|known| known == path || known.starts_with(&folder))
}

/// Keys of all catalogues of a language.
fn keys(tree: &Tree, language: &str) -> BTreeSet<String> {
    let folder = format!("crates/i18n/locales/{language}/");
    tree.files
        .iter()
        .filter(|source| source.path.starts_with(&folder))
        .flat_map(|source| source.text.lines())
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim().to_owned())
        .collect()
}

pub fn same_sentences(tree: &Tree) -> Vec<Finding> {
    let (german, english) = (keys(tree, "de"), keys(tree, "en"));
    german
        .symmetric_difference(&english)
        .map(|key| Finding {
            path: "crates/i18n/locales".to_owned(),
            line: 0,
            rule: "prose::same_sentences",
            what: format!("`{key}` is said in one language only"),
        })
        .collect()
}

pub fn gate_sentences(tree: &Tree) -> Vec<Finding> {
    let known = keys(tree, "de");
    let reason =
        Regex::new(r#"Reason::(plain|with)\(\s*"([a-z_]+)""#).expect("the pattern is constant");
    let mut findings = Vec::new();
    for (source, rust) in tree.rust() {
        if !source.path.starts_with(GATE) || rust.production().count() == 0 {
            continue;
        }
        for found in reason.captures_iter(&source.text) {
            let code = found.get(2).map_or("", |code| code.as_str());
            let key = format!("gate-{}", code.replace('_', "-"));
            if !known.contains(&key) {
                let what = format!("the reason `{code}` has no sentence `{key}`");
                findings.push(source.finding(0, "prose::gate_sentences", what));
            }
        }
    }
    findings
}

pub fn metrics_are_real(tree: &Tree) -> Vec<Finding> {
    let Some(source) = tree.lookup(METRICS) else {
        return Vec::new();
    };
    let constant = Regex::new(r"pub const ([A-Z_]+): &str = ").expect("the pattern is constant");
    constant
        .captures_iter(&source.text)
        .filter_map(|found| found.get(1))
        .filter(|name| {
            let used = format!("names::{}", name.as_str());
            !tree.rust().any(|(other, rust)| {
                other.path != METRICS && rust.production().any(|(_, line)| line.contains(&used))
            })
        })
        .map(|name| {
            let what = format!("nothing measures `{}`", name.as_str());
            source.finding(0, "prose::metrics_are_real", what)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_do_not_exist_are_found() {
        let text = "See `crates/db/src/gone.rs`, `crates/db`, `crates/connectors/src/<kind>/`,\n\
            `crates/nowhere/<kind>`, `deny.toml`, `gone.toml`, `Settings`, `/api/v1`, `con_…`.\n";
        let tree = Tree::of(&[
            (ARCHITECTURE, text),
            ("crates/db/src/lib.rs", ""),
            ("crates/connectors/src/webchat/mod.rs", ""),
            ("deny.toml", ""),
        ]);
        let found: Vec<String> = named_paths(&tree).into_iter().map(|f| f.what).collect();
        assert_eq!(
            found,
            [
                "`crates/db/src/gone.rs` does not exist",
                "`crates/nowhere/<kind>` does not exist",
                "`gone.toml` does not exist",
            ]
        );
        assert_eq!(named_paths(&Tree::of(&[])).len(), 1);
    }

    #[test]
    fn sentences_in_one_language_only_are_found() {
        let tree = Tree::of(&[
            (
                "crates/i18n/locales/de/a.ftl",
                "# x\none = Eins\ntwo =\n    Zwei\n",
            ),
            ("crates/i18n/locales/en/a.ftl", "one = One\nthree = Three\n"),
        ]);
        let found: Vec<String> = same_sentences(&tree).into_iter().map(|f| f.what).collect();
        assert_eq!(found.len(), 2);
        assert!(
            found[0].contains("three") && found[1].contains("two"),
            "{found:?}"
        );
    }

    #[test]
    fn reasons_without_a_sentence_are_found() {
        let tree = Tree::of(&[
            (
                "crates/i18n/locales/de/gate.ftl",
                "gate-window-closed = Zu\n",
            ),
            (
                "crates/domain/src/gate/a.rs",
                "fn a() { Reason::plain(\"window_closed\"); Reason::with(\n \"too_many\", vec![]) }\n",
            ),
            (
                "crates/domain/src/gate/tests.rs",
                "fn a() { Reason::plain(\"made_up\") }\n",
            ),
        ]);
        let found = gate_sentences(&tree);
        assert_eq!(found.len(), 1);
        assert!(found[0].what.contains("gate-too-many"), "{found:?}");
    }

    #[test]
    fn metrics_nobody_measures_are_found() {
        let tree = Tree::of(&[
            (
                METRICS,
                "pub const A: &str = \"a\";\npub const B: &str = \"b\";\nfn x() { names::B }\n",
            ),
            (
                "crates/app/src/a.rs",
                "fn a() { counter!(telemetry::names::A) } // names::B\n",
            ),
        ]);
        let found = metrics_are_real(&tree);
        assert_eq!(found.len(), 1);
        assert!(found[0].what.contains("`B`"), "{found:?}");
    }
}
