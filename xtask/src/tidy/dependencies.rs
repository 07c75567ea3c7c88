//! The layer table of ARCHITECTURE.md against what the crates really import, and what the pages are
//! built from.

use std::collections::BTreeMap;

use super::{Finding, Source, Tree};

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const PACKAGES: &str = "web/package-lock.json";
const RULE: &str = "dependencies::layers";
/// Simulators must not share a mistake with what they judge.
const SIMULATORS: &str = "sims";
const CONNECTORS: &str = "connectors";

/// A row's level; `dev` crates serve tests and are imported by nothing that ships.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ships(u32),
    Dev,
}

struct Crate<'a> {
    name: &'a str,
    manifest: &'a Source,
    /// Package name → folder name is the identity but for `tresen-http`.
    normal: Vec<String>,
    dev: Vec<String>,
}

pub fn layers(tree: &Tree) -> Vec<Finding> {
    let crates = crates(tree);
    let Some(architecture) = tree.lookup(ARCHITECTURE) else {
        return Vec::new();
    };
    let levels = table(architecture);
    let mut findings = Vec::new();
    for name in levels.keys() {
        if !crates.iter().any(|krate| krate.name == name) {
            findings.push(architecture.finding(0, RULE, format!("there is no crate `{name}`")));
        }
    }
    for krate in &crates {
        let Some(level) = levels.get(krate.name) else {
            let what = format!("`{}` has no row in the layer table", krate.name);
            findings.push(krate.manifest.finding(0, RULE, what));
            continue;
        };
        findings.extend(
            krate
                .normal
                .iter()
                .filter(|other| !may_import(*level, levels.get(*other).copied()))
                .chain(
                    krate
                        .dev
                        .iter()
                        .filter(|other| !tests_may_import(*level, levels.get(*other).copied())),
                )
                .chain(
                    krate
                        .normal
                        .iter()
                        .chain(&krate.dev)
                        .filter(|other| krate.name == SIMULATORS && other.as_str() == CONNECTORS),
                )
                .map(|other| {
                    let what = format!("`{}` may not import `{other}`", krate.name);
                    krate.manifest.finding(0, RULE, what)
                }),
        );
    }
    findings
}

/// A crate that ships imports what ships in rows above; a dev crate imports anything.
fn may_import(level: Level, other: Option<Level>) -> bool {
    match (level, other) {
        (Level::Ships(own), Some(Level::Ships(other))) => other < own,
        (Level::Ships(_), Some(Level::Dev)) => false,
        (Level::Dev, Some(_)) => true,
        (_, None) => false,
    }
}

/// Tests may also use the dev crates.
fn tests_may_import(level: Level, other: Option<Level>) -> bool {
    other == Some(Level::Dev) || may_import(level, other)
}

/// Rows `| level | `crate`, `crate` | …`.
fn table(architecture: &Source) -> BTreeMap<String, Level> {
    let mut levels = BTreeMap::new();
    for line in architecture.text.lines() {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let (Some(level), Some(names)) = (cells.next(), cells.next()) else {
            continue;
        };
        let level = match level.parse() {
            Ok(number) => Level::Ships(number),
            Err(_) if level == "dev" => Level::Dev,
            Err(_) => continue,
        };
        for name in names.split('`').skip(1).step_by(2) {
            levels.insert(name.to_owned(), level);
        }
    }
    levels
}

fn crates(tree: &Tree) -> Vec<Crate<'_>> {
    let folder_of = |manifest: &Source| {
        let folder = manifest.path.strip_suffix("/Cargo.toml")?;
        Some(folder.rsplit('/').next().unwrap_or(folder).to_owned())
    };
    let manifests: Vec<&Source> = tree
        .files
        .iter()
        .filter(|source| source.path.ends_with("/Cargo.toml"))
        .collect();
    let folders: Vec<String> = manifests
        .iter()
        .filter_map(|source| folder_of(source))
        .collect();
    manifests
        .into_iter()
        .filter_map(|manifest| {
            let folder = manifest.path.strip_suffix("/Cargo.toml")?;
            let table: toml::Table = manifest.text.parse().ok()?;
            let imports = |section: &str| {
                table
                    .get(section)
                    .and_then(toml::Value::as_table)
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| folder_name(name))
                    .filter(|name| folders.contains(name))
                    .collect()
            };
            Some(Crate {
                name: folder.rsplit('/').next().unwrap_or(folder),
                manifest,
                normal: imports("dependencies"),
                dev: imports("dev-dependencies"),
            })
        })
        .collect()
}

/// Crates are called as their folders; `http` has another name because crates.io has that one.
fn folder_name(dependency: &str) -> String {
    match dependency {
        "http-edge" => "http".to_owned(),
        // The crate from crates.io, and not our folder.
        "http" => "crates.io/http".to_owned(),
        other => other.to_owned(),
    }
}

/// Every package of the pages is the one whose digest was committed, and none brings a program
/// that runs when it is installed.
pub fn packages(tree: &Tree) -> Vec<Finding> {
    let Some(source) = tree.lookup(PACKAGES) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut package: Option<(usize, &str)> = None;
    let mut is_checked = false;
    for (at, line) in source.text.lines().enumerate() {
        let mut find = |line: usize, what: String| {
            findings.push(source.finding(line, "dependencies::packages", what));
        };
        if let Some(name) = line.trim().strip_prefix("\"node_modules/") {
            package = Some((at + 1, name.split('"').next().unwrap_or(name)));
            is_checked = false;
        }
        let Some((begun, name)) = package else {
            continue;
        };
        // Our own packages are links.
        is_checked |= line.contains("\"integrity\": \"sha512-") || line.contains("\"link\": true");
        if line.contains("\"hasInstallScript\"") {
            find(
                at + 1,
                format!("`{name}` runs a program when it is installed"),
            );
        }
        if line == "    }," || line == "    }" {
            if !is_checked {
                find(begun, format!("`{name}` has no digest"));
            }
            package = None;
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| level | crate | holds |\n|---|---|---|\n\
        | 0 | `domain` | x |\n| 0 | `db`, `vault` | x |\n| 2 | `store` | x |\n\
        | 2 | `connectors` | x |\n| 4 | `http` | x |\n| dev | `testkit`, `sims` | x |\n";

    fn manifest(normal: &[&str], dev: &[&str]) -> String {
        let lines = |names: &[&str]| {
            names
                .iter()
                .map(|name| format!("{name}.workspace = true\n"))
                .collect::<String>()
        };
        format!(
            "[package]\nname = \"x\"\n[dependencies]\n{}[dev-dependencies]\n{}",
            lines(normal),
            lines(dev)
        )
    }

    fn found(changed: &str, normal: &[&str], dev: &[&str]) -> Vec<String> {
        let names = [
            "domain",
            "db",
            "vault",
            "store",
            "connectors",
            "http",
            "testkit",
            "sims",
        ];
        let texts: Vec<(String, String)> = names
            .iter()
            .map(|name| {
                let text = if *name == changed {
                    manifest(normal, dev)
                } else {
                    manifest(&[], &[])
                };
                (format!("crates/{name}/Cargo.toml"), text)
            })
            .collect();
        let mut files: Vec<(&str, &str)> = texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        files.push((ARCHITECTURE, TABLE));
        layers(&Tree::of(&files))
            .into_iter()
            .map(|f| f.what)
            .collect()
    }

    #[test]
    fn what_the_table_allows_is_fine() {
        let none: [&str; 0] = [];
        assert_eq!(
            found("store", &["domain", "db", "serde"], &["testkit", "vault"]),
            none
        );
        assert_eq!(found("testkit", &["http-edge", "store", "sims"], &[]), none);
        assert_eq!(found("http", &["http", "store"], &[]), none);
    }

    #[test]
    fn what_the_table_forbids_is_found() {
        for (krate, normal, dev) in [
            ("store", "http-edge", None),
            ("store", "connectors", None),
            ("db", "domain", None),
            ("store", "testkit", None),
            ("sims", "connectors", None),
            ("store", "domain", Some("connectors")),
        ] {
            let dev: Vec<&str> = dev.into_iter().collect();
            let found = found(krate, &[normal], &dev);
            assert_eq!(found.len(), 1, "{krate} {normal} {dev:?}: {found:?}");
        }
    }

    #[test]
    fn crates_without_a_row_and_rows_without_a_crate_are_found() {
        let tree = Tree::of(&[
            (ARCHITECTURE, "| 0 | `gone` | x |\n"),
            ("crates/new/Cargo.toml", "[package]\nname = \"new\"\n"),
        ]);
        assert_eq!(layers(&tree).len(), 2);
    }

    // Case: OP03
    #[test]
    fn packages_without_a_digest_or_with_a_program_are_found() {
        let good = "    \"node_modules/a\": {\n      \"integrity\": \"sha512-x\"\n    },\n";
        let link = "    \"node_modules/@tresen/b\": {\n      \"link\": true\n    },\n";
        let bare = "    \"node_modules/c\": {\n      \"version\": \"1\"\n    },\n";
        let program = "    \"node_modules/d\": {\n      \"integrity\": \"sha512-x\",\n      \"hasInstallScript\": true\n    }\n";
        let count = |text: &str| packages(&Tree::of(&[(PACKAGES, text)])).len();
        assert_eq!(count(&format!("{good}{link}")), 0);
        assert_eq!(count(&format!("{good}{bare}{link}")), 1);
        assert_eq!(count(&format!("{good}{program}")), 1);
    }
}
