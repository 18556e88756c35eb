//! Names that an engine takes for a container.

use std::fmt;

/// No engine limits names, but what shows them does.
const LONGEST: usize = 48;

/// A name of a container that every engine takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContainerName(String);

impl ContainerName {
    /// The nearest name to any text: what an engine refuses becomes a dash, and no more than 48 letters are kept.
    pub fn from_text(text: &str) -> Self {
        let mut name = String::new();
        for letter in text.chars() {
            let letter = if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.') { letter } else { '-' };
            let is_first = name.is_empty();
            // The first one has to be a letter or a digit, and one dash stands for many.
            if (is_first && !letter.is_ascii_alphanumeric()) || (letter == '-' && name.ends_with('-')) {
                continue;
            }
            name.push(letter);
            if name.len() == LONGEST {
                break;
            }
        }
        let name = name.trim_end_matches(['-', '.', '_']);
        // Engines want two letters at least.
        Self(if name.len() < 2 {
            format!("container-{name}").trim_end_matches('-').to_owned()
        } else {
            name.to_owned()
        })
    }

    /// The name of an instance's container: `opencode-NAME-ID8`.
    pub fn for_instance(name: &str, id: &str) -> Self {
        let id: String = id.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let middle = Self::from_text(name).0;
        Self(format!("opencode-{middle}-{id}").trim_end_matches('-').to_owned())
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContainerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::docker::engine::is_container;

    #[test]
    fn any_text_gives_a_name() {
        for (text, expected) in [
            ("web", "web"),
            ("My Project", "My-Project"),
            ("@scope/app", "scope-app"),
            ("..hidden", "hidden"),
            ("a", "container-a"),
            ("", "container"),
            ("日本", "container"),
            ("a__b.c-", "a__b.c"),
        ] {
            assert_eq!(ContainerName::from_text(text).as_str(), expected, "{text}");
        }
        assert_eq!(ContainerName::for_instance("web", "ab12-cd34-ef56").as_str(), "opencode-web-ab12cd34");
        assert_eq!(ContainerName::for_instance("", "").as_str(), "opencode-container");
    }

    proptest! {
        #[test]
        fn an_engine_takes_it(text in ".*", id in ".*") {
            for name in [ContainerName::from_text(&text), ContainerName::for_instance(&text, &id)] {
                prop_assert!(is_container(name.as_str()) && name.as_str().len() >= 2 && name.as_str().len() <= 70, "{}", name);
            }
        }
    }
}
