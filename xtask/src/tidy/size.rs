//! Files that can be read in one sitting, with names that say what is in them.

use super::rust_text::is_test_file;
use super::{Finding, Source, Tree};

const RUST_LINES_MAX: usize = 600;
const SCRIPT_LINES_MAX: usize = 600;
const COMPONENT_LINES_MAX: usize = 300;
/// Names that say nothing: whatever is put there belongs somewhere else.
const EMPTY_NAMES: [&str; 11] = [
    "common", "data", "helper", "helpers", "info", "manager", "misc", "shared", "stuff", "util",
    "utils",
];

pub fn files(tree: &Tree) -> Vec<Finding> {
    let too_long = |source: &Source, lines: usize, max: usize| {
        (lines > max).then(|| {
            source.finding(
                0,
                "size::files",
                format!("{lines} lines without tests; {max} are the limit"),
            )
        })
    };
    let rust = tree
        .rust()
        .filter_map(|(source, rust)| too_long(source, rust.production().count(), RUST_LINES_MAX));
    let web = tree
        .files
        .iter()
        .filter(|source| source.is_ours() && !source.path.contains(".test."))
        .filter_map(|source| {
            let max = if source.has_extension(&["svelte"]) {
                COMPONENT_LINES_MAX
            } else if source.has_extension(&["ts", "mjs", "js", "py"]) {
                SCRIPT_LINES_MAX
            } else {
                return None;
            };
            too_long(source, source.text.lines().count(), max)
        });
    rust.chain(web).collect()
}

pub fn module_names(tree: &Tree) -> Vec<Finding> {
    tree.files
        .iter()
        .filter(|source| source.has_extension(&["rs", "ts", "svelte", "mjs", "py"]))
        .filter_map(|source| {
            let names = source.path.split('/').map(|part| {
                let stem = part.split('.').next().unwrap_or(part);
                stem.to_ascii_lowercase()
            });
            let empty = names
                .into_iter()
                .find(|name| EMPTY_NAMES.contains(&name.as_str()))?;
            Some(source.finding(
                0,
                "size::module_names",
                format!("`{empty}` says nothing about what is in it"),
            ))
        })
        .collect()
}

pub fn module_headers(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|(source, _)| source.path.contains("/src/") && !is_test_file(&source.path))
        .filter(|(source, _)| !source.text.trim_start().starts_with("//!"))
        .map(|(source, _)| {
            source.finding(
                1,
                "size::module_headers",
                "a module begins with `//!` and what it is for",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_found_and_tests_do_not_count() {
        let code = |lines: usize| "fn a() {}\n".repeat(lines);
        let with_tests = code(600) + "#[cfg(test)]\nmod tests {\n" + &code(200) + "}\n";
        let lines = |count: usize| "<p>a</p>\n".repeat(count);
        let tree = Tree::of(&[
            ("crates/a/src/long.rs", &code(601)),
            ("crates/a/src/fine.rs", &with_tests),
            ("crates/a/tests/it/long.rs", &code(900)),
            ("web/desk/src/Long.svelte", &lines(301)),
            ("web/desk/src/Fine.svelte", &lines(300)),
            ("web/desk/src/long.ts", &lines(601)),
            ("web/desk/src/fine.test.ts", &lines(900)),
            ("web/packages/api/schema.d.ts", &lines(900)),
        ]);
        let found: Vec<String> = files(&tree)
            .into_iter()
            .map(|finding| finding.path)
            .collect();
        assert_eq!(
            found,
            [
                "crates/a/src/long.rs",
                "web/desk/src/Long.svelte",
                "web/desk/src/long.ts"
            ]
        );
    }

    #[test]
    fn empty_names_are_found() {
        let tree = Tree::of(&[
            ("crates/a/src/utils.rs", ""),
            ("crates/a/src/common/mod.rs", ""),
            ("web/packages/ui/src/helpers.ts", ""),
            ("crates/a/src/metadata.rs", ""),
            ("docs/data.md", ""),
        ]);
        assert_eq!(module_names(&tree).len(), 3);
    }

    #[test]
    fn modules_without_a_header_are_found() {
        let tree = Tree::of(&[
            ("crates/a/src/x.rs", "// x\nfn a() {}\n"),
            ("crates/a/src/y.rs", "//! Y.\nfn a() {}\n"),
            ("crates/a/tests/it/x.rs", "fn a() {}\n"),
        ]);
        let found = module_headers(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "crates/a/src/x.rs");
    }
}
