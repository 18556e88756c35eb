//! Everything that is true now. Cheap to clone: what is big is shared.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::{Instance, InstanceId, Notice, NoticeId, Opencode, Owner, Place, Prompt, Settings, Versions};

/// Everything that is true now.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Every instance we know.
    pub instances: BTreeMap<InstanceId, Arc<Instance>>,
    /// What the person has set.
    pub settings: Arc<Settings>,
    /// The opencode binary that new instances run.
    pub opencode: Opencode,
    /// Its versions, and an update on its way.
    pub versions: Versions,
    /// What is wrong beside any instance.
    pub notices: BTreeMap<NoticeId, Notice>,
    /// What `ssh` asks, in the order of asking.
    pub prompts: Vec<Prompt>,
}

impl State {
    /// With no instance, and opencode still to be looked for.
    pub fn initial(settings: Settings) -> Self {
        Self {
            instances: BTreeMap::new(),
            settings: Arc::new(settings),
            opencode: Opencode::Looking,
            versions: Versions::default(),
            notices: BTreeMap::new(),
            prompts: Vec::new(),
        }
    }

    /// The instances in the order of first sight.
    pub fn in_order(&self) -> Vec<&Arc<Instance>> {
        let mut instances: Vec<_> = self.instances.values().collect();
        instances.sort_by_key(|instance| instance.ordinal);
        instances
    }

    /// The instance that serves this directory, running or not; a running one first.
    /// One of others only if it is a server of this machine that lets us in, and if none of ours is there.
    pub fn in_directory(&self, directory: &Path) -> Option<&Arc<Instance>> {
        self.in_place(directory, None)
    }

    /// The same, of those that run in such a place; none: in any of this machine, as the same path of another one is another directory.
    pub fn in_place(&self, directory: &Path, place: Option<&Place>) -> Option<&Arc<Instance>> {
        let fits = |instance: &Instance| match place {
            None => !matches!(instance.profile.place, Place::Ssh(_)),
            Some(place) if instance.owner == Owner::Portal => instance.profile.place.is_like(place),
            // A server of somebody else that runs here is as good as a process of ours.
            Some(place) => *place == Place::Process,
        };
        let mut here: Vec<_> = self
            .instances
            .values()
            .filter(|instance| instance.directory == directory && instance.is_of_use_here() && fits(instance))
            .collect();
        here.sort_by_key(|instance| (instance.is_somebody_elses(), !instance.state.is_live(), instance.ordinal));
        here.into_iter().next()
    }
}
