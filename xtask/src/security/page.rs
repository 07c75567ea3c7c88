//! The page as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::proofs::Proof;
use super::{Case, Catalogue, Family};

const BEGINNING: &str = "# Security cases

<!-- Written by `cargo xtask security-cases`; the `references` step of `cargo xtask test` compares. -->

Every attack on a product of this kind that we know of, and what became of it here. A case keeps its
id. What proves a case is a test that tries the attack on the running house, or on the part that
must withstand it, and it names the case above itself. The word in brackets is the step of
`cargo xtask test` that runs the test; its result is that step's result, because a failed test fails
the step, and continuous integration with it.

The last column says what is *not* proved, or why a case does not concern what exists. A case with
neither a test nor such a reason fails the build, and so does a line that names a test which is gone.

## What answers carry

";

const HEADERS: &str = include_str!("headers.md");

const CHECKS: &str = "# Privacy checks

<!-- Written by `cargo xtask privacy-checks`; the `references` step of `cargo xtask test` compares. -->

What data protection asks of the house, and how it is proved. A check keeps its id. A test proves one
when a line above it says `// Check: CO-07`, or when its name begins with the id, `co_07_…`. The word
in brackets is the step of `cargo xtask test` that runs the test; its result is that step's result,
because a failed test fails the step, and continuous integration with it.

The last column says what is *not* proved yet, and why. A check with neither a test nor such a reason
fails the build, and so does a line or a name that claims a check which does not exist.
";

/// Above the attacks stand the headers that answers carry.
pub fn of_attacks() -> String {
    format!("{BEGINNING}{HEADERS}")
}

pub fn of_checks() -> String {
    CHECKS.to_owned()
}

pub fn of(
    catalogue: &Catalogue,
    families: &[Family],
    proofs: &BTreeMap<String, Vec<Proof>>,
) -> String {
    let mut text = (catalogue.beginning)();
    let all = || families.iter().flat_map(|family| &family.cases);
    let proved = |case: &&Case| proofs.contains_key(case.id);
    let whole = all().filter(proved).filter(|case| case.not.is_none());
    _ = write!(
        text,
        "\n## The cases\n\n{} cases: {} proved, {} proved in part, {} without a test and with a reason.\n",
        all().count(),
        whole.count(),
        all().filter(proved).filter(|c| c.not.is_some()).count(),
        all().filter(|case| !proofs.contains_key(case.id)).count(),
    );
    for family in families {
        _ = write!(
            text,
            "\n### {}\n\n| id | {} | proved by | what is not |\n|---|---|---|---|\n",
            family.title.replacen(' ', ": ", 1),
            catalogue.column,
        );
        for case in &family.cases {
            let shown = proofs.get(case.id).map(|found| shown(found));
            _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                case.id,
                case.attack,
                shown.unwrap_or_default(),
                case.not.unwrap_or_default()
            );
        }
    }
    text
}

fn shown(proofs: &[Proof]) -> String {
    let links: Vec<String> = proofs
        .iter()
        .map(|proof| {
            let name = proof.name.replace('|', "\\|");
            format!("[`{name}`](../{}) ({})", proof.path, proof.step)
        })
        .collect();
    links.join("<br>")
}
