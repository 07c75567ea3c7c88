//! Examples never reach a real person: only numbers and domains that are reserved for that.

use regex_lite::Regex;

use super::{Finding, Source, Tree};

/// Numbers set aside for films and documents, digits only (Bundesnetzagentur; +1 555-01xx; Ofcom).
const RESERVED_NUMBERS: [&str; 9] = [
    r"^493023125\d{3}$",
    r"^496990009\d{3}$",
    r"^494066969\d{3}$",
    r"^498999998\d{3}$",
    // A longer number that begins with a reserved one cannot be given to anybody.
    r"^4917139200\d{2,3}$",
    r"^49176040690\d{2}$",
    r"^1\d{3}55501\d{2}$",
    r"^44(20|1632|7700)\d{5,7}$",
    r"^0+$",
];
const NUMBER_DIGITS_MIN: usize = 10;
const RESERVED_DOMAINS: [&str; 10] = [
    "example.com",
    "example.org",
    "example.net",
    "example.de",
    ".example",
    ".test",
    ".invalid",
    "localhost",
    ".localhost",
    // Not mail: how WhatsApp writes the names of groups.
    "g.us",
];

fn looked_at(source: &Source) -> bool {
    source.is_ours()
        && source.has_extension(&[
            "rs", "ts", "svelte", "mjs", "js", "py", "json", "md", "toml", "ftl", "html", "sh",
            "sql",
        ])
}

pub fn reserved_numbers(tree: &Tree) -> Vec<Finding> {
    // With a plus sign, or bare as providers write German ones.
    let number = Regex::new(r"\+[1-9][0-9 ()/-]{7,18}[0-9]|\b49(1[567]|[2-9])[0-9]{8,10}\b")
        .expect("the pattern is constant");
    let reserved: Vec<Regex> = RESERVED_NUMBERS
        .iter()
        .filter_map(|text| Regex::new(text).ok())
        .collect();
    find(tree, &number, "fixtures::reserved_numbers", |found| {
        let digits: String = found.chars().filter(char::is_ascii_digit).collect();
        let is_reserved = reserved.iter().any(|pattern| pattern.is_match(&digits));
        // A shorter one is a beginning, and reaches nobody.
        (!is_reserved && digits.len() >= NUMBER_DIGITS_MIN)
            .then(|| "a telephone number that may be somebody's".to_owned())
    })
}

pub fn reserved_addresses(tree: &Tree) -> Vec<Finding> {
    let address =
        Regex::new(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[a-z]{2,}\b")
            .expect("the pattern is constant");
    find(tree, &address, "fixtures::reserved_addresses", |found| {
        let domain = found
            .rsplit('@')
            .next()
            .unwrap_or(found)
            .to_ascii_lowercase();
        let is_reserved = RESERVED_DOMAINS.iter().any(|reserved| {
            domain == reserved.trim_start_matches('.')
                || domain.ends_with(&format!(".{}", reserved.trim_start_matches('.')))
        });
        (!is_reserved).then(|| format!("an address at {domain} may be somebody's"))
    })
}

fn find(
    tree: &Tree,
    pattern: &Regex,
    rule: &'static str,
    judge: impl Fn(&str) -> Option<String>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.files.iter().filter(|source| looked_at(source)) {
        for (at, line) in source.text.lines().enumerate() {
            for found in pattern.find_iter(line) {
                if let Some(what) = judge(found.as_str()) {
                    findings.push(source.finding(at + 1, rule, what));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together from halves, so that this file holds none of them.
    fn planted(halves: [&str; 2]) -> String {
        format!("let a = \"{}\";\n", halves.concat())
    }

    #[test]
    fn numbers_that_may_be_somebodys_are_found() {
        for halves in [
            ["+", "49 30 12345678"],
            ["+49", "15123456789"],
            ["49", "15123456789"],
            ["+", "1 212 555 01991"],
        ] {
            let tree = Tree::of(&[("crates/a/tests/it/a.rs", &planted(halves))]);
            assert_eq!(reserved_numbers(&tree).len(), 1, "{halves:?}");
        }
        for halves in [
            ["+", "49 30 23125 042"],
            ["49", "3023125042"],
            ["+", "49 171 3920012"],
            ["49", "17604069012"],
            ["+", "1 212 555 0123"],
            ["1699012345", "678"],
            ["+", "49 171 392"],
            ["a + 1", " - 2"],
        ] {
            let tree = Tree::of(&[("crates/a/tests/it/a.rs", &planted(halves))]);
            assert_eq!(reserved_numbers(&tree), [], "{halves:?}");
        }
    }

    #[test]
    fn addresses_that_may_be_somebodys_are_found() {
        for halves in [
            ["ada@gma", "il.com"],
            ["info@tres", "en.de"],
            ["x@example", ".com.de"],
        ] {
            let tree = Tree::of(&[("docs/a.md", &planted(halves))]);
            assert_eq!(reserved_addresses(&tree).len(), 1, "{halves:?}");
        }
        for fine in [
            "ada@example.com",
            "ada@mail.example.org",
            "ada@shop.example",
            "@types/node",
            "npm@11",
            "ada@localhost.test",
        ] {
            let tree = Tree::of(&[("docs/a.md", &planted([fine, ""]))]);
            assert_eq!(reserved_addresses(&tree), [], "{fine}");
        }
    }
}
