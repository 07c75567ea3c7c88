//! Log lines: a sentence without anything put into it, and fields from the list in `telemetry`.

use regex_lite::Regex;

use super::{Finding, Source, Tree};

const FIELD_LIST: &str = "crates/telemetry/src/fields.rs";

/// The inside of one logging macro, with the line it begins at.
struct Call {
    line: usize,
    code: String,
}

/// Calls outside tests. The code of a call has its strings blanked.
fn calls(source: &Source) -> Vec<Call> {
    let Some(rust) = &source.rust else {
        return Vec::new();
    };
    let begins = Regex::new(r"\btracing::(trace|debug|info|warn|error)(_span)?!\(")
        .expect("the pattern is constant");
    let code: String = rust
        .code
        .iter()
        .zip(&rust.is_test)
        .map(|(line, is_test)| {
            if *is_test {
                "\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    begins
        .find_iter(&code)
        .map(|found| Call {
            line: code[..found.start()].matches('\n').count() + 1,
            code: code[found.end()..found.end() + closing(&code[found.end()..])].to_owned(),
        })
        .collect()
}

/// How far it is to the bracket that closes the call.
fn closing(code: &str) -> usize {
    let mut depth = 1_usize;
    for (at, letter) in code.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    code.len()
}

pub fn literal_messages(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (source, rust) in tree.rust() {
        for call in calls(source) {
            let last = call.line + call.code.matches('\n').count();
            let interpolated = rust
                .strings
                .iter()
                .filter(|(line, _)| (call.line..=last).contains(line))
                .any(|(_, text)| text.contains('{'));
            if interpolated {
                findings.push(source.finding(
                    call.line,
                    "logs::literal_messages",
                    "a log message is a sentence of its own; values are fields",
                ));
            }
        }
    }
    findings
}

pub fn allowed_fields(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree
        .lookup(FIELD_LIST)
        .and_then(|source| source.rust.as_ref())
    else {
        return Vec::new();
    };
    let allowed: Vec<&str> = list.strings.iter().map(|(_, text)| text.as_str()).collect();
    let field = Regex::new(
        r"(?:^|[,(\s])([a-z_][a-z0-9_.]*)\s*=[^=>]|(?:^|[,(])\s*[%?]([a-z_][a-z0-9_.]*)\s*[,)]",
    )
    .expect("the pattern is constant");
    let mut findings = Vec::new();
    for (source, _) in tree.rust() {
        for call in calls(source) {
            for found in field.captures_iter(&call.code) {
                let name = found
                    .get(1)
                    .or_else(|| found.get(2))
                    .map_or("", |m| m.as_str());
                if !allowed.contains(&name) {
                    findings.push(source.finding(
                        call.line,
                        "logs::allowed_fields",
                        format!("the log field `{name}` is not on the list of {FIELD_LIST}"),
                    ));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: (&str, &str) = (
        FIELD_LIST,
        "pub const FIELDS: &[&str] = &[\"error\", \"job\", \"job.id\"];",
    );

    #[test]
    fn messages_with_values_in_them_are_found() {
        let tree = Tree::of(&[(
            "crates/a/src/a.rs",
            "fn a() {\n  tracing::info!(\"hello {name}\");\n  tracing::warn!(job = \"x\", \"fine\");\n\
             tracing::error!(\n    error = %e,\n    \"odd {}\", x,\n  );\n  format!(\"{x}\");\n}\n",
        )]);
        let lines: Vec<usize> = literal_messages(&tree).iter().map(|f| f.line).collect();
        assert_eq!(lines, [2, 4]);
    }

    #[test]
    fn fields_that_are_not_on_the_list_are_found() {
        let tree = Tree::of(&[
            LIST,
            (
                "crates/a/src/a.rs",
                "fn a() {\n  tracing::info!(%error, job.id = %job.number, job = f(x == y), \"fine\");\n\
                 tracing::info!(email = x, \"bad\");\n  tracing::info!(job, %phone, \"bad\");\n\
                 tracing::info_span!(\"s\", text = ?t);\n  let email = 3;\n}\n",
            ),
        ]);
        let found: Vec<String> = allowed_fields(&tree).into_iter().map(|f| f.what).collect();
        let names: Vec<&str> = found
            .iter()
            .filter_map(|what| what.split('`').nth(1))
            .collect();
        assert_eq!(names, ["email", "phone", "text"]);
    }
}
