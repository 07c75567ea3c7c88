//! docs/security-cases.md: every attack we know of, and the test that tries it. The attacks are
//! listed in `cases.txt`; a test says in a comment which of them it proves.

mod page;
mod proofs;

use std::collections::{BTreeMap, BTreeSet};

use crate::place::Place;
use crate::process::Failure;
use crate::reference;
use crate::tidy::Tree;

use proofs::Proof;

const CASES: &str = include_str!("cases.txt");
const PAGE: &str = "docs/security-cases.md";

/// One attack.
#[derive(Debug, PartialEq, Eq)]
struct Case {
    id: &'static str,
    /// What is tried.
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

/// Writes the page, or says whether it is up to date.
pub fn cases(place: &Place, check: bool) -> Result<(), Failure> {
    let families = read(CASES)?;
    let tree = Tree::read(&place.root)?;
    let files = tree
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_str()));
    let proofs = proofs::of(files)?;
    agree(&families, &proofs)?;
    let fresh = page::of(&families, &proofs);
    reference::keep(place, PAGE, &fresh, check, "security-cases")
}

fn read(text: &'static str) -> Result<Vec<Family>, Failure> {
    let mut families: Vec<Family> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let odd = || Failure(format!("cases.txt: {line}"));
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
        if !proofs::is_id(id) || !family.title.starts_with(&id[..2]) {
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
        return Err(Failure("cases.txt names a case twice".to_owned()));
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
        let families = read(CASES).unwrap();
        let count: usize = families.iter().map(|family| family.cases.len()).sum();
        assert_eq!(count, 137, "ids are stable and none is dropped");
        let [family] = &read(TWO).unwrap()[..] else {
            panic!("one family")
        };
        assert_eq!(family.cases[1].not, Some("Nothing to write."));
        assert!(read("AZ01 Before any family.").is_err());
        assert!(read("== AZ Rights\nWH01 In another family.").is_err());
    }

    #[test]
    fn a_case_has_a_test_or_a_reason() {
        let families = read(TWO).unwrap();
        let proved = |id: &str| {
            let test = "// Case: AZ01\n#[test]\nfn asks() {}\n".replace("AZ01", id);
            let files = [("crates/a/tests/a.rs", test.as_str())];
            proofs::of(files.into_iter()).unwrap()
        };
        assert_eq!(agree(&families, &proved("AZ01")), Ok(()));
        assert!(agree(&families, &proved("AZ02")).is_err(), "AZ01 is bare");
        assert!(agree(&families, &proved("AZ99")).is_err(), "unknown");
        let page = page::of(&families, &proved("AZ01"));
        assert!(page.contains("| AZ01 | Asks. | [`asks`](../crates/a/tests/a.rs)"));
    }
}
