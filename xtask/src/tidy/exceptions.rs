//! What a rule finds and is right nevertheless, with the reason. An exception that covers nothing
//! is a finding itself.

use super::Finding;

struct Exception {
    rule: &'static str,
    path: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by people, and by a test"))]
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        rule: "words::sql",
        path: "crates/simulation/src/mutants.rs",
        reason: "planted faults are found in the statements on their way to the database",
    },
    Exception {
        rule: "words::sql",
        path: "crates/simulation/src/ending.rs",
        reason: "every table there is, known or not, is searched for traces of what was erased",
    },
];

pub fn apply(findings: Vec<Finding>) -> Vec<Finding> {
    apply_list(findings, EXCEPTIONS)
}

fn apply_list(findings: Vec<Finding>, exceptions: &[Exception]) -> Vec<Finding> {
    let covers = |exception: &Exception, finding: &Finding| {
        exception.rule == finding.rule && exception.path == finding.path
    };
    let mut left: Vec<Finding> = exceptions
        .iter()
        .filter(|exception| !findings.iter().any(|finding| covers(exception, finding)))
        .map(|exception| Finding {
            path: exception.path.to_owned(),
            line: 0,
            rule: "exceptions",
            what: format!(
                "the exception from {} is not needed any more",
                exception.rule
            ),
        })
        .collect();
    left.extend(findings.into_iter().filter(|finding| {
        !exceptions
            .iter()
            .any(|exception| covers(exception, finding))
    }));
    left.sort();
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(path: &str) -> Finding {
        Finding {
            path: path.to_owned(),
            line: 3,
            rule: "words",
            what: "a word".to_owned(),
        }
    }

    #[test]
    fn an_exception_covers_its_file_and_rule_only() {
        let exception = |rule, path| Exception {
            rule,
            path,
            reason: "it is a test",
        };
        let list = [exception("words", "a.rs"), exception("size", "b.rs")];
        let left = apply_list(vec![finding("a.rs"), finding("b.rs")], &list);
        let rules: Vec<(&str, &str)> = left
            .iter()
            .map(|finding| (finding.path.as_str(), finding.rule))
            .collect();
        assert_eq!(rules, [("b.rs", "exceptions"), ("b.rs", "words")]);
    }

    #[test]
    fn every_exception_has_a_reason() {
        for exception in EXCEPTIONS {
            assert!(exception.reason.len() > 20, "{}", exception.path);
        }
    }
}
