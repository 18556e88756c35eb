//! The environment of a container.

use std::{collections::BTreeMap, fmt};

/// Names and values that a container's process has. It holds passwords, so `Debug` shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ContainerEnvironment(BTreeMap<String, String>);

impl ContainerEnvironment {
    /// The value of one variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets one variable.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Every name with its value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// From lines like `NAME=value`; a line without a value is left out, as a container does not have it either.
    pub(super) fn of_lines(lines: impl IntoIterator<Item = String>) -> Self {
        let pair = |line: String| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(lines.into_iter().filter_map(pair).collect())
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.iter().map(|(name, value)| format!("{name}={value}")).collect()
    }
}

impl FromIterator<(String, String)> for ContainerEnvironment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl fmt::Debug for ContainerEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
