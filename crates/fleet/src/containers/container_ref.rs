//! One container of one engine.

/// One container of one engine, with what a person knows it by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerRef {
    /// The engine's address; empty: the usual engine, of which nothing is known yet.
    pub engine: String,
    /// The engine's id of it. What others wrote down may be only its beginning.
    pub id: String,
    /// Its name at the engine.
    pub name: Option<String>,
    /// The image that it was made from.
    pub image: Option<String>,
    /// The volume that keeps opencode's state, when it has one of ours.
    pub volume: Option<String>,
}

impl ContainerRef {
    /// Only where it is.
    pub(crate) fn new(engine: impl Into<String>, id: impl Into<String>) -> Self {
        Self { engine: engine.into(), id: id.into(), ..Self::default() }
    }

    /// Whether both mean the same container.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let is_same_engine = self.engine == other.engine || self.engine.is_empty() || other.engine.is_empty();
        is_same_engine && self.has_id(&other.id)
    }

    /// Whether that is its id, or either is the beginning of the other.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        // Docker itself shows twelve letters.
        const SHORTEST: usize = 12;
        let is_beginning = |short: &str, long: &str| short.len() >= SHORTEST && long.starts_with(short);
        self.id == id || is_beginning(&self.id, id) || is_beginning(id, &self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::ContainerRef;

    #[test]
    fn a_short_id_means_the_container_whose_id_begins_so() {
        let long = "0123456789abcdef0123456789abcdef";
        let container = ContainerRef::new("unix:///a", long);
        for (id, expected) in [(long, true), ("0123456789ab", true), ("0123456789a", false), ("123456789abc", false)] {
            assert_eq!(container.has_id(id), expected, "{id}");
        }
        assert!(container.is(&ContainerRef::new("", "0123456789ab")));
        assert!(!container.is(&ContainerRef::new("unix:///b", long)));
    }
}
