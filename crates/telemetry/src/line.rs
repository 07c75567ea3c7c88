//! One log line, for people or for machines.

use std::fmt::Write as _;

use serde_json::{Map, json};
use tracing::Level;

use crate::fields::{Fields, Value};
use crate::settings::LogFormat;

const WITHHELD: &str = "withheld";

pub struct Line<'a> {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    pub level: Level,
    pub target: &'a str,
    /// The event's fields first, then those of the spans around it, innermost first.
    pub fields: &'a [Fields],
}

impl Line<'_> {
    pub fn render(&self, format: LogFormat, colour: bool) -> String {
        match format {
            LogFormat::Human => self.human(colour),
            LogFormat::Json => self.json(),
        }
    }

    fn time(&self) -> String {
        jiff::Timestamp::from_millisecond(self.at_ms)
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
            .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
            .to_string()
    }

    fn message(&self) -> &str {
        self.fields
            .iter()
            .find_map(|fields| fields.message.as_deref())
            .unwrap_or_default()
    }

    /// Each name once; the innermost value wins.
    fn values(&self) -> Vec<(&'static str, &Value)> {
        let mut values: Vec<(&'static str, &Value)> = Vec::new();
        for (name, value) in self.fields.iter().flat_map(|fields| &fields.values) {
            if !values.iter().any(|(known, _)| known == name) {
                values.push((name, value));
            }
        }
        values
    }

    fn human(&self, colour: bool) -> String {
        let (paint, plain) = match (colour, self.level) {
            (false, _) => ("", ""),
            (true, Level::ERROR) => ("\x1b[31m", "\x1b[0m"),
            (true, Level::WARN) => ("\x1b[33m", "\x1b[0m"),
            (true, Level::INFO) => ("\x1b[32m", "\x1b[0m"),
            (true, _) => ("\x1b[2m", "\x1b[0m"),
        };
        let mut line = format!(
            "{} {paint}{:>5}{plain} {}: {}",
            self.time(),
            self.level,
            self.target,
            one_line(self.message()),
        );
        for (name, value) in self.values() {
            // Writing to a String cannot fail.
            _ = match value {
                Value::Text(text) => write!(line, " {name}={:?}", text),
                Value::Signed(number) => write!(line, " {name}={number}"),
                Value::Unsigned(number) => write!(line, " {name}={number}"),
                Value::Float(number) => write!(line, " {name}={number}"),
                Value::Bool(truth) => write!(line, " {name}={truth}"),
                Value::Withheld => write!(line, " {name}=<{WITHHELD}>"),
            };
        }
        line.push('\n');
        line
    }

    fn json(&self) -> String {
        let mut object = Map::new();
        object.insert("time".to_owned(), json!(self.time()));
        object.insert(
            "level".to_owned(),
            json!(self.level.as_str().to_lowercase()),
        );
        object.insert("target".to_owned(), json!(self.target));
        object.insert("message".to_owned(), json!(self.message()));
        for (name, value) in self.values() {
            let value = match value {
                Value::Text(text) => json!(text),
                Value::Signed(number) => json!(number),
                Value::Unsigned(number) => json!(number),
                Value::Float(number) => json!(number),
                Value::Bool(truth) => json!(truth),
                Value::Withheld => json!(WITHHELD),
            };
            object.insert(name.to_owned(), value);
        }
        let mut line = serde_json::Value::Object(object).to_string();
        line.push('\n');
        line
    }
}

/// Control characters would let a text forge a second line or paint the terminal.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
