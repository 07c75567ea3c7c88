//! Words that may stand in some places only.

use regex_lite::Regex;

use super::{Finding, Tree};

/// SQL stands in the store and its engine; their test kit speaks it too, and so does what is
/// measured beside them.
const SQL_ROOMS: [&str; 5] = [
    "crates/bench/",
    "crates/db/",
    "crates/store/",
    "crates/testkit/",
    "xtask/",
];
/// Rooms that decide and must not know whom they decide for.
const NAMELESS_ROOMS: [&str; 2] = ["crates/app/", "crates/domain/"];
/// The one list of channel kinds.
const PROVIDER_LIST: &str = "crates/domain/src/channel.rs";
const PROVIDERS: &str = r"(?i)whats_?app|telegram|threema|instagram|facebook|messenger";

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the rules' patterns are constant, and their tests use them")
}

pub fn sql(tree: &Tree) -> Vec<Finding> {
    let statement = pattern(
        r"\b(SELECT\s|INSERT\s+INTO\b|DELETE\s+FROM\b|UPDATE\s+\w+\s+SET\b|(CREATE|ALTER|DROP)\s+(TABLE|INDEX)\b)",
    );
    tree.rust()
        .filter(|(source, _)| !source.is_below(&SQL_ROOMS))
        .flat_map(|(source, rust)| {
            let statement = &statement;
            rust.production_strings()
                .filter(move |(_, text)| statement.is_match(text))
                .map(|(line, _)| {
                    source.finding(line, "words::sql", "SQL stands in crates/store only")
                })
        })
        .collect()
}

pub fn providers(tree: &Tree) -> Vec<Finding> {
    let provider = pattern(PROVIDERS);
    tree.rust()
        .filter(|(source, _)| source.is_below(&NAMELESS_ROOMS) && source.path != PROVIDER_LIST)
        .flat_map(|(source, rust)| {
            let provider = &provider;
            let code = rust.production();
            let strings = rust.production_strings();
            code.chain(strings)
                .filter(move |(_, text)| provider.is_match(text))
                .map(|(line, _)| {
                    source.finding(
                        line,
                        "words::providers",
                        "a provider's name stands in its connector and in the list of kinds only",
                    )
                })
        })
        .collect()
}

pub fn allow_attributes(tree: &Tree) -> Vec<Finding> {
    let allow = pattern(r"#!?\[\s*(cfg_attr\(.*,\s*)?allow\b");
    tree.rust()
        .flat_map(|(source, rust)| {
            let allow = &allow;
            rust.code
                .iter()
                .enumerate()
                .filter(move |(_, line)| allow.is_match(line))
                .map(|(at, _)| {
                    source.finding(
                        at + 1,
                        "words::allow_attributes",
                        "write #[expect(…, reason = \"…\")]",
                    )
                })
        })
        .collect()
}

pub fn later_notes(tree: &Tree) -> Vec<Finding> {
    // Put together, so that this file does not find itself.
    let note = pattern(&["\\b(TO", "DO|FIX", "ME|XX", "X|HA", "CK)\\b"].concat());
    tree.files
        .iter()
        .filter(|source| source.is_ours())
        .flat_map(|source| {
            let note = &note;
            source
                .text
                .lines()
                .enumerate()
                .filter(move |(_, line)| note.is_match(line))
                .map(|(at, _)| {
                    source.finding(
                        at + 1,
                        "words::later_notes",
                        "do it, or write an issue; the source says what is",
                    )
                })
        })
        .collect()
}

pub fn sleeping_tests(tree: &Tree) -> Vec<Finding> {
    let rust_sleep = pattern(r"\bsleep(_until)?\s*\(");
    let script_sleep = pattern(r"waitForTimeout\s*\(|\bsetTimeout\s*\(\s*(resolve|r|done)\b");
    let what = "a test waits for what must happen, never for time to pass";
    let rust = tree.rust().flat_map(|(source, rust)| {
        let rust_sleep = &rust_sleep;
        rust.tests()
            .filter(move |(_, line)| rust_sleep.is_match(line))
            .map(move |(line, _)| source.finding(line, "words::sleeping_tests", what))
    });
    let scripts = tree
        .files
        .iter()
        .filter(|source| source.has_extension(&["ts", "mjs"]))
        .filter(|source| source.path.contains(".test.") || source.path.contains("/e2e/"))
        .flat_map(|source| {
            let script_sleep = &script_sleep;
            source
                .text
                .lines()
                .enumerate()
                .filter(move |(_, line)| script_sleep.is_match(line))
                .map(move |(at, _)| source.finding(at + 1, "words::sleeping_tests", what))
        });
    rust.chain(scripts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<(&str, usize)> {
        findings
            .iter()
            .map(|finding| (finding.path.as_str(), finding.line))
            .collect()
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        let statement = "fn a() {\n    q(\"SELECT id FROM x\");\n    q(\"\nDELETE  FROM x\");\n}\n";
        let tree = Tree::of(&[
            ("crates/app/src/a.rs", statement),
            ("crates/store/src/a.rs", statement),
            (
                "crates/http/src/b.rs",
                "// SELECT a\nfn a() { \"Select a file\"; }\n",
            ),
            (
                "crates/http/src/c.rs",
                "const Q: &str = \"UPDATE x SET y = 1\";\n",
            ),
        ]);
        assert_eq!(
            lines(&sql(&tree)),
            [
                ("crates/app/src/a.rs", 2),
                ("crates/app/src/a.rs", 3),
                ("crates/http/src/c.rs", 1)
            ]
        );
    }

    #[test]
    fn providers_names_are_found_where_they_must_not_be() {
        let named =
            "// WhatsApp in a comment is fine.\nfn whatsapp_limit() {}\nfn a() { \"Telegram\" }\n";
        let tree = Tree::of(&[
            ("crates/app/src/a.rs", named),
            ("crates/domain/src/channel.rs", named),
            ("crates/connectors/src/a.rs", named),
            (
                "crates/domain/src/b.rs",
                "fn metadata() {}\n#[cfg(test)]\nmod tests {\n fn whatsapp() {}\n}\n",
            ),
        ]);
        assert_eq!(
            lines(&providers(&tree)),
            [("crates/app/src/a.rs", 2), ("crates/app/src/a.rs", 3)]
        );
    }

    #[test]
    fn allow_is_found() {
        let tree = Tree::of(&[(
            "crates/a/src/a.rs",
            "#![allow(x)]\n#[allow(dead_code)]\n#[expect(x, reason = \"y\")]\n// #[allow(z)]\n\
             #[cfg_attr(test, allow(x))]\n",
        )]);
        let found = allow_attributes(&tree);
        let numbers: Vec<usize> = found.iter().map(|finding| finding.line).collect();
        assert_eq!(numbers, [1, 2, 5]);
    }

    #[test]
    fn notes_for_later_are_found_in_every_kind_of_file() {
        let note = ["// TO", "DO: later\n"].concat();
        let fine = "todo!() is a macro, and a todo list is a list\n";
        let tree = Tree::of(&[
            ("crates/a/src/a.rs", &note),
            ("web/desk/src/a.svelte", &note),
            ("docs/a.md", &note),
            ("docs/b.md", fine),
            ("Cargo.lock", &note),
        ]);
        assert_eq!(later_notes(&tree).len(), 3);
    }

    #[test]
    fn sleeping_is_found_in_tests_only() {
        let sleep = "async fn a() {\n    tokio::time::sleep(d).await;\n}\n";
        let tree = Tree::of(&[
            ("crates/a/tests/it/a.rs", sleep),
            ("crates/a/src/a.rs", sleep),
            ("web/e2e/a.ts", "await page.waitForTimeout(500);\n"),
            (
                "web/desk/src/a.test.ts",
                "await new Promise((resolve) => setTimeout(resolve, 5));\n",
            ),
            ("web/desk/src/a.ts", "setTimeout(resolve, 5);\n"),
        ]);
        assert_eq!(
            lines(&sleeping_tests(&tree)),
            [
                ("crates/a/tests/it/a.rs", 2),
                ("web/e2e/a.ts", 1),
                ("web/desk/src/a.test.ts", 1)
            ]
        );
    }
}
