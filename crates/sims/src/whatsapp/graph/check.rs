//! Walks a JSON body with a path, so that every refusal names the parameter it is about.

use serde_json::{Map, Value};

use super::error::GraphError;

pub type Check<T> = Result<T, GraphError>;

/// A JSON object together with the path that leads to it.
#[derive(Clone)]
pub struct Node<'a> {
    pub path: String,
    pub object: &'a Map<String, Value>,
}

impl<'a> Node<'a> {
    pub fn root(object: &'a Map<String, Value>) -> Self {
        Self {
            path: String::new(),
            object,
        }
    }

    pub fn of(path: impl Into<String>, value: &'a Value) -> Check<Self> {
        let path = path.into();
        match value {
            Value::Object(object) => Ok(Self { path, object }),
            _ => Err(GraphError::shape(&path, "a JSON object")),
        }
    }

    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The value behind a key; JSON null counts as absent.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Refuses keys outside `allowed`, as Graph does.
    pub fn only(&self, allowed: &[&str]) -> Check<()> {
        match self
            .object
            .keys()
            .find(|key| !allowed.contains(&key.as_str()))
        {
            Some(key) => Err(GraphError::new(
                100,
                format!("Unexpected key \"{key}\" on param \"{}\"", self.path),
            )),
            None => Ok(()),
        }
    }

    pub fn object(&self, key: &str) -> Check<Node<'a>> {
        let value = self
            .get(key)
            .ok_or_else(|| GraphError::missing(&self.at(key)))?;
        Node::of(self.at(key), value)
    }

    pub fn opt_object(&self, key: &str) -> Check<Option<Node<'a>>> {
        self.get(key)
            .map(|value| Node::of(self.at(key), value))
            .transpose()
    }

    pub fn opt_text(&self, key: &str) -> Check<Option<&'a str>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(GraphError::shape(&self.at(key), "a string")),
        }
    }

    pub fn text(&self, key: &str) -> Check<&'a str> {
        self.opt_text(key)?
            .ok_or_else(|| GraphError::missing(&self.at(key)))
    }

    /// A required text of 1 to `max` characters.
    pub fn text_within(&self, key: &str, max: usize) -> Check<&'a str> {
        let text = self.text(key)?;
        within(&self.at(key), text, 1, max)?;
        Ok(text)
    }

    pub fn opt_text_within(&self, key: &str, max: usize) -> Check<Option<&'a str>> {
        let text = self.opt_text(key)?;
        if let Some(text) = text {
            within(&self.at(key), text, 0, max)?;
        }
        Ok(text)
    }

    pub fn opt_bool(&self, key: &str) -> Check<Option<bool>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(GraphError::shape(&self.at(key), "a boolean")),
        }
    }

    /// A required number; texts are refused even when they look like one.
    pub fn number(&self, key: &str) -> Check<f64> {
        match self.get(key) {
            None => Err(GraphError::missing(&self.at(key))),
            Some(Value::Number(number)) => number
                .as_f64()
                .ok_or_else(|| GraphError::shape(&self.at(key), "a number")),
            Some(_) => Err(GraphError::shape(&self.at(key), "a number")),
        }
    }

    pub fn list(&self, key: &str) -> Check<&'a [Value]> {
        match self.get(key) {
            None => Err(GraphError::missing(&self.at(key))),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(GraphError::shape(&self.at(key), "an array")),
        }
    }

    pub fn opt_list(&self, key: &str) -> Check<&'a [Value]> {
        if self.has(key) {
            self.list(key)
        } else {
            Ok(&[])
        }
    }

    /// The objects of a list whose length must lie between `min` and `max`.
    pub fn objects(&self, key: &str, min: usize, max: usize) -> Check<Vec<Node<'a>>> {
        let items = self.list(key)?;
        if !(min..=max).contains(&items.len()) {
            return Err(GraphError::value(
                &self.at(key),
                &format!("must hold {min} to {max} items, got {}", items.len()),
            ));
        }
        items
            .iter()
            .enumerate()
            .map(|(index, item)| Node::of(format!("{}[{index}]", self.at(key)), item))
            .collect()
    }

    pub fn one_of(&self, key: &str, allowed: &[&str]) -> Check<&'a str> {
        let text = self.text(key)?;
        if allowed.contains(&text) {
            return Ok(text);
        }
        Err(GraphError::shape(
            &self.at(key),
            &format!("one of {{{}}}", allowed.join(", ")),
        ))
    }
}

/// Length in characters, bounds included.
pub fn within(path: &str, text: &str, min: usize, max: usize) -> Check<()> {
    let length = text.chars().count();
    if (min..=max).contains(&length) {
        return Ok(());
    }
    Err(GraphError::value(
        path,
        &format!("length invalid. Min length: {min}, Max length: {max}, got {length}"),
    ))
}

pub fn web_link(path: &str, link: &str) -> Check<()> {
    let rest = link
        .strip_prefix("https://")
        .or_else(|| link.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !link.chars().any(char::is_whitespace) => Ok(()),
        _ => Err(GraphError::value(path, "is not a valid http or https link")),
    }
}

/// Ids or titles that must differ from each other.
pub fn all_different<'a>(path: &str, values: impl Iterator<Item = &'a str>) -> Check<()> {
    let mut seen = std::collections::BTreeSet::new();
    for value in values {
        if !seen.insert(value) {
            return Err(GraphError::value(
                path,
                &format!("duplicated value \"{value}\""),
            ));
        }
    }
    Ok(())
}
