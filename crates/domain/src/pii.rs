//! Personal data in a box that cannot be printed.

/// A value about a person. It has no `Debug`, no `Display` and no serialisation, so it cannot
/// slip into a log line, a metric label or an error text: whoever needs the value must say so
/// with [`Pii::expose`].
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    pub const fn expose(&self) -> &T {
        &self.0
    }

    pub fn into_exposed(self) -> T {
        self.0
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Pii<U> {
        Pii(f(self.0))
    }
}

impl From<&str> for Pii<String> {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Pii<String> {
    fn from(text: String) -> Self {
        Self(text)
    }
}
