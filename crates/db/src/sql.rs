//! Statement texts: one for both engines, or a pair, and the rewriting of placeholders.

use std::borrow::Cow;
use std::collections::HashMap;

/// Which engine a database runs on. Only `store` asks, for its few dialect pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The bundled SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// The text of a statement, with `$1`, `$2`, … as placeholders for both engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sql {
    /// One text for both engines.
    Same(&'static str),
    /// Two texts, for the few statements that have to differ.
    Pair {
        /// The text for SQLite.
        sqlite: &'static str,
        /// The text for PostgreSQL.
        postgres: &'static str,
    },
    /// A generated text for both engines, such as one with a list of ids. Never put a value
    /// into it: values are parameters.
    Owned(String),
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Sql::Same(text)
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Self {
        Sql::Owned(text)
    }
}

impl From<&Sql> for Sql {
    fn from(sql: &Sql) -> Self {
        sql.clone()
    }
}

impl Sql {
    /// The text for an engine, placeholders still as `$n`.
    pub fn text(&self, engine: Engine) -> &str {
        match (self, engine) {
            (Sql::Same(text), _) => text,
            (Sql::Pair { sqlite, .. }, Engine::Sqlite) => sqlite,
            (Sql::Pair { postgres, .. }, Engine::Postgres) => postgres,
            (Sql::Owned(text), _) => text,
        }
    }

    /// The text for an engine if it lives as long as the program.
    pub(crate) fn static_text(&self, engine: Engine) -> Option<&'static str> {
        match (self, engine) {
            (Sql::Same(text), _) => Some(text),
            (Sql::Pair { sqlite, .. }, Engine::Sqlite) => Some(sqlite),
            (Sql::Pair { postgres, .. }, Engine::Postgres) => Some(postgres),
            (Sql::Owned(_), _) => None,
        }
    }
}

/// What an engine says about a statement without running it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The names of the columns it answers. Name every expression with `AS`: the engines name
    /// a bare one differently.
    pub columns: Vec<String>,
    /// How many parameters it takes.
    pub parameters: usize,
}

/// Static texts this cache holds at most; a program has some hundreds.
const CACHED_TEXTS: usize = 4_096;

/// The rewritten texts of one SQLite connection.
///
/// Static texts are found by their address: the hot path neither scans nor hashes the text.
#[derive(Default)]
pub(crate) struct SqliteTexts {
    rewritten: HashMap<(usize, usize), String>,
}

impl SqliteTexts {
    pub fn text<'a>(&'a mut self, sql: &'a Sql) -> Cow<'a, str> {
        let Some(text) = sql.static_text(Engine::Sqlite) else {
            return sqlite_placeholders(sql.text(Engine::Sqlite));
        };
        if self.rewritten.len() >= CACHED_TEXTS {
            self.rewritten.clear();
        }
        let key = (text.as_ptr() as usize, text.len());
        let rewritten = self.rewritten.entry(key);
        Cow::Borrowed(rewritten.or_insert_with(|| sqlite_placeholders(text).into_owned()))
    }
}

/// Rewrites `$n` to `?n`, except in strings, quoted identifiers, comments and names.
///
/// SQLite takes `$2` for a *name* and numbers names by appearance: without this, the values of
/// `$2, $1` would silently swap.
pub(crate) fn sqlite_placeholders(sql: &str) -> Cow<'_, str> {
    let bytes = sql.as_bytes();
    let mut out: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"') => at = after_quote(bytes, at, quote),
            b'-' if bytes.get(at + 1) == Some(&b'-') => at = after_line(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = after_comment(bytes, at),
            b'$' if starts_placeholder(bytes, at) => {
                let out = out.get_or_insert_with(|| String::with_capacity(sql.len()));
                out.push_str(&sql[copied..at]);
                out.push('?');
                at += 1;
                copied = at;
            }
            _ => at += 1,
        }
    }
    match out {
        None => Cow::Borrowed(sql),
        Some(mut out) => {
            out.push_str(&sql[copied..]);
            Cow::Owned(out)
        }
    }
}

fn starts_placeholder(bytes: &[u8], at: usize) -> bool {
    let digit_follows = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    // `$` may stand inside a name, and a name may hold any character beyond ASCII.
    let in_name = at > 0 && is_name_byte(bytes[at - 1]);
    digit_follows && !in_name
}

pub(crate) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// The position after a quoted text; a doubled quote inside it starts another one right away,
/// which comes to the same.
fn after_quote(bytes: &[u8], at: usize, quote: u8) -> usize {
    let rest = &bytes[at + 1..];
    let end = rest.iter().position(|byte| *byte == quote);
    end.map_or(bytes.len(), |end| at + 1 + end + 1)
}

fn after_line(bytes: &[u8], at: usize) -> usize {
    let end = bytes[at..].iter().position(|byte| *byte == b'\n');
    end.map_or(bytes.len(), |end| at + end + 1)
}

fn after_comment(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at + 2..];
    let end = rest.windows(2).position(|pair| pair == b"*/");
    end.map_or(bytes.len(), |end| at + 2 + end + 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Sql, SqliteTexts, sqlite_placeholders};

    #[test]
    fn placeholders_are_rewritten_only_where_they_are_placeholders() {
        let cases = [
            ("SELECT 1", "SELECT 1"),
            ("a = $1 AND b=$12", "a = ?1 AND b=?12"),
            ("($2,$1,$2)", "(?2,?1,?2)"),
            ("'costs $1' || $1", "'costs $1' || ?1"),
            ("'it''s $1' || $2", "'it''s $1' || ?2"),
            ("\"col$1\" = $1", "\"col$1\" = ?1"),
            ("\"a $1 b\" = $1", "\"a $1 b\" = ?1"),
            ("x -- not $1\n = $1", "x -- not $1\n = ?1"),
            ("x /* not $1 */ = $1", "x /* not $1 */ = ?1"),
            ("a - -$1 / $2", "a - -?1 / ?2"),
            ("name$1", "name$1"),
            ("größe$1 = $1", "größe$1 = ?1"),
            ("$x = $", "$x = $"),
            ("'unclosed $1", "'unclosed $1"),
            ("/* unclosed $1", "/* unclosed $1"),
            ("-- $1", "-- $1"),
            ("'ä$1'$1'ö'", "'ä$1'?1'ö'"),
        ];
        for (given, wanted) in cases {
            assert_eq!(sqlite_placeholders(given), wanted, "{given}");
        }
    }

    #[test]
    fn cached_texts_of_equal_addresses_and_lengths_are_told_apart() {
        let text: &'static str = "SELECT $1, $2";
        let mut texts = SqliteTexts::default();
        assert_eq!(texts.text(&Sql::Same(text)), "SELECT ?1, ?2");
        assert_eq!(texts.text(&Sql::Same(&text[..9])), "SELECT ?1");
        assert_eq!(texts.text(&Sql::Same(text)), "SELECT ?1, ?2");
        assert_eq!(texts.text(&Sql::Owned("$3".to_owned())), "?3");
    }

    /// A piece of SQL together with what it must become.
    fn piece() -> impl Strategy<Value = (String, String)> {
        let same = |text: String| (text.clone(), text);
        prop_oneof![
            "[a-z ,()=+*.äß€]{1,6} ".prop_map(same),
            "'[a-z$0-9 \"/*äß-]{0,8}'".prop_map(same),
            "\"[a-z$0-9 '/*äß-]{1,8}\"".prop_map(same),
            "--[a-z$0-9 '\"/*-]{0,8}\n".prop_map(same),
            "/\\*[a-z$0-9 '\"-]{0,8}\\*/".prop_map(same),
            "[a-z_]\\$[1-9] ".prop_map(same),
            (1u32..99_999).prop_map(|n| (format!(" ${n} "), format!(" ?{n} "))),
        ]
    }

    proptest! {
        #[test]
        fn every_mixture_of_pieces_is_rewritten_piece_by_piece(
            pieces in proptest::collection::vec(piece(), 0..24)
        ) {
            let given: String = pieces.iter().map(|piece| piece.0.as_str()).collect();
            let wanted: String = pieces.iter().map(|piece| piece.1.as_str()).collect();
            prop_assert_eq!(sqlite_placeholders(&given), wanted);
        }

        #[test]
        fn any_text_keeps_its_length_and_everything_but_dollars(given in any::<String>()) {
            let rewritten = sqlite_placeholders(&given);
            prop_assert_eq!(rewritten.len(), given.len());
            for (before, after) in given.chars().zip(rewritten.chars()) {
                prop_assert!(before == after || (before == '$' && after == '?'));
            }
        }
    }
}
