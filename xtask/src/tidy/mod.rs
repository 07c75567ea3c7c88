//! Rules about the source text that no compiler checks. Each rule is a function from a [`Tree`] to
//! findings, and each has a test that plants what it must find.

mod dependencies;
mod exceptions;
mod fixtures;
mod logs;
mod prose;
mod rust_text;
mod size;
mod words;

use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::process::{self, Failure};

use rust_text::RustText;

/// One file of the checkout.
pub struct Source {
    /// With `/`, from the root.
    pub path: String,
    pub text: String,
    /// For `.rs` files.
    rust: Option<RustText>,
}

/// All files that are, or could be, committed.
pub struct Tree {
    pub files: Vec<Source>,
    /// Also those that are no text.
    pub paths: Vec<String>,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub path: String,
    /// From one; zero for the whole file.
    pub line: usize,
    pub rule: &'static str,
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {} ({})",
            self.path, self.line, self.what, self.rule
        )
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    dependencies::layers,
    dependencies::packages,
    fixtures::reserved_addresses,
    fixtures::reserved_numbers,
    logs::allowed_fields,
    logs::literal_messages,
    prose::gate_sentences,
    prose::metrics_are_real,
    prose::named_paths,
    prose::same_sentences,
    size::files,
    size::module_headers,
    size::module_names,
    words::allow_attributes,
    words::later_notes,
    words::providers,
    words::sleeping_tests,
    words::sql,
];

/// All findings that no exception covers, and exceptions that cover nothing.
pub fn check(root: &Path) -> Result<Vec<Finding>, Failure> {
    let tree = Tree::read(root)?;
    let findings = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    Ok(exceptions::apply(findings))
}

pub fn check_or_fail(root: &Path) -> Result<(), Failure> {
    let findings = check(root)?;
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("✓ tidy");
        Ok(())
    } else {
        Err(Failure(format!("{} findings", findings.len())))
    }
}

impl Tree {
    pub fn read(root: &Path) -> Result<Self, Failure> {
        let listed = process::output(Command::new("git").arg("-C").arg(root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let mut files = Vec::new();
        let mut paths = Vec::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // A file that was deleted and not yet committed is still listed.
            let Ok(bytes) = std::fs::read(root.join(path)) else {
                continue;
            };
            paths.push(path.to_owned());
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(Source::new(path, text));
            }
        }
        Ok(Self { files, paths })
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        Self {
            files: files
                .iter()
                .map(|(path, text)| Source::new(path, (*text).to_owned()))
                .collect(),
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
        }
    }

    fn lookup(&self, path: &str) -> Option<&Source> {
        self.files.iter().find(|source| source.path == path)
    }

    fn rust(&self) -> impl Iterator<Item = (&Source, &RustText)> {
        self.files
            .iter()
            .filter_map(|source| Some((source, source.rust.as_ref()?)))
    }
}

impl Source {
    fn new(path: &str, text: String) -> Self {
        let rust = path.ends_with(".rs").then(|| RustText::of(path, &text));
        Self {
            path: path.to_owned(),
            text,
            rust,
        }
    }

    fn is_below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    /// Written by people of this house: no lock files, licence texts or generated documents.
    fn is_ours(&self) -> bool {
        let generated = [
            "Cargo.lock",
            "LICENSE",
            "package-lock.json",
            "openapi.json",
            "schema.d.ts",
            ".gen.ts",
            ".svg",
        ];
        !generated.iter().any(|name| self.path.ends_with(name))
    }

    fn finding(&self, line: usize, rule: &'static str, what: impl Into<String>) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            rule,
            what: what.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checkout itself is tidy; this also runs in `cargo test`.
    #[test]
    fn this_checkout_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let findings = check(root).expect("git lists the files");
        let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(text.is_empty(), "\n{}", text.join("\n"));
    }

    #[test]
    fn the_tree_holds_this_file() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let tree = Tree::read(root).expect("git lists the files");
        assert!(tree.lookup("xtask/src/tidy/mod.rs").is_some());
        assert!(!tree.paths.iter().any(|path| path.contains("node_modules")));
    }
}
