//! docs/security-cases.md: every attack we know of, and the test that tries it. The attacks are
//! listed in `cases.txt`; a test says in a comment which of them it proves. In the same manner
//! docs/privacy-checks.md is made from `checks.txt`: what data protection asks of the house.

mod page;
mod proofs;

use std::collections::{BTreeMap, BTreeSet};

use crate::place::Place;
use crate::process::Failure;
use crate::reference;
use crate::tidy::Tree;

use proofs::Proof;

/// A page of what must hold, and how tests say that they prove it.
struct Catalogue {
    text: &'static str,
    page: &'static str,
    command: &'static str,
    /// Everything above the tables.
    beginning: fn() -> String,
    /// The heading of the column that says what must hold.
    column: &'static str,
    tags: proofs::Tags,
}

const SECURITY: Catalogue = Catalogue {
    text: include_str!("cases.txt"),
    page: "docs/security-cases.md",
    command: "security-cases",
    beginning: page::of_attacks,
    column: "what is tried",
    tags: proofs::CASES,
};

const PRIVACY: Catalogue = Catalogue {
    text: include_str!("checks.txt"),
    page: "docs/privacy-checks.md",
    command: "privacy-checks",
    beginning: page::of_checks,
    column: "what must hold",
    tags: proofs::CHECKS,
};

/// One attack, or one thing that must hold.
#[derive(Debug, PartialEq, Eq)]
struct Case {
    id: &'static str,
    /// What is tried, or must hold.
    attack: &'static str,
    /// What is not proved yet, or why nothing needs to be.
    not: Option<&'static str>,
}

/// Attacks of one kind.
#[derive(Debug, PartialEq, Eq)]
struct Family {
    title: &'static str,
    cases: Vec<Case>,
}

/// Writes the page about attacks, or says whether it is up to date.
pub fn cases(place: &Place, check: bool) -> Result<(), Failure> {
    SECURITY.keep(place, check)
}

/// The same for what data protection asks for.
pub fn checks(place: &Place, check: bool) -> Result<(), Failure> {
    PRIVACY.keep(place, check)
}

impl Catalogue {
    fn keep(&self, place: &Place, check: bool) -> Result<(), Failure> {
        let families = read(self.text, &self.tags)?;
        let tree = Tree::read(&place.root)?;
        let files = tree
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.text.as_str()));
        let proofs = proofs::of(files, &self.tags)?;
        agree(&families, &proofs)?;
        let fresh = page::of(self, &families, &proofs);
        reference::keep(place, self.page, &fresh, check, self.command)
    }
}

fn read(text: &'static str, tags: &proofs::Tags) -> Result<Vec<Family>, Failure> {
    let mut families: Vec<Family> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let odd = || Failure(format!("the list of cases: {line}"));
        if line.starts_with('#') {
            continue;
        }
        if let Some(title) = line.strip_prefix("== ") {
            families.push(Family {
                title,
                cases: Vec::new(),
            });
            continue;
        }
        let family = families.last_mut().ok_or_else(odd)?;
        if let Some(not) = line.strip_prefix("not: ") {
            family.cases.last_mut().ok_or_else(odd)?.not = Some(not);
            continue;
        }
        let (id, attack) = line.split_once(' ').ok_or_else(odd)?;
        if !(tags.is_id)(id) || !family.title.starts_with(&id[..2]) {
            return Err(odd());
        }
        family.cases.push(Case {
            id,
            attack,
            not: None,
        });
    }
    Ok(families)
}

/// Every case has a test or a reason, and every test a case that is listed.
fn agree(families: &[Family], proofs: &BTreeMap<String, Vec<Proof>>) -> Result<(), Failure> {
    let all = || families.iter().flat_map(|family| &family.cases);
    let bare: Vec<&str> = all()
        .filter(|case| case.not.is_none() && !proofs.contains_key(case.id))
        .map(|case| case.id)
        .collect();
    let known: BTreeSet<&str> = all().map(|case| case.id).collect();
    let strange: Vec<&String> = proofs
        .keys()
        .filter(|id| !known.contains(id.as_str()))
        .collect();
    if known.len() != all().count() {
        return Err(Failure("a case is listed twice".to_owned()));
    }
    if !strange.is_empty() {
        return Err(Failure(format!("tests name unknown cases: {strange:?}")));
    }
    if !bare.is_empty() {
        return Err(Failure(format!(
            "cases without a test and without a reason: {bare:?}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "== AZ Rights\nAZ01 Asks.\nAZ02 Writes.\nnot: Nothing to write.\n";

    #[test]
    fn the_list_is_read() {
        let families = read(SECURITY.text, &proofs::CASES).unwrap();
        let count: usize = families.iter().map(|family| family.cases.len()).sum();
        assert_eq!(count, 137, "ids are stable and none is dropped");
        let [family] = &read(TWO, &proofs::CASES).unwrap()[..] else {
            panic!("one family")
        };
        assert_eq!(family.cases[1].not, Some("Nothing to write."));
        assert!(read("AZ01 Before any family.", &proofs::CASES).is_err());
        assert!(read("== AZ Rights\nWH01 In another family.", &proofs::CASES).is_err());
    }

    #[test]
    fn the_list_of_checks_is_read() {
        let families = read(PRIVACY.text, &proofs::CHECKS).unwrap();
        let count: usize = families.iter().map(|family| family.cases.len()).sum();
        assert_eq!(count, 137, "ids are stable and none is dropped");
    }

    #[test]
    fn a_case_has_a_test_or_a_reason() {
        let families = read(TWO, &proofs::CASES).unwrap();
        let proved = |id: &str| {
            let test = "// Case: AZ01\n#[test]\nfn asks() {}\n".replace("AZ01", id);
            let files = [("crates/a/tests/a.rs", test.as_str())];
            proofs::of(files.into_iter(), &proofs::CASES).unwrap()
        };
        assert_eq!(agree(&families, &proved("AZ01")), Ok(()));
        assert!(agree(&families, &proved("AZ02")).is_err(), "AZ01 is bare");
        assert!(agree(&families, &proved("AZ99")).is_err(), "unknown");
        let page = page::of(&SECURITY, &families, &proved("AZ01"));
        assert!(page.contains("| AZ01 | Asks. | [`asks`](../crates/a/tests/a.rs)"));
    }
}
