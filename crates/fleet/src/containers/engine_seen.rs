//! What the engines told last.

use std::collections::{BTreeMap, BTreeSet};

use super::{ContainerRef, ContainerSeen};
use crate::InstanceId;
use crate::registry::DockerEntry;

/// What an engine has, or why it cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EngineSeen {
    /// Whether it is the one that Docker's own command would take.
    pub(crate) is_usual: bool,
    /// All of its containers that concern us, or why it cannot be asked.
    pub(crate) containers: Result<Vec<ContainerSeen>, String>,
    /// The containers that instances have, as far as we knew, and that are not there: by id.
    pub(crate) gone: BTreeSet<String>,
}

/// What the engines and the registry told last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Engines {
    /// By address.
    pub(crate) seen: BTreeMap<String, EngineSeen>,
    /// The containers in the shared registry.
    pub(crate) entries: Vec<DockerEntry>,
    /// Instances of ours that were forgotten: a list that was made before is no reason to show them again.
    pub(crate) forgotten: BTreeSet<InstanceId>,
}

impl Engines {
    /// Every container that is known to be there.
    pub(crate) fn containers(&self) -> impl Iterator<Item = &ContainerSeen> {
        self.seen.values().filter_map(|engine| engine.containers.as_ref().ok()).flatten()
    }

    /// The container, as its engine told it last.
    pub(crate) fn find(&self, container: &ContainerRef) -> Option<&ContainerSeen> {
        self.containers().find(|seen| seen.container.is(container))
    }

    /// The engine of a container; of one without, the usual one.
    pub(crate) fn of(&self, container: &ContainerRef) -> Option<&EngineSeen> {
        if container.engine.is_empty() {
            self.seen.values().find(|engine| engine.is_usual)
        } else {
            self.seen.get(&container.engine)
        }
    }
}
