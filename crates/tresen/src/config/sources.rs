//! Where a value comes from: the flag beats the variable, the variable beats the file, the file
//! beats the default. An error names the place it was found at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::DEFAULT_FILE;
use super::options::{CONFIG_FLAG, CONFIG_VARIABLE, CommandScope, OPTIONS, OptionSpec, lookup};
use super::problem::ConfigError;

/// Values by key, as they stood on the command line.
pub type Flags = BTreeMap<&'static str, Vec<String>>;

/// The file's values by key, each with its line.
#[derive(Default)]
pub struct FileValues {
    name: String,
    values: BTreeMap<&'static str, (usize, Vec<String>)>,
}

/// The three places in one.
pub struct Layers<'a> {
    pub flags: Flags,
    pub environment: &'a BTreeMap<String, String>,
    pub file: FileValues,
    pub scope: CommandScope,
}

struct Found {
    place: String,
    values: Vec<String>,
}

impl Layers<'_> {
    /// The value of an option that has a default.
    pub fn one<T>(&self, key: &str, parse: fn(&str) -> Option<T>) -> Result<T, ConfigError> {
        let option = known(key);
        let value = self.maybe(key, parse)?;
        Ok(value.unwrap_or_else(|| {
            option
                .default
                .and_then(parse)
                .expect("every option read with `one` has a default, and a test parses them all")
        }))
    }

    /// The value of an option that may be absent.
    pub fn maybe<T>(
        &self,
        key: &str,
        parse: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let option = known(key);
        let Some(found) = self.find(option) else {
            return Ok(None);
        };
        let [value] = found.values.as_slice() else {
            return Err(ConfigError::Value {
                place: found.place,
                shown: "a list".to_owned(),
                expected: format!("one value: {}", option.expected),
            });
        };
        parse_at(option, &found.place, value, parse).map(Some)
    }

    /// All values of an option that may be given several times.
    pub fn many<T>(&self, key: &str, parse: fn(&str) -> Option<T>) -> Result<Vec<T>, ConfigError> {
        let option = known(key);
        let Some(found) = self.find(option) else {
            let default = option.default.unwrap_or_default();
            return Ok(parts(default).filter_map(|part| parse(&part)).collect());
        };
        found
            .values
            .iter()
            .map(|value| parse_at(option, &found.place, value, parse))
            .collect()
    }

    /// What is wrong with a value that was parsed well but does not go with the others.
    pub fn refuse(&self, key: &str) -> ConfigError {
        let option = known(key);
        let found = self.find(option);
        let (place, value) = match &found {
            Some(found) => (found.place.as_str(), found.values.join(", ")),
            None => ("the default", option.default.unwrap_or_default().to_owned()),
        };
        refusal(option, place, &value)
    }

    fn find(&self, option: &OptionSpec) -> Option<Found> {
        if !self.scope.takes(option.scope) {
            return None;
        }
        if let Some(values) = self.flags.get(option.key) {
            return Some(Found {
                place: format!("--{}", option.flag()),
                values: values.clone(),
            });
        }
        // Compose files hand over empty variables for what nobody set.
        let variable = self.environment.get(&option.variable());
        if let Some(value) = variable.filter(|value| !value.is_empty()) {
            let values = if option.repeatable {
                parts(value).collect()
            } else {
                vec![value.clone()]
            };
            return Some(Found {
                place: format!("the variable {}", option.variable()),
                values,
            });
        }
        let (line, values) = self.file.values.get(option.key)?;
        Some(Found {
            place: format!("`{}` in {}, line {line},", option.key, self.file.name),
            values: values.clone(),
        })
    }
}

/// The values of a list written in one line.
fn parts(list: &str) -> impl Iterator<Item = String> {
    list.split(',')
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
}

fn known(key: &str) -> &'static OptionSpec {
    lookup(key).expect("the configuration reads only options of the list")
}

fn parse_at<T>(
    option: &OptionSpec,
    place: &str,
    value: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<T, ConfigError> {
    parse(value).ok_or_else(|| refusal(option, place, value))
}

fn refusal(option: &OptionSpec, place: &str, value: &str) -> ConfigError {
    ConfigError::Value {
        place: place.to_owned(),
        shown: if option.secret {
            "set to a value that is not shown here".to_owned()
        } else {
            format!("{value:?}")
        },
        expected: option.expected.to_owned(),
    }
}

/// Reads the file that was named, or the default one if it exists.
pub fn file(
    flags: &Flags,
    environment: &BTreeMap<String, String>,
    read_file: &dyn Fn(&Path) -> std::io::Result<String>,
) -> Result<FileValues, ConfigError> {
    let named = flags
        .get(CONFIG_FLAG)
        .and_then(|values| values.first())
        .or_else(|| environment.get(CONFIG_VARIABLE))
        .map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let text = match read_file(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(FileValues::default());
        }
        Err(error) => {
            return Err(ConfigError::Unreadable {
                file: path.display().to_string(),
                why: error.to_string(),
            });
        }
    };
    understand_file(&path.display().to_string(), &text)
}

fn understand_file(name: &str, text: &str) -> Result<FileValues, ConfigError> {
    let wrong = |at: usize, what: String| ConfigError::File {
        file: name.to_owned(),
        line: line_of(text, at),
        what,
    };
    // The parser's own rendering shows the line, which may hold a password: take its message only.
    let table = toml::de::DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(at, error.message().to_owned())
    })?;
    let mut values = BTreeMap::new();
    for (key, value) in table.get_ref() {
        let at = key.span().start;
        let key = key.get_ref().as_ref();
        let Some(option) = lookup(key) else {
            return Err(wrong(at, unknown_key(key)));
        };
        let Some(texts) = texts_of(value.get_ref(), option.repeatable) else {
            return Err(wrong(at, format!("`{key}` must be {}", shape(option))));
        };
        values.insert(option.key, (line_of(text, at), texts));
    }
    Ok(FileValues {
        name: name.to_owned(),
        values,
    })
}

const fn shape(option: &OptionSpec) -> &'static str {
    if option.repeatable {
        "a list of texts in quotes"
    } else {
        "a text in quotes"
    }
}

fn texts_of(value: &toml::de::DeValue<'_>, repeatable: bool) -> Option<Vec<String>> {
    match value {
        toml::de::DeValue::String(text) => Some(vec![text.to_string()]),
        toml::de::DeValue::Array(items) if repeatable => items
            .iter()
            .map(|item| item.get_ref().as_str().map(ToOwned::to_owned))
            .collect(),
        _ => None,
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes()
        .take(at)
        .filter(|byte| *byte == b'\n')
        .count()
        .saturating_add(1)
}

fn unknown_key(key: &str) -> String {
    let close = OPTIONS
        .iter()
        .map(|option| (distance(option.key, key), option.key))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    match close {
        Some((_, near)) => format!("`{key}` is not an option; did you mean `{near}`?"),
        None => format!(
            "`{key}` is not an option; there are {}",
            OPTIONS
                .iter()
                .map(|option| option.key)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// How many letters differ (Levenshtein). Keys are short, so the plain table is fine.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
