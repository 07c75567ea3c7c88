//! Rust source, taken apart as far as the rules need: code without comments and strings, the
//! strings by themselves, and which lines are test code. This is no parser; it knows where
//! comments and literals begin and end, and which brace closes which.

/// A file taken apart. All three have the file's lines.
pub struct RustText {
    /// Comments and the inside of literals are blanks.
    pub code: Vec<String>,
    /// String literals with the line they begin at (from one).
    pub strings: Vec<(usize, String)>,
    /// Whether a line (from zero) belongs to tests.
    pub is_test: Vec<bool>,
}

impl RustText {
    pub fn of(path: &str, text: &str) -> Self {
        let mut scanner = Scanner::new(text);
        scanner.scan();
        let code: Vec<String> = scanner.code.lines().map(str::to_owned).collect();
        let all_test = is_test_file(path);
        let is_test = if all_test {
            vec![true; code.len()]
        } else {
            test_lines(&code)
        };
        Self {
            code,
            strings: scanner.strings,
            is_test,
        }
    }

    /// Lines outside tests, with their numbers from one.
    pub fn production(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines(false)
    }

    /// Lines of tests, with their numbers from one.
    pub fn tests(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines(true)
    }

    fn lines(&self, test: bool) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .iter()
            .zip(&self.is_test)
            .enumerate()
            .filter(move |(_, (_, is_test))| **is_test == test)
            .map(|(at, (line, _))| (at + 1, line.as_str()))
    }

    /// Strings outside tests.
    pub fn production_strings(&self) -> impl Iterator<Item = (usize, &str)> {
        self.strings
            .iter()
            .filter(|(line, _)| !self.is_test.get(line - 1).copied().unwrap_or(false))
            .map(|(line, text)| (*line, text.as_str()))
    }
}

pub fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.starts_with("crates/testkit/")
}

/// Lines from `#[cfg(test)]` to the brace that closes what follows.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut is_test = vec![false; code.len()];
    let mut at = 0;
    while at < code.len() {
        if !code[at].contains("#[cfg(test)]") {
            at += 1;
            continue;
        }
        let end = closing_line(code, at);
        is_test[at..=end].fill(true);
        at = end + 1;
    }
    is_test
}

fn closing_line(code: &[String], from: usize) -> usize {
    let mut depth = 0_i64;
    for (at, line) in code.iter().enumerate().skip(from) {
        for letter in line.chars() {
            match letter {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        return at;
                    }
                }
                // `#[cfg(test)] mod tests;`
                ';' if depth == 0 => return at,
                _ => {}
            }
        }
    }
    code.len().saturating_sub(1)
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            line: 1,
            code: String::with_capacity(text.len()),
            strings: Vec::new(),
        }
    }

    fn scan(&mut self) {
        while let Some(first) = self.rest.chars().next() {
            if self.rest.starts_with("//") {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.blank(end);
            } else if self.rest.starts_with("/*") {
                let end = self.rest.find("*/").map_or(self.rest.len(), |end| end + 2);
                self.blank(end);
            } else if let Some(fence) = self.raw_string_fence() {
                self.raw_string(&fence);
            } else if first == '"' {
                self.string();
            } else if let Some(length) = self.char_literal() {
                self.blank(length);
            } else {
                self.keep(first);
            }
        }
    }

    fn keep(&mut self, letter: char) {
        self.line += usize::from(letter == '\n');
        self.code.push(letter);
        self.rest = &self.rest[letter.len_utf8()..];
    }

    fn blank(&mut self, length: usize) {
        let (gone, rest) = self.rest.split_at(length);
        for letter in gone.chars() {
            self.line += usize::from(letter == '\n');
            self.code.push(if letter == '\n' { '\n' } else { ' ' });
        }
        self.rest = rest;
    }

    /// `r"`, `r#"`, `br##"` …: what closes it. An identifier that ends in `r` opens nothing.
    fn raw_string_fence(&self) -> Option<String> {
        let after = self.rest.strip_prefix('b').unwrap_or(self.rest);
        let after = after.strip_prefix('r')?;
        let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
        let opens = after[hashes..].starts_with('"');
        let inside_word = self
            .code
            .ends_with(|last: char| last.is_alphanumeric() || last == '_');
        (opens && !inside_word).then(|| format!("\"{}", "#".repeat(hashes)))
    }

    fn raw_string(&mut self, fence: &str) {
        let open = self.rest.find('"').map_or(0, |at| at + 1);
        let length = self.rest[open..]
            .find(fence)
            .unwrap_or(self.rest.len() - open);
        let text = self.rest[open..open + length].to_owned();
        self.strings.push((self.line, text));
        let end = (open + length + fence.len()).min(self.rest.len());
        self.blank(end);
    }

    fn string(&mut self) {
        let mut escaped = false;
        let end = self.rest[1..]
            .char_indices()
            .find(|(_, letter)| {
                let closes = *letter == '"' && !escaped;
                escaped = *letter == '\\' && !escaped;
                closes
            })
            .map_or(self.rest.len(), |(at, _)| at + 2);
        let inside = self.rest[1..end].trim_end_matches('"').to_owned();
        self.strings.push((self.line, inside));
        // The quotes stay, so that a rule can see where a string was.
        self.keep('"');
        self.blank(end.saturating_sub(2));
        if self.rest.starts_with('"') {
            self.keep('"');
        }
    }

    /// The length of `'x'` or `'\n'`; a lifetime is none.
    fn char_literal(&self) -> Option<usize> {
        let inside = self.rest.strip_prefix('\'')?;
        let mut letters = inside.char_indices();
        let (_, first) = letters.next()?;
        if first == '\\' {
            let close = inside[2..].find('\'')?;
            return Some(close + 4);
        }
        let (at, second) = letters.next()?;
        (second == '\'').then_some(at + 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_letters_are_told_apart() {
        let text = RustText::of(
            "crates/x/src/a.rs",
            "let a = \"one // \\\" two\"; // three \"four\"\n\
             let b = r#\"five \" six\"#; /* seven\neight */ let c = '\"'; let d: &'a str;\n\
             let e = b\"nine\"; let f = '\\''; let for_r = var\"\";\n",
        );
        let strings: Vec<&str> = text.strings.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(strings, ["one // \\\" two", "five \" six", "nine", ""]);
        let code = text.code.join("\n");
        for gone in ["one", "three", "four", "five", "seven", "eight", "nine"] {
            assert!(!code.contains(gone), "{gone} is in {code}");
        }
        for kept in ["let a", "let b", "let c", "let d: &'a str", "let f"] {
            assert!(code.contains(kept), "{kept} is not in {code}");
        }
        assert_eq!(text.strings[1].0, 2);
    }

    #[test]
    fn tests_are_told_from_production() {
        let text = RustText::of(
            "crates/x/src/a.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { \"}\" }\n}\nfn c() {}\n\
             #[cfg(test)]\nmod more;\nfn d() {}\n",
        );
        let production: Vec<usize> = text.production().map(|(line, _)| line).collect();
        assert_eq!(production, [1, 6, 9]);
        let all = RustText::of("crates/x/tests/it/a.rs", "fn a() {}\n");
        assert_eq!(all.production().count(), 0);
    }
}
